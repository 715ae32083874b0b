"""Manual steps where a rollback could not be verified: one sentence a line, each true of its device."""

from __future__ import annotations

from collections.abc import Mapping
from datetime import datetime, timedelta
from pathlib import Path

from ....checks.observations.show_commands import COMMANDS
from ....inventory.errors import NotKnown, NrRunError
from ....services.service import Service
from ....tasks.rollback_timers import ROLLBACK_TIMERS
from ....tasks.undo import Undone
from ...run.authentic import journal_of
from ...run.old_files import rollback_file
from ..change_state import ChangeState
from ..context import Context
from ..plans.planning import MemberPlan

Errors = dict[str, NrRunError]
_TIME = "%H:%M:%S UTC of %d %b %Y"


def left_over(
    service: Service, folder: Path, change_state: ChangeState, undone: Mapping[str, Undone], errors: Errors
) -> list[str]:
    """A step for each device on which something of the change may be left. ``folder`` is that of the tunnel."""
    todo: list[str] = []
    for end in change_state.touched:
        hand = paste(folder, end)
        error = errors.get(end.host)
        if isinstance(error, NotKnown):
            todo.append(f"{error}; {_look(service, end)}; {hand}")
        elif error is not None:
            todo.append(f"{error}; {hand}")
        elif not undone[end.host].clean:
            refused = "; ".join(f"{reply.line!r} was answered with {reply.words!r}" for reply in undone[end.host].refused)
            differing = end.snapshot.running.difference(undone[end.host].running)
            todo.append(f"{end.host}: {refused or f'the configuration still differs ({differing})'}; {hand}")
    return todo


def _look(service: Service, end: MemberPlan) -> str:
    """The step for a device whose configuration is not known: what a person looks for in it."""
    ours = service.landmark(end.change)
    lines = f"{len(end.change.inverse)} steps of the inverse may still be needed"
    sign = f": {ours!r} is one of the change's lines" if ours else ""
    return f"on {end.host}, type {COMMANDS[end.platform.os].running} and see what it runs ({lines}{sign})"


def paste(folder: Path, end: MemberPlan) -> str:
    """The step that rolls the change back by hand on one device."""
    place = folder / end.host
    return f"on {end.host}, paste {rollback_file(place)}, then compare with {place / 'running-before.cfg'}"


def cancel_by_hand(context: Context, end: MemberPlan) -> str:
    """The step that cancels its rollback timer by hand, with the lines to type."""
    return f"on {end.host}, {ROLLBACK_TIMERS[end.method.name].by_hand.filled(context.folder.tag).sentence}" if end.method else ""


def still_counts(context: Context, end: MemberPlan, *, surely: bool = True) -> str:
    """That a device rolls itself back, when that is, and how it is stopped; ``surely``: its rollback timer was left alone."""
    if end.method is None:
        return ""
    since = _armed_at(context, end.host)
    does = ROLLBACK_TIMERS[end.method.name].sentence(end.method.minutes)
    fires = "fires" if surely else "may fire"
    when = f"{since + timedelta(minutes=end.method.minutes):{_TIME}} (armed at {since:{_TIME}})" if since else ""
    at = f"at {when}" if since else f"{end.method.minutes} minutes after it was armed"
    stop = f"To stop that, when the device is in order: {cancel_by_hand(context, end)}"
    return f"{end.host}: its rollback timer {fires} {at}: it {does}. {stop}"


def _armed_at(context: Context, host: str) -> datetime | None:
    """UTC time of this computer when the journal last has the device armed; None if it has not, or is not to be relied on."""
    try:
        journal = journal_of(context.folder.path)
    except NrRunError:
        return None  # it says when a timer was armed, no more: that it counts has to be told all the same
    times = [line["time"] for line in journal if line["state"] == "armed" and host in line.get("hosts", ())]
    return datetime.fromisoformat(times[-1]) if times else None


def foreign_lines(change_state: ChangeState, undone: Mapping[str, Undone]) -> str:
    """What others changed on the devices meanwhile, and where; nothing of ours is among it. Empty if there is nothing."""
    found = [
        f"what others changed on {end.host} ({end.snapshot.running.difference(undone[end.host].running)})"
        for end in change_state.touched
        if end.host in undone and undone[end.host].clean and not undone[end.host].exact
    ]
    return " and ".join(found)
