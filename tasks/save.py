"""Save a proved change, and see that startup and running configuration are one."""

from __future__ import annotations

from dataclasses import dataclass

from nornir.core.task import Result, Task

from ..changes import tree
from ..inventory.errors import DeviceRefused
from .device import session

PATIENCE_SECONDS = 90.0
#: The one question that saving may ask: the startup configuration was written by another release than the one that runs.
QUESTIONS = {r"Overwrite the previous NVRAM configuration\?\[confirm\] ?": ""}


@dataclass(frozen=True, slots=True)
class Saved:
    """What the device holds after saving; texts with tokens instead of secrets.

    ``running`` has the keys. ``running_as_saved`` and ``startup`` are shown alike: an ASA masks the keys in both,
    so keys are not compared there, but it has just written what it runs.
    """

    running: str
    running_as_saved: str
    startup: str

    @property
    def equal(self) -> bool:
        """True if a reload would bring back exactly what runs."""
        return tree.normalise(self.running_as_saved) == tree.normalise(self.startup)


def save(task: Task) -> Result:
    """Nornir task. ``result`` is Saved. Raises DeviceRefused when the device does not say [OK]."""
    device = session(task)
    answer = device.converse("write memory", QUESTIONS, patience_seconds=PATIENCE_SECONDS)
    if "[OK]" not in answer:
        words = " ".join(line.strip() for line in answer.splitlines()[1:-1] if line.strip())
        raise DeviceRefused(f"{task.host.name}: write memory was answered with {words!r} instead of [OK]")
    commands = device.dialect.commands
    asked = tuple(dict.fromkeys((commands.running, commands.running_as_saved, commands.startup)))
    shown = {reply.line: reply.text for reply in device.exchange(asked)}
    held = Saved(shown[commands.running], shown[commands.running_as_saved], shown[commands.startup])
    return Result(host=task.host, result=held)
