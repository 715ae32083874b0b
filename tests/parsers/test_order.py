"""The order of a template decides which line of it claims a printed line, never what was read before."""

from __future__ import annotations

import random
from collections.abc import Iterator
from pathlib import Path
from typing import TYPE_CHECKING

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from nr_run.parsers import parse
from nr_run.parsers.catalogue import COMMANDS
from nr_run.parsers.fields.export import as_document
from nr_run.parsers.line_rules.machine import run
from nr_run.parsers.line_rules.order import disjoint, heads
from nr_run.parsers.line_rules.program import Program, Scope, compile_template
from nr_run.parsers.reader import template_source

from .samples import samples
from .test_engine import ORDERED

if TYPE_CHECKING:
    from nr_run.parsers.command import Command

    from .conftest import Case

V6 = "IPv6 access list VPN6\n    permit udp any any eq isakmp sequence 10\n    permit esp any any sequence 20\n"
V6_HIT = "IPv6 access list OTHER\n    permit udp any any (8 matches) sequence 10\n    deny ipv6 any any (7 matches) sequence 20\n"
OWN = """<vars>
WORD = r"[a-z]+"
ANY = r"\\S+"
</vars>

<group name="row*" method="table">
kind {{ letters | re("WORD") }}
kind {{ anything | re("ANY") }}
</group>
"""


def scopes(scope: Scope) -> Iterator[Scope]:
    """A group and those inside it."""
    yield scope
    for child in scope.children:
        yield from scopes(child)


def test_an_ipv6_list_reads_the_same_whatever_was_read_before() -> None:
    """The entries without hits are those that an IPv4 entry could claim, its number taken for a part of the rule."""
    wanted = [(10, "udp any any eq isakmp"), (20, "esp any any")]
    long = V6_HIT + "".join(f"    permit tcp any any eq {port} (1 match) sequence {port}\n" for port in range(30, 700))
    for before in ("", V6_HIT, long, long, V6, V6_HIT + V6):
        if before:
            parse("ios", "show access-lists", before)
        (read,) = parse("ios", "show access-lists", V6).state
        assert [(entry.sequence, entry.rule) for entry in read.entries] == wanted
    mixed = parse("ios", "show access-lists", long + V6).state[1]
    assert [(entry.sequence, entry.rule) for entry in mixed.entries] == wanted


@settings(max_examples=60, deadline=None)
@given(words=st.lists(st.sampled_from(["abc", "a1", "xy", "7"]), min_size=1, max_size=12), times=st.sampled_from([1, 200]))
def test_a_template_with_two_claims_on_a_line_takes_the_first(words: list[str], times: int) -> None:
    """A user's own template is read by its order too: in one program for all examples, whatever it has learned."""
    text = "\n" + "\n".join(f"kind {word}" for word in words * times) + "\n"
    raw = run(AMBIGUOUS, text, lambda _scope, raw, _above, _position: raw).raw
    assert raw["row"] == [{"letters" if word.isalpha() else "anything": word} for word in words * times]


AMBIGUOUS = compile_template(OWN)


def test_every_capture_reads_the_same_in_any_order(cases: tuple[Case, ...]) -> None:
    """Shuffled, short and long (a long text is what a program learns from): the documents are those of a fresh process."""
    chosen = random.Random(7)  # noqa: S311 - a shuffle, no secret
    wanted = {case.name: as_document(parse(case.os, case.command, case.text))["state"] for case in cases}
    for _ in range(3):
        order = list(cases)
        chosen.shuffle(order)
        for case in order:
            body = case.text.rstrip() + "\n"
            if len(body) < 3_000 and chosen.random() < 0.3:
                parse(case.os, case.command, body + body * (500 // body.count("\n")))
            assert as_document(parse(case.os, case.command, case.text))["state"] == wanted[case.name], case.name


def claims(program: Program, line: str) -> Iterator[tuple[Scope, list[tuple[str, int, tuple[tuple[str, str | None], ...]]]]]:
    """For each group in which a line can stand: what the rules that match it make of it, in the order of the template."""
    matches = {rule.index: match for rule in program.rules if (match := rule.regex.match(f"\n{line}\n"))}
    for scope in scopes(program.root):
        found = [(rule, matches[rule.index]) for rule in scope.candidates if rule.index in matches]
        yield scope, [(rule.scope.path, int(rule.action), tuple(sorted(match.groupdict().items()))) for rule, match in found]


def test_no_line_of_any_capture_is_claimed_twice_in_one_group(cases: tuple[Case, ...]) -> None:
    """Two lines of one group of a template that read one printed line differently are a mistake, unless declared."""
    for command in COMMANDS:
        if command.name in ORDERED:
            continue
        program = compile_template(template_source(command))
        lines = {line for case in cases if case.os == command.os for line in case.text.splitlines() if line.strip()}
        for line in lines:
            for _scope, meanings in claims(program, line):
                of_group: dict[str, set[object]] = {}
                for path, action, values in meanings:
                    of_group.setdefault(path, set()).add((action, tuple(item for item in values if item[1])))
                assert all(len(different) == 1 for different in of_group.values()), (command.name, line, of_group)


@pytest.mark.parametrize("command", COMMANDS, ids=[f"{c.os}: {c.name}" for c in COMMANDS])
def test_rules_that_are_held_apart_never_match_one_line(command: Command, cases: tuple[Case, ...]) -> None:
    """What the beginning of two expressions proves is true: on every capture and on texts made from the expressions."""
    program = compile_template(template_source(command))
    lines = {line for case in cases if case.os == command.os for line in case.text.splitlines()}
    for rule in program.rules:
        lines |= {text.strip("\n") for text in samples(rule.regex.pattern)[:40]}
    for line in lines:
        matched = [rule for rule in program.rules if rule.regex.match(f"\n{line}\n")]
        for one in matched:
            for other in matched:
                assert not disjoint(one.regex.pattern, other.regex.pattern), (line, one.regex.pattern, other.regex.pattern)


def test_most_rules_need_not_be_asked() -> None:
    """`show crypto ipsec sa` is the longest output there is: only rules that begin with the same words are rivals."""
    command = next(c for c in COMMANDS if (c.os, c.name) == ("ios", "show crypto ipsec sa"))
    program = compile_template(template_source(command))
    for scope in scopes(program.root):
        for rule in scope.candidates:
            assert len(scope.rivals_of(rule)) <= 4, rule.regex.pattern


def test_what_an_expression_may_begin_with() -> None:
    """Alternatives, optional parts and classes are followed; behind what can be anything nothing is certain."""
    assert disjoint(r"\n\s*local[ \t]+ident", r"\n\s*remote[ \t]+ident")
    assert disjoint(r"\n\s*(?P<a>(?:\d+)) x", r"\n\s*(?P<a>(?:permit|deny)) x")
    assert disjoint(r"\n\s*#pkts[ \t]+a", r"\n\s*#pkts b")
    assert not disjoint(r"\n\s*(?P<a>(?:not )?found)", r"\n\s*(?P<a>(?:nothing|found))")
    assert not disjoint(r"\n\s*(?P<a>\S+)", r"\n\s*Interface")
    assert not disjoint(r"\n\s*A", r"\n\s*a")
    assert heads(r"\n\s*.*") == ((),)


def test_two_own_templates_share_nothing(tmp_path: Path) -> None:
    """A user's ambiguous template through parse(): the first line of it wins in every call."""
    (tmp_path / "ios").mkdir()
    (tmp_path / "ios" / "show_kinds.ttp").write_text(OWN, encoding="utf-8")
    for words in (["a1", "abc"], ["abc"], ["a1"] * 500 + ["abc"]):
        state = parse("ios", "show kinds", "".join(f"kind {word}\n" for word in words), templates=tmp_path).state
        assert state["row"][-1] == ({"letters": "abc"} if words[-1] == "abc" else {"anything": "a1"})
