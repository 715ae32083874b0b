"""Main mode: IKEv1's first phase between two boxes (RFC 2409), with the states that IOS shows.

A disagreement leaves the rows where a real pair leaves them, until the tries are spent. Times are lab seconds: about three for
a negotiation with software Diffie-Hellman on a 2600, ten between five retransmissions.
"""

from __future__ import annotations

from typing import TYPE_CHECKING

from msgspec import Struct

from ..records import Policy
from ..wire.stations import Station, inside
from .exchange import Offer, Step, stands, walk
from .sa import IkeSa, new_spi

if TYPE_CHECKING:
    from ..wire.network import Network

SETUP, KEY_EXCHANGE, QUICK = 0.5, 1.5, 1.0
RETRANSMIT, TRIES = 10.0, 5


def agree_policy(initiator: Station, responder: Station) -> Policy | None:
    """The responder's first policy that one of the initiator's equals; the initiator's lifetime may be shorter."""
    for mine in responder.meaning.policies():
        for theirs in initiator.meaning.policies():
            same = (mine.encr, mine.hash, mine.auth, mine.group) == (theirs.encr, theirs.hash, theirs.auth, theirs.group)
            if same and mine.auth == "pre-share" and theirs.lifetime <= mine.lifetime:
                return theirs
    return None


class Exchange(Struct):
    """Main mode under way between two boxes that hear each other."""

    offer: Offer
    other: Station
    rows: tuple[IkeSa, IkeSa]
    translated: bool
    policy: Policy | None = None

    def propose(self) -> str:
        """The policies agree, or not."""
        self.policy = agree_policy(self.offer.box, self.other)
        return "" if self.policy is not None else "policy"

    def authenticate(self) -> str:
        """The keys are the same, or not; identities go in UDP 4500 where a translator was found."""
        box, other = self.offer.box, self.other
        if self.translated and ("drop-4500" in box.faults or "drop-4500" in other.faults):
            return "4500"
        ours, theirs = box.meaning.key_for(self.offer.peer), other.meaning.key_for(self.offer.seen)
        if ours is not None and theirs is not None and ours.used == theirs.used:
            return ""
        if theirs is not None:
            other.bad_message(self.offer.seen)
        return "key" if theirs is not None else "no key there"

    def asks_user(self) -> str:
        """An end that wants a user waits for one for ever."""
        box, other = self.offer.box, self.other
        asked = other.meaning.asks_xauth(inside(other, self.offer.peer), self.offer.seen)
        asked = asked or box.meaning.asks_xauth(self.offer.local, self.offer.peer)
        return "xauth" if asked else ""


def _nothing(_exchange: Exchange) -> str:
    return ""


STEPS: tuple[Step[Exchange], ...] = (
    Step(0, "MM_NO_STATE", Exchange.propose),
    Step(KEY_EXCHANGE / 2, "MM_SA_SETUP", _nothing),
    Step(KEY_EXCHANGE / 2, "MM_KEY_EXCH", Exchange.authenticate),
    Step(0, "MM_KEY_EXCH", Exchange.asks_user, fails="CONF_XAUTH"),
)


class MainMode:
    """IKEv1's first phase."""

    child_seconds = QUICK

    def __init__(self, network: Network) -> None:
        self.network = network

    def standing(self, offer: Offer, other: Station | None) -> bool:
        """Whether both ends have a row that is up."""
        return stands(offer, other)

    async def begin(self, offer: Offer) -> Station | None:
        """Return the responder when phase 1 is up; else leave the rows as they stand until the tries are spent."""
        box, network, cookie = offer.box, self.network, new_spi()
        box.crypto.bury([row for row in box.crypto.ike if row.between(offer.local, offer.peer)], network.clock.now())
        mine = box.crypto.new_ike(offer.peer, offer.local, cookie)
        await network.clock.sleep(SETUP)
        other, key = network.ike_peer(box, offer.peer), box.meaning.key_for(offer.peer)
        if other is None or key is None:
            mine.reason = "no answer" if key is not None else "no key here"
            with network.calling(box, offer.peer, answered=other is not None):
                await self._give_up(box, mine)
            return None
        at = inside(other, offer.peer)
        other.crypto.bury([row for row in other.crypto.ike if row.between(offer.seen, at)], network.clock.now())
        theirs = other.crypto.new_ike(at, offer.seen, cookie)
        exchange = Exchange(offer, other, (mine, theirs), network.translated(box, offer.local, other, offer.peer))

        def show(state: str) -> None:
            mine.state = theirs.state = state

        reason = await walk(STEPS, exchange, show, network)
        mine.reason = theirs.reason = reason if reason != "xauth" else ""
        if reason or exchange.policy is None:
            await self._give_up(box, mine, other, theirs)
            return None
        show("QM_IDLE")
        mine.policy = theirs.policy = exchange.policy
        mine.port = theirs.port = 4500 if exchange.translated else 500
        mine.expires = theirs.expires = network.clock.now() + exchange.policy.lifetime
        return other

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
