"""Errors of the vendors' documents as rows of a table: what the document has, where it is caught, and what is said there.

A row is one test case. ``plant`` puts the error where the document has it, and walks through all places in their order; what
the walk gives is what was said, so a row can claim neither another place nor another sentence.
"""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import dataclass
from typing import Literal, get_args

#: Where an error can be caught, the earliest first. What is never built can be asked for nowhere; push is the device's refusal.
Place = Literal["never built", "intent", "plan", "precheck", "push", "gate", "verify"]
PLACES: tuple[Place, ...] = get_args(Place)


@dataclass(frozen=True)
class Said:
    """One sentence of one place. ``refuses`` is False for a warning, after which the work goes on."""

    place: Place
    sentence: str
    refuses: bool = True


@dataclass(frozen=True)
class Row:
    """One error: its number, what the document has, where it is caught, a part of the sentence, and how it is planted."""

    error: str
    has: str
    place: Place
    sentence: str
    plant: Callable[[], Sequence[Said]]

    @property
    def name(self) -> str:
        """Of the test case."""
        return f"{self.error}: {self.has}"


def caught(said: Sequence[Said]) -> Said | None:
    """What stopped the work first; where nothing did, the first warning."""
    refusals = [one for one in said if one.refuses]
    return min(refusals or said, key=lambda one: PLACES.index(one.place), default=None)


def table(rows: Sequence[Row], lost: Sequence[str] = ()) -> list[str]:
    """The table as lines, widest words aligned; ``lost`` are names of rows that were not caught so."""
    cells = [("error", "what the document has", "caught at", "in the words")]
    cells += [(row.error, row.has, "NOT CAUGHT SO" if row.name in lost else row.place, row.sentence) for row in rows]
    widths = [max(len(cell[column]) for cell in cells) for column in range(3)]
    return ["  ".join((*(text.ljust(width) for text, width in zip(cell, widths, strict=False)), cell[3])) for cell in cells]
