"""The order of work of every runbook that changes devices: read, plan, show, approve, apply each deployment."""

from __future__ import annotations

from collections.abc import Callable, Iterator, Mapping, Sequence
from contextlib import contextmanager
from pathlib import Path
from typing import TYPE_CHECKING, Any

from msgspec import Struct
from msgspec.structs import replace

from ...checks.readiness.one_device import one_device
from ...inventory.errors import DriftError, Exit, NrRunError
from ...inventory.models.platforms import Platform
from ...services.besides import Asking
from ...services.service import Deployment
from ...tasks.gather import Snapshot, gather
from ..far.elsewhere import keep_together, takes_whole
from ..locking.locks import locked, refuse_held
from ..locking.machine_locks import endpoints_of
from .apply_change import apply_change
from .context import Context
from .nornir_run import run_on, run_on_all
from .outcome import Result, TunnelOutcome, refused
from .plans.find_unintended import notice_strays
from .plans.planning import DeploymentPlan, Known, MemberPlan, running_after, write_plan, write_texts
from .resume import refuse_unfinished
from .rollback.automatic_rollback import defect_of
from .rollback.left_behind import without_gone
from .rollout import ONE_BY_ONE, Rollout, Work, roll_out
from .verifying.reach import reach_of
from .verifying.verification import save_accepted, verify_only

if TYPE_CHECKING:
    from ..far.application import Planned

Show = Callable[[Sequence[DeploymentPlan], Sequence[TunnelOutcome]], None]
#: Plans one deployment from what its devices showed.
Planner = Callable[[Context, Deployment, Known], DeploymentPlan]
#: Applies one plan; never leaves without an outcome.
Apply = Callable[[Context, DeploymentPlan], TunnelOutcome]


class Approval(Struct, frozen=True):
    """``ask`` returns the person's answer, None stops after the plan; ``takes_time``: devices may change meanwhile."""

    ask: Callable[[], bool] | None
    takes_time: bool = True


def run_deployments(
    context: Context,
    deployments: Sequence[Deployment],
    runs: Path,
    planner: Planner,
    show: Show,
    approval: Approval,
    rollout: Rollout = ONE_BY_ONE,
    apply: Apply = apply_change,
) -> tuple[TunnelOutcome, ...]:
    """Plan, ask and apply; one outcome per deployment. ``apply`` is called with each approved plan.

    ``show`` is given the plans, and what is refused already, before anything is touched. Raises Locked, and Interrupted when
    the operator stops before anything was changed.
    """
    planner = _Asking(planner)
    hosts = sorted({host for deployment in deployments for host in deployment.hosts})
    with locked(context, runs, hosts) if approval.ask else _only_looking(context, runs, hosts):
        places = endpoints_of(context, hosts)
        context.folder.note("locked" if approval.ask else "planning", hosts=hosts, at=places)
        refuse_unfinished(runs, places, besides=context.folder.id)
        context.readings.begin()
        keep_together(context.nornir, [deployment.hosts for deployment in deployments])
        plans, outcomes = _plan_all(context, deployments, planner, changing=approval.ask is not None)
        if approval.ask is None:
            refuse_held(context, runs, hosts)  # it may have begun while the devices were read
        show(plans, outcomes)
        if approval.ask is None:
            return (*outcomes, *(_planned(plan) for plan in plans))
        if any(plan.changed or plan.to_be_saved for plan in plans) and not approval.ask():
            return (*outcomes, *(_planned(plan, "; not approved, nothing was touched") for plan in plans))
        return (*outcomes, *_apply_all(context, plans, planner, approval, rollout, apply))


def _apply_all(
    context: Context,
    plans: Sequence[DeploymentPlan],
    planner: Planner,
    approval: Approval,
    rollout: Rollout,
    apply: Apply,
) -> list[TunnelOutcome]:
    """Apply what was approved, in the order of the rollout; one outcome per plan."""
    context.folder.note("approved", tunnels=[plan.name for plan in plans])
    context.readings.share(host for plan in plans for host in plan.deployment.hosts)

    def work(plan: DeploymentPlan) -> TunnelOutcome:
        # Time has passed since the devices were read, or an earlier one has changed them: plan again on what they are now.
        first = context.readings.first_serves(plan.deployment.hosts, leads=plan is plans[0])
        stale = approval.takes_time or not first
        there = _elsewhere(context, plan, planner, stale=stale) if apply is apply_change else None
        return there or _replan_and_apply(context, plan, planner, plans, stale=stale, apply=apply)

    def look_again(plan: DeploymentPlan) -> TunnelOutcome:
        # What was read before the soak says nothing about what has become of it.
        for end in plan.members:
            context.readings.take(end.host)
        return _replan_and_apply(context, replace(plan, members=as_done(plan)), planner, (), stale=True)

    done = roll_out(context, plans, rollout, _with_defects(context, work), _with_defects(context, look_again))
    asked = {plan.name: plan.confirmations for plan in plans}
    return [replace(outcome, confirmations=asked.get(outcome.tunnel, ())) for outcome in without_gone(done, plans)]


def _with_defects(context: Context, work: Work) -> Work:
    """The same work; a defect in it is the outcome of its tunnel, since what was done to others has to be told all the same."""

    def told(plan: DeploymentPlan) -> TunnelOutcome:
        try:
            return work(plan)
        except NrRunError:
            raise
        except Exception as error:  # noqa: BLE001 - see above
            return refused(plan.name, defect_of(context, plan, error))

    return told


class _Asking(Struct, frozen=True):
    """A planner whose plans say what a person has to confirm, and who has.

    Nothing is asked where nothing is changed, or only for a while, and of what is rolled back to what it was.
    """

    planner: Planner

    def __call__(self, context: Context, deployment: Deployment, known: Known) -> DeploymentPlan:
        """As the planner."""
        plan = self.planner(context, deployment, known)
        said = context.confirming
        if said is None or not _builds(plan):
            return plan
        changes = [member.change for member in plan.members]
        asked = said.asked(context.service, plan.deployment, removal=plan.removal, changes=changes, undone=plan.undone)
        return replace(plan, confirmations=asked)


@contextmanager
def _only_looking(context: Context, runs: Path, hosts: Sequence[str]) -> Iterator[None]:
    """A plan alone locks nothing. Raises Locked if a run is at work on one of the devices."""
    refuse_held(context, runs, hosts)
    yield


def _plan_all(
    context: Context, deployments: Sequence[Deployment], planner: Planner, *, changing: bool
) -> tuple[list[DeploymentPlan], list[TunnelOutcome]]:
    """Plans, each on the configuration that the plans before it will leave; and outcomes of those that are refused.

    Prechecks refuse a plan whether or not there is something to change. Where there is nothing and the run is to go on
    (``changing``), it is verified all the same, and they count there.
    """
    wanted = {host: context.platforms[host] for deployment in deployments for host in deployment.hosts}
    for host in wanted:
        context.progress.phase(host, "log in and read")
    arguments = {host: _gathering(context, host, platform, deployments) for host, platform in wanted.items()}
    snapshots, errors = run_on(context.nornir, gather, arguments)
    errors = {**errors, **one_device({host: (wanted[host].os, seen.outputs) for host, seen in snapshots.items()})}
    failed = {host: str(error) for host, error in errors.items()}
    doubts = [sentence for snapshot in snapshots.values() for sentence in snapshot.doubts]
    context.folder.note("snapshot", read=sorted(snapshots), failed=failed, **({"doubts": doubts} if doubts else {}))
    context.stop.check()
    notice_strays(context, snapshots, besides=[deployment.name for deployment in deployments])
    plans: list[DeploymentPlan] = []
    outcomes: list[TunnelOutcome] = []
    running: dict[str, str] = {}
    elsewhere = _planned_elsewhere(context, deployments, planner, snapshots)
    for deployment in deployments:
        try:
            _raise_unread(deployment, errors)
            there = elsewhere.get(deployment.name)
            if there is None:
                plan = planner(context, deployment, Known(snapshots, running))
                write_plan(context, plan)
            else:
                plan = there.plan()
                write_texts(context, plan, there.texts)
            if plan.changed or plan.removal or not changing:
                said = context.confirming
                plan.refuse_if_forbidden(said.open(plan.confirmations) if changing and said else ())
            _note_confirmed(context, plan)
            if there is None:
                running = running_after(plan, running)
            plans.append(plan)
            context.folder.note("planned", tunnel=deployment.name, changes=plan.changed)
        except NrRunError as error:
            outcomes.append(refused(deployment.name, error))
    return plans, outcomes


def _builds(plan: DeploymentPlan) -> bool:
    """True if something is to be otherwise in the end; what a test rolls back asks nothing of anybody."""
    return plan.changed and not plan.trial


def _gathering(context: Context, host: str, platform: Platform, deployments: Sequence[Deployment]) -> dict[str, Any]:
    """What a device is asked before a change: what every device is, and what the prechecks of the service rest on besides."""
    service = context.service
    of_host = [deployment for deployment in deployments if host in deployment.hosts] if isinstance(service, Asking) else []
    asked = [command for one in of_host for command in service.before(one, host)] if isinstance(service, Asking) else []
    return {"platform": platform, "also": tuple(dict.fromkeys(asked))}


def _note_confirmed(context: Context, plan: DeploymentPlan) -> None:
    """What was confirmed stands in the journal, whatever becomes of the change."""
    for asked in plan.confirmations:
        if asked.by:
            words = {"name": asked.name, "sentence": asked.sentence, "by": asked.by, "at": asked.at}
            context.folder.note("confirmed", tunnel=plan.name, **words)


def _raise_unread(deployment: Deployment, errors: Mapping[str, NrRunError]) -> None:
    """Raise the error of the first device that could not be read, with the sentences of all of them."""
    failed = [errors[host] for host in deployment.hosts if host in errors]
    if failed:
        raise type(failed[0])("; ".join(str(error) for error in failed))


def _planned(plan: DeploymentPlan, and_then: str = "") -> TunnelOutcome:
    if not plan.changed:
        sentence = f"{plan.nowhere} it" if plan.removal else f"{plan.everywhere} {plan.have} this configuration already"
        hosts = " and ".join(end.host for end in plan.to_be_saved)
        if hosts:
            sentence += f"; what {hosts} runs and has not saved is to be saved{and_then}"
            return TunnelOutcome(plan.name, Result.PENDING, Exit.PENDING, False, sentence)
        return TunnelOutcome(plan.name, Result.UNCHANGED, Exit.OK, False, sentence)
    counts = {
        "add": sum(len(end.change.created) for end in plan.members),
        "change": sum(len(end.change.edited) for end in plan.members),
        "remove": sum(len(end.change.removed) for end in plan.members),
    }
    boxes = sum(bool(end.change) for end in plan.members)
    sentence = f"{work_words(counts)} on {boxes} device{'s' if boxes > 1 else ''}{and_then}"
    reach = reach_of(plan.deployment.foreign).ahead
    asked = plan.confirmations
    return TunnelOutcome(plan.name, Result.PENDING, Exit.PENDING, False, sentence, reach=reach, confirmations=asked)


def work_words(counts: Mapping[str, int]) -> str:
    """``{"add": 2, "change": 1}`` as "2 objects to add, 1 to change"; zeros are left out."""
    some = [(count, verb) for verb, count in counts.items() if count]
    nouns = (" objects" if some[0][0] > 1 else " object", *("" for _ in some[1:]))
    return ", ".join(f"{count}{noun} to {verb}" for (count, verb), noun in zip(some, nouns, strict=True))


def as_done(plan: DeploymentPlan) -> tuple[MemberPlan, ...]:
    """The members as they will be planned once the change is applied: with nothing to do."""
    return tuple(replace(member, change=member.change.done) for member in plan.members)


def _planned_elsewhere(
    context: Context, deployments: Sequence[Deployment], planner: Planner, snapshots: Mapping[str, Snapshot]
) -> Mapping[str, Planned]:
    """What was planned in other processes, by the name of the deployment; what is missing has to be planned here."""
    if not takes_whole(context.nornir):
        return {}
    from ..far.application import plan_there

    return plan_there(context, deployments, planner, snapshots)


def _elsewhere(context: Context, plan: DeploymentPlan, planner: Planner, *, stale: bool) -> TunnelOutcome | None:
    """The outcome of a plan that was applied as a whole in another process; None where it has to be applied from here."""
    if not takes_whole(context.nornir):
        return None
    from ..far.application import apply_there

    return apply_there(context, plan, planner, stale=stale)


def apply_approved(
    context: Context,
    approved: DeploymentPlan,
    planner: Planner,
    every: Sequence[DeploymentPlan],
    *,
    stale: bool,
    apply: Apply = apply_change,
) -> TunnelOutcome:
    """Plan again where its reading is ``stale``, and apply what was approved; a defect of ours is its outcome. Raises Locked."""
    try:
        return _replan_and_apply(context, approved, planner, every, stale=stale, apply=apply)
    except NrRunError:
        raise
    except Exception as error:  # noqa: BLE001 - what was done to others has to be told all the same
        return refused(approved.name, defect_of(context, approved, error))


def _replan_and_apply(
    context: Context,
    approved: DeploymentPlan,
    planner: Planner,
    every: Sequence[DeploymentPlan],
    *,
    stale: bool,
    apply: Apply = apply_change,
) -> TunnelOutcome:
    """Plan one deployment again if its reading is ``stale``, and apply it if every step was approved."""
    try:
        context.stop.check()
        plan = _plan_again(context, approved, planner, every, _read_now(context, approved)) if stale else approved
        if not plan.changed:
            return _gone_already(context, plan) if plan.removal else verify_only(context, plan)
    except NrRunError as error:
        return refused(approved.name, error)
    outcome = apply(context, plan)
    return save_accepted(context, plan, outcome) if outcome.has_changed else outcome


def _gone_already(context: Context, plan: DeploymentPlan) -> TunnelOutcome:
    """The outcome of a removal with nothing to remove; unsaved changes are saved if that was accepted."""
    return save_accepted(context, plan, TunnelOutcome(plan.name, Result.UNCHANGED, Exit.OK, False, f"{plan.nowhere} it"))


def _read_now(context: Context, approved: DeploymentPlan) -> dict[str, Snapshot]:
    """Snapshots of its devices; a reading of a moment ago is used again unless it became too old meanwhile."""
    arguments = {end.host: _gathering(context, end.host, end.platform, [approved.deployment]) for end in approved.members}
    unread = {host: words for host, words in arguments.items() if not context.readings.has(host)}
    snapshots: dict[str, Snapshot] = run_on_all(context.nornir, gather, unread) if unread else {}
    kept = {host: context.readings.take(host) for host in arguments}
    snapshots |= {
        host: shown
        for host, shown in kept.items()
        if shown is not None and host not in snapshots and {*arguments[host]["also"]} <= shown.outputs.keys()
    }
    late = {host: words for host, words in arguments.items() if host not in snapshots}
    return snapshots | (run_on_all(context.nornir, gather, late) if late else {})


def _plan_again(
    context: Context,
    approved: DeploymentPlan,
    planner: Planner,
    every: Sequence[DeploymentPlan],
    snapshots: Mapping[str, Snapshot],
) -> DeploymentPlan:
    """The plan on what the devices are now. Raises DriftError when it has a step that was not approved with any of ``every``.

    ``snapshots`` are what they are now.
    """
    plan = planner(context, approved.deployment, Known(snapshots, approved=approved))
    if not plan.is_within(every):
        raise DriftError(f"{_drift(approved, plan)}; make a new plan")
    pairs = [(now, then) for now, then in zip(plan.members, approved.members, strict=True) if now.change and then.change]
    for now, then in pairs:
        if now.method and then.method and now.method.name != then.method.name:
            raise DriftError(
                f"{now.host} would now roll itself back by {now.method.name} and not by {then.method.name}, as was approved "
                f"({'; '.join(now.method.because) or 'it can do that again'}); make a new plan"
            )
    if plan.changed or plan.removal:
        plan.refuse_if_forbidden()
    return plan


def _drift(approved: DeploymentPlan, now: DeploymentPlan) -> str:
    """Which devices have changed since the plan was made, and in which lines."""
    changed = [
        f"{end.host} has changed since the plan was made ({then.snapshot.running.difference(end.snapshot.running)})"
        for end, then in zip(now.members, approved.members, strict=True)
        if not then.snapshot.running.same(end.snapshot.running)
    ]
    return " and ".join(changed) or "the plan would now have a step that was not approved"
