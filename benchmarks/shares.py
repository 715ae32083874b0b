"""How much of a fleet's deploy is spread over local processes, what stays with the first one, and the speed-up that follows.

    python benchmarks/shares.py [PAIRS] [MORE] [LATENCY] [ROUNDS]

One deploy by `--processes 1` and one by `--processes 2` take turns, on a lab that is a process of its own. What counts is seconds
of processor time of each process of the client, which do not depend on how busy the machine is as wall time does. Two bounds
follow for a machine with a core for each: by Amdahl, where the first process and the others never work at the same time; and
pipelined, where the busiest process is never kept waiting. What is reached lies between them. Starting interpreters outweighs a
few pairs, so two sizes are measured, and what the pairs between them cost is extrapolated to a large fleet.
"""

from __future__ import annotations

import os
import re
import sys
import threading
from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from dataclasses import dataclass
from functools import partial
from pathlib import Path

from deploys import Scene, scene_of
from measuring import NR_RUN, Row, Sample, Sides, alternate, medians, process

MODEL, COUNTS, LATENCY = "c881", (20, 200), 100
PROC = Path("/proc")
TICK = os.sysconf("SC_CLK_TCK")
#: What the command line of an agent has that is an interpreter of its own; a forked one has that of the command.
AGENT, COMMAND = b"nr_run.runbooks.far.local_agent", b"deploy-l2l"


@dataclass(frozen=True, slots=True)
class Shares:
    """Seconds of processor time of one deploy: alone in one process; of the first, and of the others together, if spread."""

    alone: float
    first: float
    others: float

    def amdahl(self, processes: int) -> float:
        """The speed-up where the first process works while the others wait, and they while it waits."""
        return self.alone / (self.first + self.others / processes)

    def pipelined(self, processes: int) -> float:
        """The speed-up where all work at the same time, and the busiest one is never kept waiting."""
        return self.alone / max(self.first, self.others / processes)

    def grown(self, pairs: int, larger: Shares, more: int, to: int) -> Shares:
        """At ``to`` pairs, where this is at ``pairs`` and ``larger`` at ``more``: in a line."""
        times = (to - pairs) / (more - pairs)

        def one(small: float, large: float) -> float:
            return small + times * (large - small)

        return Shares(one(self.alone, larger.alone), one(self.first, larger.first), one(self.others, larger.others))

    @property
    def serial(self) -> float:
        """The part of one process's work that stays with the first, of 1."""
        return self.first / self.alone

    def lines(self, processes: int) -> Iterator[str]:
        """For a person."""
        yield f"alone {self.alone:.2f} s; spread: the first process {self.first:.2f} s, the others together {self.others:.2f} s"
        yield f"serial share {self.serial:.0%}; at most {self.amdahl(processes):.2f} times by Amdahl with {processes} processes"
        yield f"at most {self.pipelined(processes):.2f} times where the first works while the others do"
        yield f"what spreading costs: {(self.first + self.others) / self.alone - 1:+.0%} of the work"


def at_port(line: str, ports: Mapping[str, int]) -> str:
    """A line of hosts.yaml with the port at which the lab has the device."""
    return re.sub(r"port: \d+", f"port: {ports.get(line.partition(':')[0], 0)}", line)


class Watched:
    """Looks which processes agents are, and what each has used, until it ends."""

    def __init__(self) -> None:
        """Begin to look."""
        self._over = threading.Event()
        self.used: dict[int, float] = {}
        self._thread = threading.Thread(target=self._look, daemon=True)
        self._thread.start()

    def _look(self) -> None:
        while not self._over.wait(0.1):
            for pid in _agents():
                self.used[pid] = max(self.used.get(pid, 0.0), _used(pid))

    def end(self) -> float:
        """Seconds of all of them."""
        self._over.set()
        self._thread.join()
        return sum(self.used.values())


def _agents() -> Iterator[int]:
    """Those that this very process has begun, over whatever others: another run on this machine has agents of its own."""
    for folder in PROC.iterdir():
        if folder.name.isdigit():
            try:
                line, pid = (folder / "cmdline").read_bytes(), int(folder.name)
                agent = AGENT in line or (COMMAND in line and line == (PROC / str(_parent_of(pid)) / "cmdline").read_bytes())
                if agent and _is_ours(pid):
                    yield pid
            except OSError:
                continue


def _is_ours(pid: int) -> bool:
    while pid > 1 and pid != os.getpid():
        pid = _parent_of(pid)
    return pid == os.getpid()


def _parent_of(pid: int) -> int:
    return int(Path(f"/proc/{pid}/stat").read_text().rpartition(")")[2].split()[1])


def _used(pid: int) -> float:
    try:
        fields = Path(f"/proc/{pid}/stat").read_text().rpartition(")")[2].split()
    except OSError:
        return 0.0
    return (int(fields[11]) + int(fields[12])) / TICK


def deploy(scene: Scene, processes: int) -> Sample:
    """All pairs by the command, on devices that have none. Raises NotDone."""
    scene.lab.rewind()
    runs = scene.folder / "runs"
    where = ["--inventory", str(scene.folder / "inventory"), "--runs", str(runs), "--workers", "20"]
    watched = Watched()
    done = process([NR_RUN, "deploy-l2l", "--yes", "--json", "--processes", str(processes), *where], scene.environment)
    others = watched.end()
    return {"wall": done.sample["wall"], "cpu": done.sample["cpu"], "first": done.sample["cpu"] - others, "others": others}


@contextmanager
def opened(pairs: int, latency: int) -> Iterator[Sides]:
    """The sides on one lab."""
    with scene_of(MODEL, 2 * pairs, hub=False) as scene:
        hosts = scene.folder / "inventory" / "hosts.yaml"
        ports = {name: place.port for name, place in scene.lab.devices.items()}
        hosts.write_text("".join(f"{at_port(line, ports)}\n" for line in hosts.read_text().splitlines()))
        os.environ["NR_RUN_LOCKS"] = str(scene.folder / "locks")
        scene.lab.keep()
        deploy(scene, 1)  # no turn: it compiles what has to be
        for device in scene.lab.devices if latency else ():
            scene.lab.fault(device, "latency", latency)
        yield {f"--processes {count}": partial(deploy, scene, count) for count in (1, 2)}


def shares_of(samples: Mapping[str, list[dict[str, float]]]) -> Shares:
    """Of what was measured, by medians."""
    one, two = medians(samples["--processes 1"]), medians(samples["--processes 2"])
    return Shares(one["cpu"], two["first"], two["others"])


def rows() -> Iterator[Row]:
    """A small fleet and a large one."""
    for pairs in COUNTS:
        yield Row(f"processes/{MODEL}/{pairs}/{LATENCY}", partial(opened, pairs, LATENCY))


def measured(pairs: int, latency: int, rounds: int) -> Shares:
    """Measure one size, and print it."""
    with opened(pairs, latency) as sides:
        samples = alternate(sides, rounds, lambda words: print(words, flush=True))
    found = shares_of(samples)
    print(f"{pairs} pairs at {latency} ms:", *found.lines(2), sep="\n  ")
    walls = {side: medians(turns)["wall"] for side, turns in samples.items()}
    ratio = walls["--processes 1"] / walls["--processes 2"]
    print(f"  in wall time {ratio:.2f} times, on {len(os.sched_getaffinity(0))} cores with the lab and everything else on them")
    return found


def main(pairs: int, more: int, latency: int, rounds: int) -> None:
    """Measure both sizes, and print what follows for a large fleet."""
    small, large = (measured(count, latency, rounds) for count in (pairs, more))
    print(f"extrapolated to {COUNTS[-1]} pairs:", *small.grown(pairs, large, more, COUNTS[-1]).lines(2), sep="\n  ")
    print(f"load {os.getloadavg()[0]:.1f}")


if __name__ == "__main__":
    given = [int(word) for word in sys.argv[1:]]
    main(*(*given, *(10, 40, LATENCY, 2)[len(given) :]))
