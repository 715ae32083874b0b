"""A resume is killed, or asked to stop: the next one ends what it was doing, on both ends alike."""

from __future__ import annotations

import signal

import pytest

from .. import warm
from ..conftest import Rehearsal
from .test_killed import ended_right, kill_at

#: Where the run was killed, and then its resume.
TWICE = [
    ("applied", "resuming"),
    ("applied", "rolling-back"),
    ("applied", "undoing"),
    ("applied", "disarmed"),
    ("commit-decided", "judged"),
    ("commit-decided", "disarmed"),
    ("disarmed", "saving"),
    ("saving", "saved"),
]


def resumed(rehearsal: Rehearsal, first: str, second: str) -> warm.Process:
    """Kill a deploy at one state, and begin a resume that has come to another."""
    for name in ("vpn2611", "vpn3640"):
        rehearsal.lab.fault(name, "slow", "15")
    kill_at(rehearsal, rehearsal.begin("--yes", "--json"), first, None)
    process = rehearsal.begin_other("resume", "--json")
    (journal,) = rehearsal.runs.glob("2*/journal.jsonl")

    def reached() -> bool:
        _, begun, since = journal.read_text().rpartition('"state": "resuming"')
        return bool(begun) and (second == "resuming" or f'"state": "{second}"' in since)

    rehearsal.wait_until(reached, seconds=60)
    return process


@pytest.mark.parametrize(("first", "second"), TWICE)
def test_a_resume_that_is_killed_is_resumed(rehearsal: Rehearsal, first: str, second: str) -> None:
    """kill -9 of the resume too: the one after it ends with both devices as before, or changed, verified and saved."""
    process = resumed(rehearsal, first, second)
    process.kill()
    process.communicate(timeout=60)
    for name in ("vpn2611", "vpn3640"):
        rehearsal.lab.fault(name, "slow", on=False)
    done = rehearsal.nr_run("resume", "--json")
    assert done.code in (0, 20, 66), done.out + done.err
    ended_right(rehearsal, done.code)
    assert rehearsal.nr_run("resume").code == 66


@pytest.mark.parametrize(("first", "second"), [("applied", "undoing"), ("commit-decided", "judged"), ("disarmed", "saving")])
def test_a_resume_that_is_asked_to_stop(rehearsal: Rehearsal, first: str, second: str) -> None:
    """SIGTERM and Ctrl-C: it is finished or rolled back, and nothing is left to resume."""
    process = resumed(rehearsal, first, second)
    process.send_signal(signal.SIGTERM)
    process.send_signal(signal.SIGINT)
    for name in ("vpn2611", "vpn3640"):
        rehearsal.lab.fault(name, "slow", on=False)
    out, err = process.communicate(timeout=120)
    assert process.returncode in (0, 20), out + err
    assert "Traceback" not in err
    ended_right(rehearsal, process.returncode)
    assert rehearsal.nr_run("resume").code == 66
