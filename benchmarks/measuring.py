"""What every benchmark is made of: sides that take turns, what a process costs, and the machine that it ran on.

The sides of a row take turns, and each turn begins with the other one; nothing is a best of something. What is told is the
median. A row ends with an error where a side did not do the work: figures of work that was not done are worse than none.
"""

from __future__ import annotations

import json
import os
import platform
import statistics
import subprocess
import sys
import tempfile
from collections.abc import Callable, Iterator, Mapping, Sequence
from contextlib import AbstractContextManager
from dataclasses import dataclass
from pathlib import Path

#: By name ("wall", "cpu" in seconds, "memory" in MB, "trips"), what one turn of one side cost.
Sample = Mapping[str, float]
#: The sides of a row, by name; each does its work once and says what it cost.
Sides = Mapping[str, Callable[[], Sample]]
NR_RUN = str(Path(sys.executable).parent / "nr-run")
#: How long one turn may take before it is given up, in seconds.
PATIENCE = 3600.0


class NotDone(Exception):
    """A side did not do the work of its row."""


@dataclass(frozen=True, slots=True)
class Row:
    """One line of a table: its name (`deploy/c881/20/100`), and what opens its sides and takes away what they needed.

    ``quick`` rows are those of a quick look.
    """

    name: str
    open: Callable[[], AbstractContextManager[Sides]]
    quick: bool = False


def alternate(sides: Sides, times: int, told: Callable[[str], None]) -> dict[str, list[dict[str, float]]]:
    """So many turns of every side, the order turned round each time. Raises NotDone."""
    found: dict[str, list[dict[str, float]]] = {name: [] for name in sides}
    for turn in range(times):
        for name in list(sides)[:: -1 if turn % 2 else 1]:
            found[name].append(dict(sides[name]()))
            told(f"  turn {turn + 1} of {times}, {name}: {shown(found[name][-1])}")
    return found


def shown(sample: Sample) -> str:
    """In words."""
    return ", ".join(f"{name} {value:.4g}" for name, value in sample.items())


def medians(samples: Sequence[Mapping[str, float]]) -> dict[str, float]:
    """Of each figure by itself."""
    return {name: statistics.median(sample[name] for sample in samples) for name in samples[0]}


@dataclass(frozen=True, slots=True)
class Done:
    """A process that has ended."""

    out: str
    sample: dict[str, float]


#: Starts a command and writes down what it cost. A small process of its own: what a process has held in memory before it became
#: another program counts as that program's.
_LAUNCHER = """
import os, signal, sys, time
begun = time.perf_counter()
child = os.posix_spawnp(sys.argv[3], sys.argv[3:], os.environ)
signal.signal(signal.SIGALRM, lambda *_: os.kill(child, signal.SIGKILL))
signal.setitimer(signal.ITIMER_REAL, float(sys.argv[2]))
_, status, usage = os.wait4(child, 0)
wall, code = time.perf_counter() - begun, os.waitstatus_to_exitcode(status)
megabytes = usage.ru_maxrss / (1 << 20 if sys.platform == "darwin" else 1 << 10)
with open(sys.argv[1], "w") as file:
    print(code, wall, usage.ru_utime + usage.ru_stime, megabytes, file=file)
"""


def process(
    command: Sequence[str], environment: Mapping[str, str] | None = None, codes: Sequence[int] = (0,), *, quiet: bool = False
) -> Done:
    """Run a command to its end; what it cost is its own, and that of the processes that it waited for. Raises NotDone."""
    own = {name: value for name, value in (environment or os.environ).items() if name != "PYTHONDONTWRITEBYTECODE"}
    with tempfile.TemporaryDirectory(prefix="nr-run-bench-") as folder:
        out, err, cost = (Path(folder) / name for name in ("out", "err", "cost"))
        with out.open("w") as out_end, err.open("w") as err_end:
            launched = [sys.executable, "-IS", "-c", _LAUNCHER, str(cost), str(PATIENCE), *command]
            subprocess.run(launched, env=own, stdin=subprocess.DEVNULL, stdout=out_end, stderr=err_end, check=True)
        code, *figures = (float(word) for word in cost.read_text().split())
        texts = out.read_text(), err.read_text()
    if code not in codes and not quiet:
        raise NotDone(f"{' '.join(command[:3])} ended with {code:.0f}:\n{texts[0][-3000:]}{texts[1][-3000:]}")
    return Done(texts[0], dict(zip(("wall", "cpu", "memory"), figures, strict=True)))


def can_import(python: str, *modules: str) -> bool:
    """Whether an interpreter has these modules."""
    command = [python, "-c", f"import {', '.join(modules)}"]
    return subprocess.run(command, capture_output=True, check=False).returncode == 0


def interpreters() -> Iterator[str]:
    """This one, and the one that `BENCH_OTHERS` names: tools that are compared live in an environment of their own."""
    yield sys.executable
    if others := os.environ.get("BENCH_OTHERS"):
        yield others


def python_with(*modules: str) -> str | None:
    """The first of the interpreters that has these modules."""
    return next((python for python in interpreters() if can_import(python, *modules)), None)


def machine() -> dict[str, str | int]:
    """The machine, without its name."""
    info = Path("/proc/cpuinfo")
    models = [line.partition(":")[2].strip() for line in info.read_text().splitlines() if line.startswith("model name")]
    return {
        "processor": models[0] if models else platform.machine(),
        "cores": len(os.sched_getaffinity(0)),
        "memory_gb": round(os.sysconf("SC_PAGE_SIZE") * os.sysconf("SC_PHYS_PAGES") / (1 << 30)),
        "system": platform.system(),
        "python": platform.python_version(),
    }


def commit() -> str:
    """What was measured."""
    done = subprocess.run(
        ["git", "-C", str(Path(__file__).parent), "rev-parse", "--short", "HEAD"], capture_output=True, text=True, check=False
    )
    return done.stdout.strip() or "unknown"


@dataclass(frozen=True, slots=True)
class Kept:
    """The file of what has been measured: one entry a row, the newest in the place of an older one."""

    path: Path

    def read(self) -> dict[str, dict[str, object]]:
        """Row to what was measured of it."""
        found: dict[str, dict[str, object]] = json.loads(self.path.read_text()) if self.path.exists() else {}
        return found

    def put(self, row: str, measured: Mapping[str, object]) -> None:
        """Write one row down, whole or not at all: a long benchmark may be cut at any moment."""
        draft = self.path.with_suffix(".draft")
        draft.write_text(json.dumps({**self.read(), row: dict(measured)}, indent=1, sort_keys=True) + "\n")
        draft.replace(self.path)
