"""Write a file with a secret in it: whole or not at all, for its owner alone."""

from __future__ import annotations

import os
from pathlib import Path


def write_whole(path: Path, text: str, *, replaces: bool = False) -> None:
    """It is on the disk when this returns; half a key, which a crash or a full disk would leave, is taken for a key.

    Raises OSError, and then nothing is left of it; FileExistsError where it is there and is not to be replaced.
    """
    part = path.with_name(f".{path.name}.{os.urandom(4).hex()}")
    descriptor = os.open(part, os.O_WRONLY | os.O_CREAT | os.O_EXCL, 0o600)
    try:
        with os.fdopen(descriptor, "w", encoding="utf8") as file:
            file.write(text)
            file.flush()
            os.fsync(file.fileno())
        if replaces:
            part.replace(path)
        else:
            _name(part, path)
    finally:
        part.unlink(missing_ok=True)
    sync_names(path.parent)


def sync_names(folder: Path) -> None:
    """See that the names in a folder are on the disk. Raises OSError."""
    descriptor = os.open(folder, os.O_RDONLY)
    try:
        os.fsync(descriptor)
    finally:
        os.close(descriptor)


def _name(part: Path, path: Path) -> None:
    """Of two that do this at once one is refused. Raises FileExistsError."""
    try:
        path.hardlink_to(part)
    except FileExistsError:
        raise
    except OSError:  # no links on this file system
        if path.exists():
            raise FileExistsError from None
        part.rename(path)
