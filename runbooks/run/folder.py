"""The run folder: everything that a run leaves behind, readable by its owner only and free of secrets.

runs/20261121T031200Z-7f3a/
    journal.jsonl               every step, written and synced before it is taken
    run.json                    outcome, findings, evidence
    recap.txt                   what the person saw last
    TUNNEL/DEVICE/rendered.cfg  desired configuration
                  change.cfg    what is sent, as a person can paste it
                  rollback.cfg   what rolls it back, as a person can paste it
                  blast-radius.txt         what else on the device it touches, all of it
                  running-before.cfg, running-after.cfg
                  show-*.txt    what the device printed
                  state.json    what was read out of it
    TUNNEL/defect.txt           where nr-run itself went wrong, if it did
"""

from __future__ import annotations

import errno
import json
import os
import re
import secrets
import threading
from collections.abc import Callable, Iterator, Mapping
from contextlib import contextmanager, suppress
from datetime import UTC, datetime, timedelta
from enum import Enum
from functools import cache, partial
from ipaddress import IPv4Address, IPv4Network, IPv6Address, IPv6Network
from pathlib import Path
from typing import Any, TypeVar

from msgspec import Struct
from msgspec.structs import asdict

from ...inventory.errors import NrRunError
from ...inventory.hiding.secrets import Secrets
from ..commands.views.printable import json_text
from .authentic import RunSeal, last_code, note_length, tidy_notes, vouching, with_code
from .json_names import document, each_text
from .on_disk import digest_of, is_cut, make_private, sync_folder, write_all
from .run_names import run_names

T = TypeVar("T")
#: From this many characters on, a text is kept once in a run folder, with hard links for its other names.
LARGE = 2000
_TIME = "%Y%m%dT%H%M%SZ"
_NAME = re.compile(r"\d{8}T\d{6}Z-[0-9a-f]{4}")


class RunFolder:
    """One run's folder. What is written goes through the secrets' hiding first."""

    def __init__(self, path: Path, runbook: str, secret_store: Secrets, *, make_key: bool = False) -> None:
        """Open a folder that exists; see make() for a new one. Raises NrRunError when the journal cannot be opened."""
        self.id = path.name
        self.path = path
        self._root = str(path)
        self.runbook = runbook
        self._secrets = secret_store
        try:
            self._journal = os.open(self.path / "journal.jsonl", os.O_RDWR | os.O_CREAT | os.O_APPEND, 0o600)
            #: True if the last line is cut: the process that wrote it may have been killed, or the disk was full.
            self._cut = is_cut(self._journal)
            self._length = os.fstat(self._journal).st_size
        except OSError as error:
            raise NrRunError(f"{self.path}: the journal cannot be opened: {error.strerror}") from None
        text = self._journal_text()
        #: Vouches for each line; None where no run key can be made, and then nothing may be changed (see run_secrets.py).
        self.seal = vouching(RunSeal.of(self.id, make=make_key), text)
        #: Code of the last line, and the number of lines.
        self._code, self._lines = last_code(text)
        self._forgiving = threading.local()
        self._lock = threading.Lock()
        #: Lines of the journal that are on the disk, and those of which the disk has said that they are not, each up to a number.
        self._synced = self._failed = 0
        self._syncing = threading.Lock()
        #: A file of each large text, and the text that each file holds: what stands there already is not written again.
        self._large: dict[bytes, str] = {}
        self._held: dict[str, bytes] = {}
        self.complaints: list[str] = []
        #: Messages of devices that a person has to know, and facts about connections; each sentence once.
        self.told: list[str] = []
        #: Called before each step; raises when another run has taken over the devices.
        self.guard: Callable[[], None] | None = None

    @classmethod
    def make(cls, runs: Path, runbook: str, secret_store: Secrets, *, rehearsal: bool = False) -> RunFolder:
        """A new folder ``runs``/TIME-XXXX, the last of all by name. Raises NrRunError when that is not possible."""
        folder = cls(new_path(runs), runbook, secret_store, make_key=True)
        tidy_notes()
        key = {"key": folder.seal.key_id} if folder.seal else {}
        folder.note("begun", runbook=runbook, rehearsal=rehearsal, **key)
        return folder

    @property
    def tag(self) -> str:
        """What marks a timer on a device as this run's."""
        return f"nr-{self.id}"

    @contextmanager
    def forgiving(self) -> Iterator[None]:
        """While a change is rolled back a full disk must not stop the work, only be told afterwards.

        In this thread only: a tunnel that is being changed beside it must not go on without its journal.
        """
        before = getattr(self._forgiving, "on", False)
        self._forgiving.on = True
        try:
            yield
        finally:
            self._forgiving.on = before

    def tell(self, sentence: str) -> None:
        """Keep a sentence for the end of the run, and in the journal; from any thread."""
        with self._lock:
            if sentence in self.told:
                return
            self.told.append(sentence)
        self.note_if_possible("told", words=sentence)

    def note_if_possible(self, state: str, **details: Any) -> None:
        """As note(), forgiving: for tasks of a rollback, which run in threads of their own."""
        with self.forgiving():
            self.note(state, **details)

    def note(self, state: str, **details: Any) -> None:
        """One journal line, on the disk when this returns. Raises NrRunError when the disk does not take it, or by the guard."""
        self.begin_note(state, **details)()

    def begin_note(self, state: str, **details: Any) -> Callable[[], None]:
        """A journal line that is written, and on the disk when what is returned returns. Both raise as note()."""
        # The guard is asked again afterwards: writing to a file server that was away is where a run sleeps longest.
        self._ask_guard()
        record = {"time": datetime.now(UTC).isoformat(timespec="milliseconds"), "state": state, **details}
        line = json_text(self._hidden(record))
        with self._written(), self._lock:
            number = self._append(line)
            return partial(self._end_note, number)
        return self._ask_guard

    def _end_note(self, number: int) -> None:
        with self._written():
            self._sync(number)
        self._ask_guard()

    @contextmanager
    def _written(self) -> Iterator[None]:
        try:
            yield
        except OSError as error:
            self._complain(f"the journal cannot be written: {error.strerror}")

    def _ask_guard(self) -> None:
        if self.guard is not None:
            self.guard()

    def _append(self, line: str) -> int:
        """The number of lines. Raises OSError when the disk takes a part only; the next one then begins a line of its own.

        So it does where the journal is no more in its place.
        """
        held = os.fstat(self._journal)
        if not os.path.samestat(held, os.stat(f"{self._root}/journal.jsonl")):  # noqa: PTH116 - asked for every line
            # What is written to a file that has been deleted, or is another's now, is nowhere when this process is killed.
            raise OSError(errno.ESTALE, "somebody has deleted or moved it")
        if held.st_size != self._length:
            # Another process has gone on with this run meanwhile: a resume, while this one slept.
            self._cut = is_cut(self._journal)
            self._code, self._lines = last_code(self._journal_text())
        line, code = with_code(self.seal, line, self._code)
        data = (f"\n{line}\n" if self._cut else f"{line}\n").encode()
        written = os.write(self._journal, data)
        self._length = os.fstat(self._journal).st_size
        self._cut = written < len(data)
        if written < len(data):
            # Nothing but its line break may be missing: then the next line goes on from it.
            self._code, self._lines = last_code(self._journal_text())
            raise OSError(errno.ENOSPC, os.strerror(errno.ENOSPC))
        self._code, self._lines = code, self._lines + 1
        return self._lines

    def _sync(self, number: int) -> None:
        """See that so many lines are on the disk, and note that they are. Raises OSError.

        Lines of tunnels that are changed side by side and wait at the same moment get there at once, by the first that comes to
        it. Where that fails it fails for all of them: the disk says so once.
        """
        with self._syncing:
            if number <= self._failed:
                raise OSError(errno.EIO, os.strerror(errno.EIO))
            if number <= self._synced:
                return
            with self._lock:
                lines = self._lines
            try:
                os.fsync(self._journal)
            except OSError:
                self._failed = lines
                raise
            self._synced = lines
            note_length(self.seal, lines)

    def _journal_text(self) -> str:
        size = os.fstat(self._journal).st_size
        return os.pread(self._journal, size, 0).decode("utf8", "replace")

    def write(self, name: str, text: str, *, durable: bool = False) -> None:
        """One file below the run folder, 0600; ``durable``: whole and on the disk when this returns, whatever happens then.

        Raises NrRunError when the disk does not take it.
        """
        self._write(name, self._secrets.hide(text), durable=durable)

    def write_hidden(self, name: str, text: str, *, durable: bool) -> None:
        """As write(), to the letter: what was hidden where it was read, and ciphertext, which chance makes look like a secret.

        Raises NrRunError when the disk does not take it.
        """
        self._write(name, text, durable=durable)

    def keep_secrets(self, secrets: Secrets) -> None:
        """Those that the run knows by now, encrypted. Raises NrRunError when key or file cannot be written."""
        from .run_secrets import encrypt_secrets

        encrypt_secrets(self, secrets)

    def held(self, below: str) -> dict[str, bytes]:
        """What stands in each file below a folder that need not be durable, as a digest of its text."""
        with self._lock:
            return {name: code for name, code in self._held.items() if name.startswith(f"{below}/")}

    def _write(self, name: str, text: str, *, durable: bool) -> None:
        data = text.encode()
        code = b"" if durable else digest_of(data)
        place, part = self._places(name)
        if code and self._held.get(name) == code and os.path.lexists(place):
            return
        self._forget(name)
        if len(text) >= LARGE and code and self._linked(name, code):
            return
        # Never half a file: what was there stays until the new one is complete.
        try:
            descriptor = self._in_folder(name, lambda: os.open(part, os.O_WRONLY | os.O_CREAT | os.O_EXCL, 0o600))
            try:
                write_all(descriptor, data)
                if durable:
                    os.fsync(descriptor)
            finally:
                os.close(descriptor)
            os.replace(part, place)  # noqa: PTH105 - texts, see _places()
            if durable:
                sync_folder((self.path / name).parent)
        except OSError as error:
            self._complain(f"{place} cannot be written: {error.strerror}")
            return
        with self._lock:
            if code:
                self._held[name] = code
            if code and len(text) >= LARGE:
                self._large[code] = name

    def _places(self, name: str) -> tuple[str, str]:
        """Where a file stands, and where it is written first, as texts: paths are built for every file of every tunnel."""
        folder, _, last = f"{self._root}/{name}".rpartition("/")
        return f"{folder}/{last}", f"{folder}/.{last}.{secrets.token_hex(4)}"

    def _forget(self, name: str) -> None:
        """Forget what was at this place, because it is about to be overwritten."""
        with self._lock:
            stood = self._held.pop(name, b"")
            if self._large.get(stood) == name:
                del self._large[stood]

    def _linked(self, name: str, code: bytes) -> bool:
        """Whether a text stands there now as one more name of a file that holds it: a hub shows the same to each tunnel."""
        earlier = self._large.get(code)
        if earlier is None or earlier == name:
            return False
        place, part = self._places(name)
        try:
            self._in_folder(name, lambda: os.link(self._places(earlier)[0], part))
            os.replace(part, place)  # noqa: PTH105 - texts, see _places()
            with suppress(FileNotFoundError):
                # Where both were names of one file already, neither has taken the place of the other.
                os.unlink(part)  # noqa: PTH108
        except OSError:
            return False
        with self._lock:
            self._held[name] = code
        return True

    def _in_folder(self, name: str, make: Callable[[], T]) -> T:
        """The result of ``make``; if the folder of the file is missing, it is made first. Raises OSError."""
        try:
            return make()
        except FileNotFoundError:
            self._folder((self.path / name).parent)
            return make()

    def _folder(self, path: Path) -> None:
        """Make a folder and its parents for the owner only; mkdir's own parents would be open to all."""
        if path != self.path and not path.is_dir():
            self._folder(path.parent)
            path.mkdir(mode=0o700, exist_ok=True)

    def write_json(self, name: str, value: object, *, durable: bool = False) -> None:
        """One JSON file below the run folder."""
        self._write(name, json_text(self._hidden(value), indent=2) + "\n", durable=durable)

    def write_sealed(self, name: str, value: Mapping[str, object], *, hidden: bool = False) -> None:
        """One JSON document, durable, with the code that verifies it to be this run's and this file."""
        self._write_sealed(name, value if hidden else self._hidden(value))

    def _write_sealed(self, name: str, document: Mapping[str, object]) -> None:
        code = {"mac": self.seal.code(name, canonical(document))} if self.seal else {}
        self._write(name, json_text({**document, **code}, indent=2) + "\n", durable=True)

    def write_report(self, report: Mapping[str, object], recap: str) -> dict[str, Any]:
        """run.json, and recap.txt, for which run.json vouches as well; returns the report with the keys of documents."""
        made: dict[str, Any] = document(plain_values(report))
        recap = self._secrets.hide(recap)
        code = {"recap_mac": self.seal.code("recap.txt", recap)} if self.seal else {}
        self._write_sealed("run.json", self._changed({**made, **code}))
        self._write("recap.txt", recap, durable=False)
        return made

    def _hidden(self, value: object) -> Any:
        """Plain values with tokens in every text: hiding in JSON text itself would take its escapes for parts of a key."""
        return self._changed(plain_values(value))

    def _changed(self, values: Any) -> Any:
        # The texts of a report come again and again: each is hidden once.
        return each_text(values, cache(self._secrets.hide))

    def close(self) -> None:
        """Close the journal."""
        os.close(self._journal)

    def _complain(self, sentence: str) -> None:
        if not getattr(self._forgiving, "on", False):
            raise NrRunError(sentence)
        self.complaints.append(sentence)


def new_path(runs: Path) -> Path:
    """A new folder below ``runs``, empty, for its owner only, and the last of all by name. Raises NrRunError."""
    path = runs
    try:
        make_private(runs)
        path = runs / f"{_time_after(runs):{_TIME}}-{secrets.token_hex(2)}"
        path.mkdir(mode=0o700)
    except OSError as error:
        raise NrRunError(f"the run folder {path} cannot be made: {error.strerror}") from None
    return path


def _time_after(runs: Path) -> datetime:
    """Now, or a second after the newest run that is there: which of two runs came later must not depend on a clock.

    Two runs may begin in one second, and a clock may be set back between them.
    """
    now = datetime.now(UTC).replace(microsecond=0)
    newest = next((name for name in reversed(run_names(runs)) if _NAME.fullmatch(name)), "")[:16]
    try:
        return max(now, datetime.strptime(newest, _TIME).replace(tzinfo=UTC) + timedelta(seconds=1))
    except ValueError:  # there is none, or somebody has made a folder whose name is no time
        return now


def canonical(document: Mapping[str, object]) -> str:
    """A document as text that does not depend on how it was laid out."""
    return json.dumps(document, sort_keys=True, ensure_ascii=False, separators=(",", ":"))


def plain_values(value: object) -> Any:
    """A value as JSON has it: mappings, lists, texts, numbers."""
    return json.loads(json.dumps(value, default=plain))


def plain(value: object) -> Any:
    """Records, addresses, enumerations and sets as JSON values."""
    if isinstance(value, Struct):
        # Of each record itself: who asks goes on with what is in it, and needs no copies.
        return asdict(value)
    if isinstance(value, Enum):
        return value.value
    if isinstance(value, IPv4Address | IPv6Address | IPv4Network | IPv6Network | Path):
        return str(value)
    if isinstance(value, set | frozenset):
        return sorted(value)
    if hasattr(value, "model_dump"):
        return value.model_dump(mode="json")
    raise TypeError(f"{type(value).__name__} has no JSON form")
