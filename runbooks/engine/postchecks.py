"""What a change is for: a tunnel proved up, or a tunnel proved gone."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from ipaddress import IPv4Address

from ...changes.implicit_references import goes_to
from ...checks.finding import Cause, Finding, Status, proved
from ...checks.l2l import Watched, phase_1_up, phase_2_up
from ...checks.observation import Observation
from ...checks.removed import prove_removed
from ...tasks.clear import clear
from .context import Context
from .nornir_run import run_on_all
from .planning import TunnelPlan
from .proof import Proof, keep, look, prove_tunnel


@dataclass(frozen=True, slots=True)
class Goal:
    """How success looks: the proof, whether a later look still agrees with it, and the sentence for the recap."""

    prove: Callable[[Context, TunnelPlan], Proof]
    still: Callable[[TunnelPlan, dict[str, Observation]], tuple[Finding, ...]]
    sentence: str


def _up(context: Context, plan: TunnelPlan) -> Proof:
    _clear_stale(context, plan)
    return prove_tunnel(context, plan)


def _clear_stale(context: Context, plan: TunnelPlan) -> None:
    """A live SA would go on with the old configuration until its next rekey, and prove nothing.

    SAs are cleared by peer, so not where another tunnel goes to it: that one would lose its own.
    """
    stale = {}
    for end in plan.ends:
        flows = [end.snapshot.observation.flow(*pair) for pair in end.end.selectors]
        if plan.replaces or any(flow and flow.sas for flow in flows):
            before = end.snapshot.running.objects
            own = end.change.own
            wanted = dict.fromkeys((str(end.end.remote.outside_ip), *end.change.peers))
            peers = [IPv4Address(peer) for peer in wanted if not goes_to(before, peer, besides=own)]
            stale[end.host] = {"peers": peers}
    if stale:
        run_on_all(context.nornir, clear, stale)


def _still_up(plan: TunnelPlan, seen: dict[str, Observation]) -> tuple[Finding, ...]:
    return tuple(
        Finding("still-up", end.host, Status.OK, "the tunnel is up after the dead-man was called off")
        if phase_1_up(end.end, seen[end.host]) and phase_2_up(end.end, seen[end.host])
        else Finding("still-up", end.host, Status.FAILED, "the tunnel went down again before it was saved")
        for end in plan.ends
    )


def _gone(context: Context, plan: TunnelPlan) -> Proof:
    """The map entries are gone: drop what is left of their SAs where no other tunnel goes to the same peer, and look."""
    alone = {}
    for end in plan.ends:
        before = end.snapshot.running.objects
        peers = [peer for peer in end.change.peers if not goes_to(before, peer, besides=end.change.own)]
        if peers:
            alone[end.host] = {"peers": [IPv4Address(peer) for peer in peers]}
    if alone:
        run_on_all(context.nornir, clear, alone)
    seen, outputs = look(context, plan, "proof")
    near, far = (Watched(end.end, seen[end.host], seen[end.host], None, end.snapshot.observation) for end in plan.ends)
    findings = prove_removed((near, far))
    keep(context, plan, (near, far), findings)
    return Proof(findings, (near, far), None, outputs)


def _still_gone(_plan: TunnelPlan, _seen: dict[str, Observation]) -> tuple[Finding, ...]:
    return ()


BUILD = Goal(_up, _still_up, "built on both ends, proved up and saved")
REMOVE = Goal(_gone, _still_gone, "removed from both ends, proved gone and saved")


def cause_of(findings: tuple[Finding, ...]) -> Cause | None:
    """The first cause that a finding names."""
    return next((finding.cause for finding in findings if finding.cause), None)


def good(findings: tuple[Finding, ...]) -> bool:
    """True if nothing speaks against it; no findings are no objection."""
    return not findings or proved(findings)
