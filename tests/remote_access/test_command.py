"""nr-run audit-vpn-phone, as a process, over SSH, against head-ends of the lab."""

from __future__ import annotations

import json
import os
import re
import sys
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path
from typing import Any
from xml.etree import ElementTree

import pytest

from nr_run.checks.phones.causes import CAUSES
from nr_run.lab.entry import LabHandle
from nr_run.lab.stations import phone_site

from .. import warm
from ..runbooks.test_ssh import STRONG, write_inventory
from ..warm import start_lab
from .ground import Site, typed

ROOT = Path(__file__).parents[2]
DEVICES = {"good": "asa919", "bad": "asa91", "plain": "c881", "idle": "asa919"}
#: A step of the lab's clock by which a phone has nothing to wait for.
SPEED = 20


@dataclass
class Office:
    """A lab with a head-end that is in order, and one that is not, and the command."""

    lab: LabHandle
    folder: Path

    def audit(self, *words: str) -> tuple[int, dict[str, Any], str]:
        """Exit code, report and what stood on standard error."""
        done = self.run(*words, "--json")
        return done.returncode, json.loads(done.stdout), done.stderr

    def run(self, *words: str) -> Any:
        """The command."""
        places = ["--inventory", str(self.folder / "inventory"), "--runs", str(self.folder / "runs")]
        command = [str(Path(sys.executable).parent / "nr-run"), "audit-vpn-phone", *words, *places]
        return warm.run(command, {**os.environ, "NR_RUN_CREDENTIALS": str(self.lab.credentials)}, timeout=300)

    def file(self, site: Site) -> str:
        """The file of a phone, on the disk."""
        path = self.folder / "SEP00005E005301.cnf.xml"
        path.write_text(site.xml)
        return str(path)


GOOD = Site(profile="asa919")
BAD = typed(Site(profile="asa91"), *phone_site.documented(phone_site.MIDDLE))


@pytest.fixture(scope="module")
def office(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Office]:
    """One lab for all tests of this module; each rolls its faults back."""
    folder = tmp_path_factory.mktemp("office")
    orders = {"good": GOOD.order, "bad": BAD.order, "plain": "c881", "idle": "asa919"}
    with start_lab(folder / "lab", devices=orders, speed=SPEED) as lab:
        write_inventory(lab, folder / "inventory", DEVICES, STRONG)
        yield Office(lab, folder)


def _ids(report: dict[str, Any], host: str) -> list[str]:
    (device,) = (one for one in report["devices"] if one["host"] == host)
    return [finding["id"] for finding in device["findings"]]


def test_what_keeps_phones_out_is_named(office: Office) -> None:
    """Every ASA is audited and no other device; the causes of each are told, and nothing is changed on any of them."""
    before = [office.lab.exec(name, "show running-config") for name in ("good", "bad")]
    code, report, err = office.audit("--phone-config", office.file(GOOD))
    assert (code, report["outcome"]) == (12, "verify-failed"), err
    assert [device["host"] for device in report["devices"]] == ["good", "bad"]
    assert _ids(report, "good") == []
    assert sorted(_ids(report, "bad")) == ["csd", "filter", "group-lock", "logins", "protocol"]
    assert [office.lab.exec(name, "show running-config") for name in ("good", "bad")] == before
    kept = json.loads((Path(report["folder"]) / "audit.json").read_text())
    assert kept["devices"] == report["devices"]


def test_who_takes_no_clients_is_left_out(office: Office) -> None:
    """An ASA that takes no clients is no head-end with mistakes, unless somebody names it as one."""
    _, report, _ = office.audit()
    assert report["left_out"] == ["idle"]
    code, report, _ = office.audit("idle")
    assert (code, report["left_out"]) == (12, [])
    assert "webvpn-interface" in _ids(report, "idle")


def test_the_phone_agrees(office: Office) -> None:
    """The phone of the lab connects where nothing is found, is told as connected then, and does not where something is."""
    assert office.lab.client("desk", "phone", host="good", xml=GOOD.xml)["connected"]
    code, report, _ = office.audit("good", "--phone-config", office.file(GOOD))
    (device,) = report["devices"]
    assert (code, device["verdict"]) == (0, "no cause found on this device")
    assert re.fullmatch(r"CP-7962G-SEP[0-9A-F]{12}", device["phones_connected"][0])
    call = office.lab.client("desk", "phone", host="bad", xml=BAD.xml)
    assert (call["connected"], call["failed"]) == (False, "desktop")


def test_a_person_reads_evidence_and_remedy(office: Office) -> None:
    """For a person each cause has the line of the device, the lines that fix it, and where an inherited value comes from."""
    done = office.run("bad")
    assert done.returncode == 12
    shown = done.stdout
    assert "tunnel-group VPNPhone webvpn-attributes\n       without-csd" in shown
    assert "shown by show running-config, webvpn: csd enable" in shown
    assert re.search(r"vpn-simultaneous-logins +0 +DfltGrpPolicy", shown)
    assert re.search(r"vpn-idle-timeout +30 +factory default", shown)
    assert "exit 12 (verify-failed)" in shown


def test_another_digest_is_a_cause(office: Office) -> None:
    """A phone's file with the digest of another certificate is named, with both digests in both forms."""
    path = office.folder / "other.cnf.xml"
    path.write_text(phone_site.phone_file(phone_site.certificate("old.example.com")))
    code, report, _ = office.audit("good", "--phone-config", str(path))
    (finding,) = report["devices"][0]["findings"]
    assert (code, finding["id"]) == (12, "certificate-hash")
    assert sum(":" in line["line"] and "=" in line["line"] for line in finding["evidence"]) == 2


@pytest.mark.parametrize(
    ("fault", "words"),
    [
        (("refuse-show", "show running-config all group-policy"), "are not known"),
        (("refuse-show", "more disk0"), ""),
        (("refuse-show", "show clock"), "in date is not known"),
        (("empty-show", "show ssl ciphers"), "TLS are not known"),
        (("refuse-show", "show running-config"), "show running-config"),
        (("login-refused",), "password"),
    ],
)
def test_what_is_not_shown_is_told(office: Office, fault: tuple[str, ...], words: str) -> None:
    """A head-end that refuses something is never said to be without a cause, unless nothing depends on it."""
    office.lab.fault("good", *fault)
    try:
        code, report, _ = office.audit("good")
    finally:
        office.lab.fault("good", fault[0], on=False)
    told = json.dumps(report)
    assert code == (11 if words else 0)
    assert words in told
    assert not [finding for device in report["devices"] for finding in device["findings"]]
    assert ("no cause found on this device" in told) is not bool(words)


@pytest.mark.parametrize(
    ("words", "code", "sentence"),
    [
        (("plain",), 65, "plain is a 881: phones connect to an ASA"),
        (("goood",), 66, "did you mean good"),
        (("good", "--phone-model", "7940"), 64, "phone model '7940' is not known"),
        (("good", "--phone-config", "nowhere.xml"), 65, "nowhere.xml cannot be read"),
        (("good", "--phone-config", str(ROOT / "pyproject.toml")), 65, "there is no vpnGroup in this file"),
    ],
)
def test_bad_input_is_one_sentence(office: Office, words: tuple[str, ...], code: int, sentence: str) -> None:
    """What cannot be asked for is refused before a device is touched, in one sentence with its exit code."""
    office.lab.reset_counters()
    done, report, _ = office.audit(*words)
    assert (done, report["exit_code"]) == (code, code)
    assert sentence in report["error"]
    assert office.lab.counters("good").logins == 0


def test_the_page_has_every_cause() -> None:
    """docs/how-to/vpn-phones.md has a row for each cause, in the words of the table, and no other."""
    text = (ROOT / "docs" / "how-to" / "vpn-phones.md").read_text()
    rows = dict(re.findall(r"^\| `([a-z-]+)` \| (.+) \|$", text, re.MULTILINE))
    assert rows == {name: row.sentence for name, row in CAUSES.items()}


def test_where_a_renewal_stands(office: Office) -> None:
    """--renew-to tells the stages of one head-end and changes nothing; several files belong to it alone."""
    before = office.lab.exec("good", "show running-config")
    assert office.lab.client("desk", "phone", host="good", xml=GOOD.xml)["connected"]
    code, report, _ = office.audit("good", "--renew-to", "SSL", "--phone-config", office.file(GOOD))
    assert [stage["done"] for stage in report["renewal"]["stages"]] == [True, True, None, True]
    assert (code, "no file was given of CP-7962G-SEP" in report["renewal"]["stages"][2]["sentence"]) == (2, True)
    code, report, _ = office.audit("good", "--renew-to", "NEWER")
    assert (code, report["outcome"]) == (2, "pending")
    twice = ("--phone-config", office.file(GOOD)) * 2
    code, report, _ = office.audit("good", *twice)
    assert (code, "one phone" in report["error"]) == (64, True)
    assert office.lab.exec("good", "show running-config") == before


def test_a_junit_report_has_no_case_that_is_skipped(office: Office) -> None:
    """For a pipeline a cause is a failure, what is not known an error, and a head-end on which nothing was found passes."""
    path = office.folder / "report.xml"
    assert office.run("good", "bad", "--junit", str(path)).returncode == 12
    root = ElementTree.parse(path).getroot()  # noqa: S314 - our own report
    assert {name: root.get(name) for name in ("tests", "failures", "errors", "skipped")} == {
        "tests": "2",
        "failures": "1",
        "errors": "0",
        "skipped": "0",
    }
    assert "csd" in str(root.find(".//failure").get("type"))
    office.lab.fault("good", "refuse-show", "show clock")
    try:
        assert office.run("good", "--junit", str(path)).returncode == 11
    finally:
        office.lab.fault("good", "refuse-show", on=False)
    assert ElementTree.parse(path).getroot().get("errors") == "1"  # noqa: S314 - our own report
