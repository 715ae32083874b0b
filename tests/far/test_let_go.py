"""How long the workers of a run that has ended may still type, as its journal says it."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta

from nr_run.runbooks.far.let_go import scheduler_of, seconds_left
from nr_run.runbooks.far.messages import MARGIN

NOW = datetime(2026, 11, 30, 12, tzinfo=UTC)
USED = {"state": "elsewhere", "scheduler": "tls://one:1", "lease": 60.0, "time": NOW.isoformat()}


def ended(seconds_ago: float) -> dict[str, str]:
    """The last line of a run."""
    return {"state": "ended", "time": (NOW - timedelta(seconds=seconds_ago)).isoformat()}


def test_where_no_worker_was_used_nobody_is_waited_for() -> None:
    """A run from this machine ends with its process."""
    assert (seconds_left([{"state": "begun"}], NOW), scheduler_of([{"state": "begun"}])) == (0.0, "")


def test_a_run_that_was_killed_may_have_lived_until_now() -> None:
    """The whole lease counts from now, also where an earlier process of the run had ended."""
    assert seconds_left([USED], NOW) == 60 + MARGIN
    assert seconds_left([USED, ended(900), {**USED, "lease": 10.0}], NOW) == 10 + MARGIN


def test_a_run_that_has_ended_counts_from_its_end() -> None:
    """What has passed since then is not waited for, and a clock that was set back does not make it longer."""
    assert seconds_left([USED, ended(20)], NOW) == 40 + MARGIN
    assert seconds_left([USED, ended(200)], NOW) == 0
    assert seconds_left([USED, ended(-9000)], NOW) == 60 + MARGIN


def test_the_cluster_that_was_used_last() -> None:
    """A run that was resumed over another cluster is resumed over that one again."""
    assert scheduler_of([USED, {**USED, "scheduler": "tls://two:1"}, ended(1)]) == "tls://two:1"
