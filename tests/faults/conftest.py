"""Counts how every fault ended and prints the table at the end."""

from __future__ import annotations

from collections import Counter

import pytest

_FOLDER = "tests/faults/"


def pytest_terminal_summary(terminalreporter: pytest.TerminalReporter) -> None:
    """The table: faults tried, ended right, ended wrong, by the function that tries them."""
    tried: Counter[str] = Counter()
    wrong: Counter[str] = Counter()
    for outcome in ("passed", "failed", "error"):
        for report in terminalreporter.stats.get(outcome, []):
            if report.nodeid.startswith(_FOLDER) and (report.when == "call" or report.failed):
                name = report.nodeid.split("::")[1].partition("[")[0].removeprefix("test_").replace("_", " ")
                tried[name] += 1
                wrong[name] += outcome != "passed"
    if not tried:
        return
    terminalreporter.section("faults")
    width = max(map(len, tried))
    for name in sorted(tried):
        terminalreporter.write_line(
            f"{name:{width}}  tried {tried[name]:4}  right {tried[name] - wrong[name]:4}  wrong {wrong[name]:4}"
        )
    total, bad = sum(tried.values()), sum(wrong.values())
    terminalreporter.write_line(f"{'all':{width}}  tried {total:4}  right {total - bad:4}  wrong {bad:4}")
