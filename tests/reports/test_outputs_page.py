"""The page of the documents has the tables of the code."""

from __future__ import annotations

from pathlib import Path

from nr_run.checks.verdict import Word
from nr_run.runbooks.history.prune import POLICIES
from nr_run.runbooks.notify.hold_minutes import DOWN_AFTER, UP_AFTER
from nr_run.runbooks.reports.metrics import METRICS

PAGE = (Path(__file__).parents[2] / "docs" / "reference" / "outputs.md").read_text(encoding="utf8")


def test_every_metric_is_documented() -> None:
    """docs/reference/outputs.md has a row for each metric with its labels and its sentence, and no other."""
    rows = [line for line in PAGE.splitlines() if line.startswith("| `nr_run_")]
    assert rows == [f"| `{name}` | {', '.join(metric.labels)} | {metric.sentence} |" for name, metric in METRICS.items()]


def test_words_and_numbers_are_those_of_the_code() -> None:
    """The words in their order, the hold times and how much is kept."""
    text = " ".join(PAGE.split())
    assert ", ".join(f"`{word.value}`" for word in Word) in text
    assert f"after {DOWN_AFTER:g} minutes (`--down-after`), its end after {UP_AFTER:g}" in text
    assert f"the last {POLICIES['looks'].most} looks" in text
