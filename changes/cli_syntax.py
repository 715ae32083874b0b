"""How an object is written on its operating system: with a sub-mode, as on IOS, or as lines that begin alike, as on an ASA.

Read, an object is always a header and the lines below it. ``fold`` brings flat lines into that form, ``unfold`` writes them out.
"""

from __future__ import annotations

import re
from collections.abc import Iterable

from .family import Family
from .tree import Node


def fold(families: Iterable[Family], nodes: Iterable[Node]) -> tuple[Node, ...]:
    """Lines of flat families gathered below their header, at the place of the first; all other nodes as they are."""
    flat = [(f"{family.header.pattern.split()[0]} ", family.header) for family in families if family.flat]
    if not flat:
        return tuple(nodes)
    first = tuple({words for words, _ in flat})
    found: dict[str, list[str] | Node] = {}
    for number, node in enumerate(nodes):
        header, rest = _split(flat, node.line) if node.line.startswith(first) and not node.literal else ("", "")
        if not header:
            found[f"\n{number}"] = node
            continue
        lines = found.setdefault(header, [])
        if isinstance(lines, list):
            lines += [f"{rest}: {child}" for child in node.children] or [rest]
    return tuple(item if isinstance(item, Node) else Node(header, tuple(item)) for header, item in found.items())


def _split(headers: Iterable[tuple[str, re.Pattern[str]]], line: str) -> tuple[str, str]:
    """Header and rest of a line of a flat family; nothing for another line."""
    for first, header in headers:
        match = header.match(line) if line.startswith(first) else None
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


#: Leaves a sub-mode for the mode above it, on IOS and on an ASA.
EXIT = "exit"


def typed(family: Family, header: str, children: Iterable[str]) -> tuple[str, ...]:
    """Lines that give an object these lines, to be typed in global configuration mode, in which they end as well."""
    return tuple(line for node in unfold(family, header, children) for line in _entered(family, header, node.line, node.children))


def negated(family: Family, header: str, child: str) -> tuple[str, ...]:
    """Lines that take one line of an object away; they begin and end in global configuration mode."""
    if not family.flat:
        return _entered(family, header, header, (f"no {child}",))
    part, separator, line = child.partition(": ")
    if separator and part in family.parts:
        return _entered(family, header, f"{header} {part}", (f"no {line}",))
    return (f"no {header} {child}",)


def _entered(family: Family, header: str, line: str, below: Iterable[str]) -> tuple[str, ...]:
    opens = family.opens or line.removeprefix(f"{header} ") in family.parts
    return (line, *below, EXIT) if opens else (line, *below)
