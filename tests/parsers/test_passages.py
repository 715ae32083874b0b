"""Whole groups read in one piece are what their lines are one by one, in whatever surroundings, and in linear time."""

from __future__ import annotations

import os
import random
from collections.abc import Iterator
from functools import cache, partial

import pytest

from nr_run.parsers.catalogue import COMMANDS
from nr_run.parsers.command import Command, find
from nr_run.parsers.line_rules import machine, passages
from nr_run.parsers.line_rules.machine import Outcome
from nr_run.parsers.line_rules.passages import Passage
from nr_run.parsers.line_rules.program import Program, Scope, compile_template
from nr_run.parsers.reader import _finisher, _straight, template_source

from .conftest import CASES, Case
from .reference import Reading
from .test_engine import prepared, raw_of

Read = tuple[Outcome, list[tuple[int, str]]]


@pytest.fixture(autouse=True)
def _eager(monkeypatch: pytest.MonkeyPatch) -> None:
    """Learn from the second of a kind on, in texts of any length."""
    monkeypatch.setattr(passages, "_PAYS", 2)
    monkeypatch.setattr(passages, "_LINES", 1)
    monkeypatch.setattr(passages, "_LEAST", 2)
    monkeypatch.setattr(machine, "_SHORT_LINES", 0)


@cache
def plain(template: str) -> Program:
    """A program for the reference, which learns nothing."""
    return compile_template(template)


def command_of(case: Case) -> Command:
    """The entry of the table that reads a capture."""
    found = find(COMMANDS, case.os, case.command)
    assert found is not None
    return found


def both(command: Command, program: Program, text: str) -> tuple[Read, Read]:
    """(what the machine reads, what the reference reads), records and doubts included."""
    doubts: list[tuple[int, str]] = []
    wanted: list[tuple[int, str]] = []
    fast = machine.run(program, text, _finisher(command, doubts), partial(_straight, command))
    slow = Reading(plain(template_source(command)), text, _finisher(command, wanted)).run()
    return (fast, doubts), (slow, wanted)


def scopes(scope: Scope) -> Iterator[Scope]:
    """A group and those inside it."""
    yield scope
    for child in scope.children:
        yield from scopes(child)


def known(program: Program) -> list[Passage]:
    """All passages that a program has learned."""
    return [passage for scope in scopes(program.root) for passage in scope.passages]


def damaged(text: str, seed: int) -> str:
    """The text with some of its lines gone, twice, elsewhere, cut, in another case, or between garbage."""
    luck = random.Random(seed)  # noqa: S311 - the same damage each time
    lines = text.split("\n")
    for _ in range(luck.randint(1, 6)):
        at = luck.randrange(len(lines))
        line = lines[at]
        other = luck.choice(lines)
        lines[at : at + 1] = luck.choice(
            (
                (),
                (line, line),
                (line, "garbage here"),
                (line[: len(line) // 2],),
                (line.upper(),),
                (line[:30], line[30:]),
                ("", line),
                (line, other),
                (other,),
            )
        )
    return "\n" + "\n".join(lines) + "\n"


def test_every_capture_many_times_over_is_read_as_line_by_line(case: Case) -> None:
    """The same text again and again, whole and damaged, in a program that has learned: records, doubts, leftovers and joins."""
    command, (template, text) = command_of(case), prepared(case)
    program = compile_template(template)
    for number in range(int(os.environ.get("NR_RUN_DAMAGES", "1"))):
        for shown in (text * 3, damaged(text, number), damaged(text * 2, number + 100), damaged(text, number + 200)):
            fast, slow = both(command, program, shown)
            assert fast == slow


def test_passages_are_learned_from_captures() -> None:
    """The templates whose groups come again are read in one piece: what is compared above is no accident."""
    wanted = {"show crypto ipsec sa", "show crypto session", "show crypto ikev2 sa", "show track", "show crypto map"}
    learned = set()
    for case in CASES:
        if command_of(case).name not in wanted - learned or case.os != "ios":
            continue
        template, text = prepared(case)
        program = compile_template(template)
        for _ in range(2):
            raw_of(program, text * 4)
        if any(len(passage.rules) > 2 for passage in known(program)):
            learned.add(command_of(case).name)
    assert learned == wanted


def peers(count: int, *, between: str = "") -> str:
    """Tracks of different make, with something between them."""
    return "".join(
        f"Track {n}\n  IP SLA {n} state\n  State is {'Up' if n % 3 else 'Down'}\n    1 change, last change 00:01:{n % 60:02}\n"
        + ("  Latest operation return code: OK\n" if n % 3 else "  Latest operation return code: Timeout\n  Delay up 5 secs\n")
        + between
        for n in range(1, count + 1)
    )


@pytest.mark.parametrize("between", ["", "garbage\n", "\n\n", "  Tracked by:\n    EEM applet up-1\n", "Track 7\n"])
def test_what_stands_between_groups_is_read_in_its_place(between: str) -> None:
    """Lines that belong to the group above, to none, or to a group that is cut short."""
    command = next(item for item in COMMANDS if (item.os, item.name) == ("ios", "show track"))
    program = compile_template(template_source(command))
    for text in (peers(40), peers(40, between=between), peers(9) + peers(9, between=between)):
        fast, slow = both(command, program, f"\n{text}")
        assert fast == slow
    assert known(program)


def routes(count: int, *, head: str, last: str = "") -> str:
    """A table of routes below one heading, with a line behind each tenth."""
    rows = []
    for n in range(count):
        address = f"10.1.{n % 256}.0"
        rows += [
            f"B        {address} [20/0] via 172.16.0.{n % 250}, 01:12:05\n",
            f"S        {address} is directly connected, Tunnel{n}\n",
            f"O E2     {address} [110/20] via 172.16.1.1 (INET), 2d03h, GigabitEthernet0/{n % 3}\n",
        ][n % 3 :][:1] + [last] * (n % 10 == 9)
    return head + "".join(rows)


@pytest.mark.parametrize("vrf", ["", "Routing Table: INSIDE\n", "Routing Table: IN\nRouting Table: OUT\n"])
@pytest.mark.parametrize("heading", ["10.0.0.0/24 is subnetted, 90 subnets", "10.0.0.0/8 is variably subnetted, 9 subnets"])
@pytest.mark.parametrize(
    "last",
    ["", "S    192.0.2.7 [1/0] via 10.9.9.9\n", "R   10.1.0.0/16 [120/1] via 10.300.1.1\n", "B   10.1.0.1 [20/0] via ::1\n"],
)
def test_routes_are_made_in_one_step_as_in_several(vrf: str, heading: str, last: str) -> None:
    """Below a heading that gives a mask or none, in a table of their own, beside a network that it does not hold."""
    command = next(item for item in COMMANDS if (item.os, item.name) == ("ios", "show ip route"))
    program = compile_template(template_source(command))
    for text in (routes(90, head=f"{vrf}      {heading}\n", last=last) * 2, damaged(routes(60, head=f"{vrf} {heading}\n"), 7)):
        fast, slow = both(command, program, f"\n{text}")
        assert fast == slow
    assert known(program)


def test_garbage_behind_each_group_takes_linear_time() -> None:
    """Four times the groups with garbage behind each are four times the steps, also where a passage ends in nothing each time."""
    command = next(item for item in COMMANDS if (item.os, item.name) == ("ios", "show track"))
    program = compile_template(template_source(command))
    raw_of(program, f"\n{peers(100)}")
    steps = []
    for count in (100, 400):
        tried = 0

        class Counting(machine.Machine):
            def _next(self, *given: object) -> object:  # type: ignore[override]
                nonlocal tried
                tried += 1
                return super()._next(*given)  # type: ignore[arg-type]

        text = "\n" + peers(count, between="garbage\n")
        Counting(program, text, lambda _scope, raw, _above, _position: raw).run()
        steps.append(tried)
    assert steps[1] < 4.3 * steps[0]


def test_what_is_learned_is_bounded() -> None:
    """Groups of a hundred makes leave a handful of passages and a bounded note of what was seen."""
    command = next(item for item in COMMANDS if (item.os, item.name) == ("ios", "show track"))
    program = compile_template(template_source(command))
    for number in range(60):
        lines = peers(3).splitlines()
        random.Random(number).shuffle(lines)  # noqa: S311 - the same order each time
        raw_of(program, "\n" + "\n".join(lines * 3) + "\n")
    for scope in scopes(program.root):
        assert len(scope.passages) <= passages._MOST_PASSAGES
        assert len(scope.seen) <= passages.MOST_SEQUENCES
