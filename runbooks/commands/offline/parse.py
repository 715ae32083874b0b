"""nr-run parse: read the output of a show command from a file, and say what was not understood."""

from __future__ import annotations

import sys
from typing import TYPE_CHECKING, Any

import click

from ....inventory.errors import DeviceRefused, Exit, ParseError
from ..paths import PathOf

if TYPE_CHECKING:
    from pathlib import Path

    from ....parsers import Parsed

_WIDE = 6


@click.command("parse")
@click.argument("command", metavar="COMMAND")
@click.argument("source", metavar="[FILE|-]", default="-")
@click.option(
    "--os", "os_name", type=click.Choice(["ios", "asa"]), required=True, help="Operating system of the device; IOS-XE is ios."
)
@click.option("--json", "as_json", is_flag=True, help="Print the state as JSON; docs/reference/parser-fields.md has the fields.")
@click.option(
    "--templates",
    type=PathOf(exists=True, file_okay=False),
    help="Folder of your own templates, <os>/<command_with_underscores>.ttp, which take precedence.",
)
@click.pass_context
def parse_command(ctx: click.Context, command: str, source: str, os_name: str, as_json: bool, templates: Path | None) -> None:
    """Parse the output of COMMAND, as a device printed it, from FILE or standard input.

    The output may include the echo of the command and the prompt.

    \b
    Exit code 0: every line was understood.
              12: unverified, with the lines that were not.
              65: this is not the output of that command.
    """
    from ....parsers import parse

    try:
        parsed = parse(os_name, command, _read(source), templates=templates)
    except DeviceRefused as refusal:
        # On a device it is the device that fails; in a file it is the file that holds no output of the command.
        raise ParseError(str(refusal)) from refusal
    parsed = _without_keys(parsed)
    if as_json:
        import json

        from ....parsers.fields.export import as_document

        click.echo(json.dumps(as_document(parsed), indent=2))
    else:
        _print(parsed)
    ctx.exit(Exit.OK if parsed.complete else Exit.VERIFY_FAILED)


def _without_keys(parsed: Parsed) -> Parsed:
    """A line that was not understood is quoted, and in a configuration it may hold a key."""
    if not parsed.problems and not parsed.notes:
        return parsed  # nothing is quoted: what hides keys costs more to import than to read a page of output
    from msgspec.structs import replace

    from ....inventory.hiding.secrets import Secrets

    hide = Secrets(()).hide
    problems = tuple(replace(item, text=hide(item.text)) for item in parsed.problems)
    return replace(parsed, problems=problems, notes=tuple(replace(item, text=hide(item.text)) for item in parsed.notes))


def _read(source: str) -> str:
    """The text of the file, or of standard input for `-`; bytes that are no UTF-8 are read as Latin-1 if they are text."""
    from pathlib import Path

    try:
        data = sys.stdin.buffer.read() if source == "-" else Path(source).read_bytes()
    except OSError as error:
        raise ParseError(f"{source} cannot be read: {error.strerror}.") from error
    try:
        return data.decode("utf-8-sig")
    except UnicodeDecodeError:
        if b"\0" in data:
            raise ParseError(f"{source} is not the output of a command: it is binary data.") from None
        return data.decode("latin-1")


def _print(parsed: Parsed) -> None:
    from rich.markup import escape

    from ..views.screen import console as screen

    console = screen()
    records = parsed.state if isinstance(parsed.state, tuple) else (parsed.state,)
    if records:
        _tables(console, [_plain(record) for record in records])
    else:
        console.print("nothing: the device has none" if parsed.complete else "nothing that is understood")
    for word, colour, items in (("not understood", "red", parsed.problems), ("note", "yellow", parsed.notes)):
        for item in items:
            console.print(f"[{colour}]line {item.line}, {word}:[/] {escape(item.why)}: {escape(item.text.strip())}")
    console.print("[green]complete[/]" if parsed.complete else "[red]unverified[/]")


def _plain(record: object) -> dict[str, Any]:
    from ....parsers.fields.export import as_data

    data = as_data(record)
    return data if isinstance(data, dict) else {"value": data}


def _tables(console: Any, rows: list[dict[str, Any]]) -> None:
    """One table of records with few fields; else field by field, record after record. Fields without a value stay out."""
    from rich.table import Table

    shown = [name for name in rows[0] if any(row.get(name) not in (None, [], "") for row in rows)]
    if len(shown) <= _WIDE:
        table = Table(*shown)
        for row in rows:
            table.add_row(*(_cell(row.get(name)) for name in shown))
        console.print(table)
        return
    for row in rows:
        table = Table("field", "value")
        for name in shown:
            if row.get(name) not in (None, [], ""):
                table.add_row(name, _cell(row[name]))
        console.print(table)


def _cell(value: Any) -> str:
    from rich.markup import escape

    if isinstance(value, list):
        return "\n".join(_cell(item) for item in value)
    if isinstance(value, dict):
        return escape(", ".join(f"{key} {item}" for key, item in value.items() if item not in (None, [], "")))
    return "" if value is None else escape(str(value))
