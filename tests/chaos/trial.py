"""What one trial does, made from a number alone: the pair, the operation, and one or two faults with their moments."""

from __future__ import annotations

import random
from dataclasses import dataclass

from nr_run.lab.core.faults import FAULTS

from . import lab_faults
from .forms import CLIENT_PLACES, FORMS, OLD, PLACES, Place, Suite

#: What is done to a tunnel; "undo" is the rollback of a build, "undo-key" and so on that of a change.
OPERATIONS = (
    *("build", "key", "prefixes", "proposal", "lifetime", "ike", "remove"),
    *("undo", "undo-key", "undo-prefixes", "undo-proposal", "undo-ike"),
)
#: What is done to a tunnel whose far end is a partner's: what the partner would have to follow cannot be changed alone.
WITH_PARTNER = ("build", "remove", "undo", "lifetime")
#: What is done to a group of VPN clients, beside a tunnel.
WITH_CLIENTS = ("build", "remove", "undo")
#: Whose the far end is, or that clients are built; and how often each is drawn.
GROUNDS = {"ours": 6, "partner": 2, "clients": 2}
#: Lines in the journal of an undisturbed run, from which the moment of a fault is drawn.
JOURNAL = 28
ENDS = ("hq", "branch")

#: Every kind of fault, and what it does; those that end the process are tried more often.
KINDS: dict[str, str] = {
    "kill": "kill -9, and resume before or after the timers fire",
    "kill, two resumes": "kill -9, and two resumes at once",
    "kill, no key": "kill -9, and resume without the key of the run, then with it",
    "stop": "SIGSTOP, and SIGCONT later",
    "signal": "SIGTERM, SIGINT or SIGHUP",
    "lab": "a fault of the lab with random arguments",
    "operator's line": "a second operator types a harmless line",
    "operator saves": "a second operator says write memory",
    "operator removes": "a second operator removes a part of the tunnel",
    "second run": "a second nr-run with a runs folder of its own, on this machine or on another",
    "resume beside it": "resume while the run is alive",
    "reload": "a device is reloaded, or reloaded and changed its mind",
    "clock": "the clock of a device steps",
    "disk full": "no file can grow beyond a size",
    "runs folder": "the runs folder is moved, deleted or replaced by a file",
    "cut off": "both devices cannot be reached for a while",
}
_WEIGHTS = {"kill": 3, "lab": 16, "operator removes": 2}
#: Without a runs folder nobody can resume: these are not tried together.
_ENDS_THE_PROCESS = {"kill", "kill, two resumes", "kill, no key"}


@dataclass(frozen=True)
class Strike:
    """One fault: its kind, its device, when it strikes (lines in the journal, and seconds after that), and what it needs to know.

    ``line`` is 0 for a fault that is there from the beginning. ``seconds`` is how long it lasts, or how long until somebody
    resumes; ``choice`` picks among the variants of a kind, ``number`` is for whatever needs one, ``words`` are the fault of the
    lab and its arguments.
    """

    kind: str
    device: str
    line: int
    delay: float
    seconds: float
    choice: int
    number: int
    words: tuple[str, ...] = ()

    @property
    def is_polite(self) -> bool:
        """Whether it gives no device a reason to roll itself back."""
        return self.kind in ("operator's line", "operator saves", "operator removes", "resume beside it", "runs folder")

    @property
    def takes_down(self) -> bool:
        """Whether SAs may be lost by it that were there when the run looked for the last time."""
        return self.kind in ("reload", "cut off", "second run", "stop") or self.words[:1] in (("down",), ("reboot-after",))

    def __str__(self) -> str:
        when = f"at line {self.line} + {self.delay:.2f} s" if self.line else "from the beginning"
        what = " ".join(self.words) or f"choice {self.choice}, number {self.number}"
        return f"{self.kind} ({what}) on {self.device} {when}, {self.seconds:.1f} s"


@dataclass(frozen=True)
class Trial:
    """Everything that is drawn for one trial."""

    seed: int
    ground: str
    place: Place
    operation: str
    speed: int
    slow: int
    strikes: tuple[Strike, ...]

    @property
    def profiles(self) -> dict[str, str]:
        """Device to profile."""
        return dict(zip(ENDS, (self.place.hq, self.place.branch), strict=True))

    @property
    def suite(self) -> Suite:
        """Cipher, integrity and group of both phases."""
        return self.place.suite

    @property
    def ours(self) -> tuple[str, ...]:
        """The devices that nr-run logs in to for what is tried."""
        return ENDS if self.ground == "ours" else ENDS[:1]

    def __str__(self) -> str:
        faults = "; ".join(map(str, self.strikes))
        where = f"{self.place.hq}/{self.place.branch}, {self.place.form}, {self.ground}"
        return f"seed {self.seed}: {self.operation} on {where}, speed {self.speed}, slow {self.slow} ms: {faults}"


def trial(seed: int) -> Trial:
    """The trial of this number: always the same one, as long as the lab has the same faults."""
    draw = random.Random(seed)  # noqa: S311 - a die, not a secret
    ground = draw.choices(list(GROUNDS), list(GROUNDS.values()))[0]
    place = draw.choice(CLIENT_PLACES if ground == "clients" else PLACES[draw.choice(FORMS)])
    known = {"ours": OPERATIONS, "partner": WITH_PARTNER, "clients": WITH_CLIENTS}[ground]
    operation = draw.choice([name for name in known if fits(name, place)])
    kinds = list(KINDS)
    first = draw.choices(kinds, [_WEIGHTS.get(kind, 1) for kind in kinds])[0]
    chosen = [first]
    if draw.random() < 0.35:
        second = draw.choice([kind for kind in kinds if _together(first, kind)])
        chosen.append(second)
    speed, slow = draw.choice((20, 40)), draw.choice((0, 5, 12, 25))
    profiles = dict(zip(ENDS, (place.hq, place.branch), strict=True))
    return Trial(seed, ground, place, operation, speed, slow, tuple(_strike(draw, kind, profiles) for kind in chosen))


def fits(operation: str, place: Place) -> bool:
    """Whether the devices can do what is asked: the oldest have one cipher, so that it cannot be changed."""
    return place.suite != OLD or operation.removeprefix("undo-") not in ("proposal", "ike")


def _together(one: str, other: str) -> bool:
    if one == other:
        return one == "lab"
    if {one, other} <= _ENDS_THE_PROCESS | {"disk full"}:
        return False
    return not ("runs folder" in (one, other) and {one, other} & _ENDS_THE_PROCESS)


def _strike(draw: random.Random, kind: str, profiles: dict[str, str]) -> Strike:
    device = draw.choice(ENDS)
    line = draw.randint(1, JOURNAL)
    delay = draw.choice((0.0, 0.0, draw.uniform(0, 0.2)))
    seconds, choice, number = draw.uniform(0.3, 14), draw.randrange(1 << 16), draw.randint(1, 1 << 16)
    words: tuple[str, ...] = ()
    if kind == "lab":
        name = draw.choice([name for name, fault in FAULTS.items() if lab_faults.fits(fault, profiles[device])])
        words = (name, *lab_faults.arguments(FAULTS[name], draw))
        line = draw.choice((0, line))
        seconds = lab_faults.seconds(name, draw)
    if kind == "clock":
        words = ("clock-step", str(draw.choice((1, -1)) * draw.choice((3, 70, 3600, 7200, 100000))))
    return Strike(kind, device, line, delay, seconds, choice, number, words)
