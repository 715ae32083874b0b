"""Find known values in a text, in one pass whose cost does not grow with their number.

Of each value the four pieces of four characters that begin in its first four places are kept. A text is looked at in every
fourth place only: wherever a value begins, one of its pieces stands in such a place. Pieces are numbers of four bytes, which
Python compares a thousand at a time; only where one is found are the characters around it looked at.
"""

from __future__ import annotations

import re
from bisect import bisect_right
from collections.abc import Iterator
from itertools import accumulate

from .spans import Span

#: A value shorter than this is hidden by the form around it only: by value it would tear holes into ordinary words.
HEAD = 8
_STRIDE = 4
#: So many pieces are compared at a time.
_AT_A_TIME = 512
#: And so many where one of those is a piece.
_FEW = 16
_BREAK = re.compile(r"\r?\n")


class KnownValues:
    """A set of values, each of HEAD characters or more. To add is for one thread at a time; to look is for all."""

    def __init__(self) -> None:
        """An empty set."""
        self._pieces: set[int] = set()
        #: Head to the lengths of the values that begin with it, longest first.
        self._lengths: dict[str, tuple[int, ...]] = {}
        self._values: set[str] = set()

    def add(self, value: str) -> None:
        """Shorter values are left out."""
        if len(value) < HEAD or value in self._values:
            return
        head = value[:HEAD]
        self._lengths[head] = tuple(sorted({*self._lengths.get(head, ()), len(value)}, reverse=True))
        self._pieces |= {piece for at in range(_STRIDE) for piece in _pieces(value[at : at + _STRIDE])}
        # Last: what is counted among them is found by who looks at this moment.
        self._values.add(value)

    def __len__(self) -> int:
        """How many."""
        return len(self._values)

    def spans(self, text: str) -> Iterator[Span]:
        """Each place where a value stands, the longest one of those that begin there."""
        if not self._pieces:
            return
        last = -1
        for at in self._places(_pieces(text)):
            for start in range(max(at - _STRIDE + 1, last + 1, 0), at + 1):
                lengths = self._lengths.get(text[start : start + HEAD], ())
                found = next((length for length in lengths if text[start : start + length] in self._values), 0)
                if found:
                    last = start
                    yield start, start + found

    def _places(self, pieces: memoryview) -> Iterator[int]:
        """Places in the text at which a piece of a value stands."""
        for first in range(0, len(pieces), _AT_A_TIME):
            if not self._pieces.isdisjoint(pieces[first : first + _AT_A_TIME]):
                yield from self._near(pieces, first)

    def _near(self, pieces: memoryview, first: int) -> Iterator[int]:
        """The places among those that were compared together: a few at a time, because a piece stands in many words."""
        for begin in range(first, min(first + _AT_A_TIME, len(pieces)), _FEW):
            some = pieces[begin : min(begin + _FEW, first + _AT_A_TIME)]
            if not self._pieces.isdisjoint(some):
                yield from (_STRIDE * (begin + number) for number, piece in enumerate(some) if piece in self._pieces)

    def broken_spans(self, text: str) -> list[Span]:
        """Places where a value stands with line breaks in it, as on a terminal that is too narrow."""
        if not self._pieces or "\n" not in text:
            return []
        spans = list(self.spans(_BREAK.sub("", text) if "\r" in text else text.replace("\n", "")))
        if not spans:
            return []
        breaks = [match.span() for match in _BREAK.finditer(text)]
        lost = [0, *accumulate(end - start for start, end in breaks)]
        #: Places in the text without breaks before which a break stood.
        joints = [start - gone for (start, _), gone in zip(breaks, lost, strict=False)]
        found: list[Span] = []
        for start, end in spans:
            first, behind = bisect_right(joints, start), bisect_right(joints, end - 1)
            if first != behind:
                found.append((start + lost[first], end + lost[behind]))
        return found


def _pieces(text: str) -> memoryview:
    """Four characters at a time, as numbers; what is not in Latin-1 counts as a question mark, in values and texts alike."""
    data = text.encode("latin-1", "replace")
    return memoryview(data + bytes(-len(data) % _STRIDE)).cast("I")
