"""A strip of the last verifications of a service: what is the same beside each other is one bar."""

from __future__ import annotations

from collections import Counter
from collections.abc import Sequence
from itertools import groupby

from msgspec import Struct

from ..history.read import Look

WIDTH, HEIGHT = 120, 20
#: How much of the height each word takes: a strip can be read without its colours.
_HEIGHTS = {"up": 1.0, "idle": 0.8, "unverified": 0.5, "degraded": 0.6, "missing": 0.3, "down": 0.3, "unencrypted": 0.3}


class Bar(Struct, frozen=True):
    """Looks in a row that had one word. Lengths are units of the drawing."""

    word: str
    x: float
    width: float
    y: float
    height: float


class Sparkline(Struct, frozen=True):
    """The strip, and what it says in words."""

    bars: tuple[Bar, ...]
    words: str


def sparkline(looks: Sequence[Look]) -> Sparkline | None:
    """The strip of these looks, oldest first; None where there is nothing to compare."""
    if len(looks) < 2:
        return None
    step, at, bars = WIDTH / len(looks), 0, []
    for word, same in groupby(look.word for look in looks):
        many = len(list(same))
        height = HEIGHT * _HEIGHTS[word]
        bars.append(Bar(word, at * step, many * step, HEIGHT - height, height))
        at += many
    counted = Counter(look.word for look in looks)
    words = ", ".join(f"{many} {word}" for word, many in counted.most_common())
    return Sparkline(tuple(bars), f"last {len(looks)} verifications: {words}")
