""" "did you mean X?": the nearest known word, as the end of an error sentence."""

from __future__ import annotations

from collections.abc import Iterable

#: A sentence lists no more names than this.
SHOWN = 12
#: Of a word that is quoted back no more characters: a whole file may stand in the place of a name.
QUOTED = 60


def nearest(word: str, known: Iterable[str], *, likeness: float = 0.6) -> str | None:
    """The known word most like ``word``, or None when none is as alike as ``likeness`` (0 to 1). Case does not count."""
    if word.isdigit() and len(word) < 3:
        return None  # 23 is not what anybody means by 3
    from difflib import get_close_matches  # here: a command line that is right needs none

    by_lower = {name.lower(): name for name in sorted(known, reverse=True)}
    near = get_close_matches(word.lower(), list(by_lower), n=1, cutoff=likeness)
    return by_lower[near[0]] if near else None


def quoted(word: str) -> str:
    """A word in quotes, as a sentence has it; a long one with its beginning alone."""
    return repr(word) if len(word) <= QUOTED else f"{word[:QUOTED]!r}... ({len(word)} characters)"


def hint(word: str, known: Iterable[str]) -> str:
    """`` (did you mean X?)`` for the nearest known word, else `` (known: ...)``; empty when nothing is known at all."""
    names = list(known)
    near = nearest(word, names)
    if near is not None:
        return f" (did you mean {_as_told(near)}?)"
    more = f" and {len(names) - SHOWN} more" if len(names) > SHOWN else ""
    return f" (known: {', '.join(map(_as_told, names[:SHOWN]))}{more})" if names else ""


def _as_told(name: str) -> str:
    """A name as it is; one that is none, and stands where a name should, in quotes."""
    return name if len(name) <= QUOTED and name.isprintable() else quoted(name)
