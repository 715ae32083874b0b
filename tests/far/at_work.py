"""A run that is at work on the devices of a cluster: begun as a user types it, and looked at while it works."""

from __future__ import annotations

import json
import os
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field
from pathlib import Path

import pytest

from .. import warm
from ..conftest import DEVICES, Done, Rehearsal
from ..verify.estate import TUNNEL
from .befalling import all_let_go
from .conftest import Cluster

HQ, BRANCH = DEVICES
#: The lease is as short as it may be.
OPTIONS = ("--poll-interval", "0.1", "--ike-timeout", "10", "--reconnect-timeout", "10")
LEASE = {"NR_RUN_LEASE": "10"}
#: All that may befall a run, and at which step: `make faults` does the rest.
every = pytest.mark.skipif(os.environ.get("NR_RUN_FAULTS") != "all", reason="NR_RUN_FAULTS is not all: a sample is tried")


@dataclass
class Clear:
    """The cluster, with no tunnel on its devices, and what they run then."""

    cluster: Cluster
    before: dict[str, list[str]]
    #: Runs that were there before the one that is looked at.
    old: set[Path] = field(default_factory=set)
    process: warm.Process | None = None

    def shown(self) -> dict[str, list[str]]:
        """What both devices run and have saved, without times and sizes."""
        lab = self.cluster.estate.lab
        texts = {f"{kind} {name}": lab.exec(name, f"show {kind}-config") for kind in ("running", "startup") for name in DEVICES}
        skipped = ("!", "Current", "Using", "Building")
        return {key: [line for line in text.splitlines() if not line.startswith(skipped)] for key, text in texts.items()}

    def begin(self, *words: str, revert: str = "240", command: str = "deploy-l2l") -> warm.Process:
        """A change that is slow on the branch, where it is pushed first; clocks there are quick, so its timer is a long one."""
        self.cluster.estate.lab.fault(BRANCH, "slow", "400")
        self.old = set(self.cluster.estate.runs.glob("2*"))
        line = self.cluster.arguments(command, TUNNEL, "--yes", "--json", "--revert-in", revert, *OPTIONS, *words)
        self.process = warm.Process(line, {**self.cluster.environment, **LEASE})
        return self.process

    def wait_for(self, state: str, host: str | None = BRANCH) -> None:
        """Until the journal of the newest run has it."""

        def reached() -> bool:
            there = (state, host) in self.journal()
            assert there or self.process is None or self.process.poll() is None, self.process.communicate(timeout=10)
            return there

        Rehearsal.wait_until(reached, seconds=60)

    def journal(self) -> set[tuple[str, str | None]]:
        """What the run has noted."""
        files = [run / "journal.jsonl" for run in self.cluster.estate.runs.glob("2*") if run not in self.old]
        text = "".join(file.read_text() for file in files if file.exists())
        lines = [json.loads(line) for line in text.splitlines() if line.endswith("}")]
        return {(line["state"], line.get("host")) for line in lines}

    def at_full_speed(self) -> None:
        """The branch answers at once again."""
        self.cluster.estate.lab.fault(BRANCH, "slow", on=False)

    def as_before(self) -> None:
        """Both devices are what they were, and nothing is armed."""
        assert self.shown() == self.before
        for name in DEVICES:
            assert "No reload is scheduled" in self.cluster.estate.lab.exec(name, "show reload")

    def resume(self, *words: str, **environment: str) -> Done:
        """As somebody does who knows only that the run has not ended."""
        return self.past("resume", *words, **environment)

    def past(self, command: str, *words: str, **environment: str) -> Done:
        """A command about an earlier run, which says itself over which cluster it went."""
        runs = ("--runs", str(self.cluster.estate.runs))
        line = [self.cluster.arguments(command)[0], command, "--json", *runs, *OPTIONS, *words]
        bare = {name: value for name, value in self.cluster.environment.items() if name != "NR_RUN_SCHEDULER"}
        done = warm.run(line, {**bare, **LEASE, **environment})
        return Done(done.returncode, done.stdout, done.stderr)


@contextmanager
def cleared(cluster: Cluster) -> Iterator[Clear]:
    """No tunnel before; and again none afterwards for who comes next, but the one that the others look at."""
    all_let_go(cluster)
    done = cluster.estate.run("remove-l2l", TUNNEL, "--yes", *OPTIONS)
    assert done.code == 0, done.out + done.err
    made = Clear(cluster, {})
    made.before = made.shown()
    yield made
    made.at_full_speed()
    cluster.estate.deploy(TUNNEL)
