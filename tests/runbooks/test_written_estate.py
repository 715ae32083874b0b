"""`nr-run lab up --count N`: so many devices in one process, with an inventory for them that every command takes."""

from __future__ import annotations

import json
import os
from collections.abc import Iterator
from datetime import UTC, datetime
from pathlib import Path

import pytest

from nr_run.inventory.errors import IntentError
from nr_run.inventory.files.hosts import load_nornir, platforms_of
from nr_run.lab import cli as lab_cli
from nr_run.lab.core.profiles import PROFILES
from nr_run.runbooks.commands import lab_command
from nr_run.runbooks.engine.rehearsal.estate import FIRST_PORT, KINDS, MOST, write_estate
from nr_run.runbooks.engine.rehearsal.rehearsal_lab import box_for, ordered
from nr_run.services.l2l.service import L2L

from .. import warm


@pytest.fixture(scope="module")
def desk(tmp_path_factory: pytest.TempPathFactory) -> Iterator[tuple[Path, dict[str, str]]]:
    """A folder in which an estate of eight devices is up, two of each model, and the environment of its commands."""
    folder = tmp_path_factory.mktemp("written")
    own = {**os.environ, "NR_RUN_LAB_DIR": str(folder / "lab"), "XDG_CONFIG_HOME": str(folder), "XDG_STATE_HOME": str(folder)}
    up = ["lab", "up", "--count", "8", "--write-inventory", "estate", "--detach", "--any-ports", "--speed", "50"]
    done = warm.run(["nr-run", *up], own, 120, folder)
    assert done.returncode == 0, done.stderr
    yield folder, own
    assert warm.run(["nr-run", "lab", "down"], own, 60, folder).returncode == 0


def run(desk: tuple[Path, dict[str, str]], *words: str) -> tuple[int, str]:
    """The exit code of a command, and what it printed: the document alone where it is JSON."""
    folder, own = desk
    done = warm.run(["nr-run", *words], own, 240, folder)
    return done.returncode, done.stdout if "--json" in words and not done.returncode else done.stdout + done.stderr


def test_what_is_written_is_deployed_and_verified(desk: tuple[Path, dict[str, str]]) -> None:
    """A tunnel of every model is built in the lab by the inventory that was written, and found up again."""
    code, said = run(desk, "deploy-l2l", "--yes", "--lab", "--inventory", "estate", "--json")
    assert code == 0, said
    code, said = run(desk, "verify", "--lab", "--inventory", "estate", "--json")
    words = [verdict["word"] for verdict in json.loads(said)["verdicts"]]
    assert (code, words) == (0, ["up"] * len(KINDS))


def test_the_status_says_what_a_device_costs_in_memory(desk: tuple[Path, dict[str, str]]) -> None:
    """The process, and its share for each device, as JSON and in words; the shares are no more than the whole."""
    memory = json.loads(run(desk, "lab", "status", "--json")[1])["memory"]
    assert 0 < 8 * memory["per_device_kb"] < memory["resident_kb"]
    assert "KB for each of 8 devices" in run(desk, "lab", "status")[1]


@pytest.mark.parametrize(
    ("words", "said"),
    [
        (("--count", "8"), "--write-inventory DIRECTORY"),
        (("--model", "c881"), "--count N"),
        (("--count", "8", "--write-inventory", "new", "--device", "a=c881"), "--count does not go with --device"),
        (("--count", "8", "--write-inventory", "new", "--model", "c882"), "Did you mean c881?"),
        (("--count", "10001", "--write-inventory", "new"), "up to 10000 devices"),
        (("--count", "8", "--write-inventory", "estate"), "estate is not empty"),
    ],
)
def test_an_estate_that_cannot_be_is_refused(desk: tuple[Path, dict[str, str]], words: tuple[str, ...], said: str) -> None:
    """One sentence says why, nothing is started, and no inventory is written or written over."""
    before = (desk[0] / "estate" / "hosts.yaml").read_text()
    code, told = run(desk, "lab", "up", *words, "--directory", "another")
    assert code != 0
    assert said in " ".join(told.split())
    assert not (desk[0] / "new").exists()
    assert not (desk[0] / "another").exists()
    assert (desk[0] / "estate" / "hosts.yaml").read_text() == before


def test_hundreds_of_devices_share_no_address_and_no_port(tmp_path: Path) -> None:
    """The intent of a hundred and fifty tunnels is taken as it is, and each device has what no other one has."""
    write_estate(tmp_path / "estate", 300)
    platforms = platforms_of(load_nornir(tmp_path / "estate"))
    deployments, _ = L2L.intended(tmp_path / "estate", platforms).select((), datetime.now(UTC).date(), removal=False)
    played, otherwise, credentials = ordered(tmp_path / "estate", None, {})
    assert (len(deployments), len(played), len(set(credentials)), otherwise) == (150, 300, 150, [])
    orders = [order for order in played.values() if not isinstance(order, str)]
    assert len({order["outside"]["address"] for order in orders}) == 300
    assert len({order["inside"][0]["address"] for order in orders}) == 300
    assert {order["port"] for order in orders} == set(range(FIRST_PORT, FIRST_PORT + 300))


def test_an_odd_device_is_alone_and_too_many_are_refused(tmp_path: Path) -> None:
    """The last of an odd number has no tunnel; more devices than have an address are refused before anything is written."""
    write_estate(tmp_path / "odd", 5, ["c881"])
    assert len((tmp_path / "odd" / "hosts.yaml").read_text().splitlines()) == 5
    assert "r0005" not in (tmp_path / "odd" / "vpn" / "tunnels.yaml").read_text()
    with pytest.raises(IntentError, match="up to 10000 devices"):
        write_estate(tmp_path / "many", MOST + 1)
    assert not (tmp_path / "many").exists()


def test_the_models_of_an_estate_are_boxes_of_the_lab(tmp_path: Path) -> None:
    """`lab up` offers what the estate can be made of, and each is played by the device of its name as that device is."""
    assert lab_command.lab is lab_cli.lab
    assert tuple(lab_cli.ESTATES[0][1]) == tuple(KINDS)
    write_estate(tmp_path / "estate", 2 * len(KINDS))
    platforms = platforms_of(load_nornir(tmp_path / "estate"))
    assert [box_for(platform)[0] for platform in platforms.values()] == [model for model in KINDS for _ in range(2)]
    assert set(KINDS) <= set(PROFILES)
