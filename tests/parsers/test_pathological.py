"""Lines that would keep a careless regular expression busy for years: a device's garbage must not stop a run."""

from __future__ import annotations

import re
import signal
from collections.abc import Iterator
from contextlib import contextmanager, suppress
from types import FrameType
from typing import TYPE_CHECKING

import pytest

from nr_run.inventory.errors import NrRunError
from nr_run.parsers import parse
from nr_run.parsers.catalogue import COMMANDS
from nr_run.parsers.command import Command, find
from nr_run.parsers.line_rules.program import Program, compile_template
from nr_run.parsers.reader import template_source

from ..sampling import in_turn

if TYPE_CHECKING:
    from .conftest import Case

#: A line takes microseconds; what takes a minute takes for ever.
HANGS_SECONDS = 60
#: Stands in no output, so that a line that ends in it matches nothing that says what a line ends in.
GARBAGE = "\x7f"
#: What comes a thousand times.
FILLINGS = ("\n", " \t", "x\n", "\x08")


class Hangs(Exception):
    """An expression did not finish."""


@contextmanager
def a_guard() -> Iterator[None]:
    """Raise Hangs after a minute; `re` looks for signals while it tries."""

    def ring(_number: int, _frame: FrameType | None) -> None:
        raise Hangs

    before = signal.signal(signal.SIGALRM, ring)
    signal.alarm(HANGS_SECONDS)
    try:
        yield
    finally:
        signal.alarm(0)
        signal.signal(signal.SIGALRM, before)


def pumped(line: str) -> Iterator[str]:
    """The line with each of its words, and each two words, over and over, and an end that nothing expects."""
    words = line.split()
    for number, word in enumerate(words):
        before = line[: line.find(word)]
        for again in (f"{word} " * 40, word * 40, "1" * 60, "a" * 60, " " * 60):
            yield before + again + GARBAGE
        if number + 1 < len(words):
            yield before + f"{word} {words[number + 1]} " * 30 + GARBAGE


def lines_of(command: Command, cases: tuple[Case, ...]) -> list[str]:
    """A line of each shape that captures of the command have: digits and letters are all the same here."""
    shapes: dict[str, str] = {}
    for case in cases:
        if find(COMMANDS, case.os, case.command) is command:
            for line in case.text.splitlines():
                shapes.setdefault(re.sub(r"[a-z]", "a", re.sub(r"\d", "0", line)), line)
    return list(shapes.values())


def hanging(program: Program, lines: list[str]) -> str:
    """The first line on which an expression of the template does not end, empty if there is none."""
    for line in lines:
        for text in pumped(line):
            for rule in program.rules:
                try:
                    rule.regex.match(f"\n{text}\n")
                except Hangs:
                    return f"{rule.regex.pattern[:120]} on {text[:120]!r}"
    return ""


@pytest.mark.parametrize("command", COMMANDS, ids=[f"{command.os} {command.name}" for command in COMMANDS])
def test_no_line_keeps_an_expression_busy(command: Command, cases: tuple[Case, ...]) -> None:
    """Words of real lines, repeated, with garbage at the end, are refused at once by every line of the template."""
    with a_guard():
        assert hanging(compile_template(template_source(command)), lines_of(command, cases)) == ""


def test_the_guard_rings_at_a_careless_expression(monkeypatch: pytest.MonkeyPatch) -> None:
    """An expression whose parts can share a line in many ways is found."""
    monkeypatch.setattr(f"{__name__}.HANGS_SECONDS", 1)
    careless = compile_template('<group name="x*">\nhex {{ hex | re("(?:[0-9a-f]{2,8} *)+") }}\n</group>')
    with a_guard():
        assert "on 'hex" in hanging(careless, ["hex 30820122 300d0609"])


def test_a_flood_has_an_end(case: Case) -> None:
    """A thousand times the same in the midst of a capture: a verdict or one of our errors."""
    middle = case.text.find("\n", len(case.text) // 2) + 1
    with a_guard():
        for filling in in_turn(FILLINGS, 2, case.name):
            with suppress(NrRunError):
                parse(case.os, case.command, case.text[:middle] + filling * 1000 + case.text[middle:])
