"""A hub with several branches in one run: canary, batches, and failures that stay with their own tunnel."""

from __future__ import annotations

import json
import os
import sys
import time
from collections.abc import Iterator
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path
from typing import Any

import pytest

from nr_run.lab.entry import LabHandle

from .. import warm
from ..own_inventory import PAIR
from ..warm import start_lab

BRANCHES = 5


@pytest.fixture
def hub(tmp_path: Path) -> Iterator[tuple[LabHandle, Path]]:
    """A 2611 as hub and some 3640 as branches, and an inventory with one tunnel to each."""
    names = {f"branch{number}": "vpn3640" for number in range(1, BRANCHES + 1)}
    with start_lab(tmp_path / "lab", devices={"vpn2611": "vpn2611", **names}, speed=20) as lab:
        folder = tmp_path / "inventory"
        (folder / "vpn").mkdir(parents=True)
        for file in ("groups.yaml", "defaults.yaml", "vpn/cryptography.yaml"):
            (folder / file).write_text((PAIR / file).read_text())
        hosts, tunnels = [], ["schema_version: 1", "tunnels:"]
        for name, place in lab.devices.items():
            group = "cisco-2611" if name == "vpn2611" else "cisco-3640"
            hosts.append(f"{name}: {{hostname: 127.0.0.1, port: {place.port}, groups: [{group}]}}")
        for name in names:
            tunnels += _tunnel(name, *_addresses(lab, name))
        (folder / "hosts.yaml").write_text("\n".join(hosts) + "\n")
        (folder / "vpn" / "tunnels.yaml").write_text("\n".join(tunnels) + "\n")
        yield lab, folder


def _addresses(lab: LabHandle, name: str) -> tuple[str, str]:
    lines = lab.exec(name, "show running-config").splitlines()
    outside, inside = (line.split()[2] for line in lines if line.startswith(" ip address "))
    return outside, inside


def _tunnel(name: str, outside: str, inside: str) -> list[str]:
    example = (PAIR / "vpn/hq-branch.yaml").read_text()
    (profile,) = (line.split()[1] for line in example.splitlines() if line.strip().startswith("ipsec_profile:"))
    network = inside.rsplit(".", 1)[0] + ".0/24"
    return [
        f"  - name: to-{name}",
        f"    ipsec_profile: {profile}",
        "    preshared_key_ref: credential:hq-branch-psk",
        "    waiver: {until: 2028-06-30, ticket: CHG-1, reason: 'a hub in a test'}",
        "    terminations:",
        "      - {host: vpn2611, role: hub, interface: Ethernet0/0, outside_ip: 172.18.124.159,",
        "         protected_prefixes: [10.10.10.0/24], probe_address: 10.10.10.1}",
        f"      - {{host: {name}, role: spoke, interface: Ethernet0/0, outside_ip: {outside},",
        f"         protected_prefixes: [{network}], probe_address: {inside}}}",
    ]


def deploy(hub: tuple[LabHandle, Path], *words: str) -> tuple[int, dict[str, Any]]:
    """Run deploy-l2l for all tunnels of the hub."""
    lab, folder = hub
    command = [
        str(Path(sys.executable).parent / "nr-run"),
        "deploy-l2l",
        "--yes",
        "--json",
        "--poll-interval",
        "0.1",
        "--ike-timeout",
        "6",
    ]
    places = ["--inventory", str(folder), "--runs", str(folder.parent / "runs")]
    own = {"NR_RUN_CREDENTIALS": str(lab.credentials), "XDG_CONFIG_HOME": str(folder.parent / "config")}
    done = warm.run([*command, *places, *words], {**os.environ, **own}, timeout=180)
    assert done.stdout, done.stderr
    return done.returncode, json.loads(done.stdout)


def results(report: dict[str, Any]) -> dict[str, str]:
    """Tunnel name to its result."""
    return {tunnel["tunnel"]: tunnel["result"] for tunnel in report["tunnels"]}


def test_all_branches_are_built_on_one_map(hub) -> None:
    """Every tunnel is verified, the hub's entries stand below its dynamic one, and no tunnel disturbs another.

    What the hub shows when a tunnel was saved serves the next one: it is read once a tunnel, and twice behind the soaking.
    """
    code, report = deploy(hub, "--canary", "1", "--soak", "0.5", "--workers", "3", "--debug")
    assert code == 0, results(report)
    shown = (Path(report["folder"]) / "debug.log").read_text().count("vpn2611: show startup-config ->")
    assert shown == 1 + BRANCHES + 2
    assert set(results(report).values()) == {"verified"}
    running = hub[0].exec("vpn2611", "show running-config").splitlines()
    entries = [
        int(line.split()[3])
        for line in running
        if line.startswith("crypto map clientmap ") and line.split()[-1] == "ipsec-isakmp"
    ]
    assert len(set(entries)) == BRANCHES
    assert max(entries) < 10
    code, report = deploy(hub)
    assert (code, report["changed"]) == (0, False)


def test_one_sick_branch_is_taken_back_alone(hub) -> None:
    """A branch that fails is rolled back from the hub and from itself; the others are built, and the run is partial."""
    hub[0].fault("branch3", "drop-esp")
    code, report = deploy(hub)
    assert code == 10
    found = results(report)
    assert found.pop("to-branch3") == "rolled-back"
    assert set(found.values()) == {"verified"}
    assert "NR-to-branch3" not in hub[0].exec("vpn2611", "show running-config")
    assert "NR-to-branch2" in hub[0].exec("vpn2611", "show running-config")


def test_a_failing_canary_stops_the_run(hub) -> None:
    """When the canary fails no other tunnel is begun."""
    hub[0].fault("branch1", "wrong-psk")
    code, report = deploy(hub, "--canary", "1", "--soak", "1")
    found = results(report)
    assert found.pop("to-branch1") == "rolled-back"
    assert set(found.values()) == {"refused"}
    assert code in (1, 20)
    assert "NR-" not in hub[0].exec("vpn2611", "show running-config")


def test_a_canary_that_falls_sick_while_it_soaks_was_changed(hub) -> None:
    """It is not verified any more and no other tunnel is begun; that its devices have its change is told all the same."""
    lab, folder = hub
    runs = folder.parent / "runs"
    old = {*runs.glob("2*")}

    def soaks() -> bool:
        journals = [run / "journal.jsonl" for run in {*runs.glob("2*")} - old]
        return any('"soaking"' in journal.read_text() for journal in journals if journal.exists())

    with ThreadPoolExecutor(1) as beside:
        done = beside.submit(deploy, hub, "--canary", "1", "--soak", "6")
        while not soaks() and not done.done():
            time.sleep(0.05)
        lab.fault("branch1", "drop-esp")
        code, report = done.result()
    found = results(report)
    assert found.pop("to-branch1") == "verify-failed", report
    assert set(found.values()) == {"refused"}
    assert code not in (0, 10)
    assert (report["changed"], report["tunnels"][0]["changed"]) == (True, True)
    assert "NR-to-branch1" in lab.exec("vpn2611", "show running-config")


def test_the_run_stops_after_so_many_failures(hub) -> None:
    """With --max-failures 2 the third tunnel is the last that is begun when the first two fail."""
    hub[0].fault("branch1", "wrong-psk")
    hub[0].fault("branch2", "refuse-line", "set pfs")
    code, report = deploy(hub, "--max-failures", "2")
    assert code not in (0, 21)
    assert list(results(report).values()) == ["rolled-back", "rolled-back", "refused", "refused", "refused"]
