"""The feature of a tunnel in the forms beside IKEv1 with a crypto map: IKEv2, and tunnel interfaces with either version.

What is there in the same form is used again, or changed in place where it differs; another form is a removal and a new tunnel.
``inventory.built`` says which forms are switched on.
"""

from __future__ import annotations

from dataclasses import dataclass, replace

from ...changes.objects import Config
from ...changes.replacing import NOTHING, Replacing
from ...inventory.intent import Style
from ..service import Site
from . import features
from .blueprint import approved_sequence
from .member_on import member_of
from .names import free_policy, keepalive_of, map_place
from .other_form import refuse_other_form
from .places import placed
from .records import WantedEnd
from .route_places import RoutePlace, route_place, routing_of
from .standing_form import beside, standing_form

_SHARED = ("transform-set", "ipsec-proposal", "group-policy", "tunnel-group", "static-route")
#: Families of what each IKE version and each style is made of, on either system.
_OF_VERSION = {
    1: ("isakmp-policy", "isakmp-key", "isakmp-keepalive", "ike-enable"),
    2: ("ikev2-proposal", "ikev2-policy", "ikev2-offer", "ikev2-keyring", "ikev2-profile", "ikev2-enable"),
}
_OF_STYLE = {
    "crypto-map": (
        *("access-list", "crypto-map-entry", "crypto-map-binding"),
        *("network-object", "nat-exemption", "nat-0", "twice-nat"),
    ),
    "vti": ("ipsec-profile", "tunnel-interface"),
}


@dataclass(frozen=True, slots=True)
class Placed:
    """Names that were found free, with a sentence for each decision."""

    names: features.Names
    decisions: tuple[str, ...] = ()
    replacing: Replacing = NOTHING


@dataclass(frozen=True, slots=True)
class TunnelForm:
    """A tunnel of one IKE version in one style."""

    version: int
    style: Style

    @property
    def name(self) -> str:
        """What it is called in a plan and in the journal."""
        return f"ikev{self.version}-{self.style}"

    @property
    def families(self) -> tuple[str, ...]:
        """Families of the objects that it may hold."""
        return (*_SHARED, *_OF_VERSION[self.version], *_OF_STYLE[self.style])

    def draft(self, site: Site) -> Placed:
        """Names before the device is known, with the routes that there will be."""
        member = member_of(site, self.style)
        names = features.draft_names(member)
        return Placed(replace(names, routes=features.tunnel_routes(member, names)))

    def names(self, site: Site, wanted: Config, running: Config) -> Placed:
        """Names that are free on the device. Raises ChangeError where there is no safe place."""
        member, wants = member_of(site, self.style), _wants(site)
        refuse_other_form(wants, self.style, running)
        names, said = placed(member, features.draft_names(member), site.running)
        beside_map = RoutePlace()
        if self.style == "crypto-map":
            interface = member.nameif or member.local.interface
            crypto_map, sequence, more = map_place(wants.end, names.access_list, running, approved_sequence(site), interface)
            names, said = replace(names, crypto_map=crypto_map, map_sequence=sequence), (*said, *more)
            beside_map = route_place(member, names.access_list, running, routing_of(site))
            names, said = replace(names, routes=beside_map.routes), (*said, *beside_map.decisions)
        if self.version == 1:
            number, on_policy = free_policy(member.local.host, wanted, running)
            keepalive, on_keepalive = keepalive_of(wants.dpd, wanted, running)
            names = replace(names, policy_number=number, keepalive=keepalive)
            said = (*said, on_policy, *on_keepalive)
        there = standing_form(member, names, running)
        if there is None:
            return Placed(names, tuple(filter(None, said)))
        names, more, replaced = beside(member, names, there, wanted, running)
        replaced = replace(replaced, retired=(*replaced.retired, *beside_map.retired))
        return Placed(names, tuple(filter(None, (*said, *more))), replaced)

    def text(self, site: Site, names: Placed) -> str:
        """The desired configuration under these names."""
        return features.text(member_of(site, self.style), names.names)


def _wants(site: Site) -> WantedEnd:
    wants: WantedEnd = site.member.wants
    return wants
