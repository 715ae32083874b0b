"""IKEv2's first exchanges between two boxes (RFC 7296): IKE_SA_INIT chooses the algorithms, IKE_AUTH proves who is there.

Rows are `IN-NEG` until both ends are proved, then `READY`. A responder that refuses says so, and both rows are gone; without
an answer the initiator's stays until its tries are spent. Times are lab seconds: one and a half for all of it, five tries in
about a minute (the default retransmission of IOS begins at two seconds and doubles; its ending is from memory).
"""

from __future__ import annotations

from ipaddress import IPv4Address
from typing import TYPE_CHECKING

from msgspec import Struct

from ..records import Authentication, Suite
from ..wire.stations import Station, inside
from .exchange import Offer, Step, stands, walk
from .sa import Ike2Sa, new_spi

if TYPE_CHECKING:
    from ..wire.network import Network

INIT, AUTH, CHILD, AGAIN = 0.5, 0.75, 0.25, 0.25
RETRANSMIT, TRIES = 12.0, 5


def agree_suite(offer: Offer, responder: Station) -> Suite | None:
    """What the responder, by the order of its own proposals, takes of what the initiator offers."""
    offered = offer.box.meaning.proposals(offer.local)
    for mine in responder.meaning.proposals(inside(responder, offer.peer)):
        for theirs in offered:
            suite = mine.agreed(theirs)
            if suite is not None:
                return suite
    return None


class Exchange(Struct):
    """IKE_SA_INIT and IKE_AUTH under way between two boxes that hear each other."""

    offer: Offer
    other: Station
    rows: tuple[Ike2Sa, Ike2Sa]
    ours: Authentication
    theirs: Authentication | None = None
    suite: Suite | None = None
    translated: bool = False

    def propose(self) -> str:
        """The proposals have a suite in common, or not (NO_PROPOSAL_CHOSEN)."""
        self.suite = agree_suite(self.offer, self.other)
        return "" if self.suite is not None else "policy"

    def guess_group(self) -> float:
        """The lab seconds of a second try: the initiator begins with its first group, and is told of another one."""
        first = next((proposal.group[0] for proposal in self.offer.box.meaning.proposals(self.offer.local)), "")
        return AGAIN if self.suite is not None and self.suite.group != first else 0.0

    def identify(self) -> str:
        """The responder has a profile for what the initiator says that it is, and proves it by its key."""
        if self.translated and ("drop-4500" in self.offer.box.faults or "drop-4500" in self.other.faults):
            return "4500"
        at, shown = inside(self.other, self.offer.peer), self.ours.sends
        self.theirs = self.other.meaning.authentication("", at, self.offer.seen, shown)
        if self.theirs is None:
            return "profile"
        return "" if self.ours.local_key is not None and self.ours.local_key == self.theirs.remote_key else "key"

    def answer(self) -> str:
        """The initiator finds the responder's identity in its profile, and proves it by its key."""
        assert self.theirs is not None
        offer, shown = self.offer, self.theirs.sends
        found = offer.box.meaning.authentication(offer.protector.profile, offer.local, offer.peer, shown)
        if found is None:
            return "profile here"
        return "" if self.theirs.local_key is not None and self.theirs.local_key == found.remote_key else "key here"


STEPS: tuple[Step[Exchange], ...] = (
    Step(0, "IN-NEG", Exchange.propose),
    Step(AUTH / 2, "IN-NEG", Exchange.identify),
    Step(AUTH / 2, "IN-NEG", Exchange.answer),
)


class InitialExchanges:
    """IKEv2's first phase."""

    child_seconds = CHILD

    def __init__(self, network: Network) -> None:
        self.network = network

    def standing(self, offer: Offer, other: Station | None) -> bool:
        """Whether both ends have a row that is up."""
        return stands(offer, other)

    async def begin(self, offer: Offer) -> Station | None:
        """Return the responder when both ends are READY; else nothing is left of it."""
        box, network, cookie = offer.box, self.network, new_spi()
        ours = box.meaning.authentication(offer.protector.profile, offer.local, offer.peer, None)
        if ours is None or ours.local_key is None:
            box.negotiation_failed(offer.peer, "no key here")
            await network.clock.sleep(INIT)
            return None
        self._clear(box, offer.local, offer.peer)
        mine = box.crypto.new_ike2(offer.local, offer.peer, network.clock.now(), cookie, initiator=True)
        mine.profile, mine.reason = ours.name, "no answer"
        await network.clock.sleep(INIT)
        other = network.ike_peer(box, offer.peer, 2)
        if other is None:
            with network.calling(box, offer.peer):
                await self._give_up(box, mine)
            return None
        at = inside(other, offer.peer)
        self._clear(other, at, offer.seen)
        theirs = other.crypto.new_ike2(at, offer.seen, network.clock.now(), cookie, initiator=False)
        translated = network.translated(box, offer.local, other, offer.peer)
        exchange = Exchange(offer, other, (mine, theirs), ours, translated=translated)
        return other if await self._agree(exchange) else None

    async def _agree(self, exchange: Exchange) -> bool:
        box, other, (mine, theirs) = exchange.offer.box, exchange.other, exchange.rows

        def show(state: str) -> None:
            mine.state = theirs.state = state
            mine.suite = theirs.suite = exchange.suite

        reason = await walk(STEPS, exchange, show, self.network)
        if not reason:
            await self.network.clock.sleep(exchange.guess_group())
        mine.reason = theirs.reason = reason
        if reason == "4500":
            await self._give_up(box, mine)
        if reason or mine not in box.crypto.ike2 or theirs not in other.crypto.ike2:
            self._end(exchange, reason)
            return False
        self._ready(exchange)
        return True

    def _end(self, exchange: Exchange, reason: str) -> None:
        """Both rows go; each end logs what it knows of it."""
        offer, other = exchange.offer, exchange.other
        offer.box.crypto.ike2 = [row for row in offer.box.crypto.ike2 if row is not exchange.rows[0]]
        other.crypto.ike2 = [row for row in other.crypto.ike2 if row is not exchange.rows[1]]
        if reason:
            offer.box.negotiation_failed(offer.peer, reason if reason.endswith("here") else f"told of {reason}")
            other.negotiation_failed(offer.seen, reason)

    def _ready(self, exchange: Exchange) -> None:
        """Both ends are proved."""
        now, (mine, theirs) = self.network.clock.now(), exchange.rows
        assert exchange.theirs is not None
        for row, auth, far in ((mine, exchange.ours, exchange.theirs), (theirs, exchange.theirs, exchange.ours)):
            row.state, row.suite, row.profile, row.born = "READY", exchange.suite, auth.name, now
            row.sent, row.received = auth.sends, far.sends
            row.lifetime, row.patience, row.interval = auth.lifetime, auth.patience, auth.interval
            row.expires, row.port = now + auth.lifetime, 4500 if exchange.translated else 500
        renumber(mine, theirs)
        _initial_contact(exchange.other, theirs)

    def _clear(self, box: Station, local: IPv4Address, peer: IPv4Address) -> None:
        """An earlier row between the two addresses makes place."""
        box.crypto.ike2 = [row for row in box.crypto.ike2 if not row.between(local, peer)]

    async def _give_up(self, box: Station, mine: Ike2Sa) -> None:
        """Retransmit until the tries are spent or somebody clears the row; then it goes away."""
        for _ in range(TRIES * 5):
            await self.network.clock.sleep(RETRANSMIT / 5)
            if mine not in box.crypto.ike2:
                return
        box.crypto.ike2.remove(mine)
        box.negotiation_failed(mine.remote, mine.reason)


def _initial_contact(box: Station, row: Ike2Sa) -> None:
    """The initiator says that it has no other SA between the two, and the responder deletes what it has left (RFC 7296 2.4).

    It is said of two identities; with identities of addresses those are the two addresses, and another tunnel of the same
    two devices, from another address of one of them, is left alone.
    """
    for flow in box.crypto.flows:
        if row.carries(flow):
            flow.inbound, flow.outbound = [], []


def renumber(mine: Ike2Sa, theirs: Ike2Sa) -> None:
    """A new pair of SPIs of eight bytes; what is one end's own is the other's remote one."""
    mine.spi = theirs.far_spi = new_spi() << 32 | new_spi()
    mine.far_spi = theirs.spi = new_spi() << 32 | new_spi()


def renewed(network: Network, box: Station, row: Ike2Sa, suite: Suite | None) -> bool:
    """A new IKE SA takes the place of one whose lifetime ends, on both ends; its ESP SAs go on."""
    other = network.ike_peer(box, row.remote, 2)
    theirs = next((r for r in other.crypto.ike2 if r.cookie == row.cookie), None) if other is not None else None
    if theirs is None or suite is None:
        return False
    now = network.clock.now()
    for each in (row, theirs):
        each.suite, each.born, each.expires = suite, now, now + each.lifetime
    renumber(row, theirs)
    return True
