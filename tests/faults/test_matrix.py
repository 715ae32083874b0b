"""Each fault against each task and each kind of timer; the judge asks the devices."""

from __future__ import annotations

import json
from pathlib import Path

import pytest

from .bench import BRANCH, ENDS, HQ, PAIRS, SHORT, bench_of, ended_right, ready

#: Every state of a journal in order, with the device where each has its own; the far end is the branch.
STATES: list[tuple[str, str | None]] = [
    ("locked", None),
    ("planned", None),
    ("recorded", None),
    ("arming", HQ),
    ("arming", BRANCH),
    ("armed", None),
    *((state, BRANCH) for state in ("applying", "building", "switching", "applied")),
    *((state, HQ) for state in ("applying", "building", "switching", "applied")),
    ("triggering", None),
    ("judged", None),
    ("commit-decided", None),
    ("disarmed", None),
    ("saving", BRANCH),
    ("saved", BRANCH),
    ("saving", HQ),
    ("saved", HQ),
    ("done", None),
]
name_of = "-".join
OTHERS = [pair for pair in PAIRS if pair != "reload-reload"]
KILLS = [(pair, "build", *state) for pair in OTHERS for state in STATES]
_IN_PLACE = [state for state in STATES if state[0] not in ("locked", "planned", "triggering", "arming")]
KILLS += [("reload-reload", "prefixes", *state) for state in _IN_PLACE]
KILLS += [("reload-reload", task, *state) for task in ("key", "proposal", "remove") for state in _IN_PLACE[1::2]]
KILLS += [("asareload-revert", "prefixes", *state) for state in _IN_PLACE[1::3]]


@pytest.mark.parametrize(("pair", "task", "state", "host"), KILLS, ids=lambda value: str(value or "both"))
def test_killed_then_resumed(tmp_path: Path, pair: str, task: str, state: str, host: str | None) -> None:
    """After kill -9 at this state resume brings both devices to the same end: as before, or changed, saved and up."""
    with bench_of(pair, tmp_path) as bench:
        work = ready(bench, task)
        bench.kill_at(state, host, *work.words, command=work.command)
        code, report = bench.run(command="resume")
        assert ended_right(bench, code, report) != "rollback-incomplete", json.dumps(report)


#: Faults of a device while the tunnel is built, changed, removed or rolled back; each ends with both devices in one state.
FAULTS = {
    "cut": ("cut-session-after", "3"),
    "echo": ("cut-in-echo", "5"),
    "lost": ("lose-management-after", "6"),
    "reboot": ("reboot-after", "4"),
    "banner": ("shutdown-banner",),
    "nvram": ("nvram-full",),
    "garbage": ("garbage",),
    "syslog": ("syslog",),
    "esp": ("drop-esp",),
    "key": ("wrong-psk",),
    "ahead": ("clock-step", "7200"),
    "behind": ("clock-step", "-7200"),
}
#: Those where the device has to roll itself back.
GOES_BACK = {"lost", "reboot"}
CASES = [
    *(("reload-reload", task, fault) for task in ("prefixes", "key", "proposal", "remove", "rollback") for fault in FAULTS),
    *((pair, "build", fault) for pair in OTHERS for fault in FAULTS),
    *(("asareload-revert", task, fault) for task in ("prefixes", "remove") for fault in ("cut", "lost", "reboot", "nvram")),
]


@pytest.mark.parametrize("device", ENDS)
@pytest.mark.parametrize(("pair", "task", "fault"), CASES)
def test_fault_of_a_box(tmp_path: Path, pair: str, task: str, fault: str, device: str) -> None:
    """With this fault on one end, both devices are as before, or changed and saved, or a person is told what to type."""
    with bench_of(pair, tmp_path) as bench:
        work = ready(bench, task)
        bench.lab.fault(device, *FAULTS[fault])
        code, report = bench.run(*work.words, *(SHORT if fault in GOES_BACK else ()), command=work.command)
        bench.lab.fault(device, FAULTS[fault][0], on=False)
        ended_right(bench, code, report)
