"""Rollout of many tunnels: canaries, a soak, then the others in parallel, until too many have failed."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from concurrent.futures import FIRST_COMPLETED, Future, ThreadPoolExecutor, wait

from msgspec import Struct
from msgspec.structs import replace

from ...inventory.errors import Exit, Interrupted
from .context import Context
from .outcome import Result, TunnelOutcome
from .plans.planning import DeploymentPlan

GOOD = (Result.VERIFIED, Result.SAS_UP, Result.UNCHANGED)


class Rollout(Struct, frozen=True):
    """``canary`` tunnels go first, one by one; after ``soak_seconds`` they are verified again. Then up to ``workers`` at a time,
    never two that share a device. After ``max_failures`` failed tunnels no further one is begun; 0 is no limit."""

    canary: int = 0
    soak_seconds: float = 0.0
    workers: int = 1
    max_failures: int = 0


ONE_BY_ONE = Rollout()

Work = Callable[[DeploymentPlan], TunnelOutcome]


def roll_out(
    context: Context, plans: Sequence[DeploymentPlan], rollout: Rollout, work: Work, look_again: Work
) -> list[TunnelOutcome]:
    """One outcome per plan, in the order of the plans. ``look_again`` verifies a tunnel without changing it."""
    outcomes: dict[str, TunnelOutcome] = {}
    canaries, rest = plans[: rollout.canary], plans[rollout.canary :]
    _side_by_side(context, canaries, rollout, 1, work, outcomes, len(plans))
    if canaries and rest and _all_good(canaries, outcomes):
        _soak(context, canaries, rollout, look_again, outcomes)
    if _all_good(canaries, outcomes):
        _side_by_side(context, rest, rollout, rollout.workers, work, outcomes, len(plans))
    return [outcomes.get(plan.name) or _not_begun(plan) for plan in plans]


def _side_by_side(
    context: Context,
    plans: Sequence[DeploymentPlan],
    rollout: Rollout,
    workers: int,
    work: Work,
    outcomes: dict[str, TunnelOutcome],
    total: int,
) -> None:
    """Begin each tunnel as soon as its devices and a worker are free, not in groups that wait for their slowest."""
    waiting = list(plans)
    under_way: dict[Future[TunnelOutcome], DeploymentPlan] = {}
    with ThreadPoolExecutor(max(1, min(workers, len(plans) or 1))) as pool:
        while waiting or under_way:
            if _stopped(rollout, outcomes) or (outcomes and context.stop.event.is_set()):
                waiting.clear()
            for plan in may_begin(waiting, list(under_way.values()), workers):
                waiting.remove(plan)
                under_way[pool.submit(work, plan)] = plan
            done, _ = wait(under_way, return_when=FIRST_COMPLETED)
            for future in done:
                outcome = outcomes[under_way.pop(future).name] = future.result()
                context.progress.ended(outcome.tunnel, outcome.result.value, len(outcomes), total)


def may_begin(waiting: Sequence[DeploymentPlan], under_way: Sequence[DeploymentPlan], workers: int) -> list[DeploymentPlan]:
    """Those of ``waiting`` that can begin now, beside those that are under way.

    No two share a device. And none goes before an earlier one that waits for a device of both: free numbers were planned in
    that order.
    """
    busy = {end.host for plan in under_way for end in plan.members}
    chosen: list[DeploymentPlan] = []
    for plan in waiting:
        hosts = {end.host for end in plan.members}
        if len(under_way) + len(chosen) < max(1, workers) and not hosts & busy:
            chosen.append(plan)
        busy |= hosts
    return chosen


def _soak(
    context: Context, canaries: Sequence[DeploymentPlan], rollout: Rollout, look_again: Work, outcomes: dict[str, TunnelOutcome]
) -> None:
    """Wait, and verify the canaries again: some faults show only after a while."""
    context.progress.say(f"soaking {len(canaries)} canaries for {rollout.soak_seconds:.0f} seconds")
    context.folder.note("soaking", seconds=rollout.soak_seconds)
    try:
        context.stop.wait(rollout.soak_seconds)
    except Interrupted:
        return
    for plan in canaries:
        again = look_again(plan)
        if again.result not in GOOD:
            # It changes nothing, and the devices have what was changed before.
            outcomes[plan.name] = replace(again, changed=again.changed or outcomes[plan.name].changed)


def _all_good(plans: Sequence[DeploymentPlan], outcomes: dict[str, TunnelOutcome]) -> bool:
    return all(plan.name in outcomes and outcomes[plan.name].result in GOOD for plan in plans)


def _stopped(rollout: Rollout, outcomes: dict[str, TunnelOutcome]) -> bool:
    """True if a tunnel needs manual steps, or ``max_failures`` tunnels have failed."""
    failed = [outcome for outcome in outcomes.values() if outcome.result not in GOOD]
    if any(outcome.result is Result.ROLLBACK_INCOMPLETE for outcome in failed):
        return True
    return bool(rollout.max_failures) and len(failed) >= rollout.max_failures


def _not_begun(plan: DeploymentPlan) -> TunnelOutcome:
    return TunnelOutcome(plan.name, Result.REFUSED, Exit.ERROR, False, "not begun: the run stopped before it")
