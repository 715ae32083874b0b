"""A report's file: whole or not at all, since others read it while it is written."""

from __future__ import annotations

import os
import secrets
import stat
from contextlib import suppress
from pathlib import Path

from ...inventory.errors import NrRunError


class ReportError(NrRunError):
    """A report cannot be written; the message names the file and the reason."""


def write_report(path: Path, text: str, *, mode: int | None = None) -> None:
    """Put the text in place of what was there, with these rights whatever the umask. Raises ReportError.

    Without a mode it keeps the rights that the file had, and a new one is for its owner only.
    Something that is no file, as ``/dev/stdout``, is written to and never replaced.
    """
    try:
        if path.exists() and not path.is_file():
            path.write_text(text, encoding="utf8")
            return
        _replace(path.resolve(), text, mode)
    except OSError as error:
        raise ReportError(f"{path} cannot be written: {error.strerror}") from None


def _replace(path: Path, text: str, mode: int | None) -> None:
    if mode is None:
        mode = stat.S_IMODE(path.stat().st_mode) if path.exists() else 0o600
    # No reader of a folder takes a name that begins with a dot and does not end as the file does.
    part = path.with_name(f".{path.name}.{secrets.token_hex(4)}")
    try:
        descriptor = os.open(part, os.O_WRONLY | os.O_CREAT | os.O_EXCL, 0o600)
        with os.fdopen(descriptor, "w", encoding="utf8") as file:
            file.write(text)
            file.flush()
            os.fchmod(descriptor, mode)
            os.fsync(descriptor)
        part.replace(path)
    except BaseException:
        with suppress(OSError):
            part.unlink()
        raise
