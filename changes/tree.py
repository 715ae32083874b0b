"""Cisco configuration text as a tree two levels deep: a line, and the lines of its sub-mode."""

from __future__ import annotations

import re
from collections.abc import Iterator
from dataclasses import dataclass
from functools import lru_cache

from .literals import Literal, is_asa, literal_at, may_begin

#: Lines that a device prints about the configuration, or that change by themselves; they are no configuration.
VOLATILE = re.compile(
    r"Building configuration\.\.\.|Current configuration\s*:.*|Using \d+ (?:out of \d+ )?bytes.*"
    # Above a configuration that is kept compressed, and above every output with "terminal exec prompt timestamp".
    r"|Uncompressed configuration from .*|Load for five secs: .*|Time source is .*"
    # A colon begins a remark of an ASA (": Saved", ": Call-home enabled from prompt by ..."), and no line of IOS.
    r"|ntp clock-period \d+|:(?: .*)?|(?:ASA|PIX) Version .*|Cryptochecksum:.*"
)
#: What a line begins with that VOLATILE may match, so that most lines need not be tried.
_VOLATILE_FIRST = tuple("BCULT!n:AP")


@dataclass(frozen=True, slots=True)
class Node:
    """One line and, where it opens a sub-mode, the lines in it. Neither has leading or trailing blanks.

    Of a text that is no configuration (a banner) ``line`` is the command alone and ``literal`` all that follows, raw, so that
    nobody who looks for configuration meets it. Below a header such a text is a child with line breaks in it.
    """

    line: str
    children: tuple[str, ...] = ()
    literal: str = ""

    @property
    def text(self) -> str:
        """As a device prints it: children one blank to the right."""
        return "\n".join((self.line + self.literal, *(f" {child}" for child in self.children)))

    @property
    def lines(self) -> tuple[str, ...]:
        """All its lines for a comparison, each below the line that it belongs to."""
        first, *more = (self.line + self.literal).split("\n")
        below = (f"{self.line}: {part}" for child in self.children for part in child.split("\n"))
        return (first, *(f"{self.line}: {part}" for part in more), *below)


@lru_cache(maxsize=32)
def parse(text: str) -> tuple[Node, ...]:
    """Tree of a configuration; comments, blank lines and VOLATILE lines are left out, but not in a banner or the like."""
    nodes: list[tuple[str, list[str], str]] = []
    for line, literal in _meaningful(text):
        rest = literal.rest if literal else ""
        stripped = literal.head if literal else line.strip()
        if line[0] in " \t" and nodes:
            nodes[-1][1].append(stripped + rest)
        else:
            nodes.append((stripped, [], rest))
    return tuple(Node(line, tuple(children), literal) for line, children, literal in nodes)


def normalise(text: str) -> str:
    """The configuration alone, one line each: two texts are the same configuration if and only if these are equal.

    Comments and VOLATILE lines go, trailing blanks go, indentation becomes one blank; order and everything else stay.
    """
    return "".join(f"{node.text}\n" for node in parse(text))


def _meaningful(text: str) -> Iterator[tuple[str, Literal | None]]:
    """Lines of configuration, each with the text that begins in it."""
    lines = [raw.rstrip() for raw in text.split("\n")]
    asa = is_asa(text)
    number = 0
    while number < len(lines):
        line = lines[number]
        stripped = line.strip()
        literal = literal_at(lines, number, asa=asa) if may_begin(stripped) else None
        number += literal.lines if literal else 1
        if literal or (stripped and not _is_no_configuration(stripped)):
            yield line, literal


def _is_no_configuration(stripped: str) -> bool:
    if stripped[0] not in _VOLATILE_FIRST:
        return stripped == "end"
    return stripped[0] == "!" or VOLATILE.fullmatch(stripped) is not None
