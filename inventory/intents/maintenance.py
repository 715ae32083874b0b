"""Maintenance windows: when a service may be disturbed on purpose, as its intent says."""

from __future__ import annotations

import re
from collections.abc import Sequence
from datetime import UTC, datetime, time, timedelta, tzinfo
from typing import Annotated, Literal, get_args
from zoneinfo import ZoneInfo

from pydantic import BeforeValidator, Field, model_validator

from ..files.did_you_mean import hint
from .intent_fields import Record

Weekday = Literal["mon", "tue", "wed", "thu", "fri", "sat", "sun"]
DAYS: tuple[Weekday, ...] = get_args(Weekday)
#: An hour of the day as people write it; without quotes YAML may make a number of it.
_CLOCK = re.compile(r"(?:[01]\d|2[0-3]):[0-5]\d")


def _clock(value: object) -> object:
    if not isinstance(value, str) or not _CLOCK.fullmatch(value):
        raise ValueError('is not a time of the day: write it as "22:30", with quotes')
    return value


def _days(value: object) -> object:
    words = [value] if isinstance(value, str) else value
    for word in words if isinstance(words, list | tuple) else ():
        if word not in DAYS:
            raise ValueError(f"has a day that is not known{hint(str(word), DAYS)}: {', '.join(DAYS)}")
    return words


def _zone(value: object) -> object:
    """The zones of this machine: where it has none, only UTC is known."""
    try:
        zone_of(str(value))
    except (OSError, ValueError, LookupError):
        raise ValueError("is no time zone that this machine knows: write it as Europe/Berlin, or UTC") from None
    return value


def zone_of(name: str) -> tzinfo:
    """A time zone by its name; UTC needs no table of zones."""
    return UTC if name == "UTC" else ZoneInfo(name)


Clock = Annotated[str, BeforeValidator(_clock)]


class Window(Record):
    """One window: from ``start`` to ``end`` on these days; one that ends no later than it starts ends on the next day."""

    days: Annotated[tuple[Weekday, ...], BeforeValidator(_days)] = Field(default=DAYS, description="Days on which it begins.")
    start: Clock = Field(description="When it begins, as HH:MM.")
    end: Clock = Field(description="When it is over, as HH:MM; no later than start means on the next day.")
    zone: Annotated[str, BeforeValidator(_zone)] = Field(default="UTC", description="Time zone of these times.")

    @model_validator(mode="after")
    def _some_day(self) -> Window:
        if not self.days:
            raise ValueError("days needs at least one day")
        return self

    def spans(self, now: datetime) -> tuple[tuple[datetime, datetime], ...]:
        """Every time from yesterday to in a week at which it is open, in UTC; ``now`` has a zone."""
        zone = zone_of(self.zone)
        today = now.astimezone(zone).date()
        found = []
        for number in range(-1, 8):
            day = today + timedelta(days=number)
            if DAYS[day.weekday()] in self.days:
                over = day + timedelta(days=1) if self.end <= self.start else day
                begins, ends = (
                    datetime.combine(one, time.fromisoformat(clock), zone) for one, clock in ((day, self.start), (over, self.end))
                )
                found.append((begins.astimezone(UTC), ends.astimezone(UTC)))
        return tuple(found)

    def __str__(self) -> str:
        """For a person."""
        return f"{'' if self.days == DAYS else ','.join(self.days) + ' '}{self.start}-{self.end} {self.zone}"


def closed(windows: Sequence[Window], now: datetime, seconds: float) -> str:
    """Why something that takes so long may not begin now; empty where a window is open for all of it."""
    spans = sorted(span for window in windows for span in window.spans(now))
    open_now = [ends for begins, ends in spans if begins <= now < ends]
    if any(now + timedelta(seconds=seconds) <= ends for ends in open_now):
        return ""
    if open_now:
        return f"the maintenance window ends at {max(open_now):%H:%M} UTC, and this may take {seconds:.0f} seconds"
    if not windows:
        return "the intent gives it no maintenance window"
    later = next((begins for begins, _ in spans if begins > now), None)
    opens = f"; the next one opens on {later:%Y-%m-%d at %H:%M} UTC" if later else ""
    return f"no maintenance window is open now ({'; '.join(map(str, windows))}){opens}"
