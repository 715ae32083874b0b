"""The runbooks deploy-l2l and remove-l2l: tunnels of the intent, built and proved, or removed and proved gone."""

from __future__ import annotations

from ..inventory.intent import Tunnel
from .context import Context
from .planning import Known, TunnelPlan, plan_tunnel
from .planning_removal import plan_remove
from .runbook import Planner


def building(*, accept_unsaved: bool) -> Planner:
    """Planner of deploy-l2l."""

    def planner(context: Context, tunnel: Tunnel, known: Known) -> TunnelPlan:
        return plan_tunnel(context, tunnel, known, accept_unsaved=accept_unsaved)

    return planner


def removing(*, accept_unsaved: bool) -> Planner:
    """Planner of remove-l2l."""

    def planner(context: Context, tunnel: Tunnel, known: Known) -> TunnelPlan:
        return plan_remove(context, tunnel, known, accept_unsaved=accept_unsaved)

    return planner
