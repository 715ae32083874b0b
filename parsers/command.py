"""What the reader has to know of a command besides its template: one frozen entry of a table."""

from __future__ import annotations

import re
from collections.abc import Callable, Iterable, Mapping
from dataclasses import dataclass, field
from typing import Any

from .machine import Raw


def many(key: str) -> Callable[[Raw], Any]:
    """The state is a tuple of the records of group `key`; none is a valid state."""

    def state(raw: Raw) -> Any:
        return tuple(raw.get(key, ()))

    state.__doc__ = f"tuple of {key}"
    return state


def one(key: str) -> Callable[[Raw], Any]:
    """The state is the one record of group `key`; raises LookupError where there is none."""

    def state(raw: Raw) -> Any:
        found = raw.get(key) or ()
        if not found:
            raise LookupError(key)
        return found[0]

    state.__doc__ = f"one {key}"
    return state


class Note(str):
    """A sentence about something odd that leaves no doubt about the state."""

    __slots__ = ()


Validate = Callable[[Any, Raw], Iterable[str]]
"""Looks at a finished record and what was captured for it; yields a sentence for each contradiction, or a Note."""

Prepare = Callable[[Raw, list[Raw]], None]
"""Rearranges what was captured for a record before it is built; gets the raw records of the groups above it."""

Conserve = Callable[[Any, str], Iterable[str]]
"""Looks at the state and the text it came from; yields a sentence for each count that does not balance."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Command:
    """One show command of one OS.

    name: the canonical command. aliases: other ways to type it. arguments: expression of what may follow it.
    records: template group -> record class; groups without one hand their children to the group above.
    state: from the finished top groups to the state. silent_when_empty: prints nothing where there is nothing to show.
    unfinished: expression of a line, such as a heading, that is never the last one of whole output.
    """

    os: str
    name: str
    state: Callable[[Raw], Any]
    records: Mapping[str, type]
    aliases: tuple[str, ...] = ()
    arguments: str = ""
    validate: Mapping[str, Validate] = field(default_factory=dict)
    prepare: Mapping[str, Prepare] = field(default_factory=dict)
    conserve: tuple[Conserve, ...] = ()
    silent_when_empty: bool = False
    unfinished: str = ""

    @property
    def template(self) -> str:
        """File name of the template in the folder of the OS."""
        return re.sub(r"[\s-]+", "_", self.name) + ".ttp"

    def accepts(self, typed: str) -> int:
        """How many words of `typed` name this command; 0 if it is another one. Words may be cut short."""
        words = typed.strip().lower().split("|")[0].split()
        if words[:1] == ["do"]:
            words = words[1:]
        best = 0
        for name in (self.name, *self.aliases):
            wanted = name.split()
            head, rest = words[: len(wanted)], " ".join(words[len(wanted) :])
            if len(head) != len(wanted) or not all(_short_for(a, b) for a, b in zip(head, wanted, strict=True)):
                continue
            if not rest or (self.arguments and re.fullmatch(self.arguments, rest)):
                best = max(best, len(wanted))
        return best


def _short_for(typed: str, word: str) -> bool:
    return word.startswith(typed) and (len(typed) >= 2 or typed == word)


def find(commands: Iterable[Command], os: str, typed: str) -> Command | None:
    """The command of the table that `typed` means: the most words win, then the one spelled exactly."""
    plain = " ".join(typed.lower().split())
    scored = [(c.accepts(typed), plain.startswith(c.name), c) for c in commands if c.os == os]
    best = max(scored, key=lambda item: item[:2], default=None)
    return best[2] if best is not None and best[0] else None
