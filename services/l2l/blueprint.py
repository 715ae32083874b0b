"""What is built on one end of a tunnel: names that the device has free, and the configuration under them."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass

from ...changes import tree
from ...changes.nameif import find_interface
from ...changes.objects import Config
from ...inventory.errors import ChangeError
from ...inventory.intent import Side
from ...inventory.platforms import Platform
from ...templates.environment import fill
from ..service import Site
from .names import Allocation, allocate, draft
from .records import WantedEnd

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
    )

    def draft(self, site: Site) -> Allocation:
        """Names before the box is known."""
        wants = _wants(site)
        return draft(wants.name, wants.end, wants.dpd)

    def names(self, site: Site, wanted: Config, running: Config) -> Allocation:
        """Names that are free on the box. Raises ChangeError when it has no safe place for the tunnel."""
        wants = _wants(site)
        interface = names_on(site.platform, wants.end, site.running).get("nameif")
        return allocate(
            wants.name, wants.end, wants.dpd, wanted, running, approved_sequence=approved_sequence(site), interface=interface
        )

    def text(self, site: Site, names: Allocation) -> str:
        """The desired configuration. Raises ChangeError when the IKE version has no template on this platform."""
        wants = _wants(site)
        return fill(
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


def _wants(site: Site) -> WantedEnd:
    wants: WantedEnd = site.member.wants
    return wants


def approved_sequence(site: Site) -> int | None:
    """The place in the crypto map that a person has approved on this box."""
    for item in site.approved.created if site.approved else ():
        if item.family.name == "crypto-map-entry":
            return int(item.groups["sequence"])
    return None


def names_on(platform: Platform, end: Side, running: str) -> dict[str, str]:
    """What a template needs of the device's own names: on an ASA the ``nameif`` of the outside interface.

    Raises ChangeError where the interface is not there or has no name.
    """
    if platform.os != "asa":
        return {}
    local = end.local
    found = find_interface(tree.parse(running), local.interface)
    if found is None or found.nameif is None:
        state = "has no nameif" if found else "is not there"
        raise ChangeError(f"{local.host}: interface {local.interface} {state}, and an ASA binds a crypto map to a nameif")
    return {"nameif": found.nameif}
