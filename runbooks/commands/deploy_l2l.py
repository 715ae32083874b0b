"""The runbooks deploy-l2l and remove-l2l: tunnels of the intent, built and proved, or removed and proved gone."""

from __future__ import annotations

from collections.abc import Collection

from ...inventory.intent import Tunnel
from ..engine.context import Context
from ..engine.planning import Known, TunnelPlan, plan_tunnel
from ..engine.planning_removal import plan_remove
from ..engine.runbook import Planner
from .remove_by_name import plan_by_name


def building(*, accept_unsaved: bool) -> Planner:
    """Planner of deploy-l2l."""

    def planner(context: Context, tunnel: Tunnel, known: Known) -> TunnelPlan:
        return plan_tunnel(context, tunnel, known, accept_unsaved=accept_unsaved)

    return planner


def removing(*, accept_unsaved: bool, by_name: Collection[str] = ()) -> Planner:
    """Planner of remove-l2l; the tunnels ``by_name`` are those that only the devices know."""

    def planner(context: Context, tunnel: Tunnel, known: Known) -> TunnelPlan:
        if tunnel.name in by_name:
            return plan_by_name(context, tunnel, known, accept_unsaved=accept_unsaved)
        return plan_remove(context, tunnel, known, accept_unsaved=accept_unsaved)

    return planner
