"""Copies of files that earlier runs wrote to a device: a rollback restores those that are gone from its flash."""

from __future__ import annotations

from collections.abc import Callable
from pathlib import Path

from ...changes.device_file import DeviceFile
from .run_names import run_names


def kept_file(run: Path, name: str, host: str, url: str, is_right: Callable[[DeviceFile], bool]) -> DeviceFile | None:
    """The newest copy of a file of a device that the runs beside ``run`` have, and that is what it is to be; None without one.

    ``name`` is that of the deployment. A copy that somebody has changed is none.
    """
    for each in reversed(run_names(run.parent)):
        path = run.parent / each / name / host / "files" / DeviceFile(url, "").name
        try:
            found = DeviceFile(url, path.read_text(encoding="utf8"))
        except (OSError, ValueError):
            continue
        if is_right(found):
            return found
    return None
