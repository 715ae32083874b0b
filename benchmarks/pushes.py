"""Rows of pushing alone: 45 harmless lines and what surrounds them, without any safety on either side (push.py)."""

from __future__ import annotations

import tempfile
import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from functools import partial
from pathlib import Path

import push
from measuring import NotDone, Row, Sample, Sides
from nornir.core import Nornir
from nornir.core.task import Result, Task

from nr_run.lab.entry import LabHandle, start

THREADS = 20


def _turn(lab: LabHandle, made: Callable[[LabHandle, int], Nornir], work: Callable[[Task], Result]) -> Sample:
    lab.rewind()
    begun = time.process_time()
    side = push.measure(lab, made(lab, THREADS), work)
    cpu = time.process_time() - begun
    try:
        push.configurations(lab)
    except AssertionError as error:
        raise NotDone(str(error)) from error
    return {"wall": side.seconds, "cpu": cpu, "trips": side.most_round_trips}


@contextmanager
def _opened(devices: int, latency: int) -> Iterator[Sides]:
    fleet = {f"r{number:03}": "vpn3640" for number in range(1, devices + 1)}
    with tempfile.TemporaryDirectory(prefix="nr-run-bench-") as folder, start(Path(folder) / "lab", devices=fleet) as lab:
        sides = {
            "nr-run": partial(_turn, lab, push.by_nr_run, push.whole_change),
            "plain": partial(_turn, lab, push.by_plain_netmiko, push.plain_change),
        }
        # Both sides pay once for what Python compiles at first use, before anything is counted.
        for side in sides.values():
            side()
        for device in fleet if latency else ():
            lab.fault(device, "latency", latency)
        yield sides


def rows() -> Iterator[Row]:
    """One row a fleet and latency."""
    for devices in (1, 20, 100):
        for latency in (0, 20, 100):
            yield Row(f"push/{devices}/{latency}", partial(_opened, devices, latency), quick=devices == 1)
