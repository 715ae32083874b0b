"""The table of commands that the parsers read: one entry per command and OS, loaded by what is asked for."""

from __future__ import annotations

from functools import cache
from importlib import import_module
from typing import TYPE_CHECKING, Any

from .printed.typed import short_for, split

if TYPE_CHECKING:
    from .command import Command

    COMMANDS: tuple[Command, ...]

_TABLES: dict[str, dict[str, tuple[str, ...]]] = {
    "ios": {"ios_crypto": ("show crypto",), "ios_system": ()},
    "asa": {
        "asa_crypto": ("show crypto", "show ipsec", "show vpn-sessiondb"),
        "asa_system": (),
        "asa_config": ("show running-config",),
    },
}
"""OS -> table in `commands/` -> how all of its commands begin; nothing: in many ways."""

SYSTEMS = tuple(_TABLES)


@cache
def table(name: str) -> tuple[Command, ...]:
    """The commands of one table."""
    found: tuple[Command, ...] = import_module(f".commands.{name}", __package__).COMMANDS
    return found


def of(os: str) -> tuple[Command, ...]:
    """All commands of one OS; none for a system that is not known."""
    return tuple(command for name in _TABLES.get(os, {}) for command in table(name))


def for_typed(os: str, typed: str) -> tuple[Command, ...]:
    """The commands of the tables that may hold what was typed; the records of the others are not made for it."""
    words = split(typed)[0]
    return tuple(
        command
        for name, beginnings in _TABLES.get(os, {}).items()
        if not beginnings or any(_may_begin(words, beginning.split()) for beginning in beginnings)
        for command in table(name)
    )


def _may_begin(words: list[str], beginning: list[str]) -> bool:
    return len(words) >= len(beginning) and all(short_for(a, b) for a, b in zip(words, beginning, strict=False))


def __getattr__(name: str) -> Any:
    if name != "COMMANDS":
        raise AttributeError(f"module {__name__!r} has no attribute {name!r}")
    return tuple(command for os in SYSTEMS for command in of(os))
