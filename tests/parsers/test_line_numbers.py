"""Lines of problems are looked up, so that a long text with a problem on each line costs no more a line than a short one."""

from __future__ import annotations

import ast
import re
from collections.abc import Iterator
from pathlib import Path

from hypothesis import given
from hypothesis import strategies as st

import nr_run.changes
import nr_run.checks
import nr_run.parsers
from nr_run.parsers import parse
from nr_run.parsers.logs.provider_log import read_provider_log
from nr_run.parsers.printed.line_numbers import breaks_before
from nr_run.parsers.printed.pasted import read_pasted

_COUNTS = re.compile(r"""\.count\(["']\\n["'], 0,""")


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


def _counted_in_a_loop(text: str) -> Iterator[int]:
    """Lines of a module on which line breaks are counted from the start of a text, over and over."""
    if not _COUNTS.search(text):
        return
    loops = (ast.For, ast.While, ast.ListComp, ast.SetComp, ast.DictComp, ast.GeneratorExp)
    inside = (node for loop in ast.walk(ast.parse(text)) if isinstance(loop, loops) for node in ast.walk(loop))
    yield from sorted({node.lineno for node in inside if isinstance(node, ast.Call) and _COUNTS.search(ast.unparse(node))})


def test_no_loop_counts_lines_from_the_start() -> None:
    """No reader of a text counts line breaks from the start for each thing that it finds: that takes the square of its length."""
    assert list(_counted_in_a_loop('for match in found:\n    text.count("\\n", 0, match.start())')) == [2]
    assert not list(_counted_in_a_loop('for match in found:\n    pass\ntext.count("\\n", 0, 7)'))
    folders = [Path(room.__path__[0]) for room in (nr_run.parsers, nr_run.checks, nr_run.changes)]
    modules = [path for folder in folders for path in sorted(folder.rglob("*.py"))]
    assert not [f"{path}:{line}" for path in modules for line in _counted_in_a_loop(path.read_text(encoding="utf8"))]


def test_each_record_of_a_long_provider_log_names_its_line() -> None:
    """Three thousand records of a tunnel log, one a line and with no other bracket in them, each know their line."""
    record = '{"event_timestamp": 1, "details": "AWS tunnel detected a pre-shared key mismatch", "ike_phase1_state": "down"}'
    log = read_provider_log("log", "\n".join([record] * 3000))
    assert [entry.line for entry in log.entries] == list(range(1, 3001))


def test_each_pasted_output_knows_its_line_and_clocks() -> None:
    """Outputs of a file with many clocks have their line, and the clock above and below each of them."""
    once = "r1#show clock\n12:03:{:02}.000 UTC Mon Mar 3 2025\nr1#show crypto session\n"
    file = read_pasted("file", "ios", "".join(once.format(second) for second in range(50)))
    shows = file.of("show crypto session")
    assert [show.line for show in shows] == [3 * number + 3 for number in range(50)]
    assert [show.above.when.second for show in shows if show.above] == [*range(50)]
    assert [show.below.when.second for show in shows if show.below] == [*range(1, 50)]
    assert [line for line, _ in file.prompts] == [line for line in range(1, 151) if line % 3 != 2]
