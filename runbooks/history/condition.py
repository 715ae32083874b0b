"""How a service stands, as the word on which people are woken: as its verdict, but up and idle are alike where all is well."""

from __future__ import annotations

from ...checks.verdict import Verdict, Word

FINE = "fine"
DIFFERS = "differs"
#: Every condition, best first.
CONDITIONS = (FINE, DIFFERS, *(word.value for word in Word if word not in (Word.UP, Word.IDLE)))


def condition_of(verdict: Verdict) -> str:
    """``fine`` where it is healthy, ``differs`` where it works and is not as intended, else its word."""
    if verdict.healthy:
        return FINE
    return DIFFERS if verdict.word in (Word.UP, Word.IDLE) else verdict.word.value
