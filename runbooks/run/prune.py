"""Prune old runs, by age and number; never one that resume, rollback or another run still needs.

What is needed: a run that did not end, or is at work, and all that are newer than the oldest of these, since a resume asks
them what they changed; and the newest run that changed a tunnel on a device, which rollback can undo as long as nobody else has.
"""

from __future__ import annotations

import shutil
from collections.abc import Iterator, Mapping, Sequence
from contextlib import suppress
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import Any

from msgspec import Struct

from ...inventory.errors import NrRunError
from ..locking.lock_records import living
from .authentic import Tampered, journal_of
from .journal_states import has_changed, is_unfinished
from .open_runs import open_runs
from .run_names import run_names

_TIME = "%Y%m%dT%H%M%SZ"
#: Name of a folder that is being deleted; no run has such a name, so half a folder is never taken for a run.
_GOING = ".going-"


class Policy(Struct, frozen=True):
    """Delete runs older than ``days``, except the newest ``keep``."""

    days: float
    keep: int


class Needed(Struct, frozen=True):
    """A run that the policy would let go, and why it stays."""

    run: str
    why: str


class Pruning(Struct, frozen=True):
    """The runs to delete, oldest first, those that are old and needed, and the number of all runs."""

    going: tuple[Path, ...]
    needed: tuple[Needed, ...]
    total: int


def pruning(runs: Path, policy: Policy, now: datetime) -> Pruning:
    """What a policy takes away of a folder of runs. Reads; changes nothing. Raises NrRunError where it cannot be read."""
    try:
        names = run_names(runs)
    except OSError as error:
        raise NrRunError(f"{runs} cannot be read: {error.strerror}") from None
    old = {name for name in names[: max(0, len(names) - policy.keep)] if _is_older(name, now - timedelta(days=policy.days))}
    if not old:
        return Pruning((), (), len(names))
    unfinished = {path.name for path in open_runs(runs, is_unfinished)}
    working = {name for name in old if living(runs, name)}
    oldest_open = min(unfinished | working, default="")
    going, needed = [], []
    for name, why in _whys(runs, names, old):
        if name in working:
            needed.append(Needed(name, "it is at work"))
        elif name in unfinished:
            needed.append(Needed(name, "it did not end: resume it, or close it"))
        elif oldest_open and name > oldest_open:
            needed.append(Needed(name, f"{oldest_open} is older and did not end"))
        elif why:
            needed.append(Needed(name, why))
        else:
            going.append(runs / name)
    return Pruning(tuple(reversed(going)), tuple(reversed(needed)), len(names))


def _is_older(name: str, limit: datetime) -> bool:
    """False for a name that tells no time: it may be anybody's folder."""
    try:
        return datetime.strptime(name.partition("-")[0], _TIME).replace(tzinfo=UTC) < limit
    except ValueError:
        return False


def _whys(runs: Path, names: list[str], old: set[str]) -> Iterator[tuple[str, str]]:
    """Each old run, newest first, with why it may not go; the newest change of a tunnel may be in a run that is not old."""
    seen: set[tuple[str, str, str]] = set()
    for name in reversed(names):
        why = ""
        try:
            if has_changed(runs / name):
                changed = _changed(journal_of(runs / name))
                if first := {tunnel for _, tunnel, _ in changed - seen}:
                    why = f"it is the newest that changed {', '.join(sorted(first))}: rollback may be asked to undo it"
                seen |= changed
        except Tampered:
            why = "its files were changed since, so that nobody can tell whether it is needed"
        if name in old:
            yield name, why


def _changed(journal: Sequence[Mapping[str, Any]]) -> set[tuple[str, str, str]]:
    """Kind, name and device of what a run changed and kept; what it rolled back is as the run before it left it.

    The kind is what the runbook's name ends in: a group of VPN clients may have the name of a tunnel.
    """
    kind = str(journal[0].get("runbook", "")).partition("-")[2]
    kept = {line.get("tunnel") for line in journal if line["state"] == "done"}
    applied = [line for line in journal if line["state"] == "applying" and line.get("tunnel") in kept]
    return {(kind, str(line.get("tunnel")), str(line.get("host"))) for line in applied}


def remove(run: Path) -> None:
    """Delete one run's folder; half of it is never left under its name. Raises NrRunError if the disk refuses."""
    going = run.with_name(f"{_GOING}{run.name}")
    try:
        run.rename(going)
        shutil.rmtree(going)
    except OSError as error:
        raise NrRunError(f"{run} cannot be removed: {error.strerror}") from None


def remove_leftovers(runs: Path) -> None:
    """Delete what an earlier pruning left when it was killed."""
    for path in runs.glob(f"{_GOING}*"):
        with suppress(OSError):
            shutil.rmtree(path)
