"""The rollback timers of the members of one change: armed before the first line, renewed, cancelled together."""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from typing import Any

from ....changes.configurations.configuration import Configuration
from ....checks.observations.observation import Observation
from ....inventory.errors import DriftError, NrRunError, SessionLost, Unreachable, answers_of
from ....tasks.arming import arm, disarm, renew
from ....tasks.rollback_timers import ROLLBACK_TIMERS, AnotherReload, Arming, NotArmed, State
from ..change_state import ChangeState
from ..context import Context
from ..nornir_run import run_on
from ..plans.planning import DeploymentPlan, MemberPlan
from .cancel_page import mark_cancelled, write_page

#: Seconds that must be left on a timer when a change is committed: a fresh login and the cancelling take part of it.
MARGIN_SECONDS = 60


def arming_of(context: Context, end: MemberPlan, change_state: ChangeState) -> dict[str, Any]:
    """The arguments of a task on the rollback timer of one end."""
    if end.method is None:
        raise NrRunError(f"{end.host}: no rollback timer was planned")
    mark = change_state.marks.get(end.host, "")
    arming = Arming(
        host=end.host,
        platform=end.platform,
        minutes=end.method.minutes,
        tag=context.folder.tag,
        change=end.change,
        before=end.snapshot.running,
        mark=mark,
        trusting=not mark and (change_state.resumed or end.host in change_state.unsure),
        after_another=end.host in change_state.after_another,
    )
    return {"method": end.method.name, "arming": arming}


def seconds_until_reverted(context: Context, end: MemberPlan) -> float:
    """Seconds after which a device that was armed has rolled itself back and can be logged in to again; 0 without a timer."""
    if end.method is None:
        return 0.0
    return ROLLBACK_TIMERS[end.method.name].seconds(end.method.minutes, context.timeouts.boot) * context.timeouts.scale


def marks_in(journal: Sequence[Mapping[str, Any]], tunnel: str) -> dict[str, str]:
    """Host to the mark of its rollback timer, from the journal; without hosts that were still being armed when it ends."""
    marks: dict[str, str] = {}
    for line in journal:
        if line.get("tunnel") == tunnel and line["state"] == "arming":
            marks.pop(str(line.get("host")), None)
        elif line.get("tunnel") == tunnel and line["state"] == "armed":
            marks.update(line.get("marks", {}))
    return marks


def arm_ends(context: Context, plan: DeploymentPlan, change_state: ChangeState) -> None:
    """Arm every member that changes, before any is touched. Raises the first error after all were tried."""
    ends = [end for end in plan.members if end.change and end.method]
    for end in ends:
        context.stop.check()
        _note_arming(context, plan, end, "arm the rollback timer")
        change_state.armed.append(end)
    arguments = _arguments(context, ends, change_state)
    marks, errors = run_on(context.nornir, arm, arguments, at_all_costs=True) if ends else ({}, {})
    # Where no login succeeded nothing was sent: there is nothing to cancel, and nothing to wait for.
    others = [host for host, error in errors.items() if isinstance(error, NotArmed)]
    change_state.armed = [end for end in change_state.armed if end.host not in others and not never_in(errors.get(end.host))]
    change_state.after_another |= {host for host, error in errors.items() if isinstance(error, AnotherReload)}
    never = [host for host, error in errors.items() if never_in(error)]
    mark_cancelled(context, never, "before it was armed: no login succeeded")
    mark_cancelled(context, others, "before it was armed: somebody else's timer is pending")
    _keep_marks(context, plan, change_state, (marks, errors))


def never_in(error: NrRunError | None) -> bool:
    """True if no login succeeded: nothing was sent."""
    return isinstance(error, Unreachable) and not isinstance(error, SessionLost)


def ensure_time_left(context: Context, plan: DeploymentPlan, change_state: ChangeState) -> None:
    """See in the last observation that each timer is armed, this run's, and has time left; restart those with too little.

    Raises DriftError when a timer is gone or somebody else's, and the error of a rollback timer that could not be renewed.
    """
    short: list[MemberPlan] = []
    for end in list(change_state.armed):
        state = _last_state(context, end, change_state)
        if state.others:
            # What is left of ours beside the other one is still to be cancelled, or told.
            if not state.remains:
                change_state.armed.remove(end)
            raise DriftError(f"{end.host}: another rollback timer has replaced this run's ({state.others})")
        if not state.armed:
            raise DriftError(f"{end.host}: rollback timer no longer pending; the device may have rolled back already")
        whole = 60 * (end.method.minutes if end.method else 0)
        if state.seconds_left is None or not MARGIN_SECONDS <= state.seconds_left <= whole + MARGIN_SECONDS:
            short.append(end)
    for end in short:
        _note_arming(context, plan, end, "little time is left: restart the rollback timer")
    if short:
        arguments = _arguments(context, short, change_state)
        _keep_marks(context, plan, change_state, run_on(context.nornir, renew, arguments, at_all_costs=True))


def disarm_ends(
    context: Context, plan: DeploymentPlan, change_state: ChangeState
) -> dict[str, tuple[Observation, Configuration | None]]:
    """Cancel our timers on all members at once; returns what each device showed then. Raises the first error."""
    for end in change_state.armed:
        context.progress.phase(end.host, "cancel the rollback timer over a new login")
    arguments = _arguments(context, change_state.armed, change_state)
    seen: dict[str, tuple[Observation, Configuration | None]]
    seen, errors = run_on(context.nornir, disarm, arguments, at_all_costs=True)
    change_state.armed = [end for end in change_state.armed if end.host in errors]
    mark_cancelled(context, seen)
    if errors:
        raise next(iter(errors.values()))
    context.folder.note("disarmed", tunnel=plan.name, hosts=sorted(arguments))
    return seen


def _arguments(context: Context, ends: Iterable[MemberPlan], change_state: ChangeState) -> dict[str, dict[str, Any]]:
    return {end.host: arming_of(context, end, change_state) for end in ends}


def _note_arming(context: Context, plan: DeploymentPlan, end: MemberPlan, words: str) -> None:
    if end.method:
        context.progress.phase(end.host, f"{words}: {ROLLBACK_TIMERS[end.method.name].sentence(end.method.minutes)}")
        write_page(context, plan, end)
        context.folder.note("arming", tunnel=plan.name, host=end.host, method=end.method.name, minutes=end.method.minutes)


def _keep_marks(
    context: Context, plan: DeploymentPlan, change_state: ChangeState, done: tuple[Mapping[str, str], Mapping[str, NrRunError]]
) -> None:
    """Keep the marks of the armed members, also if another one failed; then raise the first error.

    Where the session was lost meanwhile the device may have been armed without our seeing its mark.
    """
    marks, errors = done
    change_state.marks.update(marks)
    for host in (host for host, error in errors.items() if isinstance(error, SessionLost)):
        change_state.marks.pop(host, None)
        change_state.unsure.add(host)
    if errors:
        raise next(iter(errors.values()))
    context.folder.note("armed", tunnel=plan.name, hosts=sorted(marks), marks=dict(marks))


def _last_state(context: Context, end: MemberPlan, change_state: ChangeState) -> State:
    arguments = arming_of(context, end, change_state)
    shown = change_state.proof.outputs.get(end.host, {}) if change_state.proof else {}
    timer = ROLLBACK_TIMERS[arguments["method"]]
    if not set(timer.shows) <= set(shown):
        raise DriftError(f"{end.host}: its rollback timer was not checked")
    with answers_of(end.host):
        return timer.state(shown, arguments["arming"])
