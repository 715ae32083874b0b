"""A map of the estate: hubs in the middle, the others at the sides or on a circle. Lengths are units of the drawing.

An estate of hundreds of sites is no picture. Then what is not healthy is drawn, with the hubs that it leads to, and how much is
left out is said.
"""

from __future__ import annotations

import math
from collections.abc import Mapping, Sequence

from msgspec import Struct

from ...checks.verdict import Verdict
from .links import Link, degrees, links

#: More sites than this are not drawn.
MOST_SITES = 60
#: A place that joins so many others stands in the middle, unless there are more such places than fit.
HUB_DEGREE = 3
MOST_HUBS = 6
WIDTH = 900
_ROW, _MARGIN, _SIDE = 34, 40, 210


class Place(Struct, frozen=True):
    """A site on the map. ``anchor`` says on which side of it the name stands: ``start`` right, ``end`` left, ``middle`` below."""

    name: str
    x: float
    y: float
    anchor: str


class Line(Struct, frozen=True):
    """A link on the map: SVG path, where its mark stands, and what it says."""

    path: str
    x: float
    y: float
    link: Link


class EstateMap(Struct, frozen=True):
    """What is drawn. ``left_out`` are links that are not."""

    width: int
    height: int
    places: tuple[Place, ...]
    lines: tuple[Line, ...]
    left_out: int


def estate_map(verdicts: Sequence[Verdict]) -> EstateMap:
    """The map of all services."""
    every = links(verdicts)
    drawn = _what_fits(every)
    found, height = _placed(drawn)
    lines = tuple(_line(found, link) for link in reversed(drawn))  # the worst is drawn last, above the others
    return EstateMap(WIDTH, height, tuple(found.values()), lines, len(every) - len(drawn))


def _what_fits(every: Sequence[Link]) -> tuple[Link, ...]:
    """The worst links, as long as their sites are not too many."""
    names: set[str] = set()
    drawn = []
    for link in every:
        if len(names | {link.a, link.b}) <= MOST_SITES:
            names |= {link.a, link.b}
            drawn.append(link)
    return tuple(drawn)


def _placed(drawn: Sequence[Link]) -> tuple[dict[str, Place], int]:
    counted = degrees(drawn)
    by_degree = sorted(counted, key=lambda name: (-counted[name], name))
    hubs = [name for name in by_degree if counted[name] >= HUB_DEGREE]
    if not hubs or len(hubs) > MOST_HUBS or len(hubs) == len(by_degree):
        return _circle(by_degree) if len(by_degree) > 2 else _in_a_row(by_degree)
    return _columns(hubs, _beside(hubs, drawn, by_degree))


def _beside(hubs: Sequence[str], drawn: Sequence[Link], by_degree: Sequence[str]) -> list[str]:
    """The others, next to those of the same hub."""
    hub_of = {
        name: min((hubs.index(hub) for hub in _neighbours(name, drawn) if hub in hubs), default=len(hubs)) for name in by_degree
    }
    return sorted((name for name in by_degree if name not in hubs), key=lambda name: (hub_of[name], name))


def _neighbours(name: str, drawn: Sequence[Link]) -> set[str]:
    return {other for link in drawn if name in (link.a, link.b) for other in (link.a, link.b)}


def _in_a_row(names: Sequence[str]) -> tuple[dict[str, Place], int]:
    step = WIDTH / (len(names) + 1)
    return {name: Place(name, step * (at + 1), 50, "middle") for at, name in enumerate(sorted(names))}, 110


def _circle(names: Sequence[str]) -> tuple[dict[str, Place], int]:
    height = max(320, 16 * len(names) + 120)
    made = {}
    for at, name in enumerate(sorted(names)):
        angle = 2 * math.pi * at / len(names) - math.pi / 2
        x, y = WIDTH / 2 + (WIDTH / 2 - _SIDE) * math.cos(angle), height / 2 + (height / 2 - _MARGIN) * math.sin(angle)
        anchor = "middle" if abs(math.cos(angle)) < 0.2 else ("start" if math.cos(angle) > 0 else "end")
        made[name] = Place(name, x, y, anchor)
    return made, height


def _columns(hubs: Sequence[str], others: Sequence[str]) -> tuple[dict[str, Place], int]:
    half = (len(others) + 1) // 2
    height = max(2 * _MARGIN + _ROW * max(half, 2 * len(hubs)), 160)
    made = {name: Place(name, WIDTH / 2, height * (at + 1) / (len(hubs) + 1), "middle") for at, name in enumerate(hubs)}
    for column, x, anchor in ((others[:half], _SIDE, "end"), (others[half:], WIDTH - _SIDE, "start")):
        for at, name in enumerate(column):
            made[name] = Place(name, x, height * (at + 0.5) / max(len(column), 1), anchor)
    return made, int(height)


def _line(found: Mapping[str, Place], link: Link) -> Line:
    a, b = found[link.a], found[link.b]
    if link.a == link.b:
        return Line(f"M{a.x - 7:.1f} {a.y - 6:.1f} c-14 -26 28 -26 14 0", a.x, a.y - 24, link)
    # Between two of one column straight lines would lie on each other.
    pull = 0.0 if a.x != b.x else (60 if a.x <= WIDTH / 2 else -60)
    middle_x, middle_y = (a.x + b.x) / 2 + pull, (a.y + b.y) / 2
    path = f"M{a.x:.1f} {a.y:.1f} Q{middle_x:.1f} {middle_y:.1f} {b.x:.1f} {b.y:.1f}"
    return Line(path, (a.x + b.x) / 4 + middle_x / 2, middle_y, link)
