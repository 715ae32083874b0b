"""Is what is to be rolled back still this run's, or has somebody made the same change since?

A run that slept, was cut off or was killed comes back when its rollback timers have fired. Meanwhile a run of another machine,
whose runs folder and locks are not seen here, may have made the same change, verified and saved it. The lines on the devices are
the same then, and to roll them back would end a service that is in use. What tells them apart is what has become of this run's
own: none of its timers is left, and what it never began to save is saved, whole, on every end.

Without timers (``--revert-in 0``) that none is left says nothing, and one thing is left to go by: somebody has saved what this
run had not verified. Nothing that the devices show tells a person's ``write memory`` of this run's lines from another run that
made the same ones: the note of the last change names the user, who is the same for all runs, and only some releases have it;
that a device did not boot tells that no reload took the lines away, and neither does a removal. The journal's own saves are
looked at already. So it is left there too, and a person is called (exit 21): what somebody has saved on every end may be in
use, and to end it is worse than to ask. What is saved on some of the ends alone is rolled back.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping

from nornir.core.task import Result

from ....changes.configurations.configuration import Configuration
from ....changes.configurations.masked_keys import difference
from ....checks.finding import proved
from ....checks.read_back import read_back
from ....inventory.errors import DriftError, NrRunError, Unreachable
from ....tasks.answers import running, startup
from ....tasks.arming import pending
from ....tasks.gather import now
from ..change_state import ChangeState
from ..context import Context
from ..nornir_run import run_on
from ..plans.planning import MemberPlan
from .cancel_page import mark_cancelled
from .rollback_timers import arming_of


def made_since(context: Context, change_state: ChangeState, error: NrRunError) -> list[str]:
    """What a person has to do where somebody else has made this change since; nothing where it is this run's, or not known.

    It is asked only where this run may have been away: it is resumed, it has lost a device, or a timer of it. What a test changes
    for a while is nobody's to keep.
    """
    away = change_state.resumed or isinstance(error, Unreachable | DriftError)
    if not away or change_state.test is not None or change_state.saving or not change_state.touched:
        return []
    if _some_timer_is_left(context, change_state) or not _all_have_saved_it(context, change_state.touched):
        return []
    mark_cancelled(context, [end.host for end in change_state.touched], "after it had fired, or somebody had cancelled it")
    hosts = " and ".join(end.host for end in change_state.touched)
    run, have = ("runs", "has") if len(change_state.touched) == 1 else ("run", "have")
    return [
        f"{hosts} {run} this change and {have} saved it, which this run has not: somebody else has made it since, or has kept "
        "it, so it is left as it is; see whether it is in use, and verify it, or remove it"
    ]


def _some_timer_is_left(context: Context, change_state: ChangeState) -> bool:
    """True if a timer of this run is on a device, or may be: what runs there is its own change then."""
    asked = {end.host: arming_of(context, end, change_state) for end in change_state.armed if end.method}
    found, errors = run_on(context.nornir, pending, asked, at_all_costs=True) if asked else ({}, {})
    return bool(errors) or any(found.values())


def _all_have_saved_it(context: Context, ends: list[MemberPlan]) -> bool:
    """True if each runs the whole change and would come back with it."""
    saved = _read(context, ends, startup)
    if any(end.host not in saved or saved[end.host].same(end.snapshot.startup) for end in ends):
        return False
    shown = _read(context, ends, running)
    return all(
        end.host in shown
        and is_changed(end, shown[end.host])
        # An ASA masks the keys in what it has saved.
        and (is_changed(end, saved[end.host]) or not difference(shown[end.host], saved[end.host]))
        for end in ends
    )


def _read(context: Context, ends: list[MemberPlan], task: Callable[..., Result]) -> Mapping[str, Configuration]:
    """What those that could be read have shown."""
    values: dict[str, Configuration]
    values, _ = run_on(context.nornir, task, {end.host: {} for end in ends}, at_all_costs=True)
    return values


def is_changed(end: MemberPlan, shown: Configuration) -> bool:
    """True if the whole change is in this configuration, whatever else is."""
    findings = read_back(end.change, end.snapshot.running, shown, now())
    return proved(finding for finding in findings if finding.check == "read-back")
