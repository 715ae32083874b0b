"""Apply one plan, after everything that is needed to finish or undo it later was written to the disk."""

from __future__ import annotations

from ...inventory.errors import NrRunError
from ..far.elsewhere import vet
from ..run.open_runs import mark
from ..run.saved_plan import write_record
from .context import Context
from .outcome import TunnelOutcome, refused
from .plans.planning import DeploymentPlan, write_plan
from .transaction import change_members
from .verifying.gates import postcheck_of


def apply_change(context: Context, plan: DeploymentPlan) -> TunnelOutcome:
    """Write plan, record and secrets, then change the members; refused when the disk does not take them."""
    return recorded(context, plan) or change_members(context, plan, postcheck_of(plan))


def recorded(context: Context, plan: DeploymentPlan) -> TunnelOutcome | None:
    """Write plan, record and secrets; returns the refusal if the disk does not take them, else None."""
    try:
        for end in plan.members:
            vet(context.nornir, end.host, (end.change, end.snapshot.running))
        write_plan(context, plan)
        write_record(context, plan)
        context.folder.keep_secrets(context.secrets)
        mark(context.folder.path)
        context.folder.note("recorded", tunnel=plan.name, removal=plan.removal)
    except NrRunError as error:
        return refused(plan.name, error)
    return None
