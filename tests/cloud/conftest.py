"""``pytest tests/cloud`` prints the table: each error of the documents, and where it was caught."""

from __future__ import annotations

from typing import Any

from .all_rows import ROWS
from .rows import table


def pytest_terminal_summary(terminalreporter: Any) -> None:
    """Behind the results, and only where the rows were tested."""
    tested = [
        report
        for word in ("passed", "failed")
        for report in terminalreporter.stats.get(word, ())
        if "where_caught" in report.nodeid
    ]
    if not tested:
        return
    failed = {report.nodeid.partition("[")[2].removesuffix("]") for report in tested if report.failed}
    terminalreporter.section("errors of the vendors' documents, and where they are caught")
    for line in table(ROWS, sorted(failed)):
        terminalreporter.write_line(line)
