"""nr-run renew-phone-certificate: stages over days, each by what shows it or who said it; bound last, verified, or rolled
back."""

from __future__ import annotations

import base64
import hashlib
import json
import os
import signal
import sys
import time
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import pytest

from nr_run.changes.plans.settings import plan_line
from nr_run.checks.phones.reconnected import reconnected
from nr_run.checks.phones.sessions import Session
from nr_run.inventory.errors import ChangeError
from nr_run.lab.entry import LabHandle
from nr_run.lab.stations import phone_site

from .. import warm
from ..warm import start_lab
from .ground import Site, typed
from .test_details import chain

OLD, NEW = phone_site.certificate(), phone_site.certificate("vpn.example.com", ("vpn.example.com", "new.example.com"))
#: States of the journal at which a run is killed: all of them by `make phones`.
STATES = ("locked", "recorded", "arming", "armed", "applying", "switching", "applied", "waiting", "disarmed", "saving", "saved")
KILLED = STATES if os.environ.get("NR_RUN_PHONES") == "all" else ("waiting",)


def file_with(*certificates: bytes) -> str:
    """The file of a phone that trusts these."""
    hashes = "".join(
        f"<certHash{n}>{base64.b64encode(hashlib.sha1(der, usedforsecurity=False).digest()).decode()}</certHash{n}>"
        for n, der in enumerate(certificates, 1)
    )
    text = phone_site.phone_file(certificates[0])
    begin, end = text.index("<certHash1>"), text.index("</credentials>")
    return text[:begin] + hashes + text[end:]


BOTH, FIRST = file_with(OLD, NEW), file_with(OLD)


@dataclass
class Office:
    """A head-end with a new certificate enrolled, and one phone that is in."""

    lab: LabHandle
    folder: Path
    runs: Path

    def command(self, *words: str) -> list[str]:
        """The command line."""
        places = ["--inventory", str(self.folder / "inventory"), "--runs", str(self.runs)]
        return [str(Path(sys.executable).parent / "nr-run"), "renew-phone-certificate", "fw", "--to", "NEW", *words, *places]

    @property
    def environment(self) -> dict[str, str]:
        """Of the command."""
        return {**os.environ, "NR_RUN_CREDENTIALS": str(self.lab.credentials), "XDG_CONFIG_HOME": str(self.folder / "config")}

    def run(self, *words: str, code: int) -> dict[str, Any]:
        """The report."""
        done = warm.run(self.command("--json", *words), self.environment, timeout=300)
        assert done.returncode == code, done.stdout + done.stderr
        return dict(json.loads(done.stdout))

    def other(self, *words: str) -> int:
        """Exit code of rollback or resume."""
        line = [str(Path(sys.executable).parent / "nr-run"), *words, "--runs", str(self.runs)]
        done = warm.run(line, self.environment, timeout=300)
        assert done.returncode in (0, 20, 66), done.stderr + done.stdout
        return int(done.returncode)

    def shown(self, kind: str = "running") -> list[str]:
        """A configuration without what changes by itself."""
        lines = self.lab.exec("fw", f"show {kind}-config").splitlines()
        return [line for line in lines if line.strip() and not line.startswith((":", "Cryptochecksum"))]

    def phone(self, name: str, xml: str) -> bool:
        """A phone is restarted, and comes in or not."""
        return bool(self.lab.client(name, "phone", host="fw", xml=xml)["connected"])

    def begin(self, *words: str) -> tuple[warm.Process, set[str]]:
        """A run of which nobody waits for the end; and the runs that are there already."""
        known = {path.name for path in self.runs.glob("2*")}
        return warm.Process(self.command("--yes", "--json", *words), self.environment), known

    def reached(self, state: str, known: set[str]) -> Path:
        """The folder of the new run when its journal has this state."""
        until = time.monotonic() + warm.PATIENCE * 60
        while True:
            for journal in self.runs.glob("2*/journal.jsonl"):
                if journal.parent.name not in known and f'"{state}"' in journal.read_text():
                    return journal.parent
            assert time.monotonic() < until, "the run did not come so far"
            time.sleep(0.005)


@pytest.fixture(scope="module")
def lab_folder(tmp_path_factory: pytest.TempPathFactory) -> Iterator[tuple[LabHandle, Path]]:
    """One lab for all tests of this module; each leaves the device as it was."""
    folder = tmp_path_factory.mktemp("office")
    new = [line for line in chain("NEW", NEW).splitlines() if line != "!"]
    order = typed(Site(), "crypto ca trustpoint NEW", " enrollment self", *new).order
    with start_lab(folder / "lab", devices={"fw": order}, speed=20) as lab:
        (folder / "inventory").mkdir()
        secrets = "username_ref: 'credential:device-username', password_ref: 'credential:device-password'"
        (folder / "inventory" / "hosts.yaml").write_text(
            f"fw: {{hostname: 127.0.0.1, port: {lab.devices['fw'].port}, platform: cisco_asa, data: {{model: ASA, "
            f"release: '9.19(1)', {secrets}, enable_ref: 'credential:enable-secret'}}}}\n"
        )
        yield lab, folder


@pytest.fixture
def office(lab_folder: tuple[LabHandle, Path], tmp_path: Path) -> Office:
    """With records of its own: nothing has been confirmed yet. One phone is in, by the old certificate."""
    made = Office(*lab_folder, tmp_path / "runs")
    assert made.phone("desk", BOTH)
    return made


@pytest.fixture
def xml(tmp_path: Path) -> dict[str, str]:
    """Files as phones take them."""
    for name, text in (("both", BOTH), ("first", FIRST)):
        (tmp_path / f"{name}.cnf.xml").write_text(text)
    return {name: str(tmp_path / f"{name}.cnf.xml") for name in ("both", "first")}


def stages(report: dict[str, Any]) -> list[bool | None]:
    """What is done."""
    return [stage["done"] for stage in report["renewal"]["stages"]]


def test_the_stages_over_days(office: Office, xml: dict[str, str]) -> None:
    """Each run reads the device again; what a person has said stands in the runs behind it, with who and when."""
    before = office.shown()
    made = office.run("--plan", code=2)
    assert stages(made) == [True, None, None, False]
    assert made["forward"] == ""
    made = office.run("--plan", "--confirm", "call-manager", code=2)
    assert stages(made) == [True, True, None, False]
    (said,) = made["confirmed"]
    assert said["name"] == "call-manager"
    assert said["by"] in made["renewal"]["stages"][1]["sentence"]
    made = office.run("--plan", code=2)
    assert (stages(made), made["confirmed"]) == ([True, True, None, False], [said])
    made = office.run("--plan", "--confirm", "phones", code=2)
    assert stages(made) == [True, True, True, False]
    assert "ssl trust-point NEW outside" in made["forward"]
    assert "ssl trust-point SSL outside" in made["inverse"]
    # A file that shows otherwise wins over what was said.
    made = office.run("--plan", "--phone-config", xml["first"], code=2)
    assert stages(made) == [True, False, False, False]
    assert office.shown() == before


def test_a_person_cannot_confirm_what_is_not_so(office: Office, xml: dict[str, str]) -> None:
    """What a phone's file contradicts is refused, and so is a name that nothing asks for."""
    made = office.run("--plan", "--confirm", "call-manager", "--phone-config", xml["first"], code=13)
    assert "--confirm call-manager is not so: no phone's file has the digest" in made["error"]
    assert "did you mean phones" in office.run("--plan", "--confirm", "phone", code=64)["error"]
    made = office.run("--plan", "--confirm", "phones", "--to", "NEWER", code=13)
    assert "nothing can be confirmed before the new certificate is there: trustpoint NEWER is not there" in made["error"]
    assert office.run("--plan", code=2)["confirmed"] == []


def test_what_was_confirmed_is_of_one_certificate(office: Office) -> None:
    """A word about another certificate, or another device, is none about this one."""
    office.run("--plan", "--confirm", "call-manager", "--confirm", "phones", code=2)
    (path,) = office.runs.glob("renew-phone-certificate/*/renewal.json")
    record = json.loads(path.read_text())
    assert stages(office.run("--plan", code=2)) == [True, True, True, False]
    for other in ({"digest": "00"}, {"host": "fw2"}):
        for kept in office.runs.glob("renew-phone-certificate/*/renewal.json"):
            kept.write_text(json.dumps(record | {"renewal": record["renewal"] | other}))
        assert stages(office.run("--plan", code=2)) == [True, None, None, False]


def test_bound_proved_and_undone(office: Office) -> None:
    """A phone that comes in again verifies the certificate; it is saved, and rollback brings the former one, line for line."""
    before = office.shown()
    process, known = office.begin("--confirm", "call-manager", "--confirm", "phones", "--phone-timeout", "600")
    folder = office.reached("waiting", known)
    assert office.phone("hall", BOTH)
    out, error = process.communicate(timeout=300 * warm.PATIENCE)
    assert process.returncode == 0, out + error
    made = json.loads(out)
    assert (made["run"], len(made["phones"]["fresh"]), made["phones"]["missing"]) == (folder.name, 1, [])
    journal = [json.loads(line) for line in (folder / "journal.jsonl").read_text().splitlines()]
    said = [line for line in journal if line["state"] == "confirmed"]
    assert [(line["name"], bool(line["by"]), bool(line["at"])) for line in said] == [
        ("call-manager", True, True),
        ("phones", True, True),
    ]
    after = office.shown()
    assert [line for line in after if line not in before] == ["ssl trust-point NEW outside"]
    assert after == office.shown("startup")
    assert office.run("--yes", code=0)["renewal"]["verdict"] == "the renewal is complete"
    office.other("rollback", folder.name, "--yes")
    assert office.shown() == before == office.shown("startup")


def test_nobody_comes(office: Office) -> None:
    """Sessions that were there before prove nothing: where no phone comes in again all is rolled back."""
    before = office.shown()
    made = office.run("--yes", "--confirm", "call-manager", "--confirm", "phones", "--phone-timeout", "1", code=20)
    assert "no phone has come in again" in made["error"]
    assert office.shown() == before == office.shown("startup")


def test_stopped_while_it_waits(office: Office) -> None:
    """A run that is asked to stop rolls the certificate back before it ends."""
    before = office.shown()
    process, known = office.begin("--confirm", "call-manager", "--confirm", "phones")
    office.reached("waiting", known)
    os.kill(process.pid, signal.SIGTERM)
    out, error = process.communicate(timeout=300 * warm.PATIENCE)
    assert process.returncode == 20, out + error
    assert "it was rolled back, and the device is as it was before" in json.loads(out)["error"]
    assert office.shown() == before == office.shown("startup")


def test_stopped_twice(office: Office) -> None:
    """A second wish to stop, while the certificate of before is bound again, does not end that half-way."""
    before = office.shown()
    process, known = office.begin("--confirm", "call-manager", "--confirm", "phones", "--phone-timeout", "600")
    office.reached("waiting", known)
    office.lab.fault("fw", "slow", "60")
    os.kill(process.pid, signal.SIGTERM)
    office.reached("undoing", known)
    os.kill(process.pid, signal.SIGTERM)
    os.kill(process.pid, signal.SIGINT)
    office.lab.fault("fw", "slow", on=False)
    out, error = process.communicate(timeout=300 * warm.PATIENCE)
    assert process.returncode == 20, out + error
    assert "still rolling the change back" in error
    assert office.shown() == before == office.shown("startup")
    assert "No reload is scheduled" in office.lab.exec("fw", "show reload")


@pytest.mark.parametrize("state", ["disarmed", "saving"])
def test_stopped_while_it_is_kept(office: Office, state: str) -> None:
    """SIGTERM behind the proof does not leave a device with the certificate, without a timer, and not saved."""
    before = office.shown()
    process, known = office.begin("--confirm", "call-manager", "--confirm", "phones", "--phone-timeout", "600")
    folder = office.reached("waiting", known)
    office.lab.fault("fw", "slow", "60")
    assert office.phone("hall", BOTH)
    office.reached(state, known)
    os.kill(process.pid, signal.SIGTERM)
    office.lab.fault("fw", "slow", on=False)
    out, error = process.communicate(timeout=300 * warm.PATIENCE)
    assert process.returncode == 0, out + error
    assert office.shown() == office.shown("startup") != before
    office.other("rollback", folder.name, "--yes")
    assert office.shown() == before == office.shown("startup")


def test_one_is_lost(office: Office) -> None:
    """Where one phone comes in and another that was in is kept out, all is rolled back."""
    before = office.shown()
    process, known = office.begin("--confirm", "call-manager", "--confirm", "phones", "--phone-timeout", "10")
    office.reached("waiting", known)
    assert not office.phone("desk", FIRST)
    assert office.phone("hall", BOTH)
    out, _ = process.communicate(timeout=300 * warm.PATIENCE)
    assert process.returncode == 20, out
    assert "had a session before and has none now" in json.loads(out)["error"]
    assert office.shown() == before == office.shown("startup")


def test_what_somebody_has_not_saved(office: Office) -> None:
    """A device that runs what it has not saved is left alone: saving the certificate would save that too."""
    office.lab.exec("fw", "configure terminal\naccess-list MINE extended permit ip any any\nend")
    before = office.shown()
    try:
        made = office.run("--yes", "--confirm", "call-manager", "--confirm", "phones", "--phone-timeout", "1", code=13)
    finally:
        office.lab.exec("fw", "configure terminal\nno access-list MINE extended permit ip any any\nend")
        assert office.shown() == office.shown("startup")
    assert "is not saved" in made["error"]
    assert "save that, or revert it, first" in made["error"]
    assert any("MINE" in line for line in before)


def test_a_line_that_is_ignored(office: Office) -> None:
    """A device that takes the line and does nothing is found out, and is as before."""
    before = office.shown()
    office.lab.fault("fw", "ignore", "ssl trust-point")
    try:
        office.run("--yes", "--confirm", "call-manager", "--confirm", "phones", "--phone-timeout", "1", code=20)
    finally:
        office.lab.fault("fw", "ignore", on=False)
    assert office.shown() == before == office.shown("startup")


@pytest.mark.parametrize("state", KILLED)
def test_a_run_that_was_killed_is_finished(office: Office, state: str) -> None:
    """Killed at any state, `nr-run resume` leaves the device saved, with the new certificate or as it was."""
    before = office.shown()
    process, known = office.begin("--confirm", "call-manager", "--confirm", "phones", "--phone-timeout", "600")
    late = state in ("disarmed", "saving", "saved")
    folder = office.reached("waiting" if late else state, known)
    if late:
        assert office.phone("hall", BOTH)
        office.reached(state, known)
    process.kill()
    process.communicate(timeout=60 * warm.PATIENCE)
    office.other("resume", folder.name)
    after = office.shown()
    assert after == office.shown("startup")
    if after != before:
        assert [line for line in after if line not in before] == ["ssl trust-point NEW outside"]
        office.other("rollback", folder.name, "--yes")
    assert office.shown() == before == office.shown("startup")
    # What was confirmed is still so, and the renewal goes on where it stood.
    assert stages(office.run("--plan", code=2)) == [True, True, True, False]


def test_the_line_and_its_inverse() -> None:
    """In the place of another one the former comes back; where there was none the line is taken away; one of a cluster stays."""
    config = "ASA Version 9.19(1)\nhostname fw\n{own}ssl trust-point LB outside vpnlb-ip\n"
    for own, undone in (("ssl trust-point OLD outside\n", "ssl trust-point OLD outside"), ("", "no ssl trust-point NEW outside")):
        change = plan_line("fw", "asa", "ssl trust-point NEW outside", config.format(own=own))
        assert "ssl trust-point NEW outside" in change.forward_text
        assert undone in change.inverse_text
        assert "LB" not in change.forward_text + change.inverse_text
        assert "every SSL VPN user" in change.blast_radius[0]
    assert not plan_line("fw", "asa", "ssl trust-point OLD outside", config.format(own="ssl trust-point OLD outside\n"))
    with pytest.raises(ChangeError):
        plan_line("fw", "asa", "ssl frobnicate NEW", config.format(own=""))


ONE, TWO = Session("CP-1-SEP000000000001", "1", "", "G"), Session("CP-2-SEP000000000002", "2", "", "G")


LAPTOP, USER = Session("anna", "3", "", "G"), Session("phone-7", "4", "", "G")


def test_a_laptop_of_the_group_is_no_phone() -> None:
    """A laptop that comes in verifies no certificate for phones, and one that leaves is no phone that is lost."""
    assert not reconnected((ONE,), (ONE,), (ONE, LAPTOP), "G").proved
    assert reconnected((ONE, LAPTOP), (ONE, LAPTOP), (ONE, TWO), "G").proved
    # Phones that come as users have no such names: then whoever is of the group counts.
    assert reconnected((USER,), (USER,), (USER, LAPTOP), "G").proved
    assert not reconnected((USER,), (USER,), (LAPTOP,), "G").proved


@pytest.mark.parametrize(
    ("at_switch", "now", "proved"),
    [
        ((ONE,), (ONE,), False),
        ((ONE,), (ONE, TWO), True),
        ((ONE, TWO), (ONE, TWO), False),
        ((ONE,), (TWO,), False),
        ((), (Session(ONE.user, "9", "", "G"),), True),
        ((ONE,), (ONE, Session("anna", "3", "", "Staff")), False),
        ((ONE,), None, False),
    ],
    ids=["who was in", "another came", "came before we looked", "one is lost", "came back", "of another group", "not shown"],
)
def test_who_has_come_back(at_switch: tuple[Session, ...], now: tuple[Session, ...] | None, proved: bool) -> None:
    """Only a session that began behind the switch verifies the certificate, and only while nobody is missing."""
    assert reconnected((ONE,), at_switch, now, "G").proved is proved
