"""Tables and code blocks of Markdown, out of rows of plain text."""

from __future__ import annotations

from collections.abc import Iterable, Sequence


def cell(text: str) -> str:
    """A text in one cell: a stroke ends no cell, and a line break is a blank."""
    return " ".join(text.split()).replace("|", "&#124;")


def table(head: Sequence[str], rows: Iterable[Sequence[str]]) -> str:
    """A table with a line for each row; ends with a line break."""
    lines = [f"| {' | '.join(head)} |", f"|{'---|' * len(head)}"]
    lines += [f"| {' | '.join(cell(text) for text in row)} |" for row in rows]
    return "\n".join(lines) + "\n"


def block(lines: Iterable[str]) -> str:
    """Lines as they are typed."""
    body = "\n".join(lines)
    return f"```text\n{body}\n```\n"


def code(words: Iterable[str]) -> str:
    """Words as code, with commas between them."""
    return ", ".join(f"`{word}`" for word in words)
