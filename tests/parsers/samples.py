"""Texts that an expression matches: one for each of its alternatives, wherever in it the alternative stands."""

from __future__ import annotations

from itertools import chain
from re import _parser  # type: ignore[attr-defined]  # Python's own reading of an expression
from typing import Any

#: What the expression of an IPv6 address allows is wider than an address; a real one stands for it.
_IPV6 = ("[0-9A-Fa-f]*:[0-9A-Fa-f:.]+", "2001:db8::1")
_MASK = ("[\\d.]+", "24")
_SELECTOR = ("[0-9A-Fa-f:.]+/[0-9.]+/", "10[.]0[.]0[.]0/24/")
_NAMES = {"CATEGORY_DIGIT": "1", "CATEGORY_WORD": "a", "CATEGORY_SPACE": " ", "CATEGORY_NOT_SPACE": "a"}


def samples(expression: str) -> list[str]:
    """Texts that together use every alternative, and every optional part with and without."""
    plain = expression.replace(_IPV6[0], _IPV6[1].replace(":", "[:]")).replace(_MASK[0], _MASK[1]).replace(*_SELECTOR)
    return list(dict.fromkeys(_sequence(list(_parser.parse(plain)))))


def _sequence(nodes: list[tuple[Any, Any]]) -> list[str]:
    """One text per choice of one node, the others at their first choice: linear in the number of choices."""
    choices = [_node(str(kind), value) for kind, value in nodes]
    if not choices:
        return [""]
    first = [texts[0] for texts in choices]
    return list(
        chain.from_iterable(
            ["".join([*first[:place], text, *first[place + 1 :]]) for text in texts] for place, texts in enumerate(choices)
        )
    )


def _node(kind: str, value: Any) -> list[str]:
    if kind == "LITERAL":
        return [chr(value)]
    if kind == "NOT_LITERAL" or kind == "ANY":
        return ["a"]
    if kind == "IN":
        return _set(value)
    if kind == "SUBPATTERN":
        return _sequence(list(value[3]))
    if kind == "ATOMIC_GROUP":
        return _sequence(list(value))
    if kind == "BRANCH":
        return [text for branch in value[1] for text in _sequence(list(branch))]
    if kind.endswith("REPEAT"):
        least, _most, inside = value
        texts = _sequence(list(inside))
        return [text * max(least, 1) for text in texts] + ([""] if least == 0 else [])
    return [""]


def _set(items: list[tuple[Any, Any]]) -> list[str]:
    """One text for a class of characters, but one for each of a few that are named one by one."""
    if str(items[0][0]) == "NEGATE":
        return ["a"]
    if {chr(value) for kind, value in items if str(kind) == "LITERAL"} == {" ", "\t"}:
        return [" "]  # tabs are blanks before a template sees them
    named = [chr(value) for kind, value in items if str(kind) == "LITERAL"]
    ranges = [chr(value[0]) for kind, value in items if str(kind) == "RANGE"]
    classes = [_NAMES.get(str(value), "a") for kind, value in items if str(kind) == "CATEGORY"]
    return [*classes, *ranges, *named] if not (classes or ranges) else [*classes, *ranges]
