"""What is built on one end of a tunnel: names that the device has free, and the configuration under them."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass, replace

from ...changes.objects import Config, ConfigObject
from ...inventory.errors import ChangeError
from ...inventory.platforms import Platform
from ...templates.environment import fill
from ..service import Site
from .features import exemption_text, routes_text
from .member_on import member_of, names_on
from .names import Allocation, allocate, draft
from .nat_places import nat_place
from .other_form import refuse_other_form
from .records import WantedEnd
from .route_places import route_place, routing_of

_IOS = "ios/l2l_ikev1_crypto_map.j2"
#: The template of a crypto map tunnel, by IKE version and by the generation that a device belongs to.
TEMPLATES: Mapping[tuple[int, str], str] = {
    (1, "ios-12.2"): _IOS,
    (1, "ios-12.4"): _IOS,
    (1, "ios-15"): _IOS,
    (1, "asa-8.0"): "asa/l2l_ikev1_crypto_map_82.j2",
    (1, "asa-8.4"): "asa/l2l_ikev1_crypto_map_84.j2",
}


def template_for(ike_version: int, platform: Platform) -> str:
    """The template that writes this IKE version on this platform. Raises ChangeError where there is none."""
    try:
        return TEMPLATES[ike_version, platform.output]
    except KeyError:
        raise ChangeError(f"a tunnel with IKEv{ike_version} cannot be written for {platform} yet") from None


@dataclass(frozen=True, slots=True)
class CryptoMap:
    """The feature of a tunnel that is protected by a crypto map."""

    name: str = "crypto-map"
    families: tuple[str, ...] = (
        *("isakmp-policy", "isakmp-key", "isakmp-keepalive", "transform-set", "access-list"),
        *("crypto-map-entry", "crypto-map-binding"),
        # Of an ASA alone.
        *("ike-enable", "group-policy", "tunnel-group"),
        # What keeps its traffic from being translated.
        *("nat-exemption", "nat-0", "twice-nat", "network-object"),
        "static-route",
    )

    def draft(self, site: Site) -> Allocation:
        """Names before the box is known."""
        wants = _wants(site)
        return draft(wants.name, wants.end, wants.dpd)

    def names(self, site: Site, wanted: Config, running: Config) -> Allocation:
        """Names that are free on the box. Raises ChangeError when it has no safe place for the tunnel."""
        wants = _wants(site)
        refuse_other_form(wants, "crypto-map", running)
        interface = names_on(site.platform, wants.end, site.running).get("nameif")
        made = allocate(
            wants.name, wants.end, wants.dpd, wanted, running, approved_sequence=approved_sequence(site), interface=interface
        )
        member = member_of(site, "crypto-map")
        nat, said = nat_place(member, site.running)
        routes = route_place(member, draft(wants.name, wants.end, wants.dpd).access_list, running, routing_of(site))
        stays = (*made.replacing.stays, *_of_before(made.replacing.retired, running))
        replacing = replace(made.replacing, stays=stays, retired=(*made.replacing.retired, *routes.retired))
        decisions = (*made.decisions, *filter(None, (said,)), *routes.decisions)
        return replace(made, nat=nat, routes=routes.routes, decisions=decisions, replacing=replacing)

    def text(self, site: Site, names: Allocation) -> str:
        """The desired configuration. Raises ChangeError when the IKE version has no template on this platform."""
        wants = _wants(site)
        made = fill(
            template_for(wants.ike_version, site.platform),
            end=wants.end,
            ike=wants.ike,
            ipsec=wants.ipsec,
            pfs_group=wants.pfs_group,
            key=site.keys[wants.key_ref],
            names=names,
            group_policy=f"NR-{wants.name}",
            bare_pfs_group=site.platform.bare_pfs_group,
            **names_on(site.platform, wants.end, site.running),
        )
        member = member_of(site, "crypto-map")
        if names.nat is not None:
            made = f"{made}\n{exemption_text(member, names.nat)}\n"
        return f"{made}\n{routes_text(member, names.routes)}\n" if names.routes else made


def _of_before(retired: Iterable[ConfigObject], running: Config) -> Iterator[str]:
    """A sentence for each exemption from translation of the networks that the tunnel had before a change in place."""
    rules = {line.partition("permit ip ")[2] for item in retired if item.family.name == "access-list" for line in item.children}
    for item in running.of("nat-exemption"):
        if item.groups["rule"] in rules and not any(item.header == other.header for other in retired):
            yield f"{item.title} stays: it is of networks that the tunnel had before; where nobody needs it, take it away by hand"


def _wants(site: Site) -> WantedEnd:
    wants: WantedEnd = site.member.wants
    return wants


def approved_sequence(site: Site) -> int | None:
    """The place in the crypto map that a person has approved on this box."""
    for item in site.approved.created if site.approved else ():
        if item.family.name == "crypto-map-entry":
            return int(item.groups["sequence"])
    return None
