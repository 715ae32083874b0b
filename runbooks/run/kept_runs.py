"""Find a kept run by its id or by the end of it. Cheap enough for shell completion."""

from __future__ import annotations

import os
from collections.abc import Callable
from typing import TYPE_CHECKING

from ...inventory.errors import NothingMatched
from .run_names import run_names

if TYPE_CHECKING:
    from pathlib import Path


def runs_folder(given: Path | None) -> Path:
    """Where runs are kept: ``given``, else ``$NR_RUN_RUNS``, else ``runs`` in the current folder."""
    from pathlib import Path

    return given or Path(os.environ.get("NR_RUN_RUNS") or "runs")


def find_run(runs: Path, name: str | None, wanted: Callable[[Path], bool] = lambda _path: True) -> Path:
    """Folder of a run by its id, or by the end of it; without a name the newest that is ``wanted``. Raises NothingMatched."""
    names = run_names(runs)
    if name is None:
        newest = next((path for each in reversed(names) if (path := runs / each).is_dir() and wanted(path)), None)
        if newest is None:
            raise NothingMatched(f"{runs} holds no such run")
        return newest
    found = [runs / each for each in names if (each == name or each.endswith(f"-{name}")) and (runs / each).is_dir()]
    if len(found) != 1:
        known = ", ".join(names[-3:]) or "none"
        raise NothingMatched(f"{'no' if not found else 'more than one'} run is {name!r} in {runs}; the newest are {known}")
    return found[0]
