"""Prints kinds of answers by places, and how each case ended."""

from __future__ import annotations

from collections import Counter

import pytest


def pytest_terminal_summary(terminalreporter: pytest.TerminalReporter) -> None:
    """The table: of each kind at each place, cases that ended right, rollback-incomplete with an honest page, or wrong."""
    ended: dict[tuple[str, str], Counter[str]] = {}
    for outcome in ("passed", "failed"):
        for report in terminalreporter.stats.get(outcome, []):
            properties = dict(getattr(report, "user_properties", ()))
            if report.when == "call" and "honesty" in properties:
                place, kind = properties["honesty"]
                how = "wrong" if outcome == "failed" else "page" if properties.get("ended") == "rollback-incomplete" else "right"
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
        f"all: right {total['right']}, rollback-incomplete with an honest page {total['page']}, wrong {total['wrong']}"
    )


def _cell(count: Counter[str] | None) -> str:
    return f"{count['right']}/{count['page']}/{count['wrong']}" if count else "-"
