"""The forms in which a tunnel can stand on a device: IKE version and style, and how address translation leaves it alone.

A table of what a release can do, beside `platforms`, which says what cryptography it has; what nr-run builds of it stands in
`built`. Sources: IOS 12.3(14)T feature guide, IPsec Virtual Tunnel Interface (in 12.4 mainline); ASA 9.7(1) and 9.8(1) release
notes, virtual tunnel interface with IKEv1 and with IKEv2; ASA 8.3 and 8.4(2) release notes, network address translation; IOS
12.3(2)T feature guide, IP access list entry sequence numbering.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from typing import Literal

from ..models.platforms import Platform
from ..models.release import Release
from .intent_tunnel import Style, Tunnel

#: (operating system, IKE version) -> first release with tunnel interfaces that carry IPsec without a tunnel protocol in between.
VTI_SINCE: Mapping[tuple[str, int], str] = {
    ("ios", 1): "12.4(1)",
    ("ios", 2): "15.1(1)T",
    ("asa", 1): "9.7(1)",
    ("asa", 2): "9.8(1)",
}
#: How traffic is kept out of address translation: a numbered entry before the permits of the translated list; an entry of the
#: list of ``nat 0``; a twice NAT rule before all others. Where a release has lists without numbers, nothing can be put first.
NatForm = Literal["ios-list", "asa-nat-0", "asa-twice"]


def can_do(platform: Platform, version: int, style: Style) -> bool:
    """True if the release has this style with this IKE version, whether nr-run builds it or not."""
    if version not in platform.ike_versions:
        return False
    return style == "crypto-map" or platform.release >= Release.parse(VTI_SINCE[platform.os, version])


def style_of(tunnel: Tunnel, version: int, platforms: Iterable[Platform]) -> Style:
    """The style of a tunnel: as it says, and where it says auto a tunnel interface if it has addresses and all can do it."""
    if tunnel.cisco.style != "auto":
        return tunnel.cisco.style
    if tunnel.tunnel_prefix is not None and all(can_do(platform, version, "vti") for platform in platforms):
        return "vti"
    return "crypto-map"


def nat_form(platform: Platform) -> NatForm | None:
    """How address translation is told to leave a tunnel alone on this release, None where that cannot be built safely."""
    if platform.os == "asa":
        return "asa-twice" if platform.release >= Release.parse("8.3(1)") else "asa-nat-0"
    return "ios-list" if platform.release >= Release.parse("12.3(2)T") else None


def keeps_routing(platform: Platform) -> bool:
    """True if a twice NAT rule takes ``no-proxy-arp route-lookup``: it then answers no ARP and leaves routing alone."""
    return platform.os == "asa" and platform.release >= Release.parse("8.4(2)")
