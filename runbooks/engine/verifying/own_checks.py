"""Checks of the user's own in a deploy: asked for together with the proof, and again for a while where they do not hold yet."""

from __future__ import annotations

import time
from collections.abc import Mapping

from ....checks.finding import Finding, Status
from ....inventory.intents.own_checks import OwnCheck
from ....services.common.own_checks import commands, findings
from ....tasks.gather import now
from ....tasks.observe import observe
from ..context import Context
from ..nornir_run import run_on_all
from ..plans.planning import DeploymentPlan, MemberPlan, keep_outputs

Outputs = dict[str, dict[str, str]]
#: When the checks are asked for.
MOMENT = "proof"


def own_commands(plan: DeploymentPlan, member: MemberPlan, moment: str) -> tuple[str, ...]:
    """What a member is asked for its checks in the exchange of this moment; nothing of what is removed."""
    return () if plan.removal or moment != MOMENT else commands(plan.deployment, member.host, "deploy")


def own_findings(
    context: Context, plan: DeploymentPlan, outputs: Mapping[str, Mapping[str, str]]
) -> tuple[tuple[Finding, ...], Outputs]:
    """What the checks say of what the devices showed in the proof, and what they showed last.

    What does not hold is asked for again until it does, or its time is over: routes and neighbours come a while after the tunnel.
    """
    shown = {host: dict(texts) for host, texts in outputs.items()}
    if plan.removal or not plan.deployment.checks:
        return (), shown
    began = time.monotonic()
    while True:
        found = _judged(plan, shown)
        waiting = _waiting(context, found, time.monotonic() - began)
        if not waiting:
            return tuple(finding for _, finding in found), shown
        context.stop.wait(context.timeouts.poll)
        context.stop.check()
        _ask_again(context, plan, waiting, shown)


def _judged(plan: DeploymentPlan, shown: Outputs) -> tuple[tuple[OwnCheck, Finding], ...]:
    systems = {member.host: member.platform.os for member in plan.members}
    return findings(plan.deployment, "deploy", systems, shown, dict.fromkeys(systems, now()))


def _waiting(context: Context, found: tuple[tuple[OwnCheck, Finding], ...], seconds: float) -> dict[str, tuple[str, ...]]:
    """Host to the commands of what does not hold and may yet; nothing where one is beyond its time already."""
    bad = [(check, finding) for check, finding in found if finding.status is not Status.OK]
    if any(seconds >= check.within_seconds * context.timeouts.scale for check, _ in bad):
        return {}
    again: dict[str, tuple[str, ...]] = {}
    for check, finding in bad:
        again[finding.subject] = tuple(dict.fromkeys((*again.get(finding.subject, ()), check.command)))
    return again


def _ask_again(context: Context, plan: DeploymentPlan, waiting: Mapping[str, tuple[str, ...]], shown: Outputs) -> None:
    for host in waiting:
        context.progress.phase(host, "look again at what your checks ask for")
    readings = run_on_all(context.nornir, observe, {host: {"own": asked} for host, asked in waiting.items()})
    for host, (_, texts) in readings.items():
        shown.setdefault(host, {}).update(texts)
        keep_outputs(context, f"{plan.name}/{host}/own-checks", {command: texts[command] for command in waiting[host]})
