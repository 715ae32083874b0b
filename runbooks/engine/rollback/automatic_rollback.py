"""Roll a change back on every touched device, verify that each is as before, and write manual steps where it is not."""

from __future__ import annotations

import time
import traceback
from collections.abc import Sequence
from typing import Any

from msgspec.structs import replace

from ....inventory.errors import ChangeError, DeviceRefused, Exit, Locked, NotKnown, NrRunError, Unreachable
from ....tasks.arming import cancel_leftovers, revert_now
from ....tasks.gather import uptime
from ....tasks.undo import Undoing, Undone, undo
from ..change_state import ChangeState, NotVerified, rows
from ..context import Context
from ..device_files import still_placed, take_placed
from ..failover_test.failover_watch import watch_back
from ..nornir_run import run_on
from ..outcome import Result, TunnelOutcome
from ..plans.planning import DeploymentPlan, MemberPlan
from ..verifying.attended import send_away
from .cancel_page import mark_cancelled
from .made_since import made_since
from .manual_steps import Errors, foreign_lines, left_over, paste, still_counts
from .post_rollback import verify_previous
from .restore_startup import restore_startup
from .rollback_timers import arming_of, seconds_until_reverted
from .rollback_words import EndAfter, told


def roll_back(context: Context, plan: DeploymentPlan, change_state: ChangeState, error: NrRunError) -> TunnelOutcome:
    """Undo the change on all touched devices at once; then cancel the rollback timers where the device is as before.

    Always returns an outcome, except that Locked is raised if another run has taken the devices over.
    """
    with context.folder.forgiving():
        try:
            return _roll_back(context, plan, change_state, error)
        except Locked:
            raise
        except NrRunError as refusal:
            return _all_by_hand(context, plan, change_state, error, refusal)
        except Exception as defect:  # noqa: BLE001 - the devices may be in between, and a person has to know
            return _all_by_hand(context, plan, change_state, error, defect_of(context, plan, defect))


def defect_of(context: Context, plan: DeploymentPlan, error: Exception) -> NrRunError:
    """A defect of nr-run as an error of the run; where it happened is kept in the run folder."""
    name = f"{plan.name}/defect.txt"
    with context.folder.forgiving():
        # Where it was and of what kind, without its words: they may hold a key, in a form in which nobody finds it.
        context.folder.write(name, "".join(traceback.format_tb(error.__traceback__)) + f"{type(error).__name__}\n")
    return NrRunError(f"{type(error).__name__}, which is a defect of nr-run (see {context.folder.path / name})")


def _all_by_hand(
    context: Context, plan: DeploymentPlan, change_state: ChangeState, error: NrRunError, defect: NrRunError
) -> TunnelOutcome:
    """The outcome of a rollback that failed itself: manual steps for every device that was touched or armed."""
    place = context.folder.path / plan.name
    by_hand = [f"{defect}; {paste(place, end)}" for end in change_state.touched]
    by_hand += still_placed(context, plan, [end.host for end in plan.members])
    by_hand += [still_counts(context, end) for end in change_state.armed if end.method]
    return _outcome(context, plan, change_state, error, by_hand or [f"{defect}; nothing was touched"], "", "")


def _roll_back(context: Context, plan: DeploymentPlan, change_state: ChangeState, error: NrRunError) -> TunnelOutcome:
    folder = context.folder
    folder.note("rolling-back", tunnel=plan.name, because=str(error))
    armed = [end.host for end in change_state.armed if end.method]
    context.progress.say(f"{plan.name}: {error}")
    if theirs := made_since(context, change_state, error):
        return _outcome(context, plan, change_state, error, theirs, "", "")
    undone, errors, calm = _undo_to_the_end(context, plan, change_state, lost=isinstance(error, Unreachable))
    for end in change_state.touched:
        if end.host in undone:
            folder.write(f"{plan.name}/{end.host}/running-after.cfg", undone[end.host].running.text + "\n")
    unclean = [end.host for end in change_state.touched if end.host not in undone or not undone[end.host].clean]
    take_placed(context, plan, [end.host for end in plan.members if end.host not in unclean])
    by_hand = [
        *left_over(context.service, folder.path / plan.name, change_state, undone, errors),
        *still_placed(context, plan, unclean),
        *_cancel_leftovers(context, change_state, undone, errors),
        *restore_startup(context, change_state, undone),
    ]
    foreign = foreign_lines(change_state, undone)
    started = _reloaded(context, [end for end in change_state.touched if end.host in undone and end not in calm])
    ends = _ends_after(plan, change_state, undone, armed)
    compared = all(end.read for end in ends)
    again, down = (
        _works_again(context, plan, change_state, foreign, compared=compared)
        if change_state.touched and not by_hand
        else ("", [])
    )
    if any(isinstance(found, NotKnown) for found in errors.values()):
        by_hand.append(f"when the device shows what it runs again, nr-run resume {folder.id} does the rest")
    words = told(ends, others_changed=bool(foreign), again=again + started, kept=f"kept: {foreign}" if foreign else "")
    return _outcome(context, plan, change_state, error, [*by_hand, *down], foreign, words)


def _undo_to_the_end(
    context: Context, plan: DeploymentPlan, change_state: ChangeState, *, lost: bool
) -> tuple[dict[str, Undone], Errors, list[MemberPlan]]:
    """Undo on all touched devices, and wait for those that roll themselves back; and those from which something was removed.

    ``lost``: a session was lost in the change.
    """
    if not plan.removal:
        send_away(context, plan, change_state.touched)
    began = time.monotonic()
    undone, errors = _undo(context, change_state, lost=change_state.resumed or lost)
    if change_state.test is not None:
        change_state.test.up = began, time.monotonic()
    calm = [end for end in change_state.touched if end.host in undone and undone[end.host].removed]
    # One end may take long to come back; the other, which may be a hub with hundreds of tunnels, must not reload meanwhile.
    _cancel_leftovers_early(context, change_state, undone)
    undone, errors = _await_lost(context, change_state, undone, errors)
    undone, errors = _await_timer(context, change_state, undone, errors)
    return undone, errors, calm


def _works_again(
    context: Context, plan: DeploymentPlan, change_state: ChangeState, foreign: str, *, compared: bool
) -> tuple[str, list[str]]:
    """After a test: is traffic where it was? After any other change: does what was up before come up again?"""
    if change_state.test is not None:
        return watch_back(context, plan, change_state, change_state.test)
    return verify_previous(context, plan, foreign, compared=compared)


def _ends_after(
    plan: DeploymentPlan, change_state: ChangeState, undone: dict[str, Undone], armed: Sequence[str]
) -> tuple[EndAfter, ...]:
    """What is known of each end; ``armed`` has the hosts whose timer was armed when the rollback began."""
    counting = {end.host for end in change_state.armed}
    return tuple(
        EndAfter(
            end.host,
            touched=end in change_state.touched,
            read=end.host in undone and undone[end.host].clean,
            cancelled=end.host in armed and end.host not in counting,
        )
        for end in plan.members
    )


def _reloaded(context: Context, ends: Sequence[MemberPlan]) -> str:
    """Which of these devices, from which nothing had to be removed, have started again since they were read before the change.

    By what they say themselves; one that does not say how long it is up is not told of.
    """
    asked = {end.host: {"os": end.platform.os} for end in ends}
    up, _ = run_on(context.nornir, uptime, asked, at_all_costs=True) if asked else ({}, {})
    found = [end.host for end in ends if _is_shorter(up.get(end.host), end.snapshot.uptime)]
    return "".join(f"; {host} has reloaded meanwhile" for host in found)


def _is_shorter(now: int | None, before: int | None) -> bool:
    return now is not None and before is not None and now < before


def _undo(
    context: Context, change_state: ChangeState, patience_seconds: float | None = None, *, lost: bool = False
) -> tuple[dict[str, Undone], Errors]:
    timeouts = context.timeouts
    arguments: dict[str, dict[str, Any]] = {}
    for end in change_state.touched:
        context.progress.phase(end.host, "roll the change back")
        pushed, note = end.host not in change_state.unsent, context.folder.note_if_possible
        arguments[end.host] = {
            "undoing": Undoing(
                *(end.change, end.snapshot.running, pushed, note, change_state.test is None, lost), end.snapshot.serial
            ),
            "patience_seconds": timeouts.reconnect if patience_seconds is None else patience_seconds,
            "pause_seconds": timeouts.reconnect_pause,
        }
    return run_on(context.nornir, undo, arguments, at_all_costs=True) if arguments else ({}, {})


def _await_lost(
    context: Context, change_state: ChangeState, undone: dict[str, Undone], errors: Errors
) -> tuple[dict[str, Undone], Errors]:
    """Wait for armed devices that were lost: they roll themselves back. Then undo again what is left."""
    away = {host for host, error in errors.items() if isinstance(error, Unreachable | DeviceRefused)}
    lost = [end for end in change_state.touched if end in change_state.armed and end.host in away]
    if not lost:
        return undone, errors
    longest = max(seconds_until_reverted(context, end) for end in lost)
    again, failed = _undo(context, replace(change_state, touched=lost), longest)
    return {**undone, **again}, {**{host: e for host, e in errors.items() if host not in again}, **failed}


def _await_timer(
    context: Context, change_state: ChangeState, undone: dict[str, Undone], errors: Errors
) -> tuple[dict[str, Undone], Errors]:
    """Where the inverse was refused and the rollback timer is armed, it fixes the device: fire it, or wait for it, and read
    again."""
    started, fired = time.monotonic(), False
    while True:
        waited = time.monotonic() - started
        wrong = [
            end
            for end in change_state.touched
            if end in change_state.armed and _will_mend(end, undone, errors) and waited < seconds_until_reverted(context, end)
        ]
        if not wrong:
            return undone, errors
        if not fired:
            _fire(context, change_state, wrong)
        for end in wrong if fired else ():
            context.progress.phase(end.host, "wait for the rollback timer")
        time.sleep(context.timeouts.reconnect_pause if fired else 0)
        fired = True
        # The reload that fixes it takes it away for as long as it boots.
        left = max(seconds_until_reverted(context, end) for end in wrong) - waited
        again, failed = _undo(context, replace(change_state, touched=wrong), max(left, context.timeouts.reconnect))
        undone, errors = {**undone, **again}, {**{host: e for host, e in errors.items() if host not in again}, **failed}


def _fire(context: Context, change_state: ChangeState, ends: Sequence[MemberPlan]) -> None:
    """Have these devices roll back now where their method can; where that fails, the timer's end is awaited instead."""
    for end in ends:
        context.progress.phase(end.host, "let the rollback timer fire")
        context.folder.note("firing", host=end.host)
    _, errors = run_on(
        context.nornir, revert_now, {end.host: arming_of(context, end, change_state) for end in ends}, at_all_costs=True
    )
    for error in errors.values():
        context.progress.say(str(error))


def _will_mend(end: MemberPlan, undone: dict[str, Undone], errors: Errors) -> bool:
    return end.host in undone and not undone[end.host].clean and end.host not in errors


def _outcome(
    context: Context,
    plan: DeploymentPlan,
    change_state: ChangeState,
    error: NrRunError,
    by_hand: list[str],
    foreign: str,
    words: str,
) -> TunnelOutcome:
    """``words`` are what is told where no manual step is needed."""
    name, devices = plan.name, rows(plan, change_state, saved=False)
    cause = error.cause if isinstance(error, NotVerified) else None
    findings = change_state.all_findings
    if by_hand:
        # Until somebody says so, no later run touches these devices; the person who fixes them has to know how.
        by_hand += [f"kept, and nothing of ours: {foreign}"] if foreign else []
        by_hand = [*by_hand, f"when the devices are in order, nr-run resume {context.folder.id} --close lets other runs go on"]
        context.folder.note("rollback-incomplete", tunnel=name, by_hand=by_hand)
        sentence = f"{error}; the rollback is incomplete, or could not be verified: manual steps below"
        code = Exit.ROLLBACK_INCOMPLETE
        return TunnelOutcome(name, Result.ROLLBACK_INCOMPLETE, code, True, sentence, devices, findings, cause, tuple(by_hand))
    context.folder.note("rolled-back", tunnel=name)
    sentence = f"{error}; {words}"
    if not change_state.touched:
        return TunnelOutcome(name, Result.REFUSED, error.exit_code, False, sentence, devices, findings, cause)
    return TunnelOutcome(name, Result.ROLLED_BACK, Exit.ROLLED_BACK, False, sentence, devices, findings, cause)


def _cancel_leftovers_early(context: Context, change_state: ChangeState, undone: dict[str, Undone]) -> None:
    """Cancel the rollback timer where the device is as it was; where that fails it is tried again, and told, at the end."""
    as_before = [
        end for end in change_state.armed if end not in change_state.touched or (end.host in undone and undone[end.host].clean)
    ]
    # Where the startup configuration may hold the change it is saved first.
    _call_off(context, change_state, [end for end in as_before if end not in change_state.saved], patient=False)


def _cancel_leftovers(context: Context, change_state: ChangeState, undone: dict[str, Undone], errors: Errors) -> list[str]:
    """Cancel the rollback timer where the device is as before, or where it would undo somebody else's work."""
    todo: list[str] = []
    ready: list[MemberPlan] = []
    for end in change_state.armed:
        if end.method is None:
            continue
        done = end not in change_state.touched or (end.host in undone and undone[end.host].clean)
        if done or isinstance(errors.get(end.host), ChangeError):
            ready.append(end)
        else:
            todo.append(still_counts(context, end))
    failed = _call_off(context, change_state, ready, patient=True)
    return [*todo, *(f"{failed[end.host]}; {still_counts(context, end, surely=False)}" for end in ready if end.host in failed)]


def _call_off(context: Context, change_state: ChangeState, ends: Sequence[MemberPlan], *, patient: bool) -> Errors:
    """Cancel the rollback timer on these ends, all at once; the errors of those where it may still count.

    ``patient``: a device that is away is awaited until it has rolled itself back; there is nothing to cancel then.
    """
    if not ends:
        return {}
    arguments = {
        end.host: {
            **arming_of(context, end, change_state),
            "patience_seconds": max(seconds_until_reverted(context, end), context.timeouts.reconnect) if patient else 0.0,
            "pause_seconds": context.timeouts.reconnect_pause,
        }
        for end in ends
    }
    _, errors = run_on(context.nornir, cancel_leftovers, arguments, at_all_costs=True)
    for end in ends:
        if end.host not in errors:
            context.folder.note("disarmed", host=end.host)
            mark_cancelled(context, [end.host])
            change_state.armed.remove(end)
    return errors
