"""What runs on a Dask worker: one long task for a run, which takes its jobs from a queue of the scheduler.

Dask may begin a task a second time where a worker was lost. Jobs come by the name of the agent, and the engine's side sends none
to an agent that it has given up: so no job is ever done twice.
"""

from __future__ import annotations

import pickle
import threading
import time
from contextlib import suppress
from typing import Any

from ...inventory.errors import NrRunError
from ...inventory.hiding.secrets import Secrets
from .doing import Doer
from .messages import LEASE, PULSE_SECONDS, READY
from .order import RunOrder, build
from .seal import Seal
from .wire import Inbox, Outbox

#: Plain words of a refusal, or sealed bytes.
PLAIN, SEALED = b"P", b"S"
#: Before the same words as the result of the task: which of the two comes first is not known.
REFUSED = "refused: "


def serve(run: str, agent: str, wanted: str, sealed: bytes, lease: float = LEASE) -> str:
    """Do the jobs of one run until it ends, or its machine gives no sign of life. Returns how it ended.

    ``wanted`` is the build that the run has; ``sealed`` its order.
    """
    from distributed import Queue, get_client, secede

    client = get_client()
    up, down = Queue(f"{run}-up", client=client), Queue(f"{run}-{agent}", client=client)
    secede()  # it waits for devices: the worker's threads are for others
    try:
        if build() != wanted:
            raise NrRunError(f"it has {build()}, and the run began with {wanted}")
        seal = Seal.of(run, Secrets())
        order: RunOrder = pickle.loads(seal.open(sealed, f"to {agent}"))  # noqa: S301 - sealed by the holder of the key
        secrets = order.store()
    except NrRunError as error:
        up.put([agent, PLAIN + str(error).encode()])
        return f"{REFUSED}{error}"
    inbox = Inbox(seal, f"to {agent}")
    outbox = Outbox(lambda piece: up.put([agent, SEALED + piece]), seal, f"from {agent}")
    doer = Doer(secrets, outbox.send, learns=order.learns, lease=lease)
    try:
        outbox.send((READY, tuple(secrets.seen())))
        threading.Thread(target=_pulse, args=(doer,), name="nr-run-pulse", daemon=True).start()
        while not doer.ended:
            for message in _received(down, inbox, lease):
                doer.take(message)
    finally:
        doer.end()
        outbox.close()
        with suppress(Exception):
            down.close()
            up.close()
    return "ended"


def _received(down: Any, inbox: Inbox, lease: float) -> list[Any]:
    """What comes next; nothing where for the length of a lease nothing came, which a scheduler notes in its log."""
    try:
        return inbox.open(down.get(timeout=f"{lease}s"))
    except TimeoutError:
        return []
    except (OSError, RuntimeError):
        time.sleep(0.5)  # the scheduler is away: if it stays so, the lease ends
        return []


def _pulse(doer: Doer) -> None:
    while not doer.ended:
        with suppress(OSError):
            doer.pulse()
        time.sleep(PULSE_SECONDS)
