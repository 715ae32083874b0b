"""Two routers that roll themselves back in different ways, and what must never be left on one of them."""

from __future__ import annotations

import json
import os
import sys
import time
from collections.abc import Callable
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

from nr_run.lab.entry import LabHandle

from . import warm

#: Device to profile, and what rolls its change back: the 881 has an archive, so a revert timer; the 3640 has kron.
DEVICES = {"hq": "c881", "branch": "vpn3640-124"}
REVERT, REPLACE = "hq", "branch"
ARCHIVE = "configure terminal\narchive\npath flash:kept"


@dataclass
class TimedPair:
    """A lab of two devices, an inventory with one tunnel between them, and the command as a real process."""

    lab: LabHandle
    folder: Path
    before: dict[str, list[str]] = field(default_factory=dict)

    @property
    def environment(self) -> dict[str, str]:
        """With the lab's credentials."""
        return {**os.environ, "NR_RUN_CREDENTIALS": str(self.lab.credentials), "XDG_CONFIG_HOME": str(self.folder / "config")}

    def arguments(self, command: str, *words: str) -> list[str]:
        """The command line."""
        places = ["--runs", str(self.folder / "runs")]
        if command in ("deploy-l2l", "remove-l2l"):
            places += ["--inventory", str(self.folder / "inventory")]
        timeouts = ["--poll-interval", "0.1", "--ike-timeout", "6", "--reconnect-timeout", "4"]
        return [str(Path(sys.executable).parent / "nr-run"), command, *words, *places, *timeouts]

    def begin(self, *words: str, command: str = "deploy-l2l") -> warm.Process:
        """Start a command and do not wait for it."""
        return warm.Process(self.arguments(command, *words), self.environment)

    def end(self, process: warm.Process) -> tuple[int, dict[str, Any]]:
        """Exit code and report of a command that was begun."""
        out, err = process.communicate(timeout=90)
        assert out, err
        return process.returncode, json.loads(out)

    def run(self, command: str, *words: str) -> tuple[int, dict[str, Any]]:
        """Run a command; exit code and report."""
        return self.end(self.begin(*words, "--json", command=command))

    def kill_at(self, state: str, *words: str, host: str | None = None) -> None:
        """Begin a deployment and kill -9 it when its journal has reached a state."""
        process = self.begin("--yes", "--json", *words)
        self.wait_for(state, host)
        process.kill()
        process.communicate(timeout=30)

    @property
    def journal(self) -> list[dict[str, Any]]:
        """Of all runs, in their order."""
        texts = [path.read_text() for path in sorted(self.folder.glob("runs/2*/journal.jsonl"))]
        return [json.loads(line) for text in texts for line in text.splitlines() if line.endswith("}")]

    def wait_for(self, state: str, host: str | None = None) -> None:
        """Wait until a journal has reached a state."""
        self.wait_until(lambda: any(line["state"] == state and host in (None, line.get("host")) for line in self.journal))

    @staticmethod
    def wait_until(happened: Callable[[], bool], seconds: float = 30) -> None:
        """Wait until something is so; fails when it is not within ``seconds`` times PATIENCE."""
        deadline = time.monotonic() + seconds * warm.PATIENCE
        while not happened():
            assert time.monotonic() < deadline, "what was waited for did not happen"
            time.sleep(0.1)

    def shows(self, device: str, command: str) -> str:
        """What a device prints."""
        return self.lab.exec(device, command)

    def body(self, device: str, which: str = "running") -> list[str]:
        """A configuration without the lines that say when and how large it is."""
        lines = self.shows(device, f"show {which}-config").splitlines()
        return [line for line in lines if line and not line.startswith(("!", "Current conf", "Building", "Using"))]

    def configurations(self) -> dict[str, list[str]]:
        """Running and startup configurations of all devices."""
        return {f"{name} {which}": self.body(name, which) for name in self.lab.devices for which in ("running", "startup")}

    def has_reloaded(self, device: str) -> bool:
        """Whether a device came up during the test: at the start it has been up for more than an hour."""
        return "hour" not in self.shows(device, "show version | include uptime")

    def assert_no_residue(self) -> None:
        """No timer is pending, and nothing of a timer is in running, startup or flash, on any device."""
        for name, profile in DEVICES.items():
            assert "No reload is scheduled" in self.shows(name, "show reload")
            assert self.shows(name, "show kron schedule").split() == ["Kron", "Occurrence", "Schedule"]
            if profile == "c881":
                assert "No Rollback Confirmed Change pending" in self.shows(name, "show archive config rollback timer")
            assert "nr-2" not in self.shows(name, "dir flash:")
            assert not [line for which in ("running", "startup") for line in self.body(name, which) if "kron" in line]

    def assert_as_before(self) -> None:
        """Every device runs and keeps what it did at the start, and nothing of a timer is left."""
        assert self.configurations() == self.before
        self.assert_no_residue()
