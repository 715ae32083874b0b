"""Open an earlier run from its folder alone; inventory, vault and intent are not read."""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from contextlib import ExitStack, contextmanager
from pathlib import Path
from typing import Any

from msgspec import Struct

from ...inventory.errors import NothingMatched, NrRunError
from ...services.registry import find_built
from ...tasks.device import Stop, connect_by
from ..far.elsewhere import begun_before, elsewhere, refuse_both
from ..far.let_go import note_elsewhere, scheduler_of
from ..run.authentic import check_journal
from ..run.folder import RunFolder
from ..run.run_secrets import decrypt_secrets
from ..run.saved_plan import SavedPlan, nornir_of, platforms_in, records_in
from .context import Context, Progress, Timeouts
from .run_setup import debug_log
from .signals import on_signals


class StoredRun(Struct, frozen=True):
    """An earlier run: its records, its journal, and a context to continue it."""

    context: Context
    records: Mapping[str, SavedPlan]
    journal: Sequence[Mapping[str, Any]]
    #: Address of the Dask scheduler over which its devices are reached; empty if from this machine.
    scheduler: str = ""


@contextmanager
def reopen(
    path: Path,
    runbook: str,
    progress: Progress,
    timeouts: Timeouts,
    *,
    new_run_in: Path | None,
    debug: bool = False,
    scheduler: str = "",
) -> Iterator[StoredRun]:
    """``new_run_in``: make a run folder of its own there; None goes on in the folder of the earlier run.

    ``scheduler``: over whose workers the devices are reached; empty as the earlier run reached them.

    Raises NothingMatched when the run changed nothing, SecretError when its secrets cannot be read, or its journal or record
    are not verified to be what the run wrote.
    """
    journal, records = _read(path)
    scheduler = scheduler or scheduler_of(journal)
    refuse_both(scheduler, lab=False)
    secrets = decrypt_secrets(path, apart=bool(scheduler))
    with ExitStack() as stack:
        folder = RunFolder.make(new_run_in, runbook, secrets) if new_run_in else RunFolder(path, runbook, secrets)
        stack.callback(folder.close)
        if debug:
            stack.callback(debug_log(folder, secrets))
        stop = Stop()
        stack.callback(on_signals(stop, progress))
        (service, *_) = dict.fromkeys(record.plan.deployment.service for record in records.values())
        platforms = platforms_in(list(records.values()))
        nornir = connect_by(nornir_of(list(records.values())), secrets, platforms, tag=folder.tag, tell=folder.tell)
        stack.callback(nornir.close_connections, on_good=True, on_failed=True)
        if scheduler:
            hosts = list(nornir.inventory.hosts)
            nornir = stack.enter_context(elsewhere(scheduler, nornir, hosts, secrets, stop, progress.say, changes=True))
            begun_before(nornir, hosts)
            if new_run_in:
                note_elsewhere(folder, scheduler)
        context = Context(nornir, find_built(service), None, platforms, secrets, folder, stop, progress, timeouts)
        yield StoredRun(context, records, journal, scheduler)


def _read(path: Path) -> tuple[Sequence[Mapping[str, Any]], Mapping[str, SavedPlan]]:
    """Journal and records, of which there is one at least. Raises as reopen() does."""
    journal = check_journal(path, strict=True)
    records = records_in(path)
    if records:
        return journal, records
    if any(line["state"] == "recorded" for line in journal):
        raise NrRunError(f"run {path.name} has lost its record.json; paste its rollback.cfg by hand, on each device")
    raise NothingMatched(f"run {path.name} sent nothing to any device")
