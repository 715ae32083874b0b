"""After a rollback: restore a startup configuration that may hold the change that was rolled back.

The change may have been saved by this run, or by somebody who typed ``write memory`` while it was being made. A reload would
bring it back then, or the lines of a rollback timer.
"""

from __future__ import annotations

from collections.abc import Mapping

from ....changes.configurations.configuration import Configuration
from ....changes.plans.rollback_steps import restore
from ....changes.timer_config import name_of
from ....inventory.errors import NrRunError
from ....inventory.systems import system_of
from ....tasks.answers import startup
from ....tasks.save import Saved, save
from ....tasks.undo import Undone
from ..change_state import ChangeState
from ..context import Context
from ..nornir_run import run_on
from ..plans.planning import MemberPlan


def restore_startup(context: Context, change_state: ChangeState, undone: Mapping[str, Undone]) -> list[str]:
    """Save the running configuration, which is that from before, where startup may hold the change. Returns manual steps.

    First the rollback timer is cancelled, then comes this: its lines must not reach a startup configuration.
    """
    todo: list[str] = []
    for end in change_state.touched:
        saved = end in change_state.saved
        if end.host in undone and undone[end.host].clean and end not in change_state.armed:
            todo += _mend(context, end, undone[end.host], saved=saved)
        elif saved:
            todo.append(f"{end.host}: its startup configuration may hold the change; when it runs as before, write memory")
    return todo


def _mend(context: Context, end: MemberPlan, undone: Undone, *, saved: bool) -> list[str]:
    now = _startup(context, end)
    if not saved and isinstance(now, Configuration) and _is_free(context, end, now):
        return []
    # Where something was not saved before, and it is not known whether the change was, saving might make that somebody's.
    was_saved = end.snapshot.running_as_saved.equals(end.snapshot.startup)
    if (saved or was_saved or isinstance(now, Configuration)) and _saved_as_before(context, end, undone):
        return []
    if isinstance(now, NrRunError):
        return [
            f"{now}; it may hold the change: on {end.host}, type show startup-config and compare it with what runs, which is as "
            "before; where it holds the change, write memory"
        ]
    return [f"{end.host}: its startup configuration may hold the change; free its NVRAM and write memory"]


def _saved_as_before(context: Context, end: MemberPlan, undone: Undone) -> bool:
    values, _ = run_on(context.nornir, save, {end.host: {}}, at_all_costs=True)
    if end.host not in values:
        return _is_untouched(context, end)
    saved: Saved = values[end.host]
    return saved.equal and saved.running.same(undone.running)


def _startup(context: Context, end: MemberPlan) -> Configuration | NrRunError:
    """The startup configuration, or the error that kept it from being read."""
    values, errors = run_on(context.nornir, startup, {end.host: {}}, at_all_costs=True)
    found: Configuration | NrRunError = values[end.host] if end.host in values else errors[end.host]
    return found


def _is_free(context: Context, end: MemberPlan, now: Configuration) -> bool:
    """True if the startup configuration holds nothing of the change and of the rollback timer."""
    before = end.snapshot.startup
    if now.same(before):
        return True
    try:
        return name_of(context.folder.tag) not in now.text and not restore(end.change, before, now)
    except NrRunError:  # ChangeError: it holds an object of ours in another form, as an ASA that masks a key
        return False


def _is_untouched(context: Context, end: MemberPlan) -> bool:
    """A device that refuses to save may never have saved the change either: then its startup is what it was.

    Where the keys in it are masked, nothing is known of a change that brought or took one.
    """
    items = (*end.change.created, *end.change.removed, *(edit.after for edit in end.change.edited))
    if system_of(end.platform).masks_startup and any(item.family.holds_key for item in items):
        return False
    now = _startup(context, end)
    return isinstance(now, Configuration) and now.same(end.snapshot.startup)
