"""Gates: whether a stage holds, and the whole at the end. The deployment judges; asking and waiting is the same for all.

A gate with traffic of its own (`Traffic`) is verified by pings and counters, see proof.py; every other one by what commands show.
"""

from __future__ import annotations

import time
from collections.abc import Callable, Iterable, Mapping, Sequence
from ipaddress import IPv4Address
from types import MappingProxyType

from msgspec import Struct
from msgspec.structs import replace

from ....checks.finding import Finding, proved
from ....checks.observations.observation import Observation
from ....checks.other_tunnels import beside, leaving
from ....checks.renewed_sas import renewed
from ....inventory.errors import NrRunError, answers_of
from ....services.service import Gate, OneByOne, Passing, Renegotiating, Seen, Stage, Traffic
from ....tasks.clear import clear
from ....tasks.observe import observe
from ..change_state import ChangeState, NotVerified
from ..context import Context
from ..nornir_run import run_on_all
from ..plans.planning import DeploymentPlan, Hold, keep_outputs
from .large_pings import of_gates
from .own_checks import own_commands, own_findings
from .postchecks import BUILD, REMOVE, PostCheck, cause_of
from .proof import Outputs, Proof, baseline_of, proof_of, prove_by_traffic
from .reach import reach_of


def postcheck_of(plan: DeploymentPlan, *, decided: bool = False) -> PostCheck:
    """The postcheck of a plan: everything verified up, or verified gone.

    ``decided``: of a run that was interrupted behind its decision. What the engine can bring up itself is verified again; where
    somebody outside has to come for that, what is configured is, and that it passes was verified then.
    """
    shown = REMOVE if plan.removal else BUILD
    if _by_traffic(plan):
        return shown
    return PostCheck(
        _prove_decided if decided else prove, lambda _plan, _seen: (), shown.done, shown.proved if plan.removal else "verified"
    )


def prove(context: Context, plan: DeploymentPlan) -> Proof:
    """Proof of the whole, without a change to it: every gate of every stage holds."""
    if _by_traffic(plan):
        return prove_by_traffic(context, plan)
    if not plan.removal:
        context.visit(plan.deployment)
    findings, outputs = _settled(context, plan, plan.deployment.stages, "proof", _by_now(plan))
    if proved(findings):
        own, outputs = own_findings(context, plan, outputs)
        findings = (*findings, *own, *of_gates(context, plan))
    return _told(context, plan, findings, outputs)


def _prove_decided(context: Context, plan: DeploymentPlan) -> Proof:
    """The same of what was verified, and decided, before the run was interrupted; what it rested on then stays in the run folder.

    Checks of the user's own were a part of that proof, and may need what was there then.
    """
    return _told(context, plan, *_settled(context, plan, plan.deployment.stages, "decided", _by_decision(plan)), kept="decided")


def _told(
    context: Context, plan: DeploymentPlan, findings: tuple[Finding, ...], outputs: Outputs, kept: str = "findings"
) -> Proof:
    context.folder.write_json(f"{plan.name}/{kept}.json", [finding.as_dict() for finding in findings])
    context.folder.note("judged", tunnel=plan.name, proved=proved(findings))
    return Proof(findings, cause_of(findings), outputs, reach=reach_of(plan.deployment.foreign))


def negotiate_anew(context: Context, plan: DeploymentPlan, place: int, stage: Stage) -> tuple[Finding, ...]:
    """Clear what was agreed before the stage pushed as the ``place``-th, where its gate is on SAs that outlive the lines.

    Where peers carry for each other, one after the other: gives what speaks against the one that did not come up, and leaves the
    others as they are then.
    """
    gate = stage.gate
    if plan.removal or not isinstance(gate, Renegotiating):
        return ()
    for member in plan.members:
        change = member.stage_change(place)
        turns = gate.turns(change) if isinstance(gate, OneByOne) else (gate.stale(change),)
        for number, peers in enumerate(turns):
            if peers:
                context.progress.phase(member.host, "clear what was agreed before, to negotiate again")
                run_on_all(context.nornir, clear, {member.host: {"peers": peers}})
            if isinstance(gate, OneByOne) and number < len(turns) - 1:
                context.folder.note("turn", tunnel=plan.name, stage=stage.name, peers=[str(peer) for peer in peers])
                found, _ = _settled(context, plan, (stage,), f"turn-{number}", _of_peers(gate, peers), {member.host: peers})
                if not proved(found):
                    return found
    return ()


def _of_peers(gate: OneByOne, peers: Sequence[IPv4Address]) -> Judging:
    """Judge by what is shown of the tunnels to these peers alone."""
    return lambda _gate, seen: gate.agreed(seen, peers)


def _cleared(plan: DeploymentPlan, place: int, stage: Stage) -> Mapping[str, Sequence[IPv4Address]]:
    """Host to the peers whose SAs have to be new after a stage."""
    gate = stage.gate
    if plan.removal or not isinstance(gate, Renegotiating):
        return {}
    return {member.host: gate.stale(member.stage_change(place)) for member in plan.members}


def hold(context: Context, plan: DeploymentPlan, item: Hold, change_state: ChangeState) -> None:
    """Wait until the gate of a stage holds. Raises NotVerified if it does not in its time."""
    context.folder.note("gate", tunnel=plan.name, stage=item.title)
    findings = negotiate_anew(context, plan, item.stage, item.gate)
    if not findings:
        findings, _ = _settled(
            context, plan, (item.gate,), f"gate-{item.title}", _by_now(plan), _cleared(plan, item.stage, item.gate)
        )
    change_state.findings += findings
    if not proved(findings):
        raise NotVerified(findings, cause_of(findings))
    context.folder.note("held", tunnel=plan.name, stage=item.title)


def still(context: Context, plan: DeploymentPlan, change_state: ChangeState, seen: dict[str, Observation]) -> tuple[Finding, ...]:
    """After the rollback timers were cancelled: what speaks for and against what is about to be saved."""
    if _by_traffic(plan):
        return change_state.postcheck.still(plan, seen) if len(seen) == len(plan.members) else ()
    judging = _by_now(plan)
    if change_state.resumed:
        judging = _by_decision(plan)
    elif change_state.proof and not plan.removal:
        judging = _by_proof(plan, change_state.proof.outputs)
    findings, _ = _judged(context, plan, plan.deployment.stages, "still", judging)
    return findings


def was_up(plan: DeploymentPlan) -> bool:
    """True if it worked on all members before the change, as far as that can be told of what they showed then.

    What is verified by gates had SAs with an end that is not ours, where there is one; of any other nothing is known.
    """
    before = baseline_of(plan)
    if _by_traffic(plan):
        return proof_of(plan).was_up(before)
    far = [address for end in plan.deployment.foreign for address in end.addresses]
    return any(row.up for seen in before.values() for address in far for version in (1, 2) for row in seen.rows(address, version))


def proved_word(plan: DeploymentPlan, by_traffic: str) -> str:
    """What a proof says of it: that traffic passes, in the words given, or that its gates hold."""
    return by_traffic if _by_traffic(plan) else "verified"


def _by_traffic(plan: DeploymentPlan) -> bool:
    return isinstance(plan.deployment.stages[-1].gate, Traffic)


class _Asked(Struct, frozen=True):
    """A gate that is judged by what commands show."""

    stage: Stage
    gate: Gate


def _asked(stages: Iterable[Stage]) -> list[_Asked]:
    """The gates of these stages. Raises NrRunError for one with traffic beside others: nothing verifies both together yet."""
    found = []
    for stage in stages:
        if isinstance(stage.gate, Traffic):
            raise NrRunError(f"stage {stage.name} is verified by traffic, which only a deployment of one stage is")
        found.append(_Asked(stage, stage.gate))
    return found


#: What a gate says of what the devices show now.
Judging = Callable[[Gate, Sequence[Seen]], tuple[Finding, ...]]


def _by_now(plan: DeploymentPlan) -> Judging:
    """Judge by what the devices show now."""
    return lambda gate, seen: gate.judge(seen, removed=plan.removal)


def _by_proof(plan: DeploymentPlan, outputs: Mapping[str, Mapping[str, str]]) -> Judging:
    """And, where the gate is one that something passes, by what they showed when all of it was verified."""

    def judging(gate: Gate, seen: Sequence[Seen]) -> tuple[Finding, ...]:
        if not isinstance(gate, Passing):
            return gate.judge(seen, removed=plan.removal)
        return gate.later([replace(item, outputs=outputs[item.member.host]) for item in seen], seen)

    return judging


def _by_decision(plan: DeploymentPlan) -> Judging:
    """And, where the gate is one that something passes, by the decision of a run that rested on that."""
    now = _by_now(plan)
    return lambda gate, seen: gate.decided(seen) if isinstance(gate, Passing) and not plan.removal else now(gate, seen)


def _settled(
    context: Context,
    plan: DeploymentPlan,
    stages: Sequence[Stage],
    moment: str,
    judging: Judging,
    cleared: Mapping[str, Sequence[IPv4Address]] | None = None,
) -> tuple[tuple[Finding, ...], Outputs]:
    """Ask until all of these gates hold, or the longest of their times is over; what was found last.

    SAs with peers that were ``cleared`` (by host) have to be others than the device had before the change.
    """
    deadline = time.monotonic() + max(stage.settle_seconds for stage in stages) * context.timeouts.scale
    while True:
        context.stop.check()
        for member in plan.members:
            context.progress.phase(member.host, f"look at {' and '.join(stage.name for stage in stages)}")
        findings, outputs = _judged(context, plan, stages, moment, judging, cleared or {})
        if proved(findings) or time.monotonic() > deadline:
            return findings, outputs
        context.stop.wait(context.timeouts.poll)


def _judged(
    context: Context,
    plan: DeploymentPlan,
    stages: Sequence[Stage],
    moment: str,
    judging: Judging,
    cleared: Mapping[str, Sequence[IPv4Address]] = MappingProxyType({}),
) -> tuple[tuple[Finding, ...], Outputs]:
    """What these gates say of what the devices show now."""
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
    with answers_of(" and ".join(member.host for member in plan.members)):
        findings = tuple(finding for one in gates for finding in judging(one.gate, seen))
    # Whatever it is that is built, the tunnels of the device are others'.
    gone = {one.host: leaving(one.change, one.snapshot.running.objects) for one in plan.members}
    others = tuple(beside(one.host, one.snapshot.observation, readings[one.host][0], gone[one.host]) for one in plan.members)
    made = (
        finding
        for one in plan.members
        for finding in renewed(one.host, one.snapshot.observation, readings[one.host][0], cleared.get(one.host, ()))
    )
    return (*findings, *made, *others), {host: outputs for host, (_, outputs) in readings.items()}
