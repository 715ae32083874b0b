"""Two logs whose clocks differ: by how much, from events that both have."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from datetime import timedelta

from msgspec import Struct

from ...parsers.logs.entry import Sign
from ...parsers.logs.stamps import seconds

#: Sign of a phone -> signs of a firewall that are the same event, seen from the other side.
SAME: Mapping[str, frozenset[str]] = {
    "begins": frozenset({"begins"}),
    "unknown-ca": frozenset({"unknown-ca"}),
    "dtls-alert": frozenset({"illegal-parameter"}),
    "no-cipher": frozenset({"no-shared-cipher"}),
    "version": frozenset({"version"}),
    "expired": frozenset({"expired"}),
    "server-certificate": frozenset({"bad-certificate"}),
    "logged-in": frozenset({"session", "assigned"}),
    "login": frozenset({"rejected"}),
    "stopped": frozenset({"disconnected"}),
}
#: Both sides see an event within this.
WITHIN = timedelta(seconds=5)
_DAY = timedelta(days=1)
#: So many events of a log are held against those of the other, the last ones.
_COMPARED = 400


class Offset(Struct, frozen=True):
    """What is added to the phone's time to have the firewall's; ``events`` is how many pairs of events say so.

    ``rivals`` is how many other offsets as many pairs would fit: then it is not known. None: no events, or no times.
    """

    offset: timedelta | None
    events: int
    rivals: int
    sentence: str
    #: Entries of the firewall's log that are one of the pairs.
    matched: frozenset[str] = frozenset()

    @property
    def known(self) -> bool:
        """Whether the two can be put into one order."""
        return self.offset is not None and self.rivals == 0


def aligned(phone: Sequence[Sign], firewall: Sequence[Sign]) -> Offset:
    """The offset that most pairs of events agree on. A phone's clock has no date, so whole days do not count."""
    if not any(sign.when for sign in phone) or not any(sign.when for sign in firewall):
        which = "the phone's log" if not any(sign.when for sign in phone) else "the firewall's syslog"
        return Offset(None, 0, 0, f"the clocks cannot be compared: {which} has no times")
    pairs = sorted(_pairs(phone[-_COMPARED:], firewall[-_COMPARED:]), key=lambda pair: pair[0])
    if not pairs:
        return Offset(None, 0, 0, "the clocks cannot be compared: no event is in both logs")
    clusters = [_cluster(pairs, start) for start in range(len(pairs))]
    count = max(len({place for _, _, place in cluster}) for cluster in clusters)
    best = [cluster for cluster in clusters if len({place for _, _, place in cluster}) == count]
    offset = best[0][len(best[0]) // 2][0]
    rivals = [other for other in best if other[len(other) // 2][0] - offset > WITHIN]
    if rivals:
        words = f"the clocks cannot be compared: {len(rivals) + 1} offsets fit {_events(count)} that both have equally well"
        return Offset(None, count, len(rivals), words)
    return Offset(offset, count, 0, _words(offset, count), frozenset(place for _, place, _ in best[0]))


def _pairs(phone: Sequence[Sign], firewall: Sequence[Sign]) -> list[tuple[timedelta, str, str]]:
    """(offset without days, place in the firewall's log, place in the phone's) of all that may be one event."""
    found = []
    for sign in phone:
        same = SAME.get(sign.means)
        if same is None or sign.when is None:
            continue
        for other in firewall:
            if other.means in same and other.when is not None:
                offset = (other.when - sign.when) % _DAY
                found.append(
                    (offset - _DAY if offset > _DAY / 2 else offset, other.entry.place, f"{sign.entry.place} {sign.means}")
                )
    return found


def _cluster(pairs: Sequence[tuple[timedelta, str, str]], start: int) -> list[tuple[timedelta, str, str]]:
    first = pairs[start][0]
    found = []
    for pair in pairs[start:]:
        if pair[0] - first > WITHIN:
            break
        found.append(pair)
    return found


def _events(count: int) -> str:
    return "the event" if count == 1 else f"the {count} events"


def _words(offset: timedelta, count: int) -> str:
    by = f"by {_events(count)} that both have"
    if abs(offset) <= WITHIN:
        return f"the clocks of phone and firewall agree within {seconds(WITHIN.total_seconds())}, {by}"
    side = "behind" if offset > timedelta(0) else "ahead of"
    return f"the phone's clock is {seconds(abs(offset).total_seconds())} {side} the firewall's, {by}; times are the firewall's"
