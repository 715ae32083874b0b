"""Is a LAN-to-LAN tunnel up with this configuration, on every end that is ours? Pure functions of endpoints and observations.

A tunnel comes up only with traffic, so the proof is counters that rose on our ends between two observations while sourced pings
ran, over SAs whose SPIs cross. With a far end that is not ours it is what our end shows, and says so. Every open question counts
against the tunnel.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping, Sequence

from msgspec import Struct, field

from ...checks.finding import Cause, Evidence, Finding, Status
from ...checks.ike_agreed import printed, weaker
from ...checks.observations.observation import Flow, Observation, Sa, hexadecimal, is_static, place_of, spis
from ...checks.observations.questions import INTERFACES, IPSEC, ROUTE, IkeRow, Question
from ...checks.proof import Traffic, Watch, understood
from .diagnosis.signatures import probable_cause
from .endpoint import (
    TOLERATED_PACKETS,
    Endpoint,
    Pair,
    Watched,
    flow_of,
    ike_rows,
    live,
    phase_1_up,
    phase_2_up,
    rise,
    with_other_ike,
)
from .partner.foreign_end import seen_from_here
from .verdicts.routed import routed


class L2lProof(Struct, frozen=True):
    """The proof of one tunnel over those of its ends that are ours; the first one brings it up.

    ``replaced``: the tunnel was there in another form, so SAs from before prove nothing. ``formerly`` are the selectors that an
    end had before it was changed, by host.
    """

    name: str
    ends: tuple[Endpoint, ...]
    replaced: bool = False
    formerly: Mapping[str, tuple[Pair, ...]] = field(default_factory=dict)

    @property
    def hosts(self) -> tuple[str, ...]:
        """Our devices."""
        return tuple(end.host for end in self.ends)

    @property
    def asks(self) -> tuple[Question, ...]:
        """What each of them is asked."""
        return tuple(dict.fromkeys(question for end in self.ends for question in end.asks))

    @property
    def asks_why(self) -> tuple[Question, ...]:
        """Routes and interfaces say why a tunnel does not come up, whatever its form."""
        return (ROUTE, INTERFACES)

    def stimulus(self, host: str) -> Traffic | None:
        """Pings from one protected prefix to the other; where nothing is known to answer, they bring the tunnel up anyway."""
        end = next(end for end in self.ends if end.host == host)
        return Traffic(end.source, end.aim)

    def settled(self, seen: Mapping[str, Observation]) -> bool:
        """True if IKE and IPsec are up on every end of ours that was seen."""
        seen_ends = [end for end in self.ends if end.host in seen]
        return all(phase_1_up(end, seen[end.host]) and phase_2_up(end, seen[end.host]) for end in seen_ends)

    def watched(self, watch: Watch) -> tuple[Watched, ...]:
        """What was seen, end by end."""
        return tuple(
            Watched(
                end,
                watch.before[end.host],
                watch.after[end.host],
                watch.probes.get(end.host),
                watch.baseline.get(end.host),
                self.formerly.get(end.host, ()),
            )
            for end in self.ends
        )

    def judge(self, watch: Watch) -> tuple[Finding, ...]:
        """All findings; the tunnel is verified if none failed and none is unverified."""
        ends = self.watched(watch)
        return (*prove(self.name, ends), *(renewed(watched) for watched in ends if self.replaced))

    def explain(self, watch: Watch) -> Cause | None:
        """Why it is not up."""
        cause = probable_cause(self.watched(watch), watch.during, watch.running, watch.large)
        (first, *others) = self.ends
        return seen_from_here(cause, first.peer) if cause and not others and not first.far_host else cause


def prove(name: str, ends: Sequence[Watched]) -> tuple[Finding, ...]:
    """All findings for tunnel ``name`` over our ends: both, or the one of a tunnel whose far end is not ours."""
    findings: list[Finding] = []
    for watched in ends:
        readings = (watched.baseline, watched.before, watched.after)
        findings += understood(watched.host, watched.end.asks, readings)
        findings.append(_phase_1(watched))
        findings += _phase_2(watched)
        findings += routed(watched)
        findings.append(_pings(watched))
        findings.append(_counters(watched, ends))
        findings.append(neighbours(watched))
    findings.append(_far_side(name, ends))
    return tuple(findings)


def _phase_1(watched: Watched) -> Finding:
    end, seen = watched.end, watched.after
    rows = ike_rows(end, seen)
    evidence = tuple(seen.evidence(end.ike, f"state of {row.title}", row.state) for row in rows)
    what = f"{'IKEv2' if end.ike_version > 1 else 'IKE'} SA with {end.peer}"
    if other := with_other_ike(end, seen):
        return _otherwise(watched, what, other, evidence)
    if up := live(end, seen):
        return Finding("phase-1", watched.host, Status.OK, f"{what} is up ({up[0].state})", evidence)
    if seen.answer(end.ike) is None:
        return Finding("phase-1", watched.host, Status.UNVERIFIED, f"whether there is an {what} is not known")
    states = ", ".join(row.state for row in rows)
    sentence = f"{what} is not up: {states}" if rows else f"there is no {what}"
    evidence = evidence or (seen.evidence(end.ike, f"rows of {end.peer}", "none"),)
    return Finding("phase-1", watched.host, Status.FAILED, sentence, evidence)


def _otherwise(watched: Watched, what: str, rows: Sequence[IkeRow], evidence: tuple[Evidence, ...]) -> Finding:
    """An SA with other algorithms than are intended: one that is weak, or may be of before the change, proves nothing.

    A stronger one that others of the device are offered, and that both ends like better, is told.
    """
    wanted = watched.end.suite
    assert wanted is not None
    got = " and ".join(dict.fromkeys(map(printed, rows)))
    words = f"{what} has {got}, and the intent {wanted}: an old SA, or another proposal of a device won"
    weak = any(weaker(row, wanted) for row in rows)
    return Finding("phase-1", watched.host, Status.FAILED if weak else Status.WARNING, words, evidence)


def _phase_2(watched: Watched) -> Iterator[Finding]:
    for pair in watched.end.flow_pairs:
        if pair == watched.end.probed:
            yield _flow(watched, pair)
        else:
            why = "the probe addresses are in other prefixes, and idle is not broken"
            yield Finding("phase-2", watched.host, Status.SKIPPED, f"{_not_tested(pair)}: {why}")


def _not_tested(pair: Pair) -> str:
    return f"{pair[0]} to {pair[1]} was not tested"


def untested(ends: Iterable[Watched]) -> tuple[str, ...]:
    """A sentence for each selector pair that no ping matches, as the first end has it: no proof says anything about these.

    Through a tunnel interface goes what is routed there, so the pairs are those of the prefixes all the same.
    """
    left: list[Pair] = []
    for watched in ends:
        end = watched.end
        tested = next((p for p in end.selectors if end.source in p[0] and end.target in p[1]), None) if end.target else None
        left += (pair for pair in end.selectors if pair != tested and pair[::-1] not in left)
    return tuple(_not_tested(pair) for pair in left)


def _flow(watched: Watched, pair: Pair) -> Finding:
    seen, end = watched.after, watched.end
    flow = flow_of(end, seen, pair)
    what = f"{pair[0]} to {pair[1]}" + (f" on {end.tunnel.name}" if end.tunnel else "")

    def say(status: Status, sentence: str, field: str, value: object) -> Finding:
        return Finding("phase-2", watched.host, status, sentence, (seen.evidence(IPSEC, f"{what}: {field}", value),))

    if flow is None:
        return say(Status.FAILED, f"there is no flow {what}{_instead(watched)}", "flow", "none")
    if flow.peer != end.peer:
        return say(Status.FAILED, f"flow {what} goes to {flow.peer} instead of {end.peer}", "current_peer", flow.peer)
    there, wanted = _place(flow, end)
    if there != wanted:
        return say(Status.FAILED, f"flow {what} is on {there} instead of {wanted}", "interface", there)
    inbound, outbound = spis(flow, "inbound"), spis(flow, "outbound")
    if not inbound or not outbound:
        return say(Status.FAILED, f"flow {what} has no SA pair", "SAs", f"{len(inbound)} in, {len(outbound)} out")
    for sa in flow.sas:
        if wrong := _wrong_with(sa, what, end):
            return say(Status.FAILED, *wrong)
    if flow.current_outbound_spi not in outbound:
        spi = hexadecimal((flow.current_outbound_spi or 0,))
        return say(Status.FAILED, f"{what} sends on an SPI that no SA has", "current outbound spi", spi)
    sentence = f"{what} has its SA pair with {end.peer}, {flow.sas[0].transform.strip(' ,')}"
    return say(Status.OK, sentence, "SPIs in/out", f"{hexadecimal(inbound)} / {hexadecimal(outbound)}")


def _instead(watched: Watched) -> str:
    """What there is with the peer in the place of the flow that is wanted: an answer of the far side may be narrower."""
    others = [flow for flow in watched.after.flows if flow.sas and flow.peer == watched.end.peer]
    shown = ", ".join(f"{flow.local_ident.network} to {flow.remote_ident.network}" for flow in others)
    return f"; with {watched.end.peer} there is {shown}" if shown else ""


def _place(flow: Flow, end: Endpoint) -> tuple[str, str]:
    """Where a flow is, and where it has to be. A tunnel interface is looked for by name, and may have another source."""
    if end.tunnel:
        address = getattr(flow, "local_address", None)
        return str(address or end.address), str(end.address)
    return place_of(flow, end.interface, end.address)


def _wrong_with(sa: Sa, what: str, end: Endpoint) -> tuple[str, str, object] | None:
    """What keeps an SA from being what the intent wants, as sentence, field and value; None if nothing does."""
    if sa.protocol != "esp":
        return None
    if (sa.encryption, sa.integrity) not in end.transforms:
        wanted = " or ".join(f"{cipher} {integrity or ''}".strip() for cipher, integrity in end.transforms)
        return f"an SA of {what} has another transform than {wanted}", "transform", sa.transform
    if sa.mode not in (None, "tunnel"):
        return f"an SA of {what} is in {sa.mode} mode instead of tunnel mode", "in use settings", sa.mode
    other = f"IKEv{3 - end.ike_version}"
    if other in sa.settings:
        return f"an SA of {what} was negotiated with {other} instead of IKEv{end.ike_version}", "in use settings", other
    if sa.remaining_seconds is not None and sa.remaining_seconds <= 0:
        return f"an SA of {what} has no lifetime left", "remaining_seconds", sa.remaining_seconds
    if sa.remaining_kilobytes is not None and sa.remaining_kilobytes <= 0:
        return f"an SA of {what} has no volume left", "remaining_kilobytes", sa.remaining_kilobytes
    return None


def _pings(watched: Watched) -> Finding:
    probe, end = watched.probe, watched.end
    if end.target is None and probe is not None:
        words = "no address behind the far end is known that answers pings: that anything comes back was not tested"
        return Finding("ping", watched.host, Status.SKIPPED, words)
    what = f"ping {end.aim} from {end.source}"
    if probe is None:
        return Finding("ping", watched.host, Status.UNVERIFIED, f"{what} was not sent")
    evidence = (watched.after.evidence(what, "answers", f"{probe.received}/{probe.sent}"),)
    if probe.received >= max(1, probe.sent - TOLERATED_PACKETS):
        return Finding("ping", watched.host, Status.OK, f"{what}: {probe.received} of {probe.sent} answered", evidence)
    return Finding("ping", watched.host, Status.FAILED, f"{what}: only {probe.received} of {probe.sent} answered", evidence)


def _counters(watched: Watched, ends: Sequence[Watched]) -> Finding:
    """Pings of each of our ends pass each of them twice: as request and as answer. Where nothing is known to answer, only what
    was sent counts."""
    risen = rise(watched)
    probes = [other.probe for other in ends if other.probe is not None]
    pair = watched.end.probed
    if risen is None or pair is None or len(probes) != len(ends):
        return Finding("counters", watched.host, Status.UNVERIFIED, "counters could not be compared: a flow or a ping is missing")
    encaps, decaps, errors = risen.encaps, risen.decaps, risen.errors
    answered = watched.end.target is not None
    expected = max(1, sum(probe.received if answered else probe.sent for probe in probes) - TOLERATED_PACKETS)
    evidence = tuple(
        watched.after.evidence(IPSEC, f"{pair[0]} to {pair[1]}: {name}", f"+{value}")
        for name, value in (("encaps", encaps), ("decaps", decaps), ("send errors", errors))
    )
    passed = min(encaps, decaps) if answered else encaps
    status = Status.OK if passed >= expected and not errors else Status.FAILED
    sentence = f"encaps rose by {encaps} and decaps by {decaps}"
    if errors:
        sentence += f", and {errors} packets could not be sent"
    if status is Status.FAILED:
        sentence += f"; {expected} or more were expected"
    return Finding("counters", watched.host, status, sentence, evidence)


def _far_side(name: str, ends: Sequence[Watched]) -> Finding:
    """What the far side says: that SPIs cross, where it is ours; else that nothing is claimed of it."""
    if len(ends) > 1:
        return _spis_cross(name, *ends[:2])
    (only,) = ends
    if only.end.far_host:
        return Finding("spi-cross", name, Status.UNVERIFIED, f"{only.end.far_host} was not checked, and it is ours")
    words = f"{only.end.peer} is not ours: the tunnel was checked from {only.host} only, nothing is claimed about the far side"
    return Finding("far-side", name, Status.SKIPPED, words)


def _spis_cross(name: str, a: Watched, b: Watched) -> Finding:
    one, two = a.flow(a.after), b.flow(b.after)
    if one is None or two is None:
        return Finding("spi-cross", name, Status.FAILED, "SPIs cannot cross: a flow is missing")
    evidence = tuple(
        watched.after.evidence(IPSEC, f"{direction} SPI", hexadecimal(spis(flow, direction)))
        for watched, flow in ((a, one), (b, two))
        for direction in ("inbound", "outbound")
    )
    crossed = one.current_outbound_spi in spis(two, "inbound") and two.current_outbound_spi in spis(one, "inbound")
    if crossed:
        return Finding("spi-cross", name, Status.OK, "each end sends on an SPI that the other end receives on", evidence)
    return Finding("spi-cross", name, Status.FAILED, "an end sends on an SPI that the other end does not have", evidence)


def renewed(watched: Watched) -> Finding:
    """The probed flow has no SA that the device had before the change. Source: an SA keeps the transform set, the group and the
    key with which it was negotiated until its lifetime ends (Cisco IOS Security Command Reference, crypto ipsec
    transform-set)."""
    now = watched.flow(watched.after)
    before = {spi for flow in (watched.baseline.flows if watched.baseline else ()) for spi in spis(flow, "outbound")}
    kept = tuple(sorted({*spis(now, "outbound")} & before)) if now else ()
    evidence = (watched.after.evidence(IPSEC, "outbound SPIs that are as before", hexadecimal(kept)),)
    if kept:
        sentence = "the SAs are from before the change, so they prove nothing about it"
        return Finding("renewed", watched.host, Status.FAILED, sentence, evidence)
    return Finding("renewed", watched.host, Status.OK, "the SAs were negotiated after the change", evidence)


def neighbours(watched: Watched) -> Finding:
    """Other flows had SAs before; they have them now, or newer ones for the same selectors.

    Another tunnel may go to the same peer, so only the selectors of this one are left out. A VPN client may hang up at any
    time, so one of several gone is a warning; all of them gone is not their doing.
    """
    if watched.baseline is None:
        return Finding("other-tunnels", watched.host, Status.SKIPPED, "there is no earlier state to compare with")
    before, after = (_others(watched, seen) for seen in (watched.baseline, watched.after))
    kept = before.keys() & after.keys()
    lost = [before[key] for key in before if key not in after]
    evidence = (watched.after.evidence(IPSEC, "other flows with SAs", f"{len(kept)} of {len(before)}"),)
    if not lost:
        sentence = f"{len(before)} other flows have their SAs as before" if before else "no other flow had SAs"
        return Finding("other-tunnels", watched.host, Status.OK, sentence, evidence)
    static = any(is_static(flow) for flow in lost)
    status = Status.WARNING if kept and not static else Status.FAILED
    names = ", ".join(sorted(f"{flow.local_ident.network} to {flow.remote_ident.network} with {flow.peer}" for flow in lost))
    return Finding("other-tunnels", watched.host, status, f"{names} had SAs and has lost them", evidence)


def _others(watched: Watched, seen: Observation) -> dict[object, Flow]:
    """Flows with SAs that are not this tunnel's, by where they are, the peer and the selectors."""
    flows = (flow for flow in seen.flows if flow.sas and not watched.end.owns(flow, watched.formerly))
    return {(flow.interface, flow.peer, flow.local_ident, flow.remote_ident): flow for flow in flows}


def prove_removed(ends: Sequence[Watched]) -> tuple[Finding, ...]:
    """Findings: no SA is left for the tunnel's flows, and other flows have theirs as before.

    What was not understood leaves it open: an SA may stand in the lines that nobody could read.
    """
    findings: list[Finding] = []
    for watched in ends:
        asked = (watched.end.ike, IPSEC)
        findings += understood(watched.host, asked, (watched.baseline, watched.before, watched.after))
        for pair in watched.end.flow_pairs:
            flow = flow_of(watched.end, watched.after, pair)
            left, what = len(flow.sas) if flow else 0, f"{pair[0]} to {pair[1]}"
            evidence = (watched.after.evidence(IPSEC, f"SAs of {what}", left),)
            if left:
                findings.append(Finding("gone", watched.host, Status.FAILED, f"{left} SAs of {what} are still there", evidence))
            else:
                findings.append(Finding("gone", watched.host, Status.OK, f"no SA of {what} is left", evidence))
        findings.append(neighbours(watched))
    return tuple(findings)
