"""What the wire and IKE ask of a far end: the same as of a box's configuration, answered from what was ordered and the faults."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from ipaddress import IPv4Address, IPv4Network

from msgspec.structs import replace

from ..core.faults import Faults
from ..core.meaning import Key
from ..core.negotiation.protector import ChildOffer, Protector, Protectors, from_tunnel
from ..core.records import (
    ANYWHERE,
    Authentication,
    Identity,
    Interface,
    MapEntry,
    Policy,
    Proposal,
    Route,
    Selector,
    longest,
    table_of,
)
from ..core.wire.routing import NONE, Silent
from .far_order import Connection, FarOrder

OUTSIDE = "outside"
UNLIMITED = 4608000
#: Networks that nobody asks for (RFC 5737): those of a far end which was told the wrong ones.
STRANGE = Selector(IPv4Network("192.0.2.240/29"), IPv4Network("192.0.2.248/29"))


@dataclass(frozen=True, slots=True)
class FarMeaning:
    """One far end with the faults that are on; `keys` are values by the names of credentials."""

    order: FarOrder
    keys: Mapping[str, str] = field(repr=False)
    faults: Faults
    #: What its BGP peers have told it, by the address of its speaker.
    heard: dict[IPv4Address, tuple[IPv4Network, ...]] = field(default_factory=dict, hash=False)

    @property
    def drops_incomplete(self) -> bool:
        """It has nothing that is not whole."""
        return False

    @property
    def drops_asymmetric(self) -> bool:
        """It takes what comes by any of its tunnels."""
        return False

    def _refuses(self, what: str) -> bool:
        """Whether it was told wrong proposals for IKE, ESP or PFS."""
        return self.faults.argument("wrong-proposal", "WHICH", "ike") == what and "wrong-proposal" in self.faults

    def _key(self, connection: Connection) -> str:
        key = self.keys[connection.key]
        return key[:-1] + ("x" if key[-1] != "x" else "y") if "wrong-psk" in self.faults else key

    def _with(self, peer: IPv4Address, version: int) -> Connection | None:
        return next((item for item in self.order.connections if (item.peer, item.version) == (peer, version)), None)

    def policies(self) -> list[Policy]:
        """Those of all its tunnels, the first one first."""
        return [] if self._refuses("ike") else [policy for item in self.order.connections for policy in item.policies]

    def proposals(self, local: IPv4Address) -> list[Proposal]:  # noqa: ARG002 - it has one address
        """Those of all its tunnels."""
        return [] if self._refuses("ike") else [proposal for item in self.order.connections for proposal in item.proposals]

    def interfaces(self) -> list[Interface]:
        """The one to its provider, and one for each tunnel that is any to any."""
        outside = Interface(OUTSIDE, self.order.address, self.order.network, True, OUTSIDE, "")
        tunnels = (self._tunnel(number) for number, item in enumerate(self.order.connections) if item.tunnel_interface)
        return [outside, *tunnels]

    def _tunnel(self, number: int) -> Interface:
        return Interface(f"tunnel{number}", self.order.address, None, True, "", "", "ipsec")

    def entries(self, name: str) -> list[MapEntry]:  # noqa: ARG002 - its protectors are not made of entries
        """None."""
        return []

    def dynamic_templates(self, name: str) -> list[MapEntry]:  # noqa: ARG002 - likewise
        """None."""
        return []

    def protectors(self) -> Protectors:
        """One for each of its tunnels."""
        found = Protectors({}, {}, [])
        for number, item in enumerate(self.order.connections):
            protector = self._protector(number, item)
            found.on.setdefault(protector.interface, []).append(protector)
            found.at.setdefault(protector.local, []).append(protector)
            if protector.tunnel:
                found.tunnels.append(protector)
        return found

    def _protector(self, number: int, item: Connection) -> Protector:
        wrong = "wrong-selectors" in self.faults
        lines = tuple(("permit", selector) for selector in ((STRANGE,) if wrong else item.selectors))
        offers = () if self._refuses("esp") else item.transforms
        made = Protector(
            name=f"far{number}",
            seq=number,
            interface=OUTSIDE,
            local=self.order.address,
            peers=(item.peer,),
            # An offer that nobody has keeps it answering: it is asked, and refuses.
            offers=(ChildOffer(item.version, offers or (("esp-none",),)),),
            lines=lines,
            pfs="none" if self._refuses("pfs") else item.pfs,
            seconds=item.seconds,
            kilobytes=UNLIMITED,
            initiates=item.initiates,
        )
        any_to_any = item.tunnel_interface and not wrong
        return replace(from_tunnel(made), interface=f"tunnel{number}") if any_to_any else made

    def key_for(self, peer: IPv4Address) -> Key | None:
        """The key that it shares with a peer in IKEv1."""
        found = self._with(peer, 1)
        return Key(self._key(found), no_xauth=True) if found is not None else None

    def authentication(
        self,
        profile: str,  # noqa: ARG002 - its peers are known by their addresses
        local: IPv4Address,
        peer: IPv4Address,
        shown: Identity | None,
    ) -> Authentication | None:
        """The key that it shares with a peer in IKEv2, the same in both directions; none for one that says it is another."""
        found = self._with(peer, 2)
        if found is None or "wrong-identity" in self.faults:
            return None
        if shown is not None and found.expects not in (None, shown):
            return None
        key = self._key(found)
        return Authentication("far", found.identity or Identity("address", str(local)), key, key, found.ike_seconds)

    def admits(self, peer: IPv4Address, version: int = 1) -> bool:
        """Whether it has a tunnel with the peer."""
        return self._with(peer, version) is not None

    def keepalive(self, peer: IPv4Address) -> int:  # noqa: ARG002 - of none
        """It gives nobody up."""
        return 0

    def route_to(self, destination: IPv4Address, silent: Silent = NONE) -> Route | None:
        """Into a tunnel what is any to any there, and the rest to its provider."""
        outside = self.interfaces()[0]
        routes = [Route(self.order.network, outside, None), Route(ANYWHERE, outside, self.order.gateway, "static", 1)]
        for number, item in enumerate(self.order.connections):
            tunnel = self._tunnel(number)
            if item.tunnel_interface and tunnel.name not in silent:
                routes += [Route(network, tunnel, None, "static", 1) for network in self._into(item)]
        return longest(table_of(routes), destination)

    def _into(self, item: Connection) -> tuple[IPv4Network, ...]:
        """What it routes into a tunnel: what was ordered, or the tunnel's own network and what BGP told it."""
        if item.speaker is None:
            return tuple(selector.destination for selector in item.selectors)
        return item.speaker.address.network, *self.heard.get(item.speaker.address.ip, ())

    def speaks_ike(self, local: IPv4Address | None, version: int = 1) -> bool:  # noqa: ARG002 - at its one address
        """The versions that its tunnels have."""
        return any(item.version == version for item in self.order.connections)

    def answers_ike(self, local: IPv4Address, version: int = 1) -> bool:
        """Likewise, at its address."""
        return local == self.order.address and self.speaks_ike(local, version)

    def asks_xauth(self, local: IPv4Address, peer: IPv4Address) -> bool:  # noqa: ARG002 - of none
        """It asks nobody for a user."""
        return False

    def translated(self, out: Interface, source: IPv4Address, destination: IPv4Address) -> IPv4Address:  # noqa: ARG002 - likewise
        """It translates nothing."""
        return source

    def lets_in(self, protocol: str, port: int, source: IPv4Address, at: IPv4Address) -> bool:  # noqa: ARG002 - likewise
        """It keeps nothing out; faults do."""
        return True

    def reaches(self, destination: IPv4Address, source: IPv4Address, *, tunnelled: bool) -> bool:  # noqa: ARG002 - from anywhere
        """Its own address answers, and out of a tunnel what was ordered to."""
        if "no-ping" in self.faults:
            return False
        items = self.order.connections
        behind = (tunnelled or self.order.circuit) and any(destination in item.answers for item in items)
        speakers = [item.speaker.address.ip for item in items if item.speaker is not None]
        return behind or destination == self.order.address or (tunnelled and destination in speakers)
