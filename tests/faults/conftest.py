"""Counts how every fault ended and prints the table at the end; takes a part of the matrix unless NR_RUN_FAULTS is all."""

from __future__ import annotations

import os
from collections import Counter
from zlib import crc32

import pytest

_FOLDER = "tests/faults/"
#: Of each file of the matrix one case in so many is tried, always the same ones: all tests end within minutes on two cores.
_ONE_IN = {"test_matrix.py": 4, "test_matrix_lines.py": 5, "test_matrix_others.py": 4}


def pytest_collection_modifyitems(config: pytest.Config, items: list[pytest.Item]) -> None:
    """Leave out most of the matrix, unless all of it is asked for, or cases are named."""
    if os.environ.get("NR_RUN_FAULTS") == "all" or any("::" in argument for argument in config.args) or config.option.keyword:
        return
    left = [item for item in items if crc32(item.nodeid.encode()) % _ONE_IN.get(item.path.name, 1)]
    if left:
        config.hook.pytest_deselected(items=left)
        items[:] = [item for item in items if item not in left]


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
