"""A device that has the tunnel already is still looked at: armed, unsaved, or in a run that did not end, it is never fine."""

from __future__ import annotations

import json
from pathlib import Path

import pytest

from .test_open_runs import runs_by_state

ROUTE = "ip route 10.99.0.0 255.255.0.0 172.18.124.1"


def startup(rehearsal, device: str) -> str:
    """What a device starts with."""
    return rehearsal.lab.exec(device, "show startup-config")


def arm(rehearsal, device: str, reason: str) -> None:
    """Schedule a reload as another operator, or another run, would."""
    with rehearsal.operator(device) as other:
        other.write_channel(f"reload in 30 {reason}\n")
        other.read_until_pattern(r"confirm")
        other.write_channel("\n")
        other.read_until_prompt()


def test_an_unsaved_device_is_not_fine(rehearsal) -> None:
    """With the tunnel there and something unsaved beside it --plan and --yes exit 13 and say why; that it is up is said too."""
    assert rehearsal.deploy("--yes").code == 0
    rehearsal.configure("vpn3640", ROUTE)
    look = rehearsal.deploy("--plan", "--json")
    assert (look.code, look.report["outcome"]) == (13, "precheck-failed"), look.out
    assert "is not saved" in look.tunnel["sentence"]
    done = rehearsal.deploy("--yes", "--json")
    assert (done.code, done.tunnel["verified"]) == (13, False), done.out
    assert "the tunnel is up, but vpn3640: the running configuration is not saved" in done.tunnel["sentence"]
    assert ROUTE not in startup(rehearsal, "vpn3640")


def test_what_was_to_be_saved_is_saved(rehearsal) -> None:
    """--accept-unsaved on a device with nothing else to do: --plan says that there is something to do, --yes does it."""
    assert rehearsal.deploy("--yes").code == 0
    rehearsal.configure("vpn3640", ROUTE)
    look = rehearsal.deploy("--plan", "--accept-unsaved", "--json")
    assert look.code == 2, look.out + look.err
    assert "vpn3640" in look.tunnel["sentence"]
    assert ROUTE not in startup(rehearsal, "vpn3640")
    done = rehearsal.deploy("--yes", "--accept-unsaved", "--json")
    assert (done.code, done.tunnel["verified"], done.report["changed"]) == (0, True, True), done.out
    assert ROUTE in startup(rehearsal, "vpn3640")
    assert {row["host"]: row["saved"] for row in done.tunnel["devices"]} == {"vpn2611": True, "vpn3640": True}
    assert rehearsal.deploy("--plan", "--accept-unsaved").code == 0


def test_the_other_end_is_saved_too(rehearsal) -> None:
    """Where one end is changed and the other only runs what it has not saved, --accept-unsaved saves both."""
    assert rehearsal.deploy("--yes").code == 0
    rehearsal.configure("vpn2611", "no crypto map clientmap 1", "write memory")
    rehearsal.configure("vpn3640", ROUTE)
    done = rehearsal.deploy("--yes", "--accept-unsaved", "--json")
    assert done.code == 0, done.out + done.err
    assert ROUTE in startup(rehearsal, "vpn3640")
    assert "what vpn3640 had not saved is saved" in done.tunnel["sentence"]


def test_nothing_to_remove_and_something_to_save(rehearsal) -> None:
    """remove-l2l of what is not there keeps its word as well: unsaved is refused, and saved where that was asked for."""
    rehearsal.configure("vpn3640", ROUTE)
    assert rehearsal.deploy_other("remove-l2l", "hq-branch", "--plan").code == 13
    assert rehearsal.deploy_other("remove-l2l", "hq-branch", "--yes").code == 13
    done = rehearsal.deploy_other("remove-l2l", "hq-branch", "--yes", "--accept-unsaved", "--json")
    assert done.code == 0, done.out + done.err
    assert ROUTE in startup(rehearsal, "vpn3640")


@pytest.mark.parametrize("reason", ["maintenance", "nr-20250101T000000Z-0000"])
def test_an_armed_device_is_not_fine(rehearsal, reason: str) -> None:
    """A reload that somebody, or a run that is not in this runs folder, has scheduled is told though nothing is to be changed."""
    assert rehearsal.deploy("--yes").code == 0
    arm(rehearsal, "vpn3640", reason)
    rehearsal.configure("vpn3640", ROUTE)
    for words in (("--plan", "--json"), ("--yes", "--json")):
        done = rehearsal.deploy(*words)
        assert done.code == 13, done.out
        assert reason.removeprefix("nr-") in done.tunnel["sentence"]
        # To save would make permanent what may go back.
        assert "Save it" not in done.tunnel["sentence"]
        assert "--revert-in 0" not in done.tunnel["sentence"]


def test_a_killed_run_is_named_by_plan(rehearsal) -> None:
    """After kill -9 behind the push, --plan of the same tunnel exits 13 and names the run and what to do, and logs in nowhere."""
    process = rehearsal.begin("--yes", "--json")
    rehearsal.wait_for("triggering")
    process.kill()
    process.communicate(timeout=30)
    (killed,) = (path.name for path in rehearsal.runs.glob("2*"))
    rehearsal.lab.reset_counters()
    look = rehearsal.deploy("--plan", "--json")
    assert look.code == 13, look.out + look.err
    assert f"run {killed} is unfinished on vpn2611, vpn3640: finish it: nr-run resume {killed}" in look.report["error"]
    assert all(rehearsal.lab.counters(name).logins == 0 for name in ("vpn2611", "vpn3640"))
    assert killed in rehearsal.nr_run("show", killed).out
    assert f"nr-run resume {killed}" in rehearsal.nr_run("show", killed).out


def test_a_living_run_is_named_and_waited_for(rehearsal, tmp_path: Path) -> None:
    """While a run is at work --plan, show and rollback name it and say to wait, and nobody is told to resume it."""
    rehearsal.lab.fault("vpn3640", "slow", "60")
    process = rehearsal.begin("--yes", "--json")
    rehearsal.wait_for("armed")
    (running,) = (path.name for path in rehearsal.runs.glob("2*"))
    look = rehearsal.deploy("--plan", "--json")
    elsewhere = rehearsal.deploy("--plan", "--json", "--runs", str(tmp_path / "elsewhere"))
    shown = rehearsal.nr_run("show", running)
    undone = rehearsal.nr_run("rollback", running, "--yes", "--json")
    assert process.poll() is None
    for done in (look, elsewhere):
        assert done.code == 75, done.out + done.err
        for word in (f"run {running}", f"process {process.pid}", "user ", "since ", "wait until that run has ended"):
            assert word in done.report["error"]
    assert (shown.code, "is running" in shown.out, "wait until it has ended" in shown.out) == (0, True, True)
    assert "wait until it has ended" in undone.report["error"]
    for text in (look.out, elsewhere.out, shown.out, undone.out):
        for wrong in ("nr-run resume", "--accept-unsaved", "--revert-in 0", "Save it"):
            assert wrong not in text
    out, err = process.communicate(timeout=90)
    assert process.returncode == 0, out + err


def test_a_refused_run_is_closed_on_the_spot(rehearsal) -> None:
    """Refused by a lock, by an unfinished run or by a precheck, a run has its outcome in its folder and is nobody's to resume."""
    rehearsal.lab.fault("vpn3640", "slow", "60")
    process = rehearsal.begin("--yes", "--json")
    rehearsal.wait_for("armed")
    assert rehearsal.deploy("--yes").code == 75
    process.kill()
    process.communicate(timeout=30)
    rehearsal.lab.fault("vpn3640", "slow", on=False)
    assert rehearsal.deploy("--yes").code == 13
    states = runs_by_state(rehearsal)
    assert sorted(states.values()) == ["locked", "precheck-failed", "unfinished"]
    newest = rehearsal.nr_run("show")
    assert newest.code == 0
    assert "exit 13 (precheck-failed)" in newest.out
    for path in rehearsal.runs.glob("2*"):
        if states[path.name] != "unfinished":
            assert json.loads((path / "journal.jsonl").read_text().splitlines()[-1])["state"] == "ended"
    done = rehearsal.nr_run("resume", "--json")
    assert done.code == 20, done.out + done.err
