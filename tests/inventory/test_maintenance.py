"""Maintenance windows: when one is open, when the next one is, and what is refused of one."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st
from pydantic import ValidationError

from nr_run.inventory.intents.maintenance import DAYS, Window, closed

#: A Saturday.
SATURDAY = datetime(2026, 11, 28, tzinfo=UTC)
NIGHT = Window(days=("sat",), start="22:00", end="04:00")


@pytest.mark.parametrize(
    ("hours", "is_open"), [(21.9, False), (22, True), (27.9, True), (28, False), (-1, False), (7 * 24 + 23, True), (2, False)]
)
def test_a_window_over_midnight_belongs_to_the_day_on_which_it_begins(hours: float, is_open: bool) -> None:
    """From Saturday at ten in the evening to Sunday at four, and at no other time of the week."""
    assert (closed([NIGHT], SATURDAY + timedelta(hours=hours), 0) == "") is is_open


def test_it_has_to_stay_open_for_as_long_as_it_takes() -> None:
    """Five minutes before its end nothing begins that takes six, and the sentence says when it ends."""
    late = SATURDAY + timedelta(hours=27, minutes=55)
    assert closed([NIGHT], late, 299) == ""
    assert closed([NIGHT], late, 360) == "the maintenance window ends at 04:00 UTC, and this may take 360 seconds"


def test_the_next_window_is_named() -> None:
    """A person reads when to come again; and that there is none, where there is none."""
    words = closed([NIGHT], SATURDAY + timedelta(hours=30), 1)
    assert words == "no maintenance window is open now (sat 22:00-04:00 UTC); the next one opens on 2026-12-05 at 22:00 UTC"
    assert closed([], SATURDAY, 1) == "the intent gives it no maintenance window"


@pytest.mark.parametrize(
    ("fields", "words"),
    [
        ({"start": 1320}, "is not a time of the day"),
        ({"start": "24:00"}, "is not a time of the day"),
        ({"days": ["saturday"]}, "has a day that is not known"),
        ({"days": []}, "days needs at least one day"),
        ({"zone": "Europe/Atlantis"}, "is no time zone that this machine knows"),
        ({"zone": "../../etc/passwd"}, "is no time zone that this machine knows"),
    ],
)
def test_what_is_refused(fields: dict[str, Any], words: str) -> None:
    """A number that YAML made of a time, a day that is none, a zone that is nowhere."""
    with pytest.raises(ValidationError, match=words):
        Window.model_validate({"start": "22:00", "end": "04:00", **fields})


@given(st.sets(st.sampled_from(DAYS), min_size=1), st.integers(0, 1439), st.integers(0, 1439), st.integers(0, 7 * 1440 - 1))
def test_a_window_is_open_for_its_minutes_of_each_of_its_days(days: set[Any], start: int, end: int, minute: int) -> None:
    """Whatever the days and times: a minute is inside exactly when counting from one of its beginnings says so."""
    clock = [f"{one // 60:02}:{one % 60:02}" for one in (start, end)]
    window = Window(days=tuple(sorted(days, key=DAYS.index)), start=clock[0], end=clock[1])
    long = (end - start) % 1440 or 1440
    now = SATURDAY + timedelta(minutes=minute)
    begins = [number * 1440 + start for number in range(-1, 7) if DAYS[(5 + number) % 7] in days]
    assert (closed([window], now, 0) == "") is any(one <= minute < one + long for one in begins)
