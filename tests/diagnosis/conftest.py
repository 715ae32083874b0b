"""Prints the confusion table at the end, and keeps it for the page of the documents: what was named of each planted cause."""

from __future__ import annotations

import json
import os
from collections import Counter
from pathlib import Path

import pytest

KEPT = Path(__file__).parents[2] / "build" / "diagnosis" / "named.json"


def pytest_terminal_summary(terminalreporter: pytest.TerminalReporter) -> None:
    """Planted by named; a cause that was named second counts as right, and is told."""
    kept: list[dict[str, object]] = []
    counted: Counter[tuple[str, str]] = Counter()
    second: Counter[str] = Counter()
    for outcome in ("passed", "failed"):
        for report in terminalreporter.stats.get(outcome, []):
            for name, value in getattr(report, "user_properties", ()):
                if name == "named" and report.when == "call":
                    planted, named = value[0], tuple(value[1])
                    counted[planted, named[0] if named else "nothing"] += 1
                    second[planted] += len(named) > 1 and named[1] == planted
                    kept.append({"form": report.nodeid.partition("[")[2][:-1], "planted": planted, "named": named})
    if not counted:
        return
    if os.environ.get("NR_RUN_DIAGNOSIS") == "all":
        KEPT.parent.mkdir(parents=True, exist_ok=True)
        KEPT.write_text(json.dumps(kept), encoding="utf8")
    terminalreporter.section("causes: planted, and named first")
    width = max(len(planted) for planted, _ in counted)
    for planted in sorted({planted for planted, _ in counted}):
        named_ = {named: number for (other, named), number in counted.items() if other == planted}
        total, right = sum(named_.values()), named_.get(planted, 0)
        others = ", ".join(f"{name} {number}" for name, number in sorted(named_.items()) if name != planted)
        tail = f"   otherwise: {others}" if others else ""
        tail += f" (planted one second: {second[planted]})" if second[planted] else ""
        terminalreporter.write_line(f"{planted.ljust(width)}  {right:3} of {total:3} first{tail}")
    right = sum(number for (planted, named), number in counted.items() if planted == named)
    terminalreporter.write_line(f"{right} of {counted.total()} named first, {right + second.total()} first or second")
