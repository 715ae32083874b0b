"""What a change is for: a tunnel proved up, or a tunnel proved gone."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from ipaddress import IPv4Address

from ...changes.implicit_references import goes_to
from ...checks.finding import Cause, Finding, Status, proved
from ...checks.observation import Observation
from ...checks.proof import Watch
from ...services.l2l.endpoint import flow_of, phase_1_up, phase_2_up
from ...services.l2l.proof import L2lProof, prove_removed
from ...tasks.clear import clear
from .context import Context
from .nornir_run import run_on_all
from .planning import TunnelPlan
from .proof import Proof, keep, look, proof_of, prove_tunnel


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
    for end, wanted_end in zip(plan.ends, proof_of(plan).ends, strict=True):
        flows = [flow_of(wanted_end, end.snapshot.observation, pair) for pair in wanted_end.flow_pairs]
        if plan.replaces or any(flow and flow.sas for flow in flows):
            before = end.snapshot.running.objects
            own = end.change.own
            wanted = dict.fromkeys((str(end.end.remote.outside_ip), *end.change.peers))
            peers = [IPv4Address(peer) for peer in wanted if not goes_to(before, peer, besides=own)]
            stale[end.host] = {"peers": peers}
    if stale:
        run_on_all(context.nornir, clear, stale)


def _still_up(plan: TunnelPlan, seen: dict[str, Observation]) -> tuple[Finding, ...]:
    findings = []
    for end in proof_of(plan).ends:
        now = seen[end.host]
        if now.answer(end.ike) is None:
            words = f"whether the tunnel is up after the dead-man was called off is not known: {end.ike} were not shown"
            findings.append(Finding("still-up", end.host, Status.UNVERIFIED, words))
        elif phase_1_up(end, now) and phase_2_up(end, now):
            findings.append(Finding("still-up", end.host, Status.OK, "the tunnel is up after the dead-man was called off"))
        else:
            findings.append(Finding("still-up", end.host, Status.FAILED, "the tunnel went down again before it was saved"))
    return tuple(findings)


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
    watch = Watch(seen, seen, {}, {end.host: end.snapshot.observation for end in plan.ends})
    ends = L2lProof(plan.tunnel.name, proof_of(plan).ends).watched(watch)
    findings = prove_removed(ends)
    keep(context, plan, ends, findings)
    return Proof(findings, ends, None, outputs)


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
