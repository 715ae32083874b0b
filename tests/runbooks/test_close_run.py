"""``resume --close`` is for runs that are over: one that is at work keeps its devices, however little it has done."""

from __future__ import annotations

from pathlib import Path

import pytest

from nr_run.inventory.errors import Locked
from nr_run.inventory.hiding.secrets import Secrets
from nr_run.runbooks.commands.views.progress import PlainProgress
from nr_run.runbooks.engine.close_run import close_run
from nr_run.runbooks.engine.context import Timeouts
from nr_run.runbooks.locking.locks import DeviceLocks
from nr_run.runbooks.run.folder import RunFolder
from nr_run.runbooks.run.journal_states import is_unfinished
from nr_run.runbooks.run.open_runs import mark


def test_a_run_that_has_recorded_and_not_armed_is_not_closed(tmp_path: Path) -> None:
    """Its journal names no device yet: closed under its hands, nobody would hold what it is about to change."""
    folder = RunFolder.make(tmp_path, "deploy-l2l", Secrets(folders=()))
    with DeviceLocks(tmp_path, folder.id, ["hq", "branch"], keep_seconds=600):
        mark(folder.path)
        folder.note("recorded", tunnel="hq-branch", removal=False)
        with pytest.raises(Locked, match=f"run {folder.id} is at work"):
            close_run(folder.path, tmp_path, PlainProgress(), Timeouts())
        assert is_unfinished(folder.path)
    close_run(folder.path, tmp_path, PlainProgress(), Timeouts())
    assert not is_unfinished(folder.path)
    folder.close()
