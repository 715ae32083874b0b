"""Does anything pass through a tunnel now? BGP waits for its hold time, whatever has become of the tunnel below. Pure.

A gateway need not answer a ping, so a lost one alone says little. What it sends by itself tells more: its keepalives, counted by
the firewall, and packets that were decrypted between the first look and the last. RFC 4271, section 4.4: a keepalive comes within
a third of the hold time; where none has come for half as long again and no ping is answered, the tunnel carries nothing.
"""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from enum import Enum

from msgspec import Struct

from ....checks.finding import Finding, Status
from ....checks.observations.looks import Look
from ....checks.observations.observation import Observation, Probe
from ....checks.observations.questions import BGP
from ....checks.proof import Traffic
from ....checks.routing.bgp import BgpRow, row_of
from ....checks.verdict import KnownBy, Operating
from ..intents.intent import Cloud, Gateway


class Life(Enum):
    """What is known of packets in one tunnel; ``UNTESTED``: nothing was sent, and nothing speaks against it."""

    ANSWERED = "answered"
    HEARD = "heard"
    UNTESTED = "untested"
    UNKNOWN = "unknown"
    DEAD = "dead"


class Sign(Struct, frozen=True):
    """One tunnel, and a sentence on what tells of its packets."""

    role: str
    life: Life
    sentence: str


def through(end: Gateway) -> Traffic:
    """Pings from one end of a tunnel to the other, inside of it."""
    ours, theirs = end.inner
    return Traffic(ours, theirs)


def signs_of(site: Cloud, looks: Sequence[Look]) -> tuple[Sign, ...]:
    """Both tunnels, by the last pings and what has come between the first look and the last."""
    sent = {traffic: probe for look in looks for traffic, probe in look.pings.items() if probe.sent}
    return tuple(_sign(role, end, sent.get(through(end)), looks) for role, end in site.tunnels)


def _sign(role: str, end: Gateway, probe: Probe | None, looks: Sequence[Look]) -> Sign:
    far, row = end.inner[1], _row(looks[-1].seen, end)
    last = _last(row)
    if probe is not None and probe.received:
        return Sign(role, Life.ANSWERED, f"{role}: {far} answered {probe.received} of {probe.sent} pings")
    if _heard(end, looks):
        heard = f"{role}: packets of {end.address} have come meanwhile{last}"
        return Sign(role, Life.HEARD, heard if probe is None else f"{heard}, and {far} answered no ping")
    if row is not None and row.overdue:
        life = Life.UNKNOWN if probe is None else Life.DEAD
        answered = "" if probe is None else f"{far} answered no ping, and "
        return Sign(role, life, f"{role}: {answered}nothing came by this tunnel meanwhile{last}")
    if probe is not None:
        return Sign(role, Life.UNKNOWN, f"{role}: {far} answered no ping, and nothing has come by this tunnel since{last}")
    if row is not None and row.due_seconds == 0:
        return Sign(role, Life.UNKNOWN, f"{role}: the session with {far} has no hold time, and lives on over a dead tunnel")
    return Sign(role, Life.UNTESTED, f"{role}: no ping was sent to {far}{last}")


def _last(row: BgpRow | None) -> str:
    if row is None or row.read_seconds is None:
        return ""
    due = f", and one is due each {row.due_seconds}" if row.due_seconds else ""
    return f" (the last message of BGP came {row.read_seconds} seconds ago{due})"


def _row(seen: Observation, end: Gateway) -> BgpRow | None:
    return row_of(seen.view(BGP), end.inner[1]) if seen.answer(BGP) is not None else None


def _heard(end: Gateway, looks: Sequence[Look]) -> bool:
    """Whether anything came of a gateway between the first look and the last."""
    if len(looks) < 2:
        return False
    first, last = looks[0].seen, looks[-1].seen
    then, now = _row(first, end), _row(last, end)
    if then is not None and now is not None and now.heard_since(then):
        return True
    decrypted = [{flow.peer: flow.decapsulated_packets for flow in seen.flows} for seen in (first, last)]
    before, after = (packets.get(end.address) for packets in decrypted)
    # A flow whose SAs are new counts from nothing.
    return before is not None and after is not None and (after > before or 0 < after < before)


def by_signs(signs: Sequence[Sign], sentence: str) -> tuple[Operating, KnownBy, str]:
    """How a connection works that is up by its tables."""
    told = {life: [sign for sign in signs if sign.life is life] for life in Life}
    dead, unknown = told[Life.DEAD], told[Life.UNKNOWN]
    words = "; ".join(sign.sentence for sign in (*dead, *unknown))
    if dead:
        works = Operating.DOWN if len(dead) == len(signs) else Operating.DEGRADED
        return works, KnownBy.PROBE, words
    if unknown:
        return Operating.UNKNOWN, KnownBy.NOTHING, f"whether packets pass is not known: {words}"
    if len(told[Life.ANSWERED]) == len(signs):
        return Operating.UP, KnownBy.PROBE, sentence
    heard = "; ".join(sign.sentence for sign in told[Life.HEARD])
    by_bgp = f"{heard}: that ours arrive there is known by the session of BGP alone" if heard else ""
    return Operating.UP, KnownBy.TABLES, "; ".join(filter(None, (sentence, by_bgp)))


#: A finding by what is known of packets.
_STATUS = {Life.DEAD: Status.FAILED, Life.UNKNOWN: Status.UNVERIFIED, Life.UNTESTED: Status.SKIPPED}


def findings_of(host: str, signs: Sequence[Sign], seen: Observation) -> Iterator[Finding]:
    """A finding for each tunnel, with what the firewall shows of BGP."""
    for sign in signs:
        evidence = (seen.evidence(BGP, "last message", sign.sentence),)
        yield Finding("alive", host, _STATUS.get(sign.life, Status.OK), sign.sentence, evidence)
