"""kill -9 of the process that applies a whole deployment, at every state of its journal: the run itself finishes it."""

from __future__ import annotations

import os
import signal
from typing import Any

import pytest

from ..far.befalling import connected
from ..runbooks.test_processes import TWO, children
from .test_killed import STATES, ended_right

#: From here on the deployment is applied by the other process.
THERE = [(state, host) for state, host in STATES if state not in ("locked", "snapshot", "planned", "approved")]
DECIDED = ("commit-decided", "disarmed", "saving", "saved", "done")


def of_both(rehearsal: Any, process: Any) -> int:
    """The further process that has both devices of the deployment."""
    ports = {rehearsal.lab.devices[name].port for name in ("vpn2611", "vpn3640")}
    (found,) = [child for child in children(process.pid) if connected(child) & ports]
    assert connected(found) >= ports
    return found


def killed_at(rehearsal: Any, state: str, host: str | None, command: str = "deploy-l2l", *words: str) -> tuple[int, str, str]:
    """Exit code and words of a run whose other process is killed when its journal has reached the state."""
    for name in ("vpn2611", "vpn3640"):
        rehearsal.lab.fault(name, "slow", "15")
    seen = {path.name for path in rehearsal.runs.glob("2*")}
    from .. import warm

    process = warm.Process(rehearsal.arguments(*words, *TWO, command=command), rehearsal.environment)
    rehearsal.wait_for("planned", besides=seen)
    victim = of_both(rehearsal, process)
    rehearsal.wait_for(state, host=host, besides=seen)
    os.kill(victim, signal.SIGKILL)
    for name in ("vpn2611", "vpn3640"):
        rehearsal.lab.fault(name, "slow", on=False)
    out, err = process.communicate(timeout=120)
    return process.returncode, out, err


@pytest.mark.parametrize(("state", "host"), THERE, ids=str)
def test_its_process_is_killed(rehearsal, state: str, host: str | None) -> None:
    """Both devices are as they were, or both have the verified and saved tunnel, by the journal; nothing is armed or open."""
    code, out, err = killed_at(rehearsal, state, host)
    assert code in (0, 11, 20), out + err
    # Whether the answer to its line has reached it, and what it did then, is not known: it was killed a moment later.
    if state in DECIDED:
        assert code == 0, out + err
    ended_right(rehearsal, 20 if code == 11 else code)
    if code:
        assert "is lost" in out, out + err
    assert rehearsal.nr_run("resume").code == 66


def test_all_are_killed_while_they_plan(rehearsal) -> None:
    """Where every process is lost before anything was sent the run plans for itself, and builds the tunnel or touches nothing."""
    from .. import warm

    process = warm.Process(rehearsal.arguments("--yes", *TWO), rehearsal.environment)
    rehearsal.wait_for("snapshot")
    for child in children(process.pid):
        os.kill(child, signal.SIGKILL)
    out, err = process.communicate(timeout=120)
    assert process.returncode in (0, 11, 20), out + err
    ended_right(rehearsal, 20 if process.returncode == 11 else process.returncode)
    assert rehearsal.nr_run("resume").code == 66


@pytest.mark.parametrize(("state", "host"), [("recorded", None), ("building", "vpn2611"), ("commit-decided", None)], ids=str)
def test_the_process_of_a_removal_is_killed(rehearsal, state: str, host: str | None) -> None:
    """A removal is finished in the same way: gone on both ends and saved, or there on both ends and as it was."""
    assert rehearsal.deploy("--yes").code == 0
    code, out, err = killed_at(rehearsal, state, host, "remove-l2l", "hq-branch")
    assert code in (0, 11, 20), out + err
    there = ["NR-hq-branch" in text for text in rehearsal.configurations()["running"].values()]
    saved = ["NR-hq-branch" in text for text in rehearsal.configurations()["startup"].values()]
    assert there == saved == ([False, False] if code == 0 else [True, True])
    for name in ("vpn2611", "vpn3640"):
        assert "No reload is scheduled" in rehearsal.lab.exec(name, "show reload")
    assert rehearsal.nr_run("resume").code == 66
