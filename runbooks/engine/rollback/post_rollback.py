"""After the rollback of a removal or of a change in place: verify that the tunnel that was up before is up again."""

from __future__ import annotations

from msgspec.structs import replace

from ....checks.finding import Finding, against, proved
from ....inventory.errors import NrRunError
from ..context import Context
from ..plans.planning import DeploymentPlan
from ..plans.planning_removal import previous_plan
from ..verifying.gates import negotiate_anew, prove, was_up


def verify_previous(context: Context, plan: DeploymentPlan, foreign: str = "", *, compared: bool = True) -> tuple[str, list[str]]:
    """A sentence for the recap, and manual steps if the tunnel is not verified.

    Asked where nothing of the change is left on either end; ``foreign`` is what others changed there meanwhile, and ``compared``
    says whether every end was read back: one that was not touched was not. A tunnel that was down before may stay so;
    and when the operator stops, or its earlier form cannot be parsed reliably, it is told as not tested.
    """
    if not (plan.removal or plan.replaces):
        return "", []
    try:
        return _up_again(context, plan, as_before=compared and not foreign)
    except NrRunError as error:
        return f"; the tunnel was not verified again ({error})", []
    except Exception as error:  # noqa: BLE001 - both devices are as before, and the run has to finish
        return f"; the tunnel was not verified again ({type(error).__name__}, which is a defect of nr-run)", []


def _up_again(context: Context, plan: DeploymentPlan, *, as_before: bool) -> tuple[str, list[str]]:
    shape = plan if plan.removal else previous_plan(plan)
    if shape is None:
        return "; the previous tunnel was not verified again: its old configuration could not be parsed reliably", []
    if not was_up(shape):
        return "; the tunnel had no SAs before either", []
    context.progress.say(f"{plan.name}: verify that the tunnel comes up again as before")
    members = tuple(replace(end, change=end.change.done) for end in shape.members)
    # Checks of the user's own may have failed before as well, and are no reason to keep the devices.
    now = replace(shape, deployment=replace(shape.deployment, checks=()), members=members, removal=False)
    for place, stage in enumerate(plan.deployment.stages):
        negotiate_anew(context, plan, place, stage)
    proof = prove(context, now)
    own, others = _apart(proof.findings)
    lost = "".join(f"; on {finding.subject}, {finding.sentence}" for finding in against(others))
    if proved(own):
        return f", and the tunnel is verified up again{proof.reach.words}{lost}", []
    worst = against(own)[0]
    cause = f" (probable cause: {proof.cause.sentence})" if proof.cause else ""
    both = len(plan.members) == 2
    state = "nothing of our change is left on either end" if both else "nothing of our change is left"
    if as_before:
        state = "both configurations are as before" if both else f"{plan.everywhere} {plan.are} as before"
    return "", [f"{state}, and the tunnel is not up again: {worst.subject}: {worst.sentence}{cause}{lost}"]


def _apart(findings: tuple[Finding, ...]) -> tuple[tuple[Finding, ...], tuple[Finding, ...]]:
    """What is found on the tunnel, and on its neighbours.

    A device that was away has lost the SAs of its neighbours too, and those of a client come again only when its user calls.
    Their lines are as before, so it is told, and is no reason to keep the devices from every other run.
    """
    others = tuple(finding for finding in findings if finding.check == "other-tunnels")
    return tuple(finding for finding in findings if finding.check != "other-tunnels"), others
