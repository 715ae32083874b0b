"""Nornir gets what the check of the host files has read, and that is what its own SimpleInventory makes of the same files."""

from __future__ import annotations

import builtins
import io
from pathlib import Path
from typing import Any

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st
from nornir.plugins.inventory.simple import SimpleInventory

from nr_run.inventory.errors import IntentError
from nr_run.inventory.files.host_files import check_host_files
from nr_run.inventory.files.hosts import load_nornir

FILES = ("hosts.yaml", "groups.yaml", "defaults.yaml")
HOSTS = """
edge-1:
  hostname: 192.0.2.1
  groups: [routers, near]
  data: {own: VALUE}
  connection_options: {nr_run: {extras: {auth_timeout: 9}}}
edge-2: {hostname: 192.0.2.2, port: 2022, groups: [routers]}
"""
GROUPS = """
routers:
  platform: cisco_ios_telnet
  groups: [all]
  data: {model: "2611", release: "12.2(8)T"}
near: {data: {site: near}}
all:
  connection_options: {nr_run: {extras: {conn_timeout: 5}}}
"""
DEFAULTS = """
port: 22
data: {username_ref: "credential:name", password_ref: "credential:word"}
"""


def written(folder: Path, value: str) -> Path:
    """A folder of host files with this as the value of a host's own data."""
    for name, text in zip(FILES, (HOSTS.replace("VALUE", value), GROUPS, DEFAULTS), strict=True):
        (folder / name).write_text(text, encoding="utf-8")
    return folder


def simple(folder: Path) -> dict[str, Any]:
    """What SimpleInventory makes of it."""
    return SimpleInventory(*(str(folder / name) for name in FILES)).load().dict()


VALUES = (
    *(
        "word",
        "'it''s'",
        '"a\\tb"',
        "1",
        "010",
        "0o17",
        "0x1F",
        "1_000",
        "-0",
        "1.50",
        ".inf",
        "1e3",
        "1.e+3",
        "yes",
        "True",
        "~",
    ),
    *(
        "null",
        "''",
        "12:30:45",
        "2026-11-30",
        "2026-11-30T10:00:00Z",
        "{2026-11-30: day}",
        "[1, [two, {three: 3.0}]]",
        "{}",
        "[]",
    ),
    *("&a [1, 2]", "!!str 12", "!!binary aGk=", "a%b", "a*b", "a & b", '"!"'),
    *("|\n      two\n      lines\n", ">\n      folded\n      text\n\n      here\n"),
)


@pytest.mark.parametrize("value", VALUES)
def test_the_same_as_simple_inventory(tmp_path: Path, value: str) -> None:
    """Hosts, groups, defaults and options are those of SimpleInventory, whatever is the data: values and types."""
    text = HOSTS.replace("data: {own: VALUE}", f"data:\n    own: {value}")
    (written(tmp_path, "x") / "hosts.yaml").write_text(text, encoding="utf-8")
    ours = load_nornir(tmp_path).inventory
    assert repr(ours.dict()) == repr(simple(tmp_path))
    assert [group.name for group in ours.hosts["edge-1"].extended_groups()] == ["routers", "all", "near"]
    assert ours.hosts["edge-1"].get_connection_parameters("nr_run").port == 22


@settings(suppress_health_check=[HealthCheck.function_scoped_fixture], max_examples=40)
@given(value=st.text(alphabet="0123456789.:-+_eExobTZnulyrsf~ '\"#,[]{}!&*<%", max_size=12))
def test_the_same_for_any_value(tmp_path: Path, value: str) -> None:
    """What is accepted is the same as SimpleInventory makes of it, also where it looks like a number, a date or a tag."""
    written(tmp_path, value)
    try:
        ours = load_nornir(tmp_path).inventory.dict()
    except IntentError:
        return
    assert repr(ours) == repr(simple(tmp_path))


@pytest.mark.parametrize("value", ["!own 1", "!!python/name:os.sep x", ":*"])
def test_what_nornir_cannot_read_is_refused(tmp_path: Path, value: str) -> None:
    """A value that our reader takes and Nornir's does not is refused in a sentence, which says what to do."""
    with pytest.raises(IntentError, match="is not Nornir's: quote its value"):
        load_nornir(written(tmp_path, value))


def test_each_file_is_opened_once(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """Loading opens each of the three files one time."""
    opened: list[str] = []
    real = io.open

    def noted(file: Any, *rest: Any, **more: Any) -> Any:
        opened.append(Path(str(file)).name)
        return real(file, *rest, **more)

    written(tmp_path, "x")
    monkeypatch.setattr(io, "open", noted)
    monkeypatch.setattr(builtins, "open", noted)
    load_nornir(tmp_path)
    assert sorted(name for name in opened if name in FILES) == sorted(FILES)


def test_what_a_task_changes_is_its_own(tmp_path: Path) -> None:
    """Data that is changed at a host reaches neither another inventory of the same files nor what was read."""
    first = load_nornir(written(tmp_path, "[1]")).inventory
    first.hosts["edge-1"].data["own"].append(2)
    first.hosts["edge-1"].data["more"] = True
    first.groups["near"].data["site"] = "far"
    again = load_nornir(tmp_path).inventory
    assert again.hosts["edge-1"].data == {"own": [1]}
    assert again.groups["near"].data == {"site": "near"}
    assert check_host_files(tmp_path)["hosts.yaml"].data["edge-1"]["data"] == {"own": [1]}


def test_a_file_that_changed_is_read_anew(tmp_path: Path) -> None:
    """Between two loads the file changes, and the second has the new text, with its problems at their lines."""
    assert load_nornir(written(tmp_path, "x")).inventory.hosts["edge-1"].data == {"own": "x"}
    assert load_nornir(written(tmp_path, "y")).inventory.hosts["edge-1"].data == {"own": "y"}
    path = tmp_path / "hosts.yaml"
    path.write_text("\n" + path.read_text(encoding="utf-8").replace("port", "prot"), encoding="utf-8")
    with pytest.raises(IntentError, match=r"hosts\.yaml:8: edge-2\.prot: unknown key"):
        load_nornir(tmp_path)
