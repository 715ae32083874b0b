"""docs/reference/cli.md: every command with its arguments and options, as click has them."""

from __future__ import annotations

import inspect
import re
from collections.abc import Iterator

import click

from nr_run.runbooks.commands.cli import cli, commands
from tables import code, table

HEAD = """\
# Command line

`nr-run COMMAND --help` says the same at a terminal. Exit codes have [a page of their own](exit-codes.md).

"""


def page() -> str:
    """All commands, in the order of `nr-run --help`."""
    context = click.Context(cli, info_name="nr-run")
    rows = [(f"[`{name}`](#nr-run-{name})", words) for name, words in commands().items()]
    every = [(name, cli.get_command(context, name)) for name in commands()]
    sections = [text for name, command in every if command for text in _sections(command, name, context)]
    return HEAD + table(("command", "does"), rows) + "\n" + "\n".join(sections)


def _sections(command: click.Command, name: str, parent: click.Context) -> Iterator[str]:
    context = click.Context(command, info_name=name, parent=parent)
    usage = " ".join(command.collect_usage_pieces(context))
    yield f"## {context.command_path}\n\n`{context.command_path} {usage}`\n\n{_prose(command.help or '')}\n{_options(command, context)}"
    if isinstance(command, click.Group):
        for inner in command.list_commands(context):
            found = command.get_command(context, inner)
            if found is not None and not found.hidden:
                yield from _sections(found, inner, context)


def _options(command: click.Command, context: click.Context) -> str:
    records = [record for param in command.get_params(context) if (record := param.get_help_record(context))]
    return table(("option", "does"), [(_names(names), _plain(does)) for names, does in records if "--help" not in names])


def _names(names: str) -> str:
    return code([names])


def _prose(text: str) -> str:
    """Paragraphs of a help text; what click leaves as it stands is a block."""
    paragraphs = []
    for paragraph in re.split(r"\n\s*\n", inspect.cleandoc(text)):
        if paragraph.startswith("\b\n"):
            paragraphs.append(f"```text\n{paragraph[2:]}\n```\n")
        elif paragraph.strip():
            paragraphs.append(_plain(" ".join(paragraph.split())) + "\n")
    return "\n".join(paragraphs)


def _plain(text: str) -> str:
    """Text of a terminal, of which nothing is a mark of Markdown."""
    return re.sub(r"([*_<\[\]])", r"\\\1", text)
