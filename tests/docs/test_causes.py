"""docs/reference/causes.md is what the tables of causes say today."""

from __future__ import annotations

import subprocess
import sys
from pathlib import Path

from nr_run.services.l2l.causes import CAUSES

from .documents import ROOT

PAGE = ROOT / "docs" / "reference" / "causes.md"


def test_the_page_is_current(tmp_path: Path) -> None:
    """The page is written from the tables, and nobody has changed them since."""
    made = tmp_path / "causes.md"
    subprocess.run([sys.executable, str(ROOT / "docs" / "generate" / "causes.py"), str(made)], timeout=300, check=True)
    assert made.read_text() == PAGE.read_text(), "run `make rendered`"


def test_the_page_has_every_cause_once() -> None:
    """A row for each cause, with what one sees, what confirms it and what fixes it."""
    rows = [line.split(" | ") for line in PAGE.read_text().splitlines() if line.startswith("| `") and line.count(" | ") == 5]
    assert sorted(row[0].strip("| `") for row in rows) == sorted(CAUSES)
    assert all(len(cell) > 3 for row in rows for cell in row)
