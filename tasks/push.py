"""Push a change: what nothing uses yet in one write, what puts it to use a line at a time, and read back."""

from __future__ import annotations

import re
from collections.abc import Callable, Sequence

from nornir.core.task import Result, Task

from ..changes.change import Change
from ..changes.families import FAMILIES
from ..changes.family import Phase
from ..changes.steps import Step
from ..inventory.errors import DeviceRefused
from .device import Stop, session
from .session import Reply, Session

Note = Callable[..., None]
_ENTERING = (re.compile(r"Enter configuration commands, one per line\.\s+End with CNTL/Z\."),)


def push(task: Task, change: Change, stop: Stop, note: Note) -> Result:
    """Nornir task. ``result`` is the running configuration after the change, with tokens instead of secrets.

    ``note`` is called before each exchange that changes the device. Raises DeviceRefused at the first answer that no rule
    allows, and Interrupted when the operator stops between two exchanges; what was pushed until then stays, for undo().
    """
    device = session(task)
    stop.check()
    build = [line for step in change.of(Phase.BUILD) for line in step.lines]
    # Entering changes nothing and waits for the device: what is asked by note() is asked behind it, right before the first line.
    _allow(task.host.name, device.configure(), _ENTERING)
    note("building", host=task.host.name, lines=len(build))
    _allow_steps(task.host.name, change, change.of(Phase.BUILD), device.exchange(build) if build else ())
    for step in (*change.of(Phase.SWITCH), *change.of(Phase.CLEAN)):
        stop.check()
        note("switching", host=task.host.name, line=step.lines[-1])
        _allow_steps(task.host.name, change, (step,), device.exchange(step.lines))
    return Result(host=task.host, changed=True, result=leave_and_read(device))


def leave_and_read(device: Session) -> str:
    """Leave configuration mode; the running configuration."""
    return device.exchange(["end", device.dialect.commands.running])[-1].text


def _allow_steps(host: str, change: Change, steps: Sequence[Step], replies: Sequence[Reply]) -> None:
    families = {family.name: family for family in FAMILIES[change.os]}
    position = 0
    for step in steps:
        end = position + len(step.lines)
        _allow(host, replies[position:end], families[step.family].replies)
        position = end


def _allow(host: str, replies: Sequence[Reply], normal: Sequence[re.Pattern[str]]) -> None:
    for reply in replies:
        if not _is_normal(reply.text.strip(), normal):
            raise DeviceRefused(f"{host}: line {reply.line!r} was answered with {reply.words!r}")


def _is_normal(text: str, normal: Sequence[re.Pattern[str]]) -> bool:
    """True for silence, for an answer that a rule allows, and for several of them, each on lines of its own."""

    def allowed(words: str) -> bool:
        return any(pattern.fullmatch(words) for pattern in normal)

    return not text or allowed(text) or all(allowed(line.strip()) for line in text.splitlines() if line.strip())
