"""The published schemas are those of the code, and the example files point to them."""

from __future__ import annotations

import re
from pathlib import Path

import pytest

from nr_run.inventory.host_files import DATA_KEYS
from nr_run.inventory.intent import IntentFile, Record
from nr_run.inventory.schema import SCHEMAS, as_text, hosts_schema, intent_schema, write_schemas
from nr_run.services.ra.schema import FILE, remote_access_schema

EXAMPLE = Path(__file__).parents[2] / "inventory"


@pytest.mark.parametrize("name", SCHEMAS)
def test_the_committed_schema_is_current(name: str) -> None:
    """A changed model without `python -m nr_run.inventory.schema` is noticed."""
    assert (EXAMPLE / "schema" / name).read_text() == as_text(SCHEMAS[name]())


def test_the_committed_schema_of_vpn_clients_is_current() -> None:
    """A changed model without `python -m nr_run.services.ra.schema` is noticed."""
    assert (EXAMPLE / "schema" / FILE).read_text() == as_text(remote_access_schema())


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
