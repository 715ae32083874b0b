"""The service ``zia``: a site that goes to the Internet through Zscaler."""

from __future__ import annotations

from collections.abc import Collection, Iterator, Mapping, Sequence
from datetime import date
from ipaddress import IPv4Interface
from pathlib import Path
from typing import NoReturn

from msgspec import Struct
from msgspec.structs import replace

from ...changes.objects import Config, read
from ...changes.plans.change import Change
from ...changes.plans.removal import owned
from ...changes.plans.steps import Edit
from ...checks.finding import Finding
from ...checks.observations.looks import Shown, Stimulus
from ...checks.observations.questions import IKEV2, Question
from ...checks.verdict import Verdict
from ...inventory.errors import ChangeError, IntentError, NothingMatched
from ...inventory.files.did_you_mean import hint
from ...inventory.models.platforms import Platform
from ..besides import Carrying, Confirmation, Failover, Printed
from ..common.ownership import without_others
from ..common.verifying import Seeing
from ..l2l.existing.in_place import policies_of_offers
from ..service import Deployment, Foreign, Member, Place, Removal, Seen, Sight
from . import failover
from .causes import of_full_size, stimuli
from .confirmations import (
    IN_CLEAR,
    confirmations_of,
    confirmations_of_change,
    confirmations_of_key,
    confirmations_of_removal,
    confirmations_of_rollback,
)
from .deployment import SERVICE, deployment_of
from .features import CUT_OVER, LEADING, PROBES, refuse_platform
from .found import found_site, removal_by_name, told
from .intent import FILE, Sites, Zia, load
from .limits import NULL
from .portal import sheet_of
from .prechecks import precheck
from .previous import site_before
from .verdict import ASKED, verdict_of

#: What a router has only where a site was built, be it in part; proposals and routes may be anybody's.
_OF_A_SITE = frozenset({"tunnel-interface", *PROBES.families, *LEADING.families, *CUT_OVER.families})


def place_of(site: Zia) -> Place:
    """Where its router stands; a rehearsal gives it the first address of the networks of the hosts."""
    network = site.lan_prefixes[0]
    first = next(network.hosts())
    return Place(site.host, site.wan_interface, site.wan_ip, (IPv4Interface((first, network.prefixlen)),))


class IntendedSites(Struct, frozen=True):
    """The sites of one inventory."""

    sites: Sites
    platforms: Mapping[str, Platform]
    #: False where the inventory has no file of sites at all: then nothing of any router speaks against it.
    is_written: bool = True

    def select(self, names: Sequence[str], today: date, *, removal: bool) -> tuple[tuple[Deployment[Zia], ...], tuple[str, ...]]:
        """The named sites, or all active ones. Raises NothingMatched and IntentError."""
        chosen = self.sites.chosen(tuple(names), any_status=removal)
        warnings: list[str] = []
        for site in chosen:
            if site.host not in self.platforms:
                raise NothingMatched(f"site {site.name}: no host is named {site.host!r}{hint(site.host, self.platforms)}")
            if not removal:
                self._check(site, today)
                warnings += _warnings(site)
        return tuple(deployment_of(site) for site in chosen), tuple(warnings)

    def _check(self, site: Zia, today: date) -> None:
        self.sites.check(site, today)
        try:
            refuse_platform(site, self.platforms[site.host])
        except ChangeError as error:
            raise IntentError(f"{self.sites.places.get(site.name, self.sites.path)}: site {site.name}: {error}") from None

    def names(self) -> tuple[str, ...]:
        """The active ones."""
        return tuple(name for name, site in self.sites.by_name.items() if site.status == "active")

    def places(self) -> tuple[Place, ...]:
        """Where the routers stand."""
        return tuple(place_of(site) for site in self.sites.by_name.values())

    def foreign(self) -> tuple[Foreign, ...]:
        """Both edges of all sites."""
        return tuple(end for site in self.sites.by_name.values() for end in deployment_of(site).foreign)

    def references(self) -> tuple[str, ...]:
        """The keys of all sites."""
        return tuple(site.preshared_key_ref for site in self.sites.by_name.values())

    def has(self, name: str) -> bool:
        """True for a site of the intent."""
        return name in self.sites.by_name

    def strays(self, texts: Mapping[str, str], besides: Collection[str]) -> Iterator[str]:
        """Sites that these routers have and the intent has not, or not as active; an inventory without the file has no strays."""
        if self.is_written:
            yield from told(self.sites.by_name, self.platforms, texts, besides)

    def not_there(self, name: str) -> str:
        """Why a name was not found."""
        return self.sites.not_there(name)

    def find(self, name: str, texts: Mapping[str, str]) -> Deployment[Zia]:
        """A site as only its router knows it. Raises NothingMatched and ChangeError."""
        return replace(deployment_of(found_site(name, texts, self.platforms)), found=True)

    def still_wanted(self, deployment: Deployment[Zia]) -> str:
        """What becomes of the hosts of a site that is removed, and that the next deploy builds it again if it is active."""
        site, known = deployment.wanted, self.sites.by_name.get(deployment.name)
        hosts = f"the hosts behind {site.lan_interface} of {site.host}"
        after = f"without {site.name}, what {hosts} send goes by the routing table, in clear"
        if known is None or known.status != "active":
            return after
        return f"{after}; the intent has it as active: the next deploy-zia builds it again unless it is disabled there"


def _warnings(site: Zia) -> Iterator[str]:
    if site.esp.encryption_algorithm == NULL:
        yield f"site {site.name}: phase 2 is NULL: whoever is on the way reads what the hosts send"
    if site.on_total_loss == "open":
        yield f"site {site.name}: with both tunnels lost, what the hosts send goes by the routing table, in clear"


class ZiaService:
    """The service."""

    name = SERVICE
    noun = "site"
    wanted = Zia
    change_asks = (IN_CLEAR,)
    found_by = "its tunnel interfaces with the IPsec profiles NR-{name}-P and NR-{name}-B, or its route map NR-{name}"

    def intended(self, inventory: Path, platforms: Mapping[str, Platform]) -> IntendedSites:
        """The sites of ``zia.yaml``. Raises IntentError."""
        return IntendedSites(load(inventory), platforms, (inventory / FILE).is_file())

    def deployment(self, wanted: Zia) -> Deployment[Zia]:
        """One member, three stages."""
        return deployment_of(wanted)

    def references(self, deployment: Deployment[Zia]) -> tuple[str, ...]:
        """The key of the credential, which both tunnels have."""
        return (deployment.wanted.preshared_key_ref,)

    def places(self, deployment: Deployment[Zia]) -> tuple[Place, ...]:
        """Where its router stands."""
        return (place_of(deployment.wanted),)

    def precheck(self, sight: Sight[Zia], outputs: Mapping[str, str], time: str, *, accept_unsaved: bool) -> tuple[Finding, ...]:
        """What a site needs of its router."""
        return precheck(sight, outputs, time, accept_unsaved=accept_unsaved)

    def confirmations(self, deployment: Deployment[Zia], *, removal: bool) -> tuple[Confirmation, ...]:
        """What stands in the portal; of a removal, that the hosts may send in clear from then on."""
        return confirmations_of_removal(deployment.wanted) if removal else confirmations_of(deployment.wanted)

    def change_confirmations(self, deployment: Deployment[Zia], changes: Sequence[Change]) -> tuple[Confirmation, ...]:
        """That the hosts of an interface that is led no more may send in clear."""
        return confirmations_of_change(deployment.wanted, changes)

    def rollback_confirmations(
        self, undone: Deployment[Zia], before: Deployment[Zia] | None, changes: Sequence[Change]
    ) -> tuple[Confirmation, ...]:
        """That hosts may send in clear again, as before the run."""
        return confirmations_of_rollback(undone.wanted, before.wanted if before else None, changes)

    def key_confirmations(
        self,
        deployment: Deployment[Zia],
        reference: str,  # noqa: ARG002 - it has one
        *,
        former: bool,
    ) -> tuple[Confirmation, ...]:
        """That the portal has the new key."""
        return confirmations_of_key(deployment.wanted, former=former)

    def partner_sheet(self, inventory: Path, platforms: Mapping[str, Platform], name: str, end: str) -> Printed:  # noqa: ARG002
        """What the portal has to have; both edges are set there at once, so there is one sheet, whichever end is meant."""
        return sheet_of(load(inventory), name)

    def removal(self, deployment: Deployment[Zia], sight: Sight[Zia], running: str) -> Removal:
        """What is there of the site and is used by nothing else."""
        if deployment.found:
            return removal_by_name(deployment.wanted, sight.platform, running)
        change = sight.change
        present = (*change.reused, *(edit.before for edit in change.edited), *change.removed)
        if not any(item.family.name in _OF_A_SITE for item in present):
            # What it would share with others and is there is theirs.
            return Removal((), (), ())
        config = read(sight.platform.os, running)
        candidates, theirs = without_others(policies_of_offers(config, present))
        items, stays = owned(config, candidates)
        return Removal(items, (*stays, *theirs), tuple(item for item in candidates if item not in items))

    def previous(self, deployment: Deployment[Zia], sights: Sequence[Sight[Zia]]) -> Deployment[Zia] | None:
        """The site that stood, as its router had it."""
        before = site_before(deployment.wanted, sights[0].before.objects)
        return deployment_of(before) if before is not None else None

    def traffic(self, deployment: Deployment[Zia], sights: Sequence[Sight[Zia]]) -> NoReturn:  # noqa: ARG002 - it is never asked
        """Its gates are judged by what the router shows: its own probes are the traffic."""
        raise ChangeError(f"{deployment.name} is verified by its probes, not by traffic of ours")

    def survey(self, deployment: Deployment[Zia], member: Member[Zia]) -> tuple[Question, ...]:  # noqa: ARG002 - the same for every site
        """Its SAs, probes, tracks and route map."""
        return ASKED

    def stimulus(self, deployment: Deployment[Zia], member: Member[Zia], shown: Shown) -> tuple[Stimulus, ...]:  # noqa: ARG002
        """The router probes by itself; a service edge that has no SA is pinged, which tells why."""
        seen = shown.looks[-1].seen if shown.looks else None
        return stimuli(deployment.wanted, seen, shown.running) if seen is not None and seen.answer(IKEV2) is not None else ()

    def full_size(
        self,
        deployment: Deployment[Zia],
        member: Member[Zia],  # noqa: ARG002 - one member
        platform: Platform,  # noqa: ARG002 - routers alone
        running: str,
    ) -> tuple[Stimulus, ...]:
        """Through both tunnels."""
        return of_full_size(deployment.wanted, running)

    def verdict(self, deployment: Deployment[Zia], seeing: Seeing) -> Verdict:
        """By which tunnel the hosts go, and whether in clear."""
        return verdict_of(deployment, seeing, self.title(deployment))

    def title(self, deployment: Deployment[Zia]) -> str:
        """The router and both edges."""
        site = deployment.wanted
        edges = ", ".join(f"{edge.datacenter} {edge.address}" for _, edge in site.edges)
        return f"{site.host} {site.wan_ip} -> Zscaler {edges}"

    def for_people(self, deployment: Deployment[Zia]) -> tuple[str, ...]:
        """The description, what becomes of the hosts without a tunnel, and the waiver."""
        site = deployment.wanted
        waiver = site.waiver
        ends = "is dropped" if site.on_total_loss == "closed" else "goes by the routing table, in clear"
        return (
            *([site.description] if site.description else []),
            f"as long as it stands, what the hosts send without a tunnel {ends}",
            *([f"waiver {waiver.ticket} until {waiver.until}: {waiver.reason}"] if waiver else []),
        )

    def landmark(self, change: Change) -> str:
        """The header of its route map."""
        items = (*change.created, *change.removed)
        return next((item.header for item in items if item.family.name == "route-map-clause"), "")

    def failover(self, deployment: Deployment[Zia]) -> Failover:
        """Both tunnels."""
        return failover.failover_of(deployment)

    def taken_down(self, deployment: Deployment[Zia], running: Config) -> tuple[Edit, ...]:
        """The tunnel interface of the primary, shut down."""
        return failover.taken_down(deployment, running)

    def carrying(self, deployment: Deployment[Zia], before: Sequence[Seen], seen: Sequence[Seen]) -> Carrying:
        """By which tunnel the hosts go."""
        return failover.carrying(deployment, before, seen)

    def lost(self, deployment: Deployment[Zia], before: Sequence[Seen], seen: Sequence[Seen]) -> tuple[str, ...]:
        """Probes that were lost."""
        return failover.lost(deployment, before, seen)


ZIA = ZiaService()
