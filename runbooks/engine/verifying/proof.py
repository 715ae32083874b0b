"""Proof by traffic: bring a deployment up with pings, observe every member, and let the service judge."""

from __future__ import annotations

import time
from collections.abc import Mapping, Sequence

from msgspec import Struct, field
from msgspec.structs import replace

from ....checks import proof as checked
from ....checks.finding import Cause, Finding, Status, proved
from ....checks.observations.looks import Look
from ....checks.observations.observation import Observation, Probe
from ....checks.observations.questions import SAS, Question
from ....checks.proof import Watch
from ....services.registry import find_built
from ....services.service import Row, TrafficProof
from ....tasks import fresh_login
from ....tasks.answers import running
from ....tasks.observe import observe, probe_and_observe
from ....tasks.probe import Ping, ping_only
from ..context import Context
from ..nornir_run import run_on, run_on_all, run_on_one
from ..plans.planning import DeploymentPlan, keep_outputs
from .large_pings import bytes_of, of_pings, untried
from .own_checks import own_commands, own_findings
from .reach import WHOLE, Reach, reach_of

#: Pings that trigger IKE; the first ones are lost while it negotiates.
TRIGGER_PINGS = 5
#: Looks become rarer while it does not come up, up to so many times the pause between the first two: each costs a round trip.
LONGEST_PAUSE = 4
Outputs = dict[str, dict[str, str]]


class Proof(Struct, frozen=True):
    """The judgement on one deployment, and what it rests on."""

    findings: tuple[Finding, ...]
    cause: Cause | None
    #: What each device printed at the last look, by device and command.
    outputs: Mapping[str, Mapping[str, str]] = field(default_factory=dict)
    #: What the recap shows of each member, where the proof is by traffic.
    rows: Mapping[str, Row] = field(default_factory=dict)
    #: What no traffic met, a sentence each.
    untested: tuple[str, ...] = ()
    #: What it says nothing about.
    reach: Reach = WHOLE

    @property
    def good(self) -> bool:
        """True if it is verified on every member."""
        return proved(self.findings)


def proof_of(plan: DeploymentPlan) -> TrafficProof:
    """What verifies a plan by traffic."""
    return find_built(plan.deployment.service).traffic(plan.deployment, [member.sight for member in plan.members])


def prove_by_traffic(context: Context, plan: DeploymentPlan, *, decides: bool = False) -> Proof:
    """Trigger, wait for IKE, ping both ways, compare counters. Raises Unreachable, ParseError or Interrupted.

    ``decides``: a change is kept on it, once a new login has proved each member manageable. That begins when it is up, which may
    change the way that a login takes, and goes on beside the pings.
    """
    what = proof_of(plan)
    before, during = _bring_up(context, plan, what)
    probes: dict[str, Probe | None] = dict.fromkeys(what.hosts)
    after = before
    outputs: Outputs = {}
    if what.settled(before):
        if decides:
            # Where it cannot begin, it is made when it is asked for.
            run_on(context.nornir, fresh_login.begin, {member.host: {} for member in plan.members})
        probes, after, outputs = _both_ways(context, plan, what)
    elif set(what.asks) - set(SAS):
        # The other questions of the proof may tell why it does not come up.
        after, outputs = look(context, plan, "proof", what.asks)
    watch = Watch(before, after, probes, baseline_of(plan), during)
    findings = what.judge(watch)
    cause = None if proved(findings) else _why(context, plan, what, watch)
    if proved(findings):
        own, outputs = own_findings(context, plan, outputs)
        findings = (*findings, *own, *_full_size(plan, what, watch))
    keep(context, plan, watch, findings)
    reach = reach_of(plan.deployment.foreign, traffic=what.answered)
    return Proof(_with_cause(findings, cause), cause, outputs, rows_of(what, watch), what.untested(watch), reach)


def _why(context: Context, plan: DeploymentPlan, what: TrafficProof, watch: Watch) -> Cause | None:
    """The probable cause, from observations, further questions to each device, and the running configurations.

    What a device does not tell any more is left out: the cause is looked for with what there is.
    """
    hosts = [member.host for member in plan.members]
    asked = {host: {"questions": tuple(what.asks_why)} for host in hosts}
    more, _ = run_on(context.nornir, observe, asked)
    shown, _ = run_on(context.nornir, running, {host: {} for host in hosts})
    after = {host: _with_more(seen, more.get(host)) for host, seen in watch.after.items()}
    return what.explain(replace(watch, after=after, running=shown))


def _with_more(seen: Observation, more: tuple[Observation, Outputs] | None) -> Observation:
    """The observation, completed by answers to further questions."""
    return replace(seen, answers={**more[0].answers, **seen.answers}) if more else seen


def baseline_of(plan: DeploymentPlan) -> dict[str, Observation]:
    """What each member showed before the change."""
    return {member.host: member.snapshot.observation for member in plan.members}


def rows_of(what: TrafficProof, watch: Watch) -> dict[str, Row]:
    """What the recap shows of each member."""
    return {host: what.row(watch, host) for host in what.hosts}


def _bring_up(context: Context, plan: DeploymentPlan, what: checked.Proof) -> tuple[dict[str, Observation], list[Observation]]:
    """Ping from the first member and observe, until all members are up or the time is over.

    What does not come up at once is looked at on all: what the others show of a try is gone a moment later, and says why.
    """
    near = what.hosts[0]
    seen: list[Observation] = []
    deadline, pause = time.monotonic() + context.timeouts.ike, context.timeouts.poll
    while True:
        context.stop.check()
        context.progress.phase(near, f"traffic to bring the {context.service.noun} up")
        context.folder.note("triggering", tunnel=plan.name, host=near)
        # A routing table may be long, and whether it is up is seen without.
        asks = [question for question in what.asks if question in SAS]
        trigger = _Last("trigger", near, TRIGGER_PINGS)
        reading = _pinged(context, plan, what, trigger, asks)
        over = time.monotonic() > deadline
        if over or seen or what.settled({near: reading[1]}):
            now, _ = look(context, plan, "trigger", asks, {near: reading[1:]})
            seen += now.values()
            if over or what.settled(now):
                return now, seen
        else:
            seen.append(reading[1])
        context.stop.wait(min(pause, max(0.0, deadline - time.monotonic()) + context.timeouts.poll))
        pause = min(2 * pause, LONGEST_PAUSE * context.timeouts.poll)


def _both_ways(
    context: Context, plan: DeploymentPlan, what: checked.Proof
) -> tuple[dict[str, Probe | None], dict[str, Observation], Outputs]:
    """The pings that are counted, from each device in turn, and what all of them show behind the last one.

    The first one, which had to bring it up, comes last: its look goes along with its pings.
    """
    probes: dict[str, Probe | None] = dict.fromkeys(what.hosts)
    first, *others = what.hosts
    for host in others:
        _begin_ping(context, what, host)
        ping = _ping_of(context, plan, what, _Last("proof", host, context.timeouts.pings, alone=False))
        probes[host] = run_on_one(context.nornir, ping_only, host, ping=ping) if ping else None
    _begin_ping(context, what, first)
    last = _Last("proof", first, context.timeouts.pings, alone=not others)
    probes[first], after, outputs = _ping_and_look(context, plan, what, last, what.asks)
    return probes, after, outputs


def _begin_ping(context: Context, what: checked.Proof, host: str) -> None:
    context.stop.check()
    context.progress.phase(host, str(what.stimulus(host) or "nothing is there to be pinged"))


def _ping_of(context: Context, plan: DeploymentPlan, what: checked.Proof, last: _Last) -> Ping | None:
    """So many pings from a device, None where the proof has none for it; some of full size go along with those that count."""
    traffic, platform = what.stimulus(last.host), context.platforms[last.host]
    if traffic is None:
        return None
    # In dialogues they cost an exchange where a look goes along with the pings, and the far end has sent some already.
    costly = platform.ping == "dialogue" and last.host == what.hosts[0] and not last.alone
    full = bytes_of(plan, last.host, traffic) if last.moment == "proof" and not costly else 0
    return Ping(platform, traffic.source, traffic.target, last.count, full)


def _full_size(plan: DeploymentPlan, what: TrafficProof, watch: Watch) -> tuple[Finding, ...]:
    """What the packets of full size say that went along with the pings; one way is enough, since an answer is as large."""
    sent = [
        (host, traffic, probe) for host, probe in watch.probes.items() if probe is not None and (traffic := what.stimulus(host))
    ]
    if all(probe.large is None for _, _, probe in sent):
        wanted = ((host, traffic) for host, traffic, _ in sent if bytes_of(plan, host, traffic))
        return tuple(untried(host, traffic, "no device showed what became of them") for host, traffic in wanted)[:1]
    return tuple(finding for host, traffic, probe in sent for finding in of_pings(host, traffic, probe, Look(watch.after[host])))


class _Last(Struct, frozen=True):
    """The last pings before an observation, from ``host``; outputs are kept in the run folder under ``moment``.

    ``alone``: no other device of ours is at an end of it.
    """

    moment: str
    host: str
    count: int
    alone: bool = False


def _ping_and_look(
    context: Context, plan: DeploymentPlan, what: checked.Proof, last: _Last, asks: Sequence[Question]
) -> tuple[Probe | None, dict[str, Observation], Outputs]:
    """Ping from one member, look at it in the same write, and then at the others."""
    answered, seen, shown = _pinged(context, plan, what, last, asks)
    return answered, *look(context, plan, last.moment, asks, {last.host: (seen, shown)})


def _pinged(
    context: Context, plan: DeploymentPlan, what: checked.Proof, last: _Last, asks: Sequence[Question]
) -> tuple[Probe | None, Observation, dict[str, str]]:
    """Ping from one member, and look at it in the same write."""
    ping = _ping_of(context, plan, what, last)
    member = next(member for member in plan.members if member.host == last.host)
    asked = {"questions": tuple(asks), "also": member.timer_shows, "own": own_commands(plan, member, last.moment)}
    if ping is None:
        seen: tuple[Observation, dict[str, str]] = run_on_one(context.nornir, observe, last.host, **asked)
        return None, *seen
    found: tuple[Probe, Observation, dict[str, str]] = run_on_one(
        context.nornir, probe_and_observe, last.host, ping=ping, **asked
    )
    return found


def look(
    context: Context,
    plan: DeploymentPlan,
    moment: str,
    questions: Sequence[Question] = (),
    seen: Mapping[str, tuple[Observation, dict[str, str]]] | None = None,
) -> tuple[dict[str, Observation], Outputs]:
    """Observations of all members, and what they printed, which is kept in the run folder under ``moment``.

    Those in ``seen`` were looked at a moment ago, and are not asked again.
    """
    readings = dict(seen or {})
    asked = {
        member.host: {
            "questions": tuple(questions),
            "also": member.timer_shows,
            "own": own_commands(plan, member, moment),
        }
        for member in plan.members
        if member.host not in readings
    }
    readings |= run_on_all(context.nornir, observe, asked) if asked else {}
    readings = {member.host: readings[member.host] for member in plan.members}
    for host, (_, outputs) in readings.items():
        keep_outputs(context, f"{plan.name}/{host}/{moment}", outputs)
    observations = {host: observation for host, (observation, _) in readings.items()}
    return observations, {host: outputs for host, (_, outputs) in readings.items()}


def _with_cause(findings: tuple[Finding, ...], cause: Cause | None) -> tuple[Finding, ...]:
    return tuple(finding.because(cause) if cause and finding.status is Status.FAILED else finding for finding in findings)


def keep(context: Context, plan: DeploymentPlan, watch: Watch, findings: tuple[Finding, ...]) -> None:
    """Write state and findings into the run folder."""
    for host, seen in watch.after.items():
        context.folder.write_json(f"{plan.name}/{host}/state.json", {"time": seen.time, **seen.answers})
    context.folder.write_json(f"{plan.name}/findings.json", [finding.as_dict() for finding in findings])
    context.folder.note("judged", tunnel=plan.name, proved=proved(findings))
