"""One pair of selectors of a tunnel at one of our ends: does what it sends pass, encrypted, both ways? Pure.

The words are those of a verification: nothing that was not read is down, an empty table is at best idle, and an answer to a ping
that no counter has seen came in the clear.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping
from ipaddress import IPv4Address
from itertools import pairwise

from msgspec import Struct

from ....checks.finding import Evidence, Finding
from ....checks.observations.looks import Look, Shown
from ....checks.observations.observation import Flow, Observation, Probe, spis
from ....checks.observations.questions import IPSEC
from ....checks.proof import Traffic
from ....checks.verdict import FlowState, KnownBy, Operating
from ....inventory.systems import any_of
from ....parsers.records.asa_vpn import AsaIpsecFlow
from ...common.configured_axis import status_of
from ..endpoint import TOLERATED_PACKETS, Endpoint, Pair, flow_of, ike_rows, live
from .dropped import replayed
from .misrouted_packets import goes_by_another


class Risen(Struct, frozen=True):
    """Packets out and in between two looks. Not ``exact``: with new SAs a counter may have begun again, and more have passed."""

    out: int
    back: int
    exact: bool


class Aimed(Struct, frozen=True):
    """Traffic for one pair, and whether its target is known to answer."""

    traffic: Traffic
    answers: bool


class FlowSeen(Struct, frozen=True):
    """One pair at one end: what was read of it, over all looks in which the device showed its flows whole."""

    end: Endpoint
    pair: Pair
    looks: tuple[Look, ...]
    traffic: Traffic | None
    #: True where the configuration has the flow for certain, so that a router has to list it.
    listed: bool
    #: True if the traffic goes to an address that is known to answer.
    answers: bool = True
    #: Pings that were sent behind the last of these looks: what became of its flows then could not be read.
    unseen: Probe | None = None

    @property
    def flows(self) -> tuple[Flow | None, ...]:
        """The flow at each look."""
        return tuple(flow_of(self.end, look.seen, self.pair) for look in self.looks)

    @property
    def last(self) -> Observation:
        """The last look."""
        return self.looks[-1].seen

    @property
    def has_sas(self) -> bool:
        """True if it has an SA in each direction with the peer, at the last look."""
        return _is_up(self.flows[-1], self.end)

    @property
    def stranger(self) -> IPv4Address | None:
        """The peer with which its SAs are, where that is certainly another one than the far end: a backup peer, another entry.

        An ASA may show a name in the place of an address, of which nothing is known here.
        """
        flow = self.flows[-1]
        peer = flow.peer if flow is not None and flow.sas else None
        return peer if isinstance(peer, IPv4Address) and peer != self.end.peer else None

    @property
    def had_sas(self) -> bool:
        """True if it had them at any look."""
        return any(_is_up(flow, self.end) for flow in self.flows)

    @property
    def had_them_before(self) -> bool:
        """True if it had SAs before the last burst, so that the first packets of it were not lost while IKE negotiated."""
        burst = self.ping
        return burst is not None and _is_up(flow_of(self.end, burst[0], self.pair), self.end)

    @property
    def begins(self) -> bool:
        """True if IKE with the peer began while it was watched: a stream loses more than its first packets until that is done."""
        return not ike_rows(self.end, self.looks[0].seen) and bool(ike_rows(self.end, self.last))

    @property
    def steady(self) -> bool:
        """True if it had the same SAs at all looks: none came and none went meanwhile."""
        return len({spis(flow, "outbound") if flow else () for flow in self.flows}) == 1

    @property
    def dropped(self) -> int:
        """Packets for it that were dropped while it had no SAs: by how much its send errors rose between looks without any.

        A router counts there what it could not encrypt (Cisco IOS Security Command Reference, show crypto ipsec sa); an ASA lists
        no flow without SAs.
        """
        counts = [None if flow is None or _is_up(flow, self.end) else flow.send_errors for flow in self.flows]
        rises = (late - early for early, late in pairwise(counts) if early is not None and late is not None)
        return sum(rise for rise in rises if rise > 0)

    def spis(self, direction: str) -> frozenset[int]:
        """SPIs that it showed at any look: an SA may be renewed between two of them."""
        return frozenset(spi for flow in self.flows if flow for spi in spis(flow, direction))

    @property
    def what(self) -> str:
        """For a sentence."""
        return f"{self.pair[0]} to {self.pair[1]}" if not self.end.tunnel else f"tunnel interface {self.end.tunnel.name}"

    @property
    def ping(self) -> tuple[Observation, Observation, Probe] | None:
        """The last burst that went through it, with the looks before and behind it."""
        for before, after in reversed(tuple(zip(self.looks, self.looks[1:], strict=False))):
            if self.traffic is not None and self.traffic in after.pings:
                return before.seen, after.seen, after.pings[self.traffic]
        return None

    @property
    def large(self) -> Probe | None:
        """The last burst of full size, which may not be cut. Nothing follows of it where small packets were lost as well."""
        if self.traffic is None:
            return None
        for look in reversed(self.looks):
            small, large = look.pings.get(self.traffic), look.large.get(self.traffic)
            if large is not None:
                return large if small is not None and small.received == small.sent else None
        return None

    @property
    def replayed(self) -> int:
        """Packets that came too late for the anti-replay window while the last pings were sent, as far as that was shown."""
        return next((found for look in reversed(self.looks) if (found := replayed(self.end, self.pair, look)) is not None), 0)

    def rise(self, before: Observation, after: Observation) -> Risen | None:
        """By how much its counters rose between two looks; None where that is not known."""
        then, now = (flow_of(self.end, seen, self.pair) for seen in (before, after))
        if now is None:
            return None
        if then is None:
            return Risen(now.encapsulated_packets, now.decapsulated_packets, exact=True)
        new, old = set(spis(now, "outbound")), set(spis(then, "outbound"))
        # Each SA of an ASA has counters of its own: with one that went, what it had counted went, too.
        renewed = bool(new) and (bool(old - new) if isinstance(now, AsaIpsecFlow) else not new & old)
        pairs = (
            (then.encapsulated_packets, now.encapsulated_packets),
            (then.decapsulated_packets, now.decapsulated_packets),
        )
        began_anew = renewed or any(late < early for early, late in pairs)
        out, back = (late - early if late > early or not began_anew else late for early, late in pairs)
        return Risen(out, back, exact=not began_anew)

    @property
    def moved(self) -> Risen | None:
        """The rise over the whole time."""
        return self.rise(self.looks[0].seen, self.last) if len(self.looks) > 1 else None


def _is_up(flow: Flow | None, end: Endpoint) -> bool:
    return flow is not None and flow.peer == end.peer and bool(spis(flow, "inbound")) and bool(spis(flow, "outbound"))


def read_of(end: Endpoint, shown: Shown, traffics: Mapping[Pair, Aimed], *, listed: bool) -> tuple[FlowSeen, ...]:
    """Each pair of an end, over the looks in which its flows were understood; none where there is no such look."""
    whole = [number for number, look in enumerate(shown.looks) if _is_whole(look.seen)]
    if not whole:
        return ()
    looks, behind = tuple(shown.looks[number] for number in whole), shown.looks[whole[-1] + 1 :]
    made = []
    for pair in end.flow_pairs:
        aim = traffics.get(pair)
        sent = [look.pings[aim.traffic] for look in behind if aim.traffic in look.pings] if aim else []
        made.append(
            FlowSeen(
                end, pair, looks, aim.traffic if aim else None, listed, aim.answers if aim else True, sent[-1] if sent else None
            )
        )
    return tuple(made)


def _is_whole(seen: Observation) -> bool:
    return (parsed := seen.answer(IPSEC)) is not None and parsed.complete


class Judged(Struct, frozen=True):
    """What is said of one pair, at one end or between both."""

    pair: Pair
    operating: Operating
    known_by: KnownBy
    sentence: str
    evidence: tuple[Evidence, ...] = ()

    def finding(self, subject: str) -> Finding:
        """It, as a check."""
        return Finding("traffic", subject, status_of(self.operating), self.sentence, self.evidence)


def judge(seen: FlowSeen) -> Judged:
    """One pair as one end tells it."""
    if seen.flows[-1] is None and seen.listed and any_of(seen.last.os).lists_idle_flows:
        words = f"{seen.end.host}: {seen.what} is not among its flows, and nothing says why: what it showed may not be all"
        return Judged(seen.pair, Operating.UNKNOWN, KnownBy.NOTHING, words)
    made = _by_tables(seen) if seen.ping is None else _of_burst(seen, *seen.ping)
    if seen.unseen is None or (made.operating is Operating.UP and made.known_by is KnownBy.PROBE):
        return made
    words = f"{seen.end.host}: {seen.unseen.received} of {seen.unseen.sent} pings were answered, and its flows could not be read "
    words += "behind them: what passed encrypted is not known"
    return Judged(seen.pair, Operating.UNKNOWN, KnownBy.NOTHING, words, made.evidence)


def _of_burst(seen: FlowSeen, before: Observation, after: Observation, probe: Probe) -> Judged:
    risen = seen.rise(before, after)
    return _answered(seen, probe, risen) if probe.received else _unanswered(seen, probe, risen)


def _answered(seen: FlowSeen, probe: Probe, risen: Risen | None) -> Judged:
    """Something came back: through the tunnel, if its counters saw it."""
    host, needed = seen.end.host, max(1, probe.received - TOLERATED_PACKETS)
    said = f"{probe.received} of {probe.sent} pings from {seen.traffic.source if seen.traffic else seen.end.source} were answered"
    evidence = _evidence(seen, probe, risen)
    if risen is None and live(seen.end, seen.last):
        words = f"{host}: {said}, IKE is up, and {seen.what} is not among its flows: what it showed is not all"
        return Judged(seen.pair, Operating.UNKNOWN, KnownBy.NOTHING, words, evidence)
    if risen and not risen.exact and seen.has_sas and min(risen.out, risen.back) < 1:
        # The answers may have passed through the SAs of before: these counters know nothing of them.
        words = f"{host}: {said}; {seen.what} has its SAs, whose counters began again meanwhile, so they do not count them"
        return Judged(seen.pair, Operating.UP, KnownBy.TABLES, words, evidence)
    other = goes_by_another(seen.end, *_looks_of(seen), needed) if risen is None or risen.out < needed else ""
    if other:
        words = f"{host}: {said}, and went by tunnel interface {other}, past {seen.what}"
        return Judged(seen.pair, Operating.DEGRADED, KnownBy.PROBE, words, evidence)
    if risen is None or risen.out < 1:
        words = f"{host}: {said}, and none of them was encrypted"
        return Judged(seen.pair, Operating.UNENCRYPTED, KnownBy.PROBE, words, evidence)
    if risen.exact and risen.out < needed:
        words = f"{host}: {said}, and only {risen.out} packets were encrypted: a part of the traffic leaves in the clear"
        return Judged(seen.pair, Operating.UNENCRYPTED, KnownBy.PROBE, words, evidence)
    if risen.exact and risen.back < 1:
        words = f"{host}: {said}, {risen.out} packets were encrypted and none was decrypted: what comes back is in the clear"
        return Judged(seen.pair, Operating.UNENCRYPTED, KnownBy.PROBE, words, evidence)
    if probe.received < max(1, probe.sent - TOLERATED_PACKETS):
        words = f"{host}: only {said} through {seen.what}"
        return Judged(seen.pair, Operating.DEGRADED, KnownBy.PROBE, words, evidence)
    if seen.large is not None and seen.large.sent and not seen.large.received:
        words = f"{host}: {said}, and none of {seen.large.sent} of full size: large packets are lost on the way"
        return Judged(seen.pair, Operating.DEGRADED, KnownBy.PROBE, words, evidence)
    if seen.stranger is not None:
        words = f"{host}: {said}, encrypted to {seen.stranger} instead of {seen.end.peer}"
        return Judged(seen.pair, Operating.DEGRADED, KnownBy.PROBE, words, evidence)
    words = f"{host}: {said}; encaps rose by {risen.out} and decaps by {risen.back}"
    return Judged(seen.pair, Operating.UP, KnownBy.PROBE, words, evidence)


def _looks_of(seen: FlowSeen) -> tuple[Observation, Observation]:
    """Before and behind the last burst."""
    burst = seen.ping
    assert burst is not None
    return burst[0], burst[1]


def _unanswered(seen: FlowSeen, probe: Probe, risen: Risen | None) -> Judged:
    """Nothing came back, or nothing is known that would answer."""
    host, evidence = seen.end.host, _evidence(seen, probe, risen)

    def say(operating: Operating, known_by: KnownBy, words: str) -> Judged:
        return Judged(seen.pair, operating, known_by, f"{host}: {words}", evidence)

    if not seen.has_sas or risen is None:
        return say(Operating.DOWN, KnownBy.PROBE, f"after {probe.sent} pings there is still no SA pair for {seen.what}")
    out, back = risen.out, risen.back
    if not seen.answers and seen.had_them_before and risen.exact and out < probe.sent - TOLERATED_PACKETS:
        # What rose meanwhile is somebody else's traffic: these pings left beside the tunnel, or not at all.
        words = (
            f"of {probe.sent} pings from {seen.traffic.source if seen.traffic else seen.end.source} at most {out} were encrypted"
        )
        return say(
            Operating.DEGRADED if out and back else Operating.DOWN, KnownBy.PROBE, f"{words}, though {seen.what} has its SAs"
        )
    if not seen.answers:
        if out and back:
            return say(Operating.UP, KnownBy.COUNTERS, f"{seen.what} has its SAs, and packets pass both ways")
        if out:
            words = f"{seen.what} has its SAs and encrypts; that anything comes back was not tested"
            return say(Operating.UP, KnownBy.TABLES, words)
    sent = f"{probe.sent} pings to {seen.traffic.target if seen.traffic else seen.end.aim} were not answered"
    if out and back:
        return say(Operating.DEGRADED, KnownBy.COUNTERS, f"{sent}, though packets pass both ways through {seen.what}")
    if out:
        return say(Operating.DOWN, KnownBy.PROBE, f"{sent}: {out} packets were encrypted for {seen.what}, and nothing came back")
    return say(Operating.DOWN, KnownBy.PROBE, f"{sent}: {seen.what} has SAs, and nothing of it was encrypted")


def _by_tables(seen: FlowSeen) -> Judged:
    """Nothing was sent through it from here."""
    host, moved, evidence = seen.end.host, seen.moved, _evidence(seen, None, seen.moved)

    def say(operating: Operating, known_by: KnownBy, words: str) -> Judged:
        return Judged(seen.pair, operating, known_by, f"{host}: {words}", evidence)

    if seen.has_sas:
        if moved and moved.out > 0 and moved.back > 0:
            words = f"{seen.what} has its SAs, and its counters rose by {moved.out} out and {moved.back} in"
            return say(Operating.UP, KnownBy.COUNTERS, words)
        passed = f"{moved.out} packets left and {moved.back} came" if moved and (moved.out or moved.back) else "nothing passed"
        return say(Operating.UP, KnownBy.TABLES, f"{seen.what} has its SAs; {passed} while it was watched")
    if seen.stranger is not None:
        words = f"the SAs of {seen.what} are with {seen.stranger} instead of {seen.end.peer}"
        return say(Operating.UNKNOWN, KnownBy.NOTHING, f"{words}: whether the far end is behind it is not known")
    if seen.dropped:
        return _asked_for(seen, say)
    if seen.had_sas and seen.end.tunnel:
        return say(Operating.UNKNOWN, KnownBy.NOTHING, f"{seen.what} lost its SAs while it was watched")
    if seen.had_sas:
        # They end with their lifetime, and come again with the next packet.
        return say(Operating.IDLE, KnownBy.TABLES, f"the SAs of {seen.what} ended, and nothing has asked for new ones")
    if seen.end.tunnel:
        # An interface negotiates by itself, whether or not anything is sent.
        return say(Operating.DOWN, KnownBy.TABLES, f"{seen.what} has no SAs, and it negotiates without traffic")
    return say(Operating.IDLE, KnownBy.TABLES, f"{seen.what} has no SAs: nothing asks for it, as far as can be seen")


def _asked_for(seen: FlowSeen, say: Callable[[Operating, KnownBy, str], Judged]) -> Judged:
    """Packets of somebody were dropped for want of SAs: that is not idle. The first few may be lost while IKE negotiates."""
    words = f"{seen.what} has no SAs, and {seen.dropped} packets for it were dropped while it was watched"
    if seen.dropped > TOLERATED_PACKETS and not seen.had_sas and not seen.begins:
        return say(Operating.DOWN, KnownBy.COUNTERS, f"{words}: traffic asks for it, and it does not come up")
    return say(Operating.UNKNOWN, KnownBy.NOTHING, f"{words}: traffic asks for it, and it had no time to come up")


def _evidence(seen: FlowSeen, probe: Probe | None, risen: Risen | None) -> tuple[Evidence, ...]:
    flow = seen.flows[-1]
    what = f"{seen.pair[0]} to {seen.pair[1]}"
    pairs = f"{len(spis(flow, 'inbound'))} in, {len(spis(flow, 'outbound'))} out" if flow else "no such flow"
    made = [seen.last.evidence(IPSEC, f"{what}: SAs", pairs)]
    if risen is not None:
        rises = (("encaps", risen.out), ("decaps", risen.back))
        made += [seen.last.evidence(IPSEC, f"{what}: {name}", f"+{value}") for name, value in rises]
    if seen.dropped:
        made.append(seen.last.evidence(IPSEC, f"{what}: send errors", f"+{seen.dropped}"))
    if probe is not None:
        made.append(seen.last.evidence(str(seen.traffic), "answers", f"{probe.received}/{probe.sent}"))
    return tuple(made)


def state_of(seen: FlowSeen) -> FlowState:
    """It, for the record."""
    flow, moved = seen.flows[-1], seen.moved
    outbound = spis(flow, "outbound") if flow else ()
    left = [sa.remaining_seconds for sa in flow.sas if sa.remaining_seconds is not None] if flow else []
    lifetime = seen.end.child_seconds
    age = max(0, lifetime - max(left)) if left and lifetime else None
    return FlowState(
        str(seen.pair[0]),
        str(seen.pair[1]),
        seen.has_sas,
        moved.out if moved else None,
        moved.back if moved else None,
        outbound,
        age,
    )
