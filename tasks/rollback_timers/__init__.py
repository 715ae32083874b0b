"""Rollback timers: a device undoes a change by itself unless the run cancels it in time. One module per method."""

from __future__ import annotations

from collections.abc import Mapping

from .by_hand import ByHand
from .event_manager import EventManager
from .reload_in import ReloadIn
from .replace_kron import ReplaceKron
from .revert_timer import ConfigureRevertTimer
from .timer import AnotherReload, Arming, NotArmed, RollbackTimer, State

__all__ = ["ROLLBACK_TIMERS", "AnotherReload", "Arming", "ByHand", "NotArmed", "RollbackTimer", "State"]

#: Name of a rollback method (checks/readiness/rollback_methods.py) to what does it.
ROLLBACK_TIMERS: Mapping[str, RollbackTimer] = {
    timer.name: timer for timer in (ConfigureRevertTimer(), ReplaceKron(), EventManager(), ReloadIn())
}
