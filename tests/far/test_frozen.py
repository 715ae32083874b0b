"""A worker that was frozen for longer than its lease types nothing when it thaws."""

from __future__ import annotations

import signal
import subprocess
import sys
from pathlib import Path

from ..conftest import DEVICES, Rehearsal
from .befalling import connected, worker_of
from .conftest import Cluster

BRANCH = DEVICES[1]
PROGRAM = """
import os, sys
from pathlib import Path
from nornir import InitNornir
from frozen import reads, types_on

files = {f"{name}_file": str(Path(os.environ["INVENTORY"]) / f"{file}.yaml")
         for name, file in (("host", "hosts"), ("group", "groups"), ("defaults", "defaults"))}
runner = {"plugin": "dask", "options": {"scheduler": sys.argv[1]}}
nr = InitNornir(inventory={"plugin": "SimpleInventory", "options": files}, runner=runner, logging={"enabled": False})
device = nr.filter(name="vpn3640")
print(type(device.run(types_on)["vpn3640"][0].exception).__name__, flush=True)
print(device.run(reads, on_failed=True)["vpn3640"][0].result.count("permit"), flush=True)
nr.close_connections()
"""


def typed(cluster: Cluster) -> int:
    """So many lines the device has taken."""
    return cluster.estate.lab.exec(BRANCH, "show access-lists FROZEN").count("permit")


def test_a_frozen_worker_types_nothing_when_it_thaws(cluster: Cluster, tmp_path: Path) -> None:
    """Its device is another worker's then, and none of the lines that it had still to type comes: not one."""
    script = tmp_path / "program.py"
    script.write_text(PROGRAM)
    own = {"INVENTORY": str(cluster.estate.inventory), "NR_RUN_LEASE": "10"}
    environment = {**cluster.environment, **cluster.recording, **own}
    program = subprocess.Popen([sys.executable, str(script), cluster.address], env=environment, stdout=subprocess.PIPE, text=True)
    assert program.stdout is not None
    try:
        Rehearsal.wait_until(lambda: typed(cluster) >= 3, seconds=60)
        victim = cluster.workers[worker_of(cluster, BRANCH)]
        victim.send_signal(signal.SIGSTOP)
        assert program.stdout.readline() == "SessionLost\n"
        read_by_the_other = int(program.stdout.readline())
        victim.send_signal(signal.SIGCONT)
        port = cluster.estate.lab.devices[BRANCH].port
        Rehearsal.wait_until(lambda: port not in connected(victim.pid), seconds=60)
        assert typed(cluster) == read_by_the_other >= 3
    finally:
        program.kill()
        program.communicate()
        cluster.estate.configure(BRANCH, "no ip access-list extended FROZEN")
