"""Every form of a tunnel between devices of several systems: up, idle, broken, and one part of it broken."""

from __future__ import annotations

import json
import re
from pathlib import Path
from typing import Any

import pytest

from nr_run.lab.entry import LabHandle

from ..runbooks.test_forms import SUITE, Ends, intend
from ..runbooks.test_partner_tunnel import give_away, partners_lines
from ..runbooks.test_ssh import OLD, STRONG, write_inventory
from ..warm import start_lab
from .estate import Estate

FORMS = [
    (("asa919", "c881"), SUITE, 1, "crypto-map"),
    (("asa919", "asa919"), SUITE, 2, "vti"),
    (("c8000v-17", "c881"), SUITE, 2, "vti"),
    (("c881", "asa919"), SUITE, 2, "crypto-map"),
    (("asa82", "vpn2611"), OLD, 1, "crypto-map"),
]


def built(lab: LabHandle, folder: Path) -> Estate:
    """The tunnel of the inventory is deployed."""
    code, report = Ends(lab, folder).run("deploy-l2l", "--yes")
    assert code == 0, json.dumps(report, indent=1)
    return Estate(lab, folder)


def clear(lab: LabHandle) -> None:
    """No SA is left on either device."""
    for name in lab.devices:
        asa = lab.exec(name, "show version").lstrip().startswith("Cisco Adaptive")
        for line in ("clear crypto ipsec sa", "clear crypto isakmp sa") if asa else ("clear crypto sa", "clear crypto isakmp"):
            lab.exec(name, line)
        lab.exec(name, "clear crypto ikev2 sa")


def only(estate: Estate, *words: str) -> tuple[int, dict[str, Any]]:
    """Exit code and the one verdict, of all that the inventory has."""
    code, report = estate.verify(*words, names=())
    (verdict,) = report["verdicts"]
    assert all(device["round_trips"] <= 6 for device in report["devices"] if device["round_trips"])
    return code, verdict


@pytest.mark.parametrize(("pair", "suite", "version", "style"), FORMS, ids=lambda value: str(value))
def test_a_form(tmp_path: Path, pair: tuple[str, str], suite: tuple[str, str, int], version: int, style: str) -> None:
    """Up with and without a probe; without SAs idle, or up again by itself; and broken on the way it is never up or idle."""
    devices = dict(zip(("hq", "branch"), pair, strict=True))
    with start_lab(tmp_path / "lab", devices=devices, speed=20) as lab:
        write_inventory(lab, tmp_path / "inventory", devices, suite)
        if (version, style) != (1, "crypto-map"):
            intend(tmp_path, version, style)
        estate = built(lab, tmp_path)
        code, verdict = only(estate)
        assert (code, verdict["word"], verdict["configured"]) == (0, "up", "as-intended"), verdict
        assert verdict["known_by"] == "probe"
        code, verdict = only(estate, "--no-probe")
        assert (code, verdict["word"]) == (0, "up"), verdict
        clear(lab)
        code, verdict = only(estate, "--no-probe")
        if style == "crypto-map":
            assert (code, verdict["word"]) == (0, "idle"), verdict
        assert verdict["word"] != "unencrypted"
        assert only(estate)[1]["word"] == "up"
        lab.fault("branch", "drop-esp")
        code, verdict = only(estate)
        assert (code, verdict["word"]) == (12, "down"), verdict
        assert verdict["causes"], verdict
        lab.fault("branch", "drop-esp", on=False)
        lab.fault("branch", "drop-ike")
        clear(lab)
        code, verdict = only(estate)
        assert (code, verdict["word"]) == (12, "down"), verdict
        if style == "vti":
            code, verdict = only(estate, "--no-probe")
            assert code == 12, verdict
            assert verdict["word"] in ("down", "unverified")


@pytest.mark.parametrize("ours", ["c881", "asa91"])
def test_a_far_end_that_is_not_ours(tmp_path: Path, ours: str) -> None:
    """It is judged from our end, which says so: up by its own ping, and down where that is not answered."""
    devices = {"hq": ours, "branch": "c881"}
    with start_lab(tmp_path / "lab", devices=devices, speed=20) as lab:
        write_inventory(lab, tmp_path / "inventory", devices, STRONG)
        give_away(tmp_path)
        hosts = tmp_path / "inventory" / "hosts.yaml"
        hosts.write_text("".join(line for line in hosts.read_text().splitlines(True) if not line.startswith("branch:")))
        lab.exec("branch", partners_lines(lab, (lab.credentials / "hq-branch-psk").read_text().strip()))
        estate = built(lab, tmp_path)
        code, verdict = only(estate)
        assert (code, verdict["word"], verdict["known_by"]) == (0, "up", "probe"), verdict
        assert "is not ours: it was checked from this side only" in verdict["reach"]
        assert [end["host"] for end in verdict["ends"]] == ["hq"]
        lab.fault("branch", "down")
        clear(lab) if ours == "c881" else lab.exec("hq", "clear crypto ipsec sa")
        code, verdict = only(estate)
        assert (code, verdict["word"]) == (12, "down"), verdict


def test_one_of_several_pairs(tmp_path: Path) -> None:
    """Each pair in which the router has an address is pinged; one that the far end has lost is named, and degrades the tunnel."""
    devices = {"hq": "c881", "branch": "c881"}
    with start_lab(tmp_path / "lab", devices=devices, speed=20) as lab:
        write_inventory(lab, tmp_path / "inventory", devices, STRONG)
        path = tmp_path / "inventory" / "vpn" / "intent.yaml"
        text = path.read_text()
        own = re.search(r"host: hq.*protected_prefixes: \[([^]]+)\]", text)
        assert own
        path.write_text(text.replace(f"[{own[1]}]", f"[{own[1]}, 10.77.1.0/24]", 1))
        lab.exec("hq", "configure terminal\ninterface Loopback77\nip address 10.77.1.1 255.255.255.0\nend")
        lab.exec("hq", "write memory")
        estate = built(lab, tmp_path)
        code, verdict = only(estate)
        assert (code, verdict["word"]) == (0, "up"), verdict
        assert [flow["up"] for end in verdict["ends"] for flow in end["flows"]] == [True] * 4
        running = lab.exec("branch", "show running-config").splitlines()
        name = next(line.split()[-1] for line in running if line.startswith("ip access-list extended NR-"))
        line = next(line.strip() for line in running if "10.77.1.0" in line and "permit" in line)
        lab.exec("branch", f"configure terminal\nip access-list extended {name}\nno {line}\nend")
        clear(lab)
        code, verdict = only(estate)
        assert (code, verdict["word"], verdict["configured"]) == (12, "degraded", "differs"), verdict
        assert "10.77.1.0/24" in verdict["sentence"]


def test_rekeys_are_no_alarm(tmp_path: Path) -> None:
    """With SAs that live for seconds, verifications before, in and behind a rekey all say up or idle."""
    devices = {"hq": "c881", "branch": "c881"}
    with start_lab(tmp_path / "lab", devices=devices, speed=20) as lab:
        write_inventory(lab, tmp_path / "inventory", devices, STRONG)
        path = tmp_path / "inventory" / "vpn" / "intent.yaml"
        text = path.read_text()
        path.write_text(text.replace("ipsec_proposals: [{name: esp,", "ipsec_proposals: [{name: esp, sa_lifetime_seconds: 120,"))
        estate = built(lab, tmp_path)
        seen: set[int] = set()
        for number in range(6):
            code, verdict = only(estate, *(("--no-probe",) if number % 2 else ()))
            assert code == 0, verdict
            assert verdict["word"] in ("up", "idle"), verdict
            seen |= {spi for end in verdict["ends"] for flow in end["flows"] for spi in flow["spis"]}
        assert len(seen) > 2, "no SA was renewed meanwhile, so nothing was tried"
