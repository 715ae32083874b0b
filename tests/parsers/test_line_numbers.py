"""Lines of problems are looked up, so that a long text with a problem on each line costs no more a line than a short one."""

from __future__ import annotations

from hypothesis import given
from hypothesis import strategies as st

from nr_run.parsers import parse
from nr_run.parsers.printed.line_numbers import breaks_before


@given(st.text("a\n", max_size=40))
def test_they_are_those_that_counting_gives(text: str) -> None:
    """At each position as many line breaks stand before it as are counted from the start."""
    breaks = breaks_before(text)
    assert [breaks(position) for position in range(len(text) + 1)] == [text.count("\n", 0, end) for end in range(len(text) + 1)]


def test_each_problem_of_a_long_text_names_its_line() -> None:
    """Ten thousand lines that nobody knows behind a table are ten thousand problems, each with its own line and text."""
    table = "dst             src             state          conn-id slot status\n"
    table += "10.0.0.1        10.0.0.2        QM_IDLE           1001    0 ACTIVE\n"
    garbage = [f"garbage number {number}" for number in range(10_000)]
    problems = parse("ios", "show crypto isakmp sa", table + "\n".join(garbage) + "\n").problems
    assert [(problem.line, problem.text) for problem in problems] == [(3 + n, line) for n, line in enumerate(garbage)]
