"""A run whose devices are reached from further processes of this machine is the same run, and survives them."""

from __future__ import annotations

import json
import os
import signal
import sys
from collections.abc import Callable
from pathlib import Path

import pytest
from nornir.core import Nornir
from nornir.core.inventory import Defaults, Groups, Hosts, Inventory
from nornir.plugins.runners import ThreadedRunner

from nr_run.inventory.errors import Unreachable
from nr_run.inventory.hiding.secrets import Secrets
from nr_run.runbooks.far import elsewhere
from nr_run.runbooks.far.local_processes import beside, further
from nr_run.tasks.device import Stop

TWO = ("--yes", "--json", "--processes", "2")


def children(parent: int) -> list[int]:
    """Processes that a run has begun, oldest first."""
    found = []
    for stat in Path("/proc").glob("[0-9]*/stat"):
        try:
            words = stat.read_text().rpartition(")")[2].split()
        except OSError:
            continue
        if int(words[1]) == parent and words[0] != "Z":
            found.append(int(stat.parent.name))
    return sorted(found)


def lines_of(rehearsal) -> dict[str, list[str]]:
    """What both devices run and have saved, without its size."""
    shown = rehearsal.configurations()
    return {
        f"{kind} {name}": [line for line in text.splitlines() if not line.startswith(("!", "Current", "Using"))]
        for kind, texts in shown.items()
        for name, text in texts.items()
    }


def states_of(journal: str) -> set[tuple[str, str]]:
    """What was done on which device."""
    lines = [json.loads(line) for line in journal.splitlines()]
    return {(line["state"], line.get("host", "")) for line in lines} - {("told", "")}


def files_of(run: Path) -> list[str]:
    """Names of what a run has left."""
    return sorted(str(path.relative_to(run)) for path in run.rglob("*") if path.is_file())


def kept(run: Path, name: str) -> tuple[str, str]:
    """What stands in a file of what was planned and typed, and does not depend on when that was."""
    return name, (run / name).read_text() if name.endswith(("rendered.cfg", "change.cfg", "rollback.cfg", "radius.txt")) else ""


def is_there(process: int) -> bool:
    """Whether it does anything still."""
    try:
        return Path(f"/proc/{process}/stat").read_text().rpartition(")")[2].split()[0] != "Z"
    except OSError:
        return False


def test_two_processes_do_what_one_does(rehearsal) -> None:
    """Outcome, exit code, report and what the devices run are those of one process, for a deploy and for a removal."""
    alone = rehearsal.deploy("--yes", "--json", "--processes", "1")
    running = lines_of(rehearsal)
    assert rehearsal.deploy_other("remove-l2l", "hq-branch", *TWO).code == 0
    assert "NR-hq-branch" not in str(lines_of(rehearsal))
    both = rehearsal.deploy(*TWO)
    assert (alone.code, both.code) == (0, 0), both.out + both.err
    assert lines_of(rehearsal) == running
    assert both.tunnel.keys() == alone.tunnel.keys()
    same = ("result", "verified", "changed", "sentence")
    assert {key: both.tunnel[key] for key in same if key in both.tunnel} == {
        k: alone.tunnel[k] for k in same if k in alone.tunnel
    }
    # What a removal leaves for others to use is there from the first one on.
    assert rehearsal.deploy_other("remove-l2l", "hq-branch", *TWO).code == 0
    assert rehearsal.deploy("--yes", "--json", "--processes", "1").code == 0
    *_, last, _, first = sorted(path.parent for path in rehearsal.runs.glob("2*/journal.jsonl"))
    assert states_of((first / "journal.jsonl").read_text()) == states_of((last / "journal.jsonl").read_text())
    assert [kept(last, name) for name in files_of(first)] == [kept(first, name) for name in files_of(first)]
    assert files_of(first) == files_of(last)


def test_a_process_that_is_killed_loses_its_sessions_only(rehearsal, unchanged: Callable[[], None]) -> None:
    """Killed in the middle of a push, its device is rolled back over another process, and nothing is left armed."""
    rehearsal.lab.fault("vpn3640", "slow", "400")
    process = rehearsal.begin(*TWO)
    rehearsal.wait_for("building", host="vpn3640")
    for child in children(process.pid)[:1]:  # the far end is read first, and is the first process's
        os.kill(child, signal.SIGKILL)
    rehearsal.lab.fault("vpn3640", "slow", on=False)
    out, err = process.communicate(timeout=120)
    assert process.returncode in (0, 20), out + err
    if process.returncode == 20:
        unchanged()
        assert "is lost" in out
    for name in ("vpn2611", "vpn3640"):
        assert "No reload is scheduled" in rehearsal.lab.exec(name, "show reload")


def test_the_processes_end_with_the_run_that_was_killed(rehearsal, unchanged: Callable[[], None]) -> None:
    """Where the run itself is killed nothing more is typed from anywhere, and resume rolls back from its folder."""
    rehearsal.lab.fault("vpn3640", "slow", "400")
    process = rehearsal.begin(*TWO)
    rehearsal.wait_for("building", host="vpn3640")
    begun = children(process.pid)
    assert len(begun) == 2
    process.send_signal(signal.SIGKILL)
    process.communicate(timeout=30)
    rehearsal.wait_until(lambda: not any(map(is_there, begun)), seconds=30)
    rehearsal.lab.fault("vpn3640", "slow", on=False)
    done = rehearsal.nr_run("resume", "--json")
    assert done.code == 20, done.out + done.err
    unchanged()


def test_ctrl_c_reaches_who_talks_to_the_devices(rehearsal, unchanged: Callable[[], None]) -> None:
    """A wish to stop in the middle of a push rolls the change back, and the processes end with the run."""
    rehearsal.lab.fault("vpn3640", "slow", "400")
    process = rehearsal.begin(*TWO)
    rehearsal.wait_for("building", host="vpn3640")
    begun = children(process.pid)
    process.send_signal(signal.SIGINT)
    rehearsal.lab.fault("vpn3640", "slow", on=False)
    out, err = process.communicate(timeout=60)
    assert process.returncode != 0, out + err
    unchanged()
    rehearsal.wait_until(lambda: not any(map(is_there, begun)), seconds=30)


@pytest.mark.parametrize(("to_run", "to_others"), [(None, signal.SIGKILL), (signal.SIGTERM, signal.SIGTERM)])
def test_a_change_is_rolled_back_whatever_becomes_of_the_others(
    rehearsal, unchanged: Callable[[], None], to_run: signal.Signals | None, to_others: signal.Signals
) -> None:
    """Where all further processes are killed, or everything of the run is sent SIGTERM at once, it rolls the change back."""
    rehearsal.lab.fault("vpn3640", "slow", "400")
    process = rehearsal.begin(*TWO)
    rehearsal.wait_for("building", host="vpn3640")
    for child in children(process.pid):
        os.kill(child, to_others)
    if to_run is not None:
        process.send_signal(to_run)
    rehearsal.lab.fault("vpn3640", "slow", on=False)
    out, err = process.communicate(timeout=180)
    assert process.returncode == 20, out + err
    assert ("is lost" in out) == (to_others is signal.SIGKILL), out
    unchanged()
    for name in ("vpn2611", "vpn3640"):
        assert "No reload is scheduled" in rehearsal.lab.exec(name, "show reload")


@pytest.mark.parametrize(("cores", "devices", "processes"), [(1, 1000, 1), (2, 59, 1), (2, 60, 2), (8, 100, 3), (8, 1000, 8)])
def test_as_many_processes_as_pay(monkeypatch: pytest.MonkeyPatch, cores: int, devices: int, processes: int) -> None:
    """One a core where each has enough devices, and none beside this one for few."""
    monkeypatch.setattr(elsewhere.os, "sched_getaffinity", lambda _: set(range(cores)))
    assert elsewhere.that_pay(devices) == processes


def test_cores_are_counted_where_a_process_cannot_be_kept_to_some(monkeypatch: pytest.MonkeyPatch) -> None:
    """Only Linux says which cores a process may use; elsewhere all count."""
    monkeypatch.delattr(elsewhere.os, "sched_getaffinity")
    monkeypatch.setattr(elsewhere.os, "cpu_count", lambda: 8)
    assert elsewhere.that_pay(100) == 3


def test_a_machine_that_begins_no_process_says_so(monkeypatch: pytest.MonkeyPatch) -> None:
    """One sentence with the reason, and nothing of the run is left."""
    monkeypatch.setattr(sys, "executable", "/nowhere/python")
    nornir = Nornir(Inventory(Hosts(), Groups(), Defaults()), runner=ThreadedRunner())
    with (
        pytest.raises(Unreachable, match="process 1 cannot be begun on this machine: No such file"),
        further(2) as processes,
        beside(processes, nornir, (), Secrets(folders=()), Stop()),
    ):
        pass


def test_no_secret_is_in_a_command_line_or_an_environment(rehearsal) -> None:
    """While devices are changed by further processes, neither they nor the run show a secret to whoever lists processes."""
    secrets = [path.read_text().strip() for path in Path(rehearsal.lab.credentials).iterdir() if path.is_file()]
    secrets = [secret for secret in secrets if len(secret) > 5]
    assert secrets
    rehearsal.lab.fault("vpn3640", "slow", "400")
    process = rehearsal.begin(*TWO)
    rehearsal.wait_for("building", host="vpn3640")
    running = children(process.pid)
    shown = {
        (pid, name): Path(f"/proc/{pid}/{name}").read_bytes().decode("utf8", "replace")
        for pid in (process.pid, *running)
        for name in ("cmdline", "environ")
    }
    rehearsal.lab.fault("vpn3640", "slow", on=False)
    out, err = process.communicate(timeout=120)
    assert process.returncode == 0, out + err
    assert len(running) == 2
    assert [place for place, text in shown.items() if any(secret in text for secret in secrets)] == []
