"""IKE between two boxes, computed from both running configurations: which version, the first phase, the SAs that it is for.

The two first phases are tables of steps, `ikev1` and `ikev2`. What they have in common is here: who negotiates with whom, the
agreement on ESP SAs, their rekeying.
"""

from __future__ import annotations

import asyncio
from ipaddress import IPv4Address

from msgspec.structs import replace

from ..records import Selector
from ..wire.network import Network, Station
from ..wire.stations import inside
from .exchange import Agreed, FirstPhase, Offer, Refusal, agree_child
from .ikev1 import MainMode
from .ikev2 import InitialExchanges, agree_suite, renewed
from .protector import Protector
from .sa import Flow, Ike2Sa, new_spi
from .upkeep import REKEY_SECONDS

#: How long an IKEv2 SA stays for which no child could be agreed: sessions show it READY without one, and it comes and goes.
CHILDLESS_SECONDS = 60.0


class Ike:
    """Runs IKE negotiations, one at a time for each pair of box and peer."""

    def __init__(self, network: Network) -> None:
        self.network = network
        #: By the box that began, from which of its addresses, and the peer.
        self.running: dict[tuple[str, IPv4Address, IPv4Address], asyncio.Task[None]] = {}
        self.phases: dict[int, FirstPhase] = {1: MainMode(network), 2: InitialExchanges(network)}

    def need(self, box: Station, protector: Protector, selector: Selector) -> None:
        """Start a negotiation, unless one is in progress."""
        key, offer = (box.name, protector.local, protector.peers[0]), self._offer(box, protector, selector)
        if not protector.initiates or key in self.running or (protector.tunnel and self._begun_there(offer)):
            return
        task = asyncio.get_running_loop().create_task(self._negotiate(offer))
        self.running[key] = task
        task.add_done_callback(lambda _: self.running.pop(key, None))

    def _begun_there(self, offer: Offer) -> bool:
        """Whether the other end of a tunnel has begun: of two that negotiate with each other one is enough.

        One that nobody answered when it began, since the peer was not there yet, does not keep that peer from beginning now.
        """
        other = self.network.ike_peer(offer.box, offer.peer, offer.version)
        if other is None or (other.name, offer.seen) in self.network.unanswered:
            return False
        return (other.name, inside(other, offer.peer), offer.seen) in self.running

    def _offer(self, box: Station, protector: Protector, selector: Selector) -> Offer:
        """The offer of the initiator, in the first IKE version that the box supports there."""
        return Offer(box, protector, selector, next(iter(self._spoken(box, protector)), protector.offers[0].version))

    def _spoken(self, box: Station, protector: Protector) -> list[int]:
        """The IKE versions that a box may initiate for a protector: enabled there and allowed by policy."""
        meaning, versions = box.meaning, [offer.version for offer in protector.offers]
        return [v for v in versions if meaning.speaks_ike(protector.local, v) and meaning.admits(protector.peers[0], v)]

    async def _negotiate(self, offer: Offer) -> None:
        """Try one version of IKE; an entry with a further one falls back to it when the first comes to nothing."""
        phase, other = self.phases[offer.version], self.network.ike_peer(offer.box, offer.peer, offer.version)
        if not phase.standing(offer, other):
            other, first = await phase.begin(offer), True
        else:
            first = False
        later = self._spoken(offer.box, offer.protector)
        if other is not None:
            await self._child(offer, other, phase.child_seconds, first=first)
        elif offer.version in later[:-1]:
            await self._negotiate(replace(offer, version=later[later.index(offer.version) + 1]))

    async def _child(self, offer: Offer, other: Station, seconds: float, *, first: bool) -> None:
        """Agree on ESP SAs: quick mode, or what IKE_AUTH carries (the first ones) or CREATE_CHILD_SA (later ones)."""
        pfs = offer.version == 1 or not first
        await self.network.clock.sleep(seconds * (1.5 if pfs and offer.protector.pfs else 1))
        if self.network.ike_peer(offer.box, offer.peer, offer.version) is not other or self._superseded(offer):
            return
        if not self.phases[offer.version].standing(offer, other):
            # Somebody cleared the IKE SA meanwhile, and what was under way under it came to nothing.
            return
        agreed = agree_child(offer, other, pfs=pfs)
        if isinstance(agreed, Agreed):
            ours = offer.box.crypto.flow(offer.protector.name, offer.protector.seq, offer.selector, offer.peer)
            self._install(offer, ours, other, self._their_flow(offer, other, agreed), agreed)
        elif offer.version == 1:
            for box, peer in ((other, offer.seen), (offer.box, offer.peer)):
                box.quick_mode_failed(peer)
        else:
            await self._childless(offer, other, agreed)

    def _superseded(self, offer: Offer) -> bool:
        """Whether a tunnel interface, whose two ends both begin, got its SAs from the other end meanwhile."""
        mine = (flow for flow in offer.box.crypto.flows if flow.map == offer.protector.name)
        return offer.protector.tunnel and any(flow.outbound for flow in mine)

    async def _childless(self, offer: Offer, other: Station, refusal: Refusal) -> None:
        """An IKEv2 SA for which no child could be agreed is deleted soon."""
        offer.box.negotiation_failed(offer.peer, f"told of {refusal.reason}")
        other.negotiation_failed(offer.seen, refusal.reason)
        await self.network.clock.sleep(CHILDLESS_SECONDS)
        rows = [row for row in offer.box.crypto.ike2 if row.between(offer.local, offer.peer)]
        if not any(flow.outbound for flow in offer.box.crypto.flows if any(row.carries(flow) for row in rows)):
            self.network.upkeep.drop_ike2(offer.box, rows)

    def _their_flow(self, offer: Offer, other: Station, agreed: Agreed) -> Flow:
        flow = other.crypto.flow(agreed.protector.name, agreed.protector.seq, agreed.selector, offer.seen)
        flow.from_acl = not agreed.dynamic
        return flow

    def _install(self, offer: Offer, ours: Flow, other: Station, theirs: Flow, agreed: Agreed) -> None:
        """Install a pair of ESP SAs on both ends."""
        now, box, mine = self.network.clock.now(), offer.box, offer.protector
        # IKEv1 agrees on the shorter lifetime; in IKEv2 each end has its own.
        far = agreed.protector.seconds
        near, far = (min(mine.seconds, far),) * 2 if offer.version == 1 else (mine.seconds, far)
        there, back = new_spi(), new_spi()
        new = not any(flow.outbound for flow in box.crypto.flows if flow.peer == offer.peer)
        translated = self.network.translated(box, offer.local, other, offer.peer)
        for flow, station, seconds, spis in ((ours, box, near, (back, there)), (theirs, other, far, (there, back))):
            flow.initiator, flow.version, flow.port = flow is ours, offer.version, 4500 if translated else 500
            made = [station.crypto.new_sa(spi, agreed.transform, now, seconds, mine.kilobytes, agreed.pfs) for spi in spis]
            flow.inbound.append(made[0])
            flow.outbound.append(made[1])
        ours.local, theirs.local = mine.local, agreed.protector.local
        ours.tunnel, theirs.tunnel = mine.tunnel, agreed.protector.tunnel
        ours.peer, theirs.peer = offer.peer, offer.seen
        for seconds in {near, far}:
            self.network.upkeep.look_in(box, seconds - REKEY_SECONDS + 1)
            self.network.upkeep.look_in(box, seconds + 1)
        if new:
            box.session_changed(offer.peer, up=True)
            other.session_changed(offer.seen, up=True)
        for station in (box, other):
            self.network.upkeep.look_at_tunnels(station)

    def renew(self, box: Station, flow: Flow) -> bool:
        """Rekey the ESP SAs of a flow before they expire."""
        if flow.peer in self.network.clients:
            old = flow.outbound[-1]
            now = self.network.clock.now()
            for side in (flow.inbound, flow.outbound):
                side[:] = [box.crypto.new_sa(new_spi(), old.transform, now, old.seconds, old.kilobytes)]
            self.network.upkeep.look_in(box, old.seconds - REKEY_SECONDS + 1)
            return True
        other = self.network.ike_peer(box, flow.peer, flow.version)
        mine = [p for found in box.meaning.protectors().on.values() for p in found if (p.name, p.seq) == (flow.map, flow.seq)]
        protector = next((p for p in mine if p.complete and p.child(flow.version) is not None), None)
        if other is None or protector is None:
            return False
        offer = Offer(box, protector, flow.selector, flow.version)
        if other.crypto.up_between(inside(other, offer.peer), offer.seen, flow.version) is None:
            return False
        agreed = agree_child(offer, other, pfs=True)
        if isinstance(agreed, Refusal):
            if flow.version == 2:
                box.negotiation_failed(flow.peer, f"told of {agreed.reason}")
                other.negotiation_failed(offer.seen, agreed.reason)
            return False
        self._install(offer, flow, other, self._their_flow(offer, other, agreed), agreed)
        return True

    def renew_ike(self, box: Station, row: Ike2Sa) -> bool:
        """Rekey an IKEv2 SA before it expires."""
        other = self.network.ike_peer(box, row.remote, 2)
        found = box.meaning.protectors().at.get(row.local, [])
        protector = next((p for p in found if row.remote in p.peers and p.child(2) is not None), None)
        if other is None or protector is None:
            return False
        offer = Offer(box, protector, protector.lines[0][1], 2)
        return renewed(self.network, box, row, agree_suite(offer, other))
