"""One run at a time on a device, also between machines that share the runs folder and do not see each other's kernel locks."""

from __future__ import annotations

import json
import os
import signal
import subprocess
import sys
import threading
import time
from pathlib import Path
from typing import Any

import pytest

from nr_run.inventory.errors import Locked
from nr_run.runbooks.locking.locks import DeviceLocks

KEEP = 1200.0
#: Takes the lock of "hub" as often as it is told on standard input, holds it for as long, and says what happened.
WORKER = """
import sys, time
from pathlib import Path
from nr_run.inventory.errors import Locked
from nr_run.runbooks.locking import locks
locks.HEARTBEAT_SECONDS, locks.SILENT_SECONDS = 0.1, 0.4
runs, run = Path(sys.argv[1]), sys.argv[2]
def tell(said):
    print(said, flush=True)
for line in sys.stdin:
    try:
        with locks.DeviceLocks(runs, run, ["hub"], keep_seconds=float(sys.argv[3]), tell=tell) as held:
            print("held", flush=True)
            sys.stdin.readline()
            held.refuse_overtaken()
        print("let go", flush=True)
    except Locked as error:
        print("refused:", error, flush=True)
"""


class Worker:
    """A process that takes and lets go of a lock on command."""

    def __init__(self, runs: Path, run: str, keep_seconds: float = KEEP) -> None:
        command = [sys.executable, "-c", WORKER, str(runs), run, str(keep_seconds)]
        self.process = subprocess.Popen(command, stdin=subprocess.PIPE, stdout=subprocess.PIPE, text=True)

    def send(self) -> None:
        """Go on: take the lock, or let go of it."""
        assert self.process.stdin is not None
        self.process.stdin.write("\n")
        self.process.stdin.flush()

    def says(self) -> str:
        """The next line; empty when none comes for a minute."""
        assert self.process.stdout is not None
        patience = threading.Timer(60, self.process.kill)
        patience.start()
        try:
            return self.process.stdout.readline().strip()
        finally:
            patience.cancel()

    def do(self) -> str:
        """Go on, and what it says then."""
        self.send()
        return self.says()

    def __enter__(self) -> Worker:
        return self

    def __exit__(self, *_error: object) -> None:
        self.process.kill()
        self.process.communicate()


def record_of(runs: Path, host: str) -> Path:
    """The record that counts."""
    return max((runs / ".locks" / f"{host}.holders").iterdir(), key=lambda path: int(path.name))


def elsewhere(runs: Path, host: str, *, silent_seconds: float, **other: Any) -> dict[str, Any]:
    """Make the newest record one of another machine, which gave its last sign of life so long ago; kernel locks are not seen."""
    path = record_of(runs, host)
    data = json.loads(path.read_text())
    data["machine"] = {"name": "jump2", "boot": "another", "processes": "pid:[1]", **other}
    text = json.dumps(data)
    descriptor = os.open(path, os.O_WRONLY)
    os.pwrite(descriptor, text.encode(), 0)
    os.ftruncate(descriptor, len(text))
    os.close(descriptor)
    then = time.time() - silent_seconds
    os.utime(path, (then, then))
    blind(runs)
    return data


def blind(runs: Path) -> None:
    """From now on nobody sees the kernel locks that are held: as on a file system that does not pass them on."""
    for path in (runs / ".locks").glob("*.lock"):
        path.unlink(missing_ok=True)


def abandoned(runs: Path, run: str, *, silent_seconds: float, **other: Any) -> None:
    """A record of a run on another machine that did not let go."""
    with DeviceLocks(runs, run, ["hub"], keep_seconds=KEEP):
        text = record_of(runs, "hub").read_text()
    path = record_of(runs, "hub").with_name("2")
    path.write_text(text)
    elsewhere(runs, "hub", silent_seconds=silent_seconds, **other)


def test_a_lock_that_was_let_go_is_free(tmp_path) -> None:
    """After a run has ended in order the next takes its devices, and nothing is said."""
    for run in ("one", "two", "three"):
        with DeviceLocks(tmp_path, run, ["hub", "spoke"], keep_seconds=KEEP) as locks:
            assert json.loads(record_of(tmp_path, "spoke").read_text())["run"] == run
            assert locks.taken_over == []
    assert not list((tmp_path / ".locks").glob(".*"))


@pytest.mark.parametrize("is_blind", [False, True], ids=["kernel lock seen", "kernel lock not seen"])
def test_who_is_refused_is_told_who_holds_it(tmp_path, is_blind: bool) -> None:
    """The refusal names run, machine, process, user, since when and what to do, whichever of the two locks refuses."""
    with Worker(tmp_path, "one") as holder:
        assert holder.do() == "held"
        if is_blind:
            blind(tmp_path)
        with pytest.raises(Locked) as refusal, DeviceLocks(tmp_path, "two", ["hub"], keep_seconds=KEEP):
            pass
        record = json.loads(record_of(tmp_path, "hub").read_text())
        for word in ("hub is held by run one", os.uname().nodename, str(holder.process.pid), record["user"], record["since"]):
            assert word in str(refusal.value)
        assert "wait until that run has ended" in str(refusal.value)
        assert holder.do() == "let go"
        with DeviceLocks(tmp_path, "two", ["hub"], keep_seconds=KEEP):
            pass


def test_a_killed_holder_is_taken_over(tmp_path) -> None:
    """After kill -9 the kernel lets go and the record stays: the next run sees that the process is gone and says so."""
    with Worker(tmp_path, "one") as holder:
        assert holder.do() == "held"
        holder.process.kill()
        holder.process.wait()
    with DeviceLocks(tmp_path, "two", ["hub"], keep_seconds=KEEP) as locks:
        assert [("run one" in line, "ended without releasing it" in line) for line in locks.taken_over] == [(True, True)]
    assert not list((tmp_path / ".locks").glob(".*"))


def test_a_number_that_another_process_has_now_holds_nothing(tmp_path) -> None:
    """A record with the number of a living process that was started at another time is over."""
    abandoned(tmp_path, "one", silent_seconds=0)
    path = record_of(tmp_path, "hub")
    with DeviceLocks(tmp_path, "me", ["other"], keep_seconds=KEEP):
        here = json.loads(record_of(tmp_path, "other").read_text())["machine"]
    data = {**json.loads(path.read_text()), "machine": here, "process": os.getpid()}
    path.write_text(json.dumps(data))
    with pytest.raises(Locked, match="try again"), DeviceLocks(tmp_path, "two", ["hub"], keep_seconds=KEEP):
        pass
    path.write_text(json.dumps({**data, "started": "17"}))
    with DeviceLocks(tmp_path, "two", ["hub"], keep_seconds=KEEP) as locks:
        assert len(locks.taken_over) == 1


@pytest.mark.parametrize(
    ("run", "silent_seconds", "name", "is_over"),
    [
        ("two", 5, "jump2", False),
        ("two", 100, "jump2", False),
        ("two", KEEP + 5, "jump2", True),
        ("one", 5, "jump2", False),
        ("one", 100, "jump2", True),
        ("two", 5, os.uname().nodename, False),
        ("two", 100, os.uname().nodename, True),
    ],
)
def test_another_machines_lock(tmp_path, run: str, silent_seconds: float, name: str, is_over: bool) -> None:
    """It holds while it gives signs of life; then the same run may go on, others after the deadline, after a boot at once."""
    abandoned(tmp_path, "one", silent_seconds=silent_seconds, name=name)
    if is_over:
        with DeviceLocks(tmp_path, run, ["hub"], keep_seconds=KEEP) as locks:
            assert len(locks.taken_over) == 1
        return
    with pytest.raises(Locked) as refusal, DeviceLocks(tmp_path, run, ["hub"], keep_seconds=KEEP):
        pass
    assert f"run one on {name}" in str(refusal.value)
    assert ("nr-run resume one" in str(refusal.value)) == (silent_seconds == 100)


def test_a_record_that_cannot_be_read_holds_for_its_time(tmp_path) -> None:
    """Half a record, as an older file system may leave, holds the device for the rollback timer and boot time and not for
    ever."""
    abandoned(tmp_path, "one", silent_seconds=0)
    path = record_of(tmp_path, "hub")
    path.write_text(path.read_text()[:40])
    with pytest.raises(Locked, match="cannot be read"), DeviceLocks(tmp_path, "two", ["hub"], keep_seconds=KEEP):
        pass
    os.utime(path, (time.time() - 2000, time.time() - 2000))
    with DeviceLocks(tmp_path, "two", ["hub"], keep_seconds=KEEP) as locks:
        assert len(locks.taken_over) == 1


@pytest.mark.parametrize("left", ["free", "over"])
def test_two_processes_race(tmp_path, left: str) -> None:
    """Of two that want a device at the same moment, fifteen times, never both get it, though no kernel lock is seen."""
    with Worker(tmp_path, "a") as one, Worker(tmp_path, "b") as other:
        winners = []
        for _ in range(15):
            if left == "over":
                abandon_anew(tmp_path)
            (tmp_path / ".locks").mkdir(exist_ok=True)
            blind(tmp_path)
            one.send()
            blind(tmp_path)
            other.send()
            blind(tmp_path)
            said = {one: one.says(), other: other.says()}
            held = [worker for worker, words in said.items() if words == "held"]
            assert len(held) == 1, said
            winners += held
            assert held[0].do() == "let go"
        assert len(winners) == 15


def abandon_anew(runs: Path) -> None:
    """Follow the newest record by one of a machine that has been silent for too long."""
    if not (runs / ".locks").exists():
        abandoned(runs, "gone", silent_seconds=KEEP + 5)
        return
    newest = record_of(runs, "hub")
    path = newest.with_name(str(int(newest.name) + 1))
    machine = {"name": "jump2", "boot": "another", "processes": ""}
    data = {"run": "gone", "machine": machine, "process": 1, "started": "", "user": "u", "since": "s", "keep_seconds": KEEP}
    path.write_text(json.dumps(data))
    os.utime(path, (time.time() - 2 * KEEP, time.time() - 2 * KEEP))


def test_a_lost_file_system_is_told_and_stops_nothing(tmp_path) -> None:
    """When the locks' folder is gone the holder says so and goes on, and the lock holds again when it is back."""
    with Worker(tmp_path, "one") as holder:
        assert holder.do() == "held"
        (tmp_path / ".locks").rename(tmp_path / "away")
        assert "cannot be kept alive" in holder.says()
        (tmp_path / "away").rename(tmp_path / ".locks")
        with pytest.raises(Locked), DeviceLocks(tmp_path, "two", ["hub"], keep_seconds=KEEP):
            pass
        assert holder.do() == "let go"


def test_who_slept_and_was_overtaken_takes_no_further_step(tmp_path) -> None:
    """A holder that was stopped past its deadline is overtaken by another machine's run, and learns it when it wakes."""
    with Worker(tmp_path, "one", keep_seconds=0.5) as holder, Worker(tmp_path, "two") as other:
        assert holder.do() == "held"
        holder.process.send_signal(signal.SIGSTOP)
        elsewhere(tmp_path, "hub", silent_seconds=2)
        assert other.do() == "held"
        holder.process.send_signal(signal.SIGCONT)
        time.sleep(0.5)
        holder.send()
        said = holder.says()
        while "cannot be kept alive" in said:
            said = holder.says()
        assert "run two" in said
        assert "nothing more is sent from here" in said
        assert other.do() == "let go"


def test_a_run_takes_over_from_one_that_was_killed(rehearsal) -> None:
    """A run that was killed before it began anything is taken over with a sentence and a line in the journal."""
    rehearsal.lab.fault("vpn2611", "slow", "40")
    first = rehearsal.begin("--yes", "--json")
    rehearsal.wait_for("locked")
    first.kill()
    first.communicate()
    rehearsal.lab.fault("vpn2611", "slow", on=False)
    done = rehearsal.deploy("--yes", "--json")
    assert done.code == 0, done.out + done.err
    assert "ended without releasing it: taken over" in done.err
    journal = (rehearsal.runs / done.report["run"] / "journal.jsonl").read_text()
    assert journal.count("lock-taken-over") == 2


def test_another_machines_run_is_finished_from_here(rehearsal, unchanged) -> None:
    """A run that another machine left silent in the middle: other runs are refused, resume of that run rolls the devices back."""
    rehearsal.lab.fault("vpn3640", "slow", "15")
    first = rehearsal.begin("--yes", "--json")
    rehearsal.wait_for("building")
    first.kill()
    first.communicate()
    rehearsal.lab.fault("vpn3640", "slow", on=False)
    for host in ("vpn2611", "vpn3640"):
        elsewhere(rehearsal.runs, host, silent_seconds=60)
    refused = rehearsal.deploy("--yes", "--json")
    assert refused.code == 75
    assert "on jump2" in refused.report["error"]
    assert "nr-run resume 2" in refused.report["error"]
    done = rehearsal.nr_run("resume", "--json")
    assert done.code == 20, done.out + done.err
    unchanged()


def test_a_run_that_slept_and_was_resumed_elsewhere_sends_nothing_more(rehearsal, unchanged) -> None:
    """Stopped in mid-push, resumed from another machine and let go on, it ends 75; the devices stay as resume left them."""
    command = rehearsal.arguments("--yes", "--json")
    shorter = (
        "from nr_run.runbooks.commands import cli; from nr_run.runbooks.locking import locks; "
        "locks.SILENT_SECONDS = 0.5; locks.HEARTBEAT_SECONDS = 0.1; cli.main()"
    )
    rehearsal.lab.fault("vpn3640", "slow", "30")
    process = subprocess.Popen(
        [sys.executable, "-c", shorter, *command[1:]],
        stdout=subprocess.PIPE,
        stderr=subprocess.PIPE,
        stdin=subprocess.DEVNULL,
        text=True,
        env=rehearsal.environment,
    )
    rehearsal.wait_for("building")
    process.send_signal(signal.SIGSTOP)
    stopped = time.monotonic()
    for host in ("vpn2611", "vpn3640"):
        elsewhere(rehearsal.runs, host, silent_seconds=60)
    rehearsal.lab.fault("vpn3640", "slow", on=False)
    # The other machine has locks of its own.
    done = rehearsal.nr_run("resume", "--json", NR_RUN_LOCKS=str(rehearsal.folder / "jump2"))
    assert done.code == 20, done.out + done.err
    time.sleep(max(0.0, stopped + 0.6 - time.monotonic()))  # no shorter silence than that after which it was taken for dead
    process.send_signal(signal.SIGCONT)
    out, err = process.communicate(timeout=60)
    assert process.returncode == 75, out + err
    assert "has taken over" in json.loads(out)["error"]
    unchanged()
