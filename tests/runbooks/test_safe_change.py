"""The safe sequence as a library: locked against other runs, armed before the first line, kept or rolled back as a whole."""

from __future__ import annotations

import json
import os
import signal
import subprocess
import sys
import time
from collections.abc import Callable, Iterator
from pathlib import Path

import pytest
from nornir.core import Nornir

from nr_run.inventory.errors import ChangeError, DriftError, Locked, NothingMatched, NrRunError, SessionLost, Unreachable
from nr_run.lab.entry import LabHandle
from nr_run.runbooks.safe_change import HostRollback, Rollback, SafeChange, safe_change

from .. import warm
from ..tasks.test_netmiko_connection import plain
from ..warm import start_lab

DEVICES = {"old": "vpn2611", "young": "c8000v-17", "fw": "asa919"}
LIST = "ip access-list extended MINE\n permit ip host 192.0.2.1 any\n"
TEXTS = {"old": LIST, "young": LIST, "fw": "access-list MINE extended permit ip host 192.0.2.1 any\n"}


@pytest.fixture
def lab(tmp_path: Path) -> Iterator[LabHandle]:
    """A lab of its own for each test: timers run in it."""
    with start_lab(tmp_path / "lab", devices=DEVICES, speed=20.0) as handle:
        yield handle


@pytest.fixture
def nornir(lab: LabHandle) -> Iterator[Nornir]:
    """A Nornir as anybody builds one."""
    made = plain(lab)
    yield made
    made.close_connections(on_good=True, on_failed=True)


def shown(lab: LabHandle) -> dict[str, str]:
    """What each device runs and has saved."""
    commands = ("show running-config", "show startup-config")
    return {name: "".join(lab.exec(name, command) for command in commands) for name in DEVICES}


def states(runs: Path) -> list[str]:
    """The journal of the one run."""
    (run,) = runs.glob("2*")
    return [json.loads(line)["state"] for line in (run / "journal.jsonl").read_text().splitlines()]


def test_what_ends_well_is_kept_and_saved(lab: LabHandle, nornir: Nornir, tmp_path: Path) -> None:
    """Three devices of three kinds: armed before they are changed, cancelled, saved; no timer is left."""
    with safe_change(nornir, DEVICES, runs=tmp_path / "runs") as change:
        assert change.push(TEXTS) == dict.fromkeys(DEVICES, True)
        assert set(change.armed) == set(DEVICES)
    assert all(text.count("MINE") >= 2 for text in shown(lab).values())
    seen = states(tmp_path / "runs")
    assert seen.index("armed") < seen.index("building") < seen.index("disarmed") < seen.index("saved")
    for name in DEVICES:
        assert "scheduled" not in lab.exec(name, "show reload").replace("No reload is scheduled", "")


def test_what_is_refused_on_one_is_taken_back_on_all(lab: LabHandle, nornir: Nornir, tmp_path: Path) -> None:
    """One device refuses a line: the others go back as well, and the error is the device's."""
    before = shown(lab)
    lab.fault("old", "refuse-line", "permit")
    with pytest.raises(NrRunError, match="old: line"), safe_change(nornir, DEVICES, runs=tmp_path / "runs") as change:
        change.push(TEXTS)
    assert change.undone == dict.fromkeys(DEVICES, HostRollback(Rollback.ROLLED_BACK))
    lab.fault("old", "refuse-line", on=False)
    assert {name: text.count("MINE") for name, text in shown(lab).items()} == {
        name: before[name].count("MINE") for name in DEVICES
    }
    assert "undone" in states(tmp_path / "runs")


def test_what_cannot_be_taken_back_is_told(lab: LabHandle, nornir: Nornir, tmp_path: Path) -> None:
    """One device refuses the inverse: its state is incomplete and says what is left, and the other one is rolled back."""
    names = ["old", "young"]
    lab.fault("old", "refuse-inverse", "MINE")
    lab.fault("young", "refuse-line", "permit")
    with pytest.raises(NrRunError) as told, safe_change(nornir, names, runs=tmp_path / "runs") as change:
        change.push({name: TEXTS[name] for name in names})
    assert "old: rollback-incomplete: something of the change is left" in str(told.value)
    assert {host: found.state for host, found in change.undone.items()} == {
        "old": Rollback.INCOMPLETE,
        "young": Rollback.ROLLED_BACK,
    }
    assert change.undone["young"].message == ""
    assert not change.is_rolled_back


def test_a_timer_that_was_armed_beside_one_that_was_not(lab: LabHandle, nornir: Nornir, tmp_path: Path) -> None:
    """One device cannot be armed: the timers of the others are cancelled, each known as ours, and nothing is changed."""
    names = ["young", "old"]
    lab.exec("young", "configure terminal\narchive\npath flash:kept\nend\nwrite memory")
    assert "No Rollback" in lab.exec("young", "show archive config rollback timer")
    lab.fault("old", "refuse-exec", "reload in")
    runs = tmp_path / "runs"
    with pytest.raises(NrRunError, match="old: reload in was answered"), safe_change(nornir, names, runs=runs) as change:
        change.push({name: TEXTS[name] for name in names})
    assert change.armed["young"][0].name == "revert-timer"
    assert change.undone == dict.fromkeys(names, HostRollback(Rollback.ROLLED_BACK))
    assert "No Rollback" in lab.exec("young", "show archive config rollback timer")
    assert "No reload" in lab.exec("young", "show reload")
    assert not any("MINE" in text for text in shown(lab).values())


def test_what_was_saved_is_saved_as_before(lab: LabHandle, nornir: Nornir, tmp_path: Path) -> None:
    """One device refuses to save: those that have saved the change save what ran before, and no reload brings it back."""
    lab.fault("old", "refuse-exec", "write")
    with pytest.raises(NrRunError, match="write memory"), safe_change(nornir, DEVICES, runs=tmp_path / "runs") as change:
        change.push(TEXTS)
    assert change.undone == dict.fromkeys(DEVICES, HostRollback(Rollback.ROLLED_BACK))
    assert "saved" not in states(tmp_path / "runs")
    lab.fault("old", "refuse-exec", on=False)
    assert not [name for name, text in shown(lab).items() if "MINE" in text]


#: While a revert timer is armed, while an applet is, and in the push; counted in lines that are typed in configuration mode.
CUTS = [("young", "cut-in-echo", 1), ("fw", "cut-in-echo", 1), ("young", "cut-session-after", 2), ("fw", "cut-session-after", 3)]


@pytest.mark.parametrize(("host", "fault", "line"), CUTS)
def test_a_session_is_cut(lab: LabHandle, nornir: Nornir, tmp_path: Path, host: str, fault: str, line: int) -> None:
    """Where it is not known what a device took, every device is as before, and no timer is left on any."""
    lab.exec("young", "configure terminal\narchive\npath flash:kept\nend\nwrite memory")
    before = shown(lab)
    lab.fault(host, fault, str(line))
    with pytest.raises(SessionLost), safe_change(nornir, DEVICES, runs=tmp_path / "runs", minutes=120) as change:
        change.push(TEXTS)
    assert change.undone == dict.fromkeys(DEVICES, HostRollback(Rollback.ROLLED_BACK))
    now = shown(lab)
    assert {name: sorted(body(text)) for name, text in now.items()} == {name: sorted(body(text)) for name, text in before.items()}
    assert all("No reload is scheduled" in lab.exec(name, "show reload") for name in DEVICES)
    assert "No Rollback" in lab.exec("young", "show archive config rollback timer")


def test_nothing_is_touched_where_the_plan_fails(lab: LabHandle, nornir: Nornir, tmp_path: Path) -> None:
    """A text that no rule knows on one device, and none of them is armed or changed."""
    with pytest.raises(ChangeError), safe_change(nornir, DEVICES, runs=tmp_path / "runs") as change:
        change.push({**TEXTS, "young": "hostname other\n"})
    assert not change.armed
    assert "armed" not in states(tmp_path / "runs")
    assert not any("MINE" in text for text in shown(lab).values())


def test_two_at_once_are_kept_apart(nornir: Nornir, tmp_path: Path) -> None:
    """Who holds a device keeps another away from it, and names himself; a device that is not held is free."""
    with safe_change(nornir, ["young"], runs=tmp_path / "runs") as first:
        other = nornir.filter(filter_func=lambda host: host.name in DEVICES)
        with pytest.raises(Locked, match=r"young.* is held by "), safe_change(other, ["young"], runs=tmp_path / "other"):
            pass
        with pytest.raises(NothingMatched, match="old is not among the devices of this change"):
            first.push({"old": LIST})
        with safe_change(other, ["fw"], runs=tmp_path / "other"):
            pass


def test_somebody_elses_timer_is_respected(lab: LabHandle, nornir: Nornir, tmp_path: Path) -> None:
    """A reload that somebody has scheduled is not ours to count on or to cancel."""
    lab.exec("old", "reload in 100\n\n")
    with (
        pytest.raises(DriftError, match=r"old: .*reload is scheduled"),
        safe_change(nornir, ["old"], runs=tmp_path / "runs") as change,
    ):
        change.push({"old": LIST})


def push_behind(change: SafeChange, names: list[str], happens: Callable[[], object]) -> None:
    """Push what was planned on a reading from before this happens."""
    happens()
    change.push({name: TEXTS[name] for name in names})


#: What somebody else does to a device between the reading and the push.
BETWEEN = {
    "a reload without a reason": ("old", "reload in 100\n\n", "counts already and is somebody else's"),
    "a revert timer": ("young", "configure terminal revert timer 30\nend", "is pending already and is somebody else's"),
}


@pytest.mark.parametrize("what", BETWEEN)
def test_somebody_elses_timer_that_came_meanwhile(lab: LabHandle, nornir: Nornir, tmp_path: Path, what: str) -> None:
    """It keeps the change from being made, stays as it is, and leaves nothing that a person has to do."""
    host, typed, words = BETWEEN[what]
    names = ["old", "young"]
    lab.exec("young", "configure terminal\narchive\npath flash:kept\nend\nwrite memory")
    runs = tmp_path / "runs"
    with pytest.raises(DriftError, match=f"{host}: .*{words}"), safe_change(nornir, names, runs=runs) as change:
        push_behind(change, names, lambda: lab.exec(host, typed))
    assert change.undone == dict.fromkeys(names, HostRollback(Rollback.ROLLED_BACK))
    assert ("No reload" in lab.exec("old", "show reload")) == (host != "old")
    assert ("No Rollback" in lab.exec("young", "show archive config rollback timer")) == (host != "young")
    with safe_change(nornir, [name for name in names if name != host], runs=runs):
        pass  # no device is held by a run that did not end


def test_a_device_that_goes_away_before_anything_is_sent(lab: LabHandle, nornir: Nornir, tmp_path: Path) -> None:
    """One device cannot be logged in to any more when it is to be armed: nothing was sent to it, and nobody has to see to it."""
    names = ["old", "young"]

    def goes() -> None:
        nornir.close_connections(on_good=True, on_failed=True)
        lab.fault("old", "down")

    with pytest.raises(Unreachable), safe_change(nornir, names, runs=tmp_path / "runs") as change:
        push_behind(change, names, goes)
    assert change.undone == dict.fromkeys(names, HostRollback(Rollback.ROLLED_BACK))
    assert "No reload" in lab.exec("young", "show reload")


STOPPED = """
import os, signal, sys, threading, time
from pathlib import Path
sys.path.insert(0, {tests!r})
from tests.tasks.test_netmiko_connection import plain
from nr_run.lab.entry import attach
from nr_run.runbooks.safe_change import safe_change

def again(change):
    while '"undoing"' not in (change.folder / "journal.jsonl").read_text():
        time.sleep(0.001)
    os.kill(os.getpid(), signal.SIGINT)
    os.kill(os.getpid(), signal.SIGTERM)

nornir = plain(attach(Path({lab!r})), "old")
try:
    with safe_change(nornir, ["old"], runs=Path({runs!r})) as change:
        change.push({{"old": {text!r}}})
        threading.Thread(target=again, args=(change,), daemon=True).start()
        os.kill(os.getpid(), signal.SIGINT)
        time.sleep(60)
except KeyboardInterrupt:
    print("rolled back:", change.is_rolled_back)
"""


def test_a_second_ctrl_c_does_not_end_a_rollback(lab: LabHandle, tmp_path: Path) -> None:
    """Of somebody's own program, which says nothing of signals: what was begun is rolled back to its end."""
    before = shown(lab)["old"]
    words = {"tests": str(Path(__file__).parents[2]), "lab": str(lab.directory), "runs": str(tmp_path / "runs"), "text": LIST}
    lab.fault("old", "slow", "30")
    done = subprocess.run(
        [sys.executable, "-c", STOPPED.format(**words)], capture_output=True, text=True, timeout=300, env=os.environ
    )
    assert (done.returncode, done.stdout) == (0, "rolled back: True\n"), done.stderr
    lab.fault("old", "slow", on=False)
    assert body(shown(lab)["old"]) == body(before)
    assert "No reload is scheduled" in lab.exec("old", "show reload")


#: Where it is killed: what is noted then in the journal.
STEPS = ("armed", "building", "disarmed", "saving")
KILLED = """
import os, sys
from pathlib import Path
sys.path.insert(0, {tests!r})
from tests.tasks.test_netmiko_connection import plain
from nr_run.lab.entry import attach
from nr_run.runbooks.run.folder import RunFolder
from nr_run.runbooks.safe_change import safe_change
note = RunFolder.note
def killing(folder, state, **details):
    note(folder, state, **details)
    if state == {step!r}:
        os.kill(os.getpid(), 9)
RunFolder.note = killing
with safe_change(plain(attach(Path({lab!r}))), list({texts!r}), runs=Path({runs!r})) as change:
    change.push({texts!r})
"""
PROGRAM = """
import os, sys
from pathlib import Path
sys.path.insert(0, {tests!r})
from tests.tasks.test_netmiko_connection import plain
from nr_run.lab.entry import attach
from nr_run.runbooks.safe_change import safe_change
nornir = plain(attach(Path({lab!r})), "young")
with safe_change(nornir, ["young"], runs=Path({runs!r}), minutes=2) as change:
    change.push({{"young": {text!r}}})
    print("pushed", flush=True)
    os.kill(os.getpid(), 9)
"""


def nr_run(tmp_path: Path, *words: str) -> warm.Process:
    """A command that has nothing but the run folder."""
    line = [
        str(Path(sys.executable).parent / "nr-run"),
        *words,
        "--json",
        "--runs",
        str(tmp_path / "runs"),
        "--poll-interval",
        "0.1",
    ]
    return warm.Process(line, {key: value for key, value in os.environ.items() if key != "NR_RUN_CREDENTIALS"})


def test_a_journal_that_is_lost_before_the_last_line(lab: LabHandle, tmp_path: Path) -> None:
    """Where it cannot be noted that the change is kept the block raises, and what raises has changed nothing, saved or not."""
    before = shown(lab)
    words = {"tests": str(Path(__file__).parents[2]), "lab": str(lab.directory), "runs": str(tmp_path / "runs"), "texts": TEXTS}
    program = KILLED.format(**words, step="saved").replace("os.kill(os.getpid(), 9)", 'os.unlink(folder.path / "journal.jsonl")')
    done = subprocess.run([sys.executable, "-c", program], capture_output=True, text=True, timeout=300, env=os.environ)
    assert "the journal cannot be written" in done.stderr
    assert done.returncode == 1
    now = shown(lab)
    assert {name: sorted(body(text)) for name, text in now.items()} == {name: sorted(body(text)) for name, text in before.items()}


@pytest.mark.parametrize("step", STEPS)
def test_a_process_that_dies_is_taken_back_by_resume(lab: LabHandle, tmp_path: Path, step: str) -> None:
    """Killed at any step, it is named as unfinished, keeps its devices, and is rolled back on each; then nothing is left."""
    before = shown(lab)
    words = {"tests": str(Path(__file__).parents[2]), "lab": str(lab.directory), "runs": str(tmp_path / "runs"), "texts": TEXTS}
    done = subprocess.run(
        [sys.executable, "-c", KILLED.format(**words, step=step)], capture_output=True, text=True, timeout=300, env=os.environ
    )
    assert done.returncode == -signal.SIGKILL, done.stderr
    with pytest.raises(DriftError, match="is unfinished on"), safe_change(plain(lab), ["fw"], runs=tmp_path / "runs"):
        pass
    process = nr_run(tmp_path, "resume")
    out, err = process.communicate(timeout=300)
    assert process.wait() == 20, out + err
    (change,) = json.loads(out)["tunnels"]
    assert change["result"] == "rolled-back"
    now = shown(lab)
    assert {name: sorted(body(text)) for name, text in now.items()} == {name: sorted(body(text)) for name, text in before.items()}
    for name in DEVICES:
        assert "No reload is scheduled" in lab.exec(name, "show reload")
    again = nr_run(tmp_path, "resume")
    again.communicate(timeout=300)
    assert again.wait() == 66


def body(text: str) -> list[str]:
    """A configuration without the lines that say how large it is, and when it was written."""
    told = ("!", ":", "Using ", "Current conf", "Building", "Cryptochecksum")
    return [line.rstrip() for line in text.splitlines() if line.strip() and not line.startswith(told)]


def test_what_was_kept_can_be_rolled_back(lab: LabHandle, nornir: Nornir, tmp_path: Path) -> None:
    """A finished change is undone from its run folder alone, as every run is."""
    before = shown(lab)
    with safe_change(nornir, DEVICES, runs=tmp_path / "runs") as change:
        change.push(TEXTS)
    process = nr_run(tmp_path, "rollback", "--yes")
    out, err = process.communicate(timeout=300)
    assert process.wait() == 0, out + err
    now = shown(lab)
    assert {name: sorted(body(text)) for name, text in now.items()} == {name: sorted(body(text)) for name, text in before.items()}


def test_no_secret_of_the_devices_is_kept_in_clear(lab: LabHandle, nornir: Nornir, tmp_path: Path) -> None:
    """What a resume needs to log in is encrypted: no file of the run holds a password as it is."""
    with safe_change(nornir, ["young"], runs=tmp_path / "runs") as change:
        change.push({"young": LIST})
    kept = [path for path in (tmp_path / "runs").rglob("*") if path.is_file()]
    assert any(path.name == "record.json" for path in kept)
    for name in ("device-password", "enable-secret"):
        secret = (lab.credentials / name).read_text().strip().encode()
        assert not [path for path in kept if secret in path.read_bytes()]


def test_a_process_that_dies_leaves_a_device_that_goes_back(lab: LabHandle, tmp_path: Path) -> None:
    """Killed between push and keep: the device is changed, and rolls itself back when its timer ends."""
    words = {"tests": str(Path(__file__).parents[2]), "lab": str(lab.directory), "runs": str(tmp_path / "runs"), "text": LIST}
    done = subprocess.run(
        [sys.executable, "-c", PROGRAM.format(**words)], capture_output=True, text=True, timeout=300, env=os.environ
    )
    assert done.returncode == -signal.SIGKILL, done.stderr
    assert done.stdout == "pushed\n"
    deadline = time.monotonic() + 300
    while "MINE" in lab.exec("young", "show running-config"):
        assert time.monotonic() < deadline, "the device did not roll itself back"
        time.sleep(0.2)
