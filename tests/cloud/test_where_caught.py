"""Where each error of the vendors' documents is caught, and in which words: one row, one test case."""

from __future__ import annotations

import pytest

from . import cloud_walk
from .all_rows import ERRORS, ROWS
from .rows import PLACES, Row, Said, caught, table
from .zia_walk import Scene, walk


@pytest.mark.parametrize("row", ROWS, ids=lambda row: row.name)
def test_an_error_is_caught_where_the_table_says(row: Row) -> None:
    """Planted, it is refused (or warned of) at that place first, and in that sentence."""
    said = row.plant()
    first = caught(said)
    assert first is not None, "nothing was said"
    assert first.place == row.place, said
    assert any(row.sentence in one.sentence for one in said if one.place == row.place), said


def test_without_an_error_nothing_is_said() -> None:
    """A site in order passes every place in silence: whatever a row is told is told of its error."""
    assert walk(Scene()) == []
    assert cloud_walk.walk(cloud_walk.Scene(before=("mtu private 1500",))) == []
    assert cloud_walk.in_order() == []


def test_every_error_of_every_document_has_a_row() -> None:
    """None of them is forgotten: each number of the five documents is planted once at least."""
    numbers = {f"{document}-{number}" for document, many in ERRORS.items() for number in range(1, many + 1)}
    assert numbers - {row.error for row in ROWS} == set()


def test_the_table_names_every_row() -> None:
    """Each row stands in the table once, under its own name, and one that was not caught so is marked."""
    assert len({row.name for row in ROWS}) == len(ROWS)
    lines = table(ROWS, [ROWS[0].name])
    assert len(lines) == len(ROWS) + 1
    assert [line for line in lines if "NOT CAUGHT SO" in line] == [lines[1]]
    assert {row.place for row in ROWS} <= set(PLACES)


def test_what_stopped_the_work_counts_before_what_only_warned() -> None:
    """A refusal is where an error is caught, even behind a warning; without one the first warning is."""
    warned, refused = Said("intent", "w", refuses=False), Said("gate", "r")
    assert caught([warned, refused]) is refused
    assert caught([warned]) is warned
    assert caught([]) is None
