"""The sizing table of docs/how-to/scale.md, from what was measured: `python benchmarks/sizing.py` prints it.

Seconds of processor time for each further device are those of the page itself, which `far.py` prints; those for each further
tunnel are the difference of two rows of measured.json. No cluster of more than two workers has been measured: this is arithmetic.
"""

from __future__ import annotations

import json
import math
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path
from statistics import median

ROOT = Path(__file__).resolve().parent.parent
PAGE = ROOT / "docs" / "how-to" / "scale.md"
#: Two hubs that differ in the number of their tunnels alone, and by how many.
SMALL, LARGE, FURTHER = "verify/hub/50", "verify/hub/200", 150
#: Devices, a tunnel each, and workers.
SIZES = ((100, 1), (1_000, 2), (10_000, 20))
#: Devices at a time on a worker, and `--deadline` of verify in seconds, if nothing else is said.
AT_ONCE, DEADLINE = 100, 300.0


@dataclass(frozen=True, slots=True)
class Costs:
    """Seconds of processor time. ``receiving``, ``scheduler`` and ``reading`` for each device, ``judging`` for each tunnel."""

    receiving: float
    scheduler: float
    reading: float
    judging: float

    def row(self, devices: int, workers: int) -> tuple[int, int, float, float, float]:
        """Devices, workers, and seconds: reading on each worker, the scheduler, and what the command's own process does."""
        here = devices * (self.receiving + self.judging)
        return devices, workers, devices * self.reading / workers, devices * self.scheduler, here


def judging(measured: Path = ROOT / "benchmarks" / "measured.json") -> float:
    """Seconds for each further tunnel of a verification from here: reading it is included, so it is more than judging alone."""
    rows = json.loads(measured.read_text())
    small, large = (median(turn["cpu"] for turn in rows[name]["samples"]["nr-run"]) for name in (SMALL, LARGE))
    return (large - small) / FURTHER


def costs(page: str) -> Costs:
    """From the page's own table of what was measured with two workers, and from measured.json."""
    row = next(line for line in page.splitlines() if line.startswith("| two workers |") and " ms " in line)
    receiving, scheduler, reading, _ = (float(cell.split()[0]) / 1000 for cell in row.strip("| ").split(" | ")[1:])
    return Costs(receiving, scheduler, reading, judging())


def words(seconds: float) -> str:
    """As the page says it: two digits, minutes from two on."""
    if seconds >= 120:
        return f"{seconds / 60:.0f} minutes"
    return f"{seconds:.1f} s" if seconds < 1 else f"{seconds:.0f} s"


def table(page: str) -> Iterator[str]:
    """The rows of the sizing table."""
    for size in SIZES:
        devices, workers, reading, scheduler, here = costs(page).row(*size)
        turns = math.ceil(devices / (workers * AT_ONCE))
        cells = words(reading), words(scheduler), words(here), turns, f"{DEADLINE / turns:.0f} s"
        yield f"| {devices:,} | {workers} | {' | '.join(map(str, cells))} |"


if __name__ == "__main__":
    print(*table(PAGE.read_text()), sep="\n")
