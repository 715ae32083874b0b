"""nr-run init: an inventory to begin with, anywhere, that the product itself reads and can rehearse."""

from __future__ import annotations

import os
import subprocess
import sys
from datetime import date
from pathlib import Path

import pytest

from nr_run.inventory.errors import IntentError, UsageError
from nr_run.inventory.files.hosts import load_nornir, platforms_of
from nr_run.inventory.models.platforms import KNOWN, rows
from nr_run.runbooks.commands.offline.starting_inventory import MOST, files_of, hosts_of
from nr_run.services.registry import find

from .. import warm

TODAY = date(2026, 11, 30)
NEWEST = {model: str(rows(model)[-1].release) for model in KNOWN}


def nr_run(folder: Path, *words: str, **environment: str) -> subprocess.CompletedProcess[str]:
    """The command in a folder of its own."""
    command = [str(Path(sys.executable).parent / "nr-run"), *words]
    return warm.run(command, {**os.environ, **environment}, folder=folder)


@pytest.mark.parametrize("hub", NEWEST)
@pytest.mark.parametrize("spoke", NEWEST)
def test_every_model_begins(tmp_path: Path, hub: str, spoke: str) -> None:
    """Any two models of the table make an inventory that is read without an objection, but for the cryptography of old ones."""
    hosts = hosts_of([f"one={hub} {NEWEST[hub]}", f"two={spoke} {NEWEST[spoke]}"])
    for name, text in files_of(hosts, TODAY).items():
        (tmp_path / name).parent.mkdir(exist_ok=True)
        (tmp_path / name).write_text(text)
    platforms = platforms_of(load_nornir(tmp_path))
    intended = find("l2l").intended(tmp_path, platforms)
    if {hub, spoke} & {"2611", "3640"}:
        with pytest.raises(IntentError) as refused:
            intended.select((), TODAY, removal=False)
        assert all("both ends can do" in line or "needs a waiver" in line for line in str(refused.value).splitlines())
        return
    deployments, warnings = intended.select((), TODAY, removal=False)
    assert [deployment.hosts for deployment in deployments] == [("one", "two")]
    assert not warnings


def test_a_hub_and_its_spokes() -> None:
    """The first device has a tunnel to each of the others, and no address is given twice."""
    hosts = hosts_of([f"h{number}=C8000V 17.12.4" for number in range(5)])
    text = files_of(hosts, TODAY)["vpn/tunnels.yaml"]
    assert [f"name: h0-h{number}" in text for number in range(1, 5)] == [True] * 4
    assert len({host.outside for host in hosts}) == len({host.management for host in hosts}) == 5


@pytest.mark.parametrize(
    ("words", "told"),
    [
        (["hq"], "is not NAME='MODEL RELEASE'"),
        (["-x=881 15.4(3)M3"], "is not NAME='MODEL RELEASE'"),
        (["hq=881", "b=881 15.4(3)M3"], "is not a model and a release"),
        (["hq=881 15.4(3)M3"], "a tunnel has two ends"),
        (["hq=881 15.4(3)M3"] * 2, "--host hq is given twice"),
        ([f"h{number}=881 15.4(3)M3" for number in range(MOST + 1)], f"at most {MOST} times"),
    ],
)
def test_a_host_that_is_none(words: list[str], told: str) -> None:
    """What is no device is refused in one sentence, before anything is written."""
    with pytest.raises(UsageError, match=told.replace("(", r"\(").replace("'", ".")):
        hosts_of(words)


def test_an_unknown_model_has_a_near_one() -> None:
    """A model that the table has not is refused with the nearest one."""
    with pytest.raises(IntentError, match="did you mean ASA"):
        hosts_of(["a=AASA 9.19(1)", "b=ASA 9.19(1)"])


def test_it_is_rehearsed_and_kept(tmp_path: Path) -> None:
    """What init writes is deployed in the lab as it is; a second init changes nothing and says so."""
    done = nr_run(tmp_path, "init", "--host", "hq=2611 12.2(8)T", "--host", "branch=3640 12.2(8)T")
    assert done.returncode == 0, done.stderr
    assert "needs a waiver" in done.stdout
    tunnels = tmp_path / "inventory" / "vpn" / "tunnels.yaml"
    tunnels.write_text(tunnels.read_text().replace("    # waiver:", "    waiver:").replace("    #   ", "      "))
    before = {path: path.read_text() for path in sorted(tmp_path.rglob("*.yaml"))}
    done = nr_run(tmp_path, "deploy-l2l", "--lab", "--yes")
    assert done.returncode == 0, done.stdout + done.stderr
    assert "hq-branch: verified" in done.stdout
    again = nr_run(tmp_path, "init")
    assert again.returncode == 64
    assert "nothing was written" in again.stderr
    assert {path: path.read_text() for path in sorted(tmp_path.rglob("*.yaml"))} == before


def test_half_of_it_is_none_of_it(tmp_path: Path) -> None:
    """Where the last file cannot be written, those before it go again."""
    (tmp_path / "inventory").mkdir()
    (tmp_path / "inventory" / "schema").write_text("somebody's file")
    done = nr_run(tmp_path, "init")
    assert done.returncode == 1, done.stderr
    assert "nothing was written" in done.stderr
    assert [path.name for path in (tmp_path / "inventory").rglob("*") if path.is_file()] == ["schema"]
