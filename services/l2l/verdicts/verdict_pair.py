"""One pair of selectors between both ends of ours, and all pairs of a tunnel together. Pure."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from datetime import datetime

from msgspec.structs import replace

from ....checks.verdict import KnownBy, Operating
from ..endpoint import TOLERATED_PACKETS
from .verdict_flow import FlowSeen, Judged, judge

_BAD = frozenset({Operating.DOWN, Operating.DEGRADED, Operating.UNENCRYPTED})
_BEST = tuple(KnownBy)


def best(words: Iterable[KnownBy]) -> KnownBy:
    """The best of what an answer rests on."""
    return min(words, key=_BEST.index, default=KnownBy.NOTHING)


def between(seen: Sequence[FlowSeen], *, looked_at_all: bool) -> Judged:
    """One pair, as the ends that were read tell it together; ``looked_at_all`` is False where one of ours was not read."""
    made = [judge(one) for one in seen]
    words = [one.operating for one in made]
    clear = next((one for one in made if one.operating is Operating.UNENCRYPTED), None)
    if clear:
        return clear
    if len(made) == 1:
        return _of_one(made[0], looked_at_all=looked_at_all)
    passes = [one for one in made if one.operating is Operating.UP and one.known_by is not KnownBy.TABLES]
    if Operating.UP in words and not passes and Operating.UNKNOWN not in words and (stale := _not_crossing(seen, made)):
        return stale
    if not passes and set(words) == {Operating.UP} and (lost := _never_arrives(seen, made)):
        return lost
    probed = any(one.known_by is KnownBy.PROBE for one in made)
    if set(words) == {Operating.UP} and not probed and (lost := _does_not_arrive(seen, made)):
        return lost
    bad = [one for one in made if one.operating in _BAD]
    if bad:
        operating = Operating.DEGRADED if passes else _worst(bad)
        return _joined(operating, best(one.known_by for one in bad), [*bad, *passes])
    # SAs of one end alone outlive those of the other: of no use beside an end of which nothing is known.
    if Operating.UP in words and (passes or Operating.UNKNOWN not in words):
        up = [one for one in made if one.operating is Operating.UP]
        return _joined(Operating.UP, best(one.known_by for one in up), up)
    if Operating.UNKNOWN in words:
        return _joined(Operating.UNKNOWN, KnownBy.NOTHING, [one for one in made if one.operating is Operating.UNKNOWN])
    return _joined(Operating.IDLE, KnownBy.TABLES, made)


def _of_one(only: Judged, *, looked_at_all: bool) -> Judged:
    """As one end tells it.

    Where an end of ours was not read, what passes is told from this side. That nothing does is told too, and not called down or
    idle: what keeps the other end from being read may be all that is wrong.
    """
    if looked_at_all or only.operating is Operating.UNENCRYPTED:
        return only
    if only.operating is not Operating.UP:
        return replace(only, operating=Operating.UNKNOWN, known_by=KnownBy.NOTHING)
    if only.known_by is KnownBy.TABLES:
        # SAs outlive a peer that has lost its own; only that they match says that they are more than left over.
        words = f"{only.sentence}; whether the other end has the same ones is not known"
        return replace(only, operating=Operating.UNKNOWN, known_by=KnownBy.NOTHING, sentence=words)
    if only.known_by is KnownBy.PROBE:
        return replace(only, known_by=KnownBy.COUNTERS)
    return only


def _not_crossing(seen: Sequence[FlowSeen], made: Sequence[Judged]) -> Judged | None:
    """SAs by the tables alone: each end has to send on one that the other has, at some look; else one of them is left over.

    The ends are not looked at in one moment. SAs that came while one of them was watched may not have been there yet when the
    other was: nothing follows from those.
    """
    here, there = seen[:2]
    if any(one.had_sas and not one.steady for one in (here, there)):
        return None
    crossing = here.spis("outbound") & there.spis("inbound") and there.spis("outbound") & here.spis("inbound")
    if crossing:
        return None
    evidence = tuple(item for one in made for item in one.evidence)
    if here.had_sas and there.had_sas:
        words = f"{here.end.host} and {there.end.host} have SAs for {here.what}, and they are not the same ones"
    else:
        having = here if here.had_sas else there
        other = there if here.had_sas else here
        words = f"{having.end.host} has SAs for {having.what} and {other.end.host} has none"
    return Judged(here.pair, Operating.DOWN, KnownBy.TABLES, words, evidence)


def _never_arrives(seen: Sequence[FlowSeen], made: Sequence[Judged]) -> Judged | None:
    """One end encrypts, before it was watched and while it was, and the other has never decrypted a packet of it.

    Both with the SAs that they had all the time: a counter of new ones begins at nothing.
    """
    for here, there in (seen[:2], seen[1::-1]):
        first, last, moved = here.flows[0], there.flows[-1], here.moved
        if not (here.steady and there.steady and first and last and moved and moved.exact):
            continue
        if first.encapsulated_packets and moved.out and not moved.back and not last.decapsulated_packets:
            words = f"{here.end.host} encrypts for {here.what}, and {there.end.host} has never decrypted a packet of it"
            evidence = tuple(item for one in made for item in one.evidence)
            return Judged(seen[0].pair, Operating.DOWN, KnownBy.COUNTERS, words, evidence)
    return None


def _does_not_arrive(seen: Sequence[FlowSeen], made: Sequence[Judged]) -> Judged | None:
    """One end encrypted while it was watched, and the other, watched at the same time, decrypted nothing.

    The two times are not one: what was sent, and answered, in the part that they do not share is seen by one end alone, in both
    directions. So it counts only where the one end hears nothing either, or the other sends and is heard; and pings of ours do
    not count, which may have been sent when the other end had been looked at for the last time.
    """
    for here, there in (seen[:2], seen[1::-1]):
        sent, came = here.moved, there.moved
        if here.ping is not None or not (
            sent and came and sent.exact and came.exact and here.steady and there.steady and _at_once(here, there)
        ):
            continue
        if sent.out > TOLERATED_PACKETS and not came.back and (came.out or not sent.back):
            words = f"{here.end.host} encrypted {sent.out} packets for {here.what}, and {there.end.host} decrypted none meanwhile"
            words += ": whether they arrive is not known without a ping"
            evidence = tuple(item for one in made for item in one.evidence)
            return Judged(seen[0].pair, Operating.UNKNOWN, KnownBy.NOTHING, words, evidence)
    return None


def _at_once(here: FlowSeen, there: FlowSeen) -> bool:
    """True if the other end was watched for most of the time in which this one was, by the clock of this machine.

    Times are to the second: two that only touch share nothing, and what was sent at once may all have been sent before.
    """
    (begin, end), (other, until) = (
        tuple(datetime.fromisoformat(one.looks[at].seen.time) for at in (0, -1)) for one in (here, there)
    )
    return 2 * (min(end, until) - max(begin, other)) >= end - begin


def _worst(bad: Sequence[Judged]) -> Operating:
    order = (Operating.UNENCRYPTED, Operating.DOWN, Operating.DEGRADED)
    return min((one.operating for one in bad), key=order.index)


def _joined(operating: Operating, known_by: KnownBy, made: Sequence[Judged]) -> Judged:
    sentence = "; ".join(dict.fromkeys(one.sentence for one in made))
    return Judged(made[0].pair, operating, known_by, sentence, tuple(item for one in made for item in one.evidence))


def together(pairs: Sequence[Judged]) -> tuple[Operating, KnownBy, str]:
    """All pairs of a tunnel: one of several that does not work is a part of it."""
    words = {one.operating for one in pairs}
    bad = [one for one in pairs if one.operating in _BAD]
    if Operating.UNENCRYPTED in words:
        clear = [one for one in pairs if one.operating is Operating.UNENCRYPTED]
        return Operating.UNENCRYPTED, KnownBy.PROBE, _sentences(clear)
    if bad:
        # What nobody asks for is no part that works.
        operating = Operating.DEGRADED if Operating.UP in words else _worst(bad)
        return operating, best(one.known_by for one in bad), _sentences(bad)
    for operating in (Operating.UNKNOWN, Operating.UP, Operating.IDLE):
        found = [one for one in pairs if one.operating is operating]
        if found:
            return operating, best(one.known_by for one in found), _sentences(found)
    return Operating.UNKNOWN, KnownBy.NOTHING, "nothing of it was read"


def _sentences(pairs: Sequence[Judged]) -> str:
    first = pairs[0].sentence
    return first if len(pairs) == 1 else f"{first} (and {len(pairs) - 1} more pair{'s' if len(pairs) > 2 else ''})"
