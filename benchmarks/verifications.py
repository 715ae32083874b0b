"""Rows of verifying: hubs with many tunnels (verify.py), and an estate of a thousand devices that carry nothing yet."""

from __future__ import annotations

import json
import tempfile
from collections.abc import Iterator
from contextlib import contextmanager
from functools import partial
from pathlib import Path

import verify
from deploys import scene_of
from measuring import NR_RUN, NotDone, Row, Sample, Sides, process, python_with

from nr_run.lab.entry import LabHandle

TUNNELS = (50, 200, 500)
#: An estate in which nothing is built: every device is read, and each tunnel is judged as missing.
DEVICES, NOT_ALL_UP = 1000, 12


def _hub(lab: LabHandle, inventory: Path, runs: Path, own: dict[str, str], tunnels: int) -> Sample:
    lab.reset_counters()
    where = ["--inventory", str(inventory), "--runs", str(runs), "--lab"]
    done = process([NR_RUN, "verify", "--json", *where, "--deadline", str(verify.DEADLINE)], own)
    words = [verdict["word"] for verdict in json.loads(done.out)["verdicts"]]
    if words != ["up"] * tunnels:
        raise NotDone(f"of {tunnels} tunnels {words.count('up')} are up")
    return {**done.sample, "trips": lab.counters("hub").round_trips}


def _plain(lab: LabHandle, own: dict[str, str], python: str, template: str) -> Sample:
    """SAs by this template of TTP, or by Genie where there is none."""
    place = lab.devices["hub"]
    lab.reset_counters()
    words = [place.host, str(place.port), template, str(lab.credentials), *verify.SHOWS]
    done = process([python, "-c", verify.PLAIN, *words], own)
    return {**done.sample, "trips": lab.counters("hub").round_trips}


@contextmanager
def _hub_opened(tunnels: int) -> Iterator[Sides]:
    partners = [verify.Partner(number) for number in range(tunnels)]
    with tempfile.TemporaryDirectory(prefix="nr-run-bench-") as name:
        folder = Path(name)
        inventory = folder / "inventory"
        verify.write_inventory(inventory, partners)
        with verify.laboratory(folder, inventory) as (lab, own):
            verify.build(lab, inventory, partners)
            verify.bring_up(inventory, folder / "runs", own)
            sides = {
                "nr-run": partial(_hub, lab, inventory, folder / "runs", own, tunnels),
                "plain, reads only": partial(_plain, lab, own, verify.sys.executable, verify.TTP),
            }
            if python := python_with("nornir_netmiko", "genie.conf", "pyats"):
                sides["plain with Genie, reads only"] = partial(_plain, lab, own, python, "")
            yield sides


@contextmanager
def _estate_opened(devices: int) -> Iterator[Sides]:
    with scene_of("c881", devices, hub=False) as scene:

        def turn() -> Sample:
            where = ["--inventory", str(scene.folder / "inventory"), "--runs", str(scene.folder / "runs"), "--lab"]
            done = process([NR_RUN, "verify", "--json", *where], scene.environment, (NOT_ALL_UP,))
            verdicts = json.loads(done.out)["verdicts"]
            if len(verdicts) != devices // 2 or any(verdict["word"] == "unverified" for verdict in verdicts):
                raise NotDone("not every device was read")
            return {**done.sample, "lab memory": scene.lab.memory().resident_kb / 1024}

        yield {"nr-run": turn}


def rows() -> Iterator[Row]:
    """Hubs by their tunnels, and the estate."""
    for tunnels in TUNNELS:
        yield Row(f"verify/hub/{tunnels}", partial(_hub_opened, tunnels), quick=tunnels == TUNNELS[0])
    yield Row(f"verify/estate/{DEVICES}", partial(_estate_opened, DEVICES))
