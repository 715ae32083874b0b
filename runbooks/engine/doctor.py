"""Examine devices of an inventory, all at once, whatever is built on them; nothing is changed and no run is kept."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

from nornir.core import Nornir

from ...checks.finding import Finding, Status
from ...checks.health import health, unreached
from ...inventory.did_you_mean import hint
from ...inventory.errors import Exit, NothingMatched, NrRunError
from ...inventory.hosts import load_nornir, platforms_of
from ...inventory.platforms import Platform
from ...inventory.secrets import Secrets, credential_folders
from ...tasks.device import connect_by
from ...tasks.examine import examine
from ...tasks.gather import now
from .context import Progress
from .nornir_run import run_on
from .run_setup import inventory_folder, lab_credentials


@dataclass(frozen=True, slots=True)
class Patient:
    """One device: what it is by the inventory, and all findings. ``reached`` is False where it could not be examined."""

    host: str
    platform: str
    reached: bool
    findings: tuple[Finding, ...]

    @property
    def failed(self) -> tuple[Finding, ...]:
        """What keeps it from being changed, or could not be told."""
        return tuple(item for item in self.findings if item.status in (Status.FAILED, Status.UNVERIFIED))

    def as_dict(self) -> dict[str, Any]:
        """Plain values, for JSON."""
        findings = [finding.as_dict() for finding in self.findings]
        return {"host": self.host, "platform": self.platform, "reached": self.reached, "findings": findings}


@dataclass(frozen=True, slots=True)
class Examination:
    """All that were examined, and what their sessions told."""

    patients: tuple[Patient, ...]
    told: tuple[str, ...]

    @property
    def code(self) -> Exit:
        """0 where all are ready, 11 where one was not reached, 13 where one is not as it has to be for a change."""
        if not all(patient.reached for patient in self.patients):
            return Exit.UNREACHABLE
        return Exit.PRECHECK_FAILED if any(patient.failed for patient in self.patients) else Exit.OK


@dataclass(frozen=True, slots=True)
class Ready:
    """Devices that can be logged in to."""

    nornir: Nornir
    platforms: dict[str, Platform]
    hosts: tuple[str, ...]
    told: list[str] = field(default_factory=list)


@contextmanager
def open_devices(inventory: Path | None, names: Sequence[str]) -> Iterator[Ready]:
    """The named devices, or all. Raises NothingMatched with the nearest name, and IntentError."""
    nornir = load_nornir(inventory_folder(inventory))
    platforms = platforms_of(nornir)
    unknown = [f"no host is named {name!r}{hint(name, platforms)}" for name in names if name not in platforms]
    if unknown:
        raise NothingMatched("\n".join(unknown))
    hosts = tuple(dict.fromkeys(names)) or tuple(platforms)
    told: list[str] = []
    secrets = Secrets(folders=credential_folders(lab_credentials(nornir, (), hosts)))
    nornir = connect_by(nornir, secrets, platforms, tell=lambda words: told.append(words) if words not in told else None)
    try:
        yield Ready(nornir, platforms, hosts, told)
    finally:
        nornir.close_connections(on_good=True, on_failed=True)


def examine_all(ready: Ready, progress: Progress) -> Examination:
    """Every device, and one finding for each that could not be reached or read."""
    for host in ready.hosts:
        progress.phase(host, "examine")
    arguments = {host: {"platform": ready.platforms[host]} for host in ready.hosts}
    found, errors = run_on(ready.nornir, examine, arguments, at_all_costs=True)
    patients = tuple(_patient(ready, host, found.get(host), errors.get(host)) for host in ready.hosts)
    return Examination(patients, tuple(sorted(ready.told)))


def _patient(ready: Ready, host: str, seen: Any, error: NrRunError | None) -> Patient:
    platform = str(ready.platforms[host])
    if error is not None:
        return Patient(host, platform, False, (unreached(host, str(error).removeprefix(f"{host}: "), now()),))
    return Patient(host, platform, True, health(seen))
