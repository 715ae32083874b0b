"""Every alternative of an expression of a template fits the field that it fills."""

from __future__ import annotations

import re
from collections.abc import Iterator

import pytest

from nr_run.parsers.catalogue import COMMANDS
from nr_run.parsers.command import Command
from nr_run.parsers.fields.convert import plan_of
from nr_run.parsers.line_rules.program import Rule, compile_template
from nr_run.parsers.reader import template_source

from .samples import samples


def expressions(rule: Rule) -> Iterator[tuple[str, str]]:
    """(variable, its expression) of one line of a template."""
    pattern = rule.regex.pattern
    for found in re.finditer(r"\(\?P<(\w+)>", pattern):
        yield found.group(1), pattern[found.end() : _closing(pattern, found.end())]


def _closing(pattern: str, position: int) -> int:
    depth, in_class = 1, False
    while True:
        character = pattern[position]
        if character == "\\":
            position += 2
            continue
        if in_class:
            in_class = character != "]"
        elif character == "[":
            in_class = True
        else:
            depth += {"(": 1, ")": -1}.get(character, 0)
            if not depth:
                return position
        position += 1


def misfits(command: Command) -> Iterator[str]:
    """Each text that the template lets in and the field of the record cannot hold."""
    for rule in compile_template(template_source(command)).rules:
        record = command.records.get(rule.scope.path)
        for name, expression in expressions(rule) if record is not None else ():
            for field, step in plan_of(record).by_source.get(name, ()) if record is not None else ():
                for text in filter(None, samples(expression)):
                    try:
                        step(text)
                    except (ValueError, KeyError, IndexError) as error:
                        # A cipher or hash that no table has is refused on purpose: a guess would pass for a strong one.
                        if not str(error).endswith("that is known here"):
                            yield f"{rule.scope.path}.{field} cannot hold {text!r}: {error}"


@pytest.mark.parametrize("command", COMMANDS, ids=[f"{c.os}: {c.name}" for c in COMMANDS])
def test_every_alternative_fits_its_field(command: Command) -> None:
    """A word that the expression allows and the field cannot hold would throw the whole record away."""
    assert list(misfits(command)) == []


def test_a_word_for_a_number_is_found() -> None:
    """The search sees the fault that it is for: kilobytes that may be words, in a field of whole numbers."""
    command = next(c for c in COMMANDS if (c.os, c.name) == ("ios", "show crypto session"))
    rules = compile_template(template_source(command)).rules
    found = dict(pair for rule in rules for pair in expressions(rule))
    assert "KB Vol Rekey Disabled" in samples(found["inbound_remaining_kilobytes"])
    assert set(samples(r"a(?:b|c)?\d+(?:x, )?")) >= {"ab1x, ", "ac1x, ", "a1x, ", "ab1"}
