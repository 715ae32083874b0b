"""What befalls a cluster in a test: which worker is at work on a device, and when it is not any more."""

from __future__ import annotations

import shutil
import time
from collections.abc import Mapping
from pathlib import Path

from nr_run.runbooks.far.messages import LEASE

from .. import warm
from ..conftest import DEVICES, ROOT, Rehearsal
from .conftest import Cluster


def another_build(folder: Path) -> Path:
    """Where a worker finds an nr-run that differs in one line."""
    copy = folder / "nr_run"
    shutil.copytree(ROOT / "dev" / "nr_run", copy, ignore=shutil.ignore_patterns("__pycache__", "lab"))
    changed = copy / "checks" / "__init__.py"
    changed.write_text(changed.read_text() + "\n# another\n")
    return folder


def all_let_go(cluster: Cluster) -> None:
    """Wait until no worker is connected to a device, be it told to or because nobody has spoken to it for so long."""
    ports = {cluster.estate.lab.devices[name].port for name in DEVICES}
    pids = [worker.pid for worker in cluster.workers.values()]
    Rehearsal.wait_until(lambda: not any(connected(pid) & ports for pid in pids), seconds=2 * LEASE)


def worker_of(cluster: Cluster, host: str, pids: Mapping[str, int] | None = None) -> str:
    """The worker that has a session with a device: its process is connected to the device's port."""
    pids = pids or {name: process.pid for name, process in cluster.workers.items()}
    port = cluster.estate.lab.devices[host].port
    deadline = time.monotonic() + 60 * warm.PATIENCE
    while time.monotonic() < deadline:
        for name, pid in pids.items():
            if port in connected(pid):
                return name
        time.sleep(0.05)
    raise AssertionError(f"no worker is connected to {host}")


def connected(pid: int) -> set[int]:
    """Ports to which a process has a TCP connection that is up."""
    inodes = set()
    for entry in Path(f"/proc/{pid}/fd").iterdir():
        try:
            words = str(entry.readlink())
        except OSError:
            continue
        if words.startswith("socket:["):
            inodes.add(words[8:-1])
    rows = [line.split() for line in Path("/proc/net/tcp").read_text().splitlines()[1:]]
    return {int(row[2].split(":")[1], 16) for row in rows if row[3] == "01" and row[9] in inodes}
