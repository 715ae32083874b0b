"""Two devices of any kind with a tunnel between them, a real nr-run, and one judge that asks the devices how a fault ended."""

from __future__ import annotations

import json
import os
import re
import sys
import time
from collections.abc import Callable, Iterator, Mapping, Sequence
from contextlib import contextmanager
from dataclasses import dataclass, field
from functools import cached_property
from pathlib import Path
from typing import Any

from msgspec import Struct

from nr_run.lab.entry import LabHandle

from .. import warm
from ..runbooks.test_ssh import OLD, STRONG, write_inventory
from ..timed_pair import ARCHIVE
from ..warm import start_lab

HQ, BRANCH = "hq", "branch"
ENDS = (HQ, BRANCH)
YOUNG = ("aes-256-cbc", "hmac-sha1", 14)
#: Pairs of devices, by what rolls a change back on hq and on the branch, with the suite that both releases have.
PAIRS: dict[str, tuple[str, str, tuple[str, str, int]]] = {
    "reload-reload": ("vpn2611", "vpn3640", OLD),
    "revert-kron": ("c881", "vpn3640-124", STRONG),
    "applet-revert": ("asa919", "c881", YOUNG),
    "asareload-kron": ("asa82", "vpn3640-124", STRONG),
    "asareload-revert": ("asa91", "c881", STRONG),
}
#: A device that has to roll itself back gets three minutes, which the lab's clock makes a few seconds.
SHORT = ("--revert-in", "3", "--boot-timeout", "60")
NEW_KEY = "Rotated.Key-7f3a9b21c4d5e6f708192a3b"
#: Lines that say when a configuration was written, how large it is, or what its checksum is.
_NOISE = ("!", ":", "Using", "Current conf", "Building", "Cryptochecksum", "ntp clock-period")


@dataclass
class Bench:
    """A lab of two devices, an inventory with one tunnel between them, and what the devices were before the fault."""

    lab: LabHandle
    folder: Path
    profiles: Mapping[str, str]
    before: dict[str, tuple[list[str], list[str]]] = field(default_factory=dict, repr=False)
    #: What both running configurations hold once the change is made, and what they hold no longer.
    wanted: tuple[str, ...] = ("hq-branch",)
    unwanted: tuple[str, ...] = ()
    seen: set[str] = field(default_factory=set)

    @cached_property
    def environment(self) -> dict[str, str]:
        """With the lab's credentials."""
        return {**os.environ, "NR_RUN_CREDENTIALS": str(self.lab.credentials), "XDG_CONFIG_HOME": str(self.folder / "config")}

    def arguments(self, command: str, *words: str) -> list[str]:
        """The command line."""
        places = ["--runs", str(self.folder / "runs")]
        if command in ("deploy-l2l", "remove-l2l"):
            places += ["--inventory", str(self.folder / "inventory")]
        timeouts = ["--poll-interval", "0.05", "--ike-timeout", "5", "--reconnect-timeout", "3"]
        return [str(Path(sys.executable).parent / "nr-run"), command, *words, "--json", *places, *timeouts]

    def begin(self, *words: str, command: str = "deploy-l2l") -> warm.Process:
        """Start a command and do not wait for it."""
        return warm.Process(self.arguments(command, *words), self.environment)

    @staticmethod
    def end(process: warm.Process) -> tuple[int, dict[str, Any]]:
        """Exit code and report of a command that was begun."""
        out, err = process.communicate(timeout=90)
        assert "Traceback" not in err, err
        assert out, err
        return process.wait(), json.loads(out)

    def run(self, *words: str, command: str = "deploy-l2l") -> tuple[int, dict[str, Any]]:
        """Run a command; exit code and report."""
        return self.end(self.begin(*words, command=command))

    def slow(self, milliseconds: int) -> None:
        """Let both devices answer late, or with 0 at once."""
        for name in ENDS:
            self.lab.fault(name, "slow", *([milliseconds] if milliseconds else []), on=bool(milliseconds))

    def wait_for(self, state: str, host: str | None = None) -> None:
        """Wait until the journal of the run under test has reached a state, for one device if named."""

        def reached() -> bool:
            for path in self.folder.glob("runs/2*/journal.jsonl"):
                if path.parent.name not in self.seen:
                    lines = [json.loads(line) for line in path.read_text().splitlines() if state in line and line.endswith("}")]
                    if any(line["state"] == state and host in (None, line.get("host")) for line in lines):
                        return True
            return False

        self.wait_until(reached)

    @staticmethod
    def wait_until(happened: Callable[[], bool], seconds: float = 40, pause: float = 0.003) -> None:
        """Wait until something is so; fails when it is not within ``seconds`` times PATIENCE."""
        deadline = time.monotonic() + seconds * warm.PATIENCE
        while not happened():
            assert time.monotonic() < deadline, "what was waited for did not happen"
            time.sleep(pause)

    def kill_at(self, state: str, host: str | None, *words: str, command: str = "deploy-l2l", slow: int = 12) -> None:
        """Begin a command and kill -9 it when its journal has reached a state."""
        self.slow(slow)
        process = self.begin(*words, command=command)
        self.wait_for(state, host)
        process.kill()
        process.communicate(timeout=30)
        self.slow(0)

    def is_asa(self, name: str) -> bool:
        """Whether an end is an ASA."""
        return self.profiles[name].startswith("asa")

    def running(self, name: str) -> list[str]:
        """What a device runs, with its keys; in no order, as an entry that is made again may stand elsewhere."""
        return lines_of(self.lab.exec(name, "more system:running-config" if self.is_asa(name) else "show running-config"))

    def startup(self, name: str) -> list[str]:
        """What a device has saved; an ASA masks keys here."""
        return lines_of(self.lab.exec(name, "show startup-config"))

    def shown(self, name: str) -> list[str]:
        """What a device runs in the form in which it shows what it has saved."""
        return lines_of(self.lab.exec(name, "show running-config"))

    def configurations(self) -> dict[str, tuple[list[str], list[str]]]:
        """Running and startup configuration of each device."""
        return {name: (self.running(name), self.startup(name)) for name in ENDS}

    def begin_case(self) -> None:
        """Remember what the devices are, and which runs there were: the fault comes after this."""
        self.before = self.configurations()
        self.seen = {path.name for path in self.folder.glob("runs/2*")}

    def pending(self, name: str) -> list[str]:
        """What is left of a timer on a device: a timer that counts, or a line or file of one."""
        profile, left = self.profiles[name], []
        if "No reload is scheduled" not in self.lab.exec(name, "show reload"):
            left.append("reload")
        if profile == "asa919" and "event manager" in self.lab.exec(name, "show running-config event manager"):
            left.append("event manager")
        if profile == "c881" and "No Rollback Confirmed Change pending" not in self.lab.exec(
            name, "show archive config rollback timer"
        ):
            left.append("revert timer")
        if profile in ("c881", "vpn3640-124"):
            if "NR-" in self.lab.exec(name, "show kron schedule"):
                left.append("kron")
            if "nr-2" in self.lab.exec(name, "dir flash:"):
                left.append("file")
        return left

    def carries(self) -> bool:
        """Whether a packet from inside hq to inside the branch, and one back, goes through: asked of the devices now."""
        return all(self._encrypts(name) for name in ENDS)

    def _encrypts(self, name: str) -> bool:
        shown = self.lab.exec(name, "show crypto ipsec sa")
        return bool(re.search(r"current outbound spi\s*: (0x)?[0-9A-F]*[1-9A-F]", shown))


def lines_of(configuration: str) -> list[str]:
    """A configuration in no order, without the lines that say when and how large."""
    return sorted(line.rstrip() for line in configuration.splitlines() if line.strip() and not line.startswith(_NOISE))


def ended_right(bench: Bench, code: int | None, report: Mapping[str, Any] | None = None) -> str:
    """Judge by the devices: both as before, or both changed, saved and up, or a person is told what to type where.

    Returns which of the three. ``code`` is None when nobody has come since the run was killed.
    """
    state = {name: _state_of(bench, name) for name in ENDS}
    left = {name: bench.pending(name) for name in ENDS}
    told = " | ".join(line for tunnel in (report or {}).get("tunnels", ()) for line in tunnel.get("by_hand", ()))
    story = f"exit {code}, devices {state}, left {left}, {told or (report or {}).get('tunnels') or report}"
    if code == 21:
        for name in ENDS:
            if state[name] != "before" or left[name]:
                assert name in told, story
        assert re.search(r"paste |write memory|type |reload cancel|nr-run resume", told), story
        return "rollback-incomplete"
    assert not any(left.values()), story
    assert len(set(state.values())) == 1, story
    (both,) = set(state.values())
    assert both in ("before", "changed"), story
    if both == "before":
        assert code != 0, story
        return "before"
    assert code in (0, 66), story
    if code == 0:
        assert report is None or all(tunnel["verified"] for tunnel in report["tunnels"]), story
    if not bench.unwanted:
        assert bench.carries(), story
    return "changed"


def _state_of(bench: Bench, name: str) -> str:
    running, startup = bench.running(name), bench.startup(name)
    if (running, startup) == bench.before[name]:
        return "before"
    text = "\n".join(running)
    whole = all(word in text for word in bench.wanted) and not any(word in text for word in bench.unwanted)
    if whole and running != bench.before[name][0] and bench.shown(name) == startup:
        return "changed"
    old, new = bench.before[name][0], running
    return f"between: + {[line for line in new if line not in old]} - {[line for line in old if line not in new]}"


@contextmanager
def bench_of(pair: str, folder: Path, speed: float = 40) -> Iterator[Bench]:
    """A lab of its own for one case, with both devices as they were bought and a tunnel to build."""
    one, two, suite = PAIRS[pair]
    profiles = {HQ: one, BRANCH: two}
    with start_lab(folder / "lab", devices=profiles, speed=speed) as lab:
        for name in (name for name, profile in profiles.items() if profile == "c881"):
            lab.exec(name, ARCHIVE)
            lab.exec(name, "write memory")
        write_inventory(lab, folder / "inventory", profiles, suite)
        bench = Bench(lab, folder, profiles)
        bench.begin_case()
        yield bench


def edit(bench: Bench, old: str, new: str) -> None:
    """Change the intent."""
    path = bench.folder / "inventory" / "vpn" / "intent.yaml"
    text = path.read_text()
    assert old in text, text
    path.write_text(text.replace(old, new))


def _wider(bench: Bench) -> None:
    networks: Sequence[str] = re.findall(
        r"protected_prefixes: \[(\S+?)\]", (bench.folder / "inventory" / "vpn" / "intent.yaml").read_text()
    )
    edit(bench, f"[{networks[1]}]", f"[{networks[1]}, 10.77.0.0/24]")
    bench.wanted = ("10.77.0.0",)


def _rekey(bench: Bench) -> None:
    (bench.lab.credentials / "hq-branch-psk").write_text(NEW_KEY + "\n")
    bench.wanted = (NEW_KEY,)


def _shorter(bench: Bench) -> None:
    edit(bench, "ipsec_proposals: [{name: esp,", "ipsec_proposals: [{name: esp, sa_lifetime_seconds: 1800,")
    bench.wanted = ("lifetime seconds 1800",)


def _removed(bench: Bench) -> None:
    bench.wanted, bench.unwanted = (), ("hq-branch",)


class Task(Struct, frozen=True):
    """What is done to the tunnel while the fault strikes."""

    command: str
    words: tuple[str, ...]
    prepare: Callable[[Bench], None] | None = None


TASKS = {
    "build": Task("deploy-l2l", ("--yes",)),
    "prefixes": Task("deploy-l2l", ("--yes",), _wider),
    "key": Task("deploy-l2l", ("--yes",), _rekey),
    "proposal": Task("deploy-l2l", ("--yes",), _shorter),
    "remove": Task("remove-l2l", ("hq-branch", "--yes"), _removed),
    "rollback": Task("rollback", ("--yes",), _removed),
}


def ready(bench: Bench, task: str) -> Task:
    """Bring the devices to where the task begins: for all but a build, the tunnel is there and verified."""
    work = TASKS[task]
    if work.prepare:
        code, report = bench.run("--yes")
        assert code == 0, report
        work.prepare(bench)
        bench.begin_case()
    return work
