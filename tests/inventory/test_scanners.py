"""A file is read without its comments as it is with them."""

from __future__ import annotations

from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st
from ruamel.yaml.error import YAMLError
from ruamel.yaml.scanner import RoundTripScanner, Scanner

from nr_run.inventory.files import yaml_source

from ..docs.documents import ROOT

_FILES = sorted(path.relative_to(ROOT) for folder in ("examples", "tests") for path in (ROOT / folder).rglob("*.yaml"))
_PIECES = (
    *("a: 1\n", "b:\n", "  - 1\n", "  c: 2 # x\n", "# x\n", "\n", "  # y\n", "d: |\n", "  text\n", "e: >-\n", "   more\n"),
    *(
        "f: [1, # x\n",
        "  2]\n",
        "g: {h: 1}\n",
        "i: &x 1\n",
        "j: *x\n",
        "k: 'l\n",
        "  m' # n\n",
        "? o\n",
        ": p\n",
        "---\n",
        "...\n",
    ),
)


def _found(text: str, scanner: type[Scanner]) -> tuple[object, ...]:
    """What is read, with its lines; empty where it is refused."""
    try:
        read = yaml_source._scanned(text, scanner)
    except (YAMLError, yaml_source._NoDocument, ValueError, TypeError, AttributeError):
        return ()
    return repr(read.data), read.lines, read.dates


@pytest.mark.parametrize("name", _FILES, ids=str)
def test_a_file_is_read_alike(name: Path) -> None:
    """The files of the examples and of the tests have the same values at the same lines."""
    text = (ROOT / name).read_text(encoding="utf8")
    assert _found(text, Scanner) == _found(text, RoundTripScanner)


@given(st.lists(st.sampled_from(_PIECES), max_size=9).map("".join))
def test_a_text_is_read_or_refused_alike(text: str) -> None:
    """What one of the scanners refuses the other does too, and what both take has the same values at the same lines."""
    assert _found(text, Scanner) == _found(text, RoundTripScanner)
