"""The dead-man: a reload that the device does by itself, unless this run comes back and calls it off.

Cisco IOS 12.2 has no other undo that survives a lost session: the box comes back with its startup configuration, which is
the one from before the change, because nothing is saved until the tunnel is proved. The reason text carries the run, so that
a later run can tell whose timer it is. What is armed is proved by ``show reload``, never by the reply to ``reload in``.
"""

from __future__ import annotations

import re
from dataclasses import dataclass

from nornir.core.task import Result, Task

from ..checks.observation import PHASE_1, PHASE_2, Observation
from ..inventory.errors import DeviceRefused, DriftError
from ..parsers import parse
from .device import log_in_anew, read, session
from .gather import observation, texts

SHOW = "show reload"
RUNNING = "show running-config"
#: ``reload in`` asks this where something is not saved. Saving would make the timer bring back what it is to take away.
SAVE_FIRST = {r"Save\? \[yes/no\]: ?": "no"}
PROCEED = r"Proceed with reload\? ?\[confirm\] ?"


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

    The box was read a moment ago and no timer was pending. Raises DeviceRefused when none of ours is pending afterwards.
    """
    device = session(task)
    asked = device.converse(f"reload in {minutes} {tag}", SAVE_FIRST, leave=PROCEED)
    if not re.search(PROCEED, asked):
        words = " ".join(asked.split()[-12:])
        raise DeviceRefused(f"{task.host.name}: reload in was answered with {words!r}")
    timer = timer_in(os, device.exchange([SHOW], answer="")[0].text)
    if timer is None or not timer.is_of(tag):
        raise DeviceRefused(f"{task.host.name}: the reload that should undo a lost change is not scheduled")
    return Result(host=task.host, changed=True, result=timer)


def disarm(task: Task, os: str, tag: str) -> Result:
    """Nornir task: call the reload off and prove it; ``result`` is (Observation, running configuration) of that moment.

    A new login comes first: it proves that the device can still be managed after the change. Raises Unreachable when it
    fails, DriftError when the timer was not pending any more or was somebody else's, DeviceRefused when one still is.
    """
    log_in_anew(task)
    device = session(task)
    before, _, after, phase_1, phase_2, running = device.exchange([SHOW, "reload cancel", SHOW, PHASE_1, PHASE_2, RUNNING])
    timer = timer_in(os, before.text)
    if timer is None:
        raise DriftError(f"{task.host.name}: its reload timer is gone; it may have reloaded by itself")
    if not timer.is_of(tag):
        raise DriftError(
            f"{task.host.name}: somebody had put another reload in the place of ours ({timer.reason or 'no reason'})"
        )
    if timer_in(os, after.text) is not None:
        raise DeviceRefused(f"{task.host.name}: reload cancel did not call the reload off")
    seen: Observation = observation(task.host.name, os, texts((phase_1, phase_2)))
    return Result(host=task.host, changed=True, result=(seen, running.text))


def stand_down(task: Task, os: str, tag: str) -> Result:
    """Nornir task: call off a timer of this run if one is pending, after a change was taken back. ``result``: was there one."""
    timer = timer_in(os, read(task, [SHOW])[0].text)
    if timer is None or not timer.is_of(tag):
        return Result(host=task.host, result=False)
    after = session(task).exchange(["reload cancel", SHOW])[-1]
    if timer_in(os, after.text) is not None:
        raise DeviceRefused(f"{task.host.name}: reload cancel did not call the reload off")
    return Result(host=task.host, changed=True, result=True)


def pending(task: Task, os: str, tag: str) -> Result:
    """Nornir task. ``result`` says whether a reload that this run scheduled is pending."""
    timer = timer_in(os, read(task, [SHOW])[0].text)
    return Result(host=task.host, result=timer is not None and timer.is_of(tag))
