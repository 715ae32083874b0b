"""Close a run because a person says that it is repaired.

Nothing is sent to a device. The journal alone is needed, so that a run whose record or key is lost can be
closed too; it would keep its devices from every other run for ever."""

from __future__ import annotations

from pathlib import Path

from ...inventory.errors import Locked, NothingMatched
from ...inventory.hiding.secrets import Secrets
from ..locking.lock_records import living
from ..locking.locks import DeviceLocks, seconds_kept
from ..run.folder import RunFolder
from ..run.journal_states import open_tunnels
from ..run.open_runs import unmark
from .context import Progress, Timeouts


def close_run(path: Path, runs: Path, progress: Progress, timeouts: Timeouts) -> None:
    """Note each unfinished tunnel of a run as closed. Raises NothingMatched if there is none, Locked if the run is active."""
    # A run that has not armed a device yet has none in the journal that could be locked.
    if (holder := living(runs, path.name)) is not None:
        raise Locked(f"run {path.name} is at work ({holder}): wait until it has ended")
    folder = RunFolder(path, "resume", Secrets(folders=()))
    try:
        hosts = {host for touched in open_tunnels(path).values() for host in touched}
        with DeviceLocks(runs, folder.id, hosts, keep_seconds=seconds_kept(timeouts), tell=progress.say) as locks:
            for sentence in locks.taken_over:
                folder.note("lock-taken-over", because=sentence)
            # Read again now that nobody else can be at work on it.
            names = list(open_tunnels(path))
            if not names:
                raise NothingMatched(f"run {path.name} has finished, or sent nothing; there is nothing to close")
            for name in names:
                folder.note("closed", tunnel=name)
            unmark(path)
    finally:
        folder.close()
