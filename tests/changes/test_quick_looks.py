"""What spares a look at each line of a large text finds what that look finds."""

from __future__ import annotations

import re

from hypothesis import given
from hypothesis import strategies as st

from nr_run.changes.configurations import configuration, literals, refusals

_WORDS = (
    "%",
    "Error opening x",
    "ERROR: x",
    "command authorization failed",
    "Authorization failed.",
    "Line has x",
    "unable to x",
)
_MORE = (
    "Non-Volatile memory",
    "startup-config file open failed",
    "open device x",
    " ^",
    "^",
    "x: device being squeezed",
    "time out",
)
LINES = st.lists(
    st.sampled_from((*_WORDS, *_MORE, "", "hostname a", "!", " ip address", "x % y")) | st.text(max_size=12), max_size=8
)


@given(LINES)
def test_a_refusal_has_a_sign(lines: list[str]) -> None:
    """No line that may be a refusal stands in a text in which no sign of one is found."""
    found = [line for line in (each.rstrip() for each in "\n".join(lines).splitlines()) if refusals._may_be(line)]
    assert not found or refusals._may_hold_one("\n".join(line.rstrip() for line in "\n".join(lines).splitlines()))


@given(
    st.lists(
        st.sampled_from(("version 15", "version ", "version", "hostname a", "end", " end", "ends", ": end", "", "!")), max_size=9
    )
)
def test_what_stands_once_is_counted_as_line_by_line(lines: list[str]) -> None:
    """Whether what a configuration has once is there twice is found in the text as in its lines."""
    twice = [
        begin
        for begin in configuration._ONCE
        if sum(line.rstrip().startswith(begin) if begin.endswith(" ") else line.rstrip() == begin for line in lines) > 1
    ]
    said = configuration._disturbed(lines)
    assert (f"shows {twice[0].strip()!r} " in said) if twice else not said


_BLANKS = st.sampled_from(("", " ", "\t", "  ", "\x0b", "\u00a0", "x ", "!"))
_TEXTS = st.sampled_from(
    (
        *literals._BEGINNINGS,
        *("banner", "banner motd ^C", "menu x title #", "certificate self-signed 01"),
        *("^C", "\x03", "^", "hostname a"),
    )
)


@given(st.lists(st.tuples(_BLANKS, _TEXTS, st.sampled_from(("", " x ^C", " banner motd", "\x03"))).map("".join), max_size=8))
def test_the_places_of_texts_are_those_of_a_pattern(lines: list[str]) -> None:
    """The lines in which a text may begin are found word by word as one pattern of all words finds them, each once, in order."""
    begins = "|".join(map(re.escape, literals._BEGINNINGS))
    pattern = re.compile(rf"[^\S\n]*(?:{begins})|.*(?:\^C|\x03)", re.DOTALL)
    assert literals.places(lines) == [number for number, line in enumerate(lines) if pattern.match(line)]
