"""The stations on the segment: what the wire needs of each box, an index of addresses, and an index of IKE peers."""

from __future__ import annotations

from collections.abc import Mapping
from enum import Enum
from ipaddress import IPv4Address, IPv4Network
from typing import Protocol

from ..configuration.store import Store
from ..faults import Faults
from ..meaning import Meaning
from ..negotiation.protector import Protector
from ..negotiation.sa import CryptoState, Flow, Ike2Sa, IpsecSa
from ..records import Selector
from .speaker import Speaker

GATEWAY = IPv4Address("172.18.124.1")


class Outcome(Enum):
    """The result of an ICMP echo."""

    REPLY = "!"
    LOST = "."
    UNREACHABLE = "U"
    TOO_BIG = "M"


class Station(Protocol):
    """What the wire needs to know of a box."""

    name: str
    faults: Faults
    crypto: CryptoState

    @property
    def store(self) -> Store:
        """The running configuration."""

    @property
    def meaning(self) -> Meaning:
        """The running configuration as IKE and the data plane see it."""

    @property
    def off(self) -> bool:
        """True if the box is not reachable."""

    def log(self, message: str) -> None:
        """Write a log message."""

    def bad_message(self, peer: IPv4Address) -> None:
        """Log that a message of a peer could not be authenticated."""

    def quick_mode_failed(self, peer: IPv4Address) -> None:
        """Log that there is no agreement in quick mode."""

    def negotiation_failed(self, peer: IPv4Address, reason: str) -> None:
        """Log that an IKEv2 negotiation failed: `no answer`, `policy`, `profile`, `key`, `selectors`, `transform`, `pfs`."""

    def tunnel_changed(self, name: str, *, up: bool) -> None:
        """Log that the line protocol of a tunnel interface went up or down."""

    def session_changed(self, peer: IPv4Address, *, up: bool) -> None:
        """Log the first SA with a peer, or the loss of the last one."""

    def routed_into_itself(self, name: str) -> None:
        """Log that a tunnel interface was disabled because of recursive routing."""

    def led(self, source: IPv4Address, destination: IPv4Address) -> IPv4Address | str | None:
        """Where policy routing sends a packet from behind the station: a next hop, an interface, None: by the routing table."""

    def speaker(self, address: IPv4Address) -> Speaker | None:
        """The BGP speaker at an address of the station, None where nothing answers."""

    def told(self, address: IPv4Address, networks: tuple[IPv4Network, ...]) -> None:
        """Pass all prefixes that a BGP peer advertises to the speaker at an address; none when the session has ended."""

    def settle_routes(self) -> None:
        """Update the routes that the station learns, up to the current time."""

    def invalid_spi(self, at: IPv4Address, spi: int) -> None:
        """Log a packet with an unknown SPI."""

    def replay_failed(self, sender: IPv4Address, at: IPv4Address, sa: IpsecSa) -> None:
        """Log a packet that the anti-replay window rejected."""

    def not_protected(self, destination: IPv4Address, source: IPv4Address) -> None:
        """Log an unencrypted packet that should have come through a tunnel."""

    def noted_translation(self, inside: IPv4Address, outside: IPv4Address, destination: IPv4Address) -> None:
        """Add an entry to the NAT translation table."""


class Client(Protocol):
    """A VPN client on the Internet."""

    address: IPv4Address

    @property
    def holds(self) -> IPv4Address | None:
        """Its address of the pool while it is connected, or is being connected."""

    def answers(self, flow: Flow, destination: IPv4Address) -> bool:
        """A packet for an address has come out of the tunnel; False if it is not the client's."""


class Negotiator(Protocol):
    """Starts IKE negotiations for traffic that needs SAs and has none."""

    def need(self, box: Station, protector: Protector, selector: Selector) -> None:
        """Start a negotiation for a flow, unless one is in progress."""

    def renew(self, box: Station, flow: Flow) -> bool:
        """Rekey the ESP SAs of a flow. False if the two ends have no common proposal any more."""

    def renew_ike(self, box: Station, row: Ike2Sa) -> bool:
        """Rekey an IKEv2 SA. False if the two ends have no common proposal any more."""


def translated_to(box: Station) -> tuple[IPv4Address, IPv4Address] | None:
    """The outer address of a box behind a translator, and the one that it is known by to everybody else; None without one."""
    known = box.faults.text("behind-nat")
    if not known:
        return None
    route = box.meaning.route_to(GATEWAY)
    own = route.interface.address if route is not None else None
    return (own, IPv4Address(known)) if own is not None else None


def behind_translator(box: Station, address: IPv4Address) -> bool:
    """True if packets that a box sends from this address pass a NAT device."""
    pair = translated_to(box)
    return pair is not None and address == pair[0]


def outside(box: Station, address: IPv4Address) -> IPv4Address:
    """An address of a box as the others see it, after NAT."""
    pair = translated_to(box)
    return pair[1] if pair is not None and address == pair[0] else address


def inside(box: Station, address: IPv4Address) -> IPv4Address:
    """The inside address of a box for the address that others know it by."""
    pair = translated_to(box)
    return pair[0] if pair is not None and address == pair[1] else address


class Owners:
    """Index of addresses, as the others see them, to boxes. A box is indexed again after its configuration has changed."""

    def __init__(self) -> None:
        self._found: dict[IPv4Address, list[Station]] = {}
        self._known: dict[str, list[IPv4Address]] = {}
        self._stale: dict[str, Station] = {}

    def changed(self, box: Station) -> None:
        """Called when a configuration change of a box begins or ends, or when its configuration was replaced."""
        self._stale[box.name] = box

    def of(self, address: IPv4Address, order: Mapping[str, Station]) -> list[Station]:
        """The boxes with this address on an interface that is up, in order."""
        for box in list(self._stale.values()):
            self._enter(box, order)
            if box.store.steady:
                del self._stale[box.name]
        return self._found.get(address, [])

    def _enter(self, box: Station, order: Mapping[str, Station]) -> None:
        own = (i.address for i in box.meaning.interfaces() if i.up and i.address is not None and not i.tunnel)
        addresses = list(dict.fromkeys(outside(box, address) for address in own))
        for address in self._known.get(box.name, []):
            self._found[address] = [other for other in self._found[address] if other is not box]
        for address in addresses:
            found = [*self._found.get(address, []), box]
            self._found[address] = [other for other in order.values() if other in found] if len(found) > 1 else found
        self._known[box.name] = addresses


class Heard:
    """Index of the IKE peers of each box, built once for all lookups."""

    def __init__(self) -> None:
        self._peers: dict[str, set[IPv4Address]] = {}

    def by(self, box: Station) -> set[IPv4Address]:
        """(local, peer) addresses of every established IKE SA of a box."""
        if box.name not in self._peers:
            rows = [row for row in box.crypto.ike if row.up]
            self._peers[box.name] = {address for row in rows for address in (row.dst, row.src)}
            self._peers[box.name] |= {row.remote for row in box.crypto.ike2 if row.up}
        return self._peers[box.name]
