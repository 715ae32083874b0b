"""Sites against sites: what stands between any two of them, as a table."""

from __future__ import annotations

from collections.abc import Sequence

from msgspec import Struct

from ...checks.verdict import Verdict
from .links import Link, degrees, links

#: So many sites make a square; more of them are rows, against the sites that join the most.
SQUARE = 24
COLUMNS = 12
ROWS = 120


class Row(Struct, frozen=True):
    """One site and its cells, one a column; None where no service joins the two."""

    site: str
    cells: tuple[Link | None, ...]


class Matrix(Struct, frozen=True):
    """The table. ``left_out`` are links that have no cell in it."""

    columns: tuple[str, ...]
    rows: tuple[Row, ...]
    left_out: int


def matrix(verdicts: Sequence[Verdict]) -> Matrix:
    """The table of all services. Rows with something that is not healthy stand first where not all fit."""
    every = links(verdicts)
    between = {pair: link for link in every for pair in ((link.a, link.b), (link.b, link.a))}
    sites = sorted(degrees(every))
    if len(sites) <= SQUARE:
        columns, rows = sites, sites
    else:
        columns = _covering(every)
        rows = _rows(every, columns)
    made = tuple(Row(site, tuple(between.get((site, column)) for column in columns)) for site in rows)
    shown = {(cell.a, cell.b) for row in made for cell in row.cells if cell is not None}
    return Matrix(tuple(columns), made, len(every) - len(shown))


def _covering(every: Sequence[Link]) -> list[str]:
    """Sites that join the most of what no earlier one joins."""
    left = list(every)
    chosen: list[str] = []
    while left and len(chosen) < COLUMNS:
        counted = degrees(left)
        best = min(counted, key=lambda name: (-counted[name], name))
        chosen.append(best)
        left = [link for link in left if best not in (link.a, link.b)]
    return chosen


def _rows(every: Sequence[Link], columns: Sequence[str]) -> list[str]:
    """Sites in the order of their worst link to a column."""
    named = (site for link in every for site, other in ((link.a, link.b), (link.b, link.a)) if other in columns)
    return list(dict.fromkeys(named))[:ROWS]
