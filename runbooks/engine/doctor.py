"""Examine devices of an inventory, all at once, whatever is built on them; nothing is changed.

No run is kept; a folder is made where all that passes is to be kept, and holds that and what was found.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator, Mapping, Sequence
from contextlib import ExitStack, contextmanager
from functools import partial
from pathlib import Path
from typing import Any

from msgspec import Struct, field
from nornir.core import Nornir

from ...checks.finding import Finding, Status
from ...checks.readiness.health import health, unreached
from ...inventory.errors import Exit, NothingMatched, NrRunError
from ...inventory.files.hosts import load_nornir, platforms_of
from ...inventory.files.unknown_host import refuse_unknown
from ...inventory.hiding.secrets import Secrets, credential_folders
from ...inventory.models.platforms import Platform
from ...services.besides import Readied
from ...services.registry import declared, find
from ...tasks.device import Stop, connect_by
from ...tasks.examine import examine
from ...tasks.gather import now
from ..far.elsewhere import elsewhere, refuse_both
from ..run.folder import RunFolder, new_path
from ..run.kept_runs import runs_folder
from .context import Progress
from .nornir_run import run_on
from .plans.limit import limited
from .rehearsal.rehearsal_lab import EveryService, rehearse
from .run_setup import debug_log, inventory_folder, lab_credentials

#: Folder of the runs folder, and file, in which a record is kept.
FOLDER, FILE = "doctor", "doctor.json"
#: What the devices of a throw-away lab are besides, by the folder of the command.
PLAYS: Mapping[str, Mapping[str, Any]] = {name: {"phones": True} for name in ("audit-vpn-phone", "renew-phone-certificate")}


class Patient(Struct, frozen=True):
    """One device: what it is by the inventory, and all findings. ``reached`` is False where it could not be examined."""

    host: str
    platform: str
    reached: bool
    findings: tuple[Finding, ...]

    @property
    def failed(self) -> tuple[Finding, ...]:
        """Findings that forbid a change, and those that could not be decided."""
        return tuple(item for item in self.findings if item.status in (Status.FAILED, Status.UNVERIFIED))

    def as_dict(self) -> dict[str, Any]:
        """Plain values, for JSON."""
        findings = [finding.as_dict() for finding in self.findings]
        return {"host": self.host, "platform": self.platform, "reached": self.reached, "findings": findings}


class Examination(Struct, frozen=True):
    """All devices that were examined, and messages that their sessions noticed."""

    patients: tuple[Patient, ...]
    told: tuple[str, ...]

    @property
    def code(self) -> Exit:
        """0 where all are ready, 11 where one was not reached, 13 where one is not as it has to be for a change."""
        if not all(patient.reached for patient in self.patients):
            return Exit.UNREACHABLE
        return Exit.PRECHECK_FAILED if any(patient.failed for patient in self.patients) else Exit.OK


class Asked(Struct, frozen=True):
    """What the command line asks for: devices by name and by words of ``--limit``, all where there are none."""

    hosts: tuple[str, ...]
    limits: tuple[str, ...] = ()
    inventory: Path | None = None
    runs: Path | None = None
    lab: bool = False
    debug: bool = False
    #: Address of a Dask scheduler whose workers talk to the devices; empty where this machine does.
    scheduler: str = ""


class Ready(Struct, frozen=True):
    """Devices that can be logged in to. ``folder`` is there only where all that passes is kept."""

    nornir: Nornir
    platforms: dict[str, Platform]
    hosts: tuple[str, ...]
    told: list[str] = field(default_factory=list)
    folder: RunFolder | None = None


Only = Callable[[Mapping[str, Platform], tuple[str, ...]], tuple[str, ...]]


@contextmanager
def open_devices(asked: Asked, progress: Progress, *, only: Only | None = None, folder: str = "") -> Iterator[Ready]:
    """The devices that are meant. Raises NothingMatched with the nearest name, UsageError and IntentError.

    ``only`` picks those of a command; ``folder`` is where it keeps a record, each time. Its throw-away lab has them play what
    the command is for.
    """
    nornir = load_nornir(inventory_folder(asked.inventory))
    platforms = platforms_of(nornir)
    hosts = _meant(nornir, asked)
    hosts = only(platforms, hosts) if only is not None else hosts
    told: list[str] = []
    with ExitStack() as stack:
        refuse_both(asked.scheduler, lab=asked.lab)
        if asked.lab:
            plays = dict.fromkeys(hosts, PLAYS[folder]) if folder in PLAYS else {}
            played = rehearse(stack, nornir, EveryService(), (), hosts, platforms, progress, plays)
            nornir, secrets = played.nornir, played.secrets
        else:
            secrets = Secrets.of_run(credential_folders(lab_credentials(nornir, (), hosts)))
        kept = None
        if asked.debug or folder:
            kind = folder or FOLDER
            kept = RunFolder(new_path(runs_folder(asked.runs) / kind), kind, secrets)
            stack.callback(kept.close)
        if kept is not None and asked.debug:
            stack.callback(debug_log(kept, secrets))
        tag = kept.tag if kept else ""
        tell = partial(_once, told)
        nornir = connect_by(nornir, secrets, platforms, tag=tag, tell=tell)
        stack.callback(nornir.close_connections, on_good=True, on_failed=True)
        if asked.scheduler:
            nornir = stack.enter_context(elsewhere(asked.scheduler, nornir, hosts, secrets, Stop(), progress.say, changes=False))
        yield Ready(nornir, platforms, hosts, told, kept)


def _once(told: list[str], words: str) -> None:
    if words not in told:
        told.append(words)


def _meant(nornir: Nornir, asked: Asked) -> tuple[str, ...]:
    """Those that are named and fit all words; all of the inventory where nothing says which."""
    refuse_unknown(asked.hosts, nornir.inventory.hosts)
    chosen = tuple(dict.fromkeys(asked.hosts)) or tuple(nornir.inventory.hosts)
    if not asked.limits:
        return chosen
    fitting = limited(nornir, asked.limits)
    left = tuple(host for host in chosen if host in fitting)
    if not left:
        raise NothingMatched(f"--limit {','.join(asked.limits)}: nothing that was asked for is on {', '.join(fitting)}")
    return left


def readied_in(inventory: Path | None) -> Mapping[str, tuple[Readied, ...]]:
    """Services that need of a device what is no configuration, by host. Raises NothingMatched and IntentError."""
    folder = inventory_folder(inventory)
    found: dict[str, tuple[Readied, ...]] = {}
    for name in declared().services:
        service = find(name)
        if isinstance(service, Readied):
            for host in service.readied_on(folder):
                found[host] = (*found.get(host, ()), service)
    return found


def examine_all(ready: Ready, progress: Progress, services: Mapping[str, tuple[Readied, ...]]) -> Examination:
    """Every device, and one finding for each that could not be reached or read; ``services`` by host have their own findings."""
    for host in ready.hosts:
        progress.phase(host, "examine")
    arguments = {host: {"platform": ready.platforms[host]} for host in ready.hosts}
    found, errors = run_on(ready.nornir, examine, arguments, at_all_costs=True)
    patients = tuple(_patient(ready, host, found.get(host), errors.get(host), services.get(host, ())) for host in ready.hosts)
    return Examination(patients, tuple(sorted(ready.told)))


def _patient(ready: Ready, host: str, seen: Any, error: NrRunError | None, services: Sequence[Readied]) -> Patient:
    platform = str(ready.platforms[host])
    if error is not None:
        return Patient(host, platform, False, (unreached(host, str(error).removeprefix(f"{host}: "), now()),))
    own = (finding for service in services for finding in service.readied(host, seen.platform, seen.outputs, seen.time))
    return Patient(host, platform, True, (*health(seen), *own))
