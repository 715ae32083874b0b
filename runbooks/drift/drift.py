"""One look for drift: all devices are read in one phase, and every service is compared with its intent. Nothing is pushed."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from datetime import UTC, datetime
from importlib.metadata import version
from typing import Any

from msgspec import Struct

from ...changes.configurations import tree
from ...checks.observations.looks import Shown
from ...checks.verdict import Configured
from ...checks.who_changed import Kept, kept
from ...inventory.errors import Exit, NrRunError
from ...inventory.models.release_lines import of_release
from ...inventory.systems import system_of
from ...services.common.drift import DeviceDrift, of_standing, unread, worst
from ...services.common.intended_state import standing
from ...services.registry import find
from ...services.service import Deployment
from ..verify.configuration_alone import ConfigurationAlone
from ..verify.opening import Opened, Refused
from ..verify.reading import read_all, unfinished

#: Folder of the runs folder, and file, in which a record is kept.
FOLDER, FILE = "drift", "drift.json"
#: Version of the record; a field that goes or means something else is a new one.
SCHEMA_VERSION = 1


class ServiceDrift(Struct, frozen=True):
    """One service with its members; ``refused`` says why its intent cannot be taken, and then nothing was compared."""

    service: str
    name: str
    title: str
    devices: tuple[DeviceDrift, ...]
    refused: str = ""

    @property
    def configured(self) -> Configured:
        """The worst of its members."""
        return worst(device.configured for device in self.devices)

    def as_dict(self) -> dict[str, Any]:
        """Plain values, for JSON."""
        devices = [device.as_dict() for device in self.devices]
        own = {"service": self.service, "name": self.name, "title": self.title, "configured": self.configured.value}
        return {**own, "refused": self.refused, "devices": devices}


class Drift(Struct, frozen=True):
    """All of it. ``strays`` are what devices have of ours that nobody intends, ``by_release`` lines that are no drift."""

    run: str
    tool: str
    time: str
    services: tuple[ServiceDrift, ...]
    strays: tuple[str, ...]
    by_release: tuple[str, ...]
    notices: tuple[str, ...]

    @property
    def code(self) -> Exit:
        """0 as intended; 11 where something was not read, since it may differ as well; 65 for an intent; 2 where it differs."""
        words = [one.configured for one in self.services if not one.refused]
        if Configured.UNKNOWN in words:
            return Exit.UNREACHABLE
        if any(one.refused for one in self.services):
            return Exit.INTENT
        return Exit.PENDING if self.strays or {*words} - {Configured.AS_INTENDED} else Exit.OK

    def as_dict(self) -> dict[str, Any]:
        """Plain values, for JSON."""
        return {
            "schema_version": SCHEMA_VERSION,
            "run": self.run,
            "tool": self.tool,
            "time": self.time,
            "services": [one.as_dict() for one in self.services],
            "strays": list(self.strays),
            "by_release": list(self.by_release),
            "notices": list(self.notices),
        }


def find_drift(opened: Opened) -> Drift:
    """Read and compare. Raises Interrupted when the operator stops."""
    shown = read_all(opened, ConfigurationAlone)
    many = len(opened.selected.deployments)
    opened.progress.say(f"comparing {many} service{'' if many == 1 else 's'}")
    return Drift(
        run=opened.folder.id,
        tool=version("nr-run"),
        time=datetime.now(UTC).strftime("%Y-%m-%dT%H:%M:%SZ"),
        services=(*_services(opened, shown), *(_refused(one) for one in opened.selected.refused)),
        strays=tuple(_strays(opened, shown)),
        by_release=tuple(dict.fromkeys(_by_release(opened, shown))),
        notices=tuple(dict.fromkeys(_notices(opened, shown))),
    )


def _services(opened: Opened, shown: Mapping[str, Shown]) -> Iterator[ServiceDrift]:
    notes = {host: _kept(opened, one) for host, one in shown.items()}
    for deployment in opened.selected.deployments:
        service = find(deployment.service)
        devices = tuple(_device(opened, deployment, member.host, shown, notes) for member in deployment.members)
        yield ServiceDrift(deployment.service, deployment.name, service.title(deployment), devices)


def _kept(opened: Opened, one: Shown) -> Kept:
    system = system_of(opened.platforms[one.host])
    log = one.looks[0].outputs.get(system.log_of_changes) if one.looks else None
    return kept(one.host, system, one.running.text if one.running else "", log)


def _device(
    opened: Opened, deployment: Deployment, host: str, shown: Mapping[str, Shown], notes: Mapping[str, Kept]
) -> DeviceDrift:
    one, platform = shown[host], opened.platforms[host]
    if one.running is None:
        return unread(host, str(platform), one.why_not or f"{host} did not show its configuration")
    if one.changing:
        return unread(host, str(platform), one.changing)
    service = find(deployment.service)
    keys = {reference: opened.keys[reference] for reference in service.references(deployment)}
    member = next(member for member in deployment.members if member.host == host)
    try:
        return of_standing(standing(deployment, member, platform, one.running, keys, one.routes), notes[host])
    except Exception as error:  # noqa: BLE001 - a defect in one comparison is no reason for the others to have none
        why = str(error) if isinstance(error, NrRunError) else f"{type(error).__name__}, which is a defect of nr-run"
        return unread(host, str(platform), why)


def _refused(one: Refused) -> ServiceDrift:
    return ServiceDrift(one.service, one.name, one.name, (), f"its intent is refused: {one.why}")


def _strays(opened: Opened, shown: Mapping[str, Shown]) -> Iterator[str]:
    """Of a look at named services nothing is said of others: nobody has asked for them."""
    if opened.asked.names:
        return
    texts = {host: one.running.text for host, one in shown.items() if one.running is not None}
    named = [deployment.name for deployment in opened.selected.deployments]
    for intended in opened.intended.values():
        yield from intended.strays(texts, named)


def _by_release(opened: Opened, shown: Mapping[str, Shown]) -> Iterator[str]:
    for host, one in shown.items():
        lines = (node.line for node in tree.parse(one.running.text)) if one.running is not None else ()
        for line, row in of_release(opened.platforms[host], lines):
            yield f"{host}: {line!r} is no drift: {row.sentence} ({row.source})"


def _notices(opened: Opened, shown: Mapping[str, Shown]) -> Iterator[str]:
    yield from opened.selected.told
    yield from (one.changing for one in shown.values() if one.changing)
    yield from unfinished(opened)
    yield from opened.folder.told
