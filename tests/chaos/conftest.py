"""The page of the chaos: trials, right, wrong and rollback-incomplete, by kind of fault."""

from __future__ import annotations

import json
import os
import random
from collections import Counter

import pytest

_FOLDER = "tests/chaos/"


def pytest_configure(config: pytest.Config) -> None:
    """Draw the first number once, for all workers."""
    if int(os.environ.get("NR_RUN_CHAOS", "0")):
        os.environ.setdefault("NR_RUN_CHAOS_FIRST", str(random.SystemRandom().randrange(10**6)))


def pytest_terminal_summary(terminalreporter: pytest.TerminalReporter) -> None:
    """The page. A trial with two faults stands in two rows; one whose faults all came too late in none."""
    rows: dict[str, Counter[str]] = {}
    total: Counter[str] = Counter()
    for outcome in ("passed", "failed"):
        for report in terminalreporter.stats.get(outcome, []):
            for name, value in getattr(report, "user_properties", ()):
                if name == "chaos" and report.when == "call":
                    _count(json.loads(value), rows, total)
    if not total:
        return
    terminalreporter.section("chaos")
    if first := os.environ.get("NR_RUN_CHAOS_FIRST"):
        terminalreporter.write_line(f"seeds from {first} on; NR_RUN_CHAOS_FIRST={first} makes the same trials again")
    width = max(map(len, [*rows, "all trials"]))
    columns = ("trials", "right", "wrong", "rollback-incomplete", "needless")
    terminalreporter.write_line(f"{'':{width}}  " + "  ".join(f"{column:>11}" for column in columns))
    for name in [*sorted(rows), "all trials"]:
        row = total if name == "all trials" else rows[name]
        terminalreporter.write_line(f"{name:{width}}  " + "  ".join(f"{row[column]:11}" for column in columns))
    terminalreporter.write_line(
        f"of all trials: {total['before']} as before, {total['changed']} changed, proved and saved; in {total['late']} every"
        " fault came after the run had ended; needless: a person was asked for though the judge found nothing amiss"
    )


def _count(ended: dict[str, object], rows: dict[str, Counter[str]], total: Counter[str]) -> None:
    ending = str(ended["ending"])
    kinds = ended["kinds"] if not ended["late"] else []
    assert isinstance(kinds, list)
    for row in (total, *(rows.setdefault(kind, Counter()) for kind in sorted(set(kinds)))):
        row["trials"] += 1
        row[ending] += 1
        row["right"] += ending in ("before", "changed")
        row["needless"] += bool(ended["needless"])
        row["late"] += bool(ended["late"])
