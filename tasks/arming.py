"""Arm, renew and cancel the rollback timer, with which a device undoes a change unless this run cancels it.

Which rollback timer that is stands in the plan; these tasks are the same for all of them (tasks/rollback_timers).
"""

from __future__ import annotations

import time
from collections.abc import Sequence

from msgspec.structs import replace
from nornir.core.task import Result, Task

from ..changes.configurations.configuration import Configuration
from ..checks.observations.observation import Observation
from ..inventory.errors import NotKnown, SessionLost
from .access.credentials import login_of
from .answers import AGAIN, asked, running_commands, running_in
from .device import reconnect, session
from .fresh_login import manageable
from .gather import asking
from .observe import seen_anyway
from .rollback_timers import ROLLBACK_TIMERS, Arming
from .rollback_timers.timer import look
from .sessions.session import Reply, Session


def arm(task: Task, method: str, arming: Arming) -> Result:
    """Nornir task: arm the rollback timer and verify it; ``result`` is its mark. Raises as RollbackTimer.arm() does."""
    return Result(host=task.host, changed=True, result=ROLLBACK_TIMERS[method].arm(session(task), _by_user(task, arming)))


def renew(task: Task, method: str, arming: Arming) -> Result:
    """Nornir task: let the timer restart and verify it; ``result`` is its mark. Raises as RollbackTimer.renew() does."""
    return Result(host=task.host, changed=True, result=ROLLBACK_TIMERS[method].renew(session(task), _by_user(task, arming)))


def disarm(task: Task, method: str, arming: Arming) -> Result:
    """Nornir task: cancel the rollback timer and verify it; ``result`` is (Observation, running Configuration) of that moment.

    In the place of a configuration that was not shown whole is None: the rollback timer is off by then, and it is read again.

    A new login comes first: it proves that the device can still be managed after the change. Raises Unreachable when it
    fails, DriftError when the timer was not there any more or was somebody else's, DeviceRefused when some of it still is.
    """
    proved = manageable(task)
    device = session(task)
    also = (*asking(device.dialect), *running_commands(device))
    by_user = _by_user(task, arming)
    try:
        replies = ROLLBACK_TIMERS[method].disarm(device, by_user, also, proved)
    except NotKnown:
        proved()
        # How far that came is not known, and what is left is cancelled over a fresh session. Whether the timer had gone off is
        # seen in the running configuration then: the change would be gone.
        device.close()
        asked(task, lambda fresh: ROLLBACK_TIMERS[method].cancel_leftovers(fresh, by_user))
        device = session(task)
        replies = device.send_batch(also)
    # The rollback timer is off: one answer that says nothing is no reason to roll a verified change back without it.
    whole = _whole(device, replies)
    seen: Observation = seen_anyway(task, replies)
    return Result(host=task.host, changed=True, result=(seen, whole))


def reconnect_and_observe(task: Task) -> Result:
    """Nornir task: disarm() without a timer to cancel: a new login, then the same ``result``."""
    manageable(task)()
    device = session(task)
    replies = device.send_batch((*asking(device.dialect), *running_commands(device)))
    whole = _whole(device, replies)
    return Result(host=task.host, result=(seen_anyway(task, replies), whole))


def _whole(device: Session, replies: Sequence[Reply]) -> Configuration | None:
    try:
        return running_in(device, replies)
    except NotKnown:
        device.close()
        return None


def cancel_leftovers(
    task: Task, method: str, arming: Arming, patience_seconds: float = 0.0, pause_seconds: float = 1.0
) -> Result:
    """Nornir task: cancel what is left of this run's rollback timer, after a change was rolled back. ``result``: was there any.

    The rollback timer itself may have ended the session; what it left is cleared over a new one. Raises Unreachable when no login
    succeeds within the patience, which is to be as long as the device needs to roll itself back, and NotKnown when the device
    does not show what is left, over several logins.
    """
    deadline, again, unknown = time.monotonic() + patience_seconds, False, 0
    while True:
        left = max(0.0, deadline - time.monotonic())
        device = reconnect(task, patience_seconds=left, pause_seconds=pause_seconds)
        try:
            found = ROLLBACK_TIMERS[method].cancel_leftovers(device, _by_user(task, arming))
            return Result(host=task.host, changed=found, result=found)
        except NotKnown:
            device.close()
            unknown += 1
            if unknown >= AGAIN.times:
                raise
            time.sleep(AGAIN.pause_seconds if unknown > 1 else 0)
        except SessionLost:
            if again and time.monotonic() + pause_seconds > deadline:
                raise
            time.sleep(pause_seconds if again else 0)
            again = True


def revert_now(task: Task, method: str, arming: Arming) -> Result:
    """Nornir task: let the device roll back now. ``result`` is False if this rollback timer cannot."""
    return Result(host=task.host, changed=True, result=ROLLBACK_TIMERS[method].revert_now(session(task), _by_user(task, arming)))


def pending(task: Task, method: str, arming: Arming) -> Result:
    """Nornir task. ``result`` says whether something of this run's rollback timer is there."""
    by_user = _by_user(task, arming)
    state = asked(task, lambda device: look(device, ROLLBACK_TIMERS[method], by_user))
    return Result(host=task.host, result=state.remains)


def _by_user(task: Task, arming: Arming) -> Arming:
    login = login_of(task.host)
    return replace(arming, user=login.secrets.look_up(login.username_ref))
