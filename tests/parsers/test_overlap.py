"""Two lines of a template are said to be apart only where no text is both."""

from __future__ import annotations

import re

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from nr_run.parsers.catalogue import COMMANDS
from nr_run.parsers.command import Command, find
from nr_run.parsers.line_rules.compiled import kept
from nr_run.parsers.line_rules.overlap import apart
from nr_run.parsers.reader import template_source

from .conftest import Case

#: Parts that expressions of templates are made of.
PARTS = (
    r"\d+",
    r"\S+",
    r"\w*",
    r"[ \t]+",
    r"[^\n]*",
    r"(?:a|bc)?",
    r"[a-f]{1,3}",
    r"[^b-x\d]",
    r"(?>ab?)",
    r"x",
    r"K",
    r"(?=\d)",
    r"(?!a)",
    r"\.",
    r"\s*",
    r"(?:\d{1,3}\.){3}\d{1,3}",
    r"\W",
    r"[ä-ü]",
)
LINES = st.lists(st.sampled_from(PARTS), min_size=1, max_size=5).map("".join)


@settings(max_examples=300)
@given(LINES, LINES, st.data())
def test_what_matches_both_is_not_apart(one: str, other: str, data: st.DataObject) -> None:
    """A text that both expressions match at its beginning shows that they are not apart, in either order."""
    text = data.draw(st.one_of(st.from_regex(re.compile(one, re.IGNORECASE)), st.text("ab1. xK\u212aä٣\n", max_size=12)))
    if all(re.compile(each, re.IGNORECASE).match(text) for each in (one, other)):
        assert not apart(one, other)
        assert not apart(other, one)


@pytest.mark.parametrize(
    ("one", "other", "wanted"),
    [
        (r"\n\s*\d+[^\n]* using", r"\n\s*(?:\d+\.)+\d+ +\d+(?=\n)", True),
        (r"\n\s*\d+[^\n]* using", r"\n\s*(?:\d+\.)+\d+ +\w+(?=\n)", False),
        (r"\n\s*a(?=\n)", r"\n\s*ab(?=\n)", True),
        (r"\n\s*a", r"\n\s*ab(?=\n)", False),
        (r"\n\s*k", "\n\u212a", False),
        (r"\n\s*\d", r"\n\s*[a-z]", True),
    ],
)
def test_where_two_lines_part(one: str, other: str, wanted: bool) -> None:
    """Lines that begin alike part where no character can be both; the end of a line counts, and so does the case of letters."""
    assert apart(one, other) is wanted


@pytest.mark.parametrize("command", COMMANDS, ids=[f"{command.os} {command.name}" for command in COMMANDS])
def test_no_line_of_a_capture_is_matched_by_two_that_are_apart(command: Command, cases: tuple[Case, ...]) -> None:
    """What is kept beside a template as apart never matches the same line of any capture of its command."""
    program = kept(command.os, command.template, template_source(command))
    assert program is not None
    for case in cases:
        if find(COMMANDS, case.os, case.command) is command:
            for line in dict.fromkeys(case.text.splitlines()):
                matched = [rule for rule in program.rules if rule.regex.match(f"\n{line}\n")]
                assert not any(not other.may_meet(one) for one in matched for other in matched if one is not other), line
