"""IKEv1 between two boxes, computed from both running configurations.

The steps and their state names are those of main mode and quick mode (RFC 2409) as IOS shows them; a disagreement leaves the
rows where a real pair leaves them. Times are lab seconds: about three for a negotiation with software Diffie-Hellman on a
2600, ten between five retransmissions.
"""

from __future__ import annotations

import asyncio
from dataclasses import dataclass
from ipaddress import IPv4Address

from ..ios import model
from .network import CLIENT, Network, Station
from .sa import Flow, IkeSa, new_spi

SETUP, KEY_EXCHANGE, QUICK = 0.5, 1.5, 1.0
RETRANSMIT, TRIES = 10.0, 5


@dataclass(frozen=True, slots=True)
class Offer:
    """What the initiator asks for."""

    box: Station
    local: IPv4Address
    peer: IPv4Address
    entry: model.MapEntry
    selector: model.Selector


@dataclass(frozen=True, slots=True)
class Agreed:
    """What the responder agrees to; `dynamic` when a dynamic entry took it."""

    entry: model.MapEntry
    selector: model.Selector
    transform: tuple[str, ...]
    dynamic: bool


def agree_policy(initiator: Station, responder: Station) -> model.Policy | None:
    """The responder's first policy that one of the initiator's equals; the initiator's lifetime may be shorter."""
    for mine in responder.meaning.policies():
        for theirs in initiator.meaning.policies():
            same = (mine.encr, mine.hash, mine.auth, mine.group) == (theirs.encr, theirs.hash, theirs.auth, theirs.group)
            if same and mine.auth == "pre-share" and theirs.lifetime <= mine.lifetime:
                return theirs
    return None


def agree_quick(offer: Offer, responder: Station) -> Agreed | str:
    """What the responder's map makes of a quick mode offer: an agreement, or why there is none."""
    wanted, reason = offer.selector.mirrored(), "proxy identities not supported"
    bound = next((i.crypto_map for i in responder.meaning.interfaces() if i.address == offer.peer), "")
    for entry in responder.meaning.entries(bound):
        if entry.dynamic:
            for template in responder.meaning.dynamic_templates(entry.dynamic):
                common = [t for t in offer.entry.transforms if t in template.transforms]
                if common and not template.lines and template.pfs in ("", offer.entry.pfs):
                    return Agreed(entry, wanted, common[0], dynamic=True)
            continue
        if not entry.complete or offer.local not in entry.peers:
            continue
        mine = [line for action, line in entry.lines if action == "permit" and wanted.within(line)]
        if not mine:
            continue
        common = [t for t in offer.entry.transforms if t in entry.transforms]
        if not common:
            reason = "transform proposal not supported for identity"
        elif entry.pfs and entry.pfs != offer.entry.pfs:
            reason = "PFS group not acceptable"
        else:
            return Agreed(entry, mine[0] if mine[0] == wanted else wanted, common[0], dynamic=False)
    return reason


class Ike:
    """Runs one negotiation per pair of box and peer at a time."""

    def __init__(self, network: Network) -> None:
        self.network = network
        self.running: dict[tuple[str, IPv4Address], asyncio.Task[None]] = {}

    def need(self, box: Station, local: IPv4Address, entry: model.MapEntry, selector: model.Selector) -> None:
        """Start negotiating, unless that is under way."""
        key = (box.name, entry.peers[0])
        if key in self.running:
            return
        offer = Offer(box, local, entry.peers[0], entry, selector)
        task = asyncio.get_running_loop().create_task(self._negotiate(offer))
        self.running[key] = task
        task.add_done_callback(lambda _: self.running.pop(key, None))

    async def _negotiate(self, offer: Offer) -> None:
        other = self.network.ike_peer(offer.box, offer.peer)
        row = offer.box.crypto.ike_with(offer.peer)
        if row is None or other is None or other.crypto.ike_with(offer.local) is None:
            other = await self._main_mode(offer)
        if other is not None:
            await self._quick_mode(offer, other)

    async def _main_mode(self, offer: Offer) -> Station | None:
        """Return the responder when phase 1 is up; else leave the rows as they stand until the tries are spent."""
        box, clock = offer.box, self.network.clock
        box.crypto.bury([row for row in box.crypto.ike if row.between(offer.local, offer.peer)], clock.now())
        mine = box.crypto.new_ike(offer.peer, offer.local)
        await clock.sleep(SETUP)
        other = self.network.ike_peer(box, offer.peer)
        if other is None or box.meaning.key_for(offer.peer) is None:
            mine.reason = "no answer" if box.meaning.key_for(offer.peer) is not None else "no key here"
            await self._give_up(box, mine)
            return None
        other.crypto.bury([row for row in other.crypto.ike if row.between(offer.local, offer.peer)], clock.now())
        theirs = other.crypto.new_ike(offer.peer, offer.local)
        policy = agree_policy(box, other)
        if policy is not None:
            mine.state = theirs.state = "MM_SA_SETUP"
            await clock.sleep(KEY_EXCHANGE / 2)
            mine.state = theirs.state = "MM_KEY_EXCH"
            await clock.sleep(KEY_EXCHANGE / 2)
        state = self._authenticate(offer, other, policy, (mine, theirs))
        mine.state = theirs.state = state
        if state != "QM_IDLE" or policy is None:
            await self._give_up(box, mine, other, theirs)
            return None
        mine.policy = theirs.policy = policy
        mine.expires = theirs.expires = clock.now() + policy.lifetime
        return other

    def _authenticate(self, offer: Offer, other: Station, policy: model.Policy | None, rows: tuple[IkeSa, IkeSa]) -> str:
        """The state that main mode ends in; the rows remember why."""
        if policy is None:
            rows[0].reason = rows[1].reason = "policy"
            return "MM_NO_STATE"
        ours, theirs = offer.box.meaning.key_for(offer.peer), other.meaning.key_for(offer.local)
        if ours is None or theirs is None or ours.used != theirs.used:
            rows[0].reason = rows[1].reason = "key" if theirs is not None else "no key there"
            if theirs is not None:
                other.bad_message(offer.local)
            return "MM_KEY_EXCH"
        asked = other.meaning.asks_xauth(offer.peer, offer.local) or offer.box.meaning.asks_xauth(offer.local, offer.peer)
        return "CONF_XAUTH" if asked else "QM_IDLE"

    async def _give_up(self, box: Station, mine: IkeSa, other: Station | None = None, theirs: IkeSa | None = None) -> None:
        """Retransmit until the tries are spent or somebody clears the row; then the rows go away."""
        for _ in range(TRIES * 5):
            await self.network.clock.sleep(RETRANSMIT / 5)
            if mine not in box.crypto.ike:
                break
        now, mine.failed = self.network.clock.now(), True
        box.crypto.bury([row for row in box.crypto.ike if row is mine], now)
        if other is not None and theirs is not None:
            theirs.failed = True
            other.crypto.bury([row for row in other.crypto.ike if row is theirs], now)

    async def _quick_mode(self, offer: Offer, other: Station) -> None:
        await self.network.clock.sleep(QUICK + (QUICK / 2 if offer.entry.pfs else 0))
        if self.network.ike_peer(offer.box, offer.peer) is not other:
            return
        agreed = agree_quick(offer, other)
        if not (offer.box.meaning.admits(offer.peer) and other.meaning.admits(offer.local)):
            agreed = "the policy for the peer does not admit the tunnel"
        if isinstance(agreed, str):
            for box, peer in ((other, offer.local), (offer.box, offer.peer)):
                box.quick_mode_failed(peer)
            return
        ours = offer.box.crypto.flow(offer.entry.name, offer.entry.seq, offer.selector, offer.peer)
        self._install(offer.box, ours, other, self._their_flow(offer, other, agreed), agreed.transform, offer.entry)

    def _their_flow(self, offer: Offer, other: Station, agreed: Agreed) -> Flow:
        flow = other.crypto.flow(agreed.entry.name, agreed.entry.seq, agreed.selector, offer.local)
        flow.from_acl = not agreed.dynamic
        return flow

    def _install(
        self,
        box: Station,
        ours: Flow,
        other: Station,
        theirs: Flow,
        transform: tuple[str, ...],
        entry: model.MapEntry,
    ) -> None:
        """Put an SA pair on both ends; what one sends with, the other receives with."""
        now, seconds = self.network.clock.now(), entry.seconds
        for bound in other.meaning.entries(theirs.map):
            if bound.seq == theirs.seq:
                seconds = min(seconds, bound.seconds)
        there, back = new_spi(), new_spi()
        ours.initiator, theirs.initiator = True, False
        ours.inbound.append(box.crypto.new_sa(back, transform, now, seconds, entry.kilobytes))
        ours.outbound.append(box.crypto.new_sa(there, transform, now, seconds, entry.kilobytes))
        theirs.inbound.append(other.crypto.new_sa(there, transform, now, seconds, entry.kilobytes))
        theirs.outbound.append(other.crypto.new_sa(back, transform, now, seconds, entry.kilobytes))

    def renew(self, box: Station, flow: Flow) -> bool:
        """Rekey a flow before its SAs end."""
        if flow.peer == CLIENT:
            old = flow.outbound[-1]
            for side in (flow.inbound, flow.outbound):
                side[:] = [box.crypto.new_sa(new_spi(), old.transform, self.network.clock.now(), 3600, 4608000)]
            return True
        other = self.network.ike_peer(box, flow.peer)
        local = next((i.address for i in box.meaning.interfaces() if i.crypto_map == flow.map), None)
        entry = next((e for e in box.meaning.entries(flow.map) if e.seq == flow.seq and e.complete), None)
        if other is None or local is None or entry is None or other.crypto.ike_with(local) is None:
            return False
        offer = Offer(box, local, flow.peer, entry, flow.selector)
        agreed = agree_quick(offer, other)
        if isinstance(agreed, str):
            return False
        self._install(box, flow, other, self._their_flow(offer, other, agreed), agreed.transform, entry)
        return True
