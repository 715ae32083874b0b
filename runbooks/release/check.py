"""What another release would do to the lines of a device's services, and what the far ends have to change with them.

Devices are read as a verification reads them, or the one that is meant from a file; nothing is changed.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from pathlib import Path
from typing import Any

from msgspec import Struct
from nornir.core import Nornir

from ...changes.configurations.configuration import Configuration
from ...changes.objects import ConfigObject
from ...changes.plans.change import Change
from ...checks.release_check import FarLine, Hit, Instead, far_lines, hits, instead, versions_of
from ...inventory.errors import Exit, IntentError, NotKnown, NrRunError
from ...inventory.files.did_you_mean import hint
from ...inventory.files.hosts import models_of, platforms_of
from ...inventory.files.unknown_host import refuse_unknown
from ...inventory.models.newer_releases import newer_than_known
from ...inventory.models.platforms import Platform, platform_for, rows
from ...inventory.models.release_rules import notes_between
from ...services.common.intended_state import standing
from ...services.registry import declared, find
from ...services.service import Deployment
from ..verify.configuration_alone import ConfigurationAlone
from ..verify.opening import Opened
from ..verify.reading import read_all

#: Folder of the runs folder, and file, in which a record is kept.
FOLDER, FILE = "release", "release.json"
SCHEMA_VERSION = 1


class ServiceRelease(Struct, frozen=True):
    """One service of the device. ``instead`` is what both ends could have, None where there is no such thing or no need."""

    service: str
    name: str
    title: str
    hits: tuple[Hit, ...]
    far: tuple[FarLine, ...] = ()
    instead: Instead | None = None
    told: tuple[str, ...] = ()

    @property
    def must_change(self) -> bool:
        """True if its algorithms have to be others before the upgrade."""
        return any(hit.about for hit in self.hits)

    def as_dict(self) -> dict[str, Any]:
        """Plain values, for JSON."""
        parts = {"hits": [hit.as_dict() for hit in self.hits], "far_ends": [line.as_dict() for line in self.far]}
        best = {"instead": str(self.instead) if self.instead else "", "told": list(self.told)}
        return {"service": self.service, "name": self.name, "title": self.title, **parts, **best}


class ReleaseCheck(Struct, frozen=True):
    """One device and one release. ``besides`` are lines of the device that belong to no service of the inventory."""

    host: str
    present: Platform
    target: Platform
    services: tuple[ServiceRelease, ...]
    besides: tuple[Hit, ...]
    notes: tuple[str, ...]
    order: tuple[str, ...]
    unread: str = ""

    @property
    def code(self) -> Exit:
        """0 nothing to do, 2 something, 11 the device was not read."""
        if self.unread:
            return Exit.UNREACHABLE
        return Exit.PENDING if self.besides or any(one.hits for one in self.services) else Exit.OK

    def as_dict(self) -> dict[str, Any]:
        """Plain values, for JSON."""
        return {
            "schema_version": SCHEMA_VERSION,
            "host": self.host,
            "model": self.present.model,
            "present": str(self.present.release),
            "target": str(self.target.release),
            "services": [one.as_dict() for one in self.services],
            "besides": [hit.as_dict() for hit in self.besides],
            "notes": list(self.notes),
            "order": list(self.order),
            "unread": self.unread,
        }


def target_of(nornir: Nornir, host: str, release: str) -> tuple[Platform, Platform]:
    """What a host is now, and with another release. Raises NothingMatched and IntentError, with the nearest one."""
    platforms = platforms_of(nornir)
    refuse_unknown((host,), platforms)
    present, models = platforms[host], models_of(nornir)
    try:
        target = platform_for(present.model, release, models)
    except IntentError as error:
        raise IntentError(f"{host}: {error}{hint(release, [str(row.release) for row in rows(present.model, models)])}") from None
    if target.release < present.release:
        raise IntentError(
            f"{host}: {release} is older than {present.release}, which the inventory has; ways back are not checked"
        )
    return present, target


def check_release(opened: Opened, host: str, target: Platform, config: Path | None) -> ReleaseCheck:
    """Read and judge. ``config`` is a running configuration that stands in for the device's own."""
    present = opened.platforms[host]
    running, unread = _configurations(opened, host, config)
    notes = [f"{note.sentence} ({note.source})" for note in notes_between(present, target)]
    if not opened.selected.deployments:
        notes.append(f"no service of the inventory is on {host}: its lines were not checked")
    notes += [*newer_than_known({host: target}), *(words for at, words in unread.items() if at != host)]
    if not opened.selected.deployments:
        return ReleaseCheck(host, present, target, (), (), tuple(notes), ())
    if host in unread:
        return ReleaseCheck(host, present, target, (), (), tuple(notes), (), unread[host])
    services, owned = _services(opened, host, target, running)
    config_objects = running[host].objects
    left = [item for item in config_objects.objects.values() if item.key not in owned]
    besides = hits(host, left, present, target, versions_of(left, config_objects))
    order = tuple(_order(host, target, services, besides))
    return ReleaseCheck(host, present, target, services, besides, tuple(notes), order)


def _configurations(opened: Opened, host: str, config: Path | None) -> tuple[dict[str, Configuration], dict[str, str]]:
    """Host to what it runs, and to a sentence where that is not known."""
    if config is not None:
        others = [one for one in opened.hosts if one != host]
        why = "was not read, because a file replaces the device: which of its lines must change as well is not known"
        return {host: _from_file(opened, host, config)}, {one: f"{one} {why}" for one in others}
    running: dict[str, Configuration] = {}
    unread: dict[str, str] = {}
    for at, shown in read_all(opened, ConfigurationAlone).items():
        if shown.running is None:
            unread[at] = shown.why_not or f"{at} did not show its configuration"
        else:
            running[at] = shown.running
    return running, unread


def _from_file(opened: Opened, host: str, path: Path) -> Configuration:
    try:
        text = path.read_text(encoding="utf8", errors="replace")
    except OSError as error:
        raise IntentError(f"{path} cannot be read: {error.strerror}") from None
    try:
        return Configuration(host, opened.platforms[host].os, f"file {path.name}", opened.secrets.hide(text))
    except NotKnown as error:
        raise IntentError(f"{path} is no running configuration of {host}: {error}") from None


def _services(
    opened: Opened, host: str, target: Platform, running: Mapping[str, Configuration]
) -> tuple[tuple[ServiceRelease, ...], frozenset[object]]:
    """Every service of the device, and the keys of its objects that belong to one."""
    made: list[ServiceRelease] = []
    owned: set[object] = set()
    for deployment in opened.selected.deployments:
        if host not in deployment.hosts:
            continue
        title = find(deployment.service).title(deployment)
        there = {at: _objects(opened, deployment, at, running[at]) for at in deployment.hosts if at in running}
        owned |= {item.key for item in there[host]}
        made.append(_service(opened, deployment, host, target, there, title, running))
    return tuple(made), frozenset(owned)


def _objects(opened: Opened, deployment: Deployment, host: str, running: Configuration) -> tuple[ConfigObject, ...]:
    """What of a deployment the device has; nothing where that cannot be told."""
    keys = {reference: opened.keys[reference] for reference in find(deployment.service).references(deployment)}
    member = next(member for member in deployment.members if member.host == host)
    try:
        found = standing(deployment, member, opened.platforms[host], running, keys, routes=None).change
    except NrRunError:
        return ()
    return _there(found, running) if found is not None else ()


def _there(change: Change, running: Configuration) -> tuple[ConfigObject, ...]:
    keys = [item.key for item in (*change.reused, *(edit.before for edit in change.edited), *change.removed)]
    known = running.objects.objects
    return tuple(known[key] for key in dict.fromkeys(keys) if key in known)


def _service(
    opened: Opened,
    deployment: Deployment,
    host: str,
    target: Platform,
    there: Mapping[str, Sequence[ConfigObject]],
    title: str,
    running: Mapping[str, Configuration],
) -> ServiceRelease:
    present = opened.platforms[host]
    versions = versions_of(there[host], running[host].objects)
    found = hits(host, there[host], present, target, versions)
    about = {hit.about for hit in found if hit.about}
    made = ServiceRelease(deployment.service, deployment.name, title, found)
    if not about:
        return made
    others = [at for at in deployment.hosts if at != host]
    far = tuple(line for at in others for line in far_lines(at, opened.platforms[at], there.get(at, ()), about))
    ends = [present, target, *(opened.platforms[at] for at in others)]
    version = max(versions)
    best = instead(version, ends) or instead(2, ends)
    told = [f"{end.name} is not ours: what it can do, and when, is for its owner to say" for end in deployment.foreign]
    if best is None:
        told.append(_nothing(host, others, version))
    elif best.version != version:
        told.append(
            f"by IKEv{version} there is no proposal that all can do, before the upgrade and after it: with IKEv{best.version} it"
            " is another form, which no change leads to: it is removed and built again"
        )
    return ServiceRelease(deployment.service, deployment.name, title, found, far, best, tuple(told))


def _nothing(host: str, others: Sequence[str], version: int) -> str:
    return (
        f"there is no proposal by IKEv{version} that {' and '.join((*others, host))} can all do, before the upgrade and after it:"
        f" {'the release of ' + ' or '.join(others) + ' has to be a younger one first' if others else 'the service ends with it'}"
    )


def _order(host: str, target: Platform, services: Sequence[ServiceRelease], besides: Sequence[Hit]) -> Iterator[str]:
    """What is done, one thing after the other; nothing where there is nothing to do."""
    if not besides and not any(one.hits for one in services):
        return
    for one in services:
        if one.must_change and one.instead is not None:
            command = _deploying(one.service)
            then = f"nr-run {command} {one.name}, which verifies it on both ends"
            yield f"{one.name}: have its intent ask for {one.instead}; {then}"
        elif one.must_change:
            yield f"{one.name}: settle first what it can have instead; until then do not upgrade {host}"
    if besides:
        yield f"{host}: change, or let go, the lines that are no service of the inventory"
    names = " ".join(one.name for one in services if one.hits)
    yield f"upgrade {host} to {target.release}"
    yield f"nr-run drift {names}".strip() + ": what the release has rewritten or dropped; then nr-run verify"


def _deploying(service: str) -> str:
    """The command that brings a service to its intent."""
    commands = declared().services[service].commands
    return next((command.name for command in commands if command.does == "deploy"), "")
