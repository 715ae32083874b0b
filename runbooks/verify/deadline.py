"""Where a device has more to show, or to send, than the deadline has time for: how long it would take, from what was measured."""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from math import ceil

from ...checks.observations.looks import Shown

#: A deadline is told in steps of so many seconds.
_STEP = 10
#: What a device took may vary from one time to the next; a tenth more.
_MARGIN = 1.1


def too_short(deadline: float, shown: Iterable[Shown]) -> Iterator[str]:
    """A sentence for each device that needs a longer deadline than this one, in seconds, with one that is enough.

    None for a device that was reached and then said nothing: no deadline is long enough for that.
    """
    for one in shown:
        needed = _needed(deadline, one)
        if needed > deadline:
            enough = ceil(needed * _MARGIN / _STEP) * _STEP
            yield f"{one.host}: {_what(one)} in {deadline:g} seconds: give --deadline {enough}"


def _needed(deadline: float, one: Shown) -> float:
    """Seconds that would be enough; the same as the deadline where more would not help, or is not known to."""
    if one.short > 0:
        return deadline + one.short
    # What it showed until then took so long, and as much is still to come: one that hangs has had the time for that.
    return 2 * one.seconds if one.reached and "the deadline" in one.problem else deadline


def _what(one: Shown) -> str:
    if one.short > 0:
        many = sum(1 for why in one.unsent.values() if "no time" in why)
        return f"there is no time for {many} of its pings" if many > 1 else "there is no time for one of its pings"
    return "it cannot show all that is asked"
