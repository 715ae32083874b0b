"""Which rules of a template can claim the same line, so that the order of the template decides and never what was read before.

At each line the first rule of the template that matches wins. The machine looks first where it was right the last time;
before it takes such a rule it asks the earlier ones that might claim the line too: its rivals. Most rules begin with
words of their own, which shows at compile time that no line can be both; only the others are asked.
"""

from __future__ import annotations

from functools import lru_cache
from re import _parser  # type: ignore[attr-defined]  # the only place that knows what an expression begins with
from typing import Any

Head = tuple[frozenset[str], ...]
"""What a line begins with: one set of characters after the other, in lower case; runs of blanks count as one blank."""

_MAX_HEADS = 24
_MAX_LENGTH = 40
_BLANK = frozenset(" ")
_ANYTHING: tuple[tuple[Head, bool], ...] = (((), False),)
#: Characters that an expression may name one by one; a larger set is "anything".
_CATEGORIES = {"CATEGORY_DIGIT": frozenset("0123456789")}


def disjoint(one: str, other: str) -> bool:
    """True if it is certain that no line matches both expressions (each begins with a line break and blanks)."""
    return all(_differ(a, b) for a in heads(one) for b in heads(other))


def _differ(one: Head, other: Head) -> bool:
    return any(not a & b for a, b in zip(one, other, strict=False))


@lru_cache(maxsize=4096)
def heads(pattern: str) -> tuple[Head, ...]:
    """Every way in which a line that matches `pattern` can begin, as far as it is certain."""
    found = _sequence(list(_parser.parse(pattern.removeprefix(r"\n\s*"))))
    return tuple({head[:_MAX_LENGTH] for head, _ in found})


def _sequence(nodes: list[tuple[Any, Any]]) -> tuple[tuple[Head, bool], ...]:
    """(head, whether what follows it is still known) of nodes one behind the other."""
    ways: tuple[tuple[Head, bool], ...] = (((), True),)
    for node in nodes:
        if not any(known and len(head) < _MAX_LENGTH for head, known in ways):
            break
        after = _node(*node)
        grown = [
            (_joined(head, more), still) if known else (head, False)
            for head, known in ways
            for more, still in (after if known else _ANYTHING)
        ]
        ways = tuple(dict.fromkeys(grown))
        if len(ways) > _MAX_HEADS:
            return _ANYTHING
    return ways


def _joined(head: Head, more: Head) -> Head:
    return head + (more[1:] if head[-1:] == (_BLANK,) and more[:1] == (_BLANK,) else more)


def _node(kind: Any, value: Any) -> tuple[tuple[Head, bool], ...]:
    name = str(kind)
    if name == "LITERAL":
        return _characters(frozenset(chr(value).lower()))
    if name == "IN":
        return _set(value)
    if name == "SUBPATTERN":
        return _sequence(list(value[3]))
    if name == "ATOMIC_GROUP":
        return _sequence(list(value))
    if name == "BRANCH":
        branches = [way for branch in value[1] for way in _sequence(list(branch))]
        return tuple(dict.fromkeys(branches)) if len(branches) <= _MAX_HEADS else _ANYTHING
    if name in {"MAX_REPEAT", "MIN_REPEAT", "POSSESSIVE_REPEAT"}:
        return _repeat(*value)
    if name in {"ASSERT", "ASSERT_NOT", "AT"}:
        return (((), True),)
    return _ANYTHING


def _repeat(least: int, most: int, inside: Any) -> tuple[tuple[Head, bool], ...]:
    ways = _sequence(list(inside))
    blanks = all(head == (_BLANK,) for head, _ in ways)
    if blanks and least:
        return (((_BLANK,), True),)
    if most == 1:
        return ways if least else tuple(dict.fromkeys([*ways, ((), True)]))
    if not least:
        # Nothing, or a first one and then who knows what.
        return _ANYTHING if blanks else tuple(dict.fromkeys([*((head, False) for head, _ in ways), ((), True)]))
    return tuple((head, False) for head, _ in ways)


def _set(items: list[tuple[Any, Any]]) -> tuple[tuple[Head, bool], ...]:
    found: set[str] = set()
    for kind, value in items:
        name = str(kind)
        if name == "LITERAL":
            found.add(chr(value).lower())
        elif name == "RANGE" and value[1] - value[0] < 128:
            found |= {chr(code).lower() for code in range(value[0], value[1] + 1)}
        elif name == "CATEGORY" and str(value) in _CATEGORIES:
            found |= _CATEGORIES[str(value)]
        else:
            return _ANYTHING
    return _characters(frozenset(" " if character == "\t" else character for character in found))


def _characters(found: frozenset[str]) -> tuple[tuple[Head, bool], ...]:
    """A blank among other characters would shift what follows: from there on nothing is certain."""
    if found & {" ", "\n", "\r"} and found != _BLANK:
        return _ANYTHING
    return ((((found),), True),)
