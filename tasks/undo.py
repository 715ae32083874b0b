"""Take a change back: read what is there, remove what this run brought, and read again until it is what it was."""

from __future__ import annotations

import time
from dataclasses import dataclass
from ipaddress import IPv4Address

from nornir.core.task import Result, Task

from ..changes import tree
from ..changes.change import Change
from ..changes.objects import read
from ..changes.restore import restore
from ..changes.sharing import goes_to
from ..inventory.errors import DeviceRefused, SessionLost
from .clear import clear_peer
from .device import reconnect
from .push import Note, leave_and_read
from .session import Reply, Session


@dataclass(frozen=True, slots=True)
class Undone:
    """How the device is now. ``refused`` are answers to lines of the inverse, which should be silent."""

    running: str
    exact: bool
    #: True if nothing of the change is left; what still differs is then somebody else's.
    clean: bool
    removed: tuple[str, ...]
    refused: tuple[Reply, ...]


def undo(
    task: Task, change: Change, before: str, pushed: bool, patience_seconds: float, pause_seconds: float, note: Note
) -> Result:
    """Nornir task. ``pushed`` is False where no line was sent, so that no SA is one of the change.

    ``result`` is Undone; its ``exact`` says whether the running configuration equals ``before``.

    The device is the truth: the lines to remove are computed from what it has now, so it does not matter how far the push
    came, whether the session was lost in it, or how often this is tried. Raises Unreachable when no login succeeds within
    the patience, ChangeError when something that this run did not make has come to depend on it.
    """
    deadline = time.monotonic() + patience_seconds
    while True:
        left = max(0.0, deadline - time.monotonic())
        device = reconnect(task, patience_seconds=left, pause_seconds=pause_seconds)
        try:
            done = _undo_once(device, task.host.name, change, before, pushed, note)
            return Result(host=task.host, changed=bool(done.removed), result=done)
        except (SessionLost, DeviceRefused):
            # Also when an echo is missing: what was taken is not known, and over a new login it can be read.
            device.close()
            if time.monotonic() + pause_seconds > deadline:
                raise
            time.sleep(pause_seconds)


def _undo_once(device: Session, host: str, change: Change, before: str, pushed: bool, note: Note) -> Undone:
    running = leave_and_read(device) if device.configuring else device.ask(device.dialect.commands.running)
    steps = restore(change, before, running)
    refused: list[Reply] = []
    if steps:
        note("undoing", host=host, steps=len(steps))
        device.configure()
        for step in steps:
            for write in step.writes:
                if not device.configuring:
                    # A header that was refused: its exit has left configuration mode.
                    device.configure()
                refused += (reply for reply in device.exchange(write) if reply.text.strip())
        running = leave_and_read(device)
    # Another tunnel may go to the same peer: clearing the peer's SAs would break that one.
    here = read(change.os, running)
    besides = change.own if change.replaces else ()
    for peer in change.peers if pushed or steps else ():
        if not goes_to(here, peer, besides=besides):
            clear_peer(device, IPv4Address(peer))
    exact = tree.same(running, before) if change.takes else tree.normalise(running) == tree.normalise(before)
    clean = exact or not restore(change, before, running)
    return Undone(running, exact, clean, tuple(line for step in steps for line in step.lines), tuple(refused))
