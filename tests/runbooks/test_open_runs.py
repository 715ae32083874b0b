"""Unfinished runs are found by their markers, and a run that is killed at any moment is found."""

from __future__ import annotations

import json
import shutil
from pathlib import Path

import pytest

from nr_run.inventory.errors import DriftError, NrRunError
from nr_run.runbooks.engine.resume import refuse_unfinished
from nr_run.runbooks.run.journal_states import is_unfinished
from nr_run.runbooks.run.open_runs import COMPLETE, FOLDER, mark, open_runs, unmark

OPEN = ("begun", "recorded", "arming")


@pytest.fixture(autouse=True)
def _names_of_ones_own(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """The runs of these tests have the same names, and markers stand beside the run key too."""
    monkeypatch.setenv("XDG_CONFIG_HOME", str(tmp_path / "config"))


def run(runs: Path, name: str, *states: str) -> Path:
    """A run folder whose journal has these states, on one device."""
    folder = runs / name
    folder.mkdir(parents=True)
    lines = [{"state": state, "runbook": "deploy-l2l", "tunnel": "t", "host": "hub"} for state in states]
    (folder / "journal.jsonl").write_text("".join(json.dumps(line) + "\n" for line in lines))
    return folder


def runs_by_state(rehearsal) -> dict[str, str]:
    """Run to outcome, as the list of runs says."""
    return {found["run"]: found["outcome"] for found in rehearsal.nr_run("runs", "--json").documents}


def test_runs_from_before_the_markers_are_found(tmp_path: Path) -> None:
    """A folder without markers is read through once, and what is unfinished there is refused from then on."""
    run(tmp_path, "20260101T000000Z-0001", *OPEN, "done")
    run(tmp_path, "20260101T000001Z-0002", *OPEN)
    with pytest.raises(DriftError, match="run 20260101T000001Z-0002 is unfinished on hub"):
        refuse_unfinished(tmp_path, {"hub": "192.0.2.1:22"}, besides="")
    assert sorted(path.name for path in (tmp_path / FOLDER).iterdir()) == ["20260101T000001Z-0002", COMPLETE]


def test_a_device_under_another_name_is_the_same_device(tmp_path: Path) -> None:
    """An unfinished run holds a device by the address at which it reached it, whatever a later inventory calls it."""
    folder = run(tmp_path, "20260101T000001Z-0002", *OPEN)
    with (folder / "journal.jsonl").open("a") as journal:
        journal.write(json.dumps({"state": "locked", "at": {"hub": "192.0.2.1:22"}}) + "\n")
    with pytest.raises(DriftError, match="is unfinished on hub"):
        refuse_unfinished(tmp_path, {"headquarters": "192.0.2.1:22"}, besides="")
    refuse_unfinished(tmp_path, {"headquarters": "192.0.2.9:22"}, besides="")


def test_old_journals_are_not_read(tmp_path: Path) -> None:
    """With the markers made, a journal without one costs nothing: it may even be a pipe that nobody writes to."""
    run(tmp_path, "20260101T000000Z-0001", *OPEN, "done")
    assert open_runs(tmp_path, is_unfinished) == []
    seen: list[Path] = []

    def look(folder: Path) -> bool:
        seen.append(folder)
        return is_unfinished(folder)

    marked = run(tmp_path, "20260101T000002Z-0003", *OPEN)
    mark(marked)
    assert open_runs(tmp_path, look) == [marked]
    assert seen == [marked]


def test_a_marker_of_a_run_that_ended_holds_nothing(tmp_path: Path) -> None:
    """Killed between its last journal line and the removal of its marker, a run is not unfinished."""
    ended = run(tmp_path, "20260101T000000Z-0001", *OPEN, "done")
    mark(ended)
    mark(tmp_path / "20260101T000009Z-gone")
    assert open_runs(tmp_path, is_unfinished) == []
    unmark(ended)
    unmark(ended)


def test_reading_through_that_was_cut_is_done_again(tmp_path: Path) -> None:
    """Markers that were made before the reading was complete do not pass for all of them."""
    first, second = (run(tmp_path, f"20260101T00000{number}Z-000{number}", *OPEN) for number in (1, 2))
    mark(first)
    assert open_runs(tmp_path, is_unfinished) == [first, second]


def test_no_marker_no_change(tmp_path: Path) -> None:
    """Where the marker cannot be written the run says so, and goes no further."""
    folder = run(tmp_path, "20260101T000000Z-0001", "begun")
    (tmp_path / FOLDER).write_text("")
    with pytest.raises(NrRunError, match=r"\.open"):
        mark(folder)


def test_a_marker_that_is_taken_away_frees_nothing(tmp_path: Path) -> None:
    """Who may write the runs folder takes a marker away, or all of them: the run still holds its device, and ends as ever."""
    folder = run(tmp_path, "20260101T000001Z-0002", *OPEN)
    mark(folder)
    assert open_runs(tmp_path, is_unfinished) == [folder]
    (tmp_path / FOLDER / folder.name).unlink()
    for _ in range(2):
        with pytest.raises(DriftError, match="run 20260101T000001Z-0002 is unfinished on hub"):
            refuse_unfinished(tmp_path, {"hub": "192.0.2.1:22"}, besides="")
        shutil.rmtree(tmp_path / FOLDER, ignore_errors=True)
    with (folder / "journal.jsonl").open("a") as journal:
        journal.write(json.dumps({"state": "done", "tunnel": "t"}) + "\n")
    unmark(folder)
    assert open_runs(tmp_path, is_unfinished) == []


def test_a_marker_of_an_older_run_is_made_sure_of(tmp_path: Path) -> None:
    """What stood in the runs folder alone is marked beside the run key as soon as it is seen."""
    folder = run(tmp_path, "20260101T000001Z-0002", *OPEN)
    assert open_runs(tmp_path, is_unfinished) == [folder]
    (tmp_path / FOLDER / folder.name).unlink()
    assert open_runs(tmp_path, is_unfinished) == [folder]


def test_a_killed_run_holds_its_devices_without_its_marker(rehearsal) -> None:
    """Of a killed run the marker in the runs folder is taken away: another run is refused, and resume finds it."""
    process = rehearsal.begin("--yes", "--json")
    rehearsal.wait_for("applying")
    process.kill()
    process.communicate(timeout=30)
    (killed,) = rehearsal.runs.glob("2*")
    (rehearsal.runs / FOLDER / killed.name).unlink()
    refused = rehearsal.deploy("--yes")
    assert refused.code == 13, refused.out + refused.err
    assert f"run {killed.name} is unfinished" in refused.out + refused.err
    assert rehearsal.nr_run("resume", "--json").code == 20


@pytest.mark.parametrize("state", ["recorded", "arming", "applying"])
def test_a_killed_run_has_its_marker(rehearsal, state: str) -> None:
    """Whenever a run is killed that has a record, its marker is there; resume ends it and takes the marker away."""
    process = rehearsal.begin("--yes", "--json")
    rehearsal.wait_for(state)
    process.kill()
    process.communicate(timeout=30)
    (killed,) = (path.name for path in rehearsal.runs.glob("2*"))
    assert (rehearsal.runs / FOLDER / killed).exists()
    assert rehearsal.nr_run("resume", "--json").code in (13, 20)
    assert not (rehearsal.runs / FOLDER / killed).exists()


def test_a_run_that_was_copied_is_unfinished_there_too(rehearsal, tmp_path: Path) -> None:
    """A killed run's folder in another runs folder is resumed from there."""
    process = rehearsal.begin("--yes", "--json")
    rehearsal.wait_for("applying")
    process.kill()
    process.communicate(timeout=30)
    (killed,) = rehearsal.runs.glob("2*")
    other = tmp_path / "other"
    run(other, "20200101T000000Z-0001", "begun")
    assert open_runs(other, is_unfinished) == []
    shutil.copytree(killed, other / killed.name)
    assert rehearsal.nr_run("resume", killed.name, "--runs", str(other), "--json").code == 20


def test_a_finished_run_leaves_no_marker(rehearsal) -> None:
    """After a deploy that ended, be it well or rolled back, no marker is left."""
    rehearsal.lab.fault("vpn3640", "wrong-psk")
    assert rehearsal.deploy("--yes").code == 20
    rehearsal.lab.fault("vpn3640", "wrong-psk", on=False)
    assert rehearsal.deploy("--yes").code == 0
    assert [path.name for path in (rehearsal.runs / FOLDER).iterdir()] == [COMPLETE]
