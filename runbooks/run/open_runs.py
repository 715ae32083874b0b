"""Which runs of a folder were begun and did not end, by a marker file each: no run has to read the journals of all before it.

A marker is on the disk before the journal says that anything is about to be sent, and goes after it says that everything
finished. So a run without a marker left nothing behind; one with a marker may have ended, which its journal tells. A runs folder
that has no markers yet is read through once.

The marker stands twice: in the runs folder, for all who share it, and beside the run key, where nobody writes who may write the
runs folder only. Taking the first away frees no device of a run of one's own. For the runs of other users the first alone counts,
and where the folder of the run key cannot be written too.
"""

from __future__ import annotations

import os
from collections.abc import Callable
from contextlib import suppress
from pathlib import Path

from ...inventory.errors import NrRunError
from .run_key import key_file
from .run_names import run_names

FOLDER = ".open"
#: Marks a folder in which every run from before there were markers has been checked.
COMPLETE = "complete"


def mark(run: Path) -> None:
    """Say that the run of this folder is about to send something. Raises NrRunError when the disk does not take that."""
    folder = run.parent / FOLDER
    try:
        _make(folder, run.name)
        _sync(run.parent)
        with suppress(OSError):
            _make(_beside_key(), run.name)
    except OSError as error:
        raise NrRunError(f"{folder / run.name} cannot be written: {error.strerror}") from None


def unmark(run: Path) -> None:
    """Say that the run of this folder left nothing behind; a marker that stays costs one look at its journal."""
    for folder in (_beside_key(), run.parent / FOLDER):
        with suppress(OSError):
            (folder / run.name).unlink()


def open_runs(runs: Path, is_unfinished: Callable[[Path], bool]) -> list[Path]:
    """Folders of runs that were begun and did not end, oldest first. Raises NrRunError where they cannot be marked."""
    folder = runs / FOLDER
    try:
        if runs.is_dir() and not (folder / COMPLETE).exists():
            for name in run_names(runs):
                if is_unfinished(runs / name):
                    _make(folder, name)
            _make(folder, COMPLETE)
        names = {name for name in _names(folder) if name != COMPLETE}
    except OSError as error:
        raise NrRunError(f"{folder}: which runs are unfinished cannot be kept there: {error.strerror}") from None
    names |= {name for name in _names(_beside_key()) if (runs / name).is_dir()}
    found = [runs / name for name in sorted(names) if is_unfinished(runs / name)]
    for run in found:
        with suppress(OSError):  # of a run that an older nr-run marked, or that was copied here
            if not (_beside_key() / run.name).exists():
                _make(_beside_key(), run.name)
    return found


def _beside_key() -> Path:
    return key_file().parent / "open"


def _names(folder: Path) -> list[str]:
    try:
        return os.listdir(folder)  # noqa: PTH208 - names
    except FileNotFoundError:
        return []


def _make(folder: Path, name: str) -> None:
    """A marker, on the disk when this returns."""
    folder.mkdir(mode=0o700, parents=True, exist_ok=True)
    os.close(os.open(folder / name, os.O_WRONLY | os.O_CREAT, 0o600))
    _sync(folder)


def _sync(folder: Path) -> None:
    descriptor = os.open(folder, os.O_RDONLY)
    try:
        os.fsync(descriptor)
    finally:
        os.close(descriptor)
