"""A hub with more than a hundred tunnels: each gets its verdict, over six exchanges at most, within the deadline."""

from __future__ import annotations

import json
import os
import sys
import time
from collections import Counter
from datetime import date
from pathlib import Path

import pytest

from nr_run.changes.configurations.configuration import Configuration
from nr_run.checks.planned_running import running_with
from nr_run.inventory.files.hosts import load_nornir, platforms_of
from nr_run.inventory.hiding.secrets import Secrets
from nr_run.lab.entry import LabHandle
from nr_run.services.common.intended_state import standing
from nr_run.services.l2l.service import L2L

from .. import warm
from ..runbooks.test_ssh import write_inventory
from ..warm import start_lab

TUNNELS = 120
SUITE = ("aes-256-cbc", "hmac-sha1", 14)


def intend(folder: Path) -> None:
    """The one tunnel of an inventory, so many times: each to another partner that nobody plays."""
    path = folder / "vpn" / "intent.yaml"
    head, _, _ = path.read_text().partition("  - name: hq-branch")
    tail = path.read_text()[len(head) :]
    ours = next(line for line in tail.splitlines() if "{host: hq" in line)
    tunnels = []
    for number in range(TUNNELS):
        far = f"      - {{partner: P{number}, outside_ip: 192.0.2.{number + 1}, protected_prefixes: [10.200.{number}.0/24]}}"
        lines = [line for line in tail.splitlines() if "{host:" not in line]
        one = "\n".join([*lines, ours, far])
        tunnels.append(one.replace("name: hq-branch", f"name: to-{number:03}"))
    path.write_text(head + "\n".join(tunnels) + "\n")


def build(lab: LabHandle, folder: Path) -> None:
    """All of them are on the hub, as the plans for them have it, without a deploy for each."""
    platforms = platforms_of(load_nornir(folder))
    intended = L2L.intended(folder, platforms)
    deployments, _ = intended.select((), date(2026, 11, 30), removal=False)
    secrets = Secrets(folders=(lab.credentials,))
    running = secrets.hide(lab.exec("hq", "show running-config"))
    lines: list[str] = []
    for deployment in deployments:
        (member,) = deployment.members
        keys = {reference: secrets.preshared_key(reference) for reference in L2L.references(deployment)}
        shown = Configuration("hq", "ios", "show running-config", running)
        one = standing(deployment, member, platforms["hq"], shown, keys, lab.exec("hq", "show ip route"))
        assert one.change is not None, one.sentence
        lines += [secrets.reveal(line) for step in one.change.forward for line in step.lines]
        running = _whole(running_with(one.change, running))
    lab.exec("hq", "\n".join(["configure terminal", *lines, "end"]))


def _whole(text: str) -> str:
    lines = [line for line in text.splitlines() if line != "end"]
    return "\n".join([*lines, "end"]) + "\n"


@pytest.mark.parametrize("probe", [(), ("--no-probe",)], ids=["probe", "no-probe"])
def test_a_hundred_and_twenty_tunnels(tmp_path: Path, probe: tuple[str, ...]) -> None:
    """None of the partners is there: with a probe none is up, without one all are idle; the deadline holds."""
    with start_lab(tmp_path / "lab", devices={"hq": "c881", "branch": "c881"}, speed=40) as lab:
        folder = tmp_path / "inventory"
        write_inventory(lab, folder, {"hq": "c881", "branch": "c881"}, SUITE)
        hosts = folder / "hosts.yaml"
        hosts.write_text("".join(line for line in hosts.read_text().splitlines(True) if not line.startswith("branch:")))
        intend(folder)
        build(lab, folder)
        lab.reset_counters()
        environment = {
            **os.environ,
            "NR_RUN_CREDENTIALS": str(lab.credentials),
            "XDG_CONFIG_HOME": str(tmp_path / "config"),
        }
        line = [str(Path(sys.executable).parent / "nr-run"), "verify", "--json", *probe, "--deadline", "200"]
        began = time.monotonic()
        done = warm.run([*line, "--inventory", str(folder), "--runs", str(tmp_path / "runs")], environment, 400)
        assert done.stdout, done.stderr
        report = json.loads(done.stdout)
        words = Counter(verdict["word"] for verdict in report["verdicts"])
        assert len(report["verdicts"]) == TUNNELS
        (device,) = report["devices"]
        assert (device["problem"], lab.counters("hq").logins) == ("", 1)
        assert device["round_trips"] <= 6
        assert Counter(verdict["configured"] for verdict in report["verdicts"]) == {"as-intended": TUNNELS}
        if probe:
            assert (done.returncode, words) == (0, {"idle": TUNNELS})
            return
        assert done.returncode == 12
        assert words["down"] > 0, words
        assert not {*words} - {"down", "idle", "unverified"}, words
        unsent = [item for verdict in report["verdicts"] for item in verdict["untested"] if "no time" in item]
        assert len(unsent) == TUNNELS - words["down"], (len(unsent), words)
        assert any("give --deadline" in notice for notice in report["notices"]) is bool(unsent), report["notices"]
        assert time.monotonic() - began < 350
