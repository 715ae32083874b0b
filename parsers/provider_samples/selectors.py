"""The traffic that the lists of a sample select, as pairs of networks."""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from ipaddress import IPv4Network

from .blanks import address, network
from .lines import below
from .offers import by_name
from .records import Selector, Statement

#: Names of objects and groups to their networks.
Objects = Mapping[str, tuple[IPv4Network, ...]]


def selectors_of(statements: tuple[Statement, ...], name: str, *, asa: bool) -> tuple[Selector, ...]:
    """Pairs that a list permits; a side that is any, or a blank, is None."""
    objects = _objects(statements) if asa else {}
    found: list[Selector] = []
    for one in _entries(statements, name):
        words = one.parts.get("entry", "").split()
        if words[:1] == ["permit"] and words[1:2] == ["ip"]:
            found += _pairs(words[2:], objects, one.number, wildcard=not asa)
    return tuple(found)


def has_list(statements: tuple[Statement, ...], name: str) -> bool:
    """True if the sample has a list of this name, whatever it permits."""
    return any(True for _ in _entries(statements, name)) or any(
        head.parts["name"] == name for head, _ in below(statements, "named-list")
    )


def _entries(statements: tuple[Statement, ...], name: str) -> Iterator[Statement]:
    yield from (one for one in by_name(statements, "numbered-list", "list") if one.parts.get("name") == name)
    for head, lines in below(statements, "named-list"):
        if head.parts["name"] == name:
            yield from by_name(lines, "named-entry")


def _pairs(words: Sequence[str], objects: Objects, line: int, *, wildcard: bool) -> Iterator[Selector]:
    near, rest = _side(words, objects, wildcard=wildcard)
    far, _ = _side(rest, objects, wildcard=wildcard)
    yield from (Selector(a, b, line) for a in near for b in far)


def _side(words: Sequence[str], objects: Objects, *, wildcard: bool) -> tuple[tuple[IPv4Network | None, ...], Sequence[str]]:
    """The networks of one side, and the words behind it."""
    first, second = (*words, "", "")[:2]
    if first in ("any", "any4", ""):
        return (None,), words[1:]
    if first == "host":
        found = address(second)
        return (IPv4Network(found) if found else None,), words[2:]
    if first in ("object", "object-group"):
        return objects.get(second) or (None,), words[2:]
    return (network(first, second, wildcard=wildcard),), words[2:]


def _objects(statements: tuple[Statement, ...]) -> Objects:
    found: dict[str, tuple[IPv4Network, ...]] = {}
    for form in ("object", "object-group"):
        for head, lines in below(statements, form):
            networks = tuple(_members(lines, found))
            found[head.parts["name"]] = (*found.get(head.parts["name"], ()), *networks)
    return found


def _members(lines: Sequence[Statement], known: Objects) -> Iterator[IPv4Network]:
    for one in lines:
        if "object" in one.parts:
            yield from known.get(one.parts["object"], ())
        elif "a_network" in one.parts:
            made = network(one.parts["a_network"], one.parts.get("a_mask", "255.255.255.255"))
            if made is not None:
                yield made
