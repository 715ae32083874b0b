"""A file into which a person has pasted the outputs of several show commands, one after the other.

An output begins at the echo of its command (``host#show ...``, or the command alone on a line) and ends at the next one. What
stands behind the last line that its template understands is somebody's note, or something else that was pasted: it is kept apart.
"""

from __future__ import annotations

import re
from bisect import bisect_left
from collections.abc import Iterator, Sequence
from dataclasses import dataclass, field
from datetime import datetime
from typing import Any

from msgspec import Struct
from msgspec.structs import replace

from ...inventory.errors import NrRunError
from ..catalogue import for_typed
from ..command import find
from ..reader import parse
from ..result import Problem
from .line_numbers import breaks_before

_UNKNOWN = "no rule of the template knows this line"
_HOST = r"(?P<host>[A-Za-z][\w./:~-]{0,62})(?:\([\w-]+\))?[#>]"
_ECHO = re.compile(
    rf"^[ \t]*(?:{_HOST}[ \t]*)?(?P<typed>(?:do[ \t]+)?sho?w?[ \t]+[a-z][^\n]{{0,200}}?)[ \t]*$",
    re.MULTILINE | re.IGNORECASE,
)
_PROMPT = re.compile(rf"^[ \t]*{_HOST}", re.MULTILINE)
#: ``12:03:04.123 UTC Mon Mar 3 2025``, as ``show clock`` and ``terminal exec prompt timestamp`` print it.
_CLOCK = re.compile(
    r"(?:^[ \t]*|Time source is [^\n,]{1,40}, )(?P<mark>[*.]?)(?P<time>\d\d:\d\d:\d\d)(?:\.\d+)?"
    r"[ \t]+(?P<zone>[A-Z]\S*)[ \t]+[A-Z][a-z]{2}"
    r"[ \t]+(?P<month>[A-Z][a-z]{2})[ \t]+(?P<day>\d{1,2})[ \t]+(?P<year>\d{4})[ \t]*$",
    re.MULTILINE,
)


class Clock(Struct, frozen=True):
    """What a device says of the time, and in which zone: two of different zones cannot be subtracted.

    The zone of a clock that was never set has the star that the device puts before its time: it is another one from then on.
    """

    when: datetime
    zone: str


class Pasted(Struct, frozen=True):
    """The output of one command. ``state`` is what `parse` reads (None: nothing), ``why`` a sentence where it could not be read.

    ``problems`` are lines that were not understood, by the number in the file; ``host`` is the name in its prompt, "" where there
    is none. ``above`` and ``below`` are what the device said of the time last before the output ended, and first since it began.
    """

    command: str
    line: int
    host: str
    state: Any
    problems: tuple[Problem, ...] = ()
    why: str = ""
    above: Clock | None = None
    below: Clock | None = None


@dataclass(frozen=True, slots=True)
class PastedFile:
    """A file of outputs. ``besides`` are (line, text) of what is no output; ``prompts`` the names of devices in any prompt."""

    name: str
    shows: tuple[Pasted, ...]
    besides: tuple[tuple[int, str], ...] = field(repr=False)
    prompts: tuple[tuple[int, str], ...] = ()

    def of(self, command: str) -> tuple[Pasted, ...]:
        """The outputs of one command, in the order of the file."""
        return tuple(show for show in self.shows if show.command == command)


def read_pasted(name: str, os: str, text: str) -> PastedFile:
    """All outputs of a file whose commands a template reads; those of others are left to ``besides``."""
    text = re.sub(r"\r+\n", "\n", text.replace("\ufeff", ""))
    if "\n" not in text:
        text = text.replace("\r", "\n")
    found = [(match, command) for match in _ECHO.finditer(text) if (command := _known(os, match["typed"]))]
    shows: list[Pasted] = []
    besides = [(1, text[: found[0][0].start()] if found else text)]
    clocks = list(_clocks(text))
    places = [place for place, _ in clocks]
    breaks = breaks_before(text)
    for (match, command), stop in zip(found, [*(item[0].start() for item in found[1:]), len(text)], strict=False):
        line = breaks(match.start()) + 1
        show, rest = _one(os, command, match, text[match.start() : stop], line)
        before, after = bisect_left(places, stop), bisect_left(places, match.start())
        above = clocks[before - 1][1] if before else None
        below = clocks[after][1] if after < len(clocks) else None
        shows.append(replace(show, above=above, below=below))
        besides.append(rest)
    prompts = tuple((breaks(match.start()) + 1, match["host"]) for match in _PROMPT.finditer(text))
    return PastedFile(name, tuple(shows), tuple(item for item in besides if item[1].strip()), prompts)


def _known(os: str, typed: str) -> str:
    command = find(for_typed(os, typed), os, typed)
    return command.name if command else ""


def _one(os: str, command: str, match: re.Match[str], text: str, line: int) -> tuple[Pasted, tuple[int, str]]:
    """An output, and (line, text) of what stands behind it."""
    host = match["host"] or ""
    lines = text.split("\n")
    prompt = next((at for at, words in enumerate(lines[1:], 1) if _closes(words, host)), len(lines))
    try:
        parsed = parse(os, match["typed"], "\n".join(lines[:prompt]) + "\n")
        kept = _understood(parsed.problems, lines[:prompt])
        if kept < prompt:
            parsed = parse(os, match["typed"], "\n".join(lines[:kept]) + "\n")
    except NrRunError as error:
        return Pasted(command, line, host, None, why=str(error)), (line, "\n".join(lines[1:]))
    problems = tuple(Problem(item.line + line - 1, item.text, item.why) for item in parsed.problems)
    return Pasted(command, line, host, parsed.state, problems), (line + kept, "\n".join(lines[kept:]))


def _closes(words: str, host: str) -> bool:
    """True for the prompt that stands behind an output."""
    match = _PROMPT.match(words)
    return match is not None and match["host"] == host and bool(host)


def _understood(problems: Sequence[Problem], lines: Sequence[str]) -> int:
    """How many lines belong to the output: those behind the last one that is understood do not."""
    unknown = {item.line for item in problems if item.why == _UNKNOWN}
    kept = len(lines)
    while unknown and kept > 1 and (kept in unknown or not lines[kept - 1].strip()):
        kept -= 1
    return kept


def _clocks(text: str) -> Iterator[tuple[int, Clock]]:
    for match in _CLOCK.finditer(text):
        words = " ".join(match[name] for name in ("year", "month", "day", "time"))
        try:
            when = datetime.strptime(words, "%Y %b %d %H:%M:%S")
            yield match.start(), Clock(when, f"{match['mark'].strip('.')}{match['zone']}")
        except ValueError:
            continue
