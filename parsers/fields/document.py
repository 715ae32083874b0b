"""The page of what parsers return: `python -m nr_run.parsers.fields.document > docs/reference/parser-fields.md`."""

from __future__ import annotations

import inspect
import sys
import types
import typing
from typing import Any

from msgspec import Struct

from ..catalogue import COMMANDS
from ..command import Command
from .columns import Spi
from .shape import fields_of, records_in, shape

_HEAD = """\
# Parser fields

This page lists what the parsers return. `python -m nr_run.parsers.fields.document` generates it from the records; do not edit it.

`nr_run.parsers.parse(os, command, text)` returns a `Parsed`: `os`, `command` (the canonical name), `state` (below),
`complete`, `problems` and `notes`. A problem has the `line` number in your text, its `text`, and `why` it makes the result
unverified. `nr-run parse --json` prints the same names.

In JSON an address or network is text, an SPI is hexadecimal text (`"0x7b7b2015"`), a set is a sorted list, a missing
value is `null`. Units are in the names: `_seconds`, `_bytes`, `_kilobytes`, `_packets`, `_milliseconds`. Algorithms have
NetBox's names (`aes-256-cbc`, `hmac-sha1`); the `_text` beside them is what the device printed.

A text that is empty, binary or not the output of the command raises `ParseError`; the answer of a device that refused the
command raises `DeviceRefused`. If a command prints nothing because there is nothing to show (an empty translation table), pass
the echo of the command and the prompt after it: nothing between the two is an answer, an empty text is not.

The echo counts: with `| include`, `| exclude`, `| section`, `| begin`, `| count`, `| redirect` or any other filter that drops
lines, the result is unverified. If the echo asks for less than the command that you named (one peer, one VRF), a note says so.
Counts that a device announces (subnets below a network, sessions, SAs, translations) must match.

## Templates of your own

`parse(..., templates=folder)`, `nr-run parse --templates folder` or `$NR_RUN_TEMPLATES` name a folder with
`<os>/<command_with_underscores>.ttp`. A file there comes before ours and fills the same record; for a command that is not
listed here the state is what the template captured, as dictionaries and lists of text. A template is a
[TTP](https://ttp.readthedocs.io) template of groups and variables with these rules:

* indentation, blank lines and upper or lower case do not matter; a line that the terminal wrapped is put together;
* a group is a record: its first line starts it, a `*` behind its name makes it repeat, groups lie inside groups;
* expressions have names, in `<vars>` or in `parsers/line_rules/patterns.py`: `{{ peer | re("ADDRESS") }}`;
* `{{ ignore("REST") }}` is for what is known and not kept: a line that no template line matches makes the result unverified;
* no TTP functions: the record converts the text.
* where two lines of a group match the same printed line, the one that stands first in the template reads it.

A new command in this package is one template, one record, one entry in a table of `parsers/commands/`, and two captures in
`tests/captures/`, one healthy and one sick. What TTP makes of each template of this package is kept beside it, since a reading
is faster than TTP's compiler: `python -m nr_run.parsers.line_rules.compiled` writes it again after a change.
"""


def render() -> str:
    """The whole page."""
    parts = [_HEAD]
    for os in sorted({command.os for command in COMMANDS}, reverse=True):
        parts.append(f"## {os}\n")
        parts.append("\n".join(_command(command) for command in sorted(_of(os), key=lambda command: command.name)) + "\n")
    parts.append("## Records\n")
    parts += [_record(record) for record in sorted(_records(), key=lambda record: record.__name__)]
    return "\n".join(parts)


def _of(os: str) -> list[Command]:
    return [command for command in COMMANDS if command.os == os]


def _command(command: Command) -> str:
    kind = _type(shape(command))
    also = f" Also: {', '.join(f'`{alias}`' for alias in command.aliases)}." if command.aliases else ""
    return f"* `{command.name}`: {kind}.{also}"


def _records() -> set[type[Struct]]:
    found = {record for command in COMMANDS for record in (*command.records.values(), *records_in(shape(command)))}
    todo = list(found)
    while todo:
        for hint in fields_of(todo.pop()).values():
            for inner in records_in(hint):
                if inner not in found:
                    found.add(inner)
                    todo.append(inner)
    return found


def _record(record: type[Struct]) -> str:
    rows = [f"| `{name}` | {_type(hint)} |" for name, hint in fields_of(record).items()]
    return "\n".join([f"### {record.__name__}\n", inspect.getdoc(record) or "", "", "| field | type |", "|---|---|", *rows, ""])


def _type(hint: Any) -> str:
    if hint == Spi:
        return "SPI"
    if isinstance(hint, types.UnionType) or typing.get_origin(hint) is typing.Union:
        names = [_type(item) for item in typing.get_args(hint)]
        for whole, parts in (("address", {"IPv4Address", "IPv6Address"}), ("network", {"IPv4Network", "IPv6Network"})):
            if parts <= set(names):
                names = [whole, *(name for name in names if name not in parts)]
        return " or ".join(names)
    if hint is types.NoneType:
        return "none"
    if typing.get_origin(hint) is tuple:
        return f"tuple of {_type(typing.get_args(hint)[0])}"
    if typing.get_origin(hint) is frozenset:
        return f"set of {_type(typing.get_args(hint)[0])}"
    if isinstance(hint, type) and issubclass(hint, Struct):
        return f"[{hint.__name__}](#{hint.__name__.lower()})"
    return str(getattr(hint, "__name__", hint))


if __name__ == "__main__":
    sys.stdout.write(render().rstrip() + "\n")
