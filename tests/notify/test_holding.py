"""A change is told once, when it has held."""

from __future__ import annotations

from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st

from nr_run.checks.verdict import Configured, Operating
from nr_run.runbooks.history.condition import CONDITIONS, FINE
from nr_run.runbooks.history.file import writing
from nr_run.runbooks.history.keep import keep
from nr_run.runbooks.notify.holding import Hold
from nr_run.runbooks.notify.outbox import put, waiting

from ..verifications import PATIENT, verdict, verification

TARGET = "credential:alerts"
U, IDLE, D, X, N = Operating.UP, Operating.IDLE, Operating.DOWN, Operating.UNKNOWN, Operating.UNENCRYPTED
G = Operating.DEGRADED
USUAL = Hold()


def told(
    runs: Path, looks: list[tuple[float, Operating]], hold: Hold = USUAL, *, differs: bool = False
) -> list[tuple[float, str]]:
    """Minute and condition of each message about one service that was looked at so."""
    found = []
    for minutes, operating in looks:
        configured = Configured.DIFFERS if differs and operating is U and minutes else Configured.AS_INTENDED
        made = verification(verdict("a", operating, minutes, configured=configured), minutes=minutes)
        assert keep(runs, made, 0) == []
        with writing(runs) as connection:
            before = len(waiting(connection, [TARGET]))
            put(connection, made, [TARGET], hold)
            new = waiting(connection, [TARGET])[before:]
        found += [(minutes, change["now"]) for item in new for change in item.document["changes"]]
    return found


@pytest.mark.parametrize(
    ("looks", "messages"),
    [
        ([(0, U), (5, U), (10, IDLE), (15, U)], []),
        ([(0, U), (5, D), (10, D), (15, D), (60, D)], [(15, "down")]),
        ([(0, U), (5, D), (10, U), (15, D), (20, U)], []),
        ([(0, D), (5, D), (10, D)], [(10, "down")]),
        ([(0, U), (5, D), (15, D), (20, U), (30, U), (35, U), (40, U)], [(15, "down"), (35, "fine")]),
        ([(0, U), (5, D), (15, D), (20, U), (30, D), (40, U), (54, U), (55, IDLE)], [(15, "down"), (55, "fine")]),
        ([(0, U), (5, N), (6, N)], [(5, "unencrypted")]),
        ([(0, U), (5, X), (20, X), (34, X), (35, X)], [(35, "unverified")]),
        ([(0, U), (5, D), (9, X), (10, D), (11, X), (13, D)], [(13, "down")]),
        ([(0, U), (5, D), (15, D), (20, G), (25, G), (27, G)], [(15, "down"), (27, "degraded")]),
    ],
)
def test_what_is_told_when(tmp_path: Path, looks: list[tuple[float, Operating]], messages: list[tuple[float, str]]) -> None:
    """Up and idle are alike, a flap is not told, the first look tells no good news, and bad words that take turns are told."""
    assert told(tmp_path, looks) == messages


def test_a_clock_that_stood_ahead_keeps_nothing_untold(tmp_path: Path) -> None:
    """What went down while the clock stood days ahead is told after its time by the clock as it is now."""
    assert told(tmp_path, [(9000, D), (0, D), (5, D), (7, D), (20, D)]) == [(7, "down")]


def test_hold_times_are_the_operators(tmp_path: Path) -> None:
    """With no hold at all each change is told when it is seen."""
    looks = [(0, U), (5, D), (10, U)]
    assert told(tmp_path, looks, Hold(0, 0)) == [(5, "down"), (10, "fine")]


def test_what_differs_is_told(tmp_path: Path) -> None:
    """A tunnel that works and is no longer as intended is a change, too."""
    assert told(tmp_path, [(0, U), (5, U), (12, U)], differs=True) == [(12, "differs")]


def test_each_target_is_told_for_itself(tmp_path: Path) -> None:
    """Somebody who is added later hears what stands then, and the first hears nothing twice."""
    other = "credential:night"
    for minutes in (0, 10, 20):
        made = verification(verdict("a", D, minutes), minutes=minutes)
        assert keep(tmp_path, made, 0) == []
        with writing(tmp_path) as connection:
            put(connection, made, [TARGET] if minutes < 20 else [TARGET, other], Hold())
            counts = {target: len(waiting(connection, [target])) for target in (TARGET, other)}
    assert counts == {TARGET: 1, other: 1}


def test_what_was_not_looked_at_is_not_told(tmp_path: Path) -> None:
    """Time that passes while only other services are looked at makes nothing due."""
    for made in (
        verification(verdict("a", D), verdict("b")),
        verification(verdict("b", minutes=60), minutes=60, partial=True),
    ):
        assert keep(tmp_path, made, 0) == []
        with writing(tmp_path) as connection:
            put(connection, made, [TARGET], Hold())
            assert waiting(connection, [TARGET]) == ()


@PATIENT
@given(st.sampled_from(CONDITIONS), st.one_of(st.none(), st.sampled_from(CONDITIONS)), st.integers(-9999, 9999))
def test_nothing_is_told_twice(condition: str, before: str | None, seconds: int) -> None:
    """What somebody was told last is never due again, and nothing is due before its time, or when a clock was set back."""
    hold = Hold()
    bad = None if condition == FINE else 0
    assert not hold.is_due(condition, 0, bad, condition, seconds)
    if hold.is_due(condition, 0, bad, before, seconds):
        assert seconds >= 60 * hold.minutes(condition)
        assert (before or FINE) != condition
