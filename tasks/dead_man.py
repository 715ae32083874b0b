"""The dead-man: a reload that the device does by itself, unless this run comes back and calls it off.

Cisco IOS 12.2 has no other undo that survives a lost session: the box comes back with its startup configuration, which is
the one from before the change, because nothing is saved until the tunnel is proved. The reason text carries the run, so that
a later run can tell whose timer it is. What is armed is proved by ``show reload``, never by the reply to ``reload in``.
"""

from __future__ import annotations

from dataclasses import dataclass

from nornir.core.task import Result, Task

from ..checks.observation import PHASE_1, PHASE_2, Observation
from ..inventory.errors import DeviceRefused, DriftError
from ..parsers import parse
from .device import fresh_session, session
from .gather import observation, texts
from .session import Session

SHOW = "show reload"
#: The questions of ``reload in``. Saving would make the timer bring back what it is there to take away.
QUESTIONS = {
    r"Save\? \[yes/no\]: ?": "no",
    r"Proceed with reload\? ?\[confirm\] ?": "",
}


@dataclass(frozen=True, slots=True)
class Timer:
    """A scheduled reload: seconds left and the reason that was given."""

    seconds_left: int | None
    reason: str

    def is_of(self, tag: str) -> bool:
        """True if this run, or an earlier part of it, armed it."""
        return tag in self.reason.split()


def timer_in(os: str, text: str) -> Timer | None:
    """The timer that ``show reload`` shows, None if no reload is scheduled. Raises ParseError."""
    state = parse(os, SHOW, text).state
    return Timer(state.in_seconds, state.reason or "") if state.scheduled else None


def arm(task: Task, os: str, minutes: int, tag: str) -> Result:
    """Nornir task: schedule a reload in ``minutes`` and prove that it is scheduled.

    Raises DriftError when a timer of somebody else is pending, DeviceRefused when none is pending afterwards.
    """
    device = session(task)
    device.converse(f"reload in {minutes} {tag}", QUESTIONS)
    timer = timer_in(os, device.ask(SHOW))
    if timer is None or not timer.is_of(tag):
        raise DeviceRefused(f"{task.host.name}: the reload that should undo a lost change is not scheduled")
    return Result(host=task.host, changed=True, result=timer)


def disarm(task: Task, os: str, tag: str) -> Result:
    """Nornir task: call the reload off over a fresh login, and prove it; ``result`` is an Observation of the same moment.

    The fresh login proves that the device can still be managed. Raises DriftError when the timer is not pending any more or
    is somebody else's, DeviceRefused when it is still pending afterwards, Unreachable when the login fails.
    """
    device = fresh_session(task)
    shown, phase_1, phase_2 = device.exchange([SHOW, PHASE_1, PHASE_2])
    timer = timer_in(os, shown.text)
    if timer is None:
        raise DriftError(f"{task.host.name}: its reload timer is gone; it may have reloaded by itself")
    if not timer.is_of(tag):
        raise DriftError(f"{task.host.name}: somebody else has scheduled a reload ({timer.reason or 'without a reason'})")
    _cancel(task, device, os)
    seen: Observation = observation(task.host.name, os, texts((phase_1, phase_2)))
    return Result(host=task.host, changed=True, result=seen)


def stand_down(task: Task, os: str, tag: str) -> Result:
    """Nornir task: call off a timer of this run if one is pending, after a change was taken back. ``result``: was there one."""
    device = session(task)
    timer = timer_in(os, device.ask(SHOW))
    if timer is None or not timer.is_of(tag):
        return Result(host=task.host, result=False)
    _cancel(task, device, os)
    return Result(host=task.host, changed=True, result=True)


def _cancel(task: Task, device: Session, os: str) -> None:
    after = device.exchange(["reload cancel", SHOW])[-1]
    if timer_in(os, after.text) is not None:
        raise DeviceRefused(f"{task.host.name}: reload cancel did not call the reload off")
