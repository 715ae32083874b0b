"""Far ends that are not ours, as `--lab` plays them: from what their tunnels ask of them, with faults of their own."""

from __future__ import annotations

import json
import os
import sys
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import pytest

from nr_run.lab.core.errors import NoSuchDevice, NoSuchFault
from nr_run.lab.core.faults import FAR_FAULTS
from nr_run.lab.entry import LabHandle
from nr_run.runbooks.engine.rehearsal.far_ends import credential_name
from nr_run.runbooks.engine.rehearsal.rehearsal_lab import ordered

from .. import warm
from ..warm import start_lab

HOSTS = """
edge: {hostname: 192.0.2.11, platform: cisco_xe, data: {model: C8000V, release: 17.12.1}}
wall: {hostname: 192.0.2.12, platform: cisco_asa, data: {model: ASA, release: 9.19(1)}}
"""
DEFAULTS = """
data: {username_ref: "env:NOBODY_HAS_THIS", password_ref: "command:false", enable_ref: "file:/nowhere/enable"}
"""
EDGE = "host: edge, interface: GigabitEthernet1, outside_ip: 198.51.100.7, protected_prefixes: [10.31.4.0/24]"
WALL = "host: wall, interface: GigabitEthernet0/0, outside_ip: 198.51.100.8, protected_prefixes: [10.32.4.0/24]"
INTENT = f"""
schema_version: 1
ike_proposals:
  - {{name: one, encryption_algorithm: aes-256-cbc, authentication_algorithm: hmac-sha256, group: 14}}
  - {{name: two, encryption_algorithm: aes-256-gcm, authentication_algorithm: hmac-sha384, group: 20, sa_lifetime: 28800}}
ike_policies:
  - {{name: v1, version: 1, mode: main, proposals: [one]}}
  - {{name: v2, version: 2, proposals: [two]}}
ipsec_proposals:
  - {{name: cbc, encryption_algorithm: aes-256-cbc, authentication_algorithm: hmac-sha256}}
  - {{name: gcm, encryption_algorithm: aes-256-gcm}}
ipsec_policies:
  - {{name: cbc, proposals: [cbc], pfs_group: 14}}
  - {{name: gcm, proposals: [gcm], pfs_group: 20}}
ipsec_profiles:
  - {{name: v1, ike_policy: v1, ipsec_policy: cbc}}
  - {{name: v2, ike_policy: v2, ipsec_policy: gcm}}
tunnels:
  - name: orders
    ipsec_profile: v1
    preshared_key_ref: env:NOBODY_HAS_THIS_KEY
    cisco: {{style: crypto-map}}
    terminations:
      - {{{EDGE}, probe_address: 10.31.4.1}}
      - {{partner: Example Ltd, outside_ip: 203.0.113.10, protected_prefixes: [10.200.0.0/24], probe_address: 10.200.0.10}}
  - name: wall-orders
    ipsec_profile: v2
    preshared_key_ref: credential:wall-orders
    cisco: {{style: crypto-map}}
    terminations:
      - {{{WALL}, probe_address: 10.32.4.1}}
      - {{partner: Example Ltd, outside_ip: 203.0.113.10, protected_prefixes: [10.200.0.0/24], probe_address: 10.200.0.10}}
  - name: routed
    ipsec_profile: v2
    preshared_key_ref: "command:echo nothing"
    tunnel_prefix: 10.255.0.0/30
    cisco: {{style: vti}}
    terminations:
      - {{{EDGE}, probe_address: 10.31.4.1}}
      - {{partner: A cloud, outside_ip: 203.0.113.66, protected_prefixes: [10.210.0.0/24], probe_address: 10.210.0.4}}
  - name: quiet
    ipsec_profile: v2
    preshared_key_ref: credential:quiet
    cisco: {{style: crypto-map}}
    terminations:
      - {{{EDGE}, probe_address: 10.31.4.1}}
      - {{outside_ip: 203.0.113.77, protected_prefixes: [10.220.0.0/24]}}
"""
#: Tunnel, the far end's name in the lab, what is broken there, and words of the cause that is told.
FAULTS = (
    ("orders", "example-ltd", ("wrong-psk",), "pre-shared keys"),
    ("orders", "example-ltd", ("wrong-proposal",), "is not ours, and cannot be seen from here"),
    ("wall-orders", "example-ltd", ("wrong-proposal", "esp"), "is not ours, and cannot be seen from here"),
    ("wall-orders", "example-ltd", ("wrong-selectors",), "is not ours, and cannot be seen from here"),
    ("routed", "a-cloud", ("no-ping",), "is not ours, and cannot be seen from here"),
    ("quiet", "the-far-end-203-0-113-77", ("down",), "IKE is not answered"),
)


@dataclass
class Estate:
    """A lab that plays the inventory, and nr-run upon it."""

    lab: LabHandle
    folder: Path

    def run(self, *words: str) -> dict[str, Any]:
        """A runbook in the lab; the report of each tunnel by its name."""
        places = ["--inventory", str(self.folder / "inventory"), "--runs", str(self.folder / "runs")]
        command = [
            str(Path(sys.executable).parent / "nr-run"),
            *words,
            *places,
            "--lab",
            "--json",
            "--yes",
            "--poll-interval",
            "0.5",
        ]
        own = {"XDG_CONFIG_HOME": str(self.folder / "config"), "NR_RUN_LAB_DIR": str(self.lab.directory)}
        done = warm.run(command, {**os.environ, **own}, timeout=600)
        return {tunnel["tunnel"]: tunnel for tunnel in json.loads(done.stdout)["tunnels"]}

    def running(self) -> dict[str, list[str]]:
        """What both devices run, without the time of the last change."""
        found = {name: self.lab.exec(name, "show running-config").splitlines() for name in self.lab.devices}
        passing = ("!", ":", "Current configuration", "Cryptochecksum")
        return {name: [line for line in lines if not line.startswith(passing)] for name, lines in found.items()}


def inventory_in(folder: Path) -> Path:
    """The inventory of this module."""
    (folder / "vpn").mkdir(parents=True)
    for name, text in (("hosts.yaml", HOSTS), ("defaults.yaml", DEFAULTS), ("vpn/all.yaml", INTENT)):
        (folder / name).write_text(text)
    return folder


@pytest.fixture
def estate(tmp_path: Path) -> Iterator[Estate]:
    """A lab with what `nr-run lab up --inventory` orders."""
    devices, _, _ = ordered(inventory_in(tmp_path / "inventory"), None, {})
    with start_lab(tmp_path / "lab", devices=devices, speed=20) as lab:
        yield Estate(lab, tmp_path)


def test_partners_are_proved_as_far_as_they_can_be(estate: Estate) -> None:
    """IKEv1 and IKEv2, map and tunnel interface: verified where an address answers, by SAs alone where none does; removed again.

    Two tunnels of ours go to one partner, and the keys are of any kind of reference.
    """
    before = estate.running()
    built = estate.run("deploy-l2l")
    assert {name: tunnel["result"] for name, tunnel in built.items()} == {
        "orders": "verified",
        "wall-orders": "verified",
        "routed": "verified",
        "quiet": "sas-up",
    }, built
    assert set(estate.lab.far_ends.values()) == {"203.0.113.10", "203.0.113.66", "203.0.113.77"}
    again = estate.run("deploy-l2l")
    assert {tunnel["changed"] for tunnel in again.values()} == {False}
    for told in (built["quiet"], again["quiet"]):
        assert (told["result"], told["verified"]) == ("sas-up", False)
        assert "by its SAs alone, from this side only (that traffic passes is not verified)" in told["sentence"]
        assert "that traffic passes is not verified" in told["reach"]
        assert told["untested"]
    removed = estate.run("remove-l2l", *built)
    assert all(tunnel["verified"] for tunnel in removed.values()), removed
    assert estate.running() == before


def test_a_partner_with_a_fault(estate: Estate) -> None:
    """Whatever is wrong there, our end is rolled back, and the cause says that the far side cannot be seen from here."""
    before = estate.running()
    for tunnel, far, fault, words in FAULTS:
        estate.lab.fault(far, *fault)
        told = estate.run("deploy-l2l", tunnel, "--ike-timeout", "4")[tunnel]
        estate.lab.fault(far, fault[0], on=False)
        assert told["result"] == "rolled-back", (fault, told)
        assert words in told["cause"]["sentence"], (fault, told["cause"])
        assert "is not ours, and cannot be seen from here" in told["cause"]["sentence"]
        assert "nr-run partner-sheet" in told["cause"]["remedy"]
        assert estate.running() == before, fault
    assert any("keys differ" in line for line in estate.lab.far_ends_status()["example-ltd"]["noted"])


def test_a_far_end_has_no_command_line(estate: Estate) -> None:
    """Nobody logs in to a far end, and a fault of a command line is refused with what can be broken there."""
    with pytest.raises(NoSuchDevice, match="has no command line"):
        estate.lab.exec("a-cloud", "show version")
    with pytest.raises(NoSuchFault, match=f"can be broken: {', '.join(FAR_FAULTS)}"):
        estate.lab.fault("a-cloud", "cut-session-after", 3)
    with pytest.raises(NoSuchFault, match=r"There is no fault no-pign\. Did you mean no-ping"):
        estate.lab.fault("a-cloud", "no-pign")


def test_a_reference_stands_for_one_credential() -> None:
    """A credential keeps its name; any other reference, and one that is no file name, gets a name that is made of it."""
    assert credential_name("credential:hq-branch-psk") == "hq-branch-psk"
    made = {credential_name(reference) for reference in ("env:KEY", "file:/KEY", "credential:../KEY", "credential:KEY")}
    assert len(made) == 4
    assert not any("/" in name for name in made)
