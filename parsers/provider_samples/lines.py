"""The lines of a sample as statements in their sub-modes, whatever the blanks before them say."""

from __future__ import annotations

import re
from collections.abc import Iterator

from msgspec import Struct

from .blanks import blanks_in
from .forms import form_of
from .records import Passed, Statement

_LEAVES = frozenset({"exit", "quit", "exit-address-family", "exit address-family"})
#: What a terminal shows before what is typed in configuration mode: the line behind it counts.
_TYPED = re.compile(r"[A-Za-z][\w.-]*\(config[^()]*\)#\s*(?P<typed>.*)")
_PROMPT = re.compile(r"[A-Za-z][\w.-]*(?:\(config[^()]*\))?[#>](?:\s+\S.*)?")
#: Lines that are no configuration: a pattern from the first character, and why. ``#`` stands first: it is no comment to a device.
_NOISE: tuple[tuple[re.Pattern[str], str, bool], ...] = (
    (re.compile(r"#.*"), "a remark that begins with #, which the device takes for a command", True),
    (re.compile(r"//.*|--\s.*"), "a remark in a form that the device takes for a command", True),
    (re.compile(r"!.*"), "a remark", False),
    (re.compile(r":.*"), "a remark of the device", False),
    (re.compile(r"```.*"), "a fence of a document", False),
    (re.compile(r"Cryptochecksum:.*|Building configuration.*|Current configuration.*"), "printed by the device", False),
)


class Walked(Struct, frozen=True):
    """What a text holds, read as that of one operating system."""

    statements: tuple[Statement, ...]
    passed: tuple[Passed, ...]

    @property
    def known(self) -> int:
        """How many lines a rule knows that is of this operating system alone."""
        return sum(1 for one in self.statements if one.form is not None and one.form.os)


def walk(os: str, text: str) -> Walked:
    """Read a sealed text."""
    statements: list[Statement] = []
    passed: list[Passed] = []
    modes: list[tuple[str, str]] = []
    for number, raw in enumerate(text.split("\n"), 1):
        line = " ".join(raw.split())
        typed = _TYPED.fullmatch(line)
        line = typed["typed"] if typed is not None else line
        if not line:
            continue
        noise = next(((why, taken) for pattern, why, taken in _NOISE if pattern.fullmatch(line)), None)
        if noise is None and _PROMPT.fullmatch(line):
            noise = ("a prompt, with what was typed there", False)
        if noise is not None:
            passed.append(Passed(number, noise[0], noise[1]))
        elif line.lower() in _LEAVES:
            passed.append(Passed(number, "leaves a sub-mode"))
            del modes[-1:]
        elif line.lower() == "end":
            passed.append(Passed(number, "leaves configuration mode"))
            modes.clear()
        else:
            statements.append(_statement(os, number, line, modes, at_margin=not raw[:1].isspace()))
    return Walked(tuple(statements), tuple(passed))


def _statement(os: str, number: int, line: str, modes: list[tuple[str, str]], *, at_margin: bool) -> Statement:
    """One line; ``modes`` is what it leaves open. A line that nobody knows closes all when it begins at the margin."""
    for depth in range(len(modes), -1, -1):
        form = form_of(os, modes[depth - 1][0] if depth else "", line)
        if form is None:
            continue
        del modes[depth:]
        path = tuple(text for _, text in modes)
        if form.opens:
            modes.append((form.name, line))
        match = form.pattern.fullmatch(line)
        parts = {name: value for name, value in match.groupdict().items() if value} if match else {}
        return Statement(number, line, path, form, parts, blanks_in(line, parts))
    if at_margin:
        modes.clear()
    return Statement(number, line, tuple(text for _, text in modes), None, {}, blanks_in(line, {}))


def below(statements: tuple[Statement, ...], name: str) -> Iterator[tuple[Statement, tuple[Statement, ...]]]:
    """Each statement of a form that opens a sub-mode, with those in it at any depth; one that is opened twice comes twice."""
    index = 0
    while index < len(statements):
        head = statements[index]
        index += 1
        if head.form is None or head.form.name != name:
            continue
        begin, depth = index, len(head.path)
        while index < len(statements) and len(statements[index].path) > depth and statements[index].path[depth] == head.text:
            index += 1
        yield head, statements[begin:index]
        index = begin
