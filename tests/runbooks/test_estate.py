"""`--lab` plays any inventory's own hosts: by model and release, two of a model as well, with their addresses and interfaces."""

from __future__ import annotations

import json
import os
import sys
from pathlib import Path

import pytest

from nr_run.inventory.models.platforms import MODELS, platform_for, rows
from nr_run.lab.core.profiles import PROFILES
from nr_run.runbooks.engine.rehearsal.rehearsal_lab import _BOXES, box_for

from .. import warm

CONFIGURATIONS = Path(__file__).parents[1] / "lab" / "configurations"
HOSTS = """
berlin: {hostname: 192.0.2.11, platform: cisco_ios, data: {model: "881", release: 15.4(3)M3}}
munich: {hostname: 192.0.2.12, platform: cisco_ios_telnet, data: {model: "881", release: 15.4(3)M3}}
hamburg: {hostname: 192.0.2.13, platform: cisco_asa, data: {model: ASA, release: 9.16(4)}}
"""
DEFAULTS = """
data: {username_ref: "env:NOBODY_HAS_THIS", password_ref: "command:false", enable_ref: "file:/nowhere/enable"}
"""
CRYPTO = """
schema_version: 1
ike_proposals:
  - {name: strong, encryption_algorithm: aes-256-cbc, authentication_algorithm: hmac-sha1, group: 14}
ike_policies:
  - {name: strong, version: 1, mode: main, proposals: [strong]}
ipsec_proposals:
  - {name: strong, encryption_algorithm: aes-256-cbc, authentication_algorithm: hmac-sha1}
ipsec_policies:
  - {name: strong, proposals: [strong]}
ipsec_profiles:
  - {name: strong, ike_policy: strong, ipsec_policy: strong}
tunnels:
  - name: berlin-munich
    ipsec_profile: strong
    preshared_key_ref: env:NOBODY_HAS_THIS_KEY
    waiver: {until: 2030-01-01, ticket: T-1, reason: SHA-1 on old boxes}
    terminations:
      - {host: berlin, interface: FastEthernet4, outside_ip: 198.51.100.7, protected_prefixes: [10.31.0.0/20],
         probe_address: 10.31.4.1}
      - {host: munich, interface: FastEthernet4, outside_ip: 203.0.113.1, protected_prefixes: [10.32.0.0/16],
         probe_address: 10.32.0.1}
  - name: berlin-hamburg
    ipsec_profile: strong
    preshared_key_ref: credential:no-such-file
    waiver: {until: 2030-01-01, ticket: T-1, reason: SHA-1 on old boxes}
    terminations:
      - {host: berlin, interface: FastEthernet4, outside_ip: 198.51.100.7, protected_prefixes: [10.31.0.0/20],
         probe_address: 10.31.4.1}
      - {host: hamburg, interface: GigabitEthernet0/1, outside_ip: 198.51.100.99, protected_prefixes: [10.33.0.0/24],
         probe_address: 10.33.0.1}
"""


@pytest.fixture
def estate(tmp_path: Path) -> Path:
    """An inventory that has nothing in common with the example: addresses, names, interfaces, references."""
    folder = tmp_path / "inventory"
    (folder / "vpn").mkdir(parents=True)
    (folder / "hosts.yaml").write_text(HOSTS)
    (folder / "defaults.yaml").write_text(DEFAULTS)
    (folder / "vpn" / "all.yaml").write_text(CRYPTO)
    return folder


def run(estate: Path, *words: str, **environment: str) -> tuple[int, str, str]:
    """A runbook on the lab."""
    places = ["--inventory", str(estate), "--runs", str(estate.parent / "runs"), "--lab", "--json"]
    command = [str(Path(sys.executable).parent / "nr-run"), *words, *places]
    done = warm.run(command, {**os.environ, "XDG_CONFIG_HOME": str(estate.parent / "config"), **environment}, timeout=600)
    return done.returncode, done.stdout, done.stderr


def test_an_inventory_of_ones_own_is_deployed_on_the_lab(estate: Path) -> None:
    """Two of a model and a firewall, in three providers' networks, with references that resolve to nothing here: verified up."""
    code, out, err = run(estate, "deploy-l2l", "--yes")
    assert code == 0, out + err
    assert {tunnel["tunnel"]: tunnel["result"] for tunnel in json.loads(out)["tunnels"]} == {
        "berlin-munich": "verified",
        "berlin-hamburg": "verified",
    }


def nr_run(*words: str, **environment: str) -> str:
    """What a command prints that has to succeed."""
    command = [str(Path(sys.executable).parent / "nr-run"), *words]
    done = warm.run(command, {**os.environ, **environment}, timeout=300)
    assert done.returncode == 0, done.stdout + done.stderr
    return done.stdout


def test_a_change_is_rehearsed_on_the_device_as_it_is(estate: Path, tmp_path: Path) -> None:
    """A lab that is up with a device's own configuration is used: the tunnel is built beside what stands there, and it stays.

    Then the devices of that kept run are played as they were before it.
    """
    lab = {"NR_RUN_LAB_DIR": str(tmp_path / "lab")}
    config = CONFIGURATIONS / "c881.cfg"
    up = ["lab", "up", "--detach", "--any-ports", "--speed", "10", "--inventory", str(estate)]
    said = nr_run(*up, "--config", f"berlin={config}", **lab)
    try:
        assert "berlin: kept, not played: " in said
        code, out, err = run(estate, "deploy-l2l", "berlin-munich", "--yes", **lab)
        assert code == 0, out + err
        shown = nr_run("lab", "exec", "berlin", "show running-config", **lab)
    finally:
        nr_run("lab", "down", **lab)
    assert "crypto map OUT 10 ipsec-isakmp" in shown
    assert " set peer 203.0.113.1\n" in shown
    assert " service-policy output SHAPE" in shown
    (kept,) = (estate.parent / "runs").glob("2*")
    nr_run("lab", "up", "--detach", "--any-ports", "--run", str(kept), **lab)
    try:
        again = nr_run("lab", "exec", "berlin", "show running-config", **lab)
    finally:
        nr_run("lab", "down", **lab)
    assert " set peer 203.0.113.99" in again
    assert " set peer 203.0.113.1\n" not in again
    assert " service-policy output SHAPE" in again


def test_a_configuration_of_no_host_is_refused(estate: Path, tmp_path: Path) -> None:
    """--config names a host that is not played: one sentence with the nearest name, and no lab runs."""
    command = [str(Path(sys.executable).parent / "nr-run"), "lab", "up", "--detach", "--inventory", str(estate)]
    done = warm.run(
        [*command, "--config", f"berlni={CONFIGURATIONS / 'c881.cfg'}"], {**os.environ, "NR_RUN_LAB_DIR": str(tmp_path / "lab")}
    )
    assert done.returncode == 66
    assert "no host is named 'berlni' (did you mean berlin?)" in done.stderr
    assert not (tmp_path / "lab" / "lab.json").exists()


def test_a_model_of_ones_own_is_planned(estate: Path) -> None:
    """A host of a model that only platforms.yaml knows is planned, and a release newer than the table is told in the plan."""
    row = "{release: 15.1(4)M, like: 881 15.4(3)M3, source: IOS 15.1M release notes}"
    (estate / "platforms.yaml").write_text(f'models:\n  "2811":\n    rows: [{row}]\n')
    text = HOSTS.replace('{model: "881", release: 15.4(3)M3}}\nhamburg', '{model: "2811", release: 15.1(4)M7}}\nhamburg')
    (estate / "hosts.yaml").write_text(text.replace("9.16(4)", "9.30(1)"))
    code, out, err = run(estate, "deploy-l2l", "--plan")
    assert code == 2, out + err
    assert "munich: the lab has no 2811 with 15.1(4)M7; it goes by 15.4(3)M3" in err
    assert any(words.startswith("hamburg: ASA with 9.30(1) is newer than ") for words in json.loads(out)["warnings"])


def test_a_run_on_a_model_of_ones_own_is_rolled_back(estate: Path, tmp_path: Path) -> None:
    """`rollback` needs no inventory, so the run's record knows the model that only platforms.yaml knew."""
    row = "{release: 15.1(4)M, like: 881 15.4(3)M3, source: IOS 15.1M release notes}"
    (estate / "platforms.yaml").write_text(f'models:\n  "2811":\n    rows: [{row}]\n')
    text = HOSTS.replace('{model: "881", release: 15.4(3)M3}}\nhamburg', '{model: "2811", release: 15.1(4)M7}}\nhamburg')
    (estate / "hosts.yaml").write_text(text)
    lab = {"NR_RUN_LAB_DIR": str(tmp_path / "lab"), "XDG_CONFIG_HOME": str(tmp_path / "config")}
    nr_run("lab", "up", "--detach", "--any-ports", "--speed", "10", "--inventory", str(estate), **lab)
    try:
        code, out, err = run(estate, "deploy-l2l", "berlin-munich", "--yes", **lab)
        assert code == 0, out + err
        (kept,) = (tmp_path / "runs").glob("2*")
        nr_run("rollback", kept.name, "--runs", str(tmp_path / "runs"), "--yes", **lab)
        assert "203.0.113.1" not in nr_run("lab", "exec", "berlin", "show running-config", **lab)
    finally:
        nr_run("lab", "down", **lab)


def test_every_box_of_the_lab_is_used() -> None:
    """A device that the lab gets has its row: with the release that it goes by, and its own platform is played by it."""
    assert {profile: plays for *_, profile, plays in _BOXES} == {name: profile.release for name, profile in PROFILES.items()}
    assert all(box_for(platform_for(model, plays)) == (profile, plays) for model, _, _, profile, plays in _BOXES)


@pytest.mark.parametrize("model", MODELS)
def test_every_row_of_the_table_has_a_box(model: str) -> None:
    """Whatever the table knows is played by a device of the same operating system."""
    for row in rows(model):
        profile, _ = box_for(platform_for(model, str(row.release)))
        assert profile.startswith("asa") is (row.os == "asa")
