"""May this head-end be changed now? It must be the device of the inventory, with its running configuration saved."""

from __future__ import annotations

from ...changes.plans.change import Change
from ...checks.finding import Status
from ...checks.readiness.device_facts import Device
from ...checks.readiness.precheck import identity, saved
from ...inventory.errors import DriftError
from ...inventory.models.platforms import Platform
from ...tasks.gather import Snapshot


def refuse_not_ready(platform: Platform, snapshot: Snapshot, change: Change) -> None:
    """Raises DriftError if not: somebody's unsaved lines would be saved with our change, or lost by a rollback."""
    device = Device(change.host, platform, snapshot.outputs, change, snapshot.observation.time)
    for finding in (*identity(device), saved(device, accept_unsaved=False)):
        if finding.status in (Status.FAILED, Status.UNVERIFIED):
            words, unsaved, _ = finding.sentence.partition("; saving ")
            raise DriftError(f"{change.host}: {words}{'; save that, or revert it, first' if unsaved else ''}")
