"""Whether a service flapped between two looks: it stopped working, or IKE began again before its time.

New keys alone are no flap. Child SAs are renewed by time and by volume inside one IKE SA, and IKE itself is renewed when its
lifetime ends; a peer that was lost, or a device that booted, begins IKE again at any other time.
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Mapping, Sequence
from typing import Any

from msgspec import Struct

from ...checks.verdict import EndState, Word

#: A renewal comes in the last part of a lifetime: IKEv2 implementations spread it, so that both ends do not begin at once.
DUE = 0.7
#: The shortest IKE lifetime in common use, for a device that tells none; and so long do the SAs of an idle tunnel live.
SHORTEST_LIFETIME = 3_600
#: Seconds by which the age that a device tells may be off.
ROUNDED = 2
WORKING = frozenset({Word.UP.value, Word.IDLE.value, Word.DEGRADED.value})


class EndMemory(Struct, frozen=True):
    """What an end had at the look before. ``ike_made``: the earliest moment at which its IKE SA can have been made, if known.

    ``generation`` counts how often IKE began again unexpectedly, ``rekeys`` how often keys or IKE were renewed as they have to
    be.
    """

    seen: int
    ike_id: str
    ike_made: int | None
    ike_lifetime: int | None
    spis: frozenset[int]
    generation: int = 0
    rekeys: int = 0


def places_of(ends: Sequence[EndState]) -> list[str]:
    """What each end of a service is remembered by: its device, and where a device has several its role behind that.

    A site with two tunnels has both on one router: what one of them had is no past of the other.
    """
    return _places([(end.host, end.role) for end in ends])


def places_before(ends: Sequence[EndState], recorded: Sequence[Mapping[str, Any]]) -> list[str]:
    """Under what each end was remembered at the look before, of which these ends are ``recorded``: by its peer, as roles may
    have been exchanged. An end that has another peer than any had is remembered by nothing, and its place is empty."""
    if not recorded:
        return places_of(ends)
    were = zip(_places([(one["host"], one["role"]) for one in recorded]), recorded, strict=True)
    had = {place: (one["host"], one["peer"]) for place, one in were}
    by_peer = {who: place for place, who in had.items()}
    return [
        place if had.get(place) == (end.host, end.peer) else by_peer.get((end.host, end.peer), "")
        for end, place in zip(ends, places_of(ends), strict=True)
    ]


def _places(ends: Sequence[tuple[str, str]]) -> list[str]:
    several = Counter(host for host, _ in ends)
    return [host if several[host] == 1 else f"{host} {role}" for host, role in ends]


def remembered(before: EndMemory | None, end: EndState, time: int, began: int | None = None) -> EndMemory:
    """What to keep of an end at this look, which ``began`` then.

    An end that could not be read keeps what it had. One that has no IKE forgets it: what is built when traffic comes again is
    no flap. Nor is what the pings of this look have built, after SAs that nobody used are over.
    """
    spis = frozenset(spi for flow in end.flows for spi in flow.spis)
    if before is None:
        return EndMemory(time, end.ike_id, _made(end, time, None), end.ike_lifetime_seconds, spis)
    anew = _is_anew(before, end)
    unexpected = anew and not (_was_due(before, end, time) or _was_idle(before, end, time, began))
    rekeyed = (anew and not unexpected) or (not anew and bool(spis and before.spis) and not spis & before.spis)
    made = _made(end, time, before.seen) if anew or not (before.ike_id and end.ike_id) else before.ike_made
    keeps = not end.ike_id and end.ike_up is None
    return EndMemory(
        time,
        before.ike_id if keeps else end.ike_id,
        before.ike_made if keeps else made,
        end.ike_lifetime_seconds or before.ike_lifetime,
        spis or before.spis,
        before.generation + unexpected,
        before.rekeys + rekeyed,
    )


def flaps(word: Word, known_word: str, ends: tuple[tuple[EndMemory | None, EndMemory], ...]) -> bool:
    """True if the service flapped since the look before. ``known_word``: its last word other than ``unverified``.

    Coming back is no second flap: what was down has to negotiate again.
    """
    if word is Word.UNVERIFIED or known_word not in WORKING:
        return False
    if word.value not in WORKING:
        return True
    return any(before is not None and after.generation > before.generation for before, after in ends)


def _is_anew(before: EndMemory, end: EndState) -> bool:
    return bool(before.ike_id and end.ike_id) and before.ike_id != end.ike_id


def _was_due(before: EndMemory, end: EndState, time: int) -> bool:
    """True unless the IKE SA of before certainly ended before its time; where too little is known nothing is held against it."""
    if before.ike_made is None or time < before.seen:  # a clock that was set back tells no age
        return True
    ended = time - end.ike_age_seconds if end.ike_age_seconds is not None else time
    return ended - before.ike_made >= DUE * (before.ike_lifetime or SHORTEST_LIFETIME)


def _was_idle(before: EndMemory, end: EndState, time: int, began: int | None) -> bool:
    """True if IKE began with this look, so that nobody had asked for it, and the SAs of the look before were over by then.

    IKEv2 ends with the last SA that it made, so that an idle tunnel is built anew by each look of a job that runs every hour.
    """
    if began is None or end.ike_age_seconds is None:
        return False
    return time - end.ike_age_seconds >= began - ROUNDED and began - before.seen >= SHORTEST_LIFETIME


def _made(end: EndState, time: int, look_before: int | None) -> int | None:
    """The earliest moment at which the IKE SA of this look can have been made; None where nobody knows."""
    if not end.ike_id:
        return None
    return look_before if end.ike_age_seconds is None else time - end.ike_age_seconds
