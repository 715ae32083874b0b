"""Several deployments over further processes of this machine end as they do in one, whatever is wrong with one of them."""

from __future__ import annotations

import json
import os
import re
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest

from nr_run.lab.entry import LabHandle, start
from nr_run.runbooks.engine.rehearsal.estate import device_name, tunnel_name, write_estate
from nr_run.runbooks.engine.rehearsal.rehearsal_lab import ordered

from .. import warm
from ..conftest import SPEED, Rehearsal

MODEL = "c881"


def fleet_in(folder: Path, devices: int, *, hub: bool) -> Iterator[Rehearsal]:
    """An estate whose devices a lab plays, as devices of the network."""
    write_estate(folder / "inventory", devices, [MODEL], hub=hub)
    played, _, credentials = ordered(folder / "inventory", None, {})
    with start(folder / "lab", devices=played, credentials=credentials, speed=SPEED) as lab:
        hosts = folder / "inventory" / "hosts.yaml"
        ports = {name: place.port for name, place in lab.devices.items()}
        lines = hosts.read_text().splitlines()
        hosts.write_text("".join(re.sub(r"port: \d+", f"port: {ports[at_of(one)]}", one) + "\n" for one in lines))
        own = {"NR_RUN_CREDENTIALS": str(lab.credentials), "XDG_CONFIG_HOME": str(folder), "XDG_STATE_HOME": str(folder)}
        yield Rehearsal(lab, folder, {**os.environ, **own})


def at_of(line: str) -> str:
    """The host of a line of hosts.yaml."""
    return line.partition(":")[0]


@pytest.fixture
def pairs(tmp_path: Path) -> Iterator[Rehearsal]:
    """Three pairs, of which each has a tunnel of its own."""
    yield from fleet_in(tmp_path, 6, hub=False)


@pytest.fixture
def hub(tmp_path: Path) -> Iterator[Rehearsal]:
    """A hub with two tunnels."""
    yield from fleet_in(tmp_path, 3, hub=True)


def deployed(fleet: Rehearsal, processes: int) -> tuple[int, dict[str, dict[str, Any]], Path]:
    """Exit code, outcome of each tunnel, and run folder."""
    command = fleet.arguments("--yes", "--json", "--workers", "5", "--processes", str(processes))
    done = warm.run(command, fleet.environment)
    made = json.loads(done.stdout)
    return done.returncode, {one["tunnel"]: one for one in made["tunnels"]}, fleet.runs / made["run"]


def configurations(lab: LabHandle) -> dict[str, list[str]]:
    """What each device runs, and what it has saved, without when that was."""
    shown = {
        f"{name} {kind}": lab.exec(name, f"show {kind}-config").splitlines()
        for name in lab.devices
        for kind in ("running", "startup")
    }
    return {
        name: [one for one in lines if not one.startswith(("!", "Current", "Using", "Building"))] for name, lines in shown.items()
    }


@pytest.mark.parametrize(
    "fault",
    [
        ("refuse-exec", "show crypto ipsec"),
        ("wrong-psk-silent",),
        ("reboot-after", "3"),
        ("login-refused",),
    ],
    ids=lambda fault: fault[0],
)
def test_one_of_several_fails_as_it_does_in_one_process(pairs: Rehearsal, fault: tuple[str, ...]) -> None:
    """The same results, exit code and configurations; the others are built, and the one that failed is as it was."""
    pairs.lab.keep()
    before = configurations(pairs.lab)
    ended = []
    for processes in (1, 2):
        pairs.lab.rewind()
        pairs.lab.fault(device_name(3), *fault)
        code, outcomes, _run = deployed(pairs, processes)
        pairs.lab.fault(device_name(3), fault[0], on=False)
        ended.append((code, {name: one["result"] for name, one in outcomes.items()}, configurations(pairs.lab)))
    one, two = ended
    assert two == one
    results, after = two[1], two[2]
    assert {results[tunnel_name(number)] for number in (1, 3)} == {"verified"}, results
    assert results[tunnel_name(2)] != "verified", results
    assert [name for name in after if name.split()[0] in (device_name(3), device_name(4)) and after[name] != before[name]] == []


def test_tunnels_of_one_hub_stay_with_the_first_process(hub: Rehearsal) -> None:
    """What shares a device is planned on what the one before leaves: the same texts and configurations as of one process."""
    hub.lab.keep()
    ended = []
    for processes in (1, 2):
        hub.lab.rewind()
        code, outcomes, run = deployed(hub, processes)
        assert code == 0, outcomes
        texts = {str(path.relative_to(run)): path.read_text() for path in run.glob("*/*/*.cfg") if "running" not in path.name}
        ended.append(({name: one["result"] for name, one in outcomes.items()}, texts, configurations(hub.lab)))
    assert ended[0] == ended[1]


def test_a_plan_that_was_made_elsewhere_is_the_same_plan(pairs: Rehearsal) -> None:
    """Plan only: what is shown, and every text of the plan, are those of one process; a refusal has the same sentence."""
    pairs.lab.exec(device_name(5), "configure terminal\ninterface Tunnel77\nend")  # unsaved changes: refused
    ended = []
    for processes in (1, 2):
        done = warm.run(pairs.arguments("--plan", "--json", "--processes", str(processes)), pairs.environment)
        made = json.loads(done.stdout)
        run = pairs.runs / made["run"]
        texts = {str(path.relative_to(run)): path.read_text() for path in run.glob("*/*/*.cfg") if "running" not in path.name}
        ended.append((done.returncode, {one["tunnel"]: (one["result"], one["message"]) for one in made["tunnels"]}, texts))
    assert ended[0] == ended[1]
    assert len(ended[1][2]) == 6 * 3
    assert ended[1][1][tunnel_name(3)][0] == "refused"
