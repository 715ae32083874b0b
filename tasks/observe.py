"""Read the SAs of a device, and keep what it said."""

from __future__ import annotations

from nornir.core.task import Result, Task

from ..checks.observation import PHASE_1, PHASE_2
from .device import session
from .gather import observation, texts


def observe(task: Task, os: str, also: tuple[str, ...] = ()) -> Result:
    """Nornir task. ``result`` is (Observation, outputs by command, those of ``also`` among them)."""
    outputs = texts(session(task).exchange((PHASE_1, PHASE_2, *also)))
    return Result(host=task.host, result=(observation(task.host.name, os, outputs), outputs))
