"""The service ``cloud``: an ASA joined to Alibaba Cloud by two IKEv2 tunnels with BGP beside a private line."""

from __future__ import annotations

from collections.abc import Collection, Iterator, Mapping, Sequence
from datetime import date
from pathlib import Path
from typing import NoReturn

from msgspec import Struct
from msgspec.structs import replace

from ...changes.objects import Config, ConfigObject
from ...changes.plans.change import Change
from ...changes.plans.steps import Edit
from ...checks.finding import Finding
from ...checks.observations.looks import Shown, Stimulus
from ...checks.observations.questions import Question
from ...checks.verdict import Verdict
from ...inventory.errors import ChangeError, IntentError, NothingMatched
from ...inventory.files.did_you_mean import hint
from ...inventory.models.platforms import Platform
from ...parsers.provider_samples import Sample
from ..besides import Carrying, Confirmation, Failover, Printed
from ..common.sample_draft import Draft, Wishes
from ..common.verifying import Seeing
from ..service import Deployment, Foreign, Member, Place, Removal, Seen, Sight
from . import failover
from .deployment import SERVICE, deployment_of
from .existing.found import found_connection, told
from .existing.previous import as_before
from .existing.removal import removal_by_name, removal_of
from .intents.intent import FILE, Cloud
from .intents.intent_file import Connections, load
from .placing.features import refuse_platform
from .placing.places import place_of
from .prechecks import precheck
from .provider.console import sheet_of
from .provider.from_sample import draft_of, takes
from .provider.sample_objections import objections_to
from .verdicts.confirmations import (
    IN_CLEAR,
    confirmations_of,
    confirmations_of_change,
    confirmations_of_key,
    confirmations_of_removal,
    confirmations_of_rollback,
)
from .verdicts.questions import survey_of
from .verdicts.verdict import of_full_size, stimuli, verdict_of


class IntendedConnections(Struct, frozen=True):
    """The connections of one inventory."""

    connections: Connections
    platforms: Mapping[str, Platform]
    #: False where the inventory has no file of connections at all: then nothing of any firewall speaks against it.
    is_written: bool = True

    def select(
        self, names: Sequence[str], today: date, *, removal: bool
    ) -> tuple[tuple[Deployment[Cloud], ...], tuple[str, ...]]:
        """The named connections, or all active ones. Raises NothingMatched and IntentError."""
        chosen = self.connections.chosen(tuple(names), any_status=removal)
        warnings: list[str] = []
        for site in chosen:
            if site.host not in self.platforms:
                raise NothingMatched(f"connection {site.name}: no host is named {site.host!r}{hint(site.host, self.platforms)}")
            if removal:
                warnings += _warnings_of_removal(site)
            else:
                self._check(site, today)
                warnings += _warnings(site)
        return tuple(deployment_of(site) for site in chosen), tuple(warnings)

    def _check(self, site: Cloud, today: date) -> None:
        self.connections.check(site, today)
        try:
            refuse_platform(site, self.platforms[site.host])
        except ChangeError as error:
            place = self.connections.places.get(site.name, self.connections.path)
            raise IntentError(f"{place}: connection {site.name}: {error}") from None

    def names(self) -> tuple[str, ...]:
        """The active ones."""
        return tuple(name for name, site in self.connections.by_name.items() if site.status == "active")

    def places(self) -> tuple[Place, ...]:
        """Where the firewalls stand."""
        return tuple(place_of(site) for site in self.connections.by_name.values())

    def foreign(self) -> tuple[Foreign, ...]:
        """Both gateways of all connections."""
        return tuple(end for site in self.connections.by_name.values() for end in deployment_of(site).foreign)

    def references(self) -> tuple[str, ...]:
        """The keys of all connections."""
        found = (end.preshared_key_ref for site in self.connections.by_name.values() for _, end in site.tunnels)
        return tuple(dict.fromkeys(found))

    def has(self, name: str) -> bool:
        """True for a connection of the intent."""
        return name in self.connections.by_name

    def strays(self, texts: Mapping[str, str], besides: Collection[str]) -> Iterator[str]:
        """Connections that these firewalls have and the intent has not, or not as active; without the file there are none."""
        if self.is_written:
            yield from told(self.connections.by_name, self.platforms, texts, besides)

    def not_there(self, name: str) -> str:
        """Why a name was not found."""
        return self.connections.not_there(name)

    def find(self, name: str, texts: Mapping[str, str]) -> Deployment[Cloud]:
        """A connection as only its firewall knows it. Raises NothingMatched and ChangeError."""
        return replace(deployment_of(found_connection(name, texts, self.platforms)), found=True)

    def still_wanted(self, deployment: Deployment[Cloud]) -> str:
        """What is told of a connection that is removed and that the intent has as active."""
        known = self.connections.by_name.get(deployment.name)
        if known is None or known.status != "active":
            return ""
        return f"the intent has {deployment.name} as active: the next deploy-cloud builds it again unless it is disabled there"


def _warnings(site: Cloud) -> Iterator[str]:
    if site.on_total_loss == "open":
        way = site.circuit.interface
        yield f"connection {site.name}: with both tunnels lost, what is for the cloud goes over {way}, in clear"


def _warnings_of_removal(site: Cloud) -> Iterator[str]:
    if site.on_removal == "open":
        yield f"connection {site.name}: without the tunnels, what is for the cloud goes over {site.circuit.interface}, in clear"
    else:
        yield f"connection {site.name}: without the tunnels, what is for the cloud is dropped"


class CloudService:
    """The service."""

    name = SERVICE
    noun = "connection"
    wanted = Cloud
    change_asks = (IN_CLEAR,)
    found_by = "its tunnel interfaces NR-{name}-1 and NR-{name}-2"

    def intended(self, inventory: Path, platforms: Mapping[str, Platform]) -> IntendedConnections:
        """The connections of ``cloud.yaml``. Raises IntentError."""
        return IntendedConnections(load(inventory), platforms, (inventory / FILE).is_file())

    def deployment(self, wanted: Cloud) -> Deployment[Cloud]:
        """One member, three stages."""
        return deployment_of(wanted)

    def references(self, deployment: Deployment[Cloud]) -> tuple[str, ...]:
        """The key of each tunnel."""
        return tuple(dict.fromkeys(end.preshared_key_ref for _, end in deployment.wanted.tunnels))

    def places(self, deployment: Deployment[Cloud]) -> tuple[Place, ...]:
        """Where its firewall stands."""
        return (place_of(deployment.wanted),)

    def precheck(
        self, sight: Sight[Cloud], outputs: Mapping[str, str], time: str, *, accept_unsaved: bool
    ) -> tuple[Finding, ...]:
        """What a connection needs of its firewall."""
        return precheck(sight, outputs, time, accept_unsaved=accept_unsaved)

    def confirmations(self, deployment: Deployment[Cloud], *, removal: bool) -> tuple[Confirmation, ...]:
        """Which routes the cloud has; of a removal, that what is for the cloud may go in clear from then on."""
        return confirmations_of_removal(deployment.wanted) if removal else confirmations_of(deployment.wanted)

    def change_confirmations(self, deployment: Deployment[Cloud], changes: Sequence[Change]) -> tuple[Confirmation, ...]:
        """That what is for a network which leaves the tunnels may go in clear."""
        return confirmations_of_change(deployment.wanted, changes)

    def rollback_confirmations(
        self, undone: Deployment[Cloud], before: Deployment[Cloud] | None, changes: Sequence[Change]
    ) -> tuple[Confirmation, ...]:
        """That what is for the cloud may go in clear again, as before the run."""
        return confirmations_of_rollback(undone.wanted, before.wanted if before else None, changes)

    def key_confirmations(self, deployment: Deployment[Cloud], reference: str, *, former: bool) -> tuple[Confirmation, ...]:
        """That the console has the new key."""
        return confirmations_of_key(deployment.wanted, reference, former=former)

    def partner_sheet(self, inventory: Path, platforms: Mapping[str, Platform], name: str, end: str) -> Printed:  # noqa: ARG002
        """What the console has to have; both tunnels are of one connection there, so there is one sheet."""
        return sheet_of(load(inventory), name)

    def removal(self, deployment: Deployment[Cloud], sight: Sight[Cloud], running: str) -> Removal:
        """What is there of the connection and is used by nothing else, and the route that comes back."""
        made = removal_by_name if deployment.found else removal_of
        return made(deployment.wanted, sight, running)

    def nameless(self, item: ConfigObject) -> bool:
        """An IKEv2 policy by its number, and that IKEv2 answers on an interface: both may have been there before."""
        return item.family.name in ("ikev2-policy", "ikev2-enable")

    def previous(self, deployment: Deployment[Cloud], sights: Sequence[Sight[Cloud]]) -> Deployment[Cloud] | None:
        """With the tunnels, the networks and the route of before."""
        (sight,) = sights
        before = as_before(deployment.wanted, sight)
        return deployment_of(before) if before is not None else None

    def traffic(self, deployment: Deployment[Cloud], sights: Sequence[Sight[Cloud]]) -> NoReturn:  # noqa: ARG002 - it is never asked
        """Its gates are judged by what the firewall shows: BGP is the traffic."""
        raise ChangeError(f"{deployment.name} is verified by BGP and the routing table, not by traffic of ours")

    def survey(self, deployment: Deployment[Cloud], member: Member[Cloud]) -> tuple[Question, ...]:  # noqa: ARG002 - one member
        """Its SAs, its routing table, its neighbours and what goes each way."""
        return survey_of(deployment.wanted)

    def stimulus(self, deployment: Deployment[Cloud], member: Member[Cloud], shown: Shown) -> tuple[Stimulus, ...]:  # noqa: ARG002
        """BGP sends by itself; whether packets of full size pass is told by nothing but some of them, through each tunnel."""
        return stimuli(deployment.wanted, shown)

    def full_size(
        self,
        deployment: Deployment[Cloud],
        member: Member[Cloud],  # noqa: ARG002 - one member
        platform: Platform,  # noqa: ARG002 - firewalls alone
        running: str,
    ) -> tuple[Stimulus, ...]:
        """Through both tunnels."""
        return of_full_size(deployment.wanted, running)

    def verdict(self, deployment: Deployment[Cloud], seeing: Seeing) -> Verdict:
        """By which tunnel the cloud is reached, and whether in clear."""
        return verdict_of(deployment, seeing, self.title(deployment))

    def title(self, deployment: Deployment[Cloud]) -> str:
        """The firewall and both gateways."""
        site = deployment.wanted
        ends = ", ".join(f"{end.source_ip} -> {end.address}" for _, end in site.tunnels)
        return f"{site.host} {ends} (Alibaba Cloud, AS {site.bgp.cloud_system})"

    def for_people(self, deployment: Deployment[Cloud]) -> tuple[str, ...]:
        """The description, what becomes of the traffic without tunnels, and the waiver."""
        site = deployment.wanted
        waiver = site.waiver
        lost = "is dropped" if site.on_total_loss == "closed" else f"goes over {site.circuit.interface}, in clear"
        return (
            *([site.description] if site.description else []),
            f"without a tunnel, what is for {', '.join(map(str, site.cloud_prefixes))} {lost}",
            "between BGP and the cut-over the cloud answers through a tunnel what was asked over the circuit: connections that "
            "are open then break once",
            *([f"waiver {waiver.ticket} until {waiver.until}: {waiver.reason}"] if waiver else []),
        )

    def from_sample(self, sample: Sample, wishes: Wishes, platform: Platform, running: Config | None) -> Draft | None:
        """A connection of two tunnels with BGP; None for a sample of another shape."""
        return draft_of(sample, wishes, platform, running) if takes(sample, platform) else None

    def objections(self, draft: Draft, inventory: Path, platforms: Mapping[str, Platform], today: date) -> tuple[str, ...]:
        """What the connections of the inventory, and the platform, say."""
        return objections_to(draft.text, inventory, platforms, today)

    def failover(self, deployment: Deployment[Cloud]) -> Failover:
        """Both tunnels."""
        return failover.failover_of(deployment)

    def taken_down(self, deployment: Deployment[Cloud], running: Config) -> tuple[Edit, ...]:
        """The interface of the first tunnel, shut down."""
        return failover.taken_down(deployment, running)

    def carrying(self, deployment: Deployment[Cloud], before: Sequence[Seen], seen: Sequence[Seen]) -> Carrying:
        """By which tunnel the hosts of the cloud are reached."""
        return failover.carrying(deployment, before, seen)

    def lost(
        self,
        deployment: Deployment[Cloud],
        before: Sequence[Seen],  # noqa: ARG002 - a firewall counts nothing of it
        seen: Sequence[Seen],  # noqa: ARG002
    ) -> tuple[str, ...]:
        """No counter of a firewall says what hosts have sent meanwhile."""
        return (f"what hosts sent to {', '.join(map(str, deployment.wanted.cloud_prefixes))} meanwhile is counted nowhere",)

    def landmark(self, change: Change) -> str:
        """The header of its first tunnel interface."""
        items = (*change.created, *change.removed)
        return next((item.header for item in items if item.family.name == "tunnel-interface"), "")


CLOUD = CloudService()
