"""What a failover test has seen so far: when the primary went and came, and how long traffic took either way."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from msgspec import Struct, field

from ....services.besides import Failover
from ....services.service import Seen


class Span(Struct, frozen=True):
    """How long traffic took, in seconds of the device's clock.

    It is looked at from time to time, so two bounds are known: at the last look before the move it had not moved, and at the
    first one after it it had.
    """

    at_least: float
    at_most: float
    budget: float
    looks: int

    def __str__(self) -> str:
        """For a person: of the numbers that are written down, so that both say the same second."""
        return f"{round(self.at_least, 1):.0f} to {round(self.at_most, 1):.0f} seconds (documented: {self.budget:.0f})"

    def as_dict(self) -> dict[str, Any]:
        """Plain values."""
        return {
            "at_least_seconds": round(self.at_least, 1),
            "at_most_seconds": round(self.at_most, 1),
            "documented_seconds": round(self.budget, 1),
            "looks": self.looks,
        }


class FailoverTest(Struct):
    """One test at work; times are of the monotonic clock of this machine."""

    paths: Failover
    before: tuple[Seen, ...] = ()
    #: When the lines that take the primary down were about to be sent, and when they had been taken.
    down: tuple[float, float] | None = None
    #: The same of the lines that bring it up again.
    up: tuple[float, float] | None = None
    away: Span | None = None
    back: Span | None = None
    #: True if all that was verified before the test holds again behind it.
    whole: bool = False
    #: Looks on the way back at which no path was known to lead.
    leaderless: int = 0
    #: Sentences on what was lost.
    lost: list[str] = field(default_factory=list)

    @property
    def passed(self) -> bool:
        """True if traffic moved, came back, and all is as it was."""
        return self.away is not None and self.back is not None and self.whole

    def as_dict(self) -> Mapping[str, Any]:
        """For JSON."""
        return {
            "primary": self.paths.primary,
            "backup": self.paths.backup,
            "away": self.away.as_dict() if self.away else None,
            "back": self.back.as_dict() if self.back else None,
            "lost": list(self.lost),
        }
