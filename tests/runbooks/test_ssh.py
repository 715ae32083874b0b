"""Tunnels between routers of later releases, over SSH with the algorithms of their era."""

from __future__ import annotations

import json
import os
import sys
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import pytest

from nr_run.lab.entry import LabHandle

from .. import warm
from ..warm import start_lab

#: What each simulated device is, and where it stands on the shared segment.
BOXES = {
    "vpn3640-124": ("3640", "12.4(25d)", "Ethernet0/0", "cisco_ios"),
    "c881": ("881", "15.4(3)M3", "FastEthernet4", "cisco_ios"),
    "c8000v-17": ("C8000V", "17.9.4a", "GigabitEthernet1", "cisco_xe"),
    "c8000v-1711": ("C8000V", "17.11.1a", "GigabitEthernet1", "cisco_xe"),
    "c8000v-1712": ("C8000V", "17.12.4", "GigabitEthernet1", "cisco_xe"),
    "vpn2611": ("2611", "12.2(8)T", "Ethernet0/0", "cisco_ios_telnet"),
    "vpn3640": ("3640", "12.2(8)T", "Ethernet0/0", "cisco_ios_telnet"),
    "asa82": ("ASA", "8.2(5)", "Ethernet0/0", "cisco_asa"),
    "asa91": ("ASA", "9.1(7)", "GigabitEthernet0/0", "cisco_asa"),
    "asa919": ("ASA", "9.19(1)", "GigabitEthernet0/0", "cisco_asa"),
}
STRONG = ("aes-256-cbc", "hmac-sha1", 5)
OLD = ("3des-cbc", "hmac-sha1", 2)


@dataclass(frozen=True)
class Pair:
    """Two devices and an inventory with one tunnel between them."""

    lab: LabHandle
    folder: Path

    def run(self, command: str, *words: str) -> tuple[int, dict[str, Any]]:
        """Run a command; exit code and report."""
        places = ["--runs", str(self.folder / "runs")]
        if command in ("deploy-l2l", "remove-l2l", "rotate-psk"):
            places += ["--inventory", str(self.folder / "inventory")]
        timeouts = ["--poll-interval", "0.1", "--ike-timeout", "8", "--reconnect-timeout", "6"]
        done = warm.run(
            [str(Path(sys.executable).parent / "nr-run"), command, *words, "--json", *places, *timeouts],
            {
                **os.environ,
                "NR_RUN_CREDENTIALS": str(self.lab.credentials),
                "XDG_CONFIG_HOME": str(self.folder / "config"),
            },
        )
        assert done.stdout, done.stderr
        return done.returncode, json.loads(done.stdout)

    def running(self) -> dict[str, list[str]]:
        """Running configurations, without the lines that tell when and how large."""
        return {
            name: [
                line
                for line in self.lab.exec(name, "show running-config").splitlines()
                if line and not line.startswith(("!", "Current conf", "Building"))
            ]
            for name in self.lab.devices
        }


def write_inventory(lab: LabHandle, folder: Path, profiles: dict[str, str], suite: tuple[str, str, int]) -> None:
    """An inventory for these devices, with one tunnel that uses one suite in both phases."""
    cipher, integrity, group = suite
    hosts, ends = [], []
    for name, profile in profiles.items():
        model, release, interface, driver = BOXES[profile]
        hosts.append(
            f"{name}: {{hostname: 127.0.0.1, port: {lab.devices[name].port}, platform: {driver},"
            f" data: {{model: '{model}', release: '{release}',"
            " username_ref: 'credential:device-username', password_ref: 'credential:device-password',"
            " enable_ref: 'credential:enable-secret'}}"
        )
        lines = lab.exec(name, "show running-config").splitlines()
        outside, inside = (line.split()[2] for line in lines if line.startswith(" ip address "))
        network = inside.rsplit(".", 1)[0] + ".0/24"
        ends.append(
            f"      - {{host: {name}, interface: {interface}, outside_ip: {outside}, protected_prefixes: [{network}],"
            f" probe_address: {inside}}}"
        )
    (folder / "vpn").mkdir(parents=True)
    (folder / "hosts.yaml").write_text("\n".join(hosts) + "\n")
    (folder / "groups.yaml").write_text("none: {data: {site: test}}\n")
    (folder / "defaults.yaml").write_text("data: {site: test}\n")
    (folder / "vpn" / "intent.yaml").write_text(
        f"""schema_version: 1
ike_proposals: [{{name: ike, encryption_algorithm: {cipher}, authentication_algorithm: {integrity}, group: {group}}}]
ike_policies: [{{name: ike, version: 1, mode: main, proposals: [ike]}}]
ipsec_proposals: [{{name: esp, encryption_algorithm: {cipher}, authentication_algorithm: {integrity}}}]
ipsec_policies: [{{name: esp, proposals: [esp], pfs_group: {group}}}]
ipsec_profiles: [{{name: both, ike_policy: ike, ipsec_policy: esp}}]
tunnels:
  - name: hq-branch
    ipsec_profile: both
    preshared_key_ref: credential:hq-branch-psk
    dpd: {{interval_seconds: 10, retries: 3}}
    waiver: {{until: 2028-06-30, ticket: CHG-1, reason: "a test"}}
    terminations:
"""
        + "\n".join(ends)
        + "\n"
    )


@pytest.fixture
def pair(request: pytest.FixtureRequest, tmp_path: Path) -> Iterator[Pair]:
    """The pair of profiles that a test is parametrized with."""
    one, two, suite = request.param
    with start_lab(tmp_path / "lab", devices={"hq": one, "branch": two}, speed=20) as lab:
        write_inventory(lab, tmp_path / "inventory", {"hq": one, "branch": two}, suite)
        yield Pair(lab, tmp_path)


PAIRS = [
    ("vpn3640-124", "vpn3640-124", STRONG),
    ("c881", "vpn3640-124", STRONG),
    ("c881", "c881", ("aes-256-cbc", "hmac-sha256", 14)),
    ("vpn2611", "c881", OLD),
]
over_ssh = pytest.mark.parametrize("pair", PAIRS, indirect=True, ids=lambda value: f"{value[0]} {value[1]}")


@over_ssh
def test_a_tunnel_is_built_proved_kept_and_rolled_back(pair: Pair) -> None:
    """Each pair of releases gets its tunnel, keeps it in a second run, and is as before after a rollback."""
    before = pair.running()
    code, report = pair.run("deploy-l2l", "--yes")
    assert code == 0, report
    assert report["tunnels"][0]["verified"] is True
    code, report = pair.run("deploy-l2l", "--yes")
    assert (code, report["changed"]) == (0, False)
    code, report = pair.run("rollback", "--yes")
    assert code == 0, report
    assert pair.running() == before


@pytest.mark.parametrize("pair", [PAIRS[1]], indirect=True, ids=["c881 vpn3640-124"])
def test_a_second_host_key_on_a_port_is_refused(pair: Pair) -> None:
    """A device that shows a key that the lab does not name is not logged in to, exit 11; with the lab's own keys it is again."""
    known = pair.lab.directory / "known_hosts"
    names = known.read_text()
    (hq, hq_key), (branch, branch_key) = (line.split(" ", 1) for line in names.splitlines())
    known.write_text(f"{hq} {branch_key}\n{branch} {hq_key}\n")
    logins = pair.lab.counters("hq").logins
    code, report = pair.run("deploy-l2l", "--plan")
    assert code == 11, report
    assert f"hq: the SSH host key of {hq} has changed: expected ssh-rsa SHA256:" in report["tunnels"][0]["sentence"]
    assert pair.lab.counters("hq").logins == logins
    known.write_text(names)
    assert pair.run("deploy-l2l", "--plan")[0] == 2


@pytest.mark.parametrize("pair", [PAIRS[1], PAIRS[3]], indirect=True, ids=lambda value: f"{value[0]} {value[1]}")
@pytest.mark.parametrize("fault", [("wrong-psk",), ("drop-esp",), ("cut-session-after", "6")])
def test_faults_end_as_before(pair: Pair, fault: tuple[str, ...]) -> None:
    """The faults of the old devices end the same way on later releases: rolled back, byte for byte."""
    before = pair.running()
    pair.lab.fault("branch", *fault)
    code, report = pair.run("deploy-l2l", "--yes")
    pair.lab.fault("branch", fault[0], on=False)
    assert code == 20, report
    assert pair.running() == before
