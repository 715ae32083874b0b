"""docs/reference/glossary.md has every word that a person is shown as a state, from the vocabularies in the code."""

from __future__ import annotations

import ast
import re
from enum import Enum

import pytest

from nr_run.changes.family import Phase
from nr_run.checks.finding import Status
from nr_run.checks.phones.finding import Severity
from nr_run.checks.verdict import Configured, KnownBy, Operating, Word
from nr_run.inventory.errors import Exit
from nr_run.runbooks.engine.outcome import Result
from nr_run.runbooks.history.condition import CONDITIONS
from nr_run.services.common.drift import Kind

from .documents import ROOT

SHOWN: tuple[type[Enum], ...] = (Configured, Kind, KnownBy, Operating, Phase, Result, Severity, Status, Word)
#: Vocabularies of which nobody is shown a word alone.
INNER = {"Rollback", "Nobody", "Origin", "Says", "Action", "Life"}
#: What the tool calls its things, beside its states.
THINGS = (
    *("service", "verification", "verdict", "word", "configured", "operating", "known by", "cause", "evidence", "finding"),
    *("doctor", "drift", "stray", "flap", "history", "hold time", "deadline", "look", "probe", "own check", "provider log"),
    *("station", "lab", "rehearsal", "canary", "soak", "gate", "run folder", "record", "intent", "waiver", "rollback timer"),
)


def rows() -> list[tuple[str, str]]:
    """Term and meaning of each row."""
    lines = (ROOT / "docs" / "reference" / "glossary.md").read_text().splitlines()
    cells = [[cell.strip() for cell in line.strip("|").split(" | ")] for line in lines if line.startswith("| ")]
    return [(cell[0], cell[1].strip(" |")) for cell in cells if cell[0] != "term"]


def terms() -> list[str]:
    """Every term, where several have one row each of them."""
    return [re.sub(r" \(.*\)", "", term) for row, _ in rows() for term in row.split(", ")]


def test_every_vocabulary_is_decided_on() -> None:
    """Each enumeration of the product is shown to people, and in the glossary, or is none of their business."""
    rooms = ("changes", "checks", "inventory", "parsers", "runbooks", "services", "tasks", "templates")
    found = {
        node.name
        for room in rooms
        for path in (ROOT / room).rglob("*.py")
        for node in ast.walk(ast.parse(path.read_text()))
        if isinstance(node, ast.ClassDef) and any("Enum" in ast.unparse(base) for base in node.bases)
    }
    assert found == {one.__name__ for one in SHOWN} | {Exit.__name__} | INNER


@pytest.mark.parametrize("vocabulary", SHOWN, ids=lambda one: one.__name__)
def test_every_state_has_a_row(vocabulary: type[Enum]) -> None:
    """Each word of a vocabulary is a term of the glossary."""
    known = {*terms()}
    assert [member.value for member in vocabulary if member.value not in known] == []


def test_every_outcome_has_a_row() -> None:
    """Each word of an exit code, and each condition of which people are told, is a term of the glossary."""
    assert {*(code.word for code in Exit), *CONDITIONS} <= {*terms()}


def test_every_thing_has_a_row() -> None:
    """What the tool calls its things is in the glossary."""
    assert {*THINGS} <= {*terms()}


def test_rows_are_sorted_and_say_something() -> None:
    """Terms stand in the order of the alphabet, each once, with a sentence."""
    names = [term for term, _ in rows()]
    assert names == sorted(names, key=str.lower)
    assert len({*names}) == len(names)
    assert all(meaning[0].isupper() or meaning[0] in "`" for _, meaning in rows())
    assert all(meaning.endswith(".") for _, meaning in rows())
