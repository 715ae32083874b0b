"""The dead-man: what a device does by itself to undo a change, unless this run comes back and calls it off.

Which fence that is stands in the plan; these tasks are the same for all of them (tasks/fences).
"""

from __future__ import annotations

import time
from dataclasses import replace

from nornir.core.task import Result, Task

from ..checks.observation import PHASE_1, PHASE_2, Observation
from ..inventory.errors import SessionLost
from .device import CONNECTION, log_in_anew, reconnect, session
from .fences import FENCES, Arming
from .fences.fence import look
from .gather import observation, texts


def arm(task: Task, fence: str, arming: Arming) -> Result:
    """Nornir task: arm the fence and prove it; ``result`` is its mark. Raises as Fence.arm() does."""
    return Result(host=task.host, changed=True, result=FENCES[fence].arm(session(task), _by_user(task, arming)))


def renew(task: Task, fence: str, arming: Arming) -> Result:
    """Nornir task: let the fence count anew and prove it; ``result`` is its mark. Raises as Fence.renew() does."""
    return Result(host=task.host, changed=True, result=FENCES[fence].renew(session(task), _by_user(task, arming)))


def disarm(task: Task, fence: str, arming: Arming) -> Result:
    """Nornir task: call the fence off and prove it; ``result`` is (Observation, running configuration) of that moment.

    A new login comes first: it proves that the device can still be managed after the change. Raises Unreachable when it
    fails, DriftError when the fence was not there any more or was somebody else's, DeviceRefused when some of it still is.
    """
    log_in_anew(task)
    device = session(task)
    also = (PHASE_1, PHASE_2, device.dialect.commands.running)
    replies = FENCES[fence].disarm(device, _by_user(task, arming), also)
    seen: Observation = observation(task.host.name, arming.platform.os, texts(replies))
    return Result(host=task.host, changed=True, result=(seen, replies[-1].text))


def look_anew(task: Task, os: str) -> Result:
    """Nornir task: as disarm() where there is nothing to call off: a new login, then (Observation, running configuration)."""
    log_in_anew(task)
    device = session(task)
    replies = device.exchange((PHASE_1, PHASE_2, device.dialect.commands.running))
    return Result(host=task.host, result=(observation(task.host.name, os, texts(replies)), replies[-1].text))


def stand_down(task: Task, fence: str, arming: Arming, patience_seconds: float = 0.0, pause_seconds: float = 1.0) -> Result:
    """Nornir task: call off what is left of this run's fence, after a change was taken back. ``result``: was there any.

    The fence itself may have ended the session; what it left is cleared over a new one. Raises Unreachable when no login
    succeeds within the patience, which is to be as long as the device needs to go back by itself.
    """
    deadline, again = time.monotonic() + patience_seconds, False
    while True:
        left = max(0.0, deadline - time.monotonic())
        device = reconnect(task, patience_seconds=left, pause_seconds=pause_seconds)
        try:
            found = FENCES[fence].stand_down(device, _by_user(task, arming))
            return Result(host=task.host, changed=found, result=found)
        except SessionLost:
            if again and time.monotonic() + pause_seconds > deadline:
                raise
            time.sleep(pause_seconds if again else 0)
            again = True


def fire(task: Task, fence: str, arming: Arming) -> Result:
    """Nornir task: let the device go back at once. ``result`` is False if this fence cannot."""
    return Result(host=task.host, changed=True, result=FENCES[fence].fire(session(task), _by_user(task, arming)))


def pending(task: Task, fence: str, arming: Arming) -> Result:
    """Nornir task. ``result`` says whether something of this run's fence is there."""
    by_user = _by_user(task, arming)
    try:
        state = look(session(task), FENCES[fence], by_user)
    except SessionLost:
        state = look(session(task), FENCES[fence], by_user)
    return Result(host=task.host, result=state.remains)


def _by_user(task: Task, arming: Arming) -> Arming:
    login = (task.host.connection_options[CONNECTION].extras or {})["login"]
    return replace(arming, user=login.secrets.look_up(login.username_ref))
