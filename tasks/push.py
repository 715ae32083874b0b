"""Push a change: what nothing uses yet in one write, what puts it to use a line at a time, and read back."""

from __future__ import annotations

import re
from collections.abc import Callable, Sequence
from functools import partial

from nornir.core.task import Result, Task

from ..changes.change import Change
from ..changes.configuration import Configuration
from ..changes.families import FAMILIES
from ..changes.family import Phase
from ..changes.steps import Step, in_writes
from ..inventory.errors import DeviceRefused, NotKnown
from .answers import asked, running_commands, running_in, running_of
from .device import Stop, session
from .session import Reply, Session

Note = Callable[..., None]
_ENTERING = (re.compile(r"Enter configuration commands, one per line\.\s+End with CNTL/Z\."),)


def push(task: Task, change: Change, stop: Stop, note: Note) -> Result:
    """Nornir task. ``result`` is the running Configuration after the change.

    ``note`` is called before each exchange that changes the device. Raises DeviceRefused at the first answer that no rule
    allows, Interrupted when the operator stops between two exchanges, and NotKnown when the device does not show what it runs
    now; what was pushed until then stays, for undo().
    """
    device = session(task)
    stop.check()
    host = task.host.name
    # Entering changes nothing and waits for the device: what is asked by note() is asked behind it, right before the first line.
    _allow(host, device.configure(), _ENTERING)
    build = change.of(Phase.BUILD)
    if not build:
        note("building", host=host, lines=0)
    _type(device, host, change, build, lambda write: note("building", host=host, lines=len(write)))
    for step in (*change.of(Phase.SWITCH), *change.of(Phase.CLEAN)):
        stop.check()
        _type(device, host, change, (step,), partial(_switching, note, host, step))
    try:
        after = leave_and_read(device)
    except NotKnown:
        device.close()
        after = asked(task, running_of)
    return Result(host=task.host, changed=True, result=after)


def _switching(note: Note, host: str, step: Step, _write: Sequence[str]) -> None:
    note("switching", host=host, line=step.words)


def leave_and_read(device: Session) -> Configuration:
    """Leave configuration mode, if it is not left yet; the running configuration. Raises NotKnown."""
    return running_in(device, device.leave(running_commands(device)))


def _type(device: Session, host: str, change: Change, steps: Sequence[Step], before: Callable[[Sequence[str]], None]) -> None:
    """Type steps, as much at once as ends where a sub-mode is left, and look at the answers before the next lines go.

    ``before`` is called with the lines of each exchange: a run that another has overtaken meanwhile sends none of them.
    """
    families = {family.name: family for family in FAMILIES[change.os]}
    normal = [families[step.family].replies for step in steps for _ in step.lines]
    position = 0
    for write in in_writes(line for step in steps for line in step.lines):
        before(write)
        for reply in device.exchange(write):
            _allow(host, (reply,), normal[position])
            position += 1


def _allow(host: str, replies: Sequence[Reply], normal: Sequence[re.Pattern[str]]) -> None:
    for reply in replies:
        if not _is_normal(reply.text.strip(), normal):
            raise DeviceRefused(f"{host}: line {reply.line!r} was answered with {reply.words!r}")


def _is_normal(text: str, normal: Sequence[re.Pattern[str]]) -> bool:
    """True for silence, for an answer that a rule allows, and for several of them, each on lines of its own."""

    def allowed(words: str) -> bool:
        return any(pattern.fullmatch(words) for pattern in normal)

    return not text or allowed(text) or all(allowed(line.strip()) for line in text.splitlines() if line.strip())
