"""Fences: what a device does by itself to undo a change, unless the run comes back and calls it off. One module each."""

from __future__ import annotations

from collections.abc import Mapping

from .by_hand import ByHand
from .event_manager import EventManager
from .fence import Arming, Fence, State
from .reload_in import ReloadIn
from .replace_kron import ReplaceKron
from .revert_timer import RevertTimerFence

__all__ = ["FENCES", "Arming", "ByHand", "Fence", "State"]

#: Name of a rung of the ladder (checks/rollback_methods.py) to what carries it out.
FENCES: Mapping[str, Fence] = {fence.name: fence for fence in (RevertTimerFence(), ReplaceKron(), EventManager(), ReloadIn())}
