"""Whether two lines of a template can match the same text at all, found out with care when the templates are compiled.

`order.disjoint` looks at how a line begins, which is quick and mostly enough. Where two begin alike (the rows of a table, and a
line that is a number and then anything) both expressions are walked through side by side. What is not known of a construction is
taken as anything, so the answer may be "perhaps" too often, and never "no" wrongly.
"""

from __future__ import annotations

from functools import lru_cache
from re import _parser  # type: ignore[attr-defined]  # the parts of an expression, as in `order`
from typing import Any

_DIGIT, _LETTER, _SPACE, _REST = (1 << bit for bit in range(128, 132))
"""The characters that are not ASCII, of four kinds."""
_OTHER = _DIGIT | _LETTER | _SPACE | _REST
_ALL = (1 << 132) - 1
#: The letters of which one that is not ASCII is another case.
_DOUBLE = frozenset("iks")
_MOST_COPIES, _MOST_PAIRS = 16, 150_000


def _of(characters: str) -> int:
    return sum(1 << ord(character) for character in set(characters))


_LETTERS = "abcdefghijklmnopqrstuvwxyz"
_CATEGORIES = {
    "DIGIT": _of("0123456789") | _DIGIT,
    "SPACE": _of(" \t\n\r\f\v\x1c\x1d\x1e\x1f") | _SPACE,
    "WORD": _of("0123456789_" + _LETTERS + _LETTERS.upper()) | _DIGIT | _LETTER,
}


class Automaton:
    """The states of an expression: `free` are steps that take no character, `taking` those that take one of a set."""

    def __init__(self, pattern: str) -> None:
        self.free: list[list[int]] = [[]]
        self.taking: list[list[tuple[int, int]]] = [[]]
        nodes = list(_parser.parse(pattern))
        # What has to follow the line (its end) is as good as a part of it.
        if nodes and str(nodes[-1][0]) == "ASSERT" and nodes[-1][1][0] > 0:
            nodes[-1:] = list(nodes[-1][1][1])
        self.last = self._sequence(0, nodes)
        self.taking[self.last].append((_ALL, self.last))

    def _state(self, before: int | None = None) -> int:
        self.free.append([])
        self.taking.append([])
        if before is not None:
            self.free[before].append(len(self.free) - 1)
        return len(self.free) - 1

    def _sequence(self, state: int, nodes: Any) -> int:
        for kind, value in nodes:
            state = self._node(state, str(kind), value)
        return state

    def _node(self, state: int, kind: str, value: Any) -> int:
        if kind in {"LITERAL", "NOT_LITERAL", "IN", "ANY"}:
            after = self._state()
            self.taking[state].append((_characters(kind, value), after))
            return after
        if kind in {"SUBPATTERN", "ATOMIC_GROUP"}:
            return self._sequence(state, value[3] if kind == "SUBPATTERN" else value)
        if kind == "BRANCH":
            after = self._state()
            for branch in value[1]:
                self.free[self._sequence(self._state(state), branch)].append(after)
            return after
        if kind in {"MAX_REPEAT", "MIN_REPEAT", "POSSESSIVE_REPEAT"}:
            return self._repeat(state, *value)
        if kind not in {"AT", "ASSERT", "ASSERT_NOT"}:
            self.taking[state].append((_ALL, state))
        return state

    def _repeat(self, state: int, least: int, most: int, inside: Any) -> int:
        for _ in range(min(least, _MOST_COPIES)):
            state = self._sequence(state, inside)
        if most > _MOST_COPIES:
            loop = self._state(state)
            self.free[self._sequence(loop, inside)].append(loop)
            return self._state(loop)
        after = self._state(state)
        for _ in range(most - least):
            state = self._sequence(state, inside)
            self.free[state].append(after)
        return after


def _characters(kind: str, value: Any) -> int:
    if kind == "ANY":
        return _ALL & ~_of("\n")
    if kind != "IN":
        found = _cased(value)
        return found if kind == "LITERAL" else _ALL & ~found | _OTHER
    found, negated = 0, False
    for item, what in value:
        name = str(item)
        if name == "NEGATE":
            negated = True
        elif name == "LITERAL":
            found |= _cased(what)
        elif name == "RANGE":
            for code in range(what[0], min(what[1], 128) + 1):
                found |= _cased(code)
            found |= _ALL if what[1] > 127 else 0
        else:
            category = str(what).removeprefix("CATEGORY_")
            known = _CATEGORIES.get(category.removeprefix("NOT_"), _ALL)
            found |= (_ALL & ~known | _OTHER) if category.startswith("NOT_") and known != _ALL else known
    return _ALL & ~found | _OTHER if negated else found


def _cased(code: int) -> int:
    """A character in either case."""
    if code > 127:
        return _ALL if chr(code).isalpha() else _OTHER
    return _of(chr(code).lower() + chr(code).upper()) | (_LETTER if chr(code).lower() in _DOUBLE else 0)


@lru_cache(maxsize=512)
def _automaton(pattern: str) -> Automaton:
    return Automaton(pattern)


def apart(one: str, other: str) -> bool:
    """True if it is certain that no text begins with something that matches `one` and something that matches `other`."""
    a, b = _automaton(one), _automaton(other)
    seen, left = {(0, 0)}, [(0, 0)]
    while left:
        p, q = left.pop()
        if (p == a.last and q == b.last) or len(seen) > _MOST_PAIRS:
            return False
        following = [(free, q) for free in a.free[p]] + [(p, free) for free in b.free[q]]
        following += [(to, to_other) for mask, to in a.taking[p] for mask_other, to_other in b.taking[q] if mask & mask_other]
        for pair in following:
            if pair not in seen:
                seen.add(pair)
                left.append(pair)
    return True
