"""Grids of cases of which a part is tried each time, and all with a target of their own.

What such a grid holds is one law at many points: one case in so many finds what is wrong with all of them, and the rest finds
what is wrong with few. The same cases are chosen each time, at least one of each test and of each value of its parameters, so
that no kind is left out and nothing fails now and then.
"""

from __future__ import annotations

import os
from collections import Counter
from collections.abc import Sequence
from typing import TypeVar
from zlib import crc32

import pytest

T = TypeVar("T")
#: Variable -> file -> of the cases of each of its tests, one in so many. The variable is ``all`` in `make faults`, `make matrix`.
GRIDS = {
    "NR_RUN_FAULTS": {
        "faults/test_matrix.py": 24,
        "faults/test_matrix_lines.py": 16,
        "faults/test_matrix_others.py": 24,
        "faults/test_cut_and_full.py": 5,
        "faults/test_killed.py": 2,
        "faults/test_killed_elsewhere.py": 5,
        "faults/test_rollback_timers.py": 2,
        "honesty/test_no_answer.py": 120,
    },
    "NR_RUN_MATRIX": {
        "runbooks/test_changing.py": 2,
        "runbooks/test_forms.py": 2,
        "runbooks/test_map_routes.py": 2,
        "runbooks/test_nat_exemption.py": 2,
    },
}


def examples(number: int) -> int:
    """Of so many examples of a law that is costly to try, how many are drawn now: two in five, and all in `make laws`."""
    return number if os.environ.get("NR_RUN_LAWS") == "all" else number * 2 // 5


def in_turn(kinds: Sequence[T], number: int, case: str, place: int = 0) -> Sequence[T]:
    """Of the kinds of a thing that is tried at each place of a case, so many, and all in `make laws`.

    One place after the other has the next ones, and each case begins with another: each place is tried, and each kind in each
    case that has as many places as there are kinds.
    """
    if os.environ.get("NR_RUN_LAWS") == "all":
        return kinds
    first = crc32(case.encode()) + place * number
    return [kinds[(first + further) % len(kinds)] for further in range(number)]


def one_in(path: str) -> int:
    """Of the cases of each test of this file, one in so many is tried now."""
    return next(
        (
            number
            for variable, files in GRIDS.items()
            for file, number in files.items()
            if path.endswith(f"/{file}") and os.environ.get(variable) != "all"
        ),
        1,
    )


def sampled(items: Sequence[pytest.Item]) -> list[pytest.Item]:
    """Those that are tried, in their order."""
    tests: dict[tuple[str, str], list[pytest.Item]] = {}
    for item in items:
        tests.setdefault((str(item.path), item.name.partition("[")[0]), []).append(item)
    kept = {id(item) for (path, _), cases in tests.items() for item in _some(cases, one_in(path))}
    return [item for item in items if id(item) in kept]


def _some(cases: list[pytest.Item], number: int) -> list[pytest.Item]:
    """One in so many, by a hash, and so many more that each value of each parameter is tried, in their order."""
    if number == 1:
        return cases
    kept = {id(item) for item in cases if crc32(item.nodeid.encode()) % number == 0} or {id(cases[0])}
    seen = {value for item in cases if id(item) in kept for value in _values(item)}
    missing = {value for item in cases for value in _values(item)} - seen - _of_one_case(cases)
    while missing:
        best = max(cases, key=lambda item: len(missing.intersection(_values(item))))
        kept.add(id(best))
        missing.difference_update(_values(best))
    return [item for item in cases if id(item) in kept]


def _values(item: pytest.Item) -> list[tuple[str, str]]:
    """Name and value of each parameter of a case."""
    called = getattr(item, "callspec", None)
    return [(name, repr(value)) for name, value in called.params.items()] if called else []


def _of_one_case(cases: Sequence[pytest.Item]) -> set[tuple[str, str]]:
    """Values of parameters that are another one in more than a third of the cases: a number of the case, and no kind."""
    values = {value for item in cases for value in _values(item)}
    names = Counter(name for name, _ in values)
    return {value for value in values if names[value[0]] * 3 > len(cases)}
