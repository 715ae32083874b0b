"""Postchecks: what a change was for is verified up by traffic, or verified gone."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from ipaddress import IPv4Address

from msgspec import Struct

from ....checks.finding import Cause, Finding, proved
from ....checks.observations.observation import Observation
from ....checks.proof import Watch
from ....tasks.clear import clear
from ..context import Context
from ..nornir_run import run_on_all
from ..plans.planning import DeploymentPlan
from .proof import Proof, baseline_of, keep, look, proof_of, prove_by_traffic, rows_of
from .reach import Reach, reach_of


class PostCheck(Struct, frozen=True):
    """What has to be proved, whether later observations still agree, and the sentence for the recap."""

    prove: Callable[[Context, DeploymentPlan], Proof]
    still: Callable[[DeploymentPlan, dict[str, Observation]], tuple[Finding, ...]]
    done: str
    proved: str

    def sentence(self, everywhere: str, reach: Reach) -> str:
        """What is told when it was reached on the devices of ``everywhere`` ("both ends"), as far as the proof reaches."""
        return f"{self.done} {everywhere}, {self.proved}{reach.words} and saved"


def _up(context: Context, plan: DeploymentPlan) -> Proof:
    what = proof_of(plan)
    stale = {member.host: {"peers": what.stale(member.sight, member.snapshot.observation)} for member in plan.members}
    _clear(context, stale)
    return prove_by_traffic(context, plan, decides=True)


def _clear(context: Context, peers: Mapping[str, Mapping[str, tuple[IPv4Address, ...]]]) -> None:
    some = {host: arguments for host, arguments in peers.items() if arguments["peers"]}
    if some:
        run_on_all(context.nornir, clear, some)


def _still_up(plan: DeploymentPlan, seen: dict[str, Observation]) -> tuple[Finding, ...]:
    return proof_of(plan).still(seen)


def _gone(context: Context, plan: DeploymentPlan) -> Proof:
    """Proof of a removal: clear leftover SAs of peers that nothing else uses, and see that none are there."""
    what = proof_of(plan)
    _clear(context, {member.host: {"peers": what.left(member.sight)} for member in plan.members})
    seen, outputs = look(context, plan, "proof")
    watch = Watch(seen, seen, {}, baseline_of(plan))
    findings = what.gone(watch)
    keep(context, plan, watch, findings)
    return Proof(findings, None, outputs, rows_of(what, watch), reach=reach_of(plan.deployment.foreign))


def _still_gone(_plan: DeploymentPlan, _seen: dict[str, Observation]) -> tuple[Finding, ...]:
    return ()


BUILD = PostCheck(_up, _still_up, "built on", "verified up")
REMOVE = PostCheck(_gone, _still_gone, "removed from", "verified gone")


def cause_of(findings: tuple[Finding, ...]) -> Cause | None:
    """The first cause among the findings."""
    return next((finding.cause for finding in findings if finding.cause), None)


def good(findings: tuple[Finding, ...]) -> bool:
    """True if no finding is against it; also without findings."""
    return not findings or proved(findings)
