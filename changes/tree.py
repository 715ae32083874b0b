"""Cisco configuration text as a tree two levels deep: a line, and the lines of its sub-mode."""

from __future__ import annotations

import re
from collections.abc import Iterator
from dataclasses import dataclass
from functools import lru_cache

#: Lines that a device prints about the configuration, or that change by themselves; they are no configuration.
VOLATILE = re.compile(
    r"Building configuration\.\.\.|Current configuration ?:.*|Using \d+ out of \d+ bytes.*|! (?:Last|NVRAM|No) configuration.*"
    r"|ntp clock-period \d+|:(?: (?:Saved|Written by .*|Serial Number: .*|Hardware: .*|end))?|ASA Version .*|Cryptochecksum:.*"
)


@dataclass(frozen=True, slots=True)
class Node:
    """One line and, where it opens a sub-mode, the lines in it. Neither has leading or trailing blanks."""

    line: str
    children: tuple[str, ...] = ()

    @property
    def text(self) -> str:
        """As a device prints it: children one blank to the right."""
        return "\n".join((self.line, *(f" {child}" for child in self.children)))


@lru_cache(maxsize=16)
def parse(text: str) -> tuple[Node, ...]:
    """Tree of a configuration; comments, blank lines and VOLATILE lines are left out. A banner stays as its lines."""
    nodes: list[tuple[str, list[str]]] = []
    for line in _meaningful(text):
        if line[0] in " \t" and nodes:
            nodes[-1][1].append(line.strip())
        else:
            nodes.append((line.strip(), []))
    return tuple(Node(line, tuple(children)) for line, children in nodes)


def normalise(text: str) -> str:
    """The configuration alone, one line each: two texts are the same configuration if and only if these are equal.

    Comments and VOLATILE lines go, trailing blanks go, indentation becomes one blank; order and everything else stay.
    """
    return "".join(f"{node.text}\n" for node in parse(text))


def _meaningful(text: str) -> Iterator[str]:
    for raw in text.splitlines():
        line = raw.rstrip()
        stripped = line.strip()
        if stripped and stripped != "end" and not stripped.startswith("!") and not VOLATILE.fullmatch(stripped):
            yield line


def same(one: str, other: str) -> bool:
    """True if two texts are the same configuration, whatever the order of unrelated objects.

    What is put back may stand in another place than before: named objects of one kind are shown in the order of their making.
    """
    return sorted(node.text for node in parse(one)) == sorted(node.text for node in parse(other))
