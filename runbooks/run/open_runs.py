"""Which runs of a folder were begun and did not end, by a marker file each: no run has to read the journals of all before it.

A marker is on the disk before the journal says that anything is about to be sent, and goes after it says that everything came to
its end. So a run without a marker left nothing behind; one with a marker may have ended, which its journal tells. A runs folder
that has no markers yet is read through once.
"""

from __future__ import annotations

import os
from collections.abc import Callable
from contextlib import suppress
from pathlib import Path

from ...inventory.errors import NrRunError

FOLDER = ".open"
#: Says that every run which was there before there were markers has been looked at.
COMPLETE = "complete"


def mark(run: Path) -> None:
    """Say that the run of this folder is about to send something. Raises NrRunError when the disk does not take that."""
    folder = run.parent / FOLDER
    try:
        _make(folder, run.name)
        _sync(run.parent)
    except OSError as error:
        raise NrRunError(f"{folder / run.name} cannot be written: {error.strerror}") from None


def unmark(run: Path) -> None:
    """Say that the run of this folder left nothing behind; a marker that stays costs one look at its journal."""
    with suppress(OSError):
        (run.parent / FOLDER / run.name).unlink()


def open_runs(runs: Path, is_unfinished: Callable[[Path], bool]) -> list[Path]:
    """Folders of runs that were begun and did not end, oldest first. Raises NrRunError where they cannot be marked."""
    folder = runs / FOLDER
    try:
        if runs.is_dir() and not (folder / COMPLETE).exists():
            for run in runs.glob("2*-*"):
                if is_unfinished(run):
                    _make(folder, run.name)
            _make(folder, COMPLETE)
        names = sorted(name for name in os.listdir(folder) if name != COMPLETE) if folder.is_dir() else []  # noqa: PTH208 - names
    except OSError as error:
        raise NrRunError(f"{folder}: which runs are unfinished cannot be kept there: {error.strerror}") from None
    return [runs / name for name in names if is_unfinished(runs / name)]


def _make(folder: Path, name: str) -> None:
    """A marker, on the disk when this returns."""
    folder.mkdir(mode=0o700, exist_ok=True)
    os.close(os.open(folder / name, os.O_WRONLY | os.O_CREAT, 0o600))
    _sync(folder)


def _sync(folder: Path) -> None:
    descriptor = os.open(folder, os.O_RDONLY)
    try:
        os.fsync(descriptor)
    finally:
        os.close(descriptor)
