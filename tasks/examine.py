"""Examine a device: identity, outputs and login, without a change to its configuration.

Configuration mode is entered once and left, with nothing typed in it, since its prompt has to be known before a change.
"""

from __future__ import annotations

import time
from collections.abc import Mapping

from nornir.core.task import Result, Task

from ..checks.readiness.health import Algorithms, Examined
from ..inventory.errors import NrRunError
from ..inventory.models.platforms import Platform
from ..inventory.systems import system_of
from .access.drivers import LeanDriver
from .device import CONNECTION, session
from .gather import gather, texts


def examine(task: Task, platform: Platform) -> Result:
    """Nornir task. ``result`` is what was found (`Examined`). Raises Unreachable, NotKnown where it cannot be read at all."""
    began = time.monotonic()
    device = session(task)
    seconds = time.monotonic() - began
    exec_prompt = device.prompt
    algorithms = _algorithms(task)
    snapshot = gather(task, platform).result
    device = session(task)
    asked = system_of(platform).insecure
    more = texts(device.send_batch(asked)) if asked else {}
    prompts, refused = {"exec": exec_prompt}, ""
    try:
        device.configure()
        prompts["configuration"] = device.prompt
        device.leave(())
    except NrRunError as error:
        refused = str(error)
    found = Examined(
        host=task.host.name,
        platform=platform,
        outputs={**snapshot.outputs, **more},
        doubts=snapshot.doubts,
        prompts=prompts,
        no_configuration=refused,
        algorithms=algorithms,
        login_seconds=seconds,
        time=snapshot.observation.time,
    )
    return Result(host=task.host, result=found)


def _algorithms(task: Task) -> Algorithms | None:
    """What SSH agreed on; None over telnet."""
    connection = task.host.connections.get(CONNECTION)
    driver = getattr(connection, "connection", None)
    client = getattr(driver, "remote_conn_pre", None) if isinstance(driver, LeanDriver) else None
    transport = client.get_transport() if client is not None else None
    if transport is None:
        return None
    said: Mapping[str, str] = {
        "key": str(transport.host_key_type or ""),
        "cipher": str(transport.remote_cipher or ""),
        "integrity": str(transport.remote_mac or ""),
    }
    return Algorithms(**said)
