"""Does the gate of a stage hold, and does the whole hold at the end? What is judged is the deployment's; what is asked, and how
long, is the same for all of them.

A gate with traffic of its own (`Traffic`) is proved by pings and counters, see proof.py; every other one by what commands show.
"""

from __future__ import annotations

import time
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, replace

from ...checks.finding import Finding, proved
from ...checks.observation import Observation
from ...checks.other_tunnels import beside
from ...inventory.errors import NrRunError, answers_of
from ...services.service import Gate, Passing, Seen, Stage, Traffic
from ...tasks.observe import observe
from .change_state import NotProved, Progressing
from .context import Context
from .nornir_run import run_on_all
from .own_checks import own_commands, own_findings
from .planning import DeploymentPlan, Hold, keep_outputs
from .postchecks import BUILD, REMOVE, Goal, cause_of
from .proof import Outputs, Proof, baseline_of, proof_of, prove_by_traffic
from .reach import reach_of


def goal_of(plan: DeploymentPlan) -> Goal:
    """What a change is for: all of it proved there, or proved gone."""
    shown = REMOVE if plan.removal else BUILD
    if _by_traffic(plan):
        return shown
    return Goal(prove, lambda _plan, _seen: (), shown.done, shown.proved if plan.removal else "proved")


def prove(context: Context, plan: DeploymentPlan) -> Proof:
    """Proof of the whole as it stands, without touching it: every gate of every stage holds."""
    if _by_traffic(plan):
        return prove_by_traffic(context, plan)
    if not plan.removal:
        context.visit(plan.deployment)
    findings, outputs = _settled(context, plan, plan.deployment.stages, "proof")
    if proved(findings):
        own, outputs = own_findings(context, plan, outputs)
        findings = (*findings, *own)
    context.folder.write_json(f"{plan.name}/findings.json", [finding.as_dict() for finding in findings])
    context.folder.note("judged", tunnel=plan.name, proved=proved(findings))
    return Proof(findings, cause_of(findings), outputs, reach=reach_of(plan.deployment.foreign))


def hold(context: Context, plan: DeploymentPlan, item: Hold, so_far: Progressing) -> None:
    """See that the gate of a stage holds before the next one begins. Raises NotProved."""
    context.folder.note("gate", tunnel=plan.name, stage=item.title)
    findings, _ = _settled(context, plan, (item.gate,), f"gate-{item.title}")
    so_far.findings += findings
    if not proved(findings):
        raise NotProved(findings, cause_of(findings))
    context.folder.note("held", tunnel=plan.name, stage=item.title)


def still(context: Context, plan: DeploymentPlan, so_far: Progressing, seen: dict[str, Observation]) -> tuple[Finding, ...]:
    """After the rollback timers were called off: what speaks for and against what is about to be saved."""
    if _by_traffic(plan):
        return so_far.goal.still(plan, seen) if len(seen) == len(plan.members) else ()
    proved_by = so_far.proof.outputs if so_far.proof and not plan.removal else None
    findings, _ = _judged(context, plan, plan.deployment.stages, "still", proved_by)
    return findings


def was_up(plan: DeploymentPlan) -> bool:
    """True if it worked on all members before the change, as far as that can be told of what they showed then."""
    return _by_traffic(plan) and proof_of(plan).was_up(baseline_of(plan))


def proved_word(plan: DeploymentPlan, by_traffic: str) -> str:
    """What a proof says of it: that traffic passes, in the words given, or that its gates hold."""
    return by_traffic if _by_traffic(plan) else "proved"


def _by_traffic(plan: DeploymentPlan) -> bool:
    return isinstance(plan.deployment.stages[-1].gate, Traffic)


@dataclass(frozen=True, slots=True)
class _Asked:
    """A gate that is judged by what commands show."""

    stage: Stage
    gate: Gate


def _asked(stages: Iterable[Stage]) -> list[_Asked]:
    """The gates of these stages. Raises NrRunError for one with traffic beside others: nothing proves both together yet."""
    found = []
    for stage in stages:
        if isinstance(stage.gate, Traffic):
            raise NrRunError(f"stage {stage.name} is proved by traffic, which only a deployment of one stage is")
        found.append(_Asked(stage, stage.gate))
    return found


def _settled(context: Context, plan: DeploymentPlan, stages: Sequence[Stage], moment: str) -> tuple[tuple[Finding, ...], Outputs]:
    """Ask until all of these gates hold, or the longest of their times is over; what was found last."""
    deadline = time.monotonic() + max(stage.settle_seconds for stage in stages) * context.waits.scale
    while True:
        context.stop.check()
        for member in plan.members:
            context.progress.phase(member.host, f"look at {' and '.join(stage.name for stage in stages)}")
        findings, outputs = _judged(context, plan, stages, moment)
        if proved(findings) or time.monotonic() > deadline:
            return findings, outputs
        context.stop.wait(context.waits.poll)


def _judged(
    context: Context,
    plan: DeploymentPlan,
    stages: Sequence[Stage],
    moment: str,
    proved_by: Mapping[str, Mapping[str, str]] | None = None,
) -> tuple[tuple[Finding, ...], Outputs]:
    """What these gates say of what the devices show now; ``proved_by`` is what they showed when all of it was proved."""
    gates = _asked(stages)
    asked = {
        member.host: {
            "also": tuple(
                dict.fromkeys(
                    (*(line for one in gates for line in one.gate.asks(member.member, member.platform)), *member.timer_shows)
                )
            ),
            "own": own_commands(plan, member, moment),
        }
        for member in plan.members
    }
    readings = run_on_all(context.nornir, observe, asked)
    for host, (_, outputs) in readings.items():
        keep_outputs(context, f"{plan.name}/{host}/{moment}", outputs)
    seen = [
        Seen(member.member, member.platform, readings[member.host][1], readings[member.host][0].time) for member in plan.members
    ]
    before = [replace(item, outputs=proved_by[item.member.host]) for item in seen] if proved_by else []
    with answers_of(" and ".join(member.host for member in plan.members)):
        findings = tuple(
            finding
            for one in gates
            for finding in (
                one.gate.later(before, seen)
                if before and isinstance(one.gate, Passing)
                else one.gate.judge(seen, removed=plan.removal)
            )
        )
    # Whatever it is that is built, the tunnels of the box are others'.
    others = tuple(beside(one.host, one.snapshot.observation, readings[one.host][0]) for one in plan.members)
    return (*findings, *others), {host: outputs for host, (_, outputs) in readings.items()}
