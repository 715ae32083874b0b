"""A model or a release of one's own is added in YAML, with the fields of the table; a release that is newer than it is told."""

from __future__ import annotations

import json
from pathlib import Path

import pytest
from msgspec.structs import fields, replace

from nr_run.inventory.errors import IntentError
from nr_run.inventory.files.hosts import load_nornir, platforms_of, with_endpoints
from nr_run.inventory.models.models_file import FILE, load_models
from nr_run.inventory.models.newer_releases import CHECKED_UP_TO, newer_than_known
from nr_run.inventory.models.platform_record import platform_in, row_of
from nr_run.inventory.models.platforms import KNOWN, MODELS, Platform, platform_for, rows
from nr_run.inventory.models.release import Release

TEXT = """
models:
  "2811":
    nvram_bytes: 245760
    until: 15.2(1)T
    note: Two FastEthernet ports.
    rows:
      - {release: 12.4(1), like: 3640 12.4(1), source: our own show version}
      - release: 15.1(4)M
        like: 881 15.4(3)M3
        undo: [configure-replace, kron, reload-in]
        suites:
          v1: {ike_encryption: [aes-256-cbc], ike_integrity: [hmac-sha1], ike_groups: [5, 14],
               esp_encryption: [aes-256-cbc], esp_integrity: [hmac-sha1], pfs_groups: [14]}
        source: IOS 15.1M release notes
  ASA:
    rows:
      - {release: 9.30(1), like: ASA 9.15(1), source: ASA 9.30(1) release notes, note: Nothing new for IPsec.}
"""


@pytest.fixture
def folder(tmp_path: Path) -> Path:
    """A folder with models of one's own."""
    (tmp_path / FILE).write_text(TEXT)
    return tmp_path


def test_a_model_of_ones_own(folder: Path) -> None:
    """Its rows hold what they say, and for the rest what the row has that they are like."""
    models = load_models(folder)
    old, young = platform_for("2811", "12.4(24)T", models), platform_for("2811", "15.1(4)M7", models)
    like = platform_for("3640", "12.4(1)")
    assert replace(old, model="", release=like.release, source="") == replace(like, model="", nvram_bytes=245760, source="")
    assert young.ike_versions == {1}
    assert young.suites[1].ike_groups == {5, 14}
    assert young.undo == ("configure-replace", "kron", "reload-in")
    assert young.output == platform_for("881", "15.4(3)M3").output
    with pytest.raises(IntentError, match=r"known: from 12\.4\(1\) to before 15\.2\(1\)T"):
        platform_for("2811", "15.2(4)M", models)
    assert "2811" not in KNOWN


def test_a_release_of_a_model_of_the_table(folder: Path) -> None:
    """The rows of the table stay, and the new one holds from its release on."""
    models = load_models(folder)
    assert platform_for("ASA", "9.1(7)", models) == platform_for("ASA", "9.1(7)")
    assert platform_for("ASA", "9.31(1)", models).note == "Nothing new for IPsec."


def test_without_the_file_it_is_the_table(tmp_path: Path) -> None:
    """Nothing is read where there is no such file."""
    assert load_models(tmp_path) is KNOWN


def test_every_row_of_the_table_can_be_written_in_the_file(tmp_path: Path) -> None:
    """The file has each field of the table: every row of it, written out, is read back as it is."""
    for model in MODELS:
        for row in rows(model):
            (tmp_path / FILE).write_text("models:\n  COPY:\n    rows:\n" + _written(row))
            (copy,) = load_models(tmp_path)["COPY"].rows
            assert copy == replace(row, model="", nvram_bytes=None)


def _written(row: Platform) -> str:
    lines = []
    for item in fields(row):
        value = getattr(row, item.name)
        if item.name in ("model", "nvram_bytes"):
            continue
        if item.name == "suites":
            suites = {
                f"v{number}": {part.name: sorted(getattr(suite, part.name)) for part in fields(suite)}
                for number, suite in value.items()
            }
            lines.append(f"suites: {suites}")
        elif isinstance(value, Release):
            lines.append(f"release: '{value}'")
        elif isinstance(value, frozenset | tuple):
            lines.append(f"{item.name}: {sorted(value) if isinstance(value, frozenset) else list(value)}")
        else:
            lines.append(
                f"{item.name}: {'null' if value is None else str(value).lower() if isinstance(value, bool) else repr(value)}"
            )
    return "      - " + "\n        ".join(lines) + "\n"


@pytest.mark.parametrize(
    ("old", "new", "line", "sentence"),
    [
        ("until:", "untill:", 5, "models.2811.untill: unknown key (did you mean until?)"),
        ("undo: [configure-replace,", "undo: [configure-replce,", 11, "'configure-replce' is not a value it can have"),
        ("like: 881 15", "like: 882 15", 10, "as MODEL RELEASE (3640 12.4(1)): model '882' is not known (did you mean 881?)"),
        ("release: 15.1(4)M\n", "release: fifteen\n", 9, "'fifteen' is not a release"),
        ("[5, 14]", "[5, 41]", 13, "41 is not a value it can have"),
        ("[aes-256-cbc], ike", "[aes-256-cbx], ike", 13, "'aes-256-cbx' is not a value it can have (did you mean aes-256-cbc?)"),
        ("pfs_groups: [14]", "pfs_group: [14]", 13, "pfs_groups: is missing"),
        (", source: our own show version", "", 8, "source is missing"),
        ("nvram_bytes: 245760", "nvram_bytes: plenty", 4, "has to be a whole number of bytes"),
        ("models:", "model:", 2, "unknown key (did you mean models?)"),
        ("9.30(1), like: ASA 9.15(1)", "9.30(1), driver: cisco_asa", 18, "are missing (or name a row with like)"),
        ("like: ASA 9.15(1)", "driver: cisco_ios, like: ASA 9.15(1)", 18, "'cisco_ios' drives no ASA"),
    ],
)  # fmt: skip
def test_what_is_wrong_is_named(folder: Path, old: str, new: str, line: int, sentence: str) -> None:
    """File, line, field and nearest match; and what is not there is never guessed."""
    assert old in TEXT
    (folder / FILE).write_text(TEXT.replace(old, new))
    with pytest.raises(IntentError) as caught:
        load_models(folder)
    assert sentence in str(caught.value)
    assert any(words.startswith(f"{folder / FILE}:{line}: ") for words in str(caught.value).splitlines()), str(caught.value)


def test_an_inventory_has_its_models(inventory: Path) -> None:
    """A host may be of such a model; a filtered inventory, and one with other addresses, know it as well."""
    (inventory / FILE).write_text(TEXT)
    groups = inventory / "groups.yaml"
    groups.write_text(groups.read_text().replace('model: "3640"\n    release: 12.2(8)T', 'model: "2811"\n    release: 12.4(24)T'))
    hosts = inventory / "hosts.yaml"
    hosts.write_text(hosts.read_text().replace("  port: 13640\n", "  port: 13640\n  platform: cisco_ios\n"))
    nornir = load_nornir(inventory)
    assert platforms_of(nornir)["vpn3640"].model == "2811"
    assert platforms_of(nornir.filter(name="vpn3640"))["vpn3640"].nvram_bytes == 245760
    assert platforms_of(with_endpoints(nornir, {"vpn3640": ("127.0.0.1", 4)}))["vpn3640"].model == "2811"


def test_a_run_goes_on_with_a_model_of_ones_own(folder: Path) -> None:
    """Its record has the row, and gives the same platform without any inventory; of the table's own rows it has the name only."""
    young = platform_for("2811", "15.1(4)M7", load_models(folder))
    entry = json.loads(json.dumps({"model": "2811", "release": "15.1(4)M7", "row": row_of(young)}))
    assert platform_in(entry) == young
    with pytest.raises(IntentError, match="model '2811' is not known"):
        platform_in({**entry, "row": None})
    assert [row_of(platform_for(model, str(row.release))) for model in MODELS for row in rows(model) if row_of(row)] == []


def test_a_release_that_is_newer_than_the_table_is_told(folder: Path) -> None:
    """What is assumed of it is a sentence with the row and its source; a checked release, and a row of one's own, need none."""
    (said,) = newer_than_known({"fw": platform_for("ASA", "9.30(1)"), "hq": platform_for("881", "15.4(3)M3")})
    assert said.startswith(
        "fw: ASA with 9.30(1) is newer than 9.24(1), up to which the table was checked; assumed is what came with "
    )
    assert rows("ASA")[-1].source in said
    assert not list(newer_than_known({"fw": platform_for("ASA", "9.30(1)", load_models(folder))}))
    assert set(CHECKED_UP_TO) == set(MODELS)
