"""What the journal says of the workers of a run, and when those of one that has ended can type nothing more.

Where the process of a run is killed its workers learn that from its silence, and may finish what they were typing until then.
"""

from __future__ import annotations

import time
from collections.abc import Callable, Mapping, Sequence
from datetime import UTC, datetime
from typing import TYPE_CHECKING, Any

from .messages import MARGIN, lease_seconds

if TYPE_CHECKING:
    from ..run.folder import RunFolder

STATE = "elsewhere"


def note_elsewhere(folder: RunFolder, scheduler: str) -> None:
    """Before anything is asked of a device: over whose workers it is reached, and how long they may type without a word."""
    folder.note(STATE, scheduler=scheduler, lease=lease_seconds())


def scheduler_of(journal: Sequence[Mapping[str, Any]]) -> str:
    """The one whose workers the run used last; empty where this machine reached the devices."""
    return next((str(line.get("scheduler", "")) for line in reversed(journal) if line["state"] == STATE), "")


def wait_until_gone(journal: Sequence[Mapping[str, Any]], tell: Callable[[str], None]) -> None:
    """Wait until the workers of an earlier process of this run have let go of its devices. That process is gone for certain."""
    seconds = seconds_left(journal, datetime.now(UTC))
    if seconds > 0:
        tell(f"waiting {seconds:.0f} seconds, until the workers of {scheduler_of(journal)} have certainly let go")
        time.sleep(seconds)


def seconds_left(journal: Sequence[Mapping[str, Any]], now: datetime) -> float:
    """How long such a worker may still type. When a process was killed is not known, so then the whole lease counts from now."""
    lines = list(journal)
    used = [number for number, line in enumerate(lines) if line["state"] == STATE]
    if not used:
        return 0.0
    longest = float(lines[used[-1]]["lease"]) + MARGIN
    ends = [line for line in lines[used[-1] :] if line["state"] == "ended"]
    if not ends:
        return longest
    passed = (now - datetime.fromisoformat(str(ends[-1]["time"]))).total_seconds()
    return min(longest, max(0.0, longest - passed))
