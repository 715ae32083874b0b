"""Names of run folders: which of two runs came later is seen from them, whatever the clock said."""

from __future__ import annotations

from concurrent.futures import ThreadPoolExecutor
from pathlib import Path

import pytest

from nr_run.inventory.errors import NrRunError
from nr_run.inventory.hiding.secrets import Secrets
from nr_run.runbooks.run.authentic import journal_of
from nr_run.runbooks.run.folder import RunFolder


def names(runs: Path, count: int) -> list[str]:
    """Make so many run folders, one after the other, as fast as it goes."""
    made = [RunFolder.make(runs, "deploy-l2l", Secrets(folders=())) for _ in range(count)]
    for folder in made:
        folder.close()
    return [folder.id for folder in made]


def test_runs_of_one_second_are_in_order(tmp_path: Path) -> None:
    """Twenty runs within a second sort as they were begun."""
    made = names(tmp_path, 20)
    assert sorted(made) == made
    assert len(set(made)) == 20


def test_a_clock_that_was_set_back_changes_no_order(tmp_path: Path) -> None:
    """A run that is begun after one whose clock was ahead sorts after it."""
    (tmp_path / "20990101T235959Z-ffff").mkdir()
    (made,) = names(tmp_path, 1)
    assert made.startswith("20990102T000000Z-")


@pytest.mark.parametrize("name", ["20991399T999999Z-0000", "2099-old-runs", "2-x"])
def test_a_folder_that_is_no_run_is_passed_over(tmp_path: Path, name: str) -> None:
    """What somebody else keeps beside the runs gives no time."""
    (tmp_path / name).mkdir()
    (made,) = names(tmp_path, 1)
    assert not made.startswith("2099")


@pytest.mark.parametrize("last", [b'{"time": "2026-11-27T04:5', b"null\n", b'"begun"\n', b"[]\n"])
def test_what_follows_a_cut_line_or_garbage_is_read(tmp_path: Path, last: bytes) -> None:
    """A process that opens the journal of one that died in mid-line begins a line of its own; lines that say nothing are none."""
    folder = RunFolder.make(tmp_path, "deploy-l2l", Secrets(folders=()))
    folder.close()
    with (folder.path / "journal.jsonl").open("ab") as file:
        file.write(last)
    again = RunFolder(folder.path, "resume", Secrets(folders=()))
    again.note("closed", tunnel="hq-branch")
    again.close()
    assert [line["state"] for line in journal_of(folder.path)] == ["begun", "closed"]


def test_only_what_is_taken_back_goes_on_without_a_journal(tmp_path: Path) -> None:
    """While one tunnel is rolled back on a full disk another one, in its own thread, takes no step that is not in the journal."""
    folder = RunFolder.make(tmp_path, "deploy-l2l", Secrets(folders=()))
    folder.close()
    (folder.path / "journal.jsonl").unlink()
    (folder.path / "journal.jsonl").symlink_to("/dev/full")
    full = RunFolder(folder.path, "deploy-l2l", Secrets(folders=()))
    with full.forgiving(), ThreadPoolExecutor(1) as beside:
        full.note("rolling-back")
        beside.submit(full.note_if_possible, "undoing").result()
        with pytest.raises(NrRunError, match="the journal cannot be written"):
            beside.submit(full.note, "applying").result()
    assert len(full.complaints) == 2
    full.close()


def test_what_stands_there_is_not_written_again(tmp_path: Path) -> None:
    """A text that a file holds already stays the same file; another one, a durable one, and one that is gone are written."""
    folder = RunFolder.make(tmp_path, "deploy-l2l", Secrets(folders=()))
    file = folder.path / "a" / "show.txt"
    folder.write("a/show.txt", "first\n")
    first = file.stat().st_ino
    folder.write("a/show.txt", "first\n")
    assert file.stat().st_ino == first
    for text, durable in (("second\n", False), ("first\n", True), ("first\n", False), ("second\n", True)):
        folder.write("a/show.txt", text, durable=durable)
        assert file.read_text() == text
    file.unlink()
    folder.write("a/show.txt", "second\n")
    assert file.read_text() == "second\n"
    file.unlink()
    folder.write("a/show.txt", "second\n")
    assert file.read_text() == "second\n"
    folder.close()


def test_a_large_text_is_kept_once_and_stays_what_it_was(tmp_path: Path) -> None:
    """The same text under several names is one file on the disk; to write one of them again leaves the others alone."""
    folder = RunFolder.make(tmp_path, "deploy-l2l", Secrets(folders=()))
    large, other = "interface Ethernet0/0\n" * 500, "interface Ethernet0/1\n" * 500
    for name in ("a/running.cfg", "b/running.cfg", "b/running.cfg", "c/running.cfg"):
        folder.write(name, large)
    files = [folder.path / name / "running.cfg" for name in "abc"]
    assert len({file.stat().st_ino for file in files}) == 1
    folder.write("a/running.cfg", other)
    assert [file.read_text() for file in files] == [other, large, large]
    folder.write("d/running.cfg", large)
    folder.write("e/running.cfg", other)
    assert [(folder.path / name / "running.cfg").read_text() for name in "de"] == [large, other]
    assert not [path for path in folder.path.rglob(".*") if path.is_file()]
    assert all(file.stat().st_mode & 0o777 == 0o600 for file in files)
    folder.close()
