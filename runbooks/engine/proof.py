"""Bring something up with traffic, watch every device of a proof, and judge: whatever it is that is proved."""

from __future__ import annotations

import time
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from ipaddress import IPv4Network

from ...changes.selectors import selectors_of
from ...checks import proof as checked
from ...checks.finding import Cause, Finding, Status, proved
from ...checks.observation import Observation, Probe
from ...checks.proof import Watch
from ...checks.questions import SAS, Question
from ...services.l2l.endpoint import Endpoint, Watched, tunnel_interface
from ...services.l2l.proof import L2lProof
from ...tasks.observe import observe
from ...tasks.probe import probe
from .context import Context
from .nornir_run import run_on_all, run_on_one
from .planning import EndPlan, TunnelPlan, file_name

#: Pings that bring the tunnel up; the first ones are lost while IKE negotiates.
TRIGGER_PINGS = 5


@dataclass(frozen=True, slots=True)
class Proof:
    """The judgement on one tunnel, and what it rests on."""

    findings: tuple[Finding, ...]
    ends: tuple[Watched, ...]
    cause: Cause | None
    #: What each device printed at the last look, by device and command.
    outputs: Mapping[str, Mapping[str, str]] = field(default_factory=dict)

    @property
    def good(self) -> bool:
        """True if the tunnel is proved up on every end that is ours."""
        return proved(self.findings)


def proof_of(plan: TunnelPlan) -> L2lProof:
    """What proves the tunnel of a plan."""
    crypto = plan.crypto
    ends = tuple(
        Endpoint.of(
            end.end,
            crypto.ipsec_proposals[:1],
            crypto.ike_version,
            # A tunnel that is removed is where the device had it.
            tunnel_interface(end.snapshot.running.text if plan.removal else end.desired, end.end.remote.outside_ip),
        )
        for end in plan.ends
    )
    return L2lProof(plan.tunnel.name, ends, plan.replaces, {end.host: formerly(end) for end in plan.ends})


def prove_tunnel(context: Context, plan: TunnelPlan) -> Proof:
    """Trigger, wait for IKE, ping both ways, compare counters. Raises Unreachable, ParseError or Interrupted."""
    what = proof_of(plan)
    before, during = _bring_up(context, plan, what)
    probes: dict[str, Probe | None] = dict.fromkeys(what.hosts)
    after = before
    outputs: Outputs = {}
    if what.settled(before):
        for host in what.hosts:
            context.stop.check()
            context.progress.phase(host, str(what.stimulus(host) or "nothing is there to be pinged"))
            probes[host] = _ping(context, what, host, context.waits.pings)
        after, outputs = look(context, plan, "proof", what.asks)
    elif set(what.asks) - set(SAS):
        # What else the proof asks may say why it does not come up.
        after, outputs = look(context, plan, "proof", what.asks)
    baseline = {end.host: end.snapshot.observation for end in plan.ends}
    watch = Watch(before, after, probes, baseline, during)
    findings = what.judge(watch)
    cause = None if proved(findings) else what.explain(watch)
    ends = what.watched(watch)
    keep(context, plan, ends, findings)
    return Proof(_with_cause(findings, cause), ends, cause, outputs)


def _bring_up(context: Context, plan: TunnelPlan, what: checked.Proof) -> tuple[dict[str, Observation], list[Observation]]:
    """Ping from the near end and look at all, until it is up or the time is over."""
    near = what.hosts[0]
    seen: list[Observation] = []
    deadline = time.monotonic() + context.waits.ike
    while True:
        context.stop.check()
        context.progress.phase(near, "traffic to bring the tunnel up")
        context.folder.note("triggering", tunnel=plan.tunnel.name, host=near)
        _ping(context, what, near, TRIGGER_PINGS)
        # A routing table may be long, and whether it is up is seen without.
        now, _ = look(context, plan, "trigger", [question for question in what.asks if question in SAS])
        seen += now.values()
        if what.settled(now) or time.monotonic() > deadline:
            return now, seen
        context.stop.wait(context.waits.poll)


def _ping(context: Context, what: checked.Proof, host: str, count: int) -> Probe | None:
    """So many pings from a device, None where the proof has none for it."""
    traffic = what.stimulus(host)
    if traffic is None:
        return None
    arguments = {"platform": context.platforms[host], "source": traffic.source, "target": traffic.target, "count": count}
    result: Probe = run_on_one(context.nornir, probe, host, **arguments)
    return result


Outputs = dict[str, dict[str, str]]


def look(
    context: Context, plan: TunnelPlan, moment: str, questions: Sequence[Question] = ()
) -> tuple[dict[str, Observation], Outputs]:
    """Observations of all ends, and what they printed, which is kept in the run folder under ``moment``."""
    asked = {end.host: {"questions": tuple(questions), "also": end.fence_shows} for end in plan.ends}
    readings = run_on_all(context.nornir, observe, asked)
    for host, (_, outputs) in readings.items():
        for command, text in outputs.items():
            context.folder.write(f"{plan.tunnel.name}/{host}/{moment}/{file_name(command)}.txt", text + "\n")
    observations = {host: observation for host, (observation, _) in readings.items()}
    return observations, {host: outputs for host, (_, outputs) in readings.items()}


def formerly(end: EndPlan) -> tuple[tuple[IPv4Network, IPv4Network], ...]:
    """The selectors of the tunnel's entry as the box had it before the change."""
    config = end.snapshot.running.objects
    entries = (config.objects[key] for key in end.change.own if key in config.objects)
    return tuple(pair for entry in entries for pair in selectors_of(config, entry) or ())


def _with_cause(findings: tuple[Finding, ...], cause: Cause | None) -> tuple[Finding, ...]:
    return tuple(finding.because(cause) if cause and finding.status is Status.FAILED else finding for finding in findings)


def keep(context: Context, plan: TunnelPlan, ends: tuple[Watched, ...], findings: tuple[Finding, ...]) -> None:
    """State and findings into the run folder."""
    for watched in ends:
        seen = watched.after
        context.folder.write_json(f"{plan.tunnel.name}/{watched.host}/state.json", {"time": seen.time, **seen.answers})
    context.folder.write_json(f"{plan.tunnel.name}/findings.json", [finding.as_dict() for finding in findings])
    context.folder.note("judged", tunnel=plan.tunnel.name, proved=proved(findings))
