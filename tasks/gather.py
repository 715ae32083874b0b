"""Read a device before a change: one exchange, all show commands together, since reading does no harm."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import UTC, datetime

from nornir.core.task import Result, Task

from ..checks.commands import COMMANDS
from ..checks.fences import shows_of
from ..checks.observation import PHASE_1, PHASE_2, Observation
from ..inventory.platforms import Platform
from ..parsers import parse
from .device import read, session
from .session import Reply

#: Asked of every device of an operating system, whatever its release.
SHOWS: Mapping[str, tuple[str, ...]] = {
    "ios": (
        "show version",
        "show running-config",
        "show startup-config",
        "show ip route",
        PHASE_1,
        PHASE_2,
    ),
    "asa": (
        "show version",
        "show mode",
        "show failover",
        "more system:running-config",
        "show running-config",
        "show startup-config",
        "show route",
        PHASE_1,
        PHASE_2,
    ),
}


@dataclass(frozen=True, slots=True)
class Snapshot:
    """What a device was before the change. Texts hold tokens instead of secrets."""

    host: str
    outputs: dict[str, str]
    observation: Observation

    @property
    def running(self) -> str:
        """The running configuration with its keys, which are tokens."""
        return self.outputs[COMMANDS[self.observation.os].running]

    @property
    def startup(self) -> str:
        """The startup configuration; an ASA masks its keys."""
        return self.outputs[COMMANDS[self.observation.os].startup]


def now() -> str:
    """UTC time for evidence, to the second."""
    return datetime.now(UTC).strftime("%Y-%m-%dT%H:%M:%SZ")


def observation(host: str, os: str, outputs: dict[str, str]) -> Observation:
    """Phase 1 and phase 2 out of what was shown just now. Raises ParseError or DeviceRefused."""
    # The prompt came behind each answer, so the last line of it is a whole one.
    one, two = (parse(os, phase, f"{outputs[phase]}\n") for phase in (PHASE_1, PHASE_2))
    return Observation(host, now(), one, two)


def texts(replies: Sequence[Reply]) -> dict[str, str]:
    """Command to output."""
    return {reply.line: reply.text for reply in replies}


def shows_for(platform: Platform) -> tuple[str, ...]:
    """What a device of this platform is asked before a change; the timers of its fences are among it."""
    return tuple(dict.fromkeys((*SHOWS[platform.os], *shows_of(platform))))


def gather(task: Task, platform: Platform) -> Result:
    """Nornir task. ``result`` is the Snapshot of the device."""
    outputs = texts(read(task, shows_for(platform)))
    seen = observation(task.host.name, platform.os, outputs)
    return Result(host=task.host, result=Snapshot(task.host.name, outputs, seen))


def startup(task: Task) -> Result:
    """Nornir task. ``result`` is the startup configuration, with tokens instead of secrets."""
    return Result(host=task.host, result=read(task, [session(task).dialect.commands.startup])[0].text)


def running(task: Task) -> Result:
    """Nornir task. ``result`` is the running configuration, with tokens instead of secrets."""
    return Result(host=task.host, result=read(task, [session(task).dialect.commands.running])[0].text)
