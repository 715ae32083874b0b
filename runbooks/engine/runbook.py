"""The order of work that all changing runbooks share: read, plan, show, approve, then one tunnel after the other."""

from __future__ import annotations

from collections.abc import Callable, Iterator, Mapping, Sequence
from contextlib import contextmanager
from dataclasses import dataclass, replace
from pathlib import Path

from ...inventory.errors import DriftError, Exit, NrRunError
from ...inventory.intent import Tunnel
from ...tasks.gather import Snapshot, gather
from ..locking.locks import locked, refuse_held
from ..locking.machine_locks import endpoints_of
from .apply_change import carry_out
from .automatic_rollback import defect_of
from .context import Context
from .find_tunnels import notice_strays
from .nornir_run import run_on, run_on_all
from .outcome import Result, TunnelOutcome, refused
from .planning import EndPlan, Known, TunnelPlan, running_after, write_plan
from .resume import refuse_unfinished
from .rollout import ONE_BY_ONE, Rollout, roll_out
from .verification import save_accepted, verify_only

Show = Callable[[Sequence[TunnelPlan], Sequence[TunnelOutcome]], None]
#: Plans one tunnel on what is known of its boxes.
Planner = Callable[[Context, Tunnel, Known], TunnelPlan]


@dataclass(frozen=True, slots=True)
class Approval:
    """``ask`` says whether to go on, None stops after the plan; ``takes_time`` says that somebody thinks about it."""

    ask: Callable[[], bool] | None
    takes_time: bool = True


def run_tunnels(
    context: Context,
    tunnels: Sequence[Tunnel],
    runs: Path,
    planner: Planner,
    show: Show,
    approval: Approval,
    rollout: Rollout = ONE_BY_ONE,
) -> tuple[TunnelOutcome, ...]:
    """Plan and carry out; one outcome a tunnel.

    ``show`` is given the plans, and what is refused already, before anything is touched. Raises Locked, and Interrupted when
    the operator stops before anything was changed.
    """
    hosts = sorted({end.local.host for tunnel in tunnels for end in tunnel.ends})
    with locked(context, runs, hosts) if approval.ask else _only_looking(context, runs, hosts):
        places = endpoints_of(context, hosts)
        context.folder.note("locked" if approval.ask else "planning", hosts=hosts, at=places)
        refuse_unfinished(runs, places, besides=context.folder.id)
        plans, outcomes = _plan_all(context, tunnels, planner, changing=approval.ask is not None)
        if approval.ask is None:
            refuse_held(context, runs, hosts)  # it may have begun while the devices were read
        show(plans, outcomes)
        if approval.ask is None:
            return (*outcomes, *(_planned(plan) for plan in plans))
        if any(plan.changed or plan.to_be_saved for plan in plans) and not approval.ask():
            return (*outcomes, *(_planned(plan, "; not approved, nothing was touched") for plan in plans))
        context.folder.note("approved", tunnels=[plan.tunnel.name for plan in plans])

        def work(plan: TunnelPlan) -> TunnelOutcome:
            # Time has passed since the boxes were read, or an earlier tunnel has changed them: plan again on what they are now.
            try:
                return _carry_out(context, plan, planner, plans, stale=approval.takes_time or plan is not plans[0])
            except NrRunError:
                raise
            except Exception as error:  # noqa: BLE001 - what was done to other tunnels has to be told all the same
                return refused(plan.tunnel.name, defect_of(context, plan, error))

        def look_again(plan: TunnelPlan) -> TunnelOutcome:
            return _carry_out(context, replace(plan, ends=_as_done(plan)), planner, (), stale=True)

        return (*outcomes, *roll_out(context, plans, rollout, work, look_again))


@contextmanager
def _only_looking(context: Context, runs: Path, hosts: Sequence[str]) -> Iterator[None]:
    """Nothing is locked; but what a run is at work on cannot be judged."""
    refuse_held(context, runs, hosts)
    yield


def _plan_all(
    context: Context, tunnels: Sequence[Tunnel], planner: Planner, *, changing: bool
) -> tuple[list[TunnelPlan], list[TunnelOutcome]]:
    """Plans against the boxes as they will be after the plans before; and outcomes of tunnels that cannot be planned.

    Prechecks refuse a plan whether or not there is something to change. Where there is nothing and the run is to go on
    (``changing``), the tunnel is proved all the same, and they count there.
    """
    wanted = {end.local.host: context.platforms[end.local.host] for tunnel in tunnels for end in tunnel.ends}
    for host in wanted:
        context.progress.phase(host, "log in and read")
    snapshots, errors = run_on(context.nornir, gather, {host: {"platform": platform} for host, platform in wanted.items()})
    failed = {host: str(error) for host, error in errors.items()}
    doubts = [sentence for snapshot in snapshots.values() for sentence in snapshot.doubts]
    context.folder.note("snapshot", read=sorted(snapshots), failed=failed, **({"doubts": doubts} if doubts else {}))
    context.stop.check()
    notice_strays(context, snapshots, besides=[tunnel.name for tunnel in tunnels])
    plans: list[TunnelPlan] = []
    outcomes: list[TunnelOutcome] = []
    running: dict[str, str] = {}
    for tunnel in tunnels:
        try:
            _raise_unread(tunnel, errors)
            plan = planner(context, tunnel, Known(snapshots, running))
            write_plan(context, plan)
            if plan.changed or plan.removal or not changing:
                plan.refuse_if_forbidden()
            running = running_after(plan, running)
            plans.append(plan)
            context.folder.note("planned", tunnel=tunnel.name, changes=plan.changed)
        except NrRunError as error:
            outcomes.append(refused(tunnel.name, error))
    return plans, outcomes


def _raise_unread(tunnel: Tunnel, errors: Mapping[str, NrRunError]) -> None:
    """Raise what keeps this tunnel from being planned: boxes that could not be read."""
    failed = [errors[end.local.host] for end in tunnel.ends if end.local.host in errors]
    if failed:
        raise type(failed[0])("; ".join(str(error) for error in failed))


def _planned(plan: TunnelPlan, and_then: str = "") -> TunnelOutcome:
    if not plan.changed:
        sentence = "neither end has it" if plan.removal else "both ends have this configuration already"
        hosts = " and ".join(end.host for end in plan.to_be_saved)
        if hosts:
            sentence += f"; what {hosts} runs and has not saved is to be saved{and_then}"
            return TunnelOutcome(plan.tunnel.name, Result.PENDING, Exit.PENDING, False, sentence)
        return TunnelOutcome(plan.tunnel.name, Result.UNCHANGED, Exit.OK, False, sentence)
    counts = {
        "add": sum(len(end.change.created) for end in plan.ends),
        "change": sum(len(end.change.edited) for end in plan.ends),
        "remove": sum(len(end.change.removed) for end in plan.ends),
    }
    boxes = sum(bool(end.change) for end in plan.ends)
    work = ", ".join(f"{count} to {verb}" for verb, count in counts.items() if count).replace(" to ", " objects to ", 1)
    sentence = f"{work} on {boxes} device{'s' if boxes > 1 else ''}{and_then}"
    return TunnelOutcome(plan.tunnel.name, Result.PENDING, Exit.PENDING, False, sentence)


def _as_done(plan: TunnelPlan) -> tuple[EndPlan, EndPlan]:
    """Both ends as they are planned when the change is there already: nothing is left to do."""
    near, far = (
        replace(end, change=replace(end.change, created=(), removed=(), edited=(), forward=(), inverse=())) for end in plan.ends
    )
    return near, far


def _carry_out(
    context: Context, approved: TunnelPlan, planner: Planner, every: Sequence[TunnelPlan], *, stale: bool
) -> TunnelOutcome:
    """One tunnel, on the boxes as they are now: what was approved is carried out, and nothing else."""
    try:
        context.stop.check()
        plan = _plan_again(context, approved, planner, every) if stale else approved
        if not plan.changed:
            return _gone_already(context, plan) if plan.removal else verify_only(context, plan)
    except NrRunError as error:
        return refused(approved.tunnel.name, error)
    outcome = carry_out(context, plan)
    return save_accepted(context, plan, outcome) if outcome.result is Result.PROVED else outcome


def _gone_already(context: Context, plan: TunnelPlan) -> TunnelOutcome:
    """Nothing is to be removed; what was to be saved is."""
    return save_accepted(context, plan, TunnelOutcome(plan.tunnel.name, Result.UNCHANGED, Exit.OK, False, "neither end has it"))


def _plan_again(context: Context, approved: TunnelPlan, planner: Planner, every: Sequence[TunnelPlan]) -> TunnelPlan:
    """The plan on what the boxes are now. Raises DriftError when it has a step that was not approved with any of ``every``."""
    arguments = {end.host: {"platform": end.platform} for end in approved.ends}
    snapshots: dict[str, Snapshot] = run_on_all(context.nornir, gather, arguments)
    plan = planner(context, approved.tunnel, Known(snapshots, approved=approved))
    if not plan.is_within(every):
        raise DriftError(f"{_drift(approved, plan)}; look at a new plan")
    pairs = [(now, then) for now, then in zip(plan.ends, approved.ends, strict=True) if now.change and then.change]
    for now, then in pairs:
        if now.fence and then.fence and now.fence.name != then.fence.name:
            raise DriftError(
                f"{now.host} would now go back by itself by {now.fence.name} and not by {then.fence.name}, as was approved "
                f"({'; '.join(now.fence.because) or 'it can do that again'}); look at a new plan"
            )
    if plan.changed or plan.removal:
        plan.refuse_if_forbidden()
    return plan


def _drift(approved: TunnelPlan, now: TunnelPlan) -> str:
    """Which devices have changed since the plan was made, and in which lines."""
    changed = [
        f"{end.host} has changed since the plan was made ({then.snapshot.running.difference(end.snapshot.running)})"
        for end, then in zip(now.ends, approved.ends, strict=True)
        if not then.snapshot.running.same(end.snapshot.running)
    ]
    return " and ".join(changed) or "the plan would now have a step that was not approved"
