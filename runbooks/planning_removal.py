"""Plans that take a tunnel away: by the intent (remove-l2l), or by what an earlier run made of it (rollback)."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import replace

from ..changes.objects import ConfigObject, read
from ..changes.plan import Change, plan, plan_removal
from ..changes.removal import owned
from ..changes.tree import Node
from ..checks.box import Box
from ..checks.precheck import identity, saved
from ..checks.reload_fence import fence
from ..inventory.errors import ChangeError, DriftError
from ..inventory.intent import Tunnel
from .context import Context
from .planning import EndPlan, Known, TunnelPlan, plan_tunnel
from .record import Recorded


def plan_remove(context: Context, tunnel: Tunnel, known: Known, *, accept_unsaved: bool) -> TunnelPlan:
    """Plan that removes what the boxes have of an intended tunnel. Raises ChangeError when they have it in another form."""
    there = plan_tunnel(context, tunnel, known, accept_unsaved=accept_unsaved)
    ends = []
    for end in there.ends:
        text = known.text(end.host)
        entry_is_there = any(item.family.name == "crypto-map-entry" for item in end.change.reused)
        items, stays = owned(read(end.platform.os, text), end.change.reused) if entry_is_there else ((), ())
        change = plan_removal(end.host, end.platform.os, items, text, stays=stays)
        ends.append(_end(context, end, change, accept_unsaved))
    near, far = ends
    return replace(there, ends=(near, far), removal=True)


def plan_rollback(context: Context, record: Recorded, known: Known, *, accept_unsaved: bool) -> TunnelPlan:
    """Plan that undoes one tunnel of an earlier run, exactly; what something newer has come to share stays, and is named.

    Raises DriftError when a box has moved on since.
    """
    ends = []
    for end in record.plan.ends:
        fresh = replace(end, snapshot=known.snapshots[end.host])
        try:
            if record.plan.removal:
                text = config_text(end.change.removed)
                change = plan(end.host, end.platform.os, text, fresh.snapshot.running)
                ends.append(_checked(context, replace(fresh, change=change, desired=text, decisions=()), accept_unsaved))
            else:
                before, text = end.snapshot.running, known.text(end.host)
                change = plan_removal(end.host, end.platform.os, end.change.created, text, before_text=before)
                ends.append(_end(context, fresh, change, accept_unsaved))
        except ChangeError as error:
            raise DriftError(f"the box has moved on since that run: {error}") from None
    near, far = ends
    return replace(record.plan, ends=(near, far), removal=not record.plan.removal)


def _end(context: Context, end: EndPlan, change: Change, accept_unsaved: bool) -> EndPlan:
    desired = config_text(change.removed)
    return _checked(context, replace(end, change=change, desired=desired, decisions=change.stays), accept_unsaved)


def _checked(context: Context, end: EndPlan, accept_unsaved: bool) -> EndPlan:
    """With the prechecks that matter when something goes: it is the right box, it is saved, and a reload would mend it."""
    box = Box(end.end, end.platform, end.snapshot.outputs, end.change, end.snapshot.observation.time)
    fences = tuple(fence(box)) if context.waits.dead_man_minutes else ()
    return replace(end, prechecks=(*identity(box), saved(box, accept_unsaved), *fences))


def config_text(items: Iterable[ConfigObject]) -> str:
    """Objects as configuration text."""
    return "".join(f"{Node(item.header, item.children).text}\n" for item in items)
