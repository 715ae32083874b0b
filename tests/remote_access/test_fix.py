"""nr-run audit-vpn-phone --fix: one cause is fixed, verified by another audit, kept or rolled back, and undone exactly."""

from __future__ import annotations

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

from nr_run.changes.plans.settings import plan_settings
from nr_run.inventory.errors import ChangeError
from nr_run.lab.entry import LabHandle
from nr_run.lab.stations import phone_site

from .. import warm
from ..runbooks.test_ssh import STRONG, write_inventory
from ..warm import start_lab
from .ground import Site, typed

DEVICES = {"fw": "asa919", "old": "asa91"}
#: Two of the mistakes of the document, and for each the line that fixes it.
MISTAKES = (
    *("webvpn", " hostscan image disk0:/hostscan.pkg", " hostscan enable"),
    "access-list NO-TRAFFIC extended deny ip any any",
    *("group-policy DfltGrpPolicy attributes", " vpn-filter value NO-TRAFFIC"),
)
MENDED = {"csd": " without-csd", "filter": " vpn-filter none"}
#: States of the journal at which a run is killed: all of them by `make phones`.
STATES = ("locked", "recorded", "arming", "armed", "applying", "switching", "applied", "disarmed", "saving", "saved")
KILLED = STATES if os.environ.get("NR_RUN_PHONES") == "all" else ("applied",)


@dataclass
class Office:
    """A lab with two head-ends that have the mistakes of the document, and the command."""

    lab: LabHandle
    folder: Path

    def command(self, *words: str) -> list[str]:
        """The command line of an audit."""
        places = ["--inventory", str(self.folder / "inventory"), "--runs", str(self.runs)]
        return [str(Path(sys.executable).parent / "nr-run"), "audit-vpn-phone", *words, *places]

    @property
    def runs(self) -> Path:
        """Where runs are kept."""
        return self.folder / "runs"

    @property
    def environment(self) -> dict[str, str]:
        """Of the command."""
        return {**os.environ, "NR_RUN_CREDENTIALS": str(self.lab.credentials), "XDG_CONFIG_HOME": str(self.folder / "config")}

    def fix(self, host: str, cause: str, *words: str) -> tuple[int, dict[str, Any]]:
        """Exit code and report."""
        done = warm.run(self.command(host, "--fix", cause, "--json", *(words or ("--yes",))), self.environment, timeout=300)
        return done.returncode, json.loads(done.stdout)

    def other(self, command: str, *words: str) -> int:
        """Exit code of rollback or resume."""
        line = [str(Path(sys.executable).parent / "nr-run"), command, *words, "--runs", str(self.runs)]
        done = warm.run(line, self.environment, timeout=300)
        # 66: the run was killed before it had sent anything.
        assert done.returncode in (0, 20, 66), done.stderr + done.stdout
        return int(done.returncode)

    def shown(self, host: str, kind: str = "running") -> list[str]:
        """A configuration without what changes by itself."""
        lines = self.lab.exec(host, f"show {kind}-config").splitlines()
        return [line for line in lines if line.strip() and not line.startswith((":", "Cryptochecksum"))]


@pytest.fixture(scope="module")
def office(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Office]:
    """One lab for all tests of this module; each leaves the devices as they were."""
    folder = tmp_path_factory.mktemp("office")
    orders = {
        "fw": typed(Site(profile="asa919"), *MISTAKES).order,
        "old": typed(Site(profile="asa91"), *phone_site.documented(phone_site.MIDDLE)).order,
    }
    with start_lab(folder / "lab", devices=orders, speed=20) as lab:
        write_inventory(lab, folder / "inventory", DEVICES, STRONG)
        yield Office(lab, folder)


def test_causes_are_mended_and_undone(office: Office) -> None:
    """Fixed one by one, each by its one line, the phone connects; rolled back, the device is as before, line for line."""
    before = office.shown("fw")
    runs: list[str] = []
    for cause, line in MENDED.items():
        there = office.shown("fw")
        code, report = office.fix("fw", cause)
        assert code == 0, report
        assert [found for found in office.shown("fw") if found.rstrip() not in {*map(str.rstrip, there)}] == [
            found for found in office.shown("fw") if found.rstrip() == line
        ]
        assert office.shown("fw") == office.shown("fw", "startup")
        assert cause not in {finding["id"] for finding in report["after"]["findings"]}
        runs.append(report["run"])
    assert office.lab.client("desk", "phone", host="fw", xml=Site().xml)["connected"]
    for run in reversed(runs):
        office.other("rollback", run, "--yes")
    assert office.shown("fw") == before == office.shown("fw", "startup")


def test_what_was_inherited_is_inherited_again() -> None:
    """The inverse of a value that was inherited is a `no`, that of an own value is that value, and never `none`."""
    config = (
        "ASA Version 9.19(1)\nhostname fw\ngroup-policy G internal\ngroup-policy G attributes\n{own} dns-server value 10.1.1.1\n"
        " banner value Welcome\n"
    )
    lines = ("group-policy G attributes", " vpn-filter none")
    inherited = plan_settings("fw", "asa", lines, config.format(own=""))
    assert "no vpn-filter\n" in inherited.inverse_text
    assert "vpn-filter none" not in inherited.inverse_text
    own = plan_settings("fw", "asa", lines, config.format(own=" vpn-filter value LIST\n"))
    assert "vpn-filter value LIST\n" in own.inverse_text
    assert "no vpn-filter" not in own.inverse_text
    for change in (inherited, own):
        assert "dns-server" not in change.forward_text + change.inverse_text
        assert "banner" not in change.forward_text + change.inverse_text


@pytest.mark.parametrize(
    ("lines", "words"),
    [
        (("group-policy H attributes", " vpn-filter none"), "is not there"),
        (("group-policy G attributes", " frobnicate"), "no rule knows the line"),
        (("group-policy G attributes", " vpn-filter none", "group-policy H attributes", " vpn-filter none"), "one object"),
    ],
)
def test_settings_that_no_rule_knows_are_refused(lines: tuple[str, ...], words: str) -> None:
    """What could not be rolled back is not planned."""
    config = "ASA Version 9.19(1)\nhostname fw\ngroup-policy G internal\n"
    with pytest.raises(ChangeError, match=words):
        plan_settings("fw", "asa", lines, config)


def test_a_disabled_url_comes_back_as_it_was() -> None:
    """A URL that was disabled is enabled, and disabled again; it is never taken away."""
    config = (
        "ASA Version 9.19(1)\nhostname fw\ntunnel-group T type remote-access\ntunnel-group T webvpn-attributes\n"
        " group-url https://a.example.com/x disable\n group-url https://b.example.com/x enable\n"
    )
    change = plan_settings("fw", "asa", ("tunnel-group T webvpn-attributes", " group-url https://a.example.com/x enable"), config)
    assert "no group-url" not in change.forward_text + change.inverse_text
    assert "group-url https://a.example.com/x disable" in change.inverse_text
    assert "b.example.com" not in change.forward_text


def test_a_plan_is_looked_at_and_nothing_else(office: Office) -> None:
    """--plan tells what would be typed and what undoes it, and the device is as before."""
    before = office.shown("old")
    code, report = office.fix("old", "logins", "--plan")
    assert (code, report["outcome"]) == (2, "pending")
    assert "vpn-simultaneous-logins 3" in report["forward"]
    assert "no vpn-simultaneous-logins" in report["inverse"]
    assert office.shown("old") == before


@pytest.mark.parametrize(
    ("cause", "code", "words"),
    [
        ("peers", 66, "'peers' was not found"),
        ("login", 66, "did you mean logins"),
    ],
)
def test_what_was_not_found_is_not_mended(office: Office, cause: str, code: int, words: str) -> None:
    """An id that is none of the findings is refused with the nearest one."""
    done, report = office.fix("old", cause)
    assert (done, words in report["error"]) == (code, True), report


def test_what_is_of_everybody_is_for_a_person(office: Office) -> None:
    """A remedy in lines of the whole device is told, with whom it concerns, and not typed."""
    office.lab.exec("fw", "configure terminal\nssl server-version tlsv1.2\nend\nwrite memory")
    try:
        done, report = office.fix("fw", "tls-version", "--yes", "--phone-model", "7962")
    finally:
        office.lab.exec("fw", "configure terminal\nno ssl server-version\nend\nwrite memory")
    assert done == 13
    assert "is for a person to fix" in report["error"]
    assert "ssl server-version tlsv1" in report["error"]
    assert "every SSL VPN user" in report["error"]


def test_a_line_that_is_ignored_is_taken_back(office: Office) -> None:
    """A device that takes the line and does nothing is found out by the second audit, and is as it was before."""
    before = office.shown("fw")
    office.lab.fault("fw", "ignore", "vpn-filter")
    try:
        code, report = office.fix("fw", "filter")
    finally:
        office.lab.fault("fw", "ignore", on=False)
    assert (code, report["outcome"]) == (20, "rolled-back"), report
    assert "is still there" in report["error"]
    assert office.shown("fw") == before == office.shown("fw", "startup")


def test_a_line_that_is_refused_is_taken_back(office: Office) -> None:
    """A device that refuses the line is as it was before, and its words are told."""
    before = office.shown("old")
    office.lab.fault("old", "refuse-line", "group-lock")
    try:
        code, report = office.fix("old", "group-lock")
    finally:
        office.lab.fault("old", "refuse-line", on=False)
    assert (code, report["outcome"]) == (20, "rolled-back"), report
    assert office.shown("old") == before == office.shown("old", "startup")


def begun(office: Office, state: str) -> tuple[warm.Process, Path]:
    """A fix of which nobody waits for the end, and its folder when its journal has this state."""
    known = {path.name for path in office.runs.glob("2*")}
    process = warm.Process(office.command("fw", "--fix", "csd", "--yes", "--json"), office.environment)
    until = time.monotonic() + warm.PATIENCE * 60
    while True:
        for journal in office.runs.glob("2*/journal.jsonl"):
            if journal.parent.name not in known and f'"{state}"' in journal.read_text():
                return process, journal.parent
        assert time.monotonic() < until, "the run did not come so far"
        time.sleep(0.005)


@pytest.mark.parametrize(("state", "number"), [("building", signal.SIGTERM), ("applied", signal.SIGHUP)])
def test_a_wish_to_stop_is_a_rollback(office: Office, state: str, number: signal.Signals) -> None:
    """A service manager that ends it, or a terminal that goes away, leaves the device as it was, without a timer."""
    before = office.shown("fw")
    office.lab.fault("fw", "slow", "60")
    try:
        process, _ = begun(office, state)
        os.kill(process.pid, number)
    finally:
        office.lab.fault("fw", "slow", on=False)
    out, error = process.communicate(timeout=300 * warm.PATIENCE)
    assert process.returncode == 20, out + error
    assert json.loads(out)["outcome"] == "rolled-back"
    assert office.shown("fw") == before == office.shown("fw", "startup")
    assert "No reload is scheduled" in office.lab.exec("fw", "show reload")


@pytest.mark.parametrize("state", KILLED)
def test_a_run_that_was_killed_is_finished(office: Office, state: str) -> None:
    """Killed at any state, `nr-run resume` leaves the device verified with the change and saved, or as it was before."""
    before = office.shown("fw")
    process, folder = begun(office, state)
    process.kill()
    process.communicate(timeout=60 * warm.PATIENCE)
    office.other("resume", folder.name)
    after = office.shown("fw")
    assert after == office.shown("fw", "startup")
    if after != before:
        assert [line for line in after if line not in before] == [" without-csd"]
        office.other("rollback", folder.name, "--yes")
    assert office.shown("fw") == before == office.shown("fw", "startup")
