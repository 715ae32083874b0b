"""Where a trial takes place: a lab of its own with two devices, an inventory with one tunnel, and nr-run as a real process."""

from __future__ import annotations

import json
import os
import sys
import threading
import time
from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

from nr_run.lab.entry import LabHandle

from .. import warm
from ..matrix.devices import apart
from . import inventory
from .device import Device, State, without_keys
from .intended import Wanted
from .judge import Foreign, Goal, Judge, Now, page_of
from .trial import ENDS, Trial

#: Real seconds in which a command has to end; what it may wait for (timers, boots) takes less than half of that.
BOUND = 480.0
#: What rolls itself back does so after three minutes of the lab's clock, which are a few seconds.
TIMEOUTS = (
    "--poll-interval",
    "0.05",
    "--ike-timeout",
    "5",
    "--reconnect-timeout",
    "3",
    "--revert-in",
    "3",
    "--boot-timeout",
    "60",
)
#: Before the faults everything has time: it is not what is tried.
PATIENT = ("--poll-interval", "0.05", "--ike-timeout", "120", "--reconnect-timeout", "60", "--revert-in", "0")
_ARCHIVE = "configure terminal\narchive\npath flash:kept"
#: What a router needs of its own before VPN clients are built on it.
_AAA = "configure terminal\naaa new-model\naaa authentication login default local"
#: Commands that read the inventory.
_OF_INTENT = ("deploy-l2l", "remove-l2l", "deploy-ra", "remove-ra")


class NotPrepared(AssertionError):
    """What has to be there before the faults could not be made."""


class Running:
    """An nr-run that was begun; its outputs are read as they come, so that it never waits for us."""

    def __init__(self, arguments: list[str], environment: Mapping[str, str]) -> None:
        self.words = " ".join(arguments[1:3])
        self.process = warm.Process(arguments, environment)
        self.begun, self.ended = time.monotonic(), 0.0
        self.killed = False
        self._texts = ["", ""]
        self._readers = [threading.Thread(target=self._read, args=(number,), daemon=True) for number in (0, 1)]
        for reader in self._readers:
            reader.start()

    def _read(self, number: int) -> None:
        with (self.process.stdout, self.process.stderr)[number] as stream:
            self._texts[number] = stream.read()

    @property
    def code(self) -> int | None:
        """Its exit code, or None while it runs."""
        code = self.process.poll()
        if code is not None and not self.ended:
            self.ended = time.monotonic()
        return code

    def over(self) -> tuple[str, str]:
        """What it printed; only when it has ended."""
        for reader in self._readers:
            reader.join(30)
        return self._texts[0], self._texts[1]

    @property
    def report(self) -> dict[str, Any] | None:
        """The document that it printed, if it did."""
        try:
            return dict(json.loads(self.over()[0]))
        except ValueError:
            return None


@dataclass
class Ground:
    """The lab, the folder, and what has to be remembered for the judge."""

    trial: Trial
    lab: LabHandle
    folder: Path
    devices: dict[str, Device]
    foreign: dict[str, Foreign] = field(default_factory=lambda: {name: Foreign() for name in ENDS})
    before: dict[str, State] = field(default_factory=dict)
    bought: dict[str, State] = field(default_factory=dict)
    prefixes: dict[str, list[str]] = field(default_factory=dict)
    intent: dict[str, Any] = field(default_factory=dict)
    ike_cipher: str = ""
    cipher: str = ""
    seconds: int | None = None
    seen: set[str] = field(default_factory=set)
    story: list[str] = field(default_factory=list)

    @property
    def runs(self) -> Path:
        """Where the run folders are."""
        return self.folder / "runs"

    @property
    def environment(self) -> dict[str, str]:
        """With the lab's credentials, and state folders of its own: this machine."""
        return self.machine("here")

    def machine(self, name: str) -> dict[str, str]:
        """The environment of a machine: what it keeps for itself is shared with no other."""
        own = self.folder / name
        (own / "run").mkdir(parents=True, exist_ok=True, mode=0o700)
        return {
            **{key: value for key, value in os.environ.items() if not key.startswith("NR_RUN_")},
            "NR_RUN_CREDENTIALS": str(self.lab.credentials),
            "XDG_CONFIG_HOME": str(own / "config"),
            "XDG_STATE_HOME": str(own / "state"),
            "XDG_RUNTIME_DIR": str(own / "run"),
            "XDG_DATA_HOME": str(own / "data"),
            "XDG_CACHE_HOME": str(own / "cache"),
        }

    def begin(
        self, command: str, *words: str, runs: Path | None = None, machine: str = "here", timeouts: tuple[str, ...] = TIMEOUTS
    ) -> Running:
        """Start a command."""
        places = ["--runs", str(runs or self.runs)]
        if command in _OF_INTENT:
            places += ["--inventory", str(self.folder / "inventory")]
        program = str(Path(sys.executable).parent / "nr-run")
        self.tell(f"begin {command} {' '.join(words)} on machine {machine}")
        return Running([program, command, *words, "--json", *places, *timeouts], self.machine(machine))

    def must(self, command: str, *words: str) -> None:
        """Run a command on devices that have no fault. Raises NotPrepared unless it succeeds."""
        running = self.begin(command, *words, timeouts=PATIENT)
        while running.code is None:
            if time.monotonic() > running.begun + BOUND:
                running.process.kill()
            time.sleep(0.01)
        if running.code != 0:
            out, err = running.over()
            raise NotPrepared(
                f"without any fault {command} ended {running.code}: {page_of(running.report)} {out[-500:]} {err[-1500:]}"
            )

    def tell(self, words: str) -> None:
        """Keep a line of what happened, with the time."""
        self.story.append(without_keys(f"{time.monotonic():.3f} {words}"))

    def journal(self) -> list[dict[str, Any]]:
        """The journal of the run under test, as far as it is written."""
        for path in sorted(self.runs.glob("2*/journal.jsonl")):
            if path.parent.name not in self.seen:
                try:
                    text = path.read_text(errors="replace")
                except OSError:
                    continue
                return [json.loads(line) for line in text.splitlines() if line.endswith("}")]
        return []

    def remember(self) -> None:
        """What the devices are from now on counts as before."""
        self.before = {name: device.state() for name, device in self.devices.items()}
        self.seen = {path.name for path in self.runs.glob("2*")}

    def now(self) -> dict[str, Now]:
        """The devices as they are; the judge's reading."""
        return {
            name: Now(device.state(), device.keys_shown, device.is_asa, self.may_have_gone_back(device))
            for name, device in self.devices.items()
        }

    def may_have_gone_back(self, device: Device) -> bool:
        """Whether it has booted since, or has a timer without a boot that may have been needed."""
        up = device.boots()
        gentle = device.profile in ("c881", "vpn3640-124") or device.profile.startswith("c8000v")
        return ("hour" not in up and "day" not in up) or (gentle and any(not item.is_polite for item in self.trial.strikes))

    # what is wanted

    def key(self) -> str:
        """The key as it is kept now."""
        return (self.lab.credentials / "hq-branch-psk").read_text().strip()

    def wanted(self) -> dict[str, Wanted]:
        """The tunnel of the intent, as each device has to hold it."""
        cipher, integrity, group = self.trial.suite
        made = {}
        form, far = self.trial.place.form, dict(zip(ENDS, reversed(inventory.INSIDE_TUNNEL), strict=True))
        for name, other, address in zip(ENDS, reversed(ENDS), inventory.INSIDE_TUNNEL, strict=True):
            made[name] = Wanted(
                peer=self.devices[other].addresses()[0],
                interface=self.devices[name].outside(),
                local=tuple(self.prefixes[name]),
                remote=tuple(self.prefixes[other]),
                key=self.key(),
                ike_cipher=self.ike_cipher or cipher,
                cipher=self.cipher or cipher,
                integrity=integrity,
                group=group,
                ipsec_seconds=self.seconds,
                version=form.version,
                style=form.style,
                address=f"{address} 255.255.255.252" if form.style == "vti" else "",
                gate=far[name] if form.style == "vti" else "",
            )
        return made

    def traffic(self) -> None:
        """A packet from each end to the other, which brings up again what a boot or an outage took down."""
        inside = {name: device.addresses()[1] for name, device in self.devices.items()}
        for name, other in (ENDS, ENDS[::-1]):
            self.devices[name].ping(inside[name], inside[other])

    def intend(self, section: str, **fields: Any) -> None:
        """Change the first record of a section of the intent."""
        self.intent[section][0].update(fields)
        inventory.write(self.folder / "inventory", self.intent)

    def give_away(self) -> None:
        """The far end is a partner's from now on, with all that is on it."""
        inventory.give_away(self.folder / "inventory", self.intent)

    def judge(self, goal: Goal) -> Judge:
        """Of everything that is remembered."""
        return Judge(self.before, goal, self.foreign, self.trial.ours)


@contextmanager
def ground_of(trial: Trial, folder: Path) -> Iterator[Ground]:
    """A lab for one trial, with devices as they were bought."""
    folder.mkdir(parents=True, exist_ok=True)
    with warm.start_lab(folder / "lab", devices=trial.profiles, speed=trial.speed) as lab:
        devices = {name: Device(lab, name, profile) for name, profile in trial.profiles.items()}
        for device in devices.values():
            if device.profile == "c881":
                device.ask(_ARCHIVE)
                device.ask("write memory")
        if trial.ground == "clients" and "\naaa new-model" not in devices["hq"].keys_shown:
            devices["hq"].ask(_AAA)
            devices["hq"].ask("write memory")
        apart(lab, ENDS)
        made = Ground(trial, lab, folder, devices)
        made.intent = inventory.written(trial, lab, folder / "inventory", devices)
        for name, device in devices.items():
            made.prefixes[name] = [device.addresses()[1].rsplit(".", 1)[0] + ".0/24"]
        made.remember()
        made.bought = made.before
        yield made
