"""A whole deployment that another process of this machine applies: what becomes of it where something is wrong over there."""

from __future__ import annotations

import os
import resource
import shutil
import signal
import subprocess
from collections.abc import Callable
from pathlib import Path

import pytest

from nr_run.runbooks.commands.service_command import building
from nr_run.runbooks.engine.context import Timeouts
from nr_run.runbooks.engine.plans import planners
from nr_run.runbooks.engine.plans.planning import DeploymentPlan
from nr_run.runbooks.engine.run_setup import RunRequest, open_run
from nr_run.runbooks.engine.runbook import Approval, run_deployments

from ..conftest import ROOT
from ..runbooks.test_processes import TWO, children

DEFECT = "    import os\n    if os.getsid(0) == os.getpid():\n        raise ZeroDivisionError\n"
PROOF = "    change_state.proof = change_state.postcheck.prove(context, plan)\n"


class Silent:
    """Nobody looks."""

    def phase(self, host: str, words: str) -> None:
        """A phase."""

    def say(self, words: str) -> None:
        """A sentence."""

    def ended(self, name: str, word: str, number: int, total: int) -> None:
        """An end."""


def test_a_defect_over_there_is_rolled_back_there_and_its_file_is_kept_here(
    rehearsal, unchanged: Callable[[], None], tmp_path: Path
) -> None:
    """The engine goes wrong in the midst of a change, in a process with a session of its own, as further ones alone have."""
    shutil.copytree(ROOT / "dev" / "nr_run", tmp_path / "nr_run", ignore=shutil.ignore_patterns("__pycache__"))
    copy = tmp_path / "nr_run" / "runbooks" / "engine" / "transaction.py"
    text = copy.read_text()
    assert PROOF in text
    copy.write_text(text.replace(PROOF, DEFECT + PROOF))
    done = subprocess.run(
        rehearsal.arguments(*TWO),
        capture_output=True,
        text=True,
        stdin=subprocess.DEVNULL,
        env={**rehearsal.environment, "PYTHONPATH": str(tmp_path)},
        timeout=180,
        check=False,
    )
    assert done.returncode == 20, done.stdout + done.stderr
    assert "ZeroDivisionError, which is a defect of nr-run" in done.stdout
    (kept,) = rehearsal.runs.glob("2*/hq-branch/defect.txt")
    assert "ZeroDivisionError" in kept.read_text()
    unchanged()


def test_a_plan_that_no_longer_holds_is_refused(rehearsal, monkeypatch: pytest.MonkeyPatch) -> None:
    """While a person looked at the plan another operator has changed a device: read again over there, nothing is sent."""
    for name, value in rehearsal.environment.items():
        monkeypatch.setenv(name, value)
    wanted = RunRequest(
        *("l2l", "deploy-l2l", ("hq-branch",), rehearsal.inventory, rehearsal.runs, False, False),
        Timeouts(ike=6.0, poll=0.1, reconnect=6.0),
        processes=2,
    )

    def approve() -> bool:
        rehearsal.configure("vpn3640", "ip route 10.77.0.0 255.255.0.0 172.18.124.1")
        return True

    with open_run(wanted, Silent()) as opened:
        assert opened.context.nornir.runner.takes_whole
        arguments = opened.runs, building(accept_unsaved=False), lambda _plans, _refused: None, Approval(approve)
        (outcome,) = run_deployments(opened.context, opened.deployments, *arguments)
    assert outcome.result.value == "refused", outcome
    assert "vpn3640" in outcome.sentence
    assert "NR-hq-branch" not in str(rehearsal.configurations())


def test_a_plan_is_made_by_who_has_the_devices(rehearsal, monkeypatch: pytest.MonkeyPatch) -> None:
    """The planner of this process is never asked, and the plan is there, with all that it rests on."""
    for name, value in rehearsal.environment.items():
        monkeypatch.setenv(name, value)
    wanted = RunRequest(
        *("l2l", "deploy-l2l", ("hq-branch",), rehearsal.inventory, rehearsal.runs, False, False),
        Timeouts(ike=6.0, poll=0.1, reconnect=6.0),
        processes=2,
    )

    def asked(*_given: object, **_named: object) -> None:
        raise AssertionError("it is asked here")

    shown: list[DeploymentPlan] = []
    with open_run(wanted, Silent()) as opened:
        monkeypatch.setattr(planners, "plan_deployment", asked)  # the others began before this
        arguments = opened.runs, building(accept_unsaved=False), lambda plans, _refused: shown.extend(plans), Approval(None)
        (outcome,) = run_deployments(opened.context, opened.deployments, *arguments)
        assert shown[0].deployment is opened.deployments[0]
    assert outcome.result.value == "pending", outcome
    assert [len(member.snapshot.outputs) > 3 for member in shown[0].members] == [True, True]
    assert all(member.change.created for member in shown[0].members)


@pytest.mark.parametrize("size", [1100, 2100, 3100])
def test_a_full_disk_here_stops_the_engine_there(rehearsal, size: int) -> None:
    """When no file can grow any more, the run ends before the first line or rolls back what it sent."""

    def limit() -> None:
        resource.setrlimit(resource.RLIMIT_FSIZE, (size, resource.RLIM_INFINITY))

    done = subprocess.run(
        rehearsal.arguments(*TWO),
        capture_output=True,
        text=True,
        stdin=subprocess.DEVNULL,
        env=rehearsal.environment,
        preexec_fn=limit,
        timeout=180,
        check=False,
    )
    assert done.returncode in (1, 20), done.stdout + done.stderr
    assert "Traceback" not in done.stderr
    assert "cannot be written" in done.stdout + done.stderr
    assert rehearsal.configurations() == rehearsal.before


@pytest.mark.parametrize("state", ["armed", "judged"])
def test_the_run_folder_is_deleted_in_mid_run(rehearsal, unchanged: Callable[[], None], state: str) -> None:
    """Where the journal is gone no further step is taken over there, and the change is rolled back."""
    rehearsal.lab.fault("vpn2611", "slow", "60")
    process = rehearsal.begin(*TWO)
    rehearsal.wait_for(state)
    shutil.rmtree(rehearsal.runs)
    rehearsal.lab.fault("vpn2611", "slow", on=False)
    out, err = process.communicate(timeout=120)
    assert process.returncode in (1, 20), out + err
    assert "cannot be written" in out + err
    unchanged()


def test_all_processes_are_killed_behind_the_decision(rehearsal) -> None:
    """None is left: the run itself verifies the tunnel again, and saves it."""
    rehearsal.lab.fault("vpn3640", "slow", "15")
    process = rehearsal.begin(*TWO)
    rehearsal.wait_for("commit-decided")
    for child in children(process.pid):
        os.kill(child, signal.SIGKILL)
    rehearsal.lab.fault("vpn3640", "slow", on=False)
    out, err = process.communicate(timeout=120)
    assert process.returncode == 0, out + err
    shown = rehearsal.configurations()
    assert all("NR-hq-branch" in text for texts in shown.values() for text in texts.values())
    for name in ("vpn2611", "vpn3640"):
        assert "No reload is scheduled" in rehearsal.lab.exec(name, "show reload")
