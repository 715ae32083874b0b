"""The run folder as another process has it: what it writes is on the disk here, and what this disk refuses is raised there."""

from __future__ import annotations

import ast
import json
import shutil
from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest

from nr_run.inventory.errors import Locked, NrRunError, SessionLost
from nr_run.inventory.hiding.secrets import Secrets
from nr_run.runbooks.far.carrying import Callbacks, pack, unpack
from nr_run.runbooks.far.distant_folder import DistantFolder, FolderCalls, Writing
from nr_run.runbooks.run.authentic import journal_of
from nr_run.runbooks.run.folder import RunFolder

from ..conftest import ROOT

VALUE = "a-key-that-nobody-may-read"


class Both:
    """A run folder, and the same as another process has it; what passes between them is packed and read again."""

    def __init__(self, runs: Path) -> None:
        self.secrets = Secrets(folders=())
        self.folder = RunFolder.make(runs, "deploy-l2l", self.secrets)
        self.writing = Writing(self.folder, self.secrets)
        self.passed: list[bytes] = []
        self._callbacks = Callbacks()
        self.stop = self.lease = None
        made = unpack(pack(FolderCalls.of(self.folder, self.writing, "one"), self._callbacks), self)  # type: ignore[arg-type]
        self.there = DistantFolder(made, self.secrets)

    def call(self, number: int, given: tuple[Any, ...], named: dict[str, Any], _awaited: bool) -> Any:
        """As over a line."""
        self.passed.append(pack((given, named)))
        return self._callbacks.call(number, *unpack(self.passed[-1], self))  # type: ignore[arg-type]


@pytest.fixture
def both(tmp_path: Path) -> Both:
    """With an empty run folder."""
    return Both(tmp_path / "runs")


def test_all_that_the_engine_asks_of_a_folder_is_there(both: Both) -> None:
    """Each attribute that rooms of the engine take of a run folder exists at a distance too."""
    asked: set[str] = set()
    for path in (ROOT / "runbooks" / "engine").rglob("*.py"):
        if path.name in ("run_setup.py", "stored_run.py", "doctor.py", "close_run.py"):
            continue
        for node in ast.walk(ast.parse(path.read_text())):
            if isinstance(node, ast.Attribute) and ast.unparse(node.value) == "context.folder":
                asked.add(node.attr)
    assert {"note", "write", "path", "forgiving", "keep_secrets"} <= asked
    assert [name for name in sorted(asked) if not hasattr(both.there, name)] == []


def test_it_writes_what_a_run_folder_writes(both: Both, tmp_path: Path) -> None:
    """Journal, files, JSON and sealed documents are, but for times and codes, those of a folder that is written from here."""
    other = RunFolder.make(tmp_path / "other", "deploy-l2l", both.secrets)
    for folder in (both.there, other):
        folder.note("applying", tunnel="one", host="a", serial={"b", "a"})
        folder.note_if_possible("told", words="x")
        folder.write("one/a/change.cfg", "line\n")
        folder.write("one/a/page.txt", "page\n", durable=True)
        folder.write_json("one/state.json", {"time": "now", "texts": ["ü"]})
        folder.write_sealed("one/record.json", {"format": 1, "text": "word"})
    for name in ("one/a/change.cfg", "one/a/page.txt", "one/state.json"):
        assert (both.folder.path / name).read_bytes() == (other.path / name).read_bytes()
    sealed = [json.loads((folder.path / "one/record.json").read_text()) for folder in (both.folder, other)]
    assert [one.pop("mac") != "" for one in sealed] == [True, True]
    assert sealed[0] == sealed[1]
    lines = [
        [{k: v for k, v in line.items() if k not in ("time", "mac")} for line in journal_of(f.path)[1:]]
        for f in (both.folder, other)
    ]
    assert lines[0] == lines[1]


def test_what_stands_there_is_not_sent_again(both: Both) -> None:
    """The texts of a plan that were written when it was made are known over there; one that is another is sent."""
    both.folder.write("one/a/change.cfg", "line\n")
    there = DistantFolder(FolderCalls.of(both.folder, both.writing, "one"), both.secrets)
    there.write("one/a/change.cfg", "line\n")
    assert not there._unsettled
    there.write("one/a/change.cfg", "another\n")
    assert (both.folder.path / "one/a/change.cfg").read_text() == "another\n"


def test_a_guard_that_refuses_is_raised_there(both: Both) -> None:
    """Where another run has taken the devices over no step of this one is noted, and so none is taken."""

    def refuse() -> None:
        raise Locked("another run has taken over")

    both.folder.guard = refuse
    with pytest.raises(Locked):
        both.there.note("applying", tunnel="one", host="a")
    with pytest.raises(Locked):
        both.there.note_if_possible("rolling-back", tunnel="one")
    assert [line["state"] for line in journal_of(both.folder.path)] == ["begun"]


@pytest.mark.parametrize(
    "write",
    [lambda f: f.note("applying"), lambda f: f.write("one/a/p", "x", durable=True), lambda f: f.write_sealed("one/r", {})],
)
def test_a_disk_that_takes_nothing_is_raised_there(both: Both, write: Callable[[DistantFolder], None]) -> None:
    """The folder is gone, as a disk that is: what is waited for raises, and is only told while a change is rolled back."""
    shutil.rmtree(both.folder.path)
    both.folder.path.write_text("no folder")
    with pytest.raises(NrRunError, match="cannot be written"):
        write(both.there)
    with both.there.forgiving():
        write(both.there)
    assert "cannot be written" in both.folder.complaints[0]


def test_a_file_that_nobody_waited_for_is_raised_before_the_next_step(both: Both) -> None:
    """It was not written, so the next line of the journal is not either; without one the end of the job raises it."""
    (both.folder.path / "one").write_text("no folder")
    both.there.write("one/a/change.cfg", "line\n")
    with pytest.raises(NrRunError, match="cannot be written"):
        both.there.note("applying", tunnel="one")
    both.there.write("one/b/change.cfg", "line\n")
    with pytest.raises(NrRunError, match="cannot be written"):
        both.there.settle()
    both.there.write("one/c/change.cfg", "line\n")
    both.there.note_if_possible("rolling-back", tunnel="one")
    assert [line["state"] for line in journal_of(both.folder.path)] == ["begun", "rolling-back"]
    assert any("cannot be written" in words for words in both.folder.complaints)


def test_nothing_is_written_of_a_job_that_was_given_up(both: Both) -> None:
    """What a lost process had asked for comes to nothing, when somebody else goes on by the journal."""
    both.writing.close()
    with pytest.raises(SessionLost):
        both.there.note("commit-decided", tunnel="one")
    both.there.write("one/a/change.cfg", "line\n")
    assert [line["state"] for line in journal_of(both.folder.path)] == ["begun"]
    assert not (both.folder.path / "one").exists()


def test_no_secret_passes(both: Both, monkeypatch: pytest.MonkeyPatch) -> None:
    """Texts are hidden before they are sent, whatever they are written as."""
    monkeypatch.setenv("A_KEY", VALUE)
    both.secrets.resolve("env:A_KEY")
    both.there.note("told", words=f"key {VALUE}")
    both.there.tell(f"key {VALUE}")
    both.there.write("one/a", f"key {VALUE}")
    both.there.write("one/b", f"key {VALUE}", durable=True)
    both.there.write_json("one/c", {"key": VALUE})
    both.there.write_sealed("one/d", {"key": VALUE})
    assert len(both.passed) == 6
    assert not any(VALUE.encode() in data for data in both.passed)
