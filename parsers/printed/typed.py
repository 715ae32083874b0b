"""What somebody typed at a prompt: words that may be cut short, what limits the output, and a filter behind a bar."""

from __future__ import annotations

import re
from collections.abc import Iterator, Sequence
from functools import lru_cache

_PLACES = {
    "NUMBER": re.compile(r"\d+"),
    "ADDRESS": re.compile(r"(?:\d{1,3}\.){3}\d{1,3}|[0-9a-f]*:[0-9a-f:.]+"),
    "WORD": re.compile(r"\S+"),
}
"""Words in capitals stand for what the operator chooses. INTERFACE may have a blank before its number, REST is all."""

_LETTERS = re.compile(r"[a-z][a-z-]*")
_PORT = re.compile(r"\d[\d/.:]*")
#: Everybody types `sh ip int b`, and no other word stands in their place that begins with their letter.
_BY_ONE = frozenset({"brief", "detail"})
_WHOLE = ("no-more", "tee")
"""Filters that leave the output as it is: pages off, and a copy to a file (IOS and IOS-XE)."""


def split(typed: str) -> tuple[list[str], str]:
    """The words of a command, without `do`, and the filter behind its bar as it was typed ("" if there is none)."""
    command, _, filtered = typed.strip().partition("|")
    words = command.lower().split()
    return words[1:] if words[:1] == ["do"] else words, " ".join(filtered.split())


@lru_cache(maxsize=256)
def filter_of(typed: str) -> str:
    """The filter that leaves lines out, or sends them elsewhere, as it was typed; "" if the output is whole.

    `begin` leaves out what stands before its match, so what it prints is a part like any other.
    """
    filtered = split(typed)[1]
    word = filtered.split()[0].lower() if filtered else ""
    return "" if word and any(name.startswith(word) for name in _WHOLE) else filtered


def short_for(typed: str, word: str) -> bool:
    """True if `typed` is `word`, or its beginning of two letters at least; of one where no other word begins so."""
    return word.startswith(typed) and (len(typed) >= 2 or typed == word or word in _BY_ONE)


def taken(form: str, words: Sequence[str]) -> Iterator[int]:
    """How many of `words` can be meant by `form` ("peer ADDRESS"), which is words and places."""
    wanted = form.split()
    if wanted == ["REST"]:
        yield len(words)
        return
    if not wanted:
        yield 0
        return
    for count in _first(wanted[0], words):
        for more in taken(" ".join(wanted[1:]), words[count:]):
            yield count + more


def _first(wanted: str, words: Sequence[str]) -> Iterator[int]:
    if not words:
        return
    if wanted == "INTERFACE":
        yield 1
        if len(words) > 1 and _LETTERS.fullmatch(words[0]) and _PORT.fullmatch(words[1]):
            yield 2
    elif wanted in _PLACES:
        if _PLACES[wanted].fullmatch(words[0]):
            yield 1
    elif short_for(words[0], wanted):
        yield 1


def options(forms: Sequence[str], words: Sequence[str]) -> tuple[str, ...] | None:
    """The forms that `words` are made of, in any order and each once; None where words are left over."""
    if not words:
        return ()
    for form in forms:
        rest_of_forms = [other for other in forms if other != form]
        for count in taken(form, words):
            found = options(rest_of_forms, words[count:]) if count else None
            if found is not None:
                return (form, *found)
    return None
