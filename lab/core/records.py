"""Records of what a configuration says about IPsec and routing, the same for every operating system.

Algorithm names are those of IOS on every box, so that two ends can be compared: `aes 256` in an IKEv1 policy, `aes-cbc-256` in
an IKEv2 proposal, `esp-256-aes` or `esp-gcm 256` (`esp-gcm` with 128 bits) in a transform.
"""

from __future__ import annotations

from collections.abc import Iterable
from ipaddress import IPv4Address, IPv4Network

from msgspec import Struct

ANYWHERE = IPv4Network("0.0.0.0/0")
Transform = tuple[str, ...]


class Policy(Struct, frozen=True):
    """One ISAKMP policy with the defaults filled in; `lifetime` in seconds."""

    number: int
    encr: str
    hash: str
    auth: str
    group: str
    lifetime: int

    @property
    def weak(self) -> bool:
        """Whether a compliance shield keeps it out: DES, 3DES, MD5, groups 1, 2 and 5."""
        return self.encr in ("des", "3des") or self.hash == "md5" or self.group in ("1", "2", "5")


class Suite(Struct, frozen=True):
    """The algorithms of an IKEv2 SA, one of each kind, as IOS names them (`aes-cbc-256`, `sha256`, group `14`).

    With a combined-mode cipher there is no integrity.
    """

    encr: str
    integrity: str
    prf: str
    group: str


class Proposal(Struct, frozen=True):
    """One IKEv2 proposal: the algorithms of each kind, the first one preferred; `group` without the word."""

    name: str
    encr: tuple[str, ...]
    integrity: tuple[str, ...]
    prf: tuple[str, ...]
    group: tuple[str, ...]

    def agreed(self, offered: Proposal) -> Suite | None:
        """What the responder, whose proposal this is, takes of an offer: its own first choice of each kind, or None.

        Combined-mode ciphers need no integrity; other ciphers do.
        """
        for encr in (item for item in self.encr if item in offered.encr):
            common = [item for item in self.integrity if item in offered.integrity]
            integrity = "" if "gcm" in encr else next(iter(common), None)
            prf = next((item for item in self.prf if item in offered.prf), None)
            group = next((item for item in self.group if item in offered.group), None)
            if integrity is not None and prf is not None and group is not None:
                return Suite(encr, integrity, prf, group)
        return None


class Identity(Struct, frozen=True):
    """An IKEv2 identity. `kind` is `address`, `fqdn`, `email` or `key-id`."""

    kind: str
    value: str


class Authentication(Struct, frozen=True):
    """How an end proves itself to an IKEv2 peer, and the peer to it, as its profile or tunnel group has it.

    `sends` is its identity; a key that is None is not there, and what it would prove fails. `lifetime` in seconds, `patience`
    the seconds of silence after which the peer is given up (0: never).
    """

    name: str
    sends: Identity
    local_key: str | None
    remote_key: str | None
    lifetime: int = 86400
    patience: int = 0
    interval: int = 0


class Selector(Struct, frozen=True):
    """One pair of networks: what is protected."""

    source: IPv4Network
    destination: IPv4Network

    def mirrored(self) -> Selector:
        """The selector with source and destination exchanged, as the other end has it."""
        return Selector(self.destination, self.source)

    def covers(self, source: IPv4Address, destination: IPv4Address) -> bool:
        """True if it matches a packet."""
        return source in self.source and destination in self.destination

    def within(self, other: Selector) -> bool:
        """True if every packet that it matches is matched by another selector too."""
        return self.source.subnet_of(other.source) and self.destination.subnet_of(other.destination)


EVERYTHING = Selector(ANYWHERE, ANYWHERE)


class MapEntry(Struct, frozen=True):
    """One entry of a crypto map; `dynamic` names the template of a dynamic one.

    `transforms` are for IKEv1 and `transforms2` for IKEv2; `profile` is the IKEv2 profile that the entry names, if it does.
    """

    name: str
    seq: int
    peers: tuple[IPv4Address, ...]
    transforms: tuple[Transform, ...]
    pfs: str
    acl: str
    lines: tuple[tuple[str, Selector], ...]
    dynamic: str
    seconds: int
    kilobytes: int
    transforms2: tuple[Transform, ...] = ()
    profile: str = ""

    @property
    def complete(self) -> bool:
        """True if the entry has a peer, a transform set and an access list with lines."""
        return bool(self.peers and (self.transforms or self.transforms2) and self.lines)

    def selector_for(self, source: IPv4Address, destination: IPv4Address) -> Selector | None:
        """The selector that matches a packet, or None. A `deny` line leaves the packet to later entries."""
        return first_match(self.lines, source, destination)


def first_match(lines: Iterable[tuple[str, Selector]], source: IPv4Address, destination: IPv4Address) -> Selector | None:
    """The selector of the first line that matches a packet, if that line is a permit; else None."""
    for action, selector in lines:
        if selector.covers(source, destination):
            return selector if action == "permit" else None
    return None


class Interface(Struct, frozen=True):
    """One interface with what the data plane needs to know of it; `up` is what the configuration says.

    `tunnel` is empty, or the way in which a tunnel interface encapsulates: `ipsec`, `gre`, or `down` while it has no two ends.
    Whether an `ipsec` one carries anything depends on its SAs as well: see `Network.silent`.
    """

    name: str
    address: IPv4Address | None
    network: IPv4Network | None
    up: bool
    crypto_map: str
    nat: str
    tunnel: str = ""


class Route(Struct, frozen=True):
    """A route: outgoing interface, next hop (None if directly connected) and source (connected, static, ...)."""

    network: IPv4Network
    interface: Interface
    via: IPv4Address | None
    source: str = "connected"
    distance: int = 0


Table = list[tuple[int, dict[int, Route]]]


def longest(table: Table, destination: IPv4Address) -> Route | None:
    """Longest prefix match: the route to a destination, or None."""
    number = int(destination)
    return next((found for mask, routes in table if (found := routes.get(number & mask)) is not None), None)


def table_of(routes: Iterable[Route]) -> Table:
    """Routes by prefix length, longest first. Of two to the same network the first one is kept."""
    found: dict[int, dict[int, Route]] = {}
    for route in routes:
        mask = int(route.network.netmask)
        found.setdefault(mask, {}).setdefault(int(route.network.network_address), route)
    return sorted(found.items(), reverse=True)
