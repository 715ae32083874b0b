"""Bring a tunnel up with traffic, watch both ends, and judge."""

from __future__ import annotations

import time
from collections.abc import Mapping
from dataclasses import dataclass, field
from ipaddress import IPv4Network

from ...changes.selectors import selectors_of
from ...checks.cause import probable_cause
from ...checks.finding import Cause, Finding, Status, proved
from ...checks.l2l import Watched, phase_1_up, phase_2_up, prove
from ...checks.new_sas import renewed
from ...checks.observation import Observation, Probe
from ...inventory.intent import End
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
        """True if the tunnel is proved up on both ends."""
        return proved(self.findings)


def prove_tunnel(context: Context, plan: TunnelPlan) -> Proof:
    """Trigger, wait for IKE, ping both ways, compare counters. Raises Unreachable, ParseError or Interrupted."""
    before, during = _bring_up(context, plan)
    probes: dict[str, Probe | None] = {end.host: None for end in plan.ends}
    after = before
    outputs: Outputs = {}
    if _up(plan, before):
        for end in plan.ends:
            context.stop.check()
            context.progress.phase(end.host, f"ping {end.end.remote.probe_address} from {end.end.local.probe_address}")
            probes[end.host] = _ping(context, end.end, context.waits.pings)
        after, outputs = look(context, plan, "proof")
    ends = _watched(plan, before, after, probes)
    findings = prove(plan.tunnel.name, ends, plan.crypto.ipsec_proposals[0])
    if plan.replaces:
        findings = (*findings, *(renewed(watched) for watched in ends))
    cause = None if proved(findings) else probable_cause(ends, during)
    keep(context, plan, ends, findings)
    return Proof(_with_cause(findings, cause), ends, cause, outputs)


def _bring_up(context: Context, plan: TunnelPlan) -> tuple[dict[str, Observation], list[Observation]]:
    """Ping from the near end and look at both, until IKE and IPsec are up or the time is over."""
    near = plan.ends[0].end
    seen: list[Observation] = []
    deadline = time.monotonic() + context.waits.ike
    while True:
        context.stop.check()
        context.progress.phase(near.local.host, "traffic to bring the tunnel up")
        context.folder.note("triggering", tunnel=plan.tunnel.name, host=near.local.host)
        _ping(context, near, TRIGGER_PINGS)
        now, _ = look(context, plan, "trigger")
        seen += now.values()
        if _up(plan, now) or time.monotonic() > deadline:
            return now, seen
        context.stop.wait(context.waits.poll)


def _ping(context: Context, end: End, count: int) -> Probe:
    arguments = {
        "platform": context.platforms[end.local.host],
        "source": end.local.probe_address,
        "target": end.remote.probe_address,
        "count": count,
    }
    result: Probe = run_on_one(context.nornir, probe, end.local.host, **arguments)
    return result


Outputs = dict[str, dict[str, str]]


def look(context: Context, plan: TunnelPlan, moment: str) -> tuple[dict[str, Observation], Outputs]:
    """Observations of both ends, and what they printed, which is kept in the run folder under ``moment``."""
    asked = {end.host: {"os": end.platform.os, "also": end.fence_shows} for end in plan.ends}
    readings = run_on_all(context.nornir, observe, asked)
    for host, (_, outputs) in readings.items():
        for command, text in outputs.items():
            context.folder.write(f"{plan.tunnel.name}/{host}/{moment}/{file_name(command)}.txt", text + "\n")
    observations = {host: observation for host, (observation, _) in readings.items()}
    return observations, {host: outputs for host, (_, outputs) in readings.items()}


def _up(plan: TunnelPlan, seen: dict[str, Observation]) -> bool:
    return all(phase_1_up(end.end, seen[end.host]) and phase_2_up(end.end, seen[end.host]) for end in plan.ends)


def _watched(
    plan: TunnelPlan, before: dict[str, Observation], after: dict[str, Observation], probes: dict[str, Probe | None]
) -> tuple[Watched, Watched]:
    near, far = (
        Watched(end.end, before[end.host], after[end.host], probes[end.host], end.snapshot.observation, formerly(end))
        for end in plan.ends
    )
    return near, far


def formerly(end: EndPlan) -> tuple[tuple[IPv4Network, IPv4Network], ...]:
    """The selectors of the tunnel's entry as the box had it before the change."""
    config = end.snapshot.running.objects
    entries = (config.objects[key] for key in end.change.own if key in config.objects)
    return tuple(pair for entry in entries for pair in selectors_of(config, entry) or ())


def _with_cause(findings: tuple[Finding, ...], cause: Cause | None) -> tuple[Finding, ...]:
    return tuple(finding.because(cause) if cause and finding.status is Status.FAILED else finding for finding in findings)


def keep(context: Context, plan: TunnelPlan, ends: tuple[Watched, Watched], findings: tuple[Finding, ...]) -> None:
    """State and findings into the run folder."""
    for watched in ends:
        context.folder.write_json(
            f"{plan.tunnel.name}/{watched.host}/state.json",
            {"time": watched.after.time, "phase_1": watched.after.phase_1, "phase_2": watched.after.phase_2},
        )
    context.folder.write_json(f"{plan.tunnel.name}/findings.json", [finding.as_dict() for finding in findings])
    context.folder.note("judged", tunnel=plan.tunnel.name, proved=proved(findings))
