""" "did you mean X?": the nearest known word, as the end of an error sentence."""

from __future__ import annotations

from collections.abc import Iterable
from difflib import get_close_matches

#: A sentence lists no more names than this.
SHOWN = 12


def nearest(word: str, known: Iterable[str], *, likeness: float = 0.6) -> str | None:
    """The known word most like ``word``, or None when none is as alike as ``likeness`` (0 to 1). Case does not count."""
    if word.isdigit() and len(word) < 3:
        return None  # 23 is not what anybody means by 3
    by_lower = {name.lower(): name for name in sorted(known, reverse=True)}
    near = get_close_matches(word.lower(), list(by_lower), n=1, cutoff=likeness)
    return by_lower[near[0]] if near else None


def hint(word: str, known: Iterable[str]) -> str:
    """`` (did you mean X?)`` for the nearest known word, else `` (known: ...)``; empty when nothing is known at all."""
    names = list(known)
    near = nearest(word, names)
    if near is not None:
        return f" (did you mean {near}?)"
    more = f" and {len(names) - SHOWN} more" if len(names) > SHOWN else ""
    return f" (known: {', '.join(names[:SHOWN])}{more})" if names else ""
