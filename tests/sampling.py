"""Grids of cases of which a part is tried each time, and all with a target of their own.

What such a grid holds is one law at many points: one case in so many finds what is wrong with all of them, and the rest finds
what is wrong with few. The same cases are chosen each time, at least one of each test, so that nothing fails now and then.
"""

from __future__ import annotations

import os
from collections.abc import Sequence
from zlib import crc32

import pytest

#: Variable -> file -> of the cases of each of its tests, one in so many. The variable is ``all`` in `make faults`, `make matrix`.
GRIDS = {
    "NR_RUN_FAULTS": {
        "faults/test_matrix.py": 8,
        "faults/test_matrix_lines.py": 8,
        "faults/test_matrix_others.py": 8,
        "faults/test_cut_and_full.py": 3,
        "faults/test_killed.py": 2,
        "faults/test_rollback_timers.py": 2,
        "honesty/test_no_answer.py": 60,
    },
    "NR_RUN_MATRIX": {
        "runbooks/test_changing.py": 2,
        "runbooks/test_forms.py": 2,
        "runbooks/test_map_routes.py": 2,
        "runbooks/test_nat_exemption.py": 2,
    },
}


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
    """One in so many, by a hash, so that no value of a parameter is left out for standing at the same place each time."""
    return [item for item in cases if crc32(item.nodeid.encode()) % number == 0] or cases[:1]
