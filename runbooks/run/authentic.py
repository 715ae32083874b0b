"""Verify that the files of a run folder are what the run wrote, by codes made with the run key, which lies elsewhere.

Each line of a journal ends in a code over itself and the code of the line before (HMAC-SHA-256 with a key of its own for each
run), so no line can be changed, put in, left out or moved. How far the journal has come is noted beside the run key too, so that
lines cannot be cut off its end. Whoever can write a run folder and cannot read the key can destroy a run's record, and nothing
else. A last line that is not whole is what a crash leaves behind, and does not count.
"""

from __future__ import annotations

import hashlib
import hmac
import json
import os
from collections.abc import Iterator
from contextlib import suppress
from pathlib import Path
from typing import Any

from msgspec import Struct

from ...inventory.errors import SecretError
from .journal_lines import plain_line, refuse_damaged, refuse_newer
from .run_key import key_file, read_key

_MAC = ', "mac": "'
_DIGITS = 32
#: How many notes on the length of journals are kept; a note has about a hundred bytes.
_NOTES_KEPT = 2000


#: The sentence on a file that is not what the run wrote.
CHANGED = (
    "was changed after the run wrote it: nothing is taken from it, and nothing is sent; look at the devices, and move the run "
    "folder away"
)


class Tampered(SecretError):
    """A file of a run folder is not what the run wrote (exit 65)."""


class RunSeal(Struct, frozen=True):
    """Makes and checks the codes of one run. ``key`` is the run's own, made of the key file and its id."""

    run: str
    key: bytes
    #: Identifies the key file; says nothing about the key.
    key_id: str

    @classmethod
    def of(cls, run: str, *, make: bool = False) -> RunSeal | None:
        """The seal of a run with this machine's run key; None if there is no key and none can be made."""
        try:
            secret = read_key(make=make).strip()
        except SecretError:
            return None
        return cls(run, _digest(secret, f"run {run}"), _digest(secret, "which key").hex()[:12])

    def code(self, purpose: str, text: str) -> str:
        """The code of a text for one purpose, in hexadecimal digits."""
        return _digest(self.key, f"{purpose}\0{text}").hex()[:_DIGITS]

    def check(self, purpose: str, text: str, code: object, what: str) -> None:
        """Raise Tampered unless this is the code of the text."""
        if not isinstance(code, str) or not hmac.compare_digest(self.code(purpose, text), code):
            raise Tampered(f"{what} {CHANGED}")


def _digest(key: bytes, text: str) -> bytes:
    return hmac.digest(key, text.encode("utf8", "surrogatepass"), hashlib.sha256)


def with_code(seal: RunSeal | None, line: str, before: str) -> tuple[str, str]:
    """A journal line (one JSON object) with its code, and the code for the next; without a key it stays as it is."""
    if seal is None:
        return line, before
    code = seal.code("journal", before + line)
    return f'{line[:-1]}{_MAC}{code}"}}', code


def _parted(line: str) -> tuple[str, str]:
    """A journal line without its code, and the code, which is empty if the line has none."""
    body, found, rest = line.rpartition(_MAC)
    if not found or len(rest) != _DIGITS + 2 or not rest.endswith('"}'):
        return line, ""
    return body + "}", rest[:_DIGITS]


def whole_lines(text: str) -> Iterator[tuple[dict[str, Any], str]]:
    """Lines of a journal that are whole, with their text; one that was cut in writing is left out."""
    for line in text.split("\n"):
        try:
            found = json.loads(line)
        except ValueError:
            continue
        if isinstance(found, dict) and "state" in found:
            yield found, line


def last_code(text: str) -> tuple[str, int]:
    """Code of the last whole line of a journal, and how many there are: where the next line goes on."""
    lines = [line for _, line in whole_lines(text)]
    return (_parted(lines[-1])[1] if lines else ""), len(lines)


def vouching(seal: RunSeal | None, text: str) -> RunSeal | None:
    """The seal that goes on with this journal: none where another key, or an older nr-run, began it. Codes of ours behind lines
    that have none would make it look changed."""
    first = next((line for line, _ in whole_lines(text)), None)
    return seal if seal is not None and (first is None or first.get("key") == seal.key_id) else None


def check_journal(folder: Path, *, strict: bool) -> list[dict[str, Any]]:
    """The lines of a run's journal, verified to be the run's own.

    Raises Tampered where they are not. A journal that another key file vouches for, or none, as of an older nr-run, cannot be
    checked here: that is an error if ``strict``, for what goes on from it would go on from anybody's word. So are
    a damaged line and one of a newer version (Unreadable); else the first is marked, see plain_line().
    """
    path = folder / "journal.jsonl"
    seal = RunSeal.of(folder.name)
    noted = noted_length(seal) if folder.is_dir() else 0
    lines = list(whole_lines(_text_of(path, noted)))
    key_id = lines[0][0].get("key") if lines else None
    if seal is not None and key_id == seal.key_id:
        _check_lines(path, seal, [line for _, line in lines])
        if noted > len(lines):
            raise Tampered(f"{path} ends {noted - len(lines)} lines too early; it {CHANGED}")
    elif noted:
        raise Tampered(f"{path} {CHANGED}")
    elif strict and lines:
        raise SecretError(f"{path} {_why_unproved(key_id)}; {_INSTEAD.format(run=folder.name)}")
    found = [plain_line(line) for line, _ in lines]
    if strict:
        refuse_damaged(path, found)
        refuse_newer(path, found)
    return found


def _text_of(path: Path, noted: int) -> str:
    """The text of a journal; empty if it does not exist or belongs to another user."""
    try:
        return path.read_text(encoding="utf8", errors="replace")
    except FileNotFoundError:
        if noted:
            raise Tampered(f"{path} is not there any more; the run folder {CHANGED}") from None
        return ""
    except OSError:
        return ""


def _check_lines(path: Path, seal: RunSeal, lines: list[str]) -> None:
    before = ""
    for number, line in enumerate(lines, 1):
        body, code = _parted(line)
        seal.check("journal", before + body, code, f"{path}, line {number},")
        before = code


def journal_of(folder: Path) -> list[dict[str, Any]]:
    """The journal as far as it can be verified; a last line that was cut in writing is left out. Raises Tampered.

    That of a run of another user, or of an older nr-run, is taken as it is: it says which devices that run holds, no more.
    """
    return check_journal(folder, strict=False)


_INSTEAD = "look at the devices, undo by hand with rollback.cfg where needed, and say nr-run resume {run} --close"


def _why_unproved(key_id: object) -> str:
    if key_id is None:
        return "was written by an older nr-run, which did not vouch for it, so nobody knows who wrote it last"
    if not key_file().exists():
        return f"was vouched for with a run key, and {key_file()} is not there, so it cannot be checked here"
    return f"was vouched for with another key than that of {key_file()}, so it cannot be checked here"


def _notes() -> Path:
    return key_file().parent / "journals"


def note_length(seal: RunSeal | None, count: int) -> None:
    """Note beside the run key how many lines a journal has; never before they are on the disk."""
    if seal is None:
        return
    with suppress(OSError):  # without the note lines could be cut off unseen; that is no reason to leave a device half changed
        note = _notes() / seal.run
        try:
            descriptor = os.open(note, os.O_WRONLY | os.O_CREAT, 0o600)
        except FileNotFoundError:
            note.parent.mkdir(mode=0o700, exist_ok=True)
            descriptor = os.open(note, os.O_WRONLY | os.O_CREAT, 0o600)
        try:
            os.pwrite(descriptor, f"{count:08d} {seal.code('length', str(count))}\n".encode(), 0)
        finally:
            os.close(descriptor)


def noted_length(seal: RunSeal | None) -> int:
    """How many lines the journal of a run had when it was last written; 0 if this key knows nothing of it."""
    if seal is None:
        return 0
    try:
        count, code = (_notes() / seal.run).read_text(encoding="utf8").split()
        return int(count) if hmac.compare_digest(code, seal.code("length", str(int(count)))) else 0
    except (OSError, ValueError):
        return 0


def tidy_notes() -> None:
    """Delete the oldest notes."""
    with suppress(OSError):
        for old in sorted(_notes().iterdir())[:-_NOTES_KEPT]:
            old.unlink()
