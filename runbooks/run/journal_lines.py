"""The fields of a journal's lines that are gone by, and the states that this version knows."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from functools import cache
from pathlib import Path
from typing import Any

from .shapes import TEXT, YES_OR_NO, Each, Fields, Shape, Unreadable, fault_in

#: In the place of a state that is no text: what was begun with that line, nobody knows.
UNKNOWN = "unreadable"
#: Every state that a run notes. A test holds it against what is noted; ``quarantined`` is of the release before.
STATES = frozenset({
    "applied", "applying", "approved", "armed", "arming", "back", "begun", "building", "closed", "commit-decided",
    "confirmed", "disarmed", "done", "elsewhere", "ended", "finished", "firing", "gate", "held", "judged",
    "lock-taken-over", "locked", "moved", "outside-window", "placing-files", "planned", "planning", "quarantined",
    "recorded", "resuming", "rollback-incomplete", "rolled-back", "rolling-back", "saved", "saving", "sending-away",
    "snapshot", "soaking", "switching", "told", "triggering", "turn", "undoing", "undoing-run", "undone", "waiting",
    "watching",
})  # fmt: skip
_EVERYWHERE: Mapping[str, Shape] = {"time": TEXT, "tunnel": TEXT, "host": TEXT, "runbook": TEXT, "rehearsal": YES_OR_NO}
#: What is gone by in lines of one state; in another the same name may mean another thing, as ``at`` does.
_PLACES = Fields(optional={"at": Each(TEXT, named=True)})
_OF_STATE: Mapping[str, Fields] = {
    "locked": _PLACES,
    "planning": _PLACES,
    "recorded": Fields({"tunnel": TEXT}),
    "armed": Fields(optional={"marks": Each(TEXT, named=True)}),
    "placing-files": Fields({"files": Each(TEXT)}),
    "elsewhere": Fields({"scheduler": TEXT, "lease": (int, float)}),
}
#: In a line that was not what it should be: what was wrong with it.
DAMAGED = "damaged"


@cache
def _shape(state: str) -> Fields:
    own = _OF_STATE.get(state, Fields())
    return Fields({"state": TEXT, **own.required}, {**_EVERYWHERE, **own.optional})


def plain_line(line: dict[str, Any]) -> dict[str, Any]:
    """The line, if it is what a run writes; else without what cannot be gone by, and with what is wrong under ``DAMAGED``.

    A tunnel, a host or a state that cannot be read is called so: nobody takes a run for finished because of it.
    """
    state = line["state"]
    shape = _shape(state if isinstance(state, str) else "")
    hosts = line.get("hosts", [])
    # Names, or names with what became of each.
    of_hosts = fault_in(hosts, Each(TEXT, named=isinstance(hosts, dict)), "hosts")
    fault = fault_in(line, shape) or of_hosts
    if not fault:
        return line
    known = {**shape.optional, **shape.required}
    kept = {name: value for name, value in line.items() if name not in known or not fault_in(value, known[name])}
    if of_hosts:
        del kept["hosts"]
    named = ({*shape.required} | {*line}) & {"state", "tunnel", "host"}
    return {**dict.fromkeys(named, UNKNOWN), **kept, DAMAGED: fault}


def is_damaged(lines: Iterable[Mapping[str, Any]]) -> bool:
    """Whether one of these lines is not what a run writes."""
    return any(DAMAGED in line for line in lines)


def hosts_named(lines: Iterable[Mapping[str, Any]]) -> set[str]:
    """All devices that a journal names anywhere: of a damaged one nobody knows which of them were touched."""
    found = {name for line in lines for name in (line.get("host"), *line.get("hosts", ()), *places_in(line)) if name}
    return found - {UNKNOWN}


def places_in(line: Mapping[str, Any]) -> Mapping[str, str]:
    """Host to where it is reached, of a line that says so."""
    places: Mapping[str, str] = line.get("at", {}) if line["state"] in ("locked", "planning") else {}
    return places


def refuse_damaged(path: Path, lines: Iterable[Mapping[str, Any]]) -> None:
    """Raise Unreadable for the first line that is not what a run writes."""
    for number, line in enumerate(lines, 1):
        if DAMAGED in line:
            raise Unreadable(
                f"{path}, line {number}: {line[DAMAGED]}; the journal is damaged, or another version of nr-run wrote it, and "
                f"nothing was sent: {_instead(path)}"
            )


def refuse_newer(path: Path, lines: Iterable[Mapping[str, Any]]) -> None:
    """Raise Unreadable for a state that this version does not know: it does not know either what the run had done by then."""
    for number, line in enumerate(lines, 1):
        if line["state"] not in STATES:
            raise Unreadable(
                f"{path}, line {number}: state is {line['state']!r}, which this nr-run does not know; a newer version wrote it, "
                f"and nothing was sent: {_instead(path)}"
            )


def _instead(path: Path) -> str:
    run = path.parent.name
    return f"go on with the version that wrote it, or put the devices in order by hand and say nr-run resume {run} --close"
