"""Begin the change of one tunnel: everything that is needed to finish or undo it later is on the disk before line one."""

from __future__ import annotations

from ...inventory.errors import NrRunError
from ..run.open_runs import mark
from ..run.run_secrets import seal
from ..run.saved_plan import write_record
from .context import Context
from .outcome import TunnelOutcome, refused
from .planning import TunnelPlan, write_plan
from .postchecks import BUILD, REMOVE
from .transaction import change_tunnel


def carry_out(context: Context, plan: TunnelPlan) -> TunnelOutcome:
    """Write plan, record and secrets, then change both ends; refused when the disk does not take them."""
    try:
        write_plan(context, plan)
        write_record(context, plan)
        seal(context.folder, context.secrets)
        mark(context.folder.path)
        context.folder.note("recorded", tunnel=plan.tunnel.name, removal=plan.removal)
    except NrRunError as error:
        return refused(plan.tunnel.name, error)
    return change_tunnel(context, plan, REMOVE if plan.removal else BUILD)
