"""Protectors: what sends traffic into IPsec on a device, either an entry of a bound crypto map or a tunnel interface.

IKE and the wire know nothing else of a configuration's way to ask for protection. A protector says to whom it speaks, from
which address, in which version of IKE, what it offers for the SAs and which traffic they are for.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable
from ipaddress import IPv4Address

from msgspec import Struct
from msgspec.structs import replace

from ..records import EVERYTHING, Interface, MapEntry, Selector, Transform, first_match


class ChildOffer(Struct, frozen=True):
    """Transforms offered or accepted for ESP SAs in one IKE version, in order of preference."""

    version: int
    transforms: tuple[Transform, ...]


class Protector(Struct, frozen=True):
    """One entry of a crypto map at an interface, or one tunnel interface.

    `name` and `seq` are the crypto map and number under which its SAs are shown; `interface` is where the traffic leaves and
    `local` the address that IKE speaks from. `offers` are in the order in which the versions are tried. A `tunnel` protects all
    that is routed into it, agrees on nothing narrower, and negotiates without waiting for traffic. `templates` are those of a
    dynamic entry. `profile` is the IKEv2 profile that it names; empty where the peer alone decides.
    One that does not `initiate` waits for its peer.
    """

    name: str
    seq: int
    interface: str
    local: IPv4Address
    peers: tuple[IPv4Address, ...]
    offers: tuple[ChildOffer, ...]
    lines: tuple[tuple[str, Selector], ...]
    pfs: str
    seconds: int
    kilobytes: int
    profile: str = ""
    acl: str = ""
    tunnel: bool = False
    dynamic: bool = False
    initiates: bool = True
    templates: tuple[Protector, ...] = ()

    @property
    def complete(self) -> bool:
        """True if it has a peer, a transform and a selector."""
        return bool(self.peers and self.offers and self.lines)

    def child(self, version: int) -> ChildOffer | None:
        """Its offer for an IKE version."""
        return next((offer for offer in self.offers if offer.version == version), None)

    def selector_for(self, source: IPv4Address, destination: IPv4Address) -> Selector | None:
        """The selector that matches a packet, or None. A `deny` line leaves the packet to later entries."""
        return first_match(self.lines, source, destination)

    def accepts(self, wanted: Selector) -> Selector | None:
        """The line under which a selector (seen from here) may be protected: within a line of a list, or all of a tunnel's."""
        permitted = (line for action, line in self.lines if action == "permit")
        return next((line for line in permitted if (wanted == line if self.tunnel else wanted.within(line))), None)


def from_entry(entry: MapEntry, interface: str, local: IPv4Address, templates: Iterable[MapEntry] = ()) -> Protector:
    """The protector of a crypto map entry that is bound to an interface."""
    offers = [ChildOffer(2, entry.transforms2), ChildOffer(1, entry.transforms)]
    return Protector(
        name=entry.name,
        seq=entry.seq,
        interface=interface,
        local=local,
        peers=entry.peers,
        offers=tuple(offer for offer in offers if offer.transforms),
        lines=entry.lines,
        pfs=entry.pfs,
        seconds=entry.seconds,
        kilobytes=entry.kilobytes,
        profile=entry.profile,
        acl=entry.acl,
        dynamic=bool(entry.dynamic),
        templates=tuple(from_entry(item, interface, local) for item in templates),
    )


def from_tunnel(like: Protector) -> Protector:
    """The protector of a tunnel interface: one peer, any traffic."""
    return replace(like, tunnel=True, lines=(("permit", EVERYTHING),))


class Protectors(Struct, frozen=True):
    """All protectors of a configuration, by outgoing interface and by local IKE address."""

    on: dict[str, list[Protector]]
    at: dict[IPv4Address, list[Protector]]
    tunnels: list[Protector]


def gathered(
    interfaces: Iterable[Interface],
    entries: Callable[[str], list[MapEntry]],
    templates: Callable[[str], list[MapEntry]],
    tunnels: Iterable[Protector] = (),
) -> Protectors:
    """The protectors of a configuration: the entries of each bound crypto map in their order, and the tunnels."""
    found = Protectors({}, {}, list(tunnels))
    for interface in interfaces:
        if not interface.crypto_map or interface.address is None:
            continue
        for entry in entries(interface.crypto_map):
            inside = templates(entry.dynamic) if entry.dynamic else []
            found.on.setdefault(interface.name, []).append(from_entry(entry, interface.name, interface.address, inside))
    for tunnel in found.tunnels:
        found.on[tunnel.interface] = [tunnel]
    for protectors in found.on.values():
        for protector in protectors:
            found.at.setdefault(protector.local, []).append(protector)
    return found
