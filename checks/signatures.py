"""Match failure signatures, which are rows, against what was seen.

A signature is a row: what it means, how sure that is, what would confirm it, what fixes it, the questions that it rests on, and a
pure function that gives the evidence for it, or nothing. Signatures of a lower ``stage`` are tried first, since a later one
follows from an earlier one; of one stage all that fit are named, because nothing that was seen tells them apart.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable, Sequence
from typing import Generic, TypeVar

from msgspec import Struct

from .finding import Cause, Evidence
from .observations.questions import Question

C = TypeVar("C")


class Signature(Struct, Generic[C], frozen=True):
    """One failure signature over cases of kind ``C``. ``fits`` gives evidence where it fits, and nothing where it does not.

    A cause may have several signatures: each is one way in which it shows.
    """

    cause: Cause
    stage: int
    needs: tuple[Question, ...]
    fits: Callable[[C], tuple[Evidence, ...]]


class Match(Struct, frozen=True):
    """A cause that fits, and the evidence for it."""

    cause: Cause
    evidence: tuple[Evidence, ...]


def matches(signatures: Sequence[Signature[C]], case: C, answered: Callable[[Question], bool]) -> tuple[Match, ...]:
    """All causes that fit at the first stage at which any does, each once.

    ``answered`` says whether a question has an answer: a signature that rests on one without is not tried.
    """
    for stage in sorted({signature.stage for signature in signatures}):
        found: dict[str, Match] = {}
        for signature in signatures:
            if signature.stage == stage and all(answered(question) for question in signature.needs):
                evidence = signature.fits(case)
                if evidence:
                    found.setdefault(signature.cause.id, Match(signature.cause, evidence))
        if found:
            return tuple(found.values())
    return ()


_SURENESS = ("certain", "high", "medium", "low")


def one_of(causes: Iterable[Cause]) -> Cause | None:
    """One cause, or all of several in one: nothing tells them apart, so each is named and none is more than medium."""
    left = tuple(dict.fromkeys(causes))
    if len(left) < 2:
        return left[0] if left else None
    least = max((*(cause.confidence for cause in left), "medium"), key=_SURENESS.index)
    return Cause(
        " or ".join(cause.id for cause in left),
        "; or ".join(cause.sentence for cause in left),
        least,
        "; ".join(dict.fromkeys(cause.confirm for cause in left)),
        "; or ".join(dict.fromkeys(cause.remedy for cause in left)),
    )
