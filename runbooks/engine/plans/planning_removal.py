"""Plans of a removal, and of the rollback of an earlier run."""

from __future__ import annotations

from collections.abc import Sequence

from msgspec.structs import replace

from ....changes.objects import Config, ConfigObject, Key, read
from ....changes.plans.change import Change, split
from ....changes.plans.plan import plan_removal, plan_reversal
from ....inventory.errors import ChangeError, DriftError, OtherForm
from ....services.besides import Nameless
from ....services.common.ownership import without_unmade
from ....services.registry import find_built
from ....services.service import Deployment, Removal
from ...run.made_before import made_before
from ...run.saved_plan import SavedPlan
from ..context import Context
from .planning import DeploymentPlan, Known, MemberPlan, checked, plan_deployment


def plan_remove(context: Context, deployment: Deployment, known: Known, *, accept_unsaved: bool) -> DeploymentPlan:
    """Plan that removes what the devices have of a deployment, in whatever form they have it.

    Raises ChangeError when they have something else in its place, or its form cannot be parsed reliably.
    """
    shape = _as_found(context, deployment, known) if deployment.found else _in_any_form(context, deployment, known)
    members = []
    for member in shape.members:
        text, os = known.text(member.host), member.platform.os
        running = read(os, text)
        going = _made(context, member, context.service.removal(shape.deployment, member.sight, text))
        going = context.left_behind.taken_along(member.host, running, going)
        whole = plan_removal(member.host, os, going.items, text, stays=going.stays, back=going.back)
        there = [_keys(member.change.stages[index]) for index in shape.deployment.way_back] if member.change.stages else []
        stages = _with_sections(there, running, frozenset(item.key for item in going.back))
        members.append(with_change(context, member, split(whole, stages, running), accept_unsaved))
    return replace(shape, members=tuple(members), removal=True)


def _made(context: Context, member: MemberPlan, going: Removal) -> Removal:
    """The removal without objects that carry no name of ours and that no run made: they may have been there before."""
    service = context.service
    if not isinstance(service, Nameless):
        return going
    strange = [item for item in (*going.items, *going.left) if service.nameless(item)]
    if not strange:
        return going
    made = made_before(context.folder.path, member.host, member.platform.os, [item.key for item in strange])
    return without_unmade(going, strange, made)


def _in_any_form(context: Context, deployment: Deployment, known: Known) -> DeploymentPlan:
    """In the form that the intent has, or in that of before it was changed: a removal is what leads from one to the other."""
    try:
        return _as_it_stands(context, deployment, known)
    except OtherForm:
        if context.intended is None:
            raise
        return _as_found(context, deployment, known)


def _as_it_stands(context: Context, deployment: Deployment, known: Known) -> DeploymentPlan:
    there = plan_deployment(context, deployment, known)
    shape = previous_plan(there) if there.replaces else there
    if shape is None:
        noun = context.service.noun
        raise ChangeError(f"the {noun} exists in another form that cannot be parsed reliably, so its end could not be verified")
    return shape


def _as_found(context: Context, deployment: Deployment, known: Known) -> DeploymentPlan:
    """As the devices have it now: it was found when they were read first. Raises as Intended.find() does."""
    if context.intended is None:
        raise ChangeError(f"{deployment.name} is in no intent, and there is no inventory to look it up in")
    now = context.intended.find(deployment.name, {host: known.text(host) for host in deployment.hosts})
    members = tuple(
        MemberPlan(
            member,
            context.platforms[member.host],
            known.snapshots[member.host],
            "",
            (),
            plan_removal(member.host, context.platforms[member.host].os, (), known.text(member.host)),
            (),
        )
        for member in now.members
    )
    return DeploymentPlan(now, members)


def _with_sections(stages: Sequence[frozenset[Key]], running: Config, back: frozenset[Key]) -> list[frozenset[Key]]:
    """The stages of a removal in their order, each with the sections whose lines go in it and in no later one.

    What led traffic before (``back``) comes back in the first, before anything that carries it is touched.
    """
    found: list[frozenset[Key]] = []
    later: frozenset[Key] = frozenset()
    for keys in reversed(stages):
        sections = frozenset(running.within[key] for key in keys if key in running.within) - later
        found.insert(0, keys | sections)
        later |= sections
    return [keys | back if not number else keys - back for number, keys in enumerate(found)]


def _keys(stage: Change) -> frozenset[Key]:
    """Keys of the objects that a stage builds or uses."""
    return stage.keys | {item.key for item in stage.reused}


def previous_plan(plan: DeploymentPlan) -> DeploymentPlan | None:
    """The same plan with the form that stood before; None where that cannot be parsed reliably.

    ``snapshot`` and ``change`` of the members stay; what they want is that of before.
    """
    service = find_built(plan.deployment.service)
    found = service.previous(plan.deployment, [member.sight for member in plan.members])
    if found is None:
        return None
    members = tuple(replace(old, member=new) for old, new in zip(plan.members, found.members, strict=True))
    # What the user checks now was not asked of the form of before.
    return replace(plan, deployment=replace(found, checks=()), members=members)


def plan_rollback(context: Context, record: SavedPlan, known: Known, *, accept_unsaved: bool) -> DeploymentPlan:
    """Plan that undoes one deployment of an earlier run, exactly; what something newer has come to share stays, and is named.

    Raises DriftError when a device has moved on since.
    """
    made = record.plan
    shape = previous_plan(made) if made.replaces else made
    if shape is None:
        raise DriftError(
            "the form before that run cannot be parsed reliably, so it could not be verified; paste its rollback.cfg"
        )
    members = []
    for member in shape.members:
        fresh = replace(member, snapshot=known.snapshots[member.host])
        text = known.text(member.host)
        try:
            whole = plan_reversal(member.change, member.snapshot.running.text, text)
        except ChangeError as error:
            raise DriftError(f"the device has changed since that run: {error}") from None
        change = split(whole, [stage.keys for stage in member.change.way_back], read(member.platform.os, text))
        members.append(with_change(context, fresh, change, accept_unsaved))
    return replace(
        shape,
        members=tuple(members),
        removal=not made.removal and not made.replaces,
        back=made.replaces,
        undone=None if made.removal else made.deployment,
    )


def with_change(context: Context, member: MemberPlan, change: Change, accept_unsaved: bool) -> MemberPlan:
    """With this change, and the prechecks that matter when something goes: it is the right device, it is saved, and a reload
    would fix it."""
    items = (*change.removed, *(edit.after for edit in change.edited), *change.created)
    member = replace(member, change=change, desired=_text(items), decisions=change.stays)
    return checked(context, member, (), accept_unsaved=accept_unsaved)


def _text(items: Sequence[ConfigObject]) -> str:
    """These objects as configuration text."""
    return "".join(f"{node.text}\n" for item in items for node in item.nodes)
