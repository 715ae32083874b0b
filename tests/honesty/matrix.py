"""Kinds of answers that are none, and places at which a run reads: each case is one of both, on one device of one pair."""

from __future__ import annotations

import json
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from typing import Any

from ..faults.bench import BRANCH, HQ, Bench, ended_right

#: Kind to the fault of the lab; TEXT is the command whose answer it is.
KINDS: dict[str, tuple[str, ...]] = {
    "not authorized": ("refuse-show", "TEXT", "authorization"),
    "authorization failed": ("refuse-show", "TEXT", "authorization-2"),
    "unknown command": ("refuse-show", "TEXT", "privilege"),
    "low memory": ("refuse-show", "TEXT", "memory"),
    "config busy": ("refuse-show", "TEXT", "config-busy"),
    "nvram busy": ("refuse-show", "TEXT", "nvram-busy"),
    "nothing": ("empty-show", "TEXT"),
    "only its head": ("cut-show", "1", "TEXT"),
    "cut in the middle": ("cut-show", "30", "TEXT"),
    "noise": ("garble-show", "TEXT"),
}
RUNNING, STARTUP, TIMER, LIST, SAS = "running", "startup", "timer", "list", "sas"
#: What each is asked by, on IOS and on an ASA.
COMMANDS: dict[str, tuple[str, str]] = {
    RUNNING: ("show running-config$", "more system:running-config|show running-config$"),
    STARTUP: ("show startup-config", "show startup-config"),
    TIMER: (
        "dir flash:|show kron schedule|show reload|show archive config rollback",
        "show event manager|show running-config event|show reload",
    ),
    SAS: ("show crypto", "show crypto"),
    # The reload behind it is shown as ever.
    LIST: ("dir flash:|show kron schedule", "show event manager|show running-config event"),
}


@dataclass(frozen=True)
class Place:
    """Where a run reads: what, from which state of the journal on, and the codes that are right.

    ``good``: of a device that answers so for good; ``once``: of one that does it a single time. ``broken``: the tunnel cannot
    come up, so that the change is rolled back. ``saved``: somebody saves the device meanwhile.
    """

    what: str
    when: str
    good: frozenset[int]
    once: frozenset[int]
    broken: bool = False
    saved: bool = False
    resumed: bool = False


def _codes(*codes: int) -> frozenset[int]:
    return frozenset(codes)


PLACES: dict[str, Place] = {
    "gather": Place(RUNNING, "", _codes(11), _codes(0)),
    "gather, startup": Place(STARTUP, "", _codes(11), _codes(0)),
    "read-back": Place(RUNNING, "building", _codes(21), _codes(0)),
    # What cannot be read is no proof; a refusal alone is asked for again.
    "proof": Place(SAS, "triggering", _codes(20), _codes(0, 20)),
    "disarm": Place(RUNNING, "triggering", _codes(21), _codes(0)),
    "save": Place(STARTUP, "triggering", _codes(21), _codes(0)),
    "undo": Place(RUNNING, "triggering", _codes(21), _codes(20), broken=True),
    "startup check": Place(STARTUP, "triggering", _codes(21), _codes(20), broken=True, saved=True),
    # Which of its lists a timer needs is its own matter, and a short one has no middle.
    "timer": Place(TIMER, "triggering", _codes(20, 21), _codes(20), broken=True),
    "timer's list": Place(LIST, "triggering", _codes(20, 21), _codes(20), broken=True),
    "resume": Place(RUNNING, "", _codes(21), _codes(20), resumed=True),
    "resume, startup": Place(STARTUP, "", _codes(20, 21), _codes(20), resumed=True),
}
#: A device that has to wait for its own timer would take the page's word from it: an hour is longer than any case.
LONG = ("--revert-in", "60", "--boot-timeout", "60")
#: What no answer of this kind gives a reason to say.
FALSE_WORDS = ("did not keep a line", "omebody else", "calls itself", "--accept-unsaved", "--revert-in 0", "others changed")


def cases(pairs: Mapping[str, object]) -> Iterator[tuple[str, str, str, str, str]]:
    """Pair, place, kind, device, how often."""
    for pair in pairs:
        for place in PLACES:
            for kind in KINDS:
                for device in (HQ, BRANCH):
                    for times in ("for good", "once"):
                        yield pair, place, kind, device, times


def fault_of(bench: Bench, place: Place, kind: str, device: str, times: str) -> tuple[str, ...]:
    """The arguments of the lab's fault."""
    text = COMMANDS[place.what][bench.is_asa(device)]
    words = tuple(text if word == "TEXT" else word for word in KINDS[kind])
    return (*words, "1") if times == "once" else words


def try_case(bench: Bench, place: Place, kind: str, device: str, times: str) -> str:
    """Carry the case out, and judge it by the devices; how it ended: before, changed, rollback-incomplete, or refused."""
    fault = fault_of(bench, place, kind, device, times)
    code, report = _resumed(bench, device, fault) if place.resumed else _run(bench, place, device, fault)
    bench.lab.fault(device, fault[0], on=False)
    story = json.dumps(report)
    assert code in (place.good if times == "for good" else place.once), story
    assert not any(words in story for words in FALSE_WORDS), story
    if code == 11:
        assert device in story, story
        assert report["changed"] is False, story
        assert bench.configurations() == bench.before, story
        return "refused"
    ended = ended_right(bench, code, report)
    if code == 21:
        if place.what == RUNNING and place is not PLACES["disarm"] and bench.running(device) != bench.before[device][0]:
            assert bench.pending(device), f"the timer is off: {story}"
            for words in ("is not known", "its rollback timer fires at ", "nr-run resume"):
                assert words in story, story
        again, told = bench.run(command="resume")
        assert again in (0, 20), told
        assert ended_right(bench, again, told) in ("before", "changed"), told
    return ended


def _run(bench: Bench, place: Place, device: str, fault: tuple[str, ...]) -> tuple[int, dict[str, Any]]:
    if place.broken:
        bench.lab.fault(HQ, "drop-esp")
    if not place.when:
        bench.lab.fault(device, *fault)
        return bench.run("--yes", *LONG)
    bench.slow(30)
    process = bench.begin("--yes", *LONG)
    if place.saved:
        bench.wait_for("applied", device)
        bench.lab.exec(device, "write memory")
    bench.wait_for(place.when, device if place.when == "building" else None)
    bench.lab.fault(device, *fault)
    bench.slow(0)
    return bench.end(process)


def _resumed(bench: Bench, device: str, fault: tuple[str, ...]) -> tuple[int, dict[str, Any]]:
    """The run is killed when the device has taken the change; what resumes it cannot read."""
    bench.kill_at("applied", device, "--yes", *LONG)
    bench.lab.fault(device, *fault)
    return bench.run(command="resume")
