"""The feature of a tunnel, whatever its form: either version of IKE, with a crypto map or a tunnel interface.

What is there in the same form is used again, or changed in place where it differs; another form is a removal and a new tunnel.
``inventory.built`` says which forms are switched on.
"""

from __future__ import annotations

from msgspec import Struct
from msgspec.structs import replace

from ...changes.objects import Config
from ...inventory.intents.intent import Style
from ..service import Site
from . import features
from .existing.existing_tunnel import find_existing_tunnel
from .existing.in_place import beside
from .existing.other_form import refuse_other_form
from .features import Names
from .placing.ikev1_places import ikev1_places
from .placing.map_places import map_of, place_in
from .placing.places import placed
from .placing.route_places import routes_beside
from .records import WantedEnd
from .template_view import member_of

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


class TunnelForm(Struct, frozen=True):
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

    def draft(self, site: Site[WantedEnd]) -> Names:
        """Names before the device is known, with the routes that there will be."""
        member = member_of(site, self.style)
        names = features.draft_names(member)
        return replace(names, routes=features.tunnel_routes(member, names))

    def names(self, site: Site[WantedEnd], wanted: Config, running: Config) -> Names:
        """Names that are free on the device. Raises ChangeError where there is no safe place."""
        member = member_of(site, self.style)
        refuse_other_form(member, running)
        names, on_places = placed(member, features.draft_names(member), site.running)
        said: list[str] = []
        if self.style == "crypto-map":
            crypto_map, on_map = map_of(member, names.access_list, running)
            names, said = replace(names, crypto_map=crypto_map), [on_map]
        there = find_existing_tunnel(member, names, running)
        if self.style == "crypto-map":
            place = approved_place(site)
            sequence, on_place = place_in(names.crypto_map, member, names.access_list, running, place, there)
            names, said = replace(names, map_sequence=sequence), [*said, on_place]
        if self.version == 1:
            names, more = ikev1_places(member, names, wanted, running)
            said += more
        if there is not None:
            names, more = beside(member, names, there, wanted, running)
            said += more
        if self.style == "crypto-map":
            names, more = routes_beside(site, member, names, running)
            said += more
        return replace(names, decisions=tuple(filter(None, (*said, *on_places))))

    def text(self, site: Site[WantedEnd], names: Names) -> str:
        """The desired configuration under these names."""
        return features.text(member_of(site, self.style), names)


def approved_place(site: Site[WantedEnd]) -> int | None:
    """The place in the crypto map that a person has approved on this device."""
    for item in site.approved.created if site.approved else ():
        if item.family.name == "crypto-map-entry":
            return int(item.groups["sequence"])
    return None
