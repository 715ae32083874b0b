"""Find a run among those that are kept, by its id or by the end of it. Cheap enough for the completion of a command line."""

from __future__ import annotations

import os
from collections.abc import Callable
from pathlib import Path

from ...inventory.errors import NothingMatched


def runs_folder(given: Path | None) -> Path:
    """Where runs are kept: ``given``, else ``$NR_RUN_RUNS``, else ``runs`` in the current folder."""
    return given or Path(os.environ.get("NR_RUN_RUNS") or "runs")


def find_run(runs: Path, name: str | None, wanted: Callable[[Path], bool] = lambda _path: True) -> Path:
    """Folder of a run by its id, or by the end of it; without a name the newest that is ``wanted``. Raises NothingMatched."""
    folders = sorted(path for path in runs.glob("2*-*") if path.is_dir()) if runs.is_dir() else []
    if name is None:
        newest = next((path for path in reversed(folders) if wanted(path)), None)
        if newest is None:
            raise NothingMatched(f"{runs} holds no such run")
        return newest
    found = [path for path in folders if path.name == name or path.name.endswith(f"-{name}")]
    if len(found) != 1:
        known = ", ".join(path.name for path in folders[-3:]) or "none"
        raise NothingMatched(f"{'no' if not found else 'more than one'} run is {name!r} in {runs}; the newest are {known}")
    return found[0]
