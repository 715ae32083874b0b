"""The one-pass engine gives what TTP gives, whatever it learned before, from as many threads as there are."""

from __future__ import annotations

import re
from typing import TYPE_CHECKING, Any

from nornir.core import Nornir
from nornir.core.inventory import Defaults, Groups, Host, Hosts, Inventory
from nornir.core.task import Result, Task
from nornir.plugins.runners import ThreadedRunner

from nr_run.parsers import parse
from nr_run.parsers.catalogue import COMMANDS
from nr_run.parsers.command import Command, find
from nr_run.parsers.line_rules.machine import Outcome, run
from nr_run.parsers.line_rules.program import Action, Program, compile_template, ttp_parser
from nr_run.parsers.printed.normalise import normalise
from nr_run.parsers.reader import template_source

if TYPE_CHECKING:
    from .conftest import Case


def prepared(case: Case) -> tuple[str, str]:
    """(template, normalised text) of a capture."""
    command = find(COMMANDS, case.os, case.command)
    assert command is not None
    return template_source(command), normalise(command.name, case.text, lambda typed: command.accepts(typed) > 0).text


def raw_of(program: Program, text: str) -> Outcome:
    """What the templates capture, before any conversion."""
    return run(program, text, lambda _scope, raw, _above, _position: raw)


def rejoined(text: str, outcome: Outcome) -> str:
    """The text with wrapped lines in one piece: TTP cannot put them together."""
    for start, stop, line in reversed(outcome.joins):
        text = text[:start] + line + text[stop:]
    return text


def comparable(value: Any) -> Any:
    """Without what says nothing (empty groups), and single groups as lists, as TTP does with and without `*`."""
    if isinstance(value, dict):
        items = ((key, comparable(item)) for key, item in value.items())
        return {key: [item] if isinstance(item, dict) else item for key, item in items if item not in ({}, [], None)}
    if isinstance(value, list):
        return [item for item in map(comparable, value) if item not in ({}, [])]
    return value


def merged(value: Any) -> dict[str, Any]:
    """TTP's results, which it nests in lists by the number of top groups, as one dictionary."""
    if isinstance(value, dict):
        return value
    together: dict[str, Any] = {}
    for part in map(merged, value):
        for key, item in part.items():
            together.setdefault(key, []).extend(item if isinstance(item, list) else [item])
    return together


def test_one_pass_gives_what_ttp_gives(case: Case) -> None:
    """TTP's own matcher, which scans the text once per template line, finds the same groups and values."""
    template, text = prepared(case)
    outcome = raw_of(compile_template(template), text)
    parser = ttp_parser(template)
    parser.add_input(rejoined(text, outcome))
    parser.parse(one=True)
    assert comparable(outcome.raw) == comparable(merged(parser.result()))


#: Templates in which two lines can claim one printed line on purpose, and the one that stands first is right.
ORDERED = {
    "show access-lists": "the entry of an IPv6 list ends with its number; as an IPv4 entry the number would be part of the rule",
    "show version": "NVRAM that flash simulates is storage like any other",
}


def reference(command: Command, program: Program, text: str) -> dict[str, Any]:
    """A slow reading without hints and blocks, which also insists that one line means one thing where no order is declared."""
    root: dict[str, Any] = {}
    opened, scope, position = [root], program.root, 0
    while text[position:].strip():
        found = [(rule, match) for rule in scope.candidates if (match := rule.regex.match(text, position))]
        assert found, text[position : position + 80]
        meanings = {(rule.scope.path, rule.action, tuple(sorted(match.groupdict().items()))) for rule, match in found}
        assert len(meanings) == 1 or command.name in ORDERED, meanings
        rule, match = found[0]
        position = match.end()
        if rule.scope.transparent:
            continue
        scope = rule.scope
        del opened[scope.depth + (rule.action is not Action.START) :]
        if rule.action is Action.START:
            record: dict[str, Any] = {}
            opened[-1].setdefault(scope.key, []).append(record)
            opened.append(record)
        opened[-1].update(zip(rule.names, match.groups(), strict=True))
    return root


def test_what_was_learned_changes_nothing(case: Case) -> None:
    """A fresh program, one that knows the way and a reading without hints agree, and no line has two meanings."""
    template, text = prepared(case)
    program = compile_template(template)
    first = raw_of(program, text)
    text = rejoined(text, first)
    for _ in range(4):
        again = raw_of(program, text)
    assert again.raw == first.raw
    if not first.leftovers:
        command = find(COMMANDS, case.os, case.command)
        assert command is not None
        assert comparable(reference(command, program, text)) == comparable(first.raw)


def fleet_output(number: int) -> str:
    """`show crypto isakmp sa` of one device of a fleet: its own addresses, and its own number of rows."""
    rows = [f"10.{number}.0.{row} 192.0.2.{number} QM_IDLE {1000 + row} ACTIVE" for row in range(1, number % 7 + 2)]
    return "\n".join(["IPv4 Crypto ISAKMP SA", "dst src state conn-id status", *rows, "", "IPv6 Crypto ISAKMP SA", ""])


def test_a_hundred_devices_in_twenty_threads_read_as_one_by_one() -> None:
    """Nothing of one device shows up in the state of another: a shared TTP parser gives a third of them wrong."""
    names = {f"r{number:03}": number for number in range(100)}
    hosts = Hosts({name: Host(name=name) for name in names})
    nornir = Nornir(inventory=Inventory(hosts=hosts, groups=Groups(), defaults=Defaults()), runner=ThreadedRunner(num_workers=20))

    def read(task: Task) -> Result:
        return Result(host=task.host, result=parse("ios", "show crypto isakmp sa", fleet_output(names[task.host.name])))

    together = {name: result[0].result for name, result in nornir.run(task=read).items()}
    assert together == {name: parse("ios", "show crypto isakmp sa", fleet_output(number)) for name, number in names.items()}


def test_rules_of_a_program_have_only_named_groups() -> None:
    """Values are read by position: an unnamed group in a template's expression would shift them."""
    for command in COMMANDS:
        for rule in compile_template(template_source(command)).rules:
            assert rule.regex.groups == len(rule.names), f"{command.name}: {rule.regex.pattern}"


def test_time_is_linear_in_the_number_of_lines(cases: tuple[Case, ...]) -> None:
    """Four times the text takes four times the matches, give or take what is learned at the start."""

    class Counting:
        """A pattern that counts how often it is tried."""

        calls = 0

        def __init__(self, regex: re.Pattern[str]) -> None:
            self.regex = regex
            self.pattern = regex.pattern

        def match(self, *arguments: Any) -> re.Match[str] | None:
            Counting.calls += 1
            return self.regex.match(*arguments)

    case = next(case for case in cases if case.path.stem == "xe_down")
    template, text = prepared(case)
    program = compile_template(template)
    for rule in program.rules:
        rule.regex = Counting(rule.regex)  # type: ignore[assignment]
    tried = []
    for times in (10, 40):
        Counting.calls = 0
        raw_of(program, text * times)
        tried.append(Counting.calls)
    assert tried[1] < 4.5 * tried[0]
