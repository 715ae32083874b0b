"""nr-run doctor: what would stop a change on a device is told before one is begun, and nothing is changed for it."""

from __future__ import annotations

import json
import os
import sys
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest
from click import Context, Option
from msgspec import Struct

from nr_run.checks.finding import Status
from nr_run.checks.phones.readiness import readiness
from nr_run.checks.readiness.health import Algorithms, Examined, health
from nr_run.inventory.models.platforms import platform_for
from nr_run.inventory.systems import system_of
from nr_run.lab.entry import LabHandle
from nr_run.runbooks.commands.cli import cli

from .. import warm
from ..warm import start_lab
from .test_ssh import STRONG, write_inventory

ROOT = Path(__file__).parents[2]
DEVICES = {"old": "vpn2611", "kron": "vpn3640-124", "branch": "c881", "fw": "asa919", "edge": "c8000v-1711"}


class Clinic(Struct):
    """A lab of one device a family, and the command."""

    lab: LabHandle
    inventory: Path

    def doctor(self, *words: str) -> tuple[int, dict[str, Any], str]:
        """Exit code, report and what stood on standard error."""
        command = [str(Path(sys.executable).parent / "nr-run"), "doctor", *words, "--json", "--inventory", str(self.inventory)]
        done = warm.run(command, {**os.environ, "NR_RUN_CREDENTIALS": str(self.lab.credentials)}, timeout=300)
        return done.returncode, json.loads(done.stdout), done.stderr

    def findings(self, report: dict[str, Any], host: str) -> dict[str, tuple[str, str]]:
        """Check to status and sentence, the worst of each check."""
        order = ["failed", "unverified", "warning", "ok", "skipped"]
        (device,) = (one for one in report["devices"] if one["host"] == host)
        found = sorted(device["findings"], key=lambda item: -order.index(item["status"]))
        return {item["check"]: (item["status"], item["sentence"]) for item in found}

    def configurations(self) -> dict[tuple[str, str], list[str]]:
        """What each device runs and keeps, without the comments, which tell when somebody was in configuration mode last."""
        kinds = ("show running-config", "show startup-config")
        return {
            (name, kind): [line for line in self.lab.exec(name, kind).splitlines() if not line.startswith(("!", "Current ", ":"))]
            for name in self.lab.devices
            for kind in kinds
        }


@pytest.fixture(scope="module")
def clinic(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Clinic]:
    """One lab for all tests of this module; each rolls its faults back."""
    folder = tmp_path_factory.mktemp("clinic")
    with start_lab(folder / "lab", devices=DEVICES, speed=20) as lab:
        write_inventory(lab, folder / "inventory", DEVICES, STRONG)
        yield Clinic(lab, folder / "inventory")


def test_healthy_devices_are_ready(clinic: Clinic) -> None:
    """A device of every family is examined and ready, each check is made, and no device runs or keeps anything else after it."""
    before = clinic.configurations()
    code, report, err = clinic.doctor()
    assert code == 0, err
    assert [device["host"] for device in report["devices"]] == list(DEVICES)
    for host in DEVICES:
        found = clinic.findings(report, host)
        assert {"login", "modes", "identity", "release", "readings", "saved", "boots", "rollback-method", "parsers"} <= set(found)
        assert not [item for item in found.values() if item[0] in ("failed", "unverified")]
    assert "telnet" in clinic.findings(report, "old")["login"][1]
    assert "'branch(config)#'" in clinic.findings(report, "branch")["modes"][1]
    assert clinic.configurations() == before


@pytest.mark.parametrize(
    ("host", "fault", "check", "words"),
    [
        ("branch", ("refuse-show", "show crypto ipsec"), "login", "show crypto ipsec"),
        ("branch", ("login-refused",), "login", "user name or the password"),
        ("fw", ("down",), "login", "port"),
        ("old", ("login-refused",), "login", ""),
        ("kron", ("refuse-exec", "configure terminal"), "modes", "configure terminal"),
    ],
)
def test_what_stops_a_change(clinic: Clinic, host: str, fault: tuple[str, ...], check: str, words: str) -> None:
    """Whatever keeps a device from being changed fails one check, in a sentence that says what."""
    clinic.lab.fault(host, *fault)
    try:
        code, report, err = clinic.doctor(host)
    finally:
        clinic.lab.fault(host, fault[0], on=False)
    status, sentence = clinic.findings(report, host)[check]
    assert status == "failed", report
    assert words in sentence
    assert code == (13 if check == "modes" else 11), err


def test_a_timer_is_told(clinic: Clinic) -> None:
    """A reload that somebody has scheduled fails, and the other device is ready all the same."""
    clinic.lab.exec("kron", "reload in 60\n\n")
    try:
        code, report, _ = clinic.doctor("kron", "branch")
    finally:
        clinic.lab.exec("kron", "reload cancel")
    assert code == 13
    assert clinic.findings(report, "kron")["reload-timer"][0] == "failed"
    assert clinic.findings(report, "branch")["reload-timer"][0] == "ok"


def test_an_archive_makes_the_way_back_gentle(clinic: Clinic) -> None:
    """Without an archive path the way back ends in a reload, and it is said why; with one it is a revert timer."""
    _, report, _ = clinic.doctor("branch")
    status, sentence = clinic.findings(report, "branch")["rollback-method"]
    assert (status, "no archive path" in sentence, "ends in a reload" in sentence) == ("warning", True, True)
    clinic.lab.exec("branch", "configure terminal\narchive\npath flash:kept")
    clinic.lab.exec("branch", "write memory")
    _, report, _ = clinic.doctor("branch")
    assert clinic.findings(report, "branch")["rollback-method"][0] == "ok"


def test_unsaved_is_a_warning(clinic: Clinic) -> None:
    """A device that runs what it has not saved is told so; saving is not for doctor to do."""
    clinic.lab.exec("edge", "configure terminal\ninterface GigabitEthernet1\ndescription changed")
    try:
        code, report, _ = clinic.doctor("edge")
    finally:
        clinic.lab.exec("edge", "configure terminal\ninterface GigabitEthernet1\nno description")
    assert (code, clinic.findings(report, "edge")["saved"][0]) == (0, "warning")


PHONES = """schema_version: 1
phones:
  - name: desk
    host: fw
    interface: outside
    tunnel_group: Phones
    group_url: https://vpn.example.com/phones
    address_pools: [PHONES]
"""


def test_a_head_end_of_phones(clinic: Clinic) -> None:
    """Of an ASA to which phones of the intent come its licences are told, as a warning; of none that the intent has not."""
    intent = clinic.inventory / "vpn-phones.yaml"
    licence = "AnyConnect for Cisco VPN Phone"
    try:
        intent.write_text(PHONES)
        code, report, err = clinic.doctor("fw", "branch")
        found = clinic.findings(report, "fw")
        intent.write_text(PHONES.replace("    host", "    status: planned\n    host"))
        _, planned, _ = clinic.doctor("fw")
        intent.write_text(PHONES.replace("host: fw", "hots: fw"))
        refused, bad, _ = clinic.doctor("fw")
    finally:
        intent.unlink(missing_ok=True)
    shown = next(line for line in clinic.lab.exec("fw", "show version").splitlines() if line.startswith(licence))
    assert code == 0, err
    assert found["phones"][0] == ("ok" if ": Enabled" in shown else "warning"), found["phones"]
    assert "phones" not in clinic.findings(report, "branch")
    assert "phones" not in clinic.findings(planned, "fw")
    assert (refused, "hots" in bad["error"]) == (65, True)


@pytest.mark.parametrize(
    ("row", "status", "words"),
    [
        ("AnyConnect for Cisco VPN Phone    : Enabled        perpetual", Status.OK, "let IP phones in"),
        ("AnyConnect for Cisco VPN Phone    : Disabled       perpetual", Status.WARNING, "the licence for phones is disabled"),
        ("", Status.WARNING, "the licence for phones is not known"),
    ],
)
def test_licences_for_phones(row: str, status: Status, words: str) -> None:
    """What keeps every phone out is told before one comes, and so is what cannot be told; it stops no change."""
    running = "ASA Version 9.19(1) \n!\nhostname fw\nCryptochecksum:00000000000000000000000000000000\n: end\n"
    shown = "Cisco Adaptive Security Appliance Software Version 9.19(1)\n\n"
    shown += f"Licensed features for this platform:\nVLANs : 50\n{row}\n"
    platform = platform_for("ASA", "9.19(1)")
    (found,) = readiness("fw", platform, {"show version": shown, system_of(platform).running: running}, "now")
    assert (found.check, found.status, words in found.sentence) == ("phones", status, True), found.sentence
    router = platform_for("C8000V", "26.1.1")
    assert readiness("edge", router, {}, "now")[0].status is Status.WARNING


def test_an_unknown_device(clinic: Clinic) -> None:
    """A name that the inventory has not is refused with the nearest one, and nobody is logged in to."""
    code, report, _ = clinic.doctor("brunch")
    assert (code, "did you mean branch" in report["error"]) == (66, True)


def test_only_some_of_them(clinic: Clinic) -> None:
    """--limit means devices by Nornir's filter words, along with names all have to fit, and an empty selection is refused."""
    code, report, err = clinic.doctor("--limit", "host=edge")
    assert (code, [device["host"] for device in report["devices"]]) == (0, ["edge"]), err
    code, report, _ = clinic.doctor("branch", "--limit", "host=edge")
    assert (code, "nothing that was asked for" in report["error"]) == (66, True)
    code, report, _ = clinic.doctor("--limit", "hots=edge")
    assert (code, "did you mean host" in report["error"]) == (64, True)


def test_all_that_passes_is_kept(clinic: Clinic, tmp_path: Path) -> None:
    """--debug keeps what passes, without secrets, and the findings, in a folder beside the runs; without it there is none."""
    _, plain, _ = clinic.doctor("branch", "--runs", str(tmp_path))
    assert ("folder" in plain, list(tmp_path.iterdir())) == (False, [])
    code, report, err = clinic.doctor("branch", "--runs", str(tmp_path), "--debug")
    assert code == 0, err
    folder = Path(report["folder"])
    assert folder.parent == tmp_path / "doctor"
    log = (folder / "debug.log").read_text()
    assert "show startup-config" in log
    for name in ("device-password", "enable-secret"):
        assert (clinic.lab.credentials / name).read_text().strip() not in log
    (kept,) = json.loads((folder / "doctor.json").read_text())["devices"]
    (told,) = report["devices"]
    assert [(item["check"], item["status"]) for item in kept["findings"]] == [
        (item["check"], item["status"]) for item in told["findings"]
    ]


def test_a_rehearsal(tmp_path: Path) -> None:
    """--lab examines devices of a lab in place of those that the inventory has, which nobody could reach."""
    (tmp_path / "inventory").mkdir()
    for path in (ROOT / "inventory").glob("*.yaml"):
        (tmp_path / "inventory" / path.name).write_text(path.read_text().replace("127.0.0.1", "192.0.2.9"))
    command = [str(Path(sys.executable).parent / "nr-run"), "doctor", "vpn3640", "--lab", "--json"]
    places = ["--inventory", str(tmp_path / "inventory")]
    done = warm.run([*command, *places], {**os.environ, "XDG_STATE_HOME": str(tmp_path)}, timeout=300)
    report = json.loads(done.stdout)
    assert done.returncode == 0, report
    assert [(device["host"], device["reached"]) for device in report["devices"]] == [("vpn3640", True)]


@pytest.mark.parametrize("option", ["--lab", "--limit", "--debug"])
def test_options_are_those_of_its_siblings(option: str) -> None:
    """What doctor, drift and verify have alike means the same, in the same words; deploy-l2l rehearses in words of its own."""
    siblings = ["verify", "drift", "doctor", *(["deploy-l2l"] if option != "--lab" else [])]
    found = {
        (parameter.help, parameter.multiple, parameter.is_flag, parameter.metavar)
        for name in siblings
        for parameter in _options(name).get(option, ())
    }
    assert len(found) == 1
    assert all(option in _options(name) for name in siblings)


def _options(command: str) -> dict[str, tuple[Option, ...]]:
    """Of one command, each option by its first word."""
    made = cli.get_command(Context(cli), command)
    assert made is not None
    return {parameter.opts[0]: (parameter,) for parameter in made.params if isinstance(parameter, Option)}


def examined(**outputs: str) -> Examined:
    """An IOS-XE of 2026 that showed this besides what it always shows."""
    running = "Current configuration : 40 bytes\n!\nversion 26.1\nhostname edge\nend\n"
    shown = {
        "show version": "Cisco IOS XE Software, Version 26.01.01\nConfiguration register is 0x2142\n",
        "show running-config": running,
        "show startup-config": running,
        "show reload": "No reload is scheduled.",
        "show clock": "*00:00:10.000 UTC Mon Mar 1 1993",
        "dir flash:": "Directory of flash:/\n",
    }
    platform = platform_for("C8000V", "26.1.1")
    agreed = Algorithms("ssh-rsa", "aes256-ctr", "hmac-sha2-256")
    return Examined("edge", platform, {**shown, **outputs}, ("a doubt",), {"exec": "edge#"}, "refused", agreed, 1.0, "now")


def of(found: Examined, check: str) -> tuple[Status, str]:
    """Status and sentence of one check."""
    from nr_run.checks.readiness import health as module

    by_name = {
        "login": module._login,
        "modes": module._modes,
        "readings": module._readings,
        "way-back": module._way_back,
        "insecure": module._insecure,
    }
    made = list(by_name[check](found))
    return made[-1].status, made[-1].sentence


def test_each_warning_alone() -> None:
    """An old algorithm, a mode that is not entered, a reading that is doubted and insecure lines are each told by one check."""
    seen = examined(
        **{
            "show system security mode": "System Security Mode : Insecure",
            "show system insecure configuration": (
                "Total Active Insecure Commands: 1\n| ACTIVE INSECURE CONFIGURATION ENTRY [1/1]\n  Module: AAA\n"
                "  CLI Command: enable password *\n  Remediation: Use secret\n"
            ),
        }
    )
    assert of(seen, "login") == (
        Status.WARNING,
        "SSH agrees on ssh-rsa (a signature with SHA-1): a client of today may refuse that",
    )
    assert of(seen, "modes")[0] is Status.FAILED
    assert of(seen, "readings")[0] is Status.WARNING
    assert of(seen, "insecure") == (Status.WARNING, "it warns of 1 of its lines: enable password * (Use secret)")
    assert of(examined(), "login")[0] is Status.WARNING


def test_a_release_that_does_not_tell() -> None:
    """A release that does not know the question says nothing about insecure lines."""
    refused = {"show system security mode": "        ^\n% Invalid input detected at '^' marker."}
    assert not [item for item in health_of(examined(**refused)) if item in ("security-mode", "insecure-lines")]


def health_of(seen: Examined) -> list[str]:
    """The checks that were made."""
    from nr_run.checks.readiness import health as module

    return [finding.check for check in (module._insecure, module._login) for finding in check(seen)]


def test_every_check_is_in_the_table() -> None:
    """What an examination asks is one table, and each row is a function of what was seen alone."""
    from nr_run.checks.readiness.health import _CHECKS

    assert len(_CHECKS) == len(set(_CHECKS)) == 13
    assert callable(health)
