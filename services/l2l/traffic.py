"""What the engine asks of a tunnel beside its proof: whether it is still up, gone or was up, and which SAs to clear."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from ipaddress import IPv4Address

from msgspec.structs import replace

from ...changes.implicit_references import uses_of_peer
from ...changes.selectors import selectors_of
from ...checks.finding import Finding, Status
from ...checks.observations.observation import Observation, spis
from ...checks.proof import Watch
from ...checks.routing.tunnel_interfaces import TunnelInterface, tunnel_interface, tunnel_of
from ..service import Row, Sight
from .endpoint import Endpoint, Pair, flow_of, ike_rows, phase_1_up, phase_2_up, suite_of
from .proof import L2lProof, prove_removed, untested
from .records import WantedEnd, WantedTunnel


class TunnelTraffic(L2lProof, frozen=True):
    """The proof of one tunnel, and what else is told of its traffic."""

    def gone(self, watch: Watch) -> tuple[Finding, ...]:
        """Findings on a tunnel that was removed."""
        return prove_removed(L2lProof(self.name, self.ends).watched(watch))

    def still(self, seen: Mapping[str, Observation]) -> tuple[Finding, ...]:
        """Findings on a tunnel that was verified a moment ago."""
        return tuple(_still(end, seen[end.host]) for end in self.ends)

    def was_up(self, before: Mapping[str, Observation]) -> bool:
        """True if every end had SAs for it."""
        flows = ([flow_of(end, before[end.host], pair) for pair in end.flow_pairs] for end in self.ends)
        return all(any(flow and spis(flow, "outbound") for flow in of_end) for of_end in flows)

    def stale(self, sight: Sight[WantedEnd], before: Observation) -> tuple[IPv4Address, ...]:
        """Peers whose SAs are cleared before the proof: a live SA would go on with the old configuration, and prove nothing.

        SAs are cleared by peer, so not where another tunnel goes to it: that one would lose its own.
        """
        end = next(end for end in self.ends if end.host == sight.member.host)
        flows = [flow_of(end, before, pair) for pair in end.flow_pairs]
        if not self.replaced and not any(flow and flow.sas for flow in flows):
            return ()
        return _alone(sight, (str(end.peer), *sight.change.peers))

    def left(self, sight: Sight[WantedEnd]) -> tuple[IPv4Address, ...]:
        """Peers whose SAs are cleared after the removal, where no other tunnel goes to them."""
        return _alone(sight, sight.change.peers)

    @property
    def answered(self) -> bool:
        """True if an address behind a far end is known that answers pings."""
        return any(end.target is not None for end in self.ends)

    def untested(self, watch: Watch) -> tuple[str, ...]:
        """The selectors that no ping matches."""
        return untested(self.watched(watch))

    def row(self, watch: Watch, host: str) -> Row:
        """One end for the recap."""
        watched = next(item for item in self.watched(watch) if item.host == host)
        found = ike_rows(watched.end, watched.after)
        phase_1 = next((row.state for row in (*(row for row in found if row.up), *found)), "none")
        flow = watched.flow(watched.after)
        pairs = min(len(spis(flow, "inbound")), len(spis(flow, "outbound"))) if flow else 0
        phase_2 = f"{pairs} SA pair" if pairs == 1 else f"{pairs} SA pairs" if pairs else "none"
        encaps, decaps = (flow.encapsulated_packets, flow.decapsulated_packets) if flow else (None, None)
        return Row(phase_1, phase_2, encaps, decaps)


def traffic_of(wanted: WantedTunnel, sights: Sequence[Sight[WantedEnd]]) -> TunnelTraffic:
    """The proof of a tunnel on its own ends ``sights``."""
    crypto = wanted.crypto
    ends = tuple(
        replace(
            Endpoint.of(sight.member.wants.end, crypto.ipsec_proposals[:1], crypto.ike_version, _interface(sight)),
            suite=suite_of(crypto),
        )
        for sight in sights
    )
    replaced = any(sight.change.replaces for sight in sights)
    return TunnelTraffic(wanted.tunnel.name, ends, replaced, {sight.member.host: formerly(sight) for sight in sights})


def _interface(sight: Sight[WantedEnd]) -> TunnelInterface | None:
    """The tunnel interface of an end, None with a crypto map: as the change makes it, or as the device had it before.

    Where neither has one it is called by its number alone, and is found nowhere: a tunnel interface is never judged as a map.
    """
    wants = sight.member.wants
    if wants.tunnel is None:
        return None
    peer = wants.end.remote.outside_ip
    before = sight.before.objects.of("tunnel-interface")
    there = ((item.header, item.children) for item in before)
    found = tunnel_of(sight.change, peer) or tunnel_interface(there, peer, wants.own_lines)
    return found or TunnelInterface("Tunnel")


def formerly(sight: Sight[WantedEnd]) -> tuple[Pair, ...]:
    """The selectors of the tunnel's entry as the device had it before the change."""
    config = sight.before.objects
    entries = (config.objects[key] for key in sight.change.own if key in config.objects)
    return tuple(pair for entry in entries for pair in selectors_of(config, entry) or ())


def _alone(sight: Sight[WantedEnd], peers: Sequence[str]) -> tuple[IPv4Address, ...]:
    before, own = sight.before.objects, sight.change.own
    return tuple(IPv4Address(peer) for peer in dict.fromkeys(peers) if not uses_of_peer(before, peer, besides=own))


def _still(end: Endpoint, now: Observation) -> Finding:
    if now.answer(end.ike) is None:
        words = f"whether the tunnel is up after the rollback timer was cancelled is not known: {end.ike} were not shown"
        return Finding("still-up", end.host, Status.UNVERIFIED, words)
    if phase_1_up(end, now) and phase_2_up(end, now):
        return Finding("still-up", end.host, Status.OK, "the tunnel is up after the rollback timer was cancelled")
    return Finding("still-up", end.host, Status.FAILED, "the tunnel went down again before it was saved")
