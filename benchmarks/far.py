"""What it costs to reach devices from other processes: seconds of processor time, here and there, beside the same from here.

    python benchmarks/far.py [DEVICES] [ROUNDS]
    python benchmarks/far.py deploys [PAIRS] [ROUNDS]

A lab plays the devices, and two workers of examples/dask/cluster.py read them (gather, the largest task), or deploy-l2l changes
pairs of them as a user types it, beside the same with one process and with two of this machine. The sides alternate. Wall time is
told as well; the lab and all processes share this machine, so it is no measure of a cluster.
"""

from __future__ import annotations

import importlib.util
import itertools
import json
import os
import statistics
import subprocess
import sys
import tempfile
import time
from collections.abc import Mapping
from contextlib import ExitStack
from dataclasses import dataclass
from pathlib import Path

from deploys import Scene, scene_of
from measuring import NR_RUN, process
from nornir import InitNornir
from nornir.core import Nornir
from shares import Shares, at_port

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


@dataclass(frozen=True, slots=True)
class Cluster:
    """The example's, with two workers."""

    address: str
    pids: Mapping[str, int]


def cluster_in(folder: Path, credentials: Path, stack: ExitStack) -> Cluster:
    """Begin it; its settings are in this environment then."""
    (credentials / REFERENCE.partition(":")[2]).write_text("a-key-for-the-benchmark-of-the-cluster\n")
    os.environ["NR_RUN_CREDENTIALS"] = str(credentials)
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
    return Cluster(address, {name: process.pid for name, process in processes.items()})


def deploy(scene: Scene, pids: Mapping[str, int], *words: str) -> dict[str, float]:
    """All pairs by the command, on devices that have none: its own seconds (local processes included), others', and wall."""
    scene.lab.rewind()
    before = {name: cpu(pid) for name, pid in pids.items()}
    where = ["--inventory", str(scene.folder / "inventory"), "--runs", str(scene.folder / "runs")]
    done = process([NR_RUN, "deploy-l2l", "--yes", "--json", "--workers", "20", *where, *words], scene.environment)
    used = {name: cpu(pid) - before[name] for name, pid in pids.items()}
    return {"wall": done.sample["wall"], "command": done.sample["cpu"], **used}


def deploys(pairs: int, rounds: int) -> None:
    """Alternate, and print medians in all."""
    with scene_of("c881", 2 * pairs, hub=False) as scene, ExitStack() as stack:
        os.environ.update({"XDG_STATE_HOME": str(scene.folder / "state"), "NR_RUN_LOCKS": str(scene.folder / "locks")})
        hosts = scene.folder / "inventory" / "hosts.yaml"
        lines = hosts.read_text().splitlines()
        ports = {name: place.port for name, place in scene.lab.devices.items()}
        hosts.write_text("".join(f"{at_port(line, ports)}\n" for line in lines))
        cluster = cluster_in(scene.folder, scene.lab.credentials, stack)
        sides = {
            "one process": ("--processes", "1"),
            "two processes": ("--processes", "2"),
            "two workers": ("--scheduler", cluster.address),
        }
        found: dict[str, list[dict[str, float]]] = {name: [] for name in sides}
        scene.lab.keep()
        time.sleep(10)
        for turn, (name, words) in itertools.product(range(rounds + 1), sides.items()):
            found[name].append(deploy(scene, cluster.pids, *words))
            print(turn, name, {of: round(seconds, 1) for of, seconds in found[name][-1].items()}, flush=True)
        medians = {
            name: {of: statistics.median(one[of] for one in all_rounds[1:]) for of in all_rounds[0]}
            for name, all_rounds in found.items()
        }
        for name, figures in medians.items():
            print(name, f"s for {pairs} pairs:", {of: round(seconds, 2) for of, seconds in figures.items()})
        workers = medians["two workers"]
        spread = Shares(medians["one process"]["command"], workers["command"], workers["worker-0"] + workers["worker-1"])
        print("two workers:", *spread.lines(2), f"the scheduler {workers['scheduler']:.2f} s beside them", sep="\n  ")


def main(devices: int, rounds: int) -> None:
    """Alternate, and print medians for each device."""
    with ExitStack() as stack:
        folder = Path(stack.enter_context(tempfile.TemporaryDirectory()))
        lab = start_lab(folder / "lab", devices={f"r{number:03}": "c881" for number in range(devices)}, speed=20)
        stack.callback(lab.stop)
        os.environ.update({"XDG_STATE_HOME": str(folder / "state")})
        made = cluster_in(folder, lab.credentials, stack)
        address = made.address
        files = inventory(folder, {name: place.port for name, place in lab.devices.items()})
        runners = {
            "here": {"plugin": "threaded", "options": {"num_workers": 100}},
            "dask": {"plugin": "dask", "options": {"scheduler": address}},
        }
        pids = {"operator": os.getpid(), **made.pids}
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
    arguments = [word for word in sys.argv[1:] if word != "deploys"]
    numbers = (int(word) for word in (*arguments, *("20", "5")[len(arguments) :]))
    (deploys if "deploys" in sys.argv else main)(*numbers)
