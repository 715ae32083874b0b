"""Is a LAN-to-LAN tunnel up with this configuration, on both ends? Pure functions of intent and two observations an end.

A crypto map tunnel comes up only with traffic, so the proof is counters that rose on both ends between the two observations
while sourced pings ran, over SAs whose SPIs cross. Every open question counts against the tunnel.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from ipaddress import IPv4Network

from ..inventory.intent import End, IPSecProposal
from ..parsers.result import Parsed
from .finding import Finding, Status
from .observation import PHASE_1, PHASE_2, IkeRow, Observation, Probe, Sa, hexadecimal, is_static, misplaced, spis

#: A counter may miss this many packets of a burst: one can be in flight at each reading.
TOLERATED_PACKETS = 2


@dataclass(frozen=True, slots=True)
class Watched:
    """One end: what it should be, what it said before and after the pings, and how many pings it sent."""

    end: End
    before: Observation
    after: Observation
    probe: Probe | None
    #: From before the change, to see that the other tunnels of the box are as they were.
    baseline: Observation | None = None
    #: Selectors that the tunnel had before it was changed: its own flows too, and no neighbour's.
    formerly: tuple[tuple[IPv4Network, IPv4Network], ...] = ()

    @property
    def host(self) -> str:
        """Name of the device."""
        return self.end.local.host

    @property
    def probed(self) -> tuple[IPv4Network, IPv4Network]:
        """The selectors that the pings match."""
        local = next(net for net in self.end.local.protected_prefixes if self.end.local.probe_address in net)
        remote = next(net for net in self.end.remote.protected_prefixes if self.end.remote.probe_address in net)
        return local, remote


def phase_1_up(end: End, seen: Observation) -> bool:
    """True if the box has a live IKE SA between the two outside addresses; ``status`` says nothing, only the state does."""
    return bool(_live(end, seen))


def _live(end: End, seen: Observation) -> tuple[IkeRow, ...]:
    both = {end.local.outside_ip, end.remote.outside_ip}
    return tuple(row for row in seen.rows(end.remote.outside_ip) if row.up and row.addresses <= both)


def phase_2_up(end: End, seen: Observation) -> bool:
    """True if one flow of this tunnel has an SA in each direction."""
    for local, remote in end.selectors:
        flow = seen.flow(local, remote)
        if flow and flow.peer == end.remote.outside_ip and spis(flow, "inbound") and spis(flow, "outbound"):
            return True
    return False


@dataclass(frozen=True, slots=True)
class Rise:
    """By how many packets the counters of a flow rose between the two observations."""

    encaps: int
    decaps: int
    errors: int


def rise(watched: Watched) -> Rise | None:
    """Rise of the probed flow's counters; None if the flow is not there."""
    before, after = watched.before.flow(*watched.probed), watched.after.flow(*watched.probed)
    if after is None:
        return None
    if before is None:
        # The flow is new, and packets that were dropped while IKE negotiated are no errors of its SAs.
        return Rise(after.encapsulated_packets, after.decapsulated_packets, 0)
    errors = (after.send_errors or 0) - (before.send_errors or 0)
    encaps = after.encapsulated_packets - before.encapsulated_packets
    decaps = after.decapsulated_packets - before.decapsulated_packets
    if set(spis(before, "outbound")) & set(spis(after, "outbound")):
        return Rise(encaps, decaps, errors)
    if encaps < 0 or decaps < 0:
        # Counters that fell were set to nought with the new SAs. Where they did not fall, that is not certain, and the
        # difference is the most that these pings can have added.
        encaps, decaps = after.encapsulated_packets, after.decapsulated_packets
    return Rise(encaps, decaps, max(errors, 0) if spis(before, "outbound") else 0)


def prove(name: str, ends: tuple[Watched, Watched], proposal: IPSecProposal) -> tuple[Finding, ...]:
    """All findings for tunnel ``name``; it is proved if none failed and none is unverified."""
    a, b = ends
    findings: list[Finding] = []
    for watched, other in ((a, b), (b, a)):
        findings += understood(watched)
        findings.append(_phase_1(watched))
        findings += _phase_2(watched, proposal)
        findings.append(_pings(watched))
        findings.append(_counters(watched, other))
        findings.append(neighbours(watched))
    findings.append(_spis_cross(name, a, b))
    return tuple(findings)


def understood(watched: Watched) -> Iterator[Finding]:
    """A finding for each command of which a reading was not understood.

    Every reading counts: what was not read in the first one would look as if it had risen since, or was not there to lose."""
    moments = tuple(seen for seen in (watched.baseline, watched.before, watched.after) if seen is not None)
    for command in (PHASE_1, PHASE_2):
        readings: list[tuple[Observation, Parsed]] = [
            (seen, seen.phase_1 if command == PHASE_1 else seen.phase_2) for seen in moments
        ]
        unclear = next(((seen, parsed) for seen, parsed in readings[::-1] if not parsed.complete), None)
        if unclear is None:
            continue
        seen, parsed = unclear
        first = parsed.problems[0]
        yield Finding(
            "output-understood",
            watched.host,
            Status.UNVERIFIED,
            f"{command} was not understood at {len(parsed.problems)} places, first in line {first.line}: {first.why}",
            (seen.evidence(command, f"line {first.line}", first.text.strip()),),
        )


def _phase_1(watched: Watched) -> Finding:
    peer = watched.end.remote.outside_ip
    rows = watched.after.rows(peer)
    evidence = tuple(watched.after.evidence(PHASE_1, f"state of {row.title}", row.state) for row in rows)
    live = _live(watched.end, watched.after)
    if live:
        return Finding("phase-1", watched.host, Status.OK, f"IKE SA with {peer} is up ({live[0].state})", evidence)
    states = ", ".join(row.state for row in rows)
    sentence = f"IKE SA with {peer} is not up: {states}" if rows else f"there is no IKE SA with {peer}"
    return Finding(
        "phase-1",
        watched.host,
        Status.FAILED,
        sentence,
        evidence or (watched.after.evidence(PHASE_1, f"rows of {peer}", "none"),),
    )


def _phase_2(watched: Watched, proposal: IPSecProposal) -> Iterator[Finding]:
    for local, remote in watched.end.selectors:
        if (local, remote) == watched.probed:
            yield _flow(watched, local, remote, proposal)
        else:
            why = "the probe addresses are in other prefixes, and idle is not broken"
            yield Finding("phase-2", watched.host, Status.SKIPPED, f"{_not_tested(local, remote)}: {why}")


def _not_tested(local: IPv4Network, remote: IPv4Network) -> str:
    return f"{local} to {remote} was not tested"


def untested(ends: Iterable[Watched]) -> tuple[str, ...]:
    """A sentence for each selector pair that no ping matches, as the first end has it: no proof says anything about these."""
    left: list[tuple[IPv4Network, IPv4Network]] = []
    for watched in ends:
        left += (pair for pair in watched.end.selectors if pair != watched.probed and pair[::-1] not in left)
    return tuple(_not_tested(local, remote) for local, remote in left)


def _flow(watched: Watched, local: IPv4Network, remote: IPv4Network, proposal: IPSecProposal) -> Finding:
    seen, peer = watched.after, watched.end.remote.outside_ip
    flow = seen.flow(local, remote)
    what = f"{local} to {remote}"

    def say(status: Status, sentence: str, field: str, value: object) -> Finding:
        return Finding("phase-2", watched.host, status, sentence, (seen.evidence(PHASE_2, f"{what}: {field}", value),))

    if flow is None:
        return say(Status.FAILED, f"there is no flow {what}", "flow", "none")
    if flow.peer != peer:
        return say(Status.FAILED, f"flow {what} goes to {flow.peer} instead of {peer}", "current_peer", flow.peer)
    elsewhere = misplaced(flow, watched.end.local)
    if elsewhere:
        there, wanted = elsewhere
        return say(Status.FAILED, f"flow {what} is on {there} instead of {wanted}", "interface", there)
    inbound, outbound = spis(flow, "inbound"), spis(flow, "outbound")
    if not inbound or not outbound:
        return say(Status.FAILED, f"flow {what} has no SA pair", "SAs", f"{len(inbound)} in, {len(outbound)} out")
    for sa in flow.sas:
        wrong = _wrong_with(sa, what, proposal)
        if wrong:
            return say(Status.FAILED, *wrong)
    if flow.current_outbound_spi not in outbound:
        return say(
            Status.FAILED,
            f"{what} sends on an SPI that no SA has",
            "current outbound spi",
            hexadecimal((flow.current_outbound_spi or 0,)),
        )
    sentence = f"{what} has its SA pair with {peer}, {flow.sas[0].transform.strip(' ,')}"
    return say(Status.OK, sentence, "SPIs in/out", f"{hexadecimal(inbound)} / {hexadecimal(outbound)}")


def _wrong_with(sa: Sa, what: str, proposal: IPSecProposal) -> tuple[str, str, object] | None:
    """What keeps an SA from being what the intent wants, as sentence, field and value; None if nothing does."""
    if sa.protocol != "esp":
        return None
    if (sa.encryption, sa.integrity) != (proposal.encryption_algorithm, proposal.authentication_algorithm):
        wanted = f"{proposal.encryption_algorithm} {proposal.authentication_algorithm or ''}".strip()
        return f"an SA of {what} has another transform than {wanted}", "transform", sa.transform
    if sa.mode not in (None, "tunnel"):
        return f"an SA of {what} is in {sa.mode} mode instead of tunnel mode", "in use settings", sa.mode
    if sa.remaining_seconds is not None and sa.remaining_seconds <= 0:
        return f"an SA of {what} has no lifetime left", "remaining_seconds", sa.remaining_seconds
    if sa.remaining_kilobytes is not None and sa.remaining_kilobytes <= 0:
        return f"an SA of {what} has no volume left", "remaining_kilobytes", sa.remaining_kilobytes
    return None


def _pings(watched: Watched) -> Finding:
    probe, end = watched.probe, watched.end
    what = f"ping {end.remote.probe_address} from {end.local.probe_address}"
    if probe is None:
        return Finding("ping", watched.host, Status.UNVERIFIED, f"{what} was not sent")
    evidence = (watched.after.evidence(what, "answers", f"{probe.received}/{probe.sent}"),)
    if probe.received >= max(1, probe.sent - TOLERATED_PACKETS):
        return Finding("ping", watched.host, Status.OK, f"{what}: {probe.received} of {probe.sent} answered", evidence)
    return Finding("ping", watched.host, Status.FAILED, f"{what}: only {probe.received} of {probe.sent} answered", evidence)


def _counters(watched: Watched, other: Watched) -> Finding:
    """Pings of both ends pass each end twice: as request and as answer."""
    local, remote = watched.probed
    risen = rise(watched)
    if risen is None or watched.probe is None or other.probe is None:
        return Finding("counters", watched.host, Status.UNVERIFIED, "counters could not be compared: a flow or a ping is missing")
    encaps, decaps, errors = risen.encaps, risen.decaps, risen.errors
    expected = watched.probe.received + other.probe.received - TOLERATED_PACKETS
    evidence = tuple(
        watched.after.evidence(PHASE_2, f"{local} to {remote}: {field}", f"+{value}")
        for field, value in (("encaps", encaps), ("decaps", decaps), ("send errors", errors))
    )
    status = Status.OK if min(encaps, decaps) >= max(1, expected) and not errors else Status.FAILED
    sentence = f"encaps rose by {encaps} and decaps by {decaps}"
    if errors:
        sentence += f", and {errors} packets could not be sent"
    if status is Status.FAILED:
        sentence += f"; {max(1, expected)} or more were expected"
    return Finding("counters", watched.host, status, sentence, evidence)


def _spis_cross(name: str, a: Watched, b: Watched) -> Finding:
    one, two = a.after.flow(*a.probed), b.after.flow(*b.probed)
    if one is None or two is None:
        return Finding("spi-cross", name, Status.FAILED, "SPIs cannot cross: a flow is missing")
    evidence = tuple(
        watched.after.evidence(PHASE_2, f"{direction} SPI", hexadecimal(spis(flow, direction)))
        for watched, flow in ((a, one), (b, two))
        for direction in ("inbound", "outbound")
    )
    crossed = one.current_outbound_spi in spis(two, "inbound") and two.current_outbound_spi in spis(one, "inbound")
    if crossed:
        return Finding("spi-cross", name, Status.OK, "each end sends on an SPI that the other end receives on", evidence)
    return Finding("spi-cross", name, Status.FAILED, "an end sends on an SPI that the other end does not have", evidence)


def neighbours(watched: Watched) -> Finding:
    """Other flows had SAs before; they have them now, or newer ones for the same selectors.

    Another tunnel may go to the same peer, so only the selectors of this one are left out. A VPN client may hang up at any
    time, so one of several gone is a warning; all of them gone is not their doing.
    """
    if watched.baseline is None:
        return Finding("other-tunnels", watched.host, Status.SKIPPED, "there is no earlier state to compare with")
    own = (*watched.end.selectors, *watched.formerly)
    before = {(flow.peer, flow.local_ident, flow.remote_ident): flow for flow in watched.baseline.flows_besides(own)}
    after = {(flow.peer, flow.local_ident, flow.remote_ident) for flow in watched.after.flows_besides(own)}
    kept = before.keys() & after
    lost = [before[key] for key in before if key not in after]
    evidence = (watched.after.evidence(PHASE_2, "other flows with SAs", f"{len(kept)} of {len(before)}"),)
    if not lost:
        sentence = f"{len(before)} other flows have their SAs as before" if before else "no other flow had SAs"
        return Finding("other-tunnels", watched.host, Status.OK, sentence, evidence)
    static = any(is_static(flow) for flow in lost)
    status = Status.WARNING if kept and not static else Status.FAILED
    names = ", ".join(sorted(f"{flow.local_ident.network} to {flow.remote_ident.network} with {flow.peer}" for flow in lost))
    return Finding("other-tunnels", watched.host, status, f"{names} had SAs and has lost them", evidence)
