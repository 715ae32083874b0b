"""The wire between the boxes: who reaches whom, and what happens to a packet.

One segment 172.18.124.0/24 with a gateway that knows no private network; behind each box a LAN with two hosts (.10 and
.20), whose default gateway the box is. Packets are judged hop by hop from the running configurations. A box may stand behind a
translator (fault `behind-nat`): the others know it by another address then.
"""

from __future__ import annotations

import asyncio
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field
from ipaddress import IPv4Address, IPv4Network

from msgspec.structs import replace

from ..clock import LabClock
from ..meaning import host_lives
from ..negotiation.protector import Protector
from ..negotiation.sa import Flow
from ..negotiation.upkeep import Upkeep
from ..records import Interface, Route, Selector
from .load import MEDIA_BYTES, SMALL, Load
from .routing import NONE, Silent
from .stations import GATEWAY as GATEWAY
from .stations import Client, Negotiator, Owners, behind_translator, inside, outside
from .stations import Outcome as Outcome
from .stations import Station as Station

#: The port of IKE at both ends.
_IKE = 500


@dataclass(slots=True)
class Network:
    """The segment with all its boxes."""

    clock: LabClock
    boxes: dict[str, Station]
    ike: Negotiator | None = None
    owners: Owners = field(default_factory=Owners)
    #: Each provider's router with the network in which its customers have their outside addresses.
    gateways: dict[IPv4Address, IPv4Network] = field(default_factory=lambda: {GATEWAY: IPv4Network("172.18.124.0/24")})
    #: VPN clients by the address that they have outside.
    clients: dict[IPv4Address, Client] = field(default_factory=dict)
    #: Who retransmits to whom, because the peer was not there when it began.
    unanswered: set[tuple[str, IPv4Address]] = field(default_factory=set)
    #: The boxes that learn routes, or once did.
    learners: dict[str, Station] = field(default_factory=dict)
    upkeep: Upkeep = field(init=False)
    #: By whose SAs the last packet went, as sender and receiver call what protects it; empty for one in clear.
    _by: tuple[str, str] = ("", "")

    def __post_init__(self) -> None:
        self.upkeep = Upkeep(self)

    def changed(self, box: Station) -> None:
        """Called when a configuration change of a box begins or ends, or when its configuration was replaced."""
        self.owners.changed(box)
        if box.store.get("bgp") is not None:
            self.learners[box.name] = box
        self.upkeep.changed(box)

    @contextmanager
    def calling(self, box: Station, peer: IPv4Address, *, answered: bool = False) -> Iterator[None]:
        """While this lasts the box retransmits to a peer that does not answer, unless something else keeps it from going on."""
        key = (box.name, peer)
        if not answered:
            self.unanswered.add(key)
        try:
            yield
        finally:
            self.unanswered.discard(key)

    def owner(self, address: IPv4Address) -> Station | None:
        """The box that has this address on an interface that is up, or None."""
        return next((box for box in self.owners.of(address, self.boxes) if not box.off), None)

    def silent(self, box: Station) -> Silent:
        """The tunnel interfaces of a box whose line protocol is down because they have no SA."""
        tunnels = [i.name for i in box.meaning.interfaces() if i.tunnel in ("ipsec", "down")]
        if not tunnels:
            return NONE
        carried = {flow.map for flow in box.crypto.flows if flow.outbound}
        return frozenset(
            name for name in tunnels if not any(p.name in carried for p in box.meaning.protectors().on.get(name, []))
        )

    def route(self, box: Station, destination: IPv4Address) -> Route | None:
        """The current route of a box to a destination. Routes over tunnel interfaces that are down do not count."""
        return box.meaning.route_to(destination, self.silent(box))

    def neighbour(self, box: Station, address: IPv4Address) -> Station | None:
        """The box at an address, if this box has a way there over the segment, and not through a tunnel."""
        route = self.route(box, address)
        if route is None or route.interface.address is None or route.interface.tunnel:
            return None
        if route.via not in (None, address, *self.gateways):
            return None
        other = self.owner(address)
        return other if other is not None and other is not box and not box.off else None

    def _let_in(self, box: Station, other: Station, address: IPv4Address, protocol: str, port: int) -> bool:
        """True if the access list at the interface of the other end, known by this address, lets packets of the box in."""
        route = self.route(box, address)
        own = route.interface.address if route is not None else None
        return own is None or other.meaning.lets_in(protocol, port, outside(box, own), inside(other, address))

    def hears(self, box: Station, other: Station, address: IPv4Address) -> bool:
        """True if IKE packets pass in both directions between a box and the one that it knows by this address."""
        route = self.route(box, address)
        own = route.interface.address if route is not None else None
        back = own is None or self._let_in(other, box, outside(box, own), "udp", _IKE)
        return back and self._let_in(box, other, address, "udp", _IKE)

    def ike_peer(self, box: Station, address: IPv4Address, version: int = 1) -> Station | None:
        """The box that answers a version of IKE at an address: reachable, UDP 500 passes, and something is protected there."""
        other = self.neighbour(box, address)
        if other is None or "drop-ike" in box.faults or "drop-ike" in other.faults or not self.hears(box, other, address):
            return None
        route = self.route(box, address)
        local = route.interface.address if route is not None else None
        speaks = box.meaning.speaks_ike(local, version) and other.meaning.answers_ike(inside(other, address), version)
        return other if speaks else None

    def translated(self, box: Station, local: IPv4Address, other: Station, peer: IPv4Address) -> bool:
        """Whether a translator stands between two boxes: IKE and ESP go in UDP 4500 then.

        One that leaves the address as it is changes the port, and is found all the same.
        """
        return behind_translator(box, local) or behind_translator(other, inside(other, peer))

    def echo(self, box: Station, source: IPv4Address, destination: IPv4Address, load: Load = SMALL) -> Outcome:
        """Send one ICMP echo request. The reply has the same size."""
        self.settle(box)
        where = self._send(box, source, destination, load)
        if isinstance(where, Outcome):
            return where
        if where is box:
            return Outcome.REPLY
        asked_by, _ = self._by
        back = self._send(where, destination, source, load)
        return Outcome.REPLY if back is box and self._expected(box, asked_by) else Outcome.LOST

    def _expected(self, box: Station, asked_by: str) -> bool:
        """Whether a reply comes in as the request left: a firewall has no connection at any other of its tunnel interfaces."""
        _, came_by = self._by
        tunnels = {protector.name for protector in box.meaning.protectors().tunnels} if box.meaning.drops_asymmetric else ()
        return asked_by == came_by or not {asked_by, came_by} <= {*tunnels}

    def gives_pages(self, destination: IPv4Address) -> bool:
        """Whether HTTP is answered where pings are: whose page it is may have been set to give none."""
        return not any(
            "no-http" in station.faults and station.meaning.reaches(destination, destination, tunnelled=True)
            for station in self.boxes.values()
        )

    def sent_back(self, box: Station, source: IPv4Address, destination: IPv4Address) -> Outcome:
        """What becomes of a reply that a box, or a host behind it, sends to a VPN client."""
        where = self._send(box, source, destination)
        return where if isinstance(where, Outcome) else Outcome.REPLY

    def _send(self, box: Station, source: IPv4Address, destination: IPv4Address, load: Load = SMALL) -> Station | Outcome:
        """Send a packet one way. Returns the box at or behind which it ends, else what became of it."""
        self._by = ("", "")
        route = self._way(box, source, destination)
        if box.off or route is None or route.interface.address is None or not route.interface.up:
            return Outcome.LOST
        if any(i.address == destination and i.up for i in box.meaning.interfaces()):
            return box
        source = self._translate(box, route, source, destination)
        if route.interface.tunnel == "gre":
            return Outcome.LOST
        if route.interface.crypto_map or route.interface.tunnel:
            protected = self._protect(box, route.interface, source, destination, load)
            if protected is not None:
                return protected
        return self._clear(box, route, source, destination, load)

    def _way(self, box: Station, source: IPv4Address, destination: IPv4Address) -> Route | None:
        """By a policy where one leads the packet, else by the routing table; None for nowhere, as for what goes to Null0."""
        own = any(i.address == destination for i in box.meaning.interfaces())
        led = None if own else box.led(source, destination)
        if isinstance(led, IPv4Address):
            there = self.route(box, led)
            # A next hop that is no neighbour is not taken.
            return replace(there, via=led) if there is not None and there.via is None else self.route(box, destination)
        if led is not None:
            silent, up = self.silent(box), (i for i in box.meaning.interfaces() if i.name == led and i.up)
            return next((Route(IPv4Network("0.0.0.0/0"), i, None) for i in up if i.name not in silent), None)
        return self.route(box, destination)

    def _translate(self, box: Station, route: Route, source: IPv4Address, destination: IPv4Address) -> IPv4Address:
        """Address translation comes before the crypto map."""
        after = box.meaning.translated(route.interface, source, destination)
        if after != source:
            box.noted_translation(source, after, destination)
        return after

    def _protect(
        self, box: Station, out: Interface, source: IPv4Address, destination: IPv4Address, load: Load
    ) -> Station | Outcome | None:
        """What protects traffic at the interface; None when nothing there wants the packet."""
        for protector in box.meaning.protectors().on.get(out.name, []):
            selector = protector.selector_for(source, destination) if protector.complete else None
            wanted = protector.dynamic or selector is not None
            negotiated = box.crypto.carrying(protector.name, protector.seq, source, destination) if wanted else None
            if negotiated is not None:
                return self._encrypted(box, negotiated, source, destination, load)
            if box.meaning.drops_incomplete and not protector.dynamic and not (protector.peers and protector.lines):
                return Outcome.LOST
            if selector is None:
                continue
            self.unprotected(box, protector, selector).send_errors += 1
            return Outcome.LOST
        return Outcome.LOST if out.tunnel else None

    def unprotected(self, box: Station, protector: Protector, selector: Selector) -> Flow:
        """Traffic waits for SAs that are not there: IKE begins; return the flow that they will belong to."""
        flow = box.crypto.flow(protector.name, protector.seq, selector, protector.peers[0])
        if self.ike is not None:
            self.ike.need(box, protector, selector)
        return flow

    def _encrypted(
        self, box: Station, flow: Flow, source: IPv4Address, destination: IPv4Address, load: Load
    ) -> Station | Outcome:
        """Send a packet through an SA; one that may not be cut and would be too large for the segment is sent back at once."""
        sa = flow.outbound[-1]
        outer = load.in_esp(sa.transform, flow.port)
        if outer.lost_in(MEDIA_BYTES):
            return Outcome.TOO_BIG
        flow.encaps += 1
        sa.packets += 1
        client = self.clients.get(flow.peer)
        if client is not None:
            return box if "drop-esp" not in box.faults and client.answers(flow, destination) else Outcome.LOST
        other, lost = self.neighbour(box, flow.peer), "drop-4500" if flow.port == 4500 else "drop-esp"
        if other is None or lost in box.faults or lost in other.faults or _too_large(outer, box, other):
            return Outcome.LOST
        if not self._let_in(box, other, flow.peer, *(("udp", flow.port) if flow.port == 4500 else ("esp", 0))):
            return Outcome.LOST
        found = other.crypto.inbound(sa.spi)
        if found is None:
            other.invalid_spi(flow.peer, sa.spi)
            return Outcome.LOST
        if "late-esp" in other.faults and (found[0].decaps + found[0].replay_failed) % 4:
            found[0].replay_failed += 1
            other.replay_failed(found[0].peer, flow.peer, found[1])
            return Outcome.LOST
        found[0].decaps += 1
        found[1].packets += 1
        self._by = (flow.map, found[0].map)
        return self._arrived(other, destination, source, tunnelled=True)

    def _clear(self, box: Station, route: Route, source: IPv4Address, destination: IPv4Address, load: Load) -> Station | Outcome:
        """Send a packet unencrypted."""
        network = route.interface.network
        if network is not None and not any(gateway in network for gateway in self.gateways):
            return box if host_lives(destination) else Outcome.LOST
        hop = route.via or destination
        if hop in self.gateways:
            if destination in self.clients or destination in self.gateways:
                return box
            if network is None or not any(destination in outside for outside in self.gateways.values()):
                return self._carried(box, source, destination)
            hop = destination
        other = self.owner(hop)
        if other is None or other is box or _too_large(load, box, other):
            return Outcome.LOST
        if self._expected_encrypted(other, inside(other, hop), source, destination):
            return Outcome.LOST
        return self._arrived(other, inside(other, destination), source, tunnelled=False)

    def _carried(self, box: Station, source: IPv4Address, destination: IPv4Address) -> Station | Outcome:
        """Send a packet in clear to an address that the provider does not know: lost, unless a fault has somebody there."""
        if "clear-path" not in box.faults:
            return Outcome.LOST
        if box.faults.argument("clear-path", "TO", "sink") == "sink":
            return box
        for other in self.boxes.values():
            interfaces = other.meaning.interfaces()
            if other is box or other.off or not any(i.up and i.network and destination in i.network for i in interfaces):
                continue
            outer = [i.address for i in interfaces if i.crypto_map and i.address]
            if any(self._expected_encrypted(other, at, source, destination) for at in outer):
                return Outcome.LOST
            return self._arrived(other, destination, source, tunnelled=False)
        return Outcome.LOST

    def _expected_encrypted(self, box: Station, at: IPv4Address, source: IPv4Address, destination: IPv4Address) -> bool:
        """A packet in clear that the crypto map of the receiving interface would have protected is dropped there."""
        for protector in box.meaning.protectors().at.get(at, []):
            selector = protector.selector_for(destination, source) if protector.complete and not protector.tunnel else None
            if selector is not None:
                box.crypto.flow(protector.name, protector.seq, selector, protector.peers[0]).recv_errors += 1
                box.not_protected(destination, source)
                return True
        return False

    def _arrived(self, box: Station, destination: IPv4Address, source: IPv4Address, *, tunnelled: bool) -> Station | Outcome:
        """A packet for a box itself, or for a host on a LAN behind it."""
        return box if box.meaning.reaches(destination, source, tunnelled=tunnelled) else Outcome.LOST

    def settle(self, box: Station) -> None:
        """Process expiry, rekeying and dead peers of a box and its peers, up to the current time."""
        self.upkeep.settle(box)
        for station in list(self.learners.values()):
            station.settle_routes()

    def drop(self, box: Station, flows: Iterator[Flow] | list[Flow]) -> None:
        """Delete the SAs of flows and notify the other end, which deletes its own."""
        self.upkeep.drop(box, list(flows))

    def drop_ike(self, box: Station, conn_id: int | None = None) -> None:
        """Delete IKEv1 SAs and notify the other end."""
        self.upkeep.drop_ike(box, [row for row in box.crypto.ike if conn_id in (None, row.conn_id)])


def _too_large(load: Load, *boxes: Station) -> bool:
    """True if the path to or from one of these boxes silently drops a packet because of its size."""
    return any(load.lost_in(box.faults.number("path-mtu")) for box in boxes)


async def quiet(task: asyncio.Task[None]) -> None:
    """Cancel a task and wait until it has ended."""
    task.cancel()
    await asyncio.gather(task, return_exceptions=True)
