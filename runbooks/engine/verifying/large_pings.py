"""Packets of full size: do they pass where small ones do? A tunnel that passes only small ones is up by every table, and useless.

They may be lost behind the far end, where something takes no large pings. So the loss is reported and the run does not end in
plain "verified", but nothing is rolled back for it.
"""

from __future__ import annotations

from collections.abc import Iterable

from msgspec.structs import replace

from ....checks.finding import FULL_SIZE, Finding, Status
from ....checks.observations.looks import Look, Stimulus
from ....checks.observations.observation import Probe
from ....checks.planned_running import running_with
from ....checks.proof import Traffic
from ....services.besides import WithFullSize
from ....services.common.large_packets_lost import large_lost
from ....services.registry import find_built
from ....tasks.probe import Ping, ping_only
from ..context import Context
from ..nornir_run import run_on
from ..plans.planning import DeploymentPlan, MemberPlan

#: Small packets that go with those of full size, where a proof sends none of its own.
SMALL = 3


def wanted_of(plan: DeploymentPlan, member: MemberPlan) -> tuple[Stimulus, ...]:
    """What a member has to send in full size; nothing of what is removed, or of a service that has no such traffic."""
    service = find_built(plan.deployment.service)
    if plan.removal or not isinstance(service, WithFullSize):
        return ()
    running = running_with(member.change, member.snapshot.running.text)
    return tuple(item for item in service.full_size(plan.deployment, member.member, member.platform, running) if item.full_bytes)


def bytes_of(plan: DeploymentPlan, host: str, traffic: Traffic) -> int:
    """How large a packet of this traffic has to pass uncut; 0 where that is not tried."""
    member = next(member for member in plan.members if member.host == host)
    return next((item.full_bytes or 0 for item in wanted_of(plan, member) if item.traffic == traffic), 0)


def of_pings(host: str, traffic: Traffic, probe: Probe, look: Look) -> tuple[Finding, ...]:
    """What those say that went along with the pings of a proof."""
    if probe.large is None:
        return ()
    seen = replace(look, pings={traffic: replace(probe, sent=probe.received)}, large={traffic: probe.large})
    return told(large_lost(host, "", traffic, [seen]))


def untried(host: str, traffic: Traffic, why: str) -> Finding:
    """That no packets of full size say anything of this traffic: it stands in the record of the run, and nothing rests on it."""
    return Finding(FULL_SIZE, host, Status.SKIPPED, f"packets of full size to {traffic.target} were not tried: {why}")


def told(findings: Iterable[Finding]) -> tuple[Finding, ...]:
    """The same, none of which ends a change."""
    return tuple(replace(one, status=Status.WARNING) if one.status is Status.FAILED else one for one in findings)


def of_gates(context: Context, plan: DeploymentPlan) -> tuple[Finding, ...]:
    """The same of what is verified by what commands show: sent when that holds. What a device does not tell is said of it."""
    wanted = {member.host: wanted_of(plan, member) for member in plan.members}
    found: list[Finding] = []
    for number in range(max(map(len, wanted.values()), default=0)):
        items = {
            member.host: (member, wanted[member.host][number]) for member in plan.members if number < len(wanted[member.host])
        }
        for host in items:
            context.progress.phase(host, f"packets of full size: {items[host][1].traffic}")
        asked = {host: {"ping": _ping(*item)} for host, item in items.items()}
        probes, errors = run_on(context.nornir, ping_only, asked)
        for error in errors.values():
            context.progress.say(str(error))
        found += [untried(host, items[host][1].traffic, str(error)) for host, error in errors.items()]
        found += [finding for host, probe in probes.items() for finding in _judged(*items[host], probe)]
    return tuple(found)


def _ping(member: MemberPlan, item: Stimulus) -> Ping:
    return Ping(member.platform, item.traffic.source, item.traffic.target, SMALL, item.full_bytes or 0)


def _judged(member: MemberPlan, item: Stimulus, probe: Probe) -> tuple[Finding, ...]:
    """What one probe says, or why it says nothing: some targets answer their own kind of probe alone."""
    if not probe.received:
        return (untried(member.host, item.traffic, "it answers no small ones"),)
    if probe.large is None:
        return (untried(member.host, item.traffic, "the device did not show what became of them"),)
    return of_pings(member.host, item.traffic, probe, Look(member.snapshot.observation))


def small_only(findings: Iterable[Finding]) -> Finding | None:
    """What says that small packets pass and those of full size do not; None where nothing says so."""
    return next((one for one in findings if one.check == FULL_SIZE and one.status is Status.WARNING), None)
