"""Open a run: inventory, intent, secrets, lab if wanted, run folder, signals; and close all of it at the end."""

from __future__ import annotations

import ipaddress
import logging
import os
from collections.abc import Callable, Iterator, Mapping, Sequence
from contextlib import ExitStack, contextmanager, suppress
from datetime import UTC, date, datetime
from pathlib import Path
from typing import TYPE_CHECKING

from msgspec import Struct
from msgspec.structs import replace
from nornir.core import Nornir

from ...inventory.errors import NothingMatched, NrRunError, SecretError, UsageError
from ...inventory.files.hosts import load_nornir, platforms_of
from ...inventory.files.present import is_there
from ...inventory.files.unknown_host import refuse_unknown
from ...inventory.hiding.secrets import Secrets, credential_folders
from ...inventory.models.platforms import Platform
from ...services.registry import find_built
from ...services.service import Deployment, Intended, Service
from ...tasks.device import Stop, connect_by
from ..far.elsewhere import elsewhere, refuse_both, that_pay
from ..far.let_go import note_elsewhere
from ..run.folder import RunFolder
from ..run.kept_runs import runs_folder
from .context import Context, Progress, Timeouts, nobody
from .key_rotation import Rotations, keys_elsewhere, unfinished_rotations
from .plans.limit import within
from .rehearsal.rehearsal_lab import rehearse
from .signals import on_signals
from .verifying.confirmations import Confirming, confirming

if TYPE_CHECKING:
    from ..far.local_processes import LocalProcess


class RunRequest(Struct, frozen=True):
    """What the command line asks for."""

    service: str
    runbook: str
    names: tuple[str, ...]
    inventory: Path | None
    runs: Path | None
    lab: bool
    debug: bool
    timeouts: Timeouts
    #: True for a removal: what is named may be disabled in the intent, or be only on devices, of which ``hosts`` names some.
    removal: bool = False
    hosts: tuple[str, ...] = ()
    #: Gives what is deployed another key.
    rotations: Rotations | None = None
    #: Words of ``--limit``: only what has a member on one of these devices.
    limits: tuple[str, ...] = ()
    #: What a person has confirmed, by its names.
    confirm: tuple[str, ...] = ()
    #: Processes that talk to the devices; 0: chosen by the number of devices and cores.
    processes: int = 1
    #: Address of a Dask scheduler whose workers talk to the devices; empty where this machine does.
    scheduler: str = ""


class OpenRun(Struct, frozen=True):
    """A run that is ready to begin."""

    context: Context
    deployments: tuple[Deployment, ...]
    warnings: tuple[str, ...]
    runs: Path
    #: Names that the intent has not, or whose key is nowhere any more; and the devices on which they are looked for.
    missing: tuple[str, ...] = ()
    hosts: tuple[str, ...] = ()


def inventory_folder(given: Path | None) -> Path:
    """``given``, else ``$NR_RUN_INVENTORY``, else ``inventory`` in the current folder. Raises NothingMatched."""
    folder = given or Path(os.environ.get("NR_RUN_INVENTORY") or "inventory")
    if not is_there(folder / "hosts.yaml"):
        raise NothingMatched(f"{folder} holds no inventory: there is no hosts.yaml; name a folder with --inventory")
    return folder


class _Chosen(Struct, frozen=True):
    """What a run is about, by inventory and intent alone: no secret was read, and nothing was written or contacted."""

    folder: Path
    nornir: Nornir
    platforms: dict[str, Platform]
    service: Service
    intended: Intended
    today: date
    deployments: tuple[Deployment, ...]
    warnings: tuple[str, ...]
    missing: tuple[str, ...]
    hosts: tuple[str, ...]
    said: Confirming


class _Devices(Struct, frozen=True):
    """Through what the devices are reached: those of a lab, or those of the network."""

    nornir: Nornir
    secrets: Secrets
    timeouts: Timeouts
    visit: Callable[[Deployment], None] = nobody
    processes: int = 1


@contextmanager
def open_run(wanted: RunRequest, progress: Progress) -> Iterator[OpenRun]:
    """A run from start to end. Every error in inventory and intent is raised before any device is contacted."""
    refuse_both(wanted.scheduler, lab=wanted.lab, processes=wanted.processes)
    chosen = _choose(wanted)
    runs = runs_folder(wanted.runs)
    with ExitStack() as stack:
        devices = _of_a_lab(stack, wanted, chosen, progress) if wanted.lab else _of_the_network(wanted, chosen)
        # Before there is a second thread, a folder or a lock: a fork has none of them.
        processes = _further(stack, devices.processes)
        secrets = devices.secrets
        warnings = (*chosen.warnings, *_begin_rotations(stack, wanted, chosen, secrets))
        deployments, lost = _with_keys(chosen.service, secrets, chosen.deployments, removal=wanted.removal)
        run_folder = RunFolder.make(runs, wanted.runbook, secrets, rehearsal=wanted.lab)
        stack.callback(run_folder.close)
        if wanted.debug:
            stack.callback(debug_log(run_folder, secrets))
        stop = Stop()
        stack.callback(on_signals(stop, progress))
        nornir = connect_by(devices.nornir, secrets, chosen.platforms, tag=run_folder.tag, tell=run_folder.tell)
        stack.callback(nornir.close_connections, on_good=True, on_failed=True)
        reached = _hosts_of(deployments, lost, chosen.hosts)
        if processes:
            from ..far.local_processes import beside

            nornir = stack.enter_context(beside(processes, nornir, reached, secrets, stop))
        if wanted.scheduler:
            told = progress.say
            nornir = stack.enter_context(elsewhere(wanted.scheduler, nornir, reached, secrets, stop, told, changes=True))
            note_elsewhere(run_folder, wanted.scheduler)
        by = secrets, run_folder, stop, progress, devices.timeouts, devices.visit, chosen.said
        context = Context(nornir, chosen.service, chosen.intended, chosen.platforms, *by)
        more = tuple(host for deployment in lost for host in deployment.hosts)
        gone = (*chosen.missing, *(deployment.name for deployment in lost))
        yield OpenRun(context, deployments, warnings, runs, gone, tuple(dict.fromkeys((*chosen.hosts, *more))))


def _further(stack: ExitStack, count: int) -> Sequence[LocalProcess]:
    """Further processes of this machine, until ``stack`` is closed. Raises Unreachable."""
    if count <= 1:
        return ()
    from ..far.local_processes import further

    return stack.enter_context(further(count))


def _choose(wanted: RunRequest) -> _Chosen:
    """Read inventory and intent, and choose what was named. Raises every error in either."""
    folder = inventory_folder(wanted.inventory)
    service = find_built(wanted.service)
    nornir = load_nornir(folder)
    platforms = platforms_of(nornir)
    intended = service.intended(folder, platforms)
    missing = [name for name in wanted.names if wanted.removal and not intended.has(name)]
    names = [name for name in wanted.names if name not in missing]
    today = datetime.now(UTC).date()
    deployments, warnings = intended.select(names, today, removal=wanted.removal) if names or not missing else ((), ())
    deployments = within(deployments, nornir, wanted.limits)
    rotating = wanted.rotations.choose(service, deployments) if wanted.rotations is not None else {}
    said = confirming(
        *(wanted.confirm, service, deployments),
        removal=wanted.removal,
        rehearsal=wanted.lab,
        unseen=bool(missing),
        rotating=rotating,
    )
    if wanted.rotations is not None:
        wanted.rotations.ask(said, service)
    hosts = hosts_of_missing(missing, wanted.hosts, service, intended, platforms)
    of_intent = service, intended, today, deployments, warnings
    return _Chosen(folder, nornir, platforms, *of_intent, tuple(missing), hosts, said)


def _of_a_lab(stack: ExitStack, wanted: RunRequest, chosen: _Chosen, progress: Progress) -> _Devices:
    """The devices as a lab plays them until ``stack`` is closed; waits are scaled to the lab's clock."""
    played = rehearse(stack, chosen.nornir, chosen.service, chosen.deployments, chosen.hosts, chosen.platforms, progress)
    timeouts, scale = wanted.timeouts, played.scale
    scaled = replace(timeouts, poll=timeouts.poll * scale, reconnect_pause=timeouts.reconnect_pause * scale, scale=scale)
    return _Devices(played.nornir, played.secrets, scaled, played.visit)


def _of_the_network(wanted: RunRequest, chosen: _Chosen) -> _Devices:
    """The devices of the inventory."""
    # debug.log has what passes between nr-run and a device, so it has to pass in this process.
    here = wanted.debug or bool(wanted.scheduler)
    count = 1 if here else wanted.processes or that_pay(len(_hosts_of(chosen.deployments, (), chosen.hosts)))
    make = Secrets.of_run if count > 1 or wanted.scheduler else Secrets
    folders = credential_folders(lab_credentials(chosen.nornir, chosen.deployments, chosen.hosts))
    return _Devices(chosen.nornir, make(folders=folders), wanted.timeouts, processes=count)


def _begin_rotations(stack: ExitStack, wanted: RunRequest, chosen: _Chosen, secrets: Secrets) -> tuple[str, ...]:
    """Put new keys in the place of those that the run rotates; without any, a sentence for each rotation that did not end."""
    if wanted.rotations is None:
        return () if wanted.lab else tuple(unfinished_rotations(chosen.service, chosen.deployments, secrets))
    stack.callback(wanted.rotations.release)
    others = keys_elsewhere(chosen.folder, chosen.platforms, chosen.service.name)
    wanted.rotations.begin(chosen.service, _all_intended(chosen.intended, chosen.today), secrets, others)
    return ()


def _hosts_of(deployments: Sequence[Deployment], lost: Sequence[Deployment], others: Sequence[str]) -> tuple[str, ...]:
    return tuple(dict.fromkeys((*others, *(host for one in (*deployments, *lost) for host in one.hosts))))


def _all_intended(intended: Intended, today: date) -> tuple[Deployment, ...]:
    """All deployments of the intent that can be built; errors in the others do not concern this run."""
    with suppress(NrRunError):
        return intended.select(intended.names(), today, removal=False)[0]
    found: list[Deployment] = []
    for name in intended.names():
        with suppress(NrRunError):
            found += intended.select([name], today, removal=False)[0]
    return tuple(found)


#: On so many devices it is looked for what is in no intent, and whose devices nobody has named.
LOOKED_THROUGH = 50


def hosts_of_missing(
    missing: Sequence[str], given: Sequence[str], service: Service, intended: Intended, platforms: Mapping[str, Platform]
) -> tuple[str, ...]:
    """The devices on which what is not in the intent is looked for: those that were named, or all of a small inventory.

    Raises NothingMatched for a device that the inventory has not, and when there are too many to look at all.
    """
    refuse_unknown(given, platforms)
    if not missing:
        if given:
            raise UsageError(
                f"--host is for {service.noun}s that are no longer in the intent; these are in it, with their devices"
            )
        return ()
    if not given and len(platforms) > LOOKED_THROUGH:
        words = "; ".join(intended.not_there(name) for name in missing)
        raise NothingMatched(
            f"{words}; to remove a {service.noun} that is no longer in the intent, name its devices: --host A --host B"
        )
    return tuple(given or platforms)


def _with_keys(
    service: Service, secrets: Secrets, deployments: Sequence[Deployment], *, removal: bool
) -> tuple[tuple[Deployment, ...], tuple[Deployment, ...]]:
    """Deployments whose keys can be read; for a removal also those whose key no longer exists. Raises SecretError."""
    there, lost = [], []
    for deployment in deployments:
        try:
            for reference in service.references(deployment):
                secrets.preshared_key(reference)
            there.append(deployment)
        except SecretError:
            if not removal:
                raise
            lost.append(deployment)
    return tuple(there), tuple(lost)


def lab_credentials(nornir: Nornir, deployments: Sequence[Deployment], others: Sequence[str]) -> tuple[Path, ...]:
    """The folder with the credentials of a running lab, only if every device of the run is on loopback."""
    hosts = {host for deployment in deployments for host in deployment.hosts} | set(others)
    if all(_is_loopback(nornir.inventory.hosts[host].hostname) for host in hosts):
        from ...lab.folder import default_directory

        return (default_directory() / "credentials",)
    return ()


def _is_loopback(address: str | None) -> bool:
    try:
        return ipaddress.ip_address(address or "").is_loopback
    except ValueError:
        return address == "localhost"


class _HidingFormatter(logging.Formatter):
    """Log lines, tracebacks included, with tokens instead of secrets."""

    def __init__(self, secrets: Secrets) -> None:
        super().__init__("%(asctime)s %(levelname)s %(name)s %(message)s")
        self._secrets = secrets

    def format(self, record: logging.LogRecord) -> str:
        return self._secrets.hide(super().format(record))


class _DebugLog(logging.FileHandler):
    """debug.log; a disk that does not take it ends the log and not the run, which says so at its end."""

    def __init__(self, folder: RunFolder) -> None:
        super().__init__(folder.path / "debug.log", encoding="utf8")
        self._folder = folder
        self._full = False

    def emit(self, record: logging.LogRecord) -> None:
        """Write the record; after a write has failed, do nothing."""
        if not self._full:
            super().emit(record)

    def handleError(self, record: logging.LogRecord) -> None:  # noqa: ARG002, N802 - logging's signature
        """Not logging's own way: a traceback for each line on standard error, with its words as they were given."""
        self._full = True
        self._folder.complaints.append(f"{self.baseFilename} could not be written to its end")

    def close(self) -> None:
        """Close the file; a full disk may lose the last lines."""
        with suppress(OSError):
            super().close()


def debug_log(folder: RunFolder, secrets: Secrets) -> Callable[[], None]:
    """Log every exchange, secrets hidden, in debug.log of the run folder until the returned function is called."""
    folder.write("debug.log", "")
    handler = _DebugLog(folder)
    handler.setFormatter(_HidingFormatter(secrets))
    root = logging.getLogger()
    level = root.level
    root.addHandler(handler)
    root.setLevel(logging.DEBUG)

    def close() -> None:
        root.removeHandler(handler)
        root.setLevel(level)
        handler.close()

    return close
