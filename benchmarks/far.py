"""What it costs to read devices from other processes: seconds of processor time, here and there, beside the same from here.

    python benchmarks/far.py [DEVICES] [ROUNDS]

A lab plays the devices, two workers of examples/dask/cluster.py read them (gather, the largest task), and the sides alternate.
Wall time is told as well; the lab and all processes share this machine, so it is no measure of a cluster.
"""

from __future__ import annotations

import importlib.util
import json
import os
import statistics
import subprocess
import sys
import tempfile
import time
from contextlib import ExitStack
from pathlib import Path

from nornir import InitNornir
from nornir.core import Nornir

from nr_run import gather, start_lab
from nr_run.runbooks.far.seal import REFERENCE

ROOT = Path(__file__).parents[1]


def cpu(pid: int) -> float:
    """Seconds that a process has used."""
    fields = Path(f"/proc/{pid}/stat").read_text().rpartition(")")[2].split()
    return (int(fields[11]) + int(fields[12])) / os.sysconf("SC_CLK_TCK")


def inventory(folder: Path, ports: dict[str, int]) -> dict[str, str]:
    """Hosts that log in by reference."""
    hosts = {
        name: {
            "hostname": "127.0.0.1",
            "port": port,
            "platform": "cisco_ios",
            "data": {
                "username_ref": "credential:device-username",
                "password_ref": "credential:device-password",
                "enable_ref": "credential:enable-secret",
            },
        }
        for name, port in ports.items()
    }
    for name, value in (("hosts", hosts), ("groups", {}), ("defaults", {})):
        (folder / f"{name}.yaml").write_text(json.dumps(value))
    options = (("host_file", "hosts"), ("group_file", "groups"), ("defaults_file", "defaults"))
    return {option: str(folder / f"{file}.yaml") for option, file in options}


def read(nornir: Nornir, pids: dict[str, int]) -> dict[str, float]:
    """All devices once, over logins of their own: seconds by process, and wall."""
    before, began = {name: cpu(pid) for name, pid in pids.items()}, time.monotonic()
    done = nornir.run(gather)
    assert not done.failed, [str(one.exception) for one in done.values() if one.exception]
    wall = time.monotonic() - began
    used = {name: cpu(pid) - before[name] for name, pid in pids.items()}
    return {"wall": wall, **used}


def main(devices: int, rounds: int) -> None:
    """Alternate, and print medians for each device."""
    with ExitStack() as stack:
        folder = Path(stack.enter_context(tempfile.TemporaryDirectory()))
        lab = start_lab(folder / "lab", devices={f"r{number:03}": "c881" for number in range(devices)}, speed=20)
        stack.callback(lab.stop)
        (lab.credentials / REFERENCE.partition(":")[2]).write_text("a-key-for-the-benchmark-of-the-cluster\n")
        os.environ.update({"NR_RUN_CREDENTIALS": str(lab.credentials), "XDG_STATE_HOME": str(folder / "state")})
        spec = importlib.util.spec_from_file_location("cluster", ROOT / "examples" / "dask" / "cluster.py")
        assert spec is not None
        assert spec.loader is not None
        cluster = importlib.util.module_from_spec(spec)
        spec.loader.exec_module(cluster)
        cluster.make_certificates(folder / "cluster")
        os.environ.update(cluster.environment(folder / "cluster"))
        scheduler, address = cluster.begin_scheduler(folder / "cluster")
        processes: dict[str, subprocess.Popen[bytes]] = {"scheduler": scheduler}
        stack.callback(lambda: [process.kill() for process in processes.values()])
        for name in ("worker-0", "worker-1"):
            processes[name] = cluster.begin_worker(folder / "cluster", address, name)
        files = inventory(folder, {name: place.port for name, place in lab.devices.items()})
        runners = {
            "here": {"plugin": "threaded", "options": {"num_workers": 100}},
            "dask": {"plugin": "dask", "options": {"scheduler": address}},
        }
        pids = {"operator": os.getpid(), **{name: process.pid for name, process in processes.items()}}
        found: dict[str, list[dict[str, float]]] = {name: [] for name in runners}
        time.sleep(10)
        for _ in range(rounds + 1):
            for name, runner in runners.items():
                inventory_words = {"plugin": "SimpleInventory", "options": files}
                nornir = InitNornir(inventory=inventory_words, runner=runner, logging={"enabled": False})
                found[name].append(read(nornir, pids))
                nornir.close_connections()
        for name, all_rounds in found.items():
            medians = {of: statistics.median(one[of] for one in all_rounds[1:]) for of in all_rounds[0]}
            cost = {of: round(1000 * seconds / devices, 1) for of, seconds in medians.items()}
            print(name, "ms a device:", cost, "wall s:", round(medians["wall"], 2))


if __name__ == "__main__":
    main(*(int(word) for word in (*sys.argv[1:], *("20", "5")[len(sys.argv) - 1 :])))
