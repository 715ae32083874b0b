"""The service ``ra``: a group of Cisco VPN clients on one router."""

from __future__ import annotations

from collections.abc import Collection, Iterator, Mapping, Sequence
from datetime import date
from ipaddress import IPv4Interface
from pathlib import Path
from typing import NoReturn

from msgspec import Struct
from msgspec.structs import replace

from ...changes.objects import Config, ConfigObject, read
from ...changes.plans.change import Change
from ...changes.plans.removal import owned
from ...checks.finding import Finding
from ...checks.observations.looks import Shown, Stimulus
from ...checks.observations.questions import IKE, INTERFACES, IPSEC, Question
from ...checks.verdict import Verdict
from ...inventory.errors import ChangeError
from ...inventory.files.unknown_host import refuse_unknown
from ...inventory.models.platforms import Platform
from ..besides import LabCall
from ..common.own_checks import nearest_place, refuse_wrong
from ..common.ownership import without_others
from ..common.verifying import Seeing
from ..service import Deployment, Member, Place, Removal, Sight, Stage
from .blueprint import EasyVpn, profile
from .by_name import group_of, removal_by_name
from .exempt import Exempt, NobodyAsked, peers_of
from .intent import Groups, RemoteAccess, load
from .prechecks import precheck
from .session import ClientSession
from .verdict import verdict_of

#: What serves all groups of a router.
_OF_ALL_GROUPS = frozenset(
    {
        *("aaa-list", "crypto-map-setting", "crypto-map-dynamic", "dynamic-map-entry"),
        *("crypto-map-binding", "transform-set", "isakmp-policy"),
    }
)
#: What carries no name of ours, and is used where it is there already.
_WITHOUT_NAME = frozenset({"user", "isakmp-policy", "crypto-map-setting"})


def deployment_of(wanted: RemoteAccess) -> Deployment[RemoteAccess]:
    """One member, two stages: on the way back the map stops asking before a router can be asked."""
    first = Stage("no-xauth", (Exempt(),), NobodyAsked(wanted), settle_seconds=0.0, undo=2)
    clients = Stage("clients", (EasyVpn(),), ClientSession(wanted), settle_seconds=float(wanted.window_seconds), undo=1)
    member = Member(wanted.host, "server", wanted)
    return Deployment(
        wanted.name,
        RemoteAccessService.name,
        wanted,
        (member,),
        (),
        (wanted.host,),
        (first, clients),
        found=False,
        checks=wanted.checks,
    )


def _place(wanted: RemoteAccess) -> Place:
    network = next(network for network in wanted.protected_prefixes if wanted.probe_address in network)
    inside = (IPv4Interface(f"{wanted.probe_address}/{network.prefixlen}"),)
    return Place(wanted.host, wanted.interface, wanted.outside_ip, inside)


class IntendedGroups(Struct, frozen=True):
    """The groups of one inventory."""

    groups: Groups
    platforms: Mapping[str, Platform]

    def select(
        self, names: Sequence[str], today: date, *, removal: bool
    ) -> tuple[tuple[Deployment[RemoteAccess], ...], tuple[str, ...]]:
        """The named groups, or all active ones. Raises NothingMatched and IntentError."""
        chosen = self.groups.chosen(tuple(names), any_status=removal)
        warnings: list[str] = []
        for group in chosen:
            refuse_unknown((group.host,), self.platforms, f"group {group.name}")
            if not removal:
                self.groups.check(group, today)
                ends = {group.host: self.platforms[group.host]}
                refuse_wrong(f"group {group.name}", group.checks, ends, nearest_place(self.groups.places, group.name))
                warnings += _warnings(group)
        return tuple(deployment_of(group) for group in chosen), tuple(warnings)

    def names(self) -> tuple[str, ...]:
        """The active ones."""
        return tuple(name for name, group in self.groups.by_name.items() if group.status == "active")

    def places(self) -> tuple[Place, ...]:
        """Where the routers stand."""
        return tuple(_place(group) for group in self.groups.by_name.values())

    def references(self) -> tuple[str, ...]:
        """The keys and passwords of all groups."""
        return tuple(reference for group in self.groups.by_name.values() for reference in group.references)

    def has(self, name: str) -> bool:
        """True for a group of the intent."""
        return name in self.groups.by_name

    def strays(self, texts: Mapping[str, str], besides: Collection[str]) -> Iterator[str]:  # noqa: ARG002 - nothing is looked for
        """A group on a router does not say who made it, so none is called a stray."""
        return iter(())

    def not_there(self, name: str) -> str:
        """Why a name was not found."""
        return self.groups.not_there(name)

    def find(self, name: str, texts: Mapping[str, str]) -> Deployment[RemoteAccess]:
        """A group as only its router knows it. Raises NothingMatched and ChangeError."""
        return replace(deployment_of(group_of(name, texts, self.platforms)), found=True)

    def still_wanted(self, deployment: Deployment[RemoteAccess]) -> str:
        """What is told of a group that is removed and that the intent has as active."""
        known = self.groups.by_name.get(deployment.name)
        if known is None or known.status != "active":
            return ""
        return f"the intent has {deployment.name} as active: the next deploy-ra builds it again unless it is disabled there"


def _still_exempt(group: RemoteAccess, running: Config) -> Iterator[str]:
    """A key does not say whether it had ``no-xauth`` before there were clients; where nobody is asked it does nothing."""
    bound = running.get("crypto-map-binding", group.interface)
    crypto_map = bound.map_name if bound else ""
    for place, peer in peers_of(crypto_map, running):
        key = running.key_of(peer)
        if key is not None and key.groups.get("xauth"):
            yield f"{key.title} keeps no-xauth for entry {place} of {crypto_map}: when no user is asked for, it does nothing"


def _warnings(group: RemoteAccess) -> Iterator[str]:
    yield (
        f"group {group.name}: group 2 and what else these clients need is weak, and the client is no longer maintained; "
        f"waived until {group.waiver.until} by {group.waiver.ticket}"
    )
    if group.tunnel == "full":
        yield f"group {group.name}: all traffic of a client comes to {group.host}, which sends none of it back to the Internet"


class RemoteAccessService:
    """The service."""

    name = "ra"
    noun = "group"
    wanted = RemoteAccess
    found_by = "its client group {name} with the pool RA-{name}"

    def intended(self, inventory: Path, platforms: Mapping[str, Platform]) -> IntendedGroups:
        """The groups of ``remote-access.yaml``. Raises IntentError."""
        return IntendedGroups(load(inventory), platforms)

    def deployment(self, wanted: RemoteAccess) -> Deployment[RemoteAccess]:
        """One member, two stages."""
        return deployment_of(wanted)

    def references(self, deployment: Deployment[RemoteAccess]) -> tuple[str, ...]:
        """The key of the group, and the passwords."""
        wanted = deployment.wanted
        return wanted.references

    def places(self, deployment: Deployment[RemoteAccess]) -> tuple[Place, ...]:
        """Where its router stands."""
        return (_place(deployment.wanted),)

    def lab_calls(self, deployment: Deployment[RemoteAccess]) -> tuple[LabCall, ...]:
        """In the lab a scripted client connects as the first user, and sends to the router's own address inside."""
        wanted = deployment.wanted
        user = wanted.users[0]
        words = {"host": wanted.host, "group": wanted.name, "user": user.name}
        return (
            LabCall(wanted.name, "disconnect", {}, {}),
            LabCall(wanted.name, "connect", words, {"key": wanted.group_key_ref, "password": user.password_ref}),
            LabCall(wanted.name, "send", {"to": str(wanted.probe_address)}, {}),
        )

    def precheck(
        self, sight: Sight[RemoteAccess], outputs: Mapping[str, str], time: str, *, accept_unsaved: bool
    ) -> tuple[Finding, ...]:
        """What clients need of the router."""
        return precheck(sight, outputs, time, accept_unsaved=accept_unsaved)

    def removal(self, deployment: Deployment[RemoteAccess], sight: Sight[RemoteAccess], running: str) -> Removal:
        """What is there of the group, and what clients need when no other group is left to need it."""
        if deployment.found:
            return removal_by_name(deployment.name, sight.platform, running)
        present = sight.change.reused
        if not any(item.family.name == "client-group" for item in present):
            return Removal((), (), ())
        config = read(sight.platform.os, running)
        other = next((item for item in config.of("client-group") if item.groups["name"] != deployment.name), None)
        shared = [item for item in present if other is not None and item.family.name in _OF_ALL_GROUPS]
        own, theirs = without_others(item for item in present if item not in shared)
        items, stays = owned(config, own)
        said = tuple(f"{item.title} stays: {other.title} needs it" for item in shared if other is not None)
        exempt = () if other is not None else tuple(_still_exempt(deployment.wanted, config))
        return Removal(items, (*stays, *theirs, *said, *exempt), tuple(item for item in own if item not in items))

    def nameless(self, item: ConfigObject) -> bool:
        """A user, a policy by its number, or what is said of a whole map: it may have been there before there were clients."""
        return item.family.name in _WITHOUT_NAME

    def previous(self, deployment: Deployment, sights: Sequence[Sight]) -> Deployment | None:  # noqa: ARG002 - there is none
        """A group is never changed in place."""
        return None

    def traffic(self, deployment: Deployment[RemoteAccess], sights: Sequence[Sight[RemoteAccess]]) -> NoReturn:  # noqa: ARG002 - it is never asked
        """Its gate is judged by what the router shows."""
        raise ChangeError(f"{deployment.name} is verified by a client, not by traffic from the router")

    def survey(self, deployment: Deployment[RemoteAccess], member: Member[RemoteAccess]) -> tuple[Question, ...]:  # noqa: ARG002 - the same for every group
        """Its SAs, among which those of clients are known by their addresses, and the interface that they come to."""
        return (IKE, IPSEC, INTERFACES)

    def stimulus(self, deployment: Deployment[RemoteAccess], member: Member[RemoteAccess], shown: Shown) -> tuple[Stimulus, ...]:  # noqa: ARG002
        """A client cannot be called from the router."""
        return ()

    def verdict(self, deployment: Deployment[RemoteAccess], seeing: Seeing) -> Verdict:
        """Configured, and somebody connected or nobody."""
        return verdict_of(deployment, seeing, self.title(deployment))

    def title(self, deployment: Deployment[RemoteAccess]) -> str:
        """The router and the pool."""
        wanted = deployment.wanted
        return f"{wanted.host} {wanted.outside_ip} <- VPN clients {wanted.pool.first} to {wanted.pool.last}"

    def for_people(self, deployment: Deployment[RemoteAccess]) -> tuple[str, ...]:
        """The description, the waiver, who may connect, and the profile of the clients."""
        wanted = deployment.wanted
        if deployment.found:
            return ()
        waiver = wanted.waiver
        return (
            *([wanted.description] if wanted.description else []),
            f"waiver {waiver.ticket} until {waiver.until}: {waiver.reason}",
            *(check.for_people for check in wanted.checks),
            f"users: {', '.join(user.name for user in wanted.users)}",
            f"profile of the clients, {wanted.name}.pcf, without the key of the group, which is typed into the client:",
            *(f"  {line}" for line in profile(wanted).splitlines()),
        )

    def landmark(self, change: Change) -> str:
        """The header of the group."""
        items = (*change.created, *change.removed)
        return next((item.header for item in items if item.family.name == "client-group"), "")


REMOTE_ACCESS = RemoteAccessService()
