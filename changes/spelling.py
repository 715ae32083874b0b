"""How an object is written on its operating system: with a sub-mode, as on IOS, or as lines that begin alike, as on an ASA.

Read, an object is always a header and the lines below it. ``fold`` brings flat lines into that form, ``unfold`` writes them out.
"""

from __future__ import annotations

from collections.abc import Iterable

from .family import Family
from .tree import Node


def fold(families: Iterable[Family], nodes: Iterable[Node]) -> tuple[Node, ...]:
    """Lines of flat families gathered below their header, at the place of the first; all other nodes as they are."""
    flat = [family for family in families if family.flat]
    if not flat:
        return tuple(nodes)
    found: dict[str, list[str] | Node] = {}
    for number, node in enumerate(nodes):
        header, first = _split(flat, node.line)
        if not header:
            found[f"\n{number}"] = node
            continue
        lines = found.setdefault(header, [])
        if isinstance(lines, list):
            lines += [f"{first}: {child}" for child in node.children] or [first]
    return tuple(item if isinstance(item, Node) else Node(header, tuple(item)) for header, item in found.items())


def _split(families: Iterable[Family], line: str) -> tuple[str, str]:
    """Header and rest of a line of a flat family; nothing for another line."""
    for family in families:
        match = family.header.match(line)
        if match and line[match.end() :].startswith(" "):
            return match[0], line[match.end() :].strip()
    return "", ""


def unfold(family: Family, header: str, children: Iterable[str]) -> tuple[Node, ...]:
    """The object as the device shows it: one node, or one for each flat line and for each part with a sub-mode."""
    if not family.flat:
        return (Node(header, tuple(children)),)
    made: dict[str, list[str]] = {}
    for child in children:
        part, separator, line = child.partition(": ")
        if separator and part in family.parts:
            made.setdefault(f"{header} {part}", []).append(line)
        else:
            made.setdefault(f"{header} {child}", [])
    return tuple(Node(line, tuple(below)) for line, below in made.items())


def typed(family: Family, header: str, children: Iterable[str]) -> tuple[str, ...]:
    """Lines that give an object these lines, to be typed in global configuration mode."""
    return tuple(line for node in unfold(family, header, children) for line in (node.line, *node.children))


def negated(family: Family, header: str, child: str) -> tuple[str, ...]:
    """Lines that take one line of an object away."""
    if not family.flat:
        return (header, f"no {child}")
    part, separator, line = child.partition(": ")
    if separator and part in family.parts:
        return (f"{header} {part}", f"no {line}")
    return (f"no {header} {child}",)
