"""Every form of a tunnel, and a group of VPN clients: killed at each journal state and resumed, cut behind each line, rolled
back.

The devices say how it ended, through the judge of the random trials, which shares no code with nr-run.
"""

from __future__ import annotations

import os
import time
from collections.abc import Iterator
from contextlib import AbstractContextManager, contextmanager, nullcontext
from pathlib import Path

import pytest

from ..chaos.clients import somebody_connects
from ..chaos.forms import FORMS, PLACES, Form
from ..chaos.ground import BOUND, Ground, Running, ground_of
from ..chaos.judge import page_of
from ..chaos.operations import Work, prepared
from ..chaos.trial import Trial

EVERY = os.environ.get("NR_RUN_FAULTS") == "all"
#: A pair for each form, with each system at each end somewhere.
PAIRS: dict[Form, tuple[str, str]] = {
    Form(1, "crypto-map"): ("vpn3640-124", "asa919"),
    Form(1, "vti"): ("c881", "asa919"),
    Form(2, "crypto-map"): ("asa91", "c8000v-17"),
    Form(2, "vti"): ("c8000v-1712", "asa924"),
}
CLIENTS = ("vpn3640", "c881")
#: What resume says when no run is unfinished.
NOTHING_TO_RESUME = 66
TARGETS = (*map(str, FORMS), "clients")
_BEGIN = ("locked", "snapshot", "planned", "approved", "recorded", "arming hq")
_PUSH = ("applying", "building", "switching", "applied")
_END = ("judged", "commit-decided", "disarmed")
#: Every state of the journal in order: its word, the device where each has one of its own, and the stage where there are some.
STATES: dict[tuple[str, str], tuple[str, ...]] = {
    (kind, operation): (
        *_BEGIN,
        *(("arming branch", "armed") if kind == "tunnel" else ("armed",)),
        *(f"{word} {which}" for which in pushed for word in _PUSH),
        *between,
        *_END,
        *(f"{word} {host}" for host in saved for word in ("saving", "saved")),
        "done",
    )
    for kind, operation, pushed, between, saved in (
        ("tunnel", "build", ("branch", "hq"), ("triggering",), ("branch", "hq")),
        ("tunnel", "remove", ("branch", "hq"), (), ("branch", "hq")),
        ("clients", "build", ("no-xauth", "clients"), ("gate", "held"), ("hq",)),
        ("clients", "remove", ("clients",), (), ("hq",)),
    )
}
#: What is tried whenever the tests are run: each form once, at another state.
SAMPLE = (
    ("IKEv1 crypto-map", "build", "applied branch"),
    ("IKEv1 vti", "remove", "applied hq"),
    ("IKEv2 crypto-map", "build", "commit-decided"),
    ("IKEv2 vti", "build", "switching hq"),
    ("clients", "build", "held"),
)
ALL = tuple(
    (target, operation, state)
    for target in TARGETS
    for operation in ("build", "remove")
    for state in STATES["clients" if target == "clients" else "tunnel", operation]
)
#: Lines of configuration after which a session is cut; no form has more on one device.
LINES = range(1, 41)
CUTS = tuple(
    (target, host, line)
    for target in TARGETS[1:]
    for host in ("branch", "hq")
    for line in LINES
    if (target, host) != ("clients", "branch")
)
CUT_SAMPLE = (("IKEv1 vti", "hq", 12), ("IKEv2 crypto-map", "branch", 17), ("IKEv2 vti", "hq", 23), ("clients", "hq", 9))


def trial_of(target: str, operation: str) -> Trial:
    """A trial in which nothing strikes by itself."""
    if target == "clients":
        place = next(item for item in PLACES[FORMS[0]] if (item.hq, item.branch) == CLIENTS)
        return Trial(1, "clients", place, operation, 20, 0, ())
    form = next(form for form in FORMS if str(form) == target)
    place = next(item for item in PLACES[form] if (item.hq, item.branch) == PAIRS[form])
    return Trial(1, "ours", place, operation, 20, 0, ())


@contextmanager
def at_work(target: str, operation: str, folder: Path) -> Iterator[tuple[Ground, Work]]:
    """The devices where the operation begins; where clients are built, somebody connects all the time."""
    with ground_of(trial_of(target, operation), folder) as ground:
        inside = ground.devices["hq"].addresses()[1]
        somebody: AbstractContextManager[None] = somebody_connects(ground.lab, inside) if target == "clients" else nullcontext()
        with somebody:
            yield ground, prepared(ground)


def ended(running: Running) -> int:
    """Its exit code; what it says of itself is for the judge."""
    while running.code is None:
        assert time.monotonic() < running.begun + BOUND, f"{running.words} does not end"
        time.sleep(0.02)
    _, err = running.over()
    assert "Traceback" not in err, err
    return running.code


def reached(ground: Ground, state: str) -> bool:
    """Whether the journal of the run has this state."""
    word, *where = state.split()
    lines = (line for line in ground.journal() if line["state"] == word)
    # Of steps the journal has no stage: those of the second one come behind its beginning.
    stage = where[0] if where and where[0] in ("no-xauth", "clients") else ""
    if stage and word in ("building", "switching"):
        told = [(line["state"], line.get("stage")) for line in ground.journal()]
        return ("applying", stage) in told and word in (name for name, _ in told[told.index(("applying", stage)) :])
    return any(not where or where[0] in (line.get("host"), line.get("stage")) for line in lines)


def judged_right(ground: Ground, work: Work, running: Running) -> str:
    """How it ended by what the devices are: ``changed`` or ``before``. Fails where the command has said something else."""
    code = ended(running)
    ground.traffic()
    verdict = ground.judge(work.goal).judged(code, page_of(running.report), ground.now())
    assert verdict.ending in ("changed", "before"), f"{verdict.why}\n" + "\n".join(ground.story)
    return verdict.ending


@pytest.mark.parametrize(("target", "operation", "state"), ALL if EVERY else SAMPLE)
def test_killed_then_resumed(tmp_path: Path, target: str, operation: str, state: str) -> None:
    """After kill -9 at this state resume ends with all of it changed, verified and saved, or as before; once."""
    with at_work(target, operation, tmp_path) as (ground, work):
        for host in ground.trial.ours:
            ground.lab.fault(host, "slow", 12)
        running = ground.begin(work.command, *work.words)
        while running.code is None and not reached(ground, state):
            assert time.monotonic() < running.begun + BOUND, "the state is not reached"
            time.sleep(0.003)
        assert reached(ground, state), f"{state} is no state of this run: {[line['state'] for line in ground.journal()]}"
        running.process.kill()
        while running.code is None:
            time.sleep(0.01)
        for host in ground.trial.ours:
            ground.lab.fault(host, "slow", on=False)
        judged_right(ground, work, ground.begin("resume"))
        assert ended(ground.begin("resume")) == NOTHING_TO_RESUME


@pytest.mark.parametrize(("target", "host", "line"), CUTS if EVERY else CUT_SAMPLE)
def test_a_session_is_cut_behind_a_line(tmp_path: Path, target: str, host: str, line: int) -> None:
    """A session that is lost behind this line of the newer forms: all of it is built and verified, or all is as it was."""
    with at_work(target, "build", tmp_path) as (ground, work):
        ground.lab.fault(host, "cut-session-after", line)
        judged_right(ground, work, ground.begin(work.command, *work.words))


@pytest.mark.parametrize("target", TARGETS if EVERY else TARGETS[3:])
def test_a_rollback_is_exact(tmp_path: Path, target: str) -> None:
    """Built, found as it is by a second run, and undone: every line of each device is what it was before."""
    with at_work(target, "undo", tmp_path) as (ground, work):
        command = "deploy-ra" if target == "clients" else "deploy-l2l"
        again = ground.begin(command, "--yes")
        assert ended(again) == 0
        assert again.report is not None
        assert again.report["changed"] is False
        assert judged_right(ground, work, ground.begin(work.command, *work.words)) == "changed"


def test_the_samples_have_each_form_and_are_of_the_tables() -> None:
    """Each form, and VPN clients, are killed once whenever the tests run, and the newer ones lose a session."""
    assert {target for target, *_ in SAMPLE} == {*TARGETS}
    assert {target for target, *_ in CUT_SAMPLE} == {*TARGETS[1:]}
    assert {*SAMPLE} <= {*ALL}
    assert {*CUT_SAMPLE} <= {*CUTS}
