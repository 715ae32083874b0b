"""What a parse returns: typed state, and the lines that were not understood."""

from __future__ import annotations

from typing import Any

from msgspec import Struct


class Problem(Struct, frozen=True):
    """One line that makes a result unverified.

    line: 1-based number in the text that was handed in; text: the line as it stands there; why: one sentence.
    """

    line: int
    text: str
    why: str


class Parsed(Struct, frozen=True):
    """The output of one command, read.

    `state` holds records of `nr_run.parsers.records`: one record, or a tuple of them; docs/reference/parser-fields.md
    says which.
    A result with problems is *unverified*: what it holds was read, but more was printed than was understood.
    `notes` are oddities that leave no doubt about the state, such as an SPI whose decimal form somebody edited.
    """

    os: str
    command: str
    state: Any
    problems: tuple[Problem, ...] = ()
    notes: tuple[Problem, ...] = ()

    @property
    def complete(self) -> bool:
        """True if every line was understood and the counts balance."""
        return not self.problems
