"""The pipe behind a command that reads: which lines of its answer are shown.

A command has one pipe. A further one belongs to the pattern, where it stands between alternatives: `| include a | include b`
shows the lines with `a ` and those with ` include b` (Cisco IOS configuration fundamentals, "regular expressions", alternation).
No source was found for an ASA, whose command reference names one filter for a command: it is played alike. What an IOS does
after `shell processing full` is not played.
"""

from __future__ import annotations

import re
from collections.abc import Sequence

_PIPE = re.compile(r"\s*\|\s*(\S+)\s*(.*)$")
#: Where the pipe leads into a file, a count or another form.
_ELSEWHERE = ("append", "count", "format", "redirect", "tee")


def piped(line: str, filters: Sequence[str]) -> tuple[str, tuple[str, str] | None]:
    """Split a command that reads from its filter; None as filter if there is no such filter, and two empty texts for no pipe."""
    match = _PIPE.search(line)
    if match is None or not line.lstrip().lower().startswith(("sh", "mo", "wr")):
        return line, ("", "")
    names = [name for name in filters if name.startswith(match[1].lower())]
    return line[: match.start()], (names[0], match[2]) if len(names) == 1 and match[2] else None


def leads_elsewhere(line: str) -> bool:
    """Whether the pipe behind a command leads into a file, a count or another form."""
    match = _PIPE.search(line)
    return match is not None and len([word for word in _ELSEWHERE if word.startswith(match[1].lower())]) == 1


def filtered(lines: list[str], keep: tuple[str, str]) -> list[str]:
    """The lines that a filter shows, in order."""
    name, pattern = keep
    if not name:
        return lines
    try:
        expression = re.compile(re.sub(r"(?<!\\)_", r"(?:^|$|[ ,{}()])", pattern.strip()))
    except re.error:
        return ["% Failed to compile regular expression."]
    if name == "include":
        return [line for line in lines if expression.search(line)]
    if name == "section":
        return _sections(lines, expression)
    if name == "exclude":
        return [line for line in lines if not expression.search(line)]
    first = next((index for index, line in enumerate(lines) if expression.search(line)), len(lines))
    return lines[first:]


def _sections(lines: list[str], expression: re.Pattern[str]) -> list[str]:
    """Lines that match, with what is indented below them."""
    found: list[str] = []
    depth = -1
    for line in lines:
        indent = len(line) - len(line.lstrip())
        if depth >= 0 and line.strip() and indent > depth:
            found.append(line)
            continue
        depth = -1
        if expression.search(line):
            found.append(line)
            depth = indent
    return found
