"""Every capture gives exactly the state that lies beside it."""

from __future__ import annotations

import json
from typing import TYPE_CHECKING

from nr_run.parsers import parse
from nr_run.parsers.fields.export import as_document

if TYPE_CHECKING:
    from .conftest import Case


def test_capture_gives_the_expected_state(case: Case) -> None:
    """The document of a capture is the one that was checked by hand and written beside it."""
    expected = case.expected
    expected.pop("health")
    assert json.loads(json.dumps(as_document(parse(case.os, case.command, case.text)))) == expected


def test_capture_reads_the_same_with_crlf_and_foreign_indentation(case: Case) -> None:
    """Line ends and indentation are the terminal's, not the device's: they change nothing."""
    plain = parse(case.os, case.command, case.text)
    moved = "\r\n".join("     " + line.lstrip() for line in case.text.split("\n"))
    again = parse(case.os, case.command, moved)
    assert (again.state, [p.line for p in again.problems]) == (plain.state, [p.line for p in plain.problems])
