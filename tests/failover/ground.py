"""A site with both its tunnels, deployed in the lab, on which its failover is tested; and nr-run as a process beside it."""

from __future__ import annotations

import json
import os
import sys
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Any

from msgspec import Struct, field

from nr_run.lab.entry import LabHandle

from .. import warm
from ..faults.bench import Bench, lines_of
from ..runbooks.test_ssh import STRONG, write_inventory
from ..services.zia.sites import EXAMPLE, HOST
from ..services.zia.test_on_the_lab import EDGES, edge

#: Seconds of the lab in one of ours.
SPEED = 20.0
#: The probe has long to answer and none to wait: what is documented is then far from what the lab takes, on a slow machine too.
WATCH = {"frequency_seconds": 61, "timeout_milliseconds": 60000, "up_seconds": 1, "down_seconds": 1}
INTENT = EXAMPLE.replace("10.96.19.2", "172.18.124.181").replace("172.17.0.0/24", "10.10.81.0/24") + "".join(
    f"      {word}: {value}\n" for word, value in WATCH.items()
)
ALWAYS = '    maintenance_windows: [{start: "00:00", end: "00:00"}]\n'
CONFIRMED = ("--confirm", "credential", "--confirm", "probes")
PRIMARY, BACKUP = "edge-p", "edge-b"
NAME = "branch-zia"
NR_RUN = str(Path(sys.executable).parent / "nr-run")


class Site(Struct):
    """The router and both edges, the inventory, and what the router was before the test."""

    lab: LabHandle
    folder: Path
    before: tuple[list[str], list[str]] = ([], [])
    seen: set[str] = field(default_factory=set)

    @property
    def runs(self) -> Path:
        """Where run folders are kept."""
        return self.folder / "runs"

    @property
    def environment(self) -> dict[str, str]:
        """With the credentials of the lab, which a rehearsal finds by its folder."""
        private = {"XDG_CONFIG_HOME": str(self.folder / "config"), "XDG_STATE_HOME": str(self.folder / "state")}
        return {
            **os.environ,
            **private,
            "NR_RUN_CREDENTIALS": str(self.lab.credentials),
            "NR_RUN_LAB_DIR": str(self.folder / "lab"),
        }

    def begin(self, command: str, *words: str) -> warm.Process:
        """Start a command and do not wait for it."""
        inventory = () if command == "resume" else ("--inventory", str(self.folder / "inventory"))
        timeouts = () if command == "verify" else ("--poll-interval", "0.1", "--reconnect-timeout", "3")
        line = [NR_RUN, command, *words, "--json", "--runs", str(self.runs)]
        return warm.Process([*line, *inventory, *timeouts], self.environment)

    @staticmethod
    def end(process: warm.Process) -> tuple[int, dict[str, Any]]:
        """Exit code and report."""
        out, err = process.communicate(timeout=120)
        assert "Traceback" not in err, err
        assert out, err
        return process.wait(), json.loads(out)

    def run(self, command: str, *words: str) -> tuple[int, dict[str, Any]]:
        """Run a command to its end."""
        return self.end(self.begin(command, *words))

    def build(self) -> None:
        """Deploy the site, as on a network: a person has confirmed what only a person knows."""
        code, report = self.run("deploy-zia", *CONFIRMED, "--yes")
        assert code == 0, json.dumps(report)[:6000]

    def fault(self, name: str, what: str, *words: str, on: bool = True) -> None:
        """Break something, or fix it."""
        self.lab.fault(name, what, *words, on=on)

    def test(self, *words: str, rehearsal: bool = True) -> tuple[int, dict[str, Any], str]:
        """Run the test, in the clock of the lab; exit code, the outcome, and its sentence."""
        return self.told(self.begin_test(*words, rehearsal=rehearsal))

    def begin_test(self, *words: str, rehearsal: bool = True) -> warm.Process:
        """Start the test and do not wait for it."""
        return self.begin("failover-test", NAME, "--yes", *(["--lab"] if rehearsal else []), *words)

    def told(self, process: warm.Process) -> tuple[int, dict[str, Any], str]:
        """The same of a test that was begun."""
        code, report = self.end(process)
        (found,) = report.get("tunnels") or [{"sentence": report.get("error", "")}]
        return code, found, found["sentence"]

    def configurations(self) -> tuple[list[str], list[str]]:
        """What the router runs, and what it would start with."""
        return lines_of(self.lab.exec(HOST, "show running-config")), lines_of(self.lab.exec(HOST, "show startup-config"))

    def begin_case(self) -> None:
        """Remember what the router is, and which runs there were."""
        self.before = self.configurations()
        self.seen = {path.name for path in self.runs.glob("2*")}

    def is_as_before(self) -> bool:
        """Running and startup as they were, and no timer counts."""
        return self.configurations() == self.before and "No reload is scheduled" in self.lab.exec(HOST, "show reload")

    def is_whole(self) -> bool:
        """Both tunnels have their IKE SA, and both tracks are up."""
        sas, tracks = self.lab.exec(HOST, "show crypto ikev2 sa"), self.lab.exec(HOST, "show track")
        return sas.count("READY") == 2 and tracks.count("Reachability is Up") == 2

    def leads(self) -> str:
        """The next hop that the route map has up first, as the router shows it."""
        shown = self.lab.exec(HOST, "show route-map")
        return next((line.split()[3] for line in shown.splitlines() if line.rstrip().endswith("[up]")), "")

    def journal(self) -> list[dict[str, Any]]:
        """The lines of the run under test."""
        paths = [path for path in self.runs.glob("2*/journal.jsonl") if path.parent.name not in self.seen]
        return [json.loads(line) for path in paths for line in path.read_text().splitlines() if line.endswith("}")]

    def wait_for(self, process: warm.Process, state: str, **words: str) -> None:
        """Wait until the journal of the run under test has such a line; fails where the run ends before."""
        wanted = {"state": state, **words}

        def reached() -> bool:
            assert process.poll() is None, self.end(process)
            return any(all(line.get(word) == value for word, value in wanted.items()) for line in self.journal())

        self.wait_until(reached)

    @staticmethod
    def wait_until(happened: Callable[[], bool]) -> None:
        """Wait until something is so."""
        Bench.wait_until(happened, 60, 0.01)


@contextmanager
def bare_site(folder: Path, intent: str = INTENT + ALWAYS, profile: str = "c881") -> Iterator[Site]:
    """The router without the site."""
    devices: Any = {HOST: profile, **{name: edge(name) for name in EDGES}}
    with warm.start_lab(folder / "lab", devices=devices, speed=SPEED) as lab:
        write_inventory(lab, folder / "inventory", {HOST: profile}, STRONG)
        path = folder / "inventory" / "vpn" / "intent.yaml"
        path.write_text(path.read_text().partition("tunnels:")[0])  # a tunnel has two ends, and there is one router
        (folder / "inventory" / "zia.yaml").write_text(intent)
        yield Site(lab, folder)


@contextmanager
def deployed_site(folder: Path, intent: str = INTENT + ALWAYS) -> Iterator[Site]:
    """The site as nr-run has built it."""
    with bare_site(folder, intent) as site:
        site.build()
        site.begin_case()
        yield site
