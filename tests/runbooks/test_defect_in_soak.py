"""A defect in the second look at a canary hides nothing of what was done before it."""

from __future__ import annotations

from pathlib import Path

import pytest

from nr_run.runbooks.commands.service_command import building
from nr_run.runbooks.commands.views.progress import PlainProgress
from nr_run.runbooks.engine.context import Context, Timeouts
from nr_run.runbooks.engine.plans.planning import DeploymentPlan, Known
from nr_run.runbooks.engine.rollout import Rollout
from nr_run.runbooks.engine.run_setup import RunRequest, open_run
from nr_run.runbooks.engine.runbook import Approval, run_deployments
from nr_run.runbooks.run.authentic import journal_of
from nr_run.runbooks.run.journal_states import begun
from nr_run.services.service import Deployment

from ..conftest import Rehearsal
from .test_many_tunnels import two_tunnels


def test_a_defect_after_the_soak_is_told(rehearsal: Rehearsal, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """The canary is built, verified and saved, and stays told as changed; the second tunnel is not begun."""
    two_tunnels(rehearsal)
    for name in ("NR_RUN_CREDENTIALS", "XDG_CONFIG_HOME"):
        monkeypatch.setenv(name, rehearsal.environment[name])
    timeouts = Timeouts(ike=20, poll=0.05, reconnect=3, reconnect_pause=0.1)
    wanted = RunRequest("l2l", "deploy-l2l", (), rehearsal.inventory, tmp_path / "runs", False, False, timeouts)
    plans = building(accept_unsaved=False)

    def planner(context: Context, deployment: Deployment, known: Known) -> DeploymentPlan:
        if "done" in begun(journal_of(context.folder.path), deployment.name):
            raise TypeError("a defect in somebody's service")
        return plans(context, deployment, known)

    with open_run(wanted, PlainProgress()) as opened:
        approval = Approval(lambda: True, takes_time=False)
        of_run = opened.context, opened.deployments, opened.runs, planner, lambda _plans, _refused: None, approval
        first, second = run_deployments(*of_run, Rollout(canary=1, soak_seconds=0.1))
    assert "TypeError, which is a defect of nr-run" in first.sentence
    assert first.changed
    assert "not begun" in second.sentence
    assert "NR-hq-branch" in rehearsal.lab.exec("vpn3640", "show startup-config")
