"""Runs that the release before this one has left are listed, shown, closed and read, whatever their files and keys are called.

The three were made in the lab by that release: one that ended well, one that was rolled back, one that was killed.
"""

from __future__ import annotations

import json
import shutil
from pathlib import Path

import pytest
from click.testing import CliRunner, Result

from nr_run.runbooks.commands.cli import cli
from nr_run.runbooks.run.json_names import KEYS, document
from nr_run.runbooks.run.old_files import rollback_file
from nr_run.runbooks.run.run_names import run_names
from nr_run.runbooks.run.saved_plan import records_in

KEPT = Path(__file__).parents[1] / "old_runs"


@pytest.fixture
def runs(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    """A copy of the three, with the key that vouches for them."""
    shutil.copytree(KEPT / "kept", tmp_path / "runs")
    shutil.copy(KEPT / "run-key", tmp_path / "run-key")
    (tmp_path / "run-key").chmod(0o600)
    monkeypatch.setenv("NR_RUN_KEY_FILE", str(tmp_path / "run-key"))
    monkeypatch.setenv("NR_RUN_LOCKS", str(tmp_path / "locks"))
    return tmp_path / "runs"


def said(runs: Path, command: str, *words: str) -> Result:
    """What a command says of these runs."""
    return CliRunner().invoke(cli, [*command.split(), *words, "--runs", str(runs)])


def test_they_are_listed_with_their_outcomes(runs: Path) -> None:
    """One ended well, one was rolled back, one did not finish."""
    listed = json.loads(said(runs, "runs", "--json").stdout)
    assert sorted(run["outcome"] for run in listed) == ["ok", "rolled-back", "unfinished"]


def test_each_is_shown(runs: Path) -> None:
    """The recap is the text of then; of the one that was killed, what to do about it."""
    good, back, killed = (said(runs, "show", name) for name in sorted(run_names(runs)))
    assert "hq-branch: verified" in good.stdout
    assert "exit 20 (rolled-back)" in back.stdout
    assert "nr-run resume" in killed.stdout


def test_the_killed_one_can_be_closed(runs: Path) -> None:
    """``resume --close`` needs its journal alone; then nothing is unfinished."""
    killed = sorted(run_names(runs))[2]
    assert said(runs, "resume", killed, "--close").exit_code == 0
    assert "unfinished" not in said(runs, "runs", "--json").stdout


def test_their_plans_are_read(runs: Path) -> None:
    """What resume and rollback go on from is understood, with the steps that were recorded."""
    for name in run_names(runs):
        (plan,) = records_in(runs / name).values()
        for member in plan.plan.members:
            assert member.change.inverse_text in rollback_file(runs / name / "hq-branch" / member.host).read_text()


def test_the_file_that_undoes_them_is_found(runs: Path) -> None:
    """A run of before has its lines in ``inverse.cfg``, one of now in ``rollback.cfg``, which of both was written last."""
    place = runs / sorted(run_names(runs))[0] / "hq-branch" / "vpn2611"
    assert rollback_file(place).read_text()
    assert rollback_file(runs).name == "rollback.cfg"
    (place / "rollback.cfg").write_text("! written when the run of before was resumed\n")
    assert rollback_file(place).name == "rollback.cfg"


def test_documents_have_both_names() -> None:
    """At any depth the new key stands with the old one beside it, and the same value."""
    made = document({"tunnels": [{"sentence": "up", "by_hand": [], "cause": {"sentence": "none"}}]})
    (tunnel,) = made["tunnels"]
    assert tunnel["message"] == tunnel["sentence"] == "up"
    assert tunnel["manual_steps"] == tunnel["by_hand"] == []
    assert tunnel["cause"] == {"message": "none", "sentence": "none"}
    assert document(made) == made
    assert not {*KEYS} & {*KEYS.values()}
