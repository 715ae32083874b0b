"""One negotiation between two boxes: the offer, the agreement on ESP SAs, and the table of steps of an IKE version."""

from __future__ import annotations

from collections.abc import Awaitable, Callable
from ipaddress import IPv4Address
from typing import TYPE_CHECKING, Generic, Protocol, TypeVar

from msgspec import Struct

from ..records import Selector, Transform
from ..wire.stations import Station, inside, outside
from .protector import Protector

if TYPE_CHECKING:
    from ..wire.network import Network


class Offer(Struct, frozen=True):
    """The offer of the initiator."""

    box: Station
    protector: Protector
    selector: Selector
    version: int

    @property
    def local(self) -> IPv4Address:
        """The initiator's own address."""
        return self.protector.local

    @property
    def peer(self) -> IPv4Address:
        """The address of the other end as the initiator has it configured."""
        return self.protector.peers[0]

    @property
    def seen(self) -> IPv4Address:
        """The initiator's address as the responder sees it, after NAT."""
        return outside(self.box, self.local)


def stands(offer: Offer, other: Station | None) -> bool:
    """True if both ends have an established IKE SA between the two addresses."""
    here = offer.box.crypto.up_between(offer.local, offer.peer, offer.version)
    if here is None or other is None:
        return False
    return other.crypto.up_between(inside(other, offer.peer), offer.seen, offer.version) is not None


class Agreed(Struct, frozen=True):
    """What the responder agrees to for the ESP SAs; `dynamic` when a dynamic entry took it."""

    protector: Protector
    selector: Selector
    transform: Transform
    dynamic: bool
    pfs: str


class Refusal(Struct, frozen=True):
    """Why there is no agreement: `selectors`, `transform`, `pfs` or `admission`."""

    reason: str


def agree_child(offer: Offer, responder: Station, *, pfs: bool) -> Agreed | Refusal:
    """The answer of the responder to an offer for ESP SAs. `pfs`: with a new key exchange, which IKEv2's first SAs lack."""
    wanted, reason = offer.selector.mirrored(), "selectors"
    asked = offer.protector.child(offer.version)
    if asked is None or not _admitted(offer, responder):
        return Refusal("admission" if asked is not None else reason)
    group = offer.protector.pfs if pfs else ""
    for mine in responder.meaning.protectors().at.get(inside(responder, offer.peer), []):
        if mine.dynamic:
            for template in mine.templates:
                common = _common(offer, template)
                if common and not template.lines and template.pfs in ("", group):
                    return Agreed(mine, wanted, common[0], dynamic=True, pfs=group)
            continue
        if not mine.complete or offer.seen not in mine.peers or mine.child(offer.version) is None:
            continue
        line = mine.accepts(wanted)
        if line is None or (offer.protector.tunnel and offer.selector != line.mirrored()):
            continue
        common = _common(offer, mine)
        if not common:
            reason = "transform"
        elif pfs and mine.pfs and mine.pfs != group:
            reason = "pfs"
        else:
            return Agreed(mine, wanted, common[0], dynamic=False, pfs=group)
    return Refusal(reason)


def _common(offer: Offer, mine: Protector) -> list[Transform]:
    asked, here = offer.protector.child(offer.version), mine.child(offer.version)
    return [item for item in asked.transforms if item in here.transforms] if asked and here else []


def _admitted(offer: Offer, responder: Station) -> bool:
    ours, theirs = offer.box.meaning, responder.meaning
    return ours.admits(offer.peer, offer.version) and theirs.admits(offer.seen, offer.version)


S = TypeVar("S")


class Step(Struct, Generic[S], frozen=True):
    """One step of a negotiation: how long it takes in lab seconds, the state that rows show meanwhile, what it has to hold.

    `judge` returns why it ends here, or nothing; `fails` is the state in which rows stay then, if it is another one.
    """

    seconds: float
    shows: str
    judge: Callable[[S], str]
    fails: str = ""


async def walk(steps: tuple[Step[S], ...], state: S, show: Callable[[str], None], network: Network) -> str:
    """Go through the steps; return why they ended early, or nothing."""
    for step in steps:
        show(step.shows)
        if step.seconds:
            await network.clock.sleep(step.seconds)
        reason = step.judge(state)
        if reason:
            show(step.fails or step.shows)
            return reason
    return ""


class FirstPhase(Protocol):
    """The first phase of an IKE version: creates the IKE SA under which ESP SAs are negotiated."""

    child_seconds: float

    def standing(self, offer: Offer, other: Station | None) -> bool:
        """True if both ends already have an established IKE SA."""

    def begin(self, offer: Offer) -> Awaitable[Station | None]:
        """Make one; return the responder when it is there."""
