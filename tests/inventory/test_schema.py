"""The published schemas are those of the code, and the example files point to them."""

from __future__ import annotations

import importlib
import re
from pathlib import Path

import pytest
from click.testing import CliRunner

from nr_run.inventory.files.host_files import DATA_KEYS
from nr_run.inventory.files.schema import SCHEMAS, as_text, hosts_schema, intent_schema, write_schemas
from nr_run.inventory.intents.intent import IntentFile, Record
from nr_run.runbooks.commands.offline.schema_command import schema_command
from nr_run.services.registry import declared, schema_of

EXAMPLE = Path(__file__).parents[2] / "inventory"


@pytest.mark.parametrize("name", SCHEMAS)
def test_the_committed_schema_is_current(name: str) -> None:
    """A changed model without `python -m nr_run.inventory.files.schema` is noticed."""
    assert (EXAMPLE / "schema" / name).read_text() == as_text(SCHEMAS[name]())


@pytest.mark.parametrize("name", [name for name, service in declared().services.items() if service.schema])
def test_the_committed_schema_of_a_service_is_current(name: str) -> None:
    """A changed model of a service's own file is noticed, and `nr-run schema NAME` prints what is committed."""
    service = declared().services[name]
    file = importlib.import_module(service.schema.partition(":")[0]).FILE
    committed = (EXAMPLE / "schema" / file).read_text()
    assert committed == as_text(schema_of(service))
    assert CliRunner().invoke(schema_command, [name]).output == committed


def test_the_writer_writes_every_schema(tmp_path: Path) -> None:
    """The writer leaves one file per schema."""
    write_schemas(tmp_path)
    assert {path.name for path in tmp_path.iterdir()} == set(SCHEMAS)


def test_every_field_is_described() -> None:
    """An editor has a sentence for every field of every record."""
    lacking = [
        f"{record.__name__}.{name}"
        for record in (IntentFile, *_records(Record))
        for name, field in record.model_fields.items()
        if not field.description
    ]
    assert not lacking


def _records(base: type[Record]) -> list[type[Record]]:
    return [record for child in base.__subclasses__() for record in (child, *_records(child))]


def test_unknown_keys_are_errors_in_the_editor_too() -> None:
    """The schema refuses unknown keys as the loader does."""
    schema = intent_schema()
    assert schema["additionalProperties"] is False
    assert all(record["additionalProperties"] is False for record in schema["$defs"].values())


def test_the_schema_of_hosts_knows_all_data_of_a_host() -> None:
    """What the loader reads of a host's data is in the schema."""
    assert set(hosts_schema()["additionalProperties"]["properties"]["data"]["properties"]) == set(DATA_KEYS)


@pytest.mark.parametrize("path", sorted([*EXAMPLE.glob("*.yaml"), *EXAMPLE.glob("vpn/*.yaml")]), ids=lambda path: path.name)
def test_every_example_file_points_to_its_schema(path: Path) -> None:
    """The first line of an example file names a schema that exists."""
    modeline = re.match(r"# yaml-language-server: \$schema=(\S+)\n", path.read_text())
    assert modeline is not None
    assert (path.parent / modeline[1]).is_file()
