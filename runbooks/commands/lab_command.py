"""`nr-run lab`: the lab's own commands, and `lab up` for the devices of an inventory, which the lab itself knows nothing of."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import TYPE_CHECKING, Any

from ...lab import cli

if TYPE_CHECKING:
    from pathlib import Path

__all__ = ["lab"]

lab = cli.lab


def _ordered(
    inventory: Path | None, run: Path | None, configurations: Mapping[str, Path]
) -> tuple[dict[str, Any], list[str], list[str]]:
    """What the lab is to play, sentences on what it plays otherwise, and the credentials that it makes. Raises NrRunError."""
    from ..engine.rehearsal.rehearsal_lab import ordered
    from .console import quiet_libraries

    quiet_libraries()
    return ordered(inventory, _folder_of(run) if run is not None else None, configurations)


def _folder_of(run: Path) -> Path:
    from ...inventory.errors import NothingMatched
    from ..run.kept_runs import runs_folder

    for folder in (run, *sorted(runs_folder(None).glob(f"*{run.name}"))):
        if folder.is_dir():
            return folder
    raise NothingMatched(f"there is no run {run}: name its folder, or its id below the runs folder")


def _write_estate(folder: Path, count: int, models: Sequence[str]) -> None:
    from ..engine.rehearsal.estate import write_estate
    from .console import quiet_libraries

    quiet_libraries()
    write_estate(folder, count, models)


cli.ORDERS.append(_ordered)
#: The models stand here too: `--help` imports no engine. A test holds that they are the same.
cli.ESTATES.append((_write_estate, ("vpn3640", "c881", "c8000v-17", "asa919")))
