"""The run folder as another process has it: journal, files and their seal stay where the run began, and are written there.

A line of the journal, a durable file and a sealed document are waited for: they are on the disk before the next step, and a disk
that is full, or a guard that refuses, is raised in the engine over there. Any other file is sent and not waited for; where the
disk does not take it, that is raised by the next thing that is waited for, which comes before the next step is taken. Texts are
hidden before they are sent.
"""

from __future__ import annotations

import threading
from collections.abc import Callable, Iterator, Mapping
from contextlib import AbstractContextManager, ExitStack, contextmanager, nullcontext
from functools import cache
from pathlib import Path
from typing import Any

from msgspec import Struct

from ...inventory.errors import NrRunError, SessionLost
from ...inventory.hiding.secrets import Secrets
from ..commands.views.printable import json_text
from ..run.folder import RunFolder, plain_values
from ..run.json_names import each_text
from ..run.on_disk import digest_of
from .carrying import InTwo, OneWay


class Writing:
    """What one job of another process may have written here, until it is closed."""

    def __init__(self, folder: RunFolder, secrets: Secrets) -> None:
        """``secrets`` are those of the run, which learn of the other process before anything of it is done here."""
        self._folder, self._secrets = folder, secrets
        self._changed = threading.Condition()
        self._open, self._busy = True, 0
        #: What a file that nobody waited for has raised.
        self._failed: list[Exception] = []

    def close(self) -> None:
        """When this returns nothing of that job is being written, and nothing will be: somebody else goes on with its work."""
        with self._changed:
            self._open = False
            while self._busy:
                self._changed.wait()

    def begin_note(self, forgiving: bool, state: str, details: Mapping[str, Any]) -> Callable[[], None]:
        """As RunFolder.begin_note(); until what is returned has returned it is at work."""
        held = ExitStack()
        with ExitStack() as begun:
            begun.enter_context(self._entered())
            with self._mood(forgiving):
                self._raise_failed(forgiving)
                end = self._folder.begin_note(state, **details)
            held = begun.pop_all()

        def ended() -> None:
            with held, self._mood(forgiving):
                end()

        return ended

    def write(self, forgiving: bool, name: str, text: str) -> None:
        """A durable file. As RunFolder.write()."""
        with self._awaited(forgiving):
            self._folder.write_hidden(name, text, durable=True)

    def write_sealed(self, forgiving: bool, name: str, document: Mapping[str, Any]) -> None:
        """As RunFolder.write_sealed()."""
        with self._awaited(forgiving):
            self._folder.write_sealed(name, document, hidden=True)

    def keep_secrets(self, forgiving: bool) -> None:
        """Those that the run knows here, those that only the devices of the other process have shown among them."""
        with self._awaited(forgiving):
            self._folder.keep_secrets(self._secrets)

    def settle(self, forgiving: bool) -> None:
        """Raises what a file that nobody waited for has raised."""
        with self._awaited(forgiving):
            pass

    def tell(self, sentence: str) -> None:
        """As RunFolder.tell()."""
        with self._entered():
            self._folder.tell(sentence)

    def write_later(self, forgiving: bool, name: str, text: str) -> None:
        """A file that nobody waits for."""
        try:
            with self._entered(), self._mood(forgiving):
                self._folder.write_hidden(name, text, durable=False)
        except SessionLost:
            return  # of a job that was given up
        except Exception as error:  # noqa: BLE001 - it is raised where the engine is, by what it waits for next
            self._failed.append(error)

    @contextmanager
    def _awaited(self, forgiving: bool) -> Iterator[None]:
        with self._entered(), self._mood(forgiving):
            self._raise_failed(forgiving)
            yield

    def _raise_failed(self, forgiving: bool) -> None:
        while self._failed:
            error = self._failed.pop()
            if not forgiving:
                raise error
            self._folder.complaints.append(str(error))

    @contextmanager
    def _entered(self) -> Iterator[None]:
        with self._changed:
            if not self._open:
                raise SessionLost("this job was given up; nothing more of it is written")
            self._busy += 1
        try:
            yield
        finally:
            with self._changed:
                self._busy -= 1
                self._changed.notify_all()

    def _mood(self, forgiving: bool) -> AbstractContextManager[None]:
        return self._folder.forgiving() if forgiving else nullcontext()


class FolderCalls(Struct, frozen=True):
    """What travels of a run folder: where it is, what stands in it already, and how to have more written."""

    path: Path
    runbook: str
    #: Digests of the texts of files below that of the deployment.
    held: Mapping[str, bytes]
    note: Callable[[bool, str, Mapping[str, Any]], None]
    write: Callable[[bool, str, str], None]
    write_sealed: Callable[[bool, str, Mapping[str, Any]], None]
    keep_secrets: Callable[[bool], None]
    settle: Callable[[bool], None]
    tell: Callable[[str], None]
    write_later: Callable[[bool, str, str], None]

    @classmethod
    def of(cls, folder: RunFolder, writing: Writing, below: str) -> FolderCalls:
        """As it is sent with a job on the deployment of this name."""
        here = writing
        awaited = InTwo(here.begin_note), here.write, here.write_sealed, here.keep_secrets, here.settle, here.tell
        return cls(folder.path, folder.runbook, folder.held(below), *awaited, OneWay(here.write_later))


class DistantFolder:
    """What the engine asks of a run folder, for one deployment in a process of the same machine.

    ``path`` is only read, as of a journal whose lines were waited for.
    """

    def __init__(self, calls: FolderCalls, secrets: Secrets) -> None:
        """``secrets`` hide what is written."""
        self.id, self.path, self.runbook = calls.path.name, calls.path, calls.runbook
        self._calls, self._secrets = calls, secrets
        self._held = dict(calls.held)
        self._forgiving = threading.local()
        self._unsettled = False

    @property
    def tag(self) -> str:
        """As of RunFolder."""
        return f"nr-{self.id}"

    @contextmanager
    def forgiving(self) -> Iterator[None]:
        """As of RunFolder."""
        before = self._forgives
        self._forgiving.on = True
        try:
            yield
        finally:
            self._forgiving.on = before

    @property
    def _forgives(self) -> bool:
        return getattr(self._forgiving, "on", False)

    def tell(self, sentence: str) -> None:
        """As of RunFolder."""
        self._calls.tell(self._secrets.hide(sentence))

    def note(self, state: str, **details: Any) -> None:
        """A line of the journal, on the disk when this returns. Raises as RunFolder.note()."""
        self._unsettled = False
        self._calls.note(self._forgives, state, self._hidden(details))

    def note_if_possible(self, state: str, **details: Any) -> None:
        """As of RunFolder."""
        with self.forgiving():
            self.note(state, **details)

    def write(self, name: str, text: str, *, durable: bool = False) -> None:
        """A file. Raises as RunFolder.write() where it is durable."""
        self.write_hidden(name, self._secrets.hide(text), durable=durable)

    def write_hidden(self, name: str, text: str, *, durable: bool) -> None:
        """As of RunFolder. What stands there already is not sent again."""
        if durable:
            self._held.pop(name, None)
            self._calls.write(self._forgives, name, text)
            return
        code = digest_of(text.encode())
        if self._held.get(name) != code:
            self._held[name] = code
            self._unsettled = True
            self._calls.write_later(self._forgives, name, text)

    def write_json(self, name: str, value: object, *, durable: bool = False) -> None:
        """As of RunFolder."""
        self.write_hidden(name, json_text(self._hidden(value), indent=2) + "\n", durable=durable)

    def write_sealed(self, name: str, value: Mapping[str, object]) -> None:
        """As of RunFolder; what vouches for it is added where the run began."""
        self._calls.write_sealed(self._forgives, name, self._hidden(value))

    def keep_secrets(self, secrets: Secrets) -> None:
        """Those of the run, which are all known where it began: what was seen here has come there before this is asked."""
        if secrets is not self._secrets:
            raise NrRunError("another store of secrets than that of this run")
        self._calls.keep_secrets(self._forgives)

    def settle(self) -> None:
        """See that all files are written. Raises what one that was not waited for has raised."""
        if self._unsettled:
            self._calls.settle(self._forgives)

    def _hidden(self, value: object) -> Any:
        return each_text(plain_values(value), cache(self._secrets.hide))
