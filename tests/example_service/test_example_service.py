"""A service of somebody else's package: found by its entry point, carried by the same engine, and known to nothing of ours."""

from __future__ import annotations

import json
import os
import shutil
import subprocess
import sys
import time
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import pytest

from nr_run.lab.entry import LabHandle
from nr_run.services.registry import declared

from .. import warm
from ..runbooks.test_ssh import STRONG, write_inventory
from ..warm import start_lab

HERE = Path(__file__).parent
ROOT = HERE.parents[1]
DEVICES = {"a": "vpn2611", "b": "vpn3640-124", "c": "c881"}
NR_RUN = str(Path(sys.executable).parent / "nr-run")


def install(folder: Path, value: str = "watchlist:SERVICE", name: str = "watchlist") -> Path:
    """The package as an installer leaves it: its files, and the entry point in its metadata."""
    shutil.copytree(HERE / "watchlist", folder / "watchlist", ignore=shutil.ignore_patterns("__pycache__"))
    info = folder / "watchlist-1.0.dist-info"
    info.mkdir()
    (info / "METADATA").write_text("Metadata-Version: 2.1\nName: watchlist\nVersion: 1.0\n")
    (info / "entry_points.txt").write_text(f"[nr_run.services]\n{name} = {value}\n")
    return folder


@dataclass
class Rehearsed:
    """Three routers, an inventory, and nr-run with the package installed."""

    lab: LabHandle
    folder: Path
    before: dict[str, str]

    @property
    def environment(self) -> dict[str, str]:
        """With the package on the path and the lab's credentials."""
        private = {"XDG_CONFIG_HOME": str(self.folder / "config"), "NR_RUN_CREDENTIALS": str(self.lab.credentials)}
        return {**os.environ, **private, "PYTHONPATH": str(self.folder / "site")}

    def intend(self, routers: str, *, more: str = "") -> None:
        """One list on these routers."""
        text = f"lists:\n  - {{name: WATCH, routers: [{routers}], networks: [192.0.2.0/24, 198.51.100.0/24]{more}}}\n"
        (self.folder / "inventory" / "watchlists.yaml").write_text(text)

    def arguments(self, command: str, *words: str) -> list[str]:
        """The command line."""
        inventory = ["--inventory", str(self.folder / "inventory")] if command.endswith("watchlist") else []
        return [
            NR_RUN,
            command,
            *words,
            *inventory,
            "--runs",
            str(self.folder / "runs"),
            "--poll-interval",
            "0.1",
            "--ike-timeout",
            "5",
        ]

    def run(self, command: str, *words: str) -> tuple[int, dict[str, Any]]:
        """Exit code and report."""
        line = self.arguments(command, *words, "--json")
        done = warm.run(line, self.environment, timeout=240)
        assert done.stdout, done.stderr
        return done.returncode, json.loads(done.stdout)

    def running(self) -> dict[str, str]:
        """What each router runs, without what it says of its last change."""
        texts = {name: self.lab.exec(name, "show running-config") for name in self.lab.devices}
        told = ("!", "Current configuration")
        return {name: "\n".join(line for line in text.splitlines() if not line.startswith(told)) for name, text in texts.items()}

    @property
    def states(self) -> list[tuple[str, str, str]]:
        """State, device and stage of the journal lines of the last run."""
        folder = max((self.folder / "runs").glob("2*"))
        lines = [json.loads(line) for line in (folder / "journal.jsonl").read_text().splitlines()]
        return [(line["state"], line.get("host", ""), line.get("stage", "")) for line in lines]


@pytest.fixture
def rehearsed(tmp_path: Path) -> Iterator[Rehearsed]:
    """Three routers of three generations."""
    with start_lab(tmp_path / "lab", devices=DEVICES, speed=20) as lab:
        write_inventory(lab, tmp_path / "inventory", DEVICES, STRONG)
        intent = tmp_path / "inventory" / "vpn" / "intent.yaml"
        intent.write_text(intent.read_text().partition("tunnels:")[0])  # one tunnel has two ends, and there are three routers
        install(tmp_path / "site")
        made = Rehearsed(lab, tmp_path, {})
        made.before = made.running()
        yield made


def test_checks_of_the_users_own(rehearsed: Rehearsed) -> None:
    """One that holds on each router is part of the proof by gates; one that does not rolls all back; a wrong one is refused."""
    brief = "command: show ip interface brief, within_seconds: 0"
    rehearsed.intend("a, c", more=f", checks: [{{{brief}, host: c, holds: {{protocl: up}}}}]")
    code, report = rehearsed.run("deploy-watchlist", "--yes")
    assert code == 65
    assert "watchlists.yaml: list WATCH: checks[0].holds.protocl" in json.dumps(report)
    rehearsed.intend("a, c", more=f", checks: [{{{brief}, count: {{at_most: 0}}, holds: {{protocol: up}}}}]")
    code, report = rehearsed.run("deploy-watchlist", "--yes")
    assert (code, rehearsed.running()) == (20, rehearsed.before), report
    assert "own-check" in json.dumps(report)
    rehearsed.intend("a, c", more=f", checks: [{{{brief}, holds: {{protocol: up}}}}]")
    code, report = rehearsed.run("deploy-watchlist", "--yes")
    assert code == 0, report
    found = [item for item in report["tunnels"][0]["findings"] if item["check"] == "own-check"]
    assert [(item["subject"], item["status"]) for item in found] == [("a", "ok"), ("c", "ok")]


def test_one_member(rehearsed: Rehearsed) -> None:
    """A deployment of one member is planned, built, verified again, rolled back, built and removed, as a tunnel is."""
    rehearsed.intend("a")
    code, report = rehearsed.run("deploy-watchlist", "--plan")
    assert (code, report["tunnels"][0]["result"]) == (2, "pending")
    code, report = rehearsed.run("deploy-watchlist", "--yes")
    assert code == 0, report
    assert report["tunnels"][0]["sentence"] == "built on a, verified and saved"
    assert "ip access-list extended WATCH\n permit ip 192.0.2.0 0.0.0.255 any" in rehearsed.running()["a"]
    code, report = rehearsed.run("deploy-watchlist", "--yes")
    assert (code, report["changed"]) == (0, False)
    assert report["tunnels"][0]["sentence"] == "a has this configuration already; the list is verified"
    code, report = rehearsed.run("rollback", "--yes")
    assert (code, report["tunnels"][0]["sentence"]) == (0, "removed from a, verified gone and saved")
    assert rehearsed.running() == rehearsed.before
    assert rehearsed.run("deploy-watchlist", "--yes")[0] == 0
    code, report = rehearsed.run("remove-watchlist", "WATCH", "--yes")
    assert (code, report["tunnels"][0]["sentence"]) == (0, "removed from a, verified gone and saved")
    assert rehearsed.running() == rehearsed.before


def test_what_no_service_can_leave_out(rehearsed: Rehearsed) -> None:
    """A service that asks nothing of a device before a change is refused one that runs what it has not saved."""
    rehearsed.lab.exec("a", "configure terminal\nip host spare 192.0.2.9\nend")
    rehearsed.intend("a")
    code, report = rehearsed.run("deploy-watchlist", "--yes")
    assert code == 13, report
    assert "the running configuration is not saved" in json.dumps(report)
    assert "WATCH" not in rehearsed.running()["a"]


def test_three_members_in_two_stages(rehearsed: Rehearsed) -> None:
    """The second stage begins nowhere before the first is on every member and its gate holds; a removal goes the other way."""
    rehearsed.intend("c, a, b", more=", ready: true, at_least: 2")
    code, report = rehearsed.run("deploy-watchlist", "--yes")
    assert code == 0, report
    assert report["tunnels"][0]["sentence"] == "built on all 3 devices, verified and saved"
    pushed = [item for item in rehearsed.states if item[0] in ("applying", "held")]
    assert pushed == [
        *[("applying", host, "list") for host in "cab"],
        ("held", "", "list"),
        *[("applying", host, "ready") for host in "cab"],
    ]
    assert all("ip access-list extended WATCH-READY" in text for text in rehearsed.running().values())
    code, report = rehearsed.run("remove-watchlist", "WATCH", "--yes")
    assert code == 0, report
    assert [item[1:] for item in rehearsed.states if item[0] == "applying"] == [
        *[(host, "ready") for host in "cab"],
        *[(host, "list") for host in "cab"],
    ]
    assert rehearsed.running() == rehearsed.before


def test_a_gate_that_does_not_hold_takes_all_back(rehearsed: Rehearsed) -> None:
    """Where the first list has too few entries, no second one is begun, and every member is as it was."""
    rehearsed.intend("a, b, c", more=", ready: true, at_least: 3")
    code, report = rehearsed.run("deploy-watchlist", "--yes")
    assert code == 20, report
    assert "WATCH has 2 entries, and 3 are wanted" in report["tunnels"][0]["sentence"]
    assert "all 3 devices are as they were before" in report["tunnels"][0]["sentence"]
    assert not [item for item in rehearsed.states if item[0] == "applying" and item[2] == "ready"]
    assert rehearsed.running() == rehearsed.before


@pytest.mark.parametrize("state", ["gate", "held", "commit-decided"])
def test_killed_between_the_stages(rehearsed: Rehearsed, state: str) -> None:
    """A run that is killed at a gate is rolled back by resume, on every member; one that had decided is brought to its end."""
    rehearsed.intend("a, b", more=", ready: true")
    line = rehearsed.arguments("deploy-watchlist", "--yes", "--json")
    process = warm.Process(line, rehearsed.environment)
    # The journal is a file: what stands in it has been done by the time that it is seen.
    while process.poll() is None:
        found = list((rehearsed.folder / "runs").glob("2*/journal.jsonl"))
        if found and f'"state": "{state}"' in found[0].read_text():
            process.kill()
        time.sleep(0.002)
    process.communicate(timeout=60)
    code, report = rehearsed.run("resume")
    assert code == (0 if state == "commit-decided" else 20), report
    there = [("WATCH-READY" in text) for name, text in rehearsed.running().items() if name in "ab"]
    assert there == [state == "commit-decided"] * 2
    if state != "commit-decided":
        assert rehearsed.running() == rehearsed.before


def test_the_plan_shows_the_walk(rehearsed: Rehearsed) -> None:
    """A person sees the stages in the order in which they are applied, with the gate between them."""
    rehearsed.intend("a, b", more=", ready: true")
    line = rehearsed.arguments("deploy-watchlist", "--plan")
    done = warm.run(line, rehearsed.environment)
    heads = [text for text in done.stdout.splitlines() if text[:2] in ("1.", "2.", "3.", "4.", "5.")]
    assert heads == [
        "1. a: list",
        "2. b: list",
        "3. gate: list must hold before the next step; if it does not, everything is rolled back",
        "4. a: ready",
        "5. b: ready",
    ]


def test_a_record_of_a_service_that_is_gone(rehearsed: Rehearsed) -> None:
    """A run whose service is not installed any more cannot be gone on from, and one sentence says so."""
    rehearsed.intend("a")
    assert rehearsed.run("deploy-watchlist", "--yes")[0] == 0
    shutil.rmtree(rehearsed.folder / "site" / "watchlist-1.0.dist-info")
    code, report = rehearsed.run("rollback", "--yes")
    assert code == 66
    others = ", ".join(declared().services)
    assert report["error"] == f"there is no service 'watchlist' (known: {others}): installed are {others}"


def test_help_lists_it(tmp_path: Path) -> None:
    """Its commands stand in --help and are completed, without its module being imported."""
    environment = {**os.environ, "PYTHONPATH": str(install(tmp_path / "site"))}
    program = (
        "import sys\nfrom nr_run.runbooks.commands.cli import main\ntry:\n    main()\nexcept SystemExit:\n    pass\n"
        "print([name for name in ('watchlist.service', 'pydantic') if name in sys.modules])"
    )
    done = subprocess.run(
        [sys.executable, "-c", program, "--help"], env=environment, capture_output=True, text=True, timeout=60, check=True
    )
    assert "deploy-watchlist" in done.stdout
    assert "deploy-l2l" in done.stdout
    assert done.stdout.rstrip().endswith("[]")


@pytest.mark.parametrize(
    ("value", "name", "words"),
    [
        ("watchlist:NOTHING", "watchlist", "service watchlist (watchlist:NOTHING) cannot be loaded: AttributeError"),
        ("nowhere:SERVICE", "watchlist", "service watchlist (nowhere:SERVICE) cannot be loaded: ModuleNotFoundError"),
        ("watchlist:_DEPLOY", "watchlist", "service watchlist (watchlist:_DEPLOY) is no Declaration but str"),
        ("watchlist:SERVICE", "other", "service other (watchlist:SERVICE) calls itself watchlist"),
        ("watchlist:SERVICE", "l2l", "service l2l (watchlist:SERVICE) calls itself watchlist"),
    ],
)
def test_one_that_cannot_be_read_is_told(tmp_path: Path, value: str, name: str, words: str) -> None:
    """A package that is broken says so in --help, and every other command goes on as it does."""
    environment = {**os.environ, "PYTHONPATH": str(install(tmp_path / "site", value, name))}
    done = subprocess.run([NR_RUN, "--help"], env=environment, capture_output=True, text=True, timeout=60, check=True)
    assert words in " ".join(done.stdout.split())
    assert "deploy-l2l" in done.stdout


def test_nothing_of_ours_knows_it() -> None:
    """The example was added by touching its own folder: no file of the product has its name in it."""
    folders = ("inventory", "templates", "parsers", "changes", "checks", "services", "tasks", "runbooks", "lab")
    knowing = [
        str(path.relative_to(ROOT))
        for folder in folders
        for path in (ROOT / folder).rglob("*.py")
        if "watchlist" in path.read_text(encoding="utf8").lower()
    ]
    assert knowing == []
    assert len(list((HERE / "watchlist").glob("*.py"))) == 3


def test_it_is_verified_with_the_rest(rehearsed: Rehearsed) -> None:
    """nr-run verify gives a list its verdict: missing, up, or by the line that a router has lost; and says who was not read."""

    def verify() -> tuple[int, dict[str, Any]]:
        places = ["--inventory", str(rehearsed.folder / "inventory"), "--runs", str(rehearsed.folder / "runs")]
        line = [NR_RUN, "verify", "WATCH", "--json", "--deadline", "60", *places]
        done = warm.run(line, rehearsed.environment, timeout=240)
        assert done.stdout, done.stderr
        report = json.loads(done.stdout)
        assert "verdicts" in report, report
        (verdict,) = report["verdicts"]
        return done.returncode, verdict

    rehearsed.intend("a, b")
    code, verdict = verify()
    assert (code, verdict["service"], verdict["word"]) == (12, "watchlist", "missing")
    assert rehearsed.run("deploy-watchlist", "--yes")[0] == 0
    code, verdict = verify()
    assert (code, verdict["word"], verdict["configured"]) == (0, "up", "as-intended")
    rehearsed.lab.exec("b", "configure terminal\nno ip access-list extended WATCH\nend")
    code, verdict = verify()
    assert (code, verdict["word"], verdict["configured"]) == (12, "degraded", "differs")
    rehearsed.lab.fault("b", "down")
    code, verdict = verify()
    assert (code, verdict["word"]) == (12, "unverified")
    assert "b:" in verdict["sentence"]
