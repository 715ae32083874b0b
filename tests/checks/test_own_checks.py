"""Checks of the user's own, on text alone: what an answer says, what is refused, and what is not known."""

from __future__ import annotations

import re

import pytest
from hypothesis import given
from hypothesis import strategies as st
from pydantic import ValidationError

from nr_run.checks.finding import Status
from nr_run.checks.own_checks import Answer, judged, problems
from nr_run.inventory.hiding.showing import SHOWS, why_not_shown
from nr_run.inventory.intents.own_checks import OwnCheck, Range
from nr_run.inventory.intents.safe_pattern import LONGEST, lines_with, why_not
from nr_run.inventory.models.platforms import platform_for
from nr_run.parsers.catalogue import SYSTEMS, of
from nr_run.parsers.fields.shape import fields_of, record_of
from nr_run.parsers.records.system import NextHop

ROUTER, ASA = platform_for("2611", "12.2(8)T"), platform_for("ASA", "9.1(7)")
BRIEF = """\
Interface                  IP-Address      OK? Method Status                Protocol
Ethernet0/0                172.18.124.159  YES NVRAM  up                    up
Ethernet0/1                10.10.10.1      YES NVRAM  administratively down down
"""
COMMAND = "show ip interface brief"


def says(text: str | None, os: str = "ios", **check: object) -> tuple[Status, str]:
    """Status and sentence of a check of the brief list of interfaces."""
    found = judged(OwnCheck.model_validate({"command": COMMAND, **check}), Answer("hq", os, text, "2026-11-21T12:00:00Z"))
    assert (found.check, found.subject) == ("own-check", "hq")
    return found.status, found.sentence


@pytest.mark.parametrize(
    ("check", "status"),
    [
        ({"holds": {"interface": "Ethernet0/0", "status": "up"}}, Status.OK),
        ({"holds": {"interface": "Ethernet0/1", "status": "up"}}, Status.FAILED),
        ({"holds": {"address": "10.10.10.1"}}, Status.OK),
        ({"count": {"at_least": 2, "at_most": 2}}, Status.OK),
        ({"count": {"at_least": 3}}, Status.FAILED),
        ({"holds": {"status": "up"}, "count": {"at_most": 0}}, Status.FAILED),
        ({"holds": {"interface": "Tunnel9"}, "count": {"at_most": 0}}, Status.OK),
        ({"contains": "Ethernet0/1"}, Status.OK),
        ({"contains": "uplink ok"}, Status.FAILED),
        ({"matches": r"^Ethernet0/0\s.*up$"}, Status.OK),
        ({"matches": r"^Ethernet0/1\s.*up$"}, Status.FAILED),
    ],
    ids=str,
)
def test_an_answer_holds_or_does_not(check: dict[str, object], status: Status) -> None:
    """One record has to have all fields, as many as are counted, or one line the text; a failure tells what was found instead."""
    found, sentence = says(BRIEF, **check)
    assert found is status, sentence
    assert sentence.startswith("own check holds: " if status is Status.OK else "own check does not hold: ")
    assert ("found instead: " in sentence) is (status is Status.FAILED)


def test_what_was_found_instead_is_the_nearest_record() -> None:
    """Of the records the one that fits in most fields is told, with the values of the fields that were asked for."""
    _, sentence = says(BRIEF, holds={"interface": "Ethernet0/1", "status": "up", "protocol": "up"})
    assert "0 of 2 records (interface Ethernet0/0, status up, protocol up; interface Ethernet0/1" in sentence


@pytest.mark.parametrize(
    "check",
    [{"holds": {"status": "up"}}, {"holds": {"status": "x"}, "count": {"at_most": 0}}, {"contains": "up"}, {"matches": "up|in"}],
    ids=str,
)
@pytest.mark.parametrize(
    "text",
    [None, "", "      ^\n% Invalid input detected at '^' marker.\n", '% Ambiguous command:  "show ip"\n'],
    ids=["lost", "empty", "refused", "ambiguous"],
)
def test_no_answer_is_never_a_pass(check: dict[str, object], text: str | None) -> None:
    """What was not answered, is empty or was refused is unverified, also where nothing has to be there or its words fit."""
    status, sentence = says(text, **check)
    assert status is Status.UNVERIFIED
    assert sentence.startswith("own check not known: ")


@pytest.mark.parametrize("text", [BRIEF[:140], BRIEF + "#@! noise on the line\n", "noise\n"], ids=["cut", "noise", "other"])
def test_a_parsed_answer_that_was_not_understood_is_unverified(text: str) -> None:
    """A line that no template knows leaves it open whether a record is there, so even `at_most: 0` is no pass."""
    assert says(text, holds={"interface": "Tunnel9"}, count={"at_most": 0})[0] is Status.UNVERIFIED


@pytest.mark.parametrize(
    ("check", "sentence"),
    [
        ({"host": "hqq", "command": COMMAND, "count": {"at_least": 1}}, ("host", "'hqq' is no end of ours (did you mean hq?)")),
        (
            {"command": "show ip rout brief", "host": "hq", "holds": {"prefix": "x"}},
            ("command", "no parser reads 'show ip rout brief' of ios (did you mean show ip"),
        ),
        ({"command": COMMAND, "host": "hq", "holds": {"adress": "x"}}, ("holds.adress", "(did you mean address?)")),
        ({"command": COMMAND, "host": "hq", "holds": {"status": {"at_least": 1}}}, ("holds.status", "is no number")),
        ({"command": "show ip route", "host": "hq", "holds": {"next_hops": "x"}}, ("holds.next_hops", "is a record of its own")),
        ({"command": "show ip route", "host": "hq", "holds": {"connected": "yes"}}, ("holds.connected", "never the text 'yes'")),
        ({"command": "show ip route", "host": "hq", "holds": {"connected": 1}}, ("holds.connected", "never 1")),
        ({"command": "show ip route", "host": "hq", "holds": {"connected": None}}, ("holds.connected", "never null")),
        (
            {"command": COMMAND, "host": "hq", "holds": {"status": True}},
            ("holds.status", "a text that reads true stands in quotes"),
        ),
        (
            {"command": "show ip route", "host": "hq", "holds": {"prefix": "10.1.1.1/24"}},
            ("holds.prefix", "a network with its prefix length, and never the text '10.1.1.1/24'"),
        ),
        (
            {"command": "show ip route", "host": "hq", "holds": {"prefix": "10.1.1.0/255.255.255.0"}},
            ("holds.prefix", "is shown as 10.1.1.0/24"),
        ),
        ({"command": COMMAND, "holds": {"status": "up"}}, ("command", "no parser reads 'show ip interface brief' of asa")),
    ],
    ids=lambda value: str(value)[:60],
)
def test_what_no_answer_can_have_is_told_with_the_nearest(check: dict[str, object], sentence: tuple[str, str]) -> None:
    """An end that is not ours, a command without a parser, a field that the record has not: the field, and what was meant."""
    found = list(problems(OwnCheck.model_validate(check), {"hq": ROUTER, "fw": ASA}))
    assert len(found) == 1, found
    assert found[0][0] == sentence[0]
    assert sentence[1] in found[0][1]


@pytest.mark.parametrize(
    ("count", "words"),
    [
        ({"at_most": 0}, "no record with"),
        ({"at_least": 1}, "at least 1 record with"),
        ({"at_least": 1, "at_most": 1}, "exactly 1 record with"),
        ({"at_least": 1, "at_most": 2}, "at least 1 and at most 2 records with"),
    ],
    ids=str,
)
def test_what_has_to_hold_is_said_in_plain_words(count: dict[str, int], words: str) -> None:
    """One record is a record, none is no record, and a value that is not there is null."""
    check = OwnCheck(command="show ip route", holds={"next_hops.gateway": None}, count=Range(**count))
    assert str(check) == f"show ip route: {words} next_hops.gateway null"


def test_a_value_that_is_not_there_is_null() -> None:
    """What was found instead has the words of the intent, not those of Python."""
    assert "address null" in says(BRIEF.replace("10.10.10.1", "unassigned"), holds={"address": "10.10.10.1"})[1]


def test_fields_below_a_record_are_reached_by_a_dot() -> None:
    """Of a record that lists others each field of those can be asked for, and one of them has to fit."""
    for inner in fields_of(NextHop):
        for value in (1, "172.18.124.199", None):
            found = list(problems(OwnCheck(command="show ip route", holds={f"next_hops.{inner}": value}), {"hq": ROUTER}))
            assert not any("no field" in said for _, said in found), found


@pytest.mark.parametrize("os", SYSTEMS)
def test_every_parsed_command_can_be_checked(os: str) -> None:
    """Each show command of the catalogue has a record with fields, so that a wrong field of any is told."""
    for command in of(os):
        record = record_of(os, command.name)
        assert record is not None, command.name
        assert fields_of(record), command.name


@pytest.mark.parametrize(
    ("check", "words"),
    [
        ({}, "checks nothing"),
        ({"holds": {}}, "checks nothing"),
        ({"contains": "a", "matches": "b"}, "give one of them"),
        ({"contains": "a", "holds": {"x": 1}}, "give one of them"),
        ({"contains": "a", "count": {"at_least": 1}}, "only a parsed answer"),
        ({"count": {}}, "says neither"),
        ({"count": {"at_least": 2, "at_most": 1}}, "which nothing is"),
        ({"holds": {"x": [1]}}, "x is a list"),
        ({"holds": {"x": {"at_leest": 1}}}, "did you mean at_least?"),
        ({"contains": "a", "when": []}, ""),
        ({"contains": "a", "when": ["deploy", "deploy"]}, "twice"),
        ({"contains": ""}, ""),
        ({"contains": "a", "within_seconds": 121}, ""),
        ({"matches": "("}, "is no regular expression"),
        ({"matches": "(a+)+$"}, "repeats a group"),
        ({"matches": r"(a)\1"}, "refers back"),
        ({"matches": "a.*b.*c.*d"}, "more than 2 repeats"),
        ({"matches": "(?=a)"}, "(?"),
    ],
    ids=str,
)
def test_a_check_that_says_nothing_or_too_much_is_refused(check: dict[str, object], words: str) -> None:
    """An empty check, one of two minds, a pattern that may take for ever: refused with what is wrong."""
    with pytest.raises(ValidationError) as refused:
        OwnCheck.model_validate({"command": COMMAND, **check})
    assert words in str(refused.value)


@pytest.mark.parametrize(
    "command",
    [
        "",
        "configure terminal",
        "sh ip route",
        "show",
        "showip route",
        "show ip route | redirect flash:x",
        "show ip route\nreload",
        "show  ip route",
        "show x ; reload",
        "show http://10.0.0.1/x",
        "show tech-support",
        "clear crypto sa",
        "more system:running-config",
        " show ip route",
        "show ip route\n",
        "show ip route?",
        "do show ip route",
    ],
)
def test_only_what_shows_is_taken(command: str) -> None:
    """Anything but show and plain words is refused, whatever stands in it."""
    assert why_not_shown(command)


@given(st.text(max_size=40) | st.from_regex(r"show [a-z0-9/ ]{1,20}", fullmatch=True))
def test_what_is_taken_is_taken_by_the_hands_that_only_read(command: str) -> None:
    """Whatever a check may ask, the reader of a verification types; and it begins with show."""
    if not why_not_shown(command):
        assert SHOWS.fullmatch(command)
        assert command.split()[0] == "show"


@pytest.mark.parametrize(
    "pattern", [r"^Ethernet\S+\s+up\s+up$", r"uplink [0-9]+ ok", r"(?:up|down) since", r"a{1,3}b?", r"[^]]+x"]
)
def test_ordinary_patterns_are_taken(pattern: str) -> None:
    """What people look for in a table is taken."""
    assert why_not(pattern) == ""


@pytest.mark.parametrize("pattern", [r"[[]up", r"[a--b]", r"[a||b]", r"[a&&b]", r"[a~~b]"])
def test_a_class_that_python_will_read_in_another_way_is_refused(pattern: str) -> None:
    """What a later Python finds something else with is refused, with what to write, and warns nobody behind the back."""
    assert why_not(pattern).startswith("has a class that a later Python reads in another way (Possible ")
    inside = pattern[1 : pattern.index("]")]
    plain = "[" + "".join(f"\\{sign}" if sign in "[-|&~" else sign for sign in inside) + "]"
    assert why_not(plain) == ""


@given(st.text(alphabet="ab.*+?()[]|\\{}2,^$", max_size=14), st.text(alphabet="ab", max_size=40))
def test_a_pattern_that_is_taken_comes_to_an_end(pattern: str, line: str) -> None:
    """Whatever is taken is over on a line on which repeats inside repeats are not, and finds what is in its beginning."""
    if not why_not(pattern):
        long = f"{line}{'a' * LONGEST}!"
        assert bool(lines_with(pattern, long)) is bool(re.search(pattern, long[:LONGEST]))
