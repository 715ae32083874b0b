"""Undo a change: read the device, remove what this run brought, and read again until it is as before.

Nothing follows from an answer that is no whole configuration, and nothing that speaks against the device from one reading alone:
see answers.py. Where the session was lost in which lines were typed the device may have more of them in its buffer, and go on
taking them: then it has to be quiet for a while before it is what it shows.
"""

from __future__ import annotations

import time
from ipaddress import IPv4Address

from msgspec import Struct
from msgspec.structs import replace
from nornir.core.task import Result, Task

from ..changes.configurations.configuration import Configuration
from ..changes.families import FAMILIES
from ..changes.implicit_references import uses_of_peer
from ..changes.plans.change import Change
from ..changes.plans.rollback_steps import restore
from ..changes.plans.steps import Step
from ..inventory.errors import ChangeError, DeviceRefused, NotKnown, Unreachable
from .answers import AGAIN, agreed, what_became
from .clear import clear_peer
from .device import open_session, reconnect, session
from .fresh_login import forget
from .push import Note, asked_for, leave_and_read
from .sessions.prompt_answers import agreed_to
from .sessions.session import Reply, Session

#: After a lost session, a configuration has to stay the same for this many pauses; and how often that is tried.
QUIET_PAUSES, MOST_TIMES = 3, 10


class Undone(Struct, frozen=True):
    """The device after an undo. ``refused`` are answers to lines of the inverse, which should be silent."""

    running: Configuration
    exact: bool
    #: True if nothing of the change is left; what still differs is then somebody else's.
    clean: bool
    removed: tuple[str, ...]
    refused: tuple[Reply, ...]


class Undoing(Struct, frozen=True):
    """What is to be rolled back on one device: ``pushed`` is False where no line was sent, so that no SA is one of the change.

    ``renews`` is False where the change negotiates nothing otherwise than before, so that its SAs are as good as any.
    ``lost`` is True where a session was lost; that of the device itself is seen here.
    """

    change: Change
    before: Configuration
    pushed: bool
    note: Note
    renews: bool = True
    lost: bool = False
    #: The serial number of the device when it was read before the change; empty where that is not known.
    serial: str = ""

    def behind(self, device: Session, shown: Configuration) -> Configuration:
        """What the device shows, as what became of what it was before. Raises NotKnown."""
        return what_became(device, self.serial, self.before, shown)


def undo(task: Task, undoing: Undoing, patience_seconds: float, pause_seconds: float) -> Result:
    """Nornir task. ``result`` is Undone; its ``exact`` says whether the running configuration equals the one from before.

    The device is the truth: the lines to remove are computed from what it has now, so it does not matter how far the push
    came, whether the session was lost in it, or how often this is tried. Raises Unreachable when no login succeeds within
    the patience, ChangeError when something that this run did not make has come to depend on it, NotKnown when the device does
    not show what it runs, over several logins.
    """
    deadline, unknown = time.monotonic() + patience_seconds, 0
    stood = open_session(task)
    forget(task)
    while True:
        left = max(0.0, deadline - time.monotonic())
        device = reconnect(task, patience_seconds=left, pause_seconds=pause_seconds, as_it_stands=True)
        try:
            done = _undo_once(task, device, undoing)
            if undoing.lost or (undoing.pushed and device is not stood):
                done = _undo_until_quiet(task, undoing, done, pause_seconds)
            return Result(host=task.host, changed=bool(done.removed), result=done)
        except NotKnown:
            # It answers, so its rollback timer is not worth waiting for: a person is to know soon that it cannot be read.
            device.close()
            unknown += 1
            if unknown >= AGAIN.times:
                raise
            time.sleep(AGAIN.pause_seconds if unknown > 1 else 0)
        except (Unreachable, DeviceRefused):
            # Also when an echo is missing: what was taken is not known, and over a new login it can be read.
            device.close()
            if time.monotonic() + pause_seconds > deadline:
                raise
            time.sleep(pause_seconds)


def _undo_once(task: Task, device: Session, undoing: Undoing) -> Undone:
    change, before = undoing.change, undoing.before
    running = undoing.behind(device, leave_and_read(device))
    steps = _steps(task, undoing, running)
    refused: list[Reply] = []
    if steps:
        device.configure()
        for step in steps:
            for write in step.writes:
                if not device.configuring:
                    # A header that was refused: its exit has left configuration mode.
                    device.configure()
                undoing.note("undoing", host=task.host.name, line=step.words)
                questions = asked_for(FAMILIES[change.os], step)
                replies = [agreed_to(device, line, questions) for line in write] if questions else device.send_batch(write)
                refused += (reply for reply in replies if reply.text.strip())
        running = undoing.behind(device, leave_and_read(device))
    # Another tunnel may go to the same peer: clearing the peer's SAs would break that one.
    besides = change.own if change.replaces else ()
    for peer in change.peers if undoing.renews and (undoing.pushed or steps) else ():
        if not uses_of_peer(running.objects, peer, besides=besides):
            clear_peer(device, IPv4Address(peer))
    exact = running.same(before) if change.is_destructive else running.equals(before)
    if not exact or running.counted is not True:
        # Something is there, or is not, that was otherwise before: whose it is, is told of two readings that agree. So is that
        # all is as before, where no size proves that nothing was lost on the way.
        shown = agreed(task, running)
        running = undoing.behind(session(task), shown)
        exact = running.same(before) if change.is_destructive else running.equals(before)
    clean = exact or not _steps(task, undoing, running)
    return Undone(running, exact, clean, tuple(line for step in steps for line in step.lines), tuple(refused))


def _undo_until_quiet(task: Task, undoing: Undoing, done: Undone, pause_seconds: float) -> Undone:
    """As it is when nothing more of the change has come for a while. Raises NotKnown where that does not end."""
    since, times = time.monotonic(), 0
    while time.monotonic() - since < QUIET_PAUSES * pause_seconds:
        time.sleep(pause_seconds)
        device = reconnect(task, patience_seconds=0, pause_seconds=pause_seconds, as_it_stands=True)
        if undoing.behind(device, leave_and_read(device)).same(done.running):
            continue
        times += 1
        if times > MOST_TIMES:
            raise NotKnown(
                f"{task.host.name}: its running configuration keeps changing, so it is not known whether it is as before"
            )
        more = _undo_once(task, device, undoing)
        done = replace(more, removed=(*done.removed, *more.removed), refused=(*done.refused, *more.refused))
        since = time.monotonic()
    return done


def _steps(task: Task, undoing: Undoing, running: Configuration) -> tuple[Step, ...]:
    """What restore() plans. That somebody else has come to use what is to go ends the rollback timer: so it is read twice."""
    try:
        return restore(undoing.change, undoing.before, running)
    except ChangeError:
        shown = agreed(task, running)
        return restore(undoing.change, undoing.before, undoing.behind(session(task), shown))
