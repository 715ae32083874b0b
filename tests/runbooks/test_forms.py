"""Tunnels by IKEv2 and on tunnel interfaces: built, proved, left alone, and removed, as the older form is."""

from __future__ import annotations

import json
import os
import re
import sys
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import pytest

from nr_run.lab.entry import LabHandle

from .. import warm
from ..warm import start_lab
from .test_ssh import write_inventory

SUITE = ("aes-256-cbc", "hmac-sha1", 14)
FORMS = [(1, "vti"), (2, "crypto-map"), (2, "vti")]
PAIRS = [("c881", "c881"), ("c8000v-17", "c881"), ("asa919", "c881"), ("asa919", "asa919")]


@dataclass
class Ends:
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
        line = [nr_run, command, *words, "--json", *places, "--poll", "0.1", "--ike-wait", "10"]
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


@pytest.mark.parametrize(("version", "style"), FORMS, ids=lambda value: str(value))
@pytest.mark.parametrize("pair", PAIRS, ids=lambda pair: f"{pair[0]} {pair[1]}")
def test_a_form(tmp_path: Path, pair: tuple[str, str], version: int, style: str) -> None:
    """It is built and proved on both ends, found as it is by a second run, removed, and both ends are as they were."""
    devices = dict(zip(("hq", "branch"), pair, strict=True))
    with start_lab(tmp_path / "lab", devices=devices, speed=20) as lab:
        write_inventory(lab, tmp_path / "inventory", devices, SUITE)
        intend(tmp_path, version, style)
        ends = Ends(lab, tmp_path)
        before = ends.running
        code, report = ends.run("deploy-l2l", "--yes")
        assert code == 0, json.dumps(report, indent=1)
        assert report["tunnels"][0]["sentence"].startswith("built on both ends, proved up and saved")
        code, report = ends.run("deploy-l2l", "--yes")
        assert (code, report["changed"]) == (0, False), report
        code, report = ends.run("remove-l2l", "hq-branch", "--yes")
        assert code == 0, json.dumps(report, indent=1)
        assert ends.running == before


def give_away(folder: Path) -> None:
    """The second end of the tunnel is not ours any more: it has no host, and nobody logs in to it."""
    path = folder / "inventory" / "vpn" / "intent.yaml"
    lines = path.read_text().splitlines()
    index = next(number for number, line in enumerate(lines) if "{host: branch" in line)
    words = re.sub(r"host: branch, interface: [^,]+, ", "partner: them, ", lines[index])
    path.write_text("\n".join([*lines[:index], words, *lines[index + 1 :]]) + "\n")


@pytest.mark.parametrize(("version", "style"), [(1, "crypto-map"), (2, "vti")], ids=lambda value: str(value))
def test_an_end_that_is_not_ours(tmp_path: Path, version: int, style: str) -> None:
    """Our half is removed, built and proved from our side; the far end, which has its own half, is never touched."""
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
        assert report["tunnels"][0]["sentence"] == "removed from hq, proved gone from our side and saved"
        assert ends.running == [before[0], built[1]]
        code, report = ends.run("deploy-l2l", "--yes")
        assert code == 0, json.dumps(report, indent=1)
        assert report["tunnels"][0]["sentence"] == "built on hq, proved up from our side and saved"
        assert [device["host"] for device in report["tunnels"][0]["devices"]] == ["hq"]
        assert ends.running == built


def test_another_form_is_two_runs(tmp_path: Path) -> None:
    """A tunnel that stands as a map entry is not changed into a tunnel interface: the refusal says what to do, and it does."""
    devices = {"hq": "c881", "branch": "c881"}
    with start_lab(tmp_path / "lab", devices=devices, speed=20) as lab:
        write_inventory(lab, tmp_path / "inventory", devices, SUITE)
        ends = Ends(lab, tmp_path)
        assert ends.run("deploy-l2l", "--yes")[0] == 0
        built = ends.running
        intend(tmp_path, 2, "vti")
        code, report = ends.run("deploy-l2l", "--yes")
        assert code == 65, json.dumps(report, indent=1)
        assert "a tunnel is not changed into another form: remove it, then deploy it" in report["tunnels"][0]["sentence"]
        assert ends.running == built
