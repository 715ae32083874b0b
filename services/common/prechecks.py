"""What is asked of every device before a change, whatever is built on it."""

from __future__ import annotations

from collections.abc import Mapping

from ...checks.finding import Finding
from ...checks.readiness.device_facts import Device
from ...checks.readiness.failover_pair import one_unit
from ...checks.readiness.precheck import identity, saved
from ..service import Sight


def of_every_change(sight: Sight, outputs: Mapping[str, str], time: str, *, accept_unsaved: bool) -> tuple[Finding, ...]:
    """It is the device that the inventory means, an ASA is one unit, and it runs what it has saved. The engine asks this of every
    service.

    A service adds findings of its own; one that asks this too, in an order of its own, is not told twice.
    """
    device = Device(sight.member.host, sight.platform, outputs, sight.change, time)
    return (*identity(device), *one_unit(device), saved(device, accept_unsaved))
