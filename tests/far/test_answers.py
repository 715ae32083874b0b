"""Lines of a journal that wait at the same moment are on the disk by one sync, and each is answered by what became of it."""

from __future__ import annotations

import threading
from pathlib import Path
from typing import Any

import pytest

from nr_run.inventory.errors import Locked, NrRunError
from nr_run.inventory.hiding.secrets import Secrets
from nr_run.runbooks.far.answers import Answers
from nr_run.runbooks.far.carrying import InTwo, unpack
from nr_run.runbooks.far.distant_folder import Writing
from nr_run.runbooks.far.messages import ANSWER, MANY, Message
from nr_run.runbooks.far.placing import Far
from nr_run.runbooks.run import folder as run_folder
from nr_run.runbooks.run.authentic import journal_of
from nr_run.runbooks.run.folder import RunFolder


class Held:
    """Answers, of which the first call is held until the others wait."""

    def __init__(self) -> None:
        self.sent: list[tuple[Far, Message]] = []
        self.arrived = threading.Semaphore(0)
        self.answers = Answers(str, self._send)
        self._hold, self._begun = threading.Event(), threading.Event()
        self.far = [Far(name, set()) for name in ("one", "two")]  # type: ignore[arg-type]
        self.answers.add(self.far[0], 0, InTwo(self._first), lambda: ((), {}))
        assert self._begun.wait(60)

    def _first(self) -> Any:
        self._begun.set()
        assert self._hold.wait(60)
        return lambda: None

    def _send(self, far: Far, message: Message) -> None:
        self.sent.append((far, message))
        self.arrived.release()

    def let_go(self, messages: int) -> dict[Any, tuple[bool, Any]]:
        """Number of a call to whether it went well and what it returned or raised, after so many messages."""
        self._hold.set()
        for _ in range(messages):
            assert self.arrived.acquire(timeout=60)
        found: dict[Any, tuple[bool, Any]] = {}
        for _, message in self.sent:
            for kind, number, ok, value in message[1] if message[0] == MANY else [message]:  # type: ignore[attr-defined, misc]
                assert kind == ANSWER
                found[number] = ok, unpack(value, self)  # type: ignore[arg-type]
        self.answers.close()
        return found


@pytest.fixture
def folder(tmp_path: Path) -> RunFolder:
    """An empty run folder."""
    return RunFolder.make(tmp_path / "runs", "deploy-l2l", Secrets(folders=()))


def test_lines_that_wait_are_on_the_disk_by_one_sync(folder: RunFolder, monkeypatch: pytest.MonkeyPatch) -> None:
    """Ten lines of two processes: one sync, no answer before it, a message for each process, and the lines in their order."""
    held = Held()
    synced: list[int] = []
    sync = run_folder.os.fsync

    def seen(descriptor: int) -> None:
        synced.append(sum(len(message[1]) for _, message in held.sent if message[0] == MANY))  # type: ignore[misc, arg-type]
        sync(descriptor)

    monkeypatch.setattr(run_folder.os, "fsync", seen)
    for number in range(1, 11):
        note = InTwo(Writing(folder, Secrets(folders=())).begin_note)
        held.answers.add(held.far[number % 2], number, note, lambda n=number: ((False, "applying", {"host": str(n)}), {}))
    answered = held.let_go(3)
    assert answered == dict.fromkeys(range(11), (True, None))
    assert synced == [0]
    assert [line.get("host") for line in journal_of(folder.path)[1:]] == [str(number) for number in range(1, 11)]


def test_each_is_answered_by_what_became_of_it(folder: RunFolder) -> None:
    """One that cannot be begun, as where it cannot be read, and one of a job that was given up, hold up no other."""
    held = Held()
    given_up = Writing(folder, Secrets(folders=()))
    given_up.close()

    def unreadable() -> Any:
        raise NrRunError("cannot be read")

    good = Writing(folder, Secrets(folders=()))
    held.answers.add(held.far[0], 1, InTwo(good.begin_note), unreadable)
    held.answers.add(held.far[0], 2, InTwo(given_up.begin_note), lambda: ((False, "applying", {}), {}))
    held.answers.add(held.far[0], 3, InTwo(good.begin_note), lambda: ((False, "armed", {}), {}))
    answered = held.let_go(2)
    assert [answered[number][0] for number in (1, 2, 3)] == [False, False, True]
    assert "given up" in str(answered[2][1])
    assert [line["state"] for line in journal_of(folder.path)] == ["begun", "armed"]
    good.close()  # nothing of it is under way any more


def test_a_guard_that_refuses_behind_the_sync_is_raised(folder: RunFolder) -> None:
    """Where another run takes the devices over while a line is on its way, the step behind it is not taken."""
    end = folder.begin_note("applying")

    def refuse() -> None:
        raise Locked("another run has taken over")

    folder.guard = refuse
    with pytest.raises(Locked):
        end()


def test_a_disk_that_does_not_sync_is_raised_to_all_that_wait(folder: RunFolder, monkeypatch: pytest.MonkeyPatch) -> None:
    """The disk says so once: each of the lines counts as not written."""
    ends = [folder.begin_note("applying", host=name) for name in ("a", "b")]
    failing = iter([OSError(5, "Input/output error")])

    def fail(_descriptor: int) -> None:
        for error in failing:
            raise error

    monkeypatch.setattr(run_folder.os, "fsync", fail)
    for end in ends:
        with pytest.raises(NrRunError, match="the journal cannot be written"):
            end()
