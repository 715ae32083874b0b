"""Tunnels beside the one that is changed: each that had SAs before must have SAs now.

A tunnel without traffic loses its SAs when their lifetime ends, and gets new ones with its next packet: where the lifetime has
ended since the first look, that is no objection, and is told.
"""

from __future__ import annotations

from collections.abc import Sequence
from datetime import datetime
from ipaddress import IPv4Address

from msgspec import Struct

from ..changes.objects import Config, ConfigObject
from ..changes.plans.change import Change
from ..changes.selectors import Selector, selectors_of
from .finding import Finding, Status
from .observations.observation import Flow, Observation, is_static
from .observations.questions import IPSEC
from .routing.tunnel_interfaces import tunnel_interface

#: How long before the end of its lifetime an SA may be gone.
MARGIN_SECONDS = 60


class Leaving(Struct, frozen=True):
    """Tunnels that a change takes away: interfaces as flows call them, and the traffic of map entries, each with its peer.

    A far end may have other tunnels with the same device, of another service or somebody's own; those stay, and are watched.
    """

    interfaces: frozenset[tuple[str, str]] = frozenset()
    traffic: frozenset[tuple[str, Selector]] = frozenset()

    def has(self, flow: Flow) -> bool:
        """Whether the flow is that of such a tunnel."""
        peer, selector = str(flow.peer), (flow.local_ident.network, flow.remote_ident.network)
        return (peer, flow.interface or "") in self.interfaces or (peer, selector) in self.traffic


#: Of a change that takes nothing away.
NOTHING_LEAVES = Leaving()


def leaving(change: Change, running: Config) -> Leaving:
    """The tunnels that a change removes from a device that ran ``running``; entries that cannot be parsed are left out."""
    gone = [(item, item.peers) for item in change.removed]
    # A tunnel that goes to another peer from now on has no SAs with the one before.
    gone += [(edit.before, tuple(peer for peer in edit.before.peers if peer not in edit.after.peers)) for edit in change.edited]
    return _of(gone, running)


def taken_down(change: Change, running: Config) -> Leaving:
    """What a change puts out of use for a while: all that it edits, though it stays where it is and goes to the same peers."""
    return _of([(edit.before, edit.before.peers) for edit in change.edited], running)


def _of(gone: Sequence[tuple[ConfigObject, tuple[str, ...]]], running: Config) -> Leaving:
    # A peer by its name has no SAs that could be told from others.
    tunnels = [(item, peer) for item, peers in gone if item.family.is_tunnel for peer in peers if peer[0].isdigit()]
    sections = ((peer, ((item.header, item.children),)) for item, peer in tunnels if item.header.startswith("interface "))
    interfaces = ((peer, tunnel_interface(section, IPv4Address(peer))) for peer, section in sections)
    return Leaving(
        frozenset((peer, found.known_as) for peer, found in interfaces if found is not None),
        frozenset((peer, selector) for item, peer in tunnels for selector in selectors_of(running, item) or ()),
    )


def beside(host: str, baseline: Observation, now: Observation, gone: Leaving = NOTHING_LEAVES) -> Finding:
    """Every flow of the configuration that had SAs has some now: newer ones count, and VPN clients may hang up at any time.

    ``gone`` are tunnels that the change takes away: their SAs have to go, which is for its own gates to judge.
    """
    before, after = ({key: flow for key, flow in _with_sas(seen).items() if not gone.has(flow)} for seen in (baseline, now))
    lost = [flow for key, flow in before.items() if key not in after]
    evidence = (now.evidence(IPSEC, "tunnels with SAs", f"{len(before.keys() & after.keys())} of {len(before)}"),)
    elapsed = (datetime.fromisoformat(now.time) - datetime.fromisoformat(baseline.time)).total_seconds()
    early = [flow for flow in lost if not _has_run_out(flow, elapsed)]
    if early:
        return Finding("other-tunnels", host, Status.FAILED, f"{_named(early)} had SAs and has lost them", evidence)
    if lost:
        return Finding("other-tunnels", host, Status.WARNING, f"the lifetime of the SAs of {_named(lost)} has ended", evidence)
    sentence = f"{len(before)} flows of tunnels have their SAs as before" if before else "no tunnel had SAs"
    return Finding("other-tunnels", host, Status.OK, sentence, evidence)


def _has_run_out(flow: Flow, seconds: float) -> bool:
    """Whether every SA that it had is over after so many seconds; a device takes one down a little before its end."""
    left = [sa.remaining_seconds for sa in flow.sas]
    return all(value is not None and value <= seconds + MARGIN_SECONDS for value in left)


def _named(flows: list[Flow]) -> str:
    return ", ".join(sorted(f"{flow.local_ident.network} to {flow.remote_ident.network} with {flow.peer}" for flow in flows))


def _with_sas(seen: Observation) -> dict[object, Flow]:
    """By where they are, the peer and the selectors."""
    flows = (flow for flow in seen.flows if flow.sas and is_static(flow))
    return {(flow.interface, flow.peer, flow.local_ident, flow.remote_ident): flow for flow in flows}
