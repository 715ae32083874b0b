"""The service ``flexvpn``: a head-end on one router, and the clients that come to it."""

from __future__ import annotations

from collections.abc import Collection, Iterator, Mapping, Sequence
from datetime import date
from ipaddress import IPv4Address, IPv4Interface
from pathlib import Path
from typing import NoReturn

from msgspec import Struct
from msgspec.structs import replace

from ...changes.device_file import DeviceFile
from ...changes.objects import ConfigObject, read
from ...changes.plans.change import Change
from ...changes.plans.removal import owned
from ...checks.finding import Finding
from ...checks.observations.looks import Shown, Stimulus
from ...checks.observations.questions import Question
from ...checks.verdict import Verdict
from ...inventory.errors import ChangeError, IntentError
from ...inventory.files.unknown_host import refuse_unknown
from ...inventory.models.platforms import Platform
from ..besides import LabCall
from ..common.own_checks import nearest_place, refuse_wrong
from ..common.ownership import without_others
from ..common.verifying import Seeing
from ..l2l.existing.in_place import policies_of_offers
from ..service import Deployment, Member, Place, Removal, Sight, Stage
from .by_name import head_end_of, own_objects, pool_of, removal_by_name, strays
from .client_profile import client_profile
from .features import CLIENTS, GROUND, refuse_platform
from .files import asks, files_left, is_named_by_content, urls_in
from .gates import OF_CLIENTS, ClientIn, Ready
from .intent import FlexVpn, HeadEnds, load
from .limits import BYPASS_DOWNLOADER
from .names import files_of, own_name
from .prechecks import precheck
from .reading import CERTIFICATES, CLOCK, DIRECTORY, IKEV2_SESSIONS, RECONNECTS, SESSIONS
from .reading import read as read_answer
from .sessions import clients_of
from .verdict import ASKED, verdict_of

_NAME = "flexvpn"


def deployment_of(wanted: FlexVpn) -> Deployment[FlexVpn]:
    """One member, two stages: what clients get and have to trust, then what takes them; on the way back that goes first."""
    stages = (
        Stage("ground", (GROUND,), Ready(wanted), settle_seconds=0.0, undo=2),
        Stage("clients", (CLIENTS,), ClientIn(wanted), settle_seconds=float(wanted.window_seconds), undo=1),
    )
    member = Member(wanted.host, "head-end", wanted)
    return Deployment(wanted.name, _NAME, wanted, (member,), (), (wanted.host,), stages, found=False, checks=wanted.checks)


def place_of(wanted: FlexVpn) -> Place:
    """Where its router stands, and what a rehearsal has to have on it before: logins by lists, and the trustpoint."""
    network = next(network for network in wanted.protected_prefixes if wanted.probe_address in network)
    inside = (IPv4Interface(f"{wanted.probe_address}/{network.prefixlen}"),)
    return Place(wanted.host, wanted.interface, wanted.outside_ip, inside, more=tuple(_ground(wanted)))


def _ground(wanted: FlexVpn) -> Iterator[str]:
    yield from ("aaa new-model", "aaa authentication login default local", "aaa authorization exec default local")
    if wanted.authentication_list:
        yield f"aaa authentication login {wanted.authentication_list} local"
    if wanted.authorization_list:
        yield f"aaa authorization network {wanted.authorization_list} local"
    yield f"crypto pki trustpoint {wanted.trustpoint}"
    yield from (" enrollment selfsigned", f" fqdn {wanted.server_name}", " eku request server-auth")


class IntendedHeadEnds(Struct, frozen=True):
    """The head-ends of one inventory."""

    head_ends: HeadEnds
    platforms: Mapping[str, Platform]

    def select(
        self,
        names: Sequence[str],
        today: date,  # noqa: ARG002 - nothing here ends by a date
        *,
        removal: bool,
    ) -> tuple[tuple[Deployment[FlexVpn], ...], tuple[str, ...]]:
        """The named ones, or all active ones. Raises NothingMatched and IntentError."""
        chosen = self.head_ends.chosen(tuple(names), any_status=removal)
        warnings: list[str] = []
        for one in chosen:
            refuse_unknown((one.host,), self.platforms, f"head-end {one.name}")
            if not removal:
                self._check(one)
                warnings += _warnings(one)
        return tuple(deployment_of(one) for one in chosen), tuple(warnings)

    def _check(self, one: FlexVpn) -> None:
        where = self.head_ends.places
        try:
            refuse_platform(one, self.platforms[one.host])
        except ChangeError as error:
            raise IntentError(f"{where.get(one.name, self.head_ends.path)}: head-end {one.name}: {error}") from None
        ends = {one.host: self.platforms[one.host]}
        refuse_wrong(f"head-end {one.name}", one.checks, ends, nearest_place(where, one.name))

    def names(self) -> tuple[str, ...]:
        """The active ones."""
        return tuple(name for name, one in self.head_ends.by_name.items() if one.status == "active")

    def places(self) -> tuple[Place, ...]:
        """Where the routers stand."""
        return tuple(place_of(one) for one in self.head_ends.by_name.values())

    def references(self) -> tuple[str, ...]:
        """The passwords of all local users."""
        return tuple(user.password_ref for one in self.head_ends.by_name.values() for user in one.users)

    def has(self, name: str) -> bool:
        """True for a head-end of the intent."""
        return name in self.head_ends.by_name

    def strays(self, texts: Mapping[str, str], besides: Collection[str]) -> Iterator[str]:
        """Head-ends that these routers have and the intent has not."""
        yield from strays(self.head_ends, self.platforms, texts, besides)

    def not_there(self, name: str) -> str:
        """Why a name was not found."""
        return self.head_ends.not_there(name)

    def find(self, name: str, texts: Mapping[str, str]) -> Deployment[FlexVpn]:
        """A head-end as only its router knows it. Raises NothingMatched and ChangeError."""
        return replace(deployment_of(head_end_of(name, self.platforms, texts)), found=True)

    def still_wanted(self, deployment: Deployment[FlexVpn]) -> str:
        """What is told of one that is removed and that the intent has as active."""
        known = self.head_ends.by_name.get(deployment.name)
        if known is None or known.status != "active":
            return ""
        return f"the intent has {deployment.name} as active: the next deploy-flexvpn builds it again unless it is disabled there"


def _warnings(one: FlexVpn) -> Iterator[str]:
    expected = max(one.expected_sessions.at_least, len(one.expected_sessions.users))
    if expected and one.pool.size < 2 * expected and one.reconnect_timeout is not None:
        yield (
            f"head-end {one.name}: {expected} sessions are expected and the pool has {one.pool.size} addresses; a session "
            "that may come back after a sleep keeps its address meanwhile"
        )


class FlexVpnService:
    """The service."""

    name = _NAME
    noun = "head-end"
    wanted = FlexVpn
    found_by = "its IKEv2 profile FLEX-{name}"

    def intended(self, inventory: Path, platforms: Mapping[str, Platform]) -> IntendedHeadEnds:
        """The head-ends of ``flexvpn.yaml``. Raises IntentError."""
        return IntendedHeadEnds(load(inventory), platforms)

    def deployment(self, wanted: FlexVpn) -> Deployment[FlexVpn]:
        """One member, two stages."""
        return deployment_of(wanted)

    def references(self, deployment: Deployment[FlexVpn]) -> tuple[str, ...]:
        """The passwords of its local users."""
        return tuple(user.password_ref for user in deployment.wanted.users)

    def places(self, deployment: Deployment[FlexVpn]) -> tuple[Place, ...]:
        """Where its router stands."""
        return (place_of(deployment.wanted),)

    def lab_calls(self, deployment: Deployment[FlexVpn]) -> tuple[LabCall, ...]:
        """In the lab a scripted client connects as the first user, and sends to the router's own address inside."""
        wanted = deployment.wanted
        if not wanted.users:
            return ()
        user = wanted.users[0]
        return (
            LabCall(wanted.name, "disconnect", {}, {}),
            LabCall(wanted.name, "connect-secure", {"host": wanted.host, "user": user.name}, {"password": user.password_ref}),
            LabCall(wanted.name, "send", {"to": str(wanted.probe_address)}, {}),
        )

    def before(self, deployment: Deployment[FlexVpn], host: str) -> tuple[str, ...]:  # noqa: ARG002 - the same for all
        """The certificates, the clock by which they are valid, the flash where files lie or are to lie, and who is connected."""
        return (CERTIFICATES, CLOCK, DIRECTORY, IKEV2_SESSIONS, RECONNECTS)

    def files(self, deployment: Deployment[FlexVpn], host: str) -> tuple[DeviceFile, ...]:  # noqa: ARG002 - one member
        """The profile of the clients."""
        return tuple(files_of(deployment.wanted))

    def files_in(self, change: Change) -> tuple[str, ...]:
        """The profile of the clients that goes, or that another one takes the place of."""
        before = (*change.removed, *(edit.before for edit in change.edited))
        named = self.files_named(change)
        return tuple(url for url in urls_in(before) if url not in named)

    def files_named(self, change: Change) -> tuple[str, ...]:
        """The profile of the clients, as a configuration names it that comes."""
        return tuple(urls_in((*change.created, *(edit.after for edit in change.edited))))

    def files_there(self, deployment: Deployment[FlexVpn], outputs: Mapping[str, str]) -> tuple[str, ...]:
        """Profiles of its clients that were exchanged, by their names on the flash."""
        return tuple(files_left(deployment.wanted, outputs))

    def is_file(self, file: DeviceFile) -> bool:
        """By the digits of the hash in its name."""
        return is_named_by_content(file)

    def shows_clients(self) -> tuple[str, ...]:
        """What tells who is connected."""
        return OF_CLIENTS

    def peers_in(self, deployment: Deployment[FlexVpn], host: str, outputs: Mapping[str, str]) -> tuple[IPv4Address, ...]:
        """The clients that are connected, by the address that they come from."""
        shown = clients_of(deployment.wanted, host, outputs)
        return tuple(dict.fromkeys(client.peer for client in shown.clients))

    def beside_in(self, deployment: Deployment[FlexVpn], host: str, outputs: Mapping[str, str]) -> tuple[str, ...]:
        """A tunnel to the office, as from behind whose translator a client comes: SAs are ended by the address of the peer."""
        peers = self.peers_in(deployment, host, outputs)
        sessions = read_answer(host, SESSIONS, outputs).state or ()
        up = (one for one in sessions if one.status.startswith("UP") and one.peer in peers)
        others = [one for one in up if one.profile != own_name(deployment.wanted)]
        return tuple(
            dict.fromkeys(f"{one.interface}{f' ({one.profile})' if one.profile else ''} with {one.peer}" for one in others)
        )

    def precheck(
        self, sight: Sight[FlexVpn], outputs: Mapping[str, str], time: str, *, accept_unsaved: bool
    ) -> tuple[Finding, ...]:
        """What a head-end needs of its router."""
        return precheck(sight, outputs, time, accept_unsaved=accept_unsaved)

    def removal(self, deployment: Deployment[FlexVpn], sight: Sight[FlexVpn], running: str) -> Removal:
        """What is there of the head-end and is used by nothing else."""
        if deployment.found:
            return removal_by_name(deployment.wanted, running)
        change = sight.change
        present = (*change.reused, *(edit.before for edit in change.edited), *change.removed)
        own = own_name(deployment.wanted)
        if not any(item.family.name == "ikev2-profile" and item.key[1] == (own,) for item in present):
            # What it would share with others and is there is theirs.
            return Removal((), (), ())
        config = read(sight.platform.os, running)
        # What another version of a name holds, as a pool of which clients had addresses, is in no plan.
        every = {item.key: item for item in (*present, *own_objects(own, config))}
        candidates, theirs = without_others(policies_of_offers(config, tuple(every.values())))
        items, stays = owned(config, candidates)
        return Removal(items, (*stays, *theirs), tuple(item for item in candidates if item not in items))

    def nameless(self, item: ConfigObject) -> bool:
        """A local user: one of that name may have logged in to the router before there was a head-end."""
        return item.family.name == "user"

    def previous(self, deployment: Deployment[FlexVpn], sights: Sequence[Sight[FlexVpn]]) -> Deployment[FlexVpn] | None:
        """As it stood, as far as its proof depends on what is changed: may a client come back, and of which pool it is."""
        profile = sights[0].before.objects.get("ikev2-profile", own_name(deployment.wanted))
        if profile is None:
            return None
        timeout = profile.child("reconnect timeout")
        before: dict[str, object] = {"reconnect_timeout": int(timeout) if timeout else None, "client_profile": None}
        pool = pool_of(own_name(deployment.wanted), sights[0].before.objects)
        if pool is None:
            return None
        return deployment_of(deployment.wanted.model_copy(update=before | {"pool": pool}))

    def traffic(self, deployment: Deployment[FlexVpn], sights: Sequence[Sight[FlexVpn]]) -> NoReturn:  # noqa: ARG002 - it is never asked
        """Its gates are judged by what the router shows."""
        raise ChangeError(f"{deployment.name} is verified by a client, not by traffic from the router")

    def survey(self, deployment: Deployment[FlexVpn], member: Member[FlexVpn]) -> tuple[Question, ...]:  # noqa: ARG002 - the same for all
        """Its sessions in both forms, the counters of reconnects, the certificates, the clock and the interfaces."""
        return ASKED

    def shows(self, deployment: Deployment[FlexVpn], member: Member[FlexVpn], platform: Platform) -> tuple[str, ...]:  # noqa: ARG002
        """The hash of the profile that it gives its clients."""
        return asks(deployment.wanted)

    def stimulus(self, deployment: Deployment[FlexVpn], member: Member[FlexVpn], shown: Shown) -> tuple[Stimulus, ...]:  # noqa: ARG002
        """A client cannot be called from the router."""
        return ()

    def verdict(self, deployment: Deployment[FlexVpn], seeing: Seeing) -> Verdict:
        """Could a client come in, and are those in who are expected."""
        return verdict_of(deployment, seeing, self.title(deployment))

    def title(self, deployment: Deployment[FlexVpn]) -> str:
        """The router and the pool."""
        wanted = deployment.wanted
        return f"{wanted.host} {wanted.outside_ip} <- Secure Clients {wanted.pool.first} to {wanted.pool.last}"

    def for_people(self, deployment: Deployment[FlexVpn]) -> tuple[str, ...]:
        """The description, who may connect, what becomes of a client that sleeps, and the profile of the clients."""
        wanted = deployment.wanted
        if deployment.found:
            return ()
        timeout = wanted.reconnect_timeout
        sleeps = f"may come back within {timeout} seconds" if timeout else "has to log in again"
        profile = client_profile(wanted).splitlines() if wanted.client_profile else ()
        return (
            *([wanted.description] if wanted.description else []),
            *(check.for_people for check in wanted.checks),
            *([f"users: {', '.join(user.name for user in wanted.users)}"] if wanted.users else []),
            f"a client that sleeps {sleeps}",
            *([BYPASS_DOWNLOADER] if timeout else []),
            *(f"profile of the clients, {file.url}, MD5 {file.md5}:" for file in files_of(wanted)),
            *(f"  {line}" for line in profile),
        )

    def landmark(self, change: Change) -> str:
        """The header of its profile."""
        items = (*change.created, *change.removed)
        return next((item.header for item in items if item.family.name == "ikev2-profile"), "")


FLEXVPN = FlexVpnService()
