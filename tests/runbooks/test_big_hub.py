"""A hub that carries hundreds of tunnels already: more are added, some fail, and the hub itself never reloads for one of them."""

from __future__ import annotations

import json
import os
import sys
import time
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import pytest

from nr_run.lab.entry import LabHandle

from .. import warm
from ..own_inventory import PAIR
from ..warm import start_lab

GROUPS = """
cisco-881:
  platform: cisco_ios
  data:
    model: "881"
    release: 15.4(3)M3
    username_ref: credential:device-username
    password_ref: credential:device-password
    enable_ref: credential:enable-secret
"""


@dataclass(frozen=True)
class Hub:
    """A lab with a hub and its branches, and an inventory with a tunnel to each branch."""

    lab: LabHandle
    folder: Path
    branches: tuple[str, ...]

    @property
    def runs(self) -> Path:
        """Where run folders are kept."""
        return self.folder / "runs"

    def begin(self, *words: str) -> warm.Process:
        """Start deploy-l2l for all tunnels."""
        command = [str(Path(sys.executable).parent / "nr-run"), "deploy-l2l", "--yes", "--json", "--poll-interval", "0.1"]
        places = ["--ike-timeout", "6", "--inventory", str(self.folder / "inventory"), "--runs", str(self.runs)]
        return warm.Process(
            [*command, *places, *words],
            {
                **os.environ,
                "NR_RUN_CREDENTIALS": str(self.lab.credentials),
                "XDG_CONFIG_HOME": str(self.folder / "config"),
            },
        )

    def deploy(self, *words: str) -> tuple[int, dict[str, Any]]:
        """Run it; exit code and report."""
        process = self.begin(*words)
        out, err = process.communicate(timeout=180)
        assert out, err
        return process.returncode, json.loads(out)

    def journal(self) -> list[dict[str, Any]]:
        """The journal of the newest run."""
        newest = max(self.runs.glob("2*"))
        return [json.loads(line) for line in (newest / "journal.jsonl").read_text().splitlines() if line.endswith("}")]

    def fill(self, entries: int) -> None:
        """Bind a map with so many entries for peers that are not there, and save it; they have a policy, not the default ones."""
        lines = ["crypto isakmp policy 5", "encr 3des", "hash md5", "authentication pre-share", "group 2", "exit"]
        for number in range(entries):
            peer, name = f"192.0.{2 + number // 250}.{1 + number % 250}", f"OLD-{number}"
            lines += [
                f"crypto isakmp key key-of-{number} address {peer}",
                f"crypto ipsec transform-set {name} esp-3des esp-sha-hmac",
                "exit",
                f"ip access-list extended {name}",
                f"permit ip 10.10.0.0 0.0.255.255 172.{20 + number // 250}.{number % 250}.0 0.0.0.255",
                "exit",
                f"crypto map HUB {10 * (number + 1)} ipsec-isakmp",
                f"set peer {peer}",
                f"set transform-set {name}",
                f"match address {name}",
                "exit",
            ]
        self.lab.exec("hub", "\n".join(["configure terminal", *lines, "interface FastEthernet4", "crypto map HUB", "end"]))
        self.lab.exec("hub", "write memory")

    def running(self, device: str) -> str:
        """Its running configuration without the lines that say when and how large."""
        lines = self.lab.exec(device, "show running-config").splitlines()
        return "\n".join(line for line in lines if line and not line.startswith(("!", "Current conf", "Building")))


@pytest.fixture
def hub(request: pytest.FixtureRequest, tmp_path: Path) -> Iterator[Hub]:
    """An 881 as hub, with as many 3640 as the test wants for branches."""
    branches = tuple(f"branch{number:02}" for number in range(1, request.param + 1))
    with start_lab(tmp_path / "lab", devices={"hub": "c881", **dict.fromkeys(branches, "vpn3640")}, speed=20) as lab:
        folder = tmp_path / "inventory"
        (folder / "vpn").mkdir(parents=True)
        for file in ("defaults.yaml", "vpn/cryptography.yaml"):
            (folder / file).write_text((PAIR / file).read_text())
        (folder / "groups.yaml").write_text((PAIR / "groups.yaml").read_text() + GROUPS)
        hosts = [
            f"{name}: {{hostname: 127.0.0.1, port: {place.port}, groups: [{'cisco-881' if name == 'hub' else 'cisco-3640'}]}}"
            for name, place in lab.devices.items()
        ]
        (folder / "hosts.yaml").write_text("\n".join(hosts) + "\n")
        tunnels = ["schema_version: 1", "tunnels:"]
        for name in branches:
            tunnels += _tunnel(lab, name)
        (folder / "vpn" / "tunnels.yaml").write_text("\n".join(tunnels) + "\n")
        yield Hub(lab, tmp_path, branches)


def _tunnel(lab: LabHandle, branch: str) -> list[str]:
    example = (PAIR / "vpn/hq-branch.yaml").read_text()
    (profile,) = (line.split()[1] for line in example.splitlines() if line.strip().startswith("ipsec_profile:"))
    lines = [
        f"  - name: to-{branch}",
        f"    ipsec_profile: {profile}",
        "    preshared_key_ref: credential:hq-branch-psk",
        "    waiver: {until: 2028-06-30, ticket: CHG-1, reason: 'a hub in a test'}",
        "    terminations:",
    ]
    for name, interface in (("hub", "FastEthernet4"), (branch, "Ethernet0/0")):
        shown = lab.exec(name, "show running-config").splitlines()
        outside, inside = (line.split()[2] for line in shown if line.startswith(" ip address "))
        network = inside.rsplit(".", 1)[0] + ".0/24"
        lines += [
            f"      - {{host: {name}, interface: {interface}, outside_ip: {outside},",
            f"         protected_prefixes: [{network}], probe_address: {inside}}}",
        ]
    return lines


def results(report: dict[str, Any]) -> dict[str, str]:
    """Tunnel to its result."""
    return {tunnel["tunnel"]: tunnel["result"] for tunnel in report["tunnels"]}


@pytest.mark.parametrize("hub", [12], indirect=True)
def test_two_of_twelve_fail_on_a_hub_that_has_sixty(hub: Hub) -> None:
    """Ten are verified; two go back tunnel by tunnel; the hub is armed and cancelled for each, and what it had is untouched."""
    hub.fill(60)
    before = hub.running("hub")
    sick, gone = "branch04", "branch09"
    hub.lab.fault(sick, "wrong-psk")
    hub.lab.fault(gone, "down")
    code, report = hub.deploy("--canary", "1", "--soak", "0.2", "--workers", "4", "--max-failures", "2")
    found = results(report)
    assert code == 10, found
    assert {name: result for name, result in found.items() if result != "verified"} == {
        f"to-{sick}": "rolled-back",
        f"to-{gone}": "refused",
    }
    assert len(found) == 12
    after = hub.running("hub")
    assert set(before.splitlines()) <= set(after.splitlines())
    for branch in hub.branches:
        assert (f"NR-to-{branch}" in after) == (branch not in (sick, gone))
    _armed_for_each(hub, [branch for branch in hub.branches if branch != gone])
    assert "No reload is scheduled" in hub.lab.exec("hub", "show reload")
    assert hub.running("hub").splitlines() == [
        line for line in hub.lab.exec("hub", "show startup-config").splitlines() if line and not line.startswith(("!", "Using"))
    ]


def _armed_for_each(hub: Hub, branches: list[str]) -> None:
    """No timer of the hub is pending when the next tunnel arms it: each arming is followed by a cancelling."""
    pending, armed = False, []
    for line in hub.journal():
        if line["state"] == "arming" and line["host"] == "hub":
            assert not pending, f"the hub's timer was still pending when {line['tunnel']} armed it"
            pending = True
            armed.append(line["tunnel"])
        elif line["state"] == "disarmed" and "hub" in (line.get("host"), *line.get("hosts", ())):
            pending = False
    assert not pending
    assert armed == [f"to-{branch}" for branch in branches]


@pytest.mark.parametrize("hub", [3], indirect=True)
def test_the_run_ends_after_so_many_failures_on_a_hub(hub: Hub) -> None:
    """With --max-failures 1 the first tunnel that fails is the last that is begun, and what was verified before stays."""
    hub.lab.fault("branch02", "wrong-psk")
    code, report = hub.deploy("--workers", "2", "--max-failures", "1")
    assert code == 10
    assert list(results(report).values()) == ["verified", "rolled-back", "refused"]
    assert "NR-to-branch01" in hub.running("hub")
    assert "NR-to-branch02" not in hub.running("hub")
    _armed_for_each(hub, ["branch01", "branch02"])


@pytest.mark.parametrize("hub", [1], indirect=True)
def test_a_branch_that_is_lost_does_not_keep_the_hub_armed(hub: Hub, request: pytest.FixtureRequest) -> None:
    """While a lost branch is awaited the hub is back as it was and its timer is off: it must not reload for one tunnel."""
    hub.lab.fault("branch01", "slow", "20")
    before = hub.running("hub")
    process = hub.begin("--revert-in", "5", "--boot-timeout", "1", "--reconnect-timeout", "0.5")
    request.addfinalizer(process.kill)
    _until(lambda: any(line["state"] == "applying" and line["host"] == "hub" for line in _lines(hub)))
    hub.lab.fault("branch01", "down")
    _until(lambda: any(line["state"] == "rolling-back" for line in _lines(hub)))
    _until(lambda: "No reload is scheduled" in hub.lab.exec("hub", "show reload"), seconds=10)
    assert process.poll() is None, "the run should still wait for the branch"
    assert hub.running("hub") == before
    hub.lab.fault("branch01", "slow", on=False)
    hub.lab.fault("branch01", "down", on=False)
    out, err = process.communicate(timeout=90)
    assert process.returncode == 20, out + err
    assert hub.running("hub") == before
    assert "No reload is scheduled" in hub.lab.exec("hub", "show reload")


@pytest.mark.parametrize("hub", [2], indirect=True)
def test_a_hub_under_two_names_is_refused(hub: Hub) -> None:
    """Two names and addresses of one device share no lock: neither tunnel is begun, and the sentence names both."""
    before = {name: hub.running(name) for name in ("hub", *hub.branches)}
    hosts, tunnels = hub.folder / "inventory" / "hosts.yaml", hub.folder / "inventory" / "vpn" / "tunnels.yaml"
    line = next(line for line in hosts.read_text().splitlines() if line.startswith("hub:"))
    second = line.replace("hub:", "hub.example.com:", 1).replace("127.0.0.1", "localhost")
    hosts.write_text(f"{hosts.read_text()}{second}\n")
    first, last = tunnels.read_text().split("  - name: to-branch02")
    tunnels.write_text(f"{first}  - name: to-branch02{last.replace('host: hub,', 'host: hub.example.com,')}")
    code, report = hub.deploy("--workers", "2")
    assert code == 13, report
    assert set(results(report).values()) == {"refused"}
    for tunnel in report["tunnels"]:
        assert "hub and hub.example.com are one device with the serial number" in tunnel["message"]
    assert {name: hub.running(name) for name in before} == before


def _lines(hub: Hub) -> list[dict[str, Any]]:
    return hub.journal() if list(hub.runs.glob("2*/journal.jsonl")) else []


def _until(happened: Any, *, seconds: float = 30) -> None:
    deadline = time.monotonic() + seconds
    while not happened():
        assert time.monotonic() < deadline, "what was waited for did not happen"
        time.sleep(0.02)
