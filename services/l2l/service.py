"""The service ``l2l``: an IPsec tunnel between the networks behind two devices."""

from __future__ import annotations

from collections.abc import Collection, Iterator, Mapping, Sequence
from datetime import date
from ipaddress import IPv4Interface
from pathlib import Path
from typing import TYPE_CHECKING

from msgspec import Struct
from msgspec.structs import replace

from ...changes.objects import Config, read
from ...changes.plans.change import Change
from ...changes.plans.removal import owned
from ...checks.finding import Finding
from ...checks.observations.looks import Shown, Stimulus
from ...checks.observations.questions import ROUTE, Question
from ...checks.readiness.device_facts import EndFacts
from ...checks.readiness.precheck import precheck
from ...checks.verdict import Verdict
from ...inventory.intents.built import for_people
from ...inventory.intents.forms import style_of
from ...inventory.intents.intent import Intent, Tunnel, TunnelTermination
from ...inventory.intents.intent_files import load_intent
from ...inventory.intents.strength import narrow
from ...inventory.intents.validation import validate
from ...inventory.models.platforms import Platform
from ..besides import Confirmation, Printed
from ..common.own_checks import nearest_place, refuse_wrong
from ..common.verifying import Seeing
from ..service import Deployment, Foreign, Member, Place, Removal, Sight, Stage, Traffic
from .existing.by_name import not_in_intent, removal_by_name, strays, wanted_of
from .existing.in_place import policies_of_offers
from .existing.previous import previous
from .features import tunnel_interface
from .partner.foreign_end import foreign_of, key_of_foreign, previous_of_one
from .partner.partner_sheet import partner_sheet
from .records import WantedEnd, WantedTunnel
from .traffic import TunnelTraffic, traffic_of
from .tunnel_form import TunnelForm
from .verdicts.verdict import verdict_of
from .verdicts.verdict_traffic import endpoint_of, of_full_size, stimulus

if TYPE_CHECKING:
    # A deploy reads no samples of providers, and need not wait for what does.
    from ...parsers.provider_samples import Sample
    from ..common.sample_draft import Draft, Wishes


def deployment_of(wanted: WantedTunnel) -> Deployment[WantedTunnel]:
    """A member for each end that is ours, and one stage.

    The far end is pushed first: it is the one that is harder to reach when something goes wrong.
    """
    tunnel, crypto = wanted.tunnel, wanted.crypto
    members = tuple(
        Member(
            end.local.host,
            end.local.role,
            WantedEnd(
                tunnel.name,
                end,
                crypto.ike_proposals[0],
                crypto.ipsec_proposals[0],
                crypto.pfs_group,
                tunnel.dpd,
                tunnel.preshared_key_ref,
                crypto.ike_version,
                tunnel_interface(tunnel, end) if wanted.style == "vti" else None,
                tunnel.cisco.routes == "auto",
                tunnel.cisco.nat_exemption == "auto",
            ),
        )
        for end in tunnel.sides
    )
    pushing = tuple(member.host for member in reversed(members))
    feature = TunnelForm(crypto.ike_version, wanted.style)
    stage = Stage(name="tunnel", features=(feature,), gate=Traffic(), settle_seconds=0.0, undo=1)
    return Deployment(
        tunnel.name, L2L.name, wanted, members, foreign_of(wanted), pushing, (stage,), found=False, checks=tunnel.checks
    )


class IntendedTunnels(Struct, frozen=True):
    """The tunnels of one inventory."""

    intent: Intent
    platforms: Mapping[str, Platform]

    def select(
        self, names: Sequence[str], today: date, *, removal: bool
    ) -> tuple[tuple[Deployment[WantedTunnel], ...], tuple[str, ...]]:
        """The named tunnels, or all active ones. Raises NothingMatched and IntentError."""
        tunnels = self.intent.select(names, any_status=removal)
        warnings = validate(self.intent, tunnels, self.platforms, today, removal=removal)
        for tunnel in () if removal else tunnels:
            ends = {end.host: self.platforms[end.host] for end in tunnel.own}
            refuse_wrong(f"tunnel {tunnel.name}", tunnel.checks, ends, nearest_place(self.intent.places, tunnel.name))
        return tuple(self.deployment(tunnel) for tunnel in tunnels), warnings

    def deployment(self, tunnel: Tunnel) -> Deployment[WantedTunnel]:
        """A tunnel that is valid, with the cryptography that both of its devices can do."""
        able = [self.platforms[end.host] for end in tunnel.own]
        crypto = narrow(self.intent.resolve(tunnel), able)
        return deployment_of(WantedTunnel(tunnel, crypto, style_of(tunnel, crypto.ike_version, able)))

    def names(self) -> tuple[str, ...]:
        """Names of the active tunnels."""
        return tuple(name for name, tunnel in self.intent.tunnels.items() if tunnel.status == "active")

    def places(self) -> tuple[Place, ...]:
        """The ends that are ours, of all tunnels."""
        return tuple(_place(end) for tunnel in self.intent.tunnels.values() for end in tunnel.own)

    def foreign(self) -> tuple[Foreign, ...]:
        """The ends that are not ours, of all tunnels that have an end of ours and a proposal for it."""
        return tuple(end for tunnel in self.intent.tunnels.values() if tunnel.foreign for end in self._foreign(tunnel))

    def _foreign(self, tunnel: Tunnel) -> tuple[Foreign, ...]:
        if not tunnel.own or any(end.host not in self.platforms for end in tunnel.own):
            return ()
        crypto = narrow(self.intent.resolve(tunnel), [self.platforms[end.host] for end in tunnel.own])
        # A select refuses such a tunnel with its reason; a rehearsal of the others plays no far end for it.
        inner = (
            tunnel.tunnel_prefix is not None
            or style_of(tunnel, crypto.ike_version, [self.platforms[tunnel.own[0].host]]) != "vti"
        )
        return self.deployment(tunnel).foreign if crypto.ike_proposals and crypto.ipsec_proposals and inner else ()

    def references(self) -> tuple[str, ...]:
        """The pre-shared keys of all tunnels."""
        return tuple(tunnel.preshared_key_ref for tunnel in self.intent.tunnels.values())

    def has(self, name: str) -> bool:
        """True for a tunnel of the intent, whatever its status."""
        return name in self.intent.tunnels

    def strays(self, texts: Mapping[str, str], besides: Collection[str]) -> Iterator[str]:
        """Tunnels that these devices have and the intent has not, or not as active; an intent without tunnels has no strays."""
        if self.intent.tunnels:
            yield from strays(self.intent, self.platforms, texts, besides)

    def not_there(self, name: str) -> str:
        """Why a name is not in the intent."""
        return not_in_intent(name, self.intent)

    def find(self, name: str, texts: Mapping[str, str]) -> Deployment[WantedTunnel]:
        """A tunnel as only the devices know it. Raises NothingMatched and ChangeError."""
        known = self.intent.tunnels.get(name)
        ours = {end.outside_ip: end.host for tunnel in self.intent.tunnels.values() for end in tunnel.own}
        foreign = known.foreign if known else ()
        return replace(deployment_of(wanted_of(name, texts, self.platforms, foreign, ours)), found=True)

    def still_wanted(self, deployment: Deployment[WantedTunnel]) -> str:
        """What is told of a tunnel that is removed and that the intent has as active; empty if it has not."""
        known = self.intent.tunnels.get(deployment.name)
        if known is None or known.status != "active":
            return ""
        return f"the intent has {deployment.name} as active: the next deploy-l2l builds it again unless it is disabled there"


class LanToLan:
    """The service."""

    name = "l2l"
    noun = "tunnel"
    wanted = WantedTunnel
    #: How the devices of a removed tunnel that is in no intent are told to a person.
    found_by = "its access list or its IPsec profile, NR-{name}"

    def intended(self, inventory: Path, platforms: Mapping[str, Platform]) -> IntendedTunnels:
        """The tunnels of the folder's ``vpn/``. Raises IntentError."""
        return IntendedTunnels(load_intent(inventory / "vpn"), platforms)

    def deployment(self, wanted: WantedTunnel) -> Deployment[WantedTunnel]:
        """Two members, one stage."""
        return deployment_of(wanted)

    def references(self, deployment: Deployment[WantedTunnel]) -> tuple[str, ...]:
        """The pre-shared key."""
        return (deployment.wanted.tunnel.preshared_key_ref,)

    def places(self, deployment: Deployment[WantedTunnel]) -> tuple[Place, ...]:
        """The ends that are ours: the outside address, and where the pings start."""
        return tuple(_place(end) for end in deployment.wanted.tunnel.own)

    def precheck(
        self, sight: Sight[WantedEnd], outputs: Mapping[str, str], time: str, *, accept_unsaved: bool
    ) -> tuple[Finding, ...]:
        """What an IPsec tunnel needs of its device."""
        return precheck(
            EndFacts(sight.member.wants.end, sight.platform, outputs, sight.change, time), accept_unsaved=accept_unsaved
        )

    def removal(self, deployment: Deployment[WantedTunnel], sight: Sight[WantedEnd], running: str) -> Removal:
        """The objects of the tunnel that nothing else uses, if its map entry is there."""
        if deployment.found:
            return removal_by_name(deployment.name, sight.member.host, sight.platform, running)
        change = sight.change
        present = (*change.reused, *(edit.before for edit in change.edited), *change.removed)
        if not any(item.family.name in ("crypto-map-entry", "tunnel-interface") for item in present):
            return Removal((), (), ())
        config = read(sight.platform.os, running)
        candidates = policies_of_offers(config, present)
        items, stays = owned(config, candidates)
        return Removal(items, stays, tuple(item for item in candidates if item not in items))

    def partner_sheet(self, inventory: Path, platforms: Mapping[str, Platform], name: str, end: str) -> Printed:
        """What the far end has to set."""
        return partner_sheet(inventory, platforms, name, end)

    def key_confirmations(
        self,
        deployment: Deployment[WantedTunnel],
        reference: str,  # noqa: ARG002 - it has one
        *,
        former: bool,
    ) -> tuple[Confirmation, ...]:
        """That the partner has the key, where an end is a partner's."""
        return key_of_foreign(deployment.wanted, former=former)

    def previous(
        self, deployment: Deployment[WantedTunnel], sights: Sequence[Sight[WantedEnd]]
    ) -> Deployment[WantedTunnel] | None:
        """The tunnel as its map entries had it before."""
        found = previous_of_one(deployment.wanted, sights[0]) if deployment.foreign else previous(deployment.wanted, sights)
        return deployment_of(found) if found else None

    def traffic(self, deployment: Deployment[WantedTunnel], sights: Sequence[Sight[WantedEnd]]) -> TunnelTraffic:
        """Pings between the protected networks, and counters."""
        return traffic_of(deployment.wanted, sights)

    def survey(self, deployment: Deployment[WantedTunnel], member: Member[WantedEnd]) -> tuple[Question, ...]:
        """Its SAs, and the routes that lead into it or past it."""
        return (*endpoint_of(deployment, member, None).asks, ROUTE)

    def stimulus(self, deployment: Deployment[WantedTunnel], member: Member[WantedEnd], shown: Shown) -> tuple[Stimulus, ...]:
        """Pings between the protected networks."""
        return stimulus(deployment, member, shown)

    def full_size(
        self, deployment: Deployment[WantedTunnel], member: Member[WantedEnd], platform: Platform, running: str
    ) -> tuple[Stimulus, ...]:
        """Full-size packets through the tunnel, to what answers behind the far end."""
        return of_full_size(deployment, member, platform.os, running)

    def verdict(self, deployment: Deployment[WantedTunnel], seeing: Seeing) -> Verdict:
        """All ends that are ours together."""
        return verdict_of(deployment, seeing, self.title(deployment))

    def title(self, deployment: Deployment[WantedTunnel]) -> str:
        """Both devices with their outside addresses."""
        near, far = deployment.wanted.tunnel.terminations
        return f"{near.called} {near.outside_ip} <-> {far.outside_ip} {far.called}"

    def for_people(self, deployment: Deployment[WantedTunnel]) -> tuple[str, ...]:
        """Description, roles and waiver."""
        return for_people(deployment.wanted.tunnel)

    def from_sample(self, sample: Sample, wishes: Wishes, platform: Platform, running: Config | None) -> Draft | None:
        """One tunnel for each peer of a provider's sample."""
        from .partner.from_sample import draft_of

        return draft_of(sample, wishes, platform, running)

    def objections(self, draft: Draft, inventory: Path, platforms: Mapping[str, Platform], today: date) -> tuple[str, ...]:
        """What the validation of the tunnels says."""
        from .partner.sample_objections import objections_to

        return objections_to(draft.text, inventory / "vpn", platforms, today)

    def landmark(self, change: Change) -> str:
        """Its access list, which is the tunnel's alone."""
        items = (*change.created, *change.removed)
        return next((item.header for item in items if item.family.name == "access-list"), "")


#: The device's own address is in a network of this length where the intent protects none that holds it.
_INSIDE_LENGTH = 24


def _place(end: TunnelTermination) -> Place:
    length = next((net.prefixlen for net in end.protected_prefixes if end.probe_address in net), _INSIDE_LENGTH)
    return Place(end.host, end.interface, end.outside_ip, (IPv4Interface((end.probe_address, length)),))


L2L = LanToLan()
