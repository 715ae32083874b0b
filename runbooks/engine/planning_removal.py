"""Plans that take something away: a tunnel by the intent (remove-l2l), or what an earlier run did (rollback)."""

from __future__ import annotations

from dataclasses import replace

from ...changes.change import Change
from ...changes.objects import ConfigObject, read
from ...changes.plan import plan_removal, plan_reversal
from ...changes.removal import owned
from ...checks.device_facts import Box
from ...checks.precheck import identity, saved
from ...checks.rollback_methods import choose, fence
from ...inventory.errors import ChangeError, DriftError, answers_of
from ...inventory.intent import Tunnel
from ..run.saved_plan import Recorded
from .context import Context
from .planning import EndPlan, Known, TunnelPlan, plan_tunnel
from .previous_tunnel import earlier


def plan_remove(context: Context, tunnel: Tunnel, known: Known, *, accept_unsaved: bool) -> TunnelPlan:
    """Plan that removes what the boxes have of an intended tunnel, in whatever form they have it.

    Raises ChangeError when they have something else in its place, or its form cannot be read for certain.
    """
    there = plan_tunnel(context, tunnel, known, accept_unsaved=accept_unsaved)
    shape = earlier(there) if there.replaces else there
    if shape is None:
        raise ChangeError("the tunnel stands in another form that cannot be read for certain, so its end could not be proved")
    ends = []
    for end in shape.ends:
        text = known.text(end.host)
        present = (*end.change.reused, *(edit.before for edit in end.change.edited), *end.change.removed)
        entry_is_there = any(item.family.name == "crypto-map-entry" for item in present)
        items, stays = owned(read(end.platform.os, text), present) if entry_is_there else ((), ())
        change = plan_removal(end.host, end.platform.os, items, text, stays=stays)
        ends.append(with_change(context, end, change, accept_unsaved))
    near, far = ends
    return replace(shape, ends=(near, far), removal=True)


def plan_rollback(context: Context, record: Recorded, known: Known, *, accept_unsaved: bool) -> TunnelPlan:
    """Plan that undoes one tunnel of an earlier run, exactly; what something newer has come to share stays, and is named.

    Raises DriftError when a box has moved on since.
    """
    made = record.plan
    shape = earlier(made) if made.replaces else made
    if shape is None:
        raise DriftError("the form before that run cannot be read for certain, so it could not be proved; paste its inverse.cfg")
    ends = []
    for end in shape.ends:
        fresh = replace(end, snapshot=known.snapshots[end.host])
        try:
            change = plan_reversal(end.change, end.snapshot.running.text, known.text(end.host))
        except ChangeError as error:
            raise DriftError(f"the box has moved on since that run: {error}") from None
        ends.append(with_change(context, fresh, change, accept_unsaved))
    near, far = ends
    return replace(shape, ends=(near, far), removal=not made.removal and not made.replaces)


def with_change(context: Context, end: EndPlan, change: Change, accept_unsaved: bool) -> EndPlan:
    """With this change, and the prechecks that matter when something goes: it is the right box, it is saved, and a reload would
    mend it."""
    items = (*change.removed, *(edit.after for edit in change.edited), *change.created)
    end = replace(end, change=change, desired=_text(items), decisions=change.stays)
    box = Box(end.end, end.platform, end.snapshot.outputs, end.change, end.snapshot.observation.time)
    with answers_of(end.host):
        chosen = choose(end.platform, end.snapshot.outputs, context.waits.dead_man_minutes, change.inverse)
        prechecks = (*identity(box), saved(box, accept_unsaved), *fence(box, chosen))
    return replace(end, prechecks=prechecks, fence=chosen)


def _text(items: tuple[ConfigObject, ...]) -> str:
    """Objects as configuration text."""
    return "".join(f"{node.text}\n" for item in items for node in item.nodes)
