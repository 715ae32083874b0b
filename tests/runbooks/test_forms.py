"""Tunnels by IKEv2 and on tunnel interfaces: what else becomes of them than tests/matrix has for each pair of systems."""

from __future__ import annotations

import json
import os
import re
import sys
from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest
from msgspec import Struct

from nr_run.lab.entry import LabHandle

from .. import warm
from ..warm import start_lab
from .test_ssh import write_inventory

SUITE = ("aes-256-cbc", "hmac-sha1", 14)
FORMS = [(1, "vti"), (2, "crypto-map"), (2, "vti")]


class Ends(Struct):
    """A lab of two devices, an inventory with one tunnel in one form, and the command as a real process."""

    lab: LabHandle
    folder: Path

    def run(self, command: str, *words: str) -> tuple[int, dict[str, Any]]:
        """Exit code and report."""
        environment = {
            **os.environ,
            "NR_RUN_CREDENTIALS": str(self.lab.credentials),
            "XDG_CONFIG_HOME": str(self.folder / "config"),
        }
        places = ["--runs", str(self.folder / "runs")]
        places += ["--inventory", str(self.folder / "inventory")] if command.endswith("l2l") else []
        nr_run = str(Path(sys.executable).parent / "nr-run")
        line = [nr_run, command, *words, "--json", *places, "--poll-interval", "0.1", "--ike-timeout", "10"]
        done = warm.run(line, environment, 240)
        assert done.stdout, done.stderr
        return done.returncode, json.loads(done.stdout)

    @property
    def running(self) -> list[list[str]]:
        """What both run, without what they say of their last change."""
        texts = [self.lab.exec(name, "show running-config") for name in ("hq", "branch")]
        kept = ("!", ":", "Current configuration", "Cryptochecksum")
        return [[line for line in text.splitlines() if not line.startswith(kept)] for text in texts]


def intend(folder: Path, version: int, style: str) -> None:
    """The tunnel of the inventory in this form."""
    path = folder / "inventory" / "vpn" / "intent.yaml"
    text = path.read_text()
    if version == 2:
        text = text.replace("version: 1, mode: main", "version: 2")
    more = f"    cisco: {{style: {style}}}\n" + ("    tunnel_prefix: 10.255.0.0/30\n" if style == "vti" else "")
    path.write_text(text.replace("    terminations:\n", f"{more}    terminations:\n"))


def give_away(folder: Path) -> None:
    """The second end of the tunnel is not ours any more: it has no host, and nobody logs in to it."""
    path = folder / "inventory" / "vpn" / "intent.yaml"
    lines = path.read_text().splitlines()
    index = next(number for number, line in enumerate(lines) if "{host: branch" in line)
    words = re.sub(r"host: branch, interface: [^,]+, ", "partner: them, ", lines[index])
    path.write_text("\n".join([*lines[:index], words, *lines[index + 1 :]]) + "\n")


@pytest.mark.parametrize(("version", "style"), [(1, "crypto-map"), (2, "vti")], ids=lambda value: str(value))
def test_an_end_that_is_not_ours(tmp_path: Path, version: int, style: str) -> None:
    """Our half is removed, built and verified from our side; the far end, which has its own half, is never touched."""
    devices = {"hq": "c881", "branch": "c881"}
    with start_lab(tmp_path / "lab", devices=devices, speed=20) as lab:
        write_inventory(lab, tmp_path / "inventory", devices, SUITE)
        intend(tmp_path, version, style)
        ends = Ends(lab, tmp_path)
        before = ends.running
        assert ends.run("deploy-l2l", "--yes")[0] == 0
        built = ends.running
        give_away(tmp_path)
        code, report = ends.run("remove-l2l", "hq-branch", "--yes")
        assert code == 0, json.dumps(report, indent=1)
        assert report["tunnels"][0]["sentence"] == "removed from hq, verified gone from this side only and saved"
        assert ends.running == [before[0], built[1]]
        code, report = ends.run("deploy-l2l", "--yes")
        assert code == 0, json.dumps(report, indent=1)
        assert report["tunnels"][0]["sentence"] == "built on hq, verified up from this side only and saved"
        assert [device["host"] for device in report["tunnels"][0]["devices"]] == ["hq"]
        assert ends.running == built


OTHERS = [
    ((1, "crypto-map"), (2, "vti")),
    ((2, "crypto-map"), (1, "crypto-map")),
    ((2, "vti"), (2, "crypto-map")),
    ((2, "vti"), (1, "vti")),
    ((1, "vti"), (1, "crypto-map")),
]


@pytest.mark.parametrize(("standing", "wanted"), OTHERS, ids=lambda form: f"{form[0]}-{form[1]}")
def test_another_form_is_two_runs(tmp_path: Path, standing: tuple[int, str], wanted: tuple[int, str]) -> None:
    """A tunnel that stands in another form is refused with nothing changed, and the two runs that the refusal names lead on."""
    devices = {"hq": "c881", "branch": "asa919"}
    with start_lab(tmp_path / "lab", devices=devices, speed=20) as lab:
        write_inventory(lab, tmp_path / "inventory", devices, SUITE)
        path = tmp_path / "inventory" / "vpn" / "intent.yaml"
        text = path.read_text()
        if standing != (1, "crypto-map"):
            intend(tmp_path, *standing)
        ends = Ends(lab, tmp_path)
        assert ends.run("deploy-l2l", "--yes")[0] == 0
        built = ends.running
        path.write_text(text)
        if wanted != (1, "crypto-map"):
            intend(tmp_path, *wanted)
        code, report = ends.run("deploy-l2l", "--yes")
        assert code == 65, json.dumps(report, indent=1)
        runs = "a tunnel is not changed into another form: nr-run remove-l2l hq-branch, then nr-run deploy-l2l hq-branch"
        assert runs in report["tunnels"][0]["sentence"]
        assert ends.running == built
        code, report = ends.run("remove-l2l", "hq-branch", "--yes")
        assert code == 0, json.dumps(report, indent=1)
        assert not left_of(ends, lab)
        code, report = ends.run("deploy-l2l", "--yes")
        assert (code, report["tunnels"][0]["verified"]) == (0, True), json.dumps(report, indent=1)


def test_another_interface_is_two_runs(tmp_path: Path) -> None:
    """The outside address has moved to another interface: refused with nothing changed, and the two runs lead on."""
    devices = {"hq": "c8000v-17", "branch": "c881"}
    with start_lab(tmp_path / "lab", devices=devices, speed=20) as lab:
        write_inventory(lab, tmp_path / "inventory", devices, SUITE)
        ends, path = Ends(lab, tmp_path), tmp_path / "inventory" / "vpn" / "intent.yaml"
        assert ends.run("deploy-l2l", "--yes")[0] == 0
        (address,) = re.findall(r"interface: GigabitEthernet1, outside_ip: ([\d.]+)", path.read_text())
        moved = f"interface GigabitEthernet3\nip address {address} 255.255.255.0\nno shutdown"
        lab.exec("hq", f"configure terminal\ninterface GigabitEthernet1\nno ip address\n{moved}\nend")
        lab.exec("hq", "write memory")
        path.write_text(path.read_text().replace("interface: GigabitEthernet1,", "interface: GigabitEthernet3,"))
        stands = ends.running
        code, report = ends.run("deploy-l2l", "--yes")
        assert code == 65, json.dumps(report, indent=1)
        runs = "a tunnel is not moved to another map or interface: nr-run remove-l2l hq-branch, then nr-run deploy-l2l hq-branch"
        assert runs in report["tunnels"][0]["sentence"]
        assert ends.running == stands
        code, report = ends.run("remove-l2l", "hq-branch", "--yes")
        assert code == 0, json.dumps(report, indent=1)
        assert not left_of(ends, lab)
        code, report = ends.run("deploy-l2l", "--yes")
        assert (code, report["tunnels"][0]["verified"]) == (0, True), json.dumps(report, indent=1)


def another_key(ends: Ends) -> None:
    """The key in the vault is a new one."""
    (ends.lab.credentials / "hq-branch-psk").write_text("Rotated.Key-7f3a9b21c4d5e6f708192a3b\n")


def another_address(ends: Ends) -> None:
    """The interfaces of the tunnel have other addresses."""
    path = ends.folder / "inventory" / "vpn" / "intent.yaml"
    path.write_text(path.read_text().replace("10.255.0.0/30", "10.255.0.8/30"))


def fewer_networks(ends: Ends) -> None:
    """The second network behind the far end is gone."""
    path = ends.folder / "inventory" / "vpn" / "intent.yaml"
    path.write_text(path.read_text().replace(", 10.77.0.0/24]", "]"))


VALUES = [
    (2, "vti", another_key),
    (1, "vti", another_address),
    (2, "vti", fewer_networks),
    (2, "crypto-map", fewer_networks),
]


@pytest.mark.parametrize(("version", "style", "change"), VALUES, ids=lambda value: getattr(value, "__name__", value))
@pytest.mark.parametrize("deployed", [True, False], ids=["deployed", "removed at once"])
def test_other_values(tmp_path: Path, version: int, style: str, change: Callable[[Ends], None], *, deployed: bool) -> None:
    """After a change of its intent a tunnel of a newer form can be deployed and removed, or removed at once: nothing is left."""
    devices = {"hq": "c881", "branch": "asa919"}
    with start_lab(tmp_path / "lab", devices=devices, speed=20) as lab:
        write_inventory(lab, tmp_path / "inventory", devices, SUITE)
        intend(tmp_path, version, style)
        path = tmp_path / "inventory" / "vpn" / "intent.yaml"
        networks = re.findall(r"protected_prefixes: \[(\S+?)\]", path.read_text())
        path.write_text(path.read_text().replace(f"[{networks[1]}]", f"[{networks[1]}, 10.77.0.0/24]"))
        ends = Ends(lab, tmp_path)
        assert ends.run("deploy-l2l", "--yes")[0] == 0
        built = ends.running
        change(ends)
        if deployed:
            code, report = ends.run("deploy-l2l", "--yes")
            assert (code, report["changed"], report["tunnels"][0]["verified"]) == (0, True, True), json.dumps(report, indent=1)
            assert ends.running != built
        code, report = ends.run("remove-l2l", "hq-branch", "--yes")
        assert code == 0, json.dumps(report, indent=1)
        assert not left_of(ends, lab)
        assert not any("10.77.0" in line for text in ends.running for line in text)


def test_an_altered_key_of_ikev2_is_taken_back(tmp_path: Path) -> None:
    """Where a device keeps another key in a keyring than it was given, both ends are as before, and the cause says so."""
    devices = {"hq": "c881", "branch": "asa919"}
    with start_lab(tmp_path / "lab", devices=devices, speed=20) as lab:
        write_inventory(lab, tmp_path / "inventory", devices, SUITE)
        intend(tmp_path, 2, "vti")
        ends = Ends(lab, tmp_path)
        before = ends.running
        for host in ("hq", "branch"):
            lab.fault(host, "wrong-psk")
            code, report = ends.run("deploy-l2l", "--yes")
            lab.fault(host, "wrong-psk", on=False)
            assert (code, report["tunnels"][0]["cause"]["id"]) == (20, "key-not-stored"), json.dumps(report, indent=1)
            assert ends.running == before


def left_of(ends: Ends, lab: LabHandle) -> list[str]:
    """Lines of the tunnel that a device still has: by its name, by its key, or by the name of the policy of its address."""
    key = (lab.credentials / "hq-branch-psk").read_text().strip()
    return [line for text in ends.running for line in text if any(word in line for word in ("hq-branch", key, "policy NR-"))]


@pytest.mark.parametrize(("version", "style"), FORMS, ids=lambda value: str(value))
def test_a_form_that_left_the_intent(tmp_path: Path, version: int, style: str) -> None:
    """Known to the devices alone, a tunnel of any form goes with all that was its own, and a rollback brings it back."""
    devices = {"hq": "asa919", "branch": "c881"}
    with start_lab(tmp_path / "lab", devices=devices, speed=20) as lab:
        write_inventory(lab, tmp_path / "inventory", devices, SUITE)
        intend(tmp_path, version, style)
        ends = Ends(lab, tmp_path)
        assert ends.run("deploy-l2l", "--yes")[0] == 0
        built = ends.running
        path = tmp_path / "inventory" / "vpn" / "intent.yaml"
        text = path.read_text().replace("- name: hq-branch", "- name: elsewhere\n    status: planned")
        path.write_text(re.sub(r"10\.(\d+)\.(\d+)\.(0/24|1\b)", r"10.200.\2.\3", text))
        code, report = ends.run("remove-l2l", "hq-branch", "--yes")
        assert (code, report["tunnels"][0]["verified"]) == (0, True), json.dumps(report, indent=1)
        assert not left_of(ends, lab)
        stays = [host for host in ("hq", "branch") if any(host in line for line in report["tunnels"][0]["stays"])]
        # A policy of IOS with IKEv2 is known by the address in its name; all others may be anybody's, and are named.
        assert stays == (["hq"] if version == 2 else ["hq", "branch"])
        code, report = ends.run("rollback", "--yes")
        assert (code, report["tunnels"][0]["verified"]) == (0, True), json.dumps(report, indent=1)
        assert [sorted(lines) for lines in ends.running] == [sorted(lines) for lines in built]
