"""``failover-test``: the primary of a deployment goes for a while and comes back, and how long traffic takes is measured.

It is a change as every other one (plan, approval, rollback timer, journal, resume), with one difference: it is never kept. What
rolls it back is what rolls back any change that was not verified, so there is no second way that could be forgotten.
"""

from __future__ import annotations

import time
from collections.abc import Callable
from datetime import UTC, datetime

from msgspec import Struct
from msgspec.structs import replace

from ....changes.objects import read
from ....changes.plans.change import Change, compose
from ....checks.finding import against, proved
from ....inventory.errors import DriftError, Exit, NrRunError, UsageError
from ....inventory.intents.maintenance import closed
from ....services.besides import Failover
from ....services.service import Deployment
from ...far.elsewhere import seconds_to_let_go
from ..apply_change import recorded
from ..change_state import ChangeState, NotVerified
from ..context import Context
from ..outcome import Result, TunnelOutcome
from ..plans.planning import DeploymentPlan, Known, plan_deployment
from ..plans.planning_removal import with_change
from ..rollback.rollback_timers import arm_ends
from ..transaction import apply_with_rollback, walk_stages
from ..verifying.gates import postcheck_of
from .failover_record import FailoverTest
from .failover_watch import look, watch_away, with_backup

#: Seconds beside the budget for what is done while the timer counts: the push, and the way back.
AROUND_SECONDS = 120.0


class Tested(NrRunError):
    """Traffic has moved, so the test has what it wanted to know; the change is rolled back."""


class Rules(Struct, frozen=True):
    """When a test may begin. ``looking``: it is planned and not applied; ``rehearsal``: it disturbs nobody."""

    outside_window: bool
    looking: bool
    rehearsal: bool


def paths_of(context: Context, deployment: Deployment) -> Failover:
    """The two paths. Raises ChangeError for a deployment with one."""
    return with_backup(context.service).failover(deployment)


def refuse_time(paths: Failover, rules: Rules, now: datetime) -> str:
    """Why it may not begin now, as a warning where it may all the same. Raises DriftError where it may not."""
    why = "" if rules.rehearsal else closed(paths.windows, now, paths.away_seconds + paths.back_seconds)
    if not why or rules.outside_window or rules.looking:
        return why
    raise DriftError(f"{why}: test in a window (maintenance_windows of the intent), or use --outside-window")


def planner_of(rules: Rules) -> Callable[[Context, Deployment, Known], DeploymentPlan]:
    """Plans the test of one deployment: refused where it is not built as intended, or anything of it is not verified now."""

    def planner(context: Context, deployment: Deployment, known: Known) -> DeploymentPlan:
        paths = paths_of(context, deployment)
        if why := refuse_time(paths, rules, datetime.now(UTC)):
            context.notices.append(f"{deployment.name}: {why}")
        _refuse_short_timer(context, paths)
        there = plan_deployment(context, deployment, known)
        if there.changed:
            raise DriftError(f"{there.everywhere} {there.have} {deployment.name} not as the intent says: deploy it first")
        _refuse_unproved(context, there, paths)
        return _taking_down(context, there, paths, known)

    return planner


def _refuse_short_timer(context: Context, paths: Failover) -> None:
    """Over workers the way back may have to wait until one that was lost has let go of the device."""
    minutes = context.timeouts.revert_in_minutes
    if 0 < 60 * minutes < paths.away_seconds + AROUND_SECONDS + seconds_to_let_go(context.nornir):
        raise UsageError(f"--revert-in {minutes} would fire while traffic may still move, for {paths.away_seconds:.0f} seconds")


def _refuse_unproved(context: Context, plan: DeploymentPlan, paths: Failover) -> None:
    """A backup that is not verified would be tested on the hosts; a primary that is not would be taken for moved."""
    found = look(context, plan, "before").whole(plan)
    if bad := against(found):
        listed = "; ".join(item.sentence for item in bad)
        raise DriftError(f"{paths.primary} is not taken down, because not everything was verified beforehand: {listed}")


def _taking_down(context: Context, there: DeploymentPlan, paths: Failover, known: Known) -> DeploymentPlan:
    service = with_backup(context.service)
    members = []
    for member in there.members:
        running = read(member.platform.os, known.text(member.host))
        edits = service.taken_down(there.deployment, running) if member.host == paths.host else ()
        change: Change = compose(member.host, member.platform.os, running, edited=edits)
        members.append(with_change(context, member, change, accept_unsaved=False))
    return replace(there, members=tuple(members), trial=True)


def run_test(context: Context, plan: DeploymentPlan) -> TunnelOutcome:
    """Take the primary down, watch, roll it back, watch: the outcome with what was measured."""
    if refusal := recorded(context, plan):
        return refusal
    test = FailoverTest(paths_of(context, plan.deployment))
    change_state = ChangeState(postcheck_of(plan), test=test)
    return measured(apply_with_rollback(context, plan, change_state, _down), test)


def _down(context: Context, plan: DeploymentPlan, change_state: ChangeState) -> None:
    """Always ends in an error: in what went wrong, or in Tested."""
    test = change_state.test
    assert test is not None
    arm_ends(context, plan, change_state)
    first = look(context, plan, "before")
    if not proved(found := first.whole(plan)):
        raise NotVerified(found, None)
    test.before = first.seen
    began = time.monotonic()
    walk_stages(context, plan, change_state)
    test.down = began, time.monotonic()
    watch_away(context, plan, change_state, test)
    raise Tested(f"traffic moved to {test.paths.backup} after {test.away}")


def measured(outcome: TunnelOutcome, test: FailoverTest) -> TunnelOutcome:
    """The outcome of a change that was rolled back, as that of a test: passed, or what it says already."""
    outcome = replace(outcome, measured=test.as_dict())
    if test.lost and outcome.result is Result.ROLLED_BACK:
        outcome = replace(outcome, sentence=f"{outcome.sentence}; {'; '.join(test.lost)}")
    if outcome.result is not Result.ROLLED_BACK or test.away is None:
        return outcome
    if test.passed:
        return replace(outcome, result=Result.VERIFIED, exit_code=Exit.OK)
    return replace(outcome, result=Result.NOT_VERIFIED, exit_code=Exit.VERIFY_FAILED)
