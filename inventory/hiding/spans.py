"""Parts of a text, as (start, end): joined, and cut out of each other."""

from __future__ import annotations

Span = tuple[int, int]


def merged(spans: list[Span]) -> list[Span]:
    """The same characters in spans that do not overlap, in order; spans that only touch stay two."""
    made: list[Span] = []
    for start, end in sorted(spans):
        if start >= end:
            continue
        if made and start < made[-1][1]:
            made[-1] = (made[-1][0], max(end, made[-1][1]))
        else:
            made.append((start, end))
    return made


def without(spans: list[Span], holes: list[Span]) -> list[Span]:
    """The spans less the holes, both in order and without overlaps."""
    if not holes:
        return spans
    made: list[Span] = []
    number = 0
    for start, end in spans:
        while number < len(holes) and holes[number][1] <= start:
            number += 1
        at = number
        while at < len(holes) and holes[at][0] < end:
            if holes[at][0] > start:
                made.append((start, holes[at][0]))
            start = holes[at][1]
            at += 1
        if start < end:
            made.append((start, end))
    return made
