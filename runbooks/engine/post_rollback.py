"""After a removal or a change in place was taken back: does the tunnel that was up before come up again?"""

from __future__ import annotations

from dataclasses import replace

from ...checks.finding import Finding, against, proved
from ...checks.observation import spis
from ...inventory.errors import NrRunError
from .context import Context
from .planning import TunnelPlan
from .previous_tunnel import earlier
from .proof import prove_tunnel


def was_up(plan: TunnelPlan) -> bool:
    """True if both ends had SAs for the tunnel before the change."""
    return all(
        any((flow := end.snapshot.observation.flow(*pair)) and spis(flow, "outbound") for pair in end.end.selectors)
        for end in plan.ends
    )


def up_again(context: Context, plan: TunnelPlan, foreign: str = "") -> tuple[str, list[str]]:
    """A sentence for the recap, and what a person has to look at when the tunnel is not proved.

    Asked where nothing of the change is left on either end; ``foreign`` is what others changed there meanwhile. A tunnel that
    was down before may stay so; and when the operator stops, or its earlier form cannot be read for certain, it is told as not
    tested.
    """
    if not (plan.removal or plan.replaces):
        return "", []
    try:
        return _up_again(context, plan, foreign)
    except NrRunError as error:
        return f"; the tunnel was not tested again ({error})", []
    except Exception as error:  # noqa: BLE001 - both boxes are as before, and the run has to come to its end
        return f"; the tunnel was not tested again ({type(error).__name__}, which is a defect of nr-run)", []


def _up_again(context: Context, plan: TunnelPlan, foreign: str) -> tuple[str, list[str]]:
    shape = plan if plan.removal else earlier(plan)
    if shape is None:
        return "; the tunnel was not tested again, since its earlier form cannot be read for certain", []
    if not was_up(shape):
        return "; the tunnel had no SAs before either", []
    context.progress.say(f"{plan.tunnel.name}: see that the tunnel comes up again as it was")
    ends = tuple(replace(end, change=replace(end.change, created=(), removed=(), edited=())) for end in shape.ends)
    proof = prove_tunnel(context, replace(shape, ends=(ends[0], ends[1]), removal=False))
    own, others = _apart(proof.findings)
    lost = "".join(f"; on {finding.subject}, {finding.sentence}" for finding in against(others))
    if proved(own):
        return f", and the tunnel is proved up again{lost}", []
    worst = against(own)[0]
    cause = f" (probable cause: {proof.cause.sentence})" if proof.cause else ""
    state = "nothing of our change is left on either end" if foreign else "both configurations are as before"
    return "", [f"{state}, and the tunnel is not up again: {worst.subject}: {worst.sentence}{cause}{lost}"]


def _apart(findings: tuple[Finding, ...]) -> tuple[tuple[Finding, ...], tuple[Finding, ...]]:
    """What is found on the tunnel, and on its neighbours.

    A box that was away has lost the SAs of its neighbours too, and those of a client come again only when its user calls. Their
    lines are as before, so it is told, and is no reason to keep the boxes from every other run.
    """
    others = tuple(finding for finding in findings if finding.check == "other-tunnels")
    return tuple(finding for finding in findings if finding.check != "other-tunnels"), others
