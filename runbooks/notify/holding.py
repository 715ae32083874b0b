"""When a change is told: what stands has held for so long that it is no flap."""

from __future__ import annotations

from msgspec import Struct

from ...checks.verdict import Word
from ..history.condition import FINE
from .hold_minutes import DOWN_AFTER, UP_AFTER

#: Not to know is told later: a device that boots, or a management path that flaps, is no outage of a service.
UNVERIFIED_AFTER = 30.0


class Hold(Struct, frozen=True):
    """Minutes for which a condition has to stand before it is told."""

    down_after: float = DOWN_AFTER
    up_after: float = UP_AFTER

    def minutes(self, condition: str) -> float:
        """For what is fine again, what passes in the clear (at once), what could not be told, and everything else."""
        if condition == FINE:
            return self.up_after
        if condition == Word.UNENCRYPTED.value:
            return 0
        return max(self.down_after, UNVERIFIED_AFTER) if condition == Word.UNVERIFIED.value else self.down_after

    def is_due(self, condition: str, since: int, bad_since: int | None, told: str | None, now: int) -> bool:
        """True if a condition that stands since then has to be told to somebody who was told another one.

        Nobody is told that all is fine first. What changes between bad words is held from when it was last fine: a service that
        is down and unverified by turns must not stay unreported for ever. Times are seconds; a clock that was set back makes
        nothing due.
        """
        told = told or FINE
        begun = bad_since if told == FINE and bad_since is not None else since
        return condition != told and now - begun >= 60 * self.minutes(condition)
