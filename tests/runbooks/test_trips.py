"""Round trips of a deploy, counted by the devices of the lab, phase by phase, against the budget in docs/explanation/speed.md."""

from __future__ import annotations

import json
import re
from collections import Counter
from dataclasses import dataclass, field
from pathlib import Path

import pytest

from nr_run.lab.entry import Counters, LabHandle
from nr_run.runbooks.commands.service_command import building
from nr_run.runbooks.engine.context import Timeouts
from nr_run.runbooks.engine.run_setup import RunRequest, open_run
from nr_run.runbooks.engine.runbook import Approval, run_deployments

from ..matrix.devices import HOSTS, Two, two
from ..matrix.table import PLATFORMS
from ..timed_pair import ARCHIVE

PAGE = Path(__file__).parents[2] / "docs" / "explanation" / "speed.md"
#: The column of the page to a pair whose two devices are both of that kind, and the form of the tunnel.
PAIRS = {
    "12.2 telnet": ((PLATFORMS[0], PLATFORMS[1]), 1, "crypto-map"),
    "IOS revert timer": ((PLATFORMS[3], PLATFORMS[3]), 2, "vti"),
    "IOS-XE kron": ((PLATFORMS[4], PLATFORMS[6]), 2, "vti"),
    "ASA reload": ((PLATFORMS[7], PLATFORMS[8]), 1, "crypto-map"),
    "ASA applet": ((PLATFORMS[9], PLATFORMS[10]), 2, "vti"),
}
#: Checks of one's own go along with what is asked anyway.
CHECKS = [{"command": "show version", "matches": "Version [0-9]"}, {"command": "show clock", "matches": "[0-9]:[0-9]"}]
#: The beginning of what a run says when it enters a phase, to the row of the page.
SAID = {
    "log in and read": "read",
    "arm ": "arm",
    "push ": "push",
    "traffic to bring": "trigger",
    "ping ": "prove",
    "cancel the rollback timer": "disarm",
    "save": "save",
}


def budget(kind: str) -> dict[str, int]:
    """The column of a kind of device in the first table of the page."""
    table = re.search(r"(?:^\|.*\n)+", PAGE.read_text(), re.MULTILINE)
    assert table is not None
    rows = [[cell.strip() for cell in line.split("|")[1:-1]] for line in table[0].splitlines()]
    column = rows[0].index(kind)
    return {row[0]: int(row[column]) for row in rows[2:]}


@dataclass
class Counted:
    """Where a run tells its phases; what each device counted since is put down to the phase before."""

    lab: LabHandle
    trips: dict[str, Counter[str]] = field(default_factory=lambda: {host: Counter() for host in HOSTS})
    logins: dict[str, Counter[str]] = field(default_factory=lambda: {host: Counter() for host in HOSTS})
    before: dict[str, Counters] = field(default_factory=dict)
    looks: int = 0
    now: str = "read"

    def phase(self, host: str, words: str) -> None:
        """A device enters a phase, and with it the run."""
        self.count()
        self.now = next(row for said, row in SAID.items() if words.startswith(said))
        self.looks += self.now == "trigger"

    def say(self, words: str) -> None:
        """Nothing of what is said tells of a phase."""

    def ended(self, name: str, word: str, number: int, total: int) -> None:
        """The one tunnel is over."""

    def count(self) -> None:
        """Put down what was counted since the last time."""
        for host in HOSTS:
            # Not set back to zero: what comes between the look and that would be lost.
            counted, before = self.lab.counters(host), self.before.get(host)
            self.trips[host][self.now] += counted.round_trips - (before.round_trips if before else 0)
            self.logins[host][self.now] += counted.logins - (before.logins if before else 0)
            self.before[host] = counted


def deployed(pair: Two, monkeypatch: pytest.MonkeyPatch) -> Counted:
    """Deploy the tunnel in this process, verified and saved."""
    monkeypatch.setenv("NR_RUN_CREDENTIALS", str(pair.lab.credentials))
    monkeypatch.setenv("XDG_CONFIG_HOME", str(pair.folder / "config"))
    counted = Counted(pair.lab)
    timeouts = Timeouts(ike=60.0, poll=0.5, reconnect=60.0, reconnect_pause=0.1)
    places = pair.folder / "inventory", pair.folder / "runs", False, False
    with open_run(RunRequest("l2l", "deploy-l2l", ("pair",), *places, timeouts), counted) as opened:
        pair.lab.reset_counters()
        (outcome,) = run_deployments(
            opened.context,
            opened.deployments,
            opened.runs,
            building(accept_unsaved=False),
            lambda _plans, _refused: None,
            Approval(lambda: True, takes_time=False),
        )
    counted.count()
    assert outcome.exit_code == 0, json.dumps(outcome.as_dict(), default=str)
    return counted


@pytest.mark.parametrize("kind", PAIRS)
def test_each_phase_keeps_to_its_budget(kind: str, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """No device of a pair takes more round trips in any phase than the page says, own checks included, and none more than 20."""
    (near, far), version, style = PAIRS[kind]
    wanted = budget(kind)
    with two(tmp_path, near, far) as pair:
        if kind == "IOS revert timer":
            for host in HOSTS:
                # Without a place for archives the release has no revert timer, and goes back by kron.
                pair.lab.exec(host, ARCHIVE)
                pair.lab.exec(host, "write memory")
        pair.write(version, style, checks=CHECKS)
        counted = deployed(pair, monkeypatch)
    for host, trips in counted.trips.items():
        looks = max(1, counted.looks)
        allowed = {**wanted, "trigger": wanted["trigger"] * looks}
        over = {phase: (number, allowed[phase]) for phase, number in trips.items() if number > allowed[phase]}
        assert not over, f"{host} took more round trips than docs/explanation/speed.md says: {over}"
        further = (looks - 1) * wanted["trigger"]
        assert trips.total() - further <= wanted["whole"] <= 20, (host, trips)
        later = {phase: number for phase, number in counted.logins[host].items() if number and phase != "read"}
        assert sum(later.values()) == 1, later
        # It begins between the last look for the tunnel and the pings of its proof, and is counted on either side.
        assert later.keys() <= {"trigger", "prove", "disarm"}, "the login that proves it manageable begins when the tunnel is up"
        assert set(trips) >= {"read", "arm", "push", "disarm", "save"}, "every phase was counted"
