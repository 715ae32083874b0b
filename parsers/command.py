"""What the reader has to know of a command besides its template: one frozen entry of a table."""

from __future__ import annotations

import re
from collections.abc import Callable, Iterable, Mapping
from functools import cache, lru_cache
from importlib import import_module
from typing import Any

from msgspec import Struct, field

from .line_rules.machine import Make, Raw
from .printed.typed import options, split, taken


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


@cache
def record(name: str) -> type:
    """The record class of a name such as `ipsec.IpsecFlow`: it is made when it is first needed."""
    module, _, kind = name.partition(".")
    found: type = getattr(import_module(f".records.{module}", __package__), kind)
    return found


class Note(str):
    """A sentence about something odd that leaves no doubt about the state."""

    __slots__ = ()


Validate = Callable[[Any, Raw], Iterable[str]]
"""Looks at a finished record and what was captured for it; yields a sentence for each contradiction, or a Note."""

Prepare = Callable[[Raw, list[Raw]], None]
"""Rearranges what was captured for a record before it is built; gets the raw records of the groups above it."""

Straight = Callable[[tuple[str, ...]], Make | None]
"""For a group that is prepared: what makes its record of exactly these captures, as preparing and building it would."""

Conserve = Callable[[Any, str], Iterable[str]]
"""Looks at the state and the text it came from; yields a sentence for each count that does not balance."""


class Command(Struct, frozen=True, kw_only=True, eq=False):
    """One show command of one OS.

    name: the canonical command. aliases: other ways to type it; a word in capitals is a place (see `typed`).
    arguments: what may follow it, in any order. parts: those of them for which counts of the whole are not kept to.
    kinds: template group -> record class, or its name ("ipsec.IpsecFlow"); groups without one hand their children to the
    group above.
    state: from the finished top groups to the state. silent_when_empty: prints nothing where there is
    nothing to show: no line between the echo and the next prompt.
    straight: shorter ways for what comes by the thousand; where one raises ValueError, `prepare` and the record decide.
    conserve_whole: as conserve, for counts that do not hold where only a part was asked for.
    unfinished: expression of a line, such as a heading, that is never the last one of whole output;
    unfinished_without_end: of one that may be the last, but not where the text stops on it without a line end.
    """

    os: str
    name: str
    state: Callable[[Raw], Any]
    kinds: Mapping[str, str | type]
    aliases: tuple[str, ...] = ()
    arguments: tuple[str, ...] = ()
    parts: frozenset[str] = frozenset()
    validate: Mapping[str, Validate] = field(default_factory=dict)
    prepare: Mapping[str, Prepare] = field(default_factory=dict)
    straight: Mapping[str, Straight] = field(default_factory=dict)
    conserve: tuple[Conserve, ...] = ()
    conserve_whole: tuple[Conserve, ...] = ()
    silent_when_empty: bool = False
    unfinished: str = ""
    unfinished_without_end: str = ""

    @property
    def records(self) -> dict[str, type]:
        """Template group -> record class, imported now."""
        return _records(self)

    @property
    def template(self) -> str:
        """File name of the template in the folder of the OS."""
        return _file_name(self.name)

    @lru_cache(maxsize=1024)  # noqa: B019 - the tables of commands live as long as the process
    def understands(self, typed: str) -> tuple[int, tuple[str, ...]] | None:
        """(how many words of `typed` name this command, the options behind them); None if it is another command."""
        words, _filter = split(typed)
        best: tuple[int, tuple[str, ...]] | None = None
        for name in (self.name, *self.aliases):
            for count in taken(name, words):
                found = options(self.arguments, words[count:])
                if found is not None and (best is None or count > best[0]):
                    best = count, found
        return best

    def accepts(self, typed: str) -> int:
        """How many words of `typed` name this command; 0 if it is another one. Words may be cut short."""
        found = self.understands(typed)
        return found[0] if found else 0

    def limits(self, typed: str) -> tuple[str, ...]:
        """The options of `typed` that limit what is shown; the others are forms of the same."""
        found = self.understands(typed)
        return tuple(option for option in found[1] if option in self.parts or _limits(option)) if found else ()

    def is_part(self, typed: str) -> bool:
        """True if `typed` asks for some of what this command can show: one peer, one protocol."""
        found = self.understands(typed)
        return found is not None and any(option in self.parts for option in found[1])


@lru_cache(maxsize=256)
def _records(command: Command) -> dict[str, type]:
    return {path: record(kind) if isinstance(kind, str) else kind for path, kind in command.kinds.items()}


@lru_cache(maxsize=256)
def _file_name(name: str) -> str:
    return re.sub(r"[\s-]+", "_", name) + ".ttp"


def _limits(option: str) -> bool:
    return option in {"active", "standby"} or any(word.isupper() and word != "REST" for word in option.split())


def find(commands: Iterable[Command], os: str, typed: str) -> Command | None:
    """The command of the table that `typed` means: the most words win, then the one spelled exactly."""
    plain = " ".join(typed.lower().split())
    mine = [command for command in commands if command.os == os]
    scored = [(command.accepts(typed), plain.startswith(command.name), command) for command in mine]
    best = max(scored, key=lambda item: item[:2], default=None)
    return best[2] if best is not None and best[0] else None
