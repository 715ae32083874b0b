"""The JSON document is what its schema says, whatever a verification found."""

from __future__ import annotations

import json
from pathlib import Path

import jsonschema
import pytest
from click.testing import CliRunner
from hypothesis import given

from nr_run.checks.verdict import SCHEMA_VERSION, Verification
from nr_run.inventory.errors import Exit
from nr_run.runbooks.commands.cli import cli
from nr_run.runbooks.commands.views.printable import json_text
from nr_run.runbooks.reports.document import FILE, SENTENCES, as_text, document, verification_schema
from nr_run.runbooks.reports.hiding import without_secrets

from ..verifications import CAUSE, FINDING, PATIENT, verdict, verification, verifications

KEPT = Path(__file__).parents[2] / "docs" / "reference" / FILE
VALIDATOR = jsonschema.Draft202012Validator(verification_schema())


def test_the_committed_schema_is_current() -> None:
    """A record that was changed without `python -m nr_run.runbooks.reports.document` is noticed."""
    assert KEPT.read_text() == as_text(verification_schema())


def test_the_command_prints_it() -> None:
    """nr-run schema verification prints the same text, and without a word the schema of an intent."""
    assert CliRunner().invoke(cli, ["schema", "verification"]).output == KEPT.read_text()
    assert '"title": "nr-run intent file"' in CliRunner().invoke(cli, ["schema"]).output


def test_the_schema_is_one() -> None:
    """It is a JSON Schema, and each field of each record has a sentence."""
    jsonschema.Draft202012Validator.check_schema(verification_schema())
    assert all(len(words) > 5 for record in SENTENCES.values() for words in record.values())


@PATIENT
@given(verifications)
def test_every_document_is_valid(found: Verification) -> None:
    """Any verification, as JSON text, is valid by the schema, and holds nothing that the schema does not name."""
    text = json_text(document(found, Exit.VERIFY_FAILED))
    made = json.loads(text)
    VALIDATOR.validate(made)
    assert set(made) == set(verification_schema()["properties"]) - {"folder", "warnings", "since"}
    for item in made["verdicts"]:
        assert set(item) == set(verification_schema()["$defs"]["Verdict"]["properties"])


@pytest.mark.parametrize(
    ("field", "value"),
    [
        ("schema_version", SCHEMA_VERSION + 1),
        ("verdicts", [{"name": "a"}]),
        ("outcome", "fine"),
        ("devices", None),
        ("healthy", "yes"),
    ],
)
def test_another_document_is_not(field: str, value: object) -> None:
    """The schema refuses another version, a verdict without its fields, and an outcome that there is not."""
    made = document(verification(verdict()), Exit.OK)
    assert VALIDATOR.is_valid(json.loads(json.dumps(made)))
    assert not VALIDATOR.is_valid(json.loads(json.dumps({**made, field: value})))


def test_hiding_reaches_every_text() -> None:
    """No text of the record is left out when secrets are hidden, at whatever depth."""
    found = verification(verdict(findings=(FINDING,), causes=(CAUSE,), untested=("a",), sites=("b",)), notices=("c",))
    words = json.dumps(without_secrets(found, lambda _text: "hidden").as_dict())
    left = {text for text in _texts(json.loads(words)) if text != "hidden"}
    known = {item for record in _enumerations(verification_schema()) for item in record}
    assert left <= known


def _texts(value: object) -> set[str]:
    if isinstance(value, str):
        return {value}
    if isinstance(value, dict):
        return set().union(*map(_texts, value.values()))
    return set().union(*map(_texts, value)) if isinstance(value, list) else set()


def _enumerations(value: object) -> list[list[str]]:
    if isinstance(value, dict):
        own = [value["enum"]] if "enum" in value and isinstance(value["enum"], list) else []
        return own + [found for item in value.values() for found in _enumerations(item)]
    return [found for item in value for found in _enumerations(item)] if isinstance(value, list) else []
