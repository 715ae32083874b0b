"""Many tunnels: a few first, then a pause and a second look, then the others in batches, and an end when too much fails."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Iterator, Sequence
from concurrent.futures import ThreadPoolExecutor
from dataclasses import dataclass

from ..inventory.errors import Exit, Interrupted
from .context import Context
from .outcome import Result, TunnelOutcome
from .planning import TunnelPlan

GOOD = (Result.PROVED, Result.UNCHANGED)


@dataclass(frozen=True, slots=True)
class Rollout:
    """``canary`` tunnels go first, one by one; after ``soak_seconds`` they are proved again. Then ``batch`` at a time, never
    two that share a device. After ``max_failures`` failed tunnels no further one is begun; 0 is no limit."""

    canary: int = 0
    soak_seconds: float = 0.0
    batch: int = 1
    max_failures: int = 0


ONE_BY_ONE = Rollout()

Work = Callable[[TunnelPlan], TunnelOutcome]


def roll_out(
    context: Context, plans: Sequence[TunnelPlan], rollout: Rollout, work: Work, look_again: Work
) -> list[TunnelOutcome]:
    """One outcome a plan, in the order of the plans. ``look_again`` proves a tunnel without changing it."""
    outcomes: dict[str, TunnelOutcome] = {}
    canaries, rest = plans[: rollout.canary], plans[rollout.canary :]
    _carry_out(context, [[plan] for plan in canaries], rollout, work, outcomes)
    if canaries and rest and _all_good(canaries, outcomes):
        _soak(context, canaries, rollout, look_again, outcomes)
    if _all_good(canaries, outcomes):
        _carry_out(context, _slices(rest, rollout.batch), rollout, work, outcomes)
    return [outcomes.get(plan.tunnel.name) or _not_begun(plan) for plan in plans]


def _carry_out(
    context: Context, slices: Iterable[Sequence[TunnelPlan]], rollout: Rollout, work: Work, outcomes: dict[str, TunnelOutcome]
) -> None:
    for part in slices:
        if _stopped(rollout, outcomes) or (outcomes and context.stop.event.is_set()):
            return
        if len(part) == 1:
            outcomes[part[0].tunnel.name] = work(part[0])
            continue
        with ThreadPoolExecutor(len(part)) as pool:
            for plan, outcome in zip(part, pool.map(work, part), strict=True):
                outcomes[plan.tunnel.name] = outcome


def _soak(
    context: Context, canaries: Sequence[TunnelPlan], rollout: Rollout, look_again: Work, outcomes: dict[str, TunnelOutcome]
) -> None:
    """Wait, and prove the canaries again: some faults show only after a while."""
    context.progress.say(f"soaking {len(canaries)} canaries for {rollout.soak_seconds:.0f} seconds")
    context.folder.note("soaking", seconds=rollout.soak_seconds)
    try:
        context.stop.wait(rollout.soak_seconds)
    except Interrupted:
        return
    for plan in canaries:
        again = look_again(plan)
        if again.result not in GOOD:
            outcomes[plan.tunnel.name] = again


def _slices(plans: Sequence[TunnelPlan], size: int) -> Iterator[list[TunnelPlan]]:
    """Up to ``size`` plans at a time in which no device stands twice; the order is kept as far as that allows."""
    waiting = list(plans)
    while waiting:
        part: list[TunnelPlan] = []
        busy: set[str] = set()
        for plan in waiting:
            hosts = {end.host for end in plan.ends}
            if len(part) < max(1, size) and not hosts & busy:
                part.append(plan)
                busy |= hosts
        waiting = [plan for plan in waiting if plan not in part]
        yield part


def _all_good(plans: Sequence[TunnelPlan], outcomes: dict[str, TunnelOutcome]) -> bool:
    return all(plan.tunnel.name in outcomes and outcomes[plan.tunnel.name].result in GOOD for plan in plans)


def _stopped(rollout: Rollout, outcomes: dict[str, TunnelOutcome]) -> bool:
    """True if a tunnel needs a person, or as many failed as may."""
    failed = [outcome for outcome in outcomes.values() if outcome.result not in GOOD]
    if any(outcome.result is Result.QUARANTINED for outcome in failed):
        return True
    return bool(rollout.max_failures) and len(failed) >= rollout.max_failures


def _not_begun(plan: TunnelPlan) -> TunnelOutcome:
    return TunnelOutcome(plan.tunnel.name, Result.REFUSED, Exit.ERROR, False, "not begun: the run stopped before it")
