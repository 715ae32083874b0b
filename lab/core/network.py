"""The wire between the boxes: who reaches whom, what happens to a packet, when SAs age.

One segment 172.18.124.0/24 with a gateway that knows no private network; behind each box a LAN with two hosts (.10 and
.20), whose default gateway the box is. Packets are judged hop by hop from the running configurations.
"""

from __future__ import annotations

import asyncio
import time
from collections.abc import Iterator, Mapping
from dataclasses import dataclass, field
from enum import Enum
from ipaddress import IPv4Address, IPv4Network
from typing import Protocol

from ..ios import model
from .clock import LabClock
from .faults import Faults
from .meaning import Meaning, host_lives
from .sa import CryptoState, Flow
from .store import Store

MOMENT = 0.5  # lab seconds within which nothing ends that had not ended before
SWEEP_SECONDS = 0.1  # real seconds between two looks at all boxes
GATEWAY = IPv4Address("172.18.124.1")
CLIENT = IPv4Address("64.102.55.142")
CLIENT_POOL = IPv4Address("14.1.1.106")


class Outcome(Enum):
    """What became of an echo."""

    REPLY = "!"
    LOST = "."
    UNREACHABLE = "U"


class Station(Protocol):
    """What the wire needs to know of a box."""

    name: str
    faults: Faults
    crypto: CryptoState

    @property
    def store(self) -> Store:
        """Its configuration."""

    @property
    def meaning(self) -> Meaning:
        """What its configuration means."""

    @property
    def off(self) -> bool:
        """Whether nothing can reach the box."""

    def log(self, message: str) -> None:
        """Write a log message."""

    def bad_message(self, peer: IPv4Address) -> None:
        """Log that a message of a peer could not be authenticated."""

    def quick_mode_failed(self, peer: IPv4Address) -> None:
        """Log that there is no agreement in quick mode."""

    def invalid_spi(self, at: IPv4Address, spi: int) -> None:
        """Log a packet of an SA that is not there."""

    def not_protected(self, destination: IPv4Address, source: IPv4Address) -> None:
        """Log a packet that should have come through a tunnel."""

    def noted_translation(self, inside: IPv4Address, outside: IPv4Address, destination: IPv4Address) -> None:
        """Remember an address translation."""


class Negotiator(Protocol):
    """Starts IKE when a packet needs protection and has none."""

    def need(self, box: Station, local: IPv4Address, entry: model.MapEntry, selector: model.Selector) -> None:
        """Negotiate for a flow, unless that is under way."""

    def renew(self, box: Station, flow: Flow) -> bool:
        """Make new SAs for a flow whose lifetime ends; False if the two ends do not agree any more."""


class Owners:
    """Who has which address: an index in which a box is entered anew after its configuration has changed."""

    def __init__(self) -> None:
        self._found: dict[IPv4Address, list[Station]] = {}
        self._known: dict[str, list[IPv4Address]] = {}
        self._stale: dict[str, Station] = {}

    def changed(self, box: Station) -> None:
        """The configuration of a box has begun or ended to change, or is another one."""
        self._stale[box.name] = box

    def of(self, address: IPv4Address, order: Mapping[str, Station]) -> list[Station]:
        """The boxes with an address on an interface that is up, in their order."""
        for box in list(self._stale.values()):
            self._enter(box, order)
            if box.store.steady:
                del self._stale[box.name]
        return self._found.get(address, [])

    def _enter(self, box: Station, order: Mapping[str, Station]) -> None:
        addresses = list(dict.fromkeys(i.address for i in box.meaning.interfaces() if i.up and i.address is not None))
        for address in self._known.get(box.name, []):
            self._found[address] = [other for other in self._found[address] if other is not box]
        for address in addresses:
            found = [*self._found.get(address, []), box]
            self._found[address] = [other for other in order.values() if other in found] if len(found) > 1 else found
        self._known[box.name] = addresses


class Heard:
    """Whom each box has an IKE SA with, read once for all its peers that ask."""

    def __init__(self) -> None:
        self._peers: dict[str, set[IPv4Address]] = {}

    def by(self, box: Station) -> set[IPv4Address]:
        """The addresses of both ends of every IKE SA of a box that is up."""
        if box.name not in self._peers:
            rows = [row for row in box.crypto.ike if row.state == "QM_IDLE"]
            self._peers[box.name] = {address for row in rows for address in (row.dst, row.src)}
        return self._peers[box.name]


@dataclass(slots=True)
class Network:
    """All boxes on the segment."""

    clock: LabClock
    boxes: dict[str, Station]
    ike: Negotiator | None = None
    owners: Owners = field(default_factory=Owners)
    #: Each provider's router with the network in which its customers have their outside addresses.
    gateways: dict[IPv4Address, IPv4Network] = field(default_factory=lambda: {GATEWAY: IPv4Network("172.18.124.0/24")})
    swept: float = float("-inf")

    def owner(self, address: IPv4Address) -> Station | None:
        """The box that has an address on an interface that is up."""
        return next((box for box in self.owners.of(address, self.boxes) if not box.off), None)

    def neighbour(self, box: Station, address: IPv4Address) -> Station | None:
        """The box at an address, if this box has a way there over the segment."""
        route = box.meaning.route_to(address)
        if route is None or route.interface.address is None or (route.via not in (None, address, *self.gateways)):
            return None
        other = self.owner(address)
        return other if other is not None and other is not box and not box.off else None

    def ike_peer(self, box: Station, address: IPv4Address) -> Station | None:
        """The box that answers IKE at an address: reachable, UDP 500 passes, and a crypto map is bound there."""
        other = self.neighbour(box, address)
        if other is None or "drop-ike" in box.faults or "drop-ike" in other.faults:
            return None
        route = box.meaning.route_to(address)
        local = route.interface.address if route is not None else None
        return other if box.meaning.speaks_ike(local) and other.meaning.answers_ike(address) else None

    def echo(self, box: Station, source: IPv4Address, destination: IPv4Address) -> Outcome:
        """Send one echo request and see whether the reply comes back."""
        self.settle(box)
        where = self._send(box, source, destination)
        if isinstance(where, Outcome):
            return where
        if where is box:
            return Outcome.REPLY
        back = self._send(where, destination, source)
        return back if back is Outcome.LOST else Outcome.REPLY if back is box else Outcome.LOST

    def _send(self, box: Station, source: IPv4Address, destination: IPv4Address) -> Station | Outcome:
        """Move a packet one way; return the box that it ends at (or behind), or what became of it."""
        route = box.meaning.route_to(destination)
        if box.off or route is None or route.interface.address is None:
            return Outcome.LOST
        if any(i.address == destination and i.up for i in box.meaning.interfaces()):
            return box
        source = self._translate(box, route, source, destination)
        if route.interface.crypto_map:
            protected = self._protect(box, route.interface, source, destination)
            if protected is not None:
                return protected
        return self._clear(box, route, source, destination)

    def _translate(self, box: Station, route: model.Route, source: IPv4Address, destination: IPv4Address) -> IPv4Address:
        """Address translation comes before the crypto map."""
        after = box.meaning.translated(route.interface, source, destination)
        if after != source:
            box.noted_translation(source, after, destination)
        return after

    def _protect(
        self, box: Station, out: model.Interface, source: IPv4Address, destination: IPv4Address
    ) -> Station | Outcome | None:
        """The crypto map of the interface; None when no entry wants the packet."""
        for entry in box.meaning.entries(out.crypto_map):
            selector = entry.selector_for(source, destination) if entry.complete else None
            wanted = entry.dynamic or selector is not None
            negotiated = box.crypto.carrying(entry.name, entry.seq, source, destination) if wanted else None
            if negotiated is not None:
                return self._encrypted(box, negotiated, source, destination)
            if box.meaning.drops_incomplete and not entry.dynamic and not (entry.peers and entry.lines):
                return Outcome.LOST
            if selector is None or out.address is None:
                continue
            flow = box.crypto.flow(entry.name, entry.seq, selector, entry.peers[0])
            flow.send_errors += 1
            if self.ike is not None:
                self.ike.need(box, out.address, entry, selector)
            return Outcome.LOST
        return None

    def _encrypted(self, box: Station, flow: Flow, source: IPv4Address, destination: IPv4Address) -> Station | Outcome:
        """Send a packet through an SA."""
        sa = flow.outbound[-1]
        flow.encaps += 1
        sa.packets += 1
        if flow.peer == CLIENT:
            if "drop-esp" in box.faults or destination != CLIENT_POOL:
                return Outcome.LOST
            flow.decaps += 1
            flow.inbound[-1].packets += 1
            return box
        other = self.neighbour(box, flow.peer)
        if other is None or "drop-esp" in box.faults or "drop-esp" in other.faults:
            return Outcome.LOST
        found = other.crypto.inbound(sa.spi)
        if found is None:
            other.invalid_spi(flow.peer, sa.spi)
            return Outcome.LOST
        found[0].decaps += 1
        found[1].packets += 1
        return self._arrived(other, destination, source, tunnelled=True)

    def _clear(self, box: Station, route: model.Route, source: IPv4Address, destination: IPv4Address) -> Station | Outcome:
        """Send a packet unprotected."""
        network = route.interface.network
        if network is not None and not any(gateway in network for gateway in self.gateways):
            return box if host_lives(destination) else Outcome.LOST
        hop = route.via or destination
        if hop in self.gateways:
            if destination in (CLIENT, *self.gateways):
                return box
            if network is None or not any(destination in outside for outside in self.gateways.values()):
                return Outcome.LOST
            hop = destination
        other = self.owner(hop)
        if other is None or other is box:
            return Outcome.LOST
        if self._expected_encrypted(other, hop, source, destination):
            return Outcome.LOST
        return self._arrived(other, destination, source, tunnelled=False)

    def _expected_encrypted(self, box: Station, at: IPv4Address, source: IPv4Address, destination: IPv4Address) -> bool:
        """A packet in clear that the crypto map of the receiving interface would have protected is dropped there."""
        for interface in box.meaning.interfaces():
            if interface.address != at or not interface.crypto_map:
                continue
            for entry in box.meaning.entries(interface.crypto_map):
                selector = entry.selector_for(destination, source) if entry.complete else None
                if selector is not None:
                    box.crypto.flow(entry.name, entry.seq, selector, entry.peers[0]).recv_errors += 1
                    box.not_protected(destination, source)
                    return True
        return False

    def _arrived(self, box: Station, destination: IPv4Address, source: IPv4Address, *, tunnelled: bool) -> Station | Outcome:
        """A packet for a box itself, or for a host on a LAN behind it."""
        return box if box.meaning.reaches(destination, source, tunnelled=tunnelled) else Outcome.LOST

    def settle(self, box: Station) -> None:
        """Let time pass for a box and those that it has SAs with: rekey what ends soon and was used, drop what has ended.

        Now and then it passes for all, whoever asks; a box that was settled at this moment already is left alone.
        """
        now, heard = self.clock.now(), Heard()
        if time.monotonic() - self.swept >= SWEEP_SECONDS:
            self.swept = time.monotonic()
            boxes = list(self.boxes.values())
        else:
            boxes = [box, *(other for flow in box.crypto.flows if (other := self.owner(flow.peer)) is not None)]
        for each in boxes:
            if (each.crypto.ike or each.crypto.flows) and now - each.crypto.settled >= MOMENT:
                each.crypto.settled = now
                self._settle(each, now, heard)

    def _settle(self, box: Station, now: float, heard: Heard) -> None:
        box.crypto.ike = [row for row in box.crypto.ike if row.expires > now]
        self._probe_peers(box, now, heard)
        for flow in list(box.crypto.flows):
            self._age(box, flow, now)

    def _probe_peers(self, box: Station, now: float, heard: Heard) -> None:
        """A peer that has been silent for as long as the keepalives wait is given up."""
        for row in list(box.crypto.ike):
            peer = next((address for address in (row.dst, row.src) if self.owner(address) is not box), row.dst)
            patience = box.meaning.keepalive(peer)
            if row.state != "QM_IDLE" or peer == CLIENT or not patience:
                continue
            other, local = self.ike_peer(box, peer), row.src if peer == row.dst else row.dst
            if other is not None and local in heard.by(other):
                box.crypto.silent.pop(peer, None)
            elif now - box.crypto.silent.setdefault(peer, now) > patience:
                del box.crypto.silent[peer]
                box.crypto.ike.remove(row)
                box.crypto.flows = [flow for flow in box.crypto.flows if flow.peer != peer]

    def _age(self, box: Station, flow: Flow, now: float) -> None:
        youngest = flow.outbound[-1] if flow.outbound else None
        if youngest is not None and 0 < youngest.remaining(now) <= 30 and (flow.initiator or flow.peer == CLIENT):
            used = youngest.packets or flow.inbound[-1].packets
            if self.ike is not None and (used or flow.peer == CLIENT):
                self.ike.renew(box, flow)
        had = bool(flow.outbound)
        flow.inbound = [sa for sa in flow.inbound if sa.remaining(now) > 0]
        flow.outbound = [sa for sa in flow.outbound if sa.remaining(now) > 0]
        if had and not flow.outbound and not flow.from_acl:
            box.crypto.flows.remove(flow)

    def drop(self, box: Station, flows: Iterator[Flow] | list[Flow]) -> None:
        """Delete the SAs of flows; the other end is told and deletes its own."""
        for flow in list(flows):
            if flow in box.crypto.flows:
                box.crypto.flows.remove(flow)
            other = self.neighbour(box, flow.peer)
            if other is None or "drop-ike" in box.faults or "drop-ike" in other.faults:
                continue
            gone = {sa.spi for sa in flow.outbound}
            for theirs in list(other.crypto.flows):
                if gone & {sa.spi for sa in theirs.inbound}:
                    other.crypto.flows.remove(theirs)

    def drop_ike(self, box: Station, conn_id: int | None = None) -> None:
        """Delete phase-1 rows; the other end is told."""
        for row in [row for row in box.crypto.ike if conn_id in (None, row.conn_id)]:
            box.crypto.bury([row], self.clock.now())
            peer = row.src if self.owner(row.dst) is box else row.dst
            other = self.neighbour(box, peer)
            if other is not None and "drop-ike" not in box.faults and "drop-ike" not in other.faults:
                other.crypto.bury([r for r in other.crypto.ike if r.between(row.dst, row.src)], self.clock.now())


async def quiet(task: asyncio.Task[None]) -> None:
    """Cancel a task and wait until it has ended."""
    task.cancel()
    await asyncio.gather(task, return_exceptions=True)
