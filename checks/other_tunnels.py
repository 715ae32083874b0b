"""The tunnels beside what is changed: each that had SAs before has SAs now, whatever it is that was changed."""

from __future__ import annotations

from .finding import Finding, Status
from .observation import Flow, Observation, is_static
from .questions import IPSEC


def beside(host: str, baseline: Observation, now: Observation) -> Finding:
    """Every flow of the configuration that had SAs has some now: newer ones count, and VPN clients may hang up at any time."""
    before, after = (_with_sas(seen) for seen in (baseline, now))
    lost = [flow for key, flow in before.items() if key not in after]
    evidence = (now.evidence(IPSEC, "tunnels with SAs", f"{len(before.keys() & after.keys())} of {len(before)}"),)
    if lost:
        names = ", ".join(sorted(f"{flow.local_ident.network} to {flow.remote_ident.network} with {flow.peer}" for flow in lost))
        return Finding("other-tunnels", host, Status.FAILED, f"{names} had SAs and has lost them", evidence)
    sentence = f"{len(before)} flows of tunnels have their SAs as before" if before else "no tunnel had SAs"
    return Finding("other-tunnels", host, Status.OK, sentence, evidence)


def _with_sas(seen: Observation) -> dict[object, Flow]:
    """By where they are, the peer and the selectors."""
    flows = (flow for flow in seen.flows if flow.sas and is_static(flow))
    return {(flow.interface, flow.peer, flow.local_ident, flow.remote_ident): flow for flow in flows}
