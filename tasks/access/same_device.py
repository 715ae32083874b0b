"""Is a device that calls itself otherwise now the one that was read before? Its serial number says so.

An address may lead to another device than before: a console server's line, a renumbered network. What is absent there says
nothing of the device that was changed, so another name ends all judgement (Configuration.behind). But a person who renames a
device in the middle of a run has not taken it away.
"""

from __future__ import annotations

from nornir.core.task import Result, Task

from ...changes.configurations.configuration import Configuration
from ...inventory.errors import DeviceRefused, ParseError
from ...parsers import parse
from ..answers import agreed
from ..device import session
from ..gather import VERSION, Snapshot
from ..sessions.session import Session


def serial_of(os: str, shown: str) -> str:
    """The serial number that ``show version`` prints (IOS: Processor board ID); empty where it has none, or cannot be read."""
    try:
        return parse(os, VERSION, shown).state.serial or ""
    except (ParseError, DeviceRefused):
        return ""


def serial_in(snapshot: Snapshot) -> str:
    """The serial number of a device that was read before a change; empty where it is not known."""
    return serial_of(snapshot.observation.os, snapshot.outputs.get(VERSION, ""))


def what_became(device: Session, serial: str, earlier: Configuration, shown: Configuration) -> Configuration:
    """``shown``, as what became of ``earlier``: of the device with this serial number, whatever it calls itself.

    Raises NotKnown, as Configuration.behind() does.
    """
    renamed = shown.name != earlier.name and bool(serial)
    renamed = renamed and serial_of(device.dialect.os, device.send_batch([VERSION])[0].text) == serial
    return shown.behind(earlier, renamed=renamed)


def running_behind(task: Task, first: Configuration, earlier: Configuration, serial: str) -> Result:
    """Nornir task. ``result`` is the running Configuration on which two readings agree, as what became of ``earlier``."""
    shown = agreed(task, first)
    return Result(host=task.host, result=what_became(session(task), serial, earlier, shown))
