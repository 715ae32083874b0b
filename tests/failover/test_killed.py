"""kill -9 at the states of the journal, then resume: a site is whole or was never there, and a primary is up again.

What became of it is read from the router, past nr-run: its configurations, its timers, its SAs and its route map.
"""

from __future__ import annotations

import os
from collections import Counter
from collections.abc import Iterator
from dataclasses import dataclass, field

import pytest

from ..services.zia.sites import HOST
from .ground import CONFIRMED, NAME, Site, bare_site

EVERY = os.environ.get("NR_RUN_FAULTS") == "all"
COMMANDS: dict[str, tuple[str, ...]] = {
    "build": ("deploy-zia", *CONFIRMED, "--yes"),
    "remove": ("remove-zia", NAME, "--confirm", "in-clear", "--yes"),
    "test": ("failover-test", NAME, "--yes"),
}
_BEGIN = ("begun", "locked", "snapshot", "planned", "approved")
_ARM = ("recorded", "arming", "armed")
_KEEP = ("judged", "commit-decided", "disarmed", "saving", "saved", "done", "ended")
#: Every state of a journal with its number, where a run has several of it; a test holds that these are all.
STATES: dict[str, tuple[tuple[str, int], ...]] = {
    "build": (
        *((word, 1) for word in (*_BEGIN, "confirmed", *_ARM)),
        *((word, stage) for stage in (1, 2, 3) for word in ("applying", "building", "switching", "applied")),
        *((word, stage) for stage in (1, 2) for word in ("gate", "held")),
        *((word, 1) for word in _KEEP),
    ),
    "remove": (
        *((word, 1) for word in (*_BEGIN, "confirmed", *_ARM)),
        *((word, stage) for stage in (1, 2, 3) for word in ("applying", "building", "switching", "applied")),
        *((word, 1) for word in _KEEP),
    ),
    "test": (
        *(
            (word, 1)
            for word in (*_BEGIN, *_ARM, "applying", "building", "switching", "applied", "watching", "moved", "rolling-back")
        ),
        *(("undoing", 1), ("disarmed", 1), ("watching", 2), ("back", 1), ("rolled-back", 1), ("ended", 1)),
    ),
}
#: What is tried whenever the tests are run, in an order in which the site is built once and taken away once.
SAMPLE = (
    ("test", "applied", 1),
    ("test", "undoing", 1),
    ("remove", "applied", 1),
    ("build", "applied", 3),
    ("build", "saving", 1),
)
ALL = tuple((what, word, number) for what in ("test", "remove", "build") for word, number in STATES[what])
#: What resume says when no run is unfinished.
NOTHING_TO_RESUME = 66


@dataclass
class Ground:
    """The site, and what its router is without it and with it."""

    site: Site
    bare: tuple[list[str], list[str]]
    built: tuple[list[str], list[str]]
    #: The states that a run came through which nobody killed.
    states: dict[str, set[tuple[str, int]]] = field(default_factory=dict)

    def clean(self, what: str) -> None:
        """A run to its end, and the states that it came through."""
        self.site.begin_case()
        code, report = self.site.run(*COMMANDS[what])
        assert code == 0, report
        counted: Counter[str] = Counter()
        for line in self.site.journal():
            counted[line["state"]] += 1
            self.states.setdefault(what, set()).add((line["state"], counted[line["state"]]))

    def ready_for(self, what: str) -> None:
        """The site is there, or is not, as the command needs it."""
        wanted = self.bare if what == "build" else self.built
        if self.site.configurations() != wanted:
            self.clean("remove" if what == "build" else "build")
        assert self.site.configurations() == wanted
        self.site.begin_case()


@pytest.fixture(scope="module")
def ground(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Ground]:
    """A router on which the site is built."""
    with bare_site(tmp_path_factory.mktemp("killed")) as site:
        made = Ground(site, site.configurations(), ([], []))
        made.clean("build")
        made.built = site.configurations()
        yield made


def ended_right(ground: Ground, what: str, code: int) -> None:
    """By the router: all of the site or nothing of it, running and saved alike, and no timer counts; what is there works."""
    site, now = ground.site, ground.site.configurations()
    assert now in (ground.bare, ground.built), (code, [line for line in now[0] if line not in ground.built[0]])
    assert "No reload is scheduled" in site.lab.exec(HOST, "show reload")
    as_before = now == (ground.bare if what == "build" else ground.built)
    if what == "test":
        assert as_before
        assert code in (20, NOTHING_TO_RESUME)
    else:
        assert code in ((20, NOTHING_TO_RESUME) if as_before else (0, NOTHING_TO_RESUME))
    if now == ground.built:
        site.wait_until(lambda: site.is_whole() and site.leads() == "192.168.253.2")
    else:
        assert "READY" not in site.lab.exec(HOST, "show crypto ikev2 sa")


@pytest.mark.parametrize(("what", "word", "number"), ALL if EVERY else SAMPLE, ids=lambda value: str(value))
def test_killed_then_resumed(ground: Ground, what: str, word: str, number: int) -> None:
    """After kill -9 in this state resume brings the router to one of two ends, and a second resume finds nothing to do."""
    site = ground.site
    ground.ready_for(what)
    site.fault(HOST, "slow", "15")
    process = site.begin(*COMMANDS[what])
    site.wait_until(lambda: process.poll() is not None or Counter(line["state"] for line in site.journal())[word] >= number)
    process.kill()
    told = process.communicate(timeout=60)
    site.fault(HOST, "slow", on=False)
    assert Counter(line["state"] for line in site.journal())[word] >= number, told
    code, report = site.run("resume")
    assert code in (0, 20, NOTHING_TO_RESUME), report
    if (what, code) == ("test", 20):
        assert "traffic is back on primary FRA4" in report["tunnels"][0]["sentence"]
    ended_right(ground, what, code)
    assert site.run("resume")[0] == NOTHING_TO_RESUME


@pytest.mark.skipif(not EVERY, reason="a rollback timer of five minutes is waited for: make faults does")
def test_without_resume_the_primary_comes_up_by_itself(ground: Ground) -> None:
    """When nobody comes after kill -9, the router's own timer brings it back, and traffic with it."""
    site = ground.site
    ground.ready_for("test")
    process = site.begin(*COMMANDS["test"], "--revert-in", "5")
    site.wait_for(process, "applied")
    process.kill()
    process.communicate(timeout=60)
    assert site.configurations() != ground.built
    site.wait_until(lambda: site.is_whole() and site.leads() == "192.168.253.2" and site.configurations() == ground.built)
    assert site.run("resume")[0] == 20
    assert site.configurations() == ground.built


def test_the_states_are_all_that_there_are(ground: Ground) -> None:
    """A journal that gets a state more, or loses one, changes the table: no state is left out of what is tried."""
    for what in ("test", "remove", "build") if EVERY else ("build",):
        if what not in ground.states:
            ground.ready_for(what)
            ground.clean(what)
        # A run that was killed before leaves a lock, which the next one tells of.
        assert {word for word, _ in ground.states[what]} - {"lock-taken-over"} == {word for word, _ in STATES[what]}
        assert set(STATES[what]) <= ground.states[what]
