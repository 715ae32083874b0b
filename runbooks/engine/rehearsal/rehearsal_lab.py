"""A rehearsal on the lab: the run's own hosts, played by model, release, addresses and interfaces of inventory and intent.

Far ends that are not ours are played from what their tunnels ask of them (far_ends.py).

A lab that was brought up with an inventory or configurations (``nr-run lab up --inventory``, ``--config``) and plays all hosts of
the run is used, and goes on afterwards; otherwise one is started for this run and thrown away. No secret of the inventory is
resolved: every reference has a value that this lab made.
"""

from __future__ import annotations

import hashlib
import json
import tempfile
from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence
from contextlib import ExitStack
from functools import partial
from ipaddress import IPv4Address
from pathlib import Path
from typing import TYPE_CHECKING, Any, Protocol

from msgspec import Struct
from nornir.core import Nornir

from ....inventory.errors import NothingMatched, NrRunError
from ....inventory.files.connection_settings import OVER_SSH, OVER_TELNET
from ....inventory.files.hosts import load_nornir, platforms_of, with_endpoints
from ....inventory.files.unknown_host import refuse_unknown
from ....inventory.hiding.secrets import Secrets, credential_folders
from ....inventory.models.platform_record import platform_in
from ....inventory.models.platforms import Platform, platform_for
from ....inventory.models.release import Release
from ....inventory.systems import system_of
from ....services.besides import Visited, WithFarEnds, WithSecrets
from ....services.registry import find
from ....services.service import Deployment, Foreign, Place
from ....services.verified import Verified
from ..context import Progress
from ..plans.every_intent import every_intent
from .far_ends import OUTSIDE_LENGTH, credential_name, far_orders, gateway_for

if TYPE_CHECKING:
    from ....lab.entry import LabHandle

#: A throw-away lab has clocks that run this much faster than ours.
LAB_SPEED = 10.0
#: The devices of the lab: for which model (or any of that generation), from which release on, and what the device itself runs.
_BOXES: tuple[tuple[str, str, str, str, str], ...] = (
    ("2611", "ios-12.2", "12.2(8)T", "vpn2611", "12.2(8)T"),
    ("3640", "ios-12.2", "12.2(8)T", "vpn3640", "12.2(8)T"),
    ("3640", "ios-12.4", "12.4(1)", "vpn3640-124", "12.4(25d)"),
    ("881", "ios-15", "15.4(3)M", "c881", "15.4(3)M3"),
    ("C8000V", "ios-15", "17.1.1", "c8000v-17", "17.9.4a"),
    ("C8000V", "ios-15", "17.11.1", "c8000v-1711", "17.11.1a"),
    ("C8000V", "ios-15", "17.12.1", "c8000v-1712", "17.12.4"),
    ("C8000V", "ios-15", "26.1.1", "c8000v-26", "26.1.1"),
    ("ASA", "asa-8.0", "8.0(2)", "asa82", "8.2(5)"),
    ("ASA", "asa-8.4", "8.4(1)", "asa91", "9.1(7)"),
    ("ASA", "asa-8.4", "9.13(1)", "asa919", "9.19(1)"),
    ("ASA", "asa-8.4", "9.24(1)", "asa924", "9.24(1)"),
)


class Rehearsable(Protocol):
    """What a rehearsal asks of a service, or of several as one (`Verified` has it)."""

    def places(self, deployment: Deployment) -> tuple[Place, ...]:
        """Where its devices stand."""

    def references(self, deployment: Deployment) -> tuple[str, ...]:
        """References of its secrets."""


class EveryService:
    """All services as one, for what a rehearsal asks of a service."""

    def places(self, deployment: Deployment) -> tuple[Place, ...]:
        """Where its devices stand."""
        return self._of(deployment).places(deployment)

    def references(self, deployment: Deployment) -> tuple[str, ...]:
        """Its secrets."""
        return self._of(deployment).references(deployment)

    @staticmethod
    def _of(deployment: Deployment) -> Verified:
        return find(deployment.service)


class Rehearsed(Struct, frozen=True):
    """A run's devices in the lab."""

    nornir: Nornir
    secrets: Secrets
    #: Real seconds per device second.
    scale: float
    #: Has stations of the lab do what the gates of a deployment wait for.
    visit: Callable[[Deployment], None]


def rehearse(
    stack: ExitStack,
    nornir: Nornir,
    service: Rehearsable,
    deployments: Sequence[Deployment],
    others: Iterable[str],
    platforms: Mapping[str, Platform],
    progress: Progress,
    plays: Mapping[str, Mapping[str, Any]] | None = None,
) -> Rehearsed:
    """Play the members of ``deployments`` and ``others``, until ``stack`` is closed. Raises NrRunError.

    ``plays`` is what a device of a throw-away lab is besides, in the words of lab/played.py.
    """
    from ....lab.entry import LabError

    names = list(dict.fromkeys([*(host for deployment in deployments for host in deployment.hosts), *others]))
    places = [place for deployment in deployments for place in service.places(deployment)]
    references = [reference for deployment in deployments for reference in service.references(deployment)]
    foreign = [end for deployment in deployments for end in deployment.foreign]
    played = {name: platforms[name] for name in names}
    try:
        lab = _running(names, foreign) or _throw_away(stack, played, places, foreign, progress, plays or {})
    except LabError as error:
        raise NrRunError(f"the lab cannot be used: {error}") from None
    found = lab.devices
    moved = with_endpoints(nornir, {name: (found[name].host, found[name].port) for name in names})
    for name in names:
        _reach(moved, name, platforms[name].os, found[name].transport)
    secrets = rehearsal_secrets(moved, references, lab)
    return Rehearsed(moved, secrets, 1 / lab.speed, partial(_visit, lab, service, secrets, progress))


def _visit(lab: LabHandle, service: Rehearsable, secrets: Secrets, progress: Progress, deployment: Deployment) -> None:
    """What came of it is seen by the gate; why a station failed is told."""
    for call in service.lab_calls(deployment) if isinstance(service, Visited) else ():
        hidden = {word: secrets.resolve(reference) for word, reference in call.secrets.items()}
        told = lab.client(call.station, call.action, **call.words, **hidden)
        if told["failed"]:
            progress.say(f"the client {call.station} of the lab could not {call.action}: {told['says']}")


def _running(names: Sequence[str], foreign: Sequence[Foreign]) -> LabHandle | None:
    from ....lab.entry import attach, default_directory
    from ....lab.folder import runs_ordered

    directory = default_directory()
    if not runs_ordered(directory):
        return None
    lab = attach(directory)
    far = {str(end.addresses[0]) for end in foreign if end.plays}
    # A lab of configurations alone has no far ends: who brought it up may have a device of its own there.
    there = set(names) <= set(lab.devices) and (not lab.far_ends or far <= set(lab.far_ends.values()))
    return lab if there else None


def _throw_away(
    stack: ExitStack,
    platforms: Mapping[str, Platform],
    places: Sequence[Place],
    foreign: Sequence[Foreign],
    progress: Progress,
    plays: Mapping[str, Mapping[str, Any]],
) -> LabHandle:
    from ....lab.entry import start

    directory = Path(stack.enter_context(tempfile.TemporaryDirectory(prefix="nr-run-lab-")))
    ordered = orders(platforms, places, foreign)
    for name, more in plays.items():
        order = ordered[name]
        ordered[name] = {**({"profile": order} if isinstance(order, str) else order), **more}
    progress.say(f"starting a throw-away lab with {', '.join(ordered)}")
    for sentence in otherwise_played(platforms):
        progress.say(sentence)
    return stack.enter_context(start(directory / "lab", devices=ordered, speed=LAB_SPEED))


def _reach(nornir: Nornir, name: str, os: str, transport: str) -> None:
    """A device of the lab listens as its model does, whatever console server stands before the real one."""
    host = nornir.inventory.hosts[name]
    wanted = (OVER_TELNET if transport == "telnet" else OVER_SSH)[os]
    if host.platform not in wanted:
        host.platform = wanted[0]


def rehearsal_secrets(nornir: Nornir, references: Iterable[str], lab: LabHandle) -> Secrets:
    """A value of this lab's own for every reference of the hosts and services, and none of theirs."""
    made = {
        name: (lab.credentials / name).read_text().strip() for name in ("device-username", "device-password", "enable-secret")
    }
    names: dict[str, str] = {}
    values: dict[str, str] = {}
    for host in nornir.inventory.hosts.values():
        names[host["username_ref"]] = made["device-username"]
        values[Secrets.token(host["password_ref"])] = made["device-password"]
        if host.get("enable_ref"):
            values[Secrets.token(host["enable_ref"])] = made["enable-secret"]
    for reference in references:
        own = lab.credentials / credential_name(reference)
        # The same for every run on this lab, and another on the next one.
        digest = hashlib.blake2b(reference.encode(), key=made["device-password"].encode(), digest_size=12).hexdigest()
        values[Secrets.token(reference)] = own.read_text().strip() if own.is_file() else f"Lab{digest}"
    return Secrets((lab.credentials, *credential_folders()), values, names)


def box_for(platform: Platform) -> tuple[str, str]:
    """The lab's device for a platform, and the release that it goes by: of this model, or else of the same generation."""
    of_generation = [row for row in _BOXES if row[1] == platform.output]
    alike = [row for row in of_generation if platform_for(row[0], row[2]).driver == platform.driver] or of_generation
    fitting = [row for row in of_generation if row[0] == platform.model] or alike
    older = [row for row in fitting if Release.parse(row[2]) <= platform.release]
    *_, (_, _, _, profile, plays) = older or fitting[:1]
    return profile, plays


def otherwise_played(platforms: Mapping[str, Platform]) -> Iterator[str]:
    """A sentence for each device whose release is played by the tables of another one."""
    for name, platform in platforms.items():
        _, plays = box_for(platform)
        if plays != str(platform.release):
            yield f"{name}: the lab has no {platform}; it goes by {plays}, and says that it is the other"


def orders(
    platforms: Mapping[str, Platform], places: Sequence[Place], foreign: Sequence[Foreign] = ()
) -> dict[str, str | dict[str, Any]]:
    """What the lab is to play: host to a profile, or to its addresses as lab/played.py has them; and the far ends."""
    taken = {place.outside for place in places} | {address for end in foreign for address in end.addresses}
    ours = {place.outside for place in places if place.host in platforms}
    far = far_orders((end for end in foreign if end.addresses[0] not in ours), platforms, taken)
    here = {name: [place for place in places if place.host == name] for name in platforms}
    return {**{name: _order(name, platform, here[name], taken) for name, platform in platforms.items()}, **far}


#: Documented devices stand in the lab as their documents have them, with a VPN client that is connected.
_AS_DOCUMENTED = {("vpn2611", "172.18.124.159", "10.10.10.1"), ("vpn3640", "172.18.124.199", "10.10.20.1")}


def _order(name: str, platform: Platform, places: Sequence[Place], taken: set[IPv4Address]) -> str | dict[str, Any]:
    profile, plays = box_for(platform)
    release = str(platform.release)
    inside = list(dict.fromkeys(address for place in places for address in place.inside))
    documented = {(name, str(place.outside), str(own.ip)) for place in places for own in place.inside} <= _AS_DOCUMENTED
    if profile == name and documented and release == plays:
        return profile
    order: dict[str, Any] = {"profile": profile, "release": release}
    if not system_of(platform).model:
        order["model"] = platform.model
    outside = next((place for place in places if place.interface), None)
    if outside is not None:
        order["outside"] = {
            "interface": outside.interface,
            "address": str(outside.outside),
            "length": OUTSIDE_LENGTH,
            "gateway": str(gateway_for(outside.outside, taken)),
        }
    for place in places:
        order |= place.plays
    if places:
        order["inside"] = [{"address": str(own.ip), "length": own.network.prefixlen} for own in inside]
        order["more"] = list(dict.fromkeys(line for place in places for line in place.more))
        order["routers"] = {str(router.ip): str(router.network) for place in places for router in place.routers}
    return order


def ordered(
    inventory: Path | None, run: Path | None, configurations: Mapping[str, Path]
) -> tuple[dict[str, str | dict[str, Any]], list[str], list[str]]:
    """What ``nr-run lab up`` plays for an inventory, or a kept run, or both; what is to be said of it; and its credentials.

    Raises IntentError for a broken inventory, NothingMatched for a configuration of a host that is not played, or a run that
    kept none.
    """
    found = {name: path.read_text(encoding="utf8", errors="replace") for name, path in configurations.items()}
    kept = _of_run(run) if run is not None else {}
    references: list[str] = []
    nornir = load_nornir(inventory) if inventory is not None else None
    if inventory is not None and nornir is not None:
        platforms = platforms_of(nornir)
        intents = every_intent(inventory, platforms).values()
        places = [place for intended in intents for place in intended.places()]
        foreign = [end for intended in intents if isinstance(intended, WithFarEnds) for end in intended.foreign()]
        references = [ref for intended in intents if isinstance(intended, WithSecrets) for ref in intended.references()]
        played = orders(platforms, places, foreign)
    else:
        platforms = {name: platform for name, (platform, _) in kept.items()}
        played = orders(platforms, ())
    texts = {**{name: text for name, (_, text) in kept.items() if name in played}, **found}
    refuse_unknown(texts, platforms)
    for name, text in texts.items():
        profile, _ = box_for(platforms[name])
        model = {} if system_of(platforms[name]).model else {"model": platforms[name].model}
        release = str(platforms[name].release)
        played[name] = {"profile": profile, "release": release, **model, "config": text.splitlines()}
    credentials = dict.fromkeys(credential_name(ref) for ref in references if ref.startswith("credential:"))
    return _at_ports(played, nornir) if nornir else played, list(otherwise_played(platforms)), list(credentials)


def _at_ports(played: dict[str, str | dict[str, Any]], nornir: Nornir) -> dict[str, str | dict[str, Any]]:
    """A device that the inventory has at a port of this machine listens there, if the lab may choose."""
    found: dict[str, str | dict[str, Any]] = {}
    for name, order in played.items():
        host = nornir.inventory.hosts.get(name)
        local = host is not None and host.hostname in ("127.0.0.1", "localhost") and host.port
        known = {"profile": order} if isinstance(order, str) else order
        found[name] = {**known, "port": host.port} if host is not None and local else order
    return found


def _of_run(run: Path) -> dict[str, tuple[Platform, str]]:
    """Device of a kept run to what it is, and to what it ran before."""
    found: dict[str, tuple[Platform, str]] = {}
    for record in sorted(run.glob("*/record.json")):
        data = json.loads(record.read_text(encoding="utf8"))
        # Format 3 had ends.
        for end in data.get("members", data.get("ends", ())):
            text = record.parent / end["host"] / "running-before.cfg"
            if text.is_file() and end["host"] not in found:
                found[end["host"]] = platform_in(end), text.read_text(encoding="utf8")
    if not found:
        raise NothingMatched(f"run {run.name} kept no running configuration: it sent nothing to any device")
    return found
