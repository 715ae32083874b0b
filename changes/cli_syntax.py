"""How an object is written on its operating system: with sub-modes, as on IOS, or as lines that begin alike, as on an ASA.

Read, an object is always a header and the lines below it, each behind the openers of the sub-modes that it stands in. ``nest``
brings flat lines into that form, ``flatten`` writes them out.
"""

from __future__ import annotations

import re
from collections.abc import Iterable, Iterator

from .configurations.tree import Node, nested
from .family import Family


def nest(families: Iterable[Family], nodes: Iterable[Node]) -> tuple[Node, ...]:
    """Lines of flat families gathered below their header, at the place of the first; all other nodes as they are."""
    flat = [
        (f"{family.header.pattern.split()[0]} ", family.header)
        for family in families
        if family.flat and not family.child_is_object
    ]
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
            lines += [f"{rest}: {child}" for child in node.paths] or [rest]
    return tuple(item if isinstance(item, Node) else Node(header, tuple(item)) for header, item in found.items())


def _split(headers: Iterable[tuple[str, re.Pattern[str]]], line: str) -> tuple[str, str]:
    """Header and rest of a line of a flat family; nothing for another line."""
    for first, header in headers:
        match = header.match(line) if line.startswith(first) else None
        if match and line[match.end() :].startswith(" "):
            return match[0], line[match.end() :].strip()
    return "", ""


def flatten(family: Family, header: str, children: Iterable[str]) -> tuple[Node, ...]:
    """The object as the device shows it: one node, or one for each flat line and for each part with a sub-mode."""
    if not family.flat:
        return (nested(header, list(_levels(family, children))),)
    made: dict[str, list[str]] = {}
    for child in children:
        part, separator, line = child.partition(": ")
        if separator and part in family.parts:
            made.setdefault(f"{header} {part}", []).append(line)
        else:
            made.setdefault(f"{header} {child}", [])
    return tuple(nested(line, list(_levels(family, below))) for line, below in made.items())


def _levels(family: Family, paths: Iterable[str]) -> Iterator[tuple[str, int]]:
    """Lines with their depth; an opener that is not among them is put before what stands in its sub-mode."""
    here: list[str] = []
    for path in paths:
        above, line = family.split(path)
        same = next(
            (n for n, (one, other) in enumerate(zip(here, above, strict=False)) if one != other), min(len(here), len(above))
        )
        del here[same:]
        for opener in above[same:]:
            here.append(opener)
            yield opener, len(here)
        yield line, len(here) + 1
        if any(pattern.fullmatch(line) for pattern in family.openers):
            here.append(line)


#: Leaves a sub-mode for the mode above it, on IOS and on an ASA.
EXIT = "exit"


def typed(family: Family, header: str, children: Iterable[str]) -> tuple[str, ...]:
    """Lines that give an object these lines, to be typed in global configuration mode, in which they end as well."""
    return tuple(line for node in flatten(family, header, children) for line in _entered(family, header, node))


def no_form(family: Family, header: str, child: str) -> tuple[str, ...]:
    """Lines that take one line of an object away; they begin and end in global configuration mode."""
    above, line = family.split(child)
    return typed(family, header, (": ".join((*above, f"no {line}")),)) if above or not family.flat else (f"no {header} {line}",)


def _entered(family: Family, header: str, node: Node) -> tuple[str, ...]:
    """A node as it is typed: each sub-mode is left with a word of its own, and not by a word of the mode above."""
    lines = [node.line]
    if not (family.opens or node.line.removeprefix(f"{header} ") in family.parts):
        return (*lines, *node.children)
    mode = 1
    for child, depth in zip(node.children, node.depths or (1,) * len(node.children), strict=True):
        lines += [EXIT] * (mode - depth)
        # A text that is taken as it is (a raw request) is typed line by line, with its own end.
        lines += (part.strip() for part in child.split("\n"))
        mode = depth + any(pattern.fullmatch(child) for pattern in family.openers)
    return (*lines, *[EXIT] * mode)
