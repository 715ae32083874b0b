"""Prints kinds of answers by places, and how each case ended; takes a part of the matrix unless NR_RUN_FAULTS is all."""

from __future__ import annotations

import os
from collections import Counter
from zlib import crc32

import pytest

_FILE = "test_no_answer.py"
#: One case in so many is tried, always the same ones: they end within a minute or two on two cores.
_ONE_IN = 60


def pytest_collection_modifyitems(config: pytest.Config, items: list[pytest.Item]) -> None:
    """Leave out most of the matrix, unless all of it is asked for, or cases are named."""
    if os.environ.get("NR_RUN_FAULTS") == "all" or any("::" in argument for argument in config.args) or config.option.keyword:
        return
    left = [item for item in items if item.path.name == _FILE and "[" in item.name and crc32(item.nodeid.encode()) % _ONE_IN]
    left = [item for item in left if item.name.startswith("test_no_answer")]
    if left:
        config.hook.pytest_deselected(items=left)
        items[:] = [item for item in items if item not in left]


def pytest_terminal_summary(terminalreporter: pytest.TerminalReporter) -> None:
    """The table: of each kind at each place, cases that ended right, quarantined with an honest page, or wrong."""
    ended: dict[tuple[str, str], Counter[str]] = {}
    for outcome in ("passed", "failed"):
        for report in terminalreporter.stats.get(outcome, []):
            properties = dict(getattr(report, "user_properties", ()))
            if report.when == "call" and "honesty" in properties:
                place, kind = properties["honesty"]
                how = "wrong" if outcome == "failed" else "page" if properties.get("ended") == "quarantined" else "right"
                ended.setdefault((kind, place), Counter())[how] += 1
    if not ended:
        return
    terminalreporter.section("no answer: right/page/wrong")
    kinds, places = (list(dict.fromkeys(key[position] for key in ended)) for position in (0, 1))
    width = max(map(len, kinds))
    terminalreporter.write_line(f"{'':{width}}  " + "  ".join(f"{place:>9}" for place in places))
    for kind in kinds:
        cells = (_cell(ended.get((kind, place))) for place in places)
        line = "  ".join(f"{cell:>{max(9, len(place))}}" for cell, place in zip(cells, places, strict=True))
        terminalreporter.write_line(f"{kind:{width}}  {line}")
    total = sum(ended.values(), Counter())
    terminalreporter.write_line(
        f"all: right {total['right']}, quarantined with an honest page {total['page']}, wrong {total['wrong']}"
    )


def _cell(count: Counter[str] | None) -> str:
    return f"{count['right']}/{count['page']}/{count['wrong']}" if count else "-"
