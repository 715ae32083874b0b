"""Finish what a run began that did not come to its end: the journal says how far it came, the devices say what they are.

journal says                 devices are                       done
--------------------------   -------------------------------   -----------------------------------------
nothing was sent             as before                         called off
commit decided               as changed, both                  proved again, called off, saved
anything else                before, changed or in between     taken back on both ends, read back
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from pathlib import Path
from typing import Any

from ..changes import tree
from ..checks.finding import proved
from ..checks.read_back import read_back
from ..inventory.errors import NrRunError
from ..tasks.dead_man import pending
from ..tasks.gather import now, running, startup
from .context import Context
from .fleet import run_on_all
from .goals import BUILD, REMOVE
from .locks import DeviceLocks
from .outcome import TunnelOutcome
from .planning import EndPlan
from .progressing import Progressing
from .record import Recorded, journal_of
from .taking_back import take_back
from .transaction import finish, prove, success

#: States after which a tunnel needs nothing any more.
ENDED = {"done", "rolled-back"}


def begun(journal: Sequence[Mapping[str, Any]], name: str) -> set[str]:
    """States that the journal holds of one tunnel."""
    return {line["state"] for line in journal if line.get("tunnel") == name}


def is_unfinished(folder: Path) -> bool:
    """True if the run of this folder was begun and did not end; from the journal alone."""
    states = _states_by_tunnel(folder)
    return any("recorded" in seen and not seen & ENDED for seen in states.values())


def has_changed(folder: Path) -> bool:
    """True if the run of this folder changed a tunnel and kept the change."""
    return any("done" in seen for seen in _states_by_tunnel(folder).values())


def _states_by_tunnel(folder: Path) -> dict[str, set[str]]:
    states: dict[str, set[str]] = {}
    for line in journal_of(folder):
        if "tunnel" in line:
            states.setdefault(line["tunnel"], set()).add(line["state"])
    return states


def unfinished(journal: Sequence[Mapping[str, Any]], records: Mapping[str, Recorded]) -> list[str]:
    """Tunnels that were begun and did not end, in the order in which they were begun."""
    states = {name: begun(journal, name) for name in records}
    return [name for name in records if "recorded" in states[name] and not states[name] & ENDED]


def resume(
    context: Context, runs: Path, names: Sequence[str], records: Mapping[str, Recorded], journal: Sequence[Mapping[str, Any]]
) -> list[TunnelOutcome]:
    """Bring each unfinished tunnel to an end; one outcome a tunnel. Raises Locked, or Unreachable when a box is away."""
    hosts = [end.host for name in names for end in records[name].plan.ends]
    with DeviceLocks(runs, context.folder.id, hosts):
        context.folder.note("resuming", tunnels=list(names))
        return [_resume_one(context, records[name], journal) for name in names]


def _resume_one(context: Context, record: Recorded, journal: Sequence[Mapping[str, Any]]) -> TunnelOutcome:
    plan = record.plan
    so_far = _situation(context, record)
    if "commit-decided" not in begun(journal, plan.tunnel.name):
        return take_back(context, plan, so_far, NrRunError("the run ended before both ends were proved"))
    try:
        _refuse_half(context, so_far)
        prove(context, plan, so_far)
        finish(context, plan, so_far)
    except NrRunError as error:
        return take_back(context, plan, so_far, error)
    return success(plan, so_far)


def _situation(context: Context, record: Recorded) -> Progressing:
    """What the devices are now: which are armed by this run, which may hold the change in what they run or start with."""
    changing = [end for end in record.plan.ends if end.change]
    shown = {end.host: {"os": end.platform.os, "tag": context.folder.tag} for end in changing}
    armed: dict[str, bool] = run_on_all(context.nornir, pending, shown)
    starting: dict[str, str] = run_on_all(context.nornir, startup, {end.host: {} for end in changing})
    return Progressing(
        goal=REMOVE if record.plan.removal else BUILD,
        armed=[end for end in changing if armed[end.host]],
        touched=changing,
        saved=[end for end in changing if not tree.same(starting[end.host], end.snapshot.startup)],
    )


def _refuse_half(context: Context, so_far: Progressing) -> None:
    """Raise NrRunError unless every end runs the change, whole."""
    texts: dict[str, str] = run_on_all(context.nornir, running, {end.host: {} for end in so_far.touched})
    reverted = [end.host for end in so_far.touched if not _is_changed(end, texts[end.host])]
    if reverted:
        raise NrRunError(f"{', '.join(reverted)} no longer runs the change")


def _is_changed(end: EndPlan, text: str) -> bool:
    return proved(read_back(end.change, end.snapshot.running, text, now()))
