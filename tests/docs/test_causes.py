"""docs/reference/causes.md is what the tables of causes say today."""

from __future__ import annotations

from nr_run.services.l2l.diagnosis.causes import CAUSES

from .documents import ROOT

PAGE = ROOT / "docs" / "reference" / "causes.md"


def test_the_page_has_every_cause_once() -> None:
    """A row for each cause, with what one sees, what confirms it and what fixes it."""
    rows = [line.split(" | ") for line in PAGE.read_text().splitlines() if line.startswith("| `") and line.count(" | ") == 5]
    assert sorted(row[0].strip("| `") for row in rows) == sorted(CAUSES)
    assert all(len(cell) > 3 for row in rows for cell in row)
