"""After a removal or a change in place was taken back: does the tunnel that was up before come up again?"""

from __future__ import annotations

from dataclasses import replace

from ..checks.finding import against
from ..checks.observation import spis
from ..inventory.errors import NrRunError
from .context import Context
from .earlier import earlier
from .planning import TunnelPlan
from .proving import prove_tunnel


def was_up(plan: TunnelPlan) -> bool:
    """True if both ends had SAs for the tunnel before the change."""
    return all(
        any((flow := end.snapshot.observation.flow(*pair)) and spis(flow, "outbound") for pair in end.end.selectors)
        for end in plan.ends
    )


def up_again(context: Context, plan: TunnelPlan) -> tuple[str, list[str]]:
    """A sentence for the recap, and what a person has to look at when the tunnel is not proved.

    Asked where both configurations are as they were before. A tunnel that was down before may stay so; and when the operator
    stops, or its earlier form cannot be read for certain, it is told as not tested.
    """
    if not (plan.removal or plan.replaces):
        return "", []
    try:
        return _up_again(context, plan)
    except NrRunError as error:
        return f"; the tunnel was not tested again ({error})", []
    except Exception as error:  # noqa: BLE001 - both boxes are as before, and the run has to come to its end
        return f"; the tunnel was not tested again ({type(error).__name__}, which is a defect of nr-run)", []


def _up_again(context: Context, plan: TunnelPlan) -> tuple[str, list[str]]:
    shape = plan if plan.removal else earlier(plan)
    if shape is None:
        return "; the tunnel was not tested again, since its earlier form cannot be read for certain", []
    if not was_up(shape):
        return "; the tunnel had no SAs before either", []
    context.progress.say(f"{plan.tunnel.name}: see that the tunnel comes up again as it was")
    ends = tuple(replace(end, change=replace(end.change, created=(), removed=(), edited=())) for end in shape.ends)
    proof = prove_tunnel(context, replace(shape, ends=(ends[0], ends[1]), removal=False))
    if proof.good:
        return ", and the tunnel is proved up again", []
    worst = against(proof.findings)[0]
    cause = f" (probable cause: {proof.cause.sentence})" if proof.cause else ""
    return "", [f"both configurations are as before, and the tunnel is not: {worst.subject}: {worst.sentence}{cause}"]
