"""Read a device before a change: one exchange, all show commands together, since reading does no harm.

What is read is what the change is measured by, and what is missing in it counts as never having been there. So where the device
prints no size that proves it whole, it is read over two logins, which have to agree.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import UTC, datetime
from functools import cached_property

from nornir.core.task import Result, Task

from ..changes.configuration import Configuration
from ..changes.refusals import is_refused
from ..checks.observation import PHASE_1, PHASE_2, Observation
from ..checks.rollback_methods import shows_of
from ..checks.show_commands import COMMANDS
from ..checks.timers import FLASH, REVERT
from ..inventory.errors import DeviceRefused, NotKnown, ParseError
from ..inventory.platforms import Platform
from ..parsers import parse
from .answers import AGAIN, Again, asked, borne_out
from .device import read, session
from .session import Reply, Session

VERSION = "show version"
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
#: These say with a per cent sign that there is no such file system, or no timer; who reads them knows their words.
_MAY_BE_REFUSED = frozenset({FLASH, REVERT})


@dataclass(frozen=True)
class Snapshot:
    """What a device was before the change. Texts hold tokens instead of secrets.

    Raises NotKnown where an output that should be a configuration is none; ``counted`` are the commands whose answer has the
    size that the device printed.
    """

    host: str
    outputs: dict[str, str]
    observation: Observation
    counted: Mapping[str, bool | None] = field(default_factory=dict)

    def __post_init__(self) -> None:
        """Judge the configurations."""
        commands = COMMANDS[self.observation.os]
        for command in (commands.running, commands.running_as_saved, commands.startup):
            self._configuration(command)
        borne_out(self.running, self.running_as_saved)

    def _configuration(self, command: str) -> Configuration:
        return Configuration(self.host, self.observation.os, command, self.outputs[command], counted=self.counted.get(command))

    @cached_property
    def running(self) -> Configuration:
        """The running configuration with its keys, which are tokens."""
        return self._configuration(COMMANDS[self.observation.os].running)

    @cached_property
    def running_as_saved(self) -> Configuration:
        """The running configuration as the startup configuration is shown; an ASA masks its keys."""
        return self._configuration(COMMANDS[self.observation.os].running_as_saved)

    @cached_property
    def startup(self) -> Configuration:
        """The startup configuration; an ASA masks its keys."""
        return self._configuration(COMMANDS[self.observation.os].startup)

    @property
    def doubts(self) -> tuple[str, ...]:
        """What is not proved of its configurations though they are whole by all that was seen, one sentence each."""
        return tuple(dict.fromkeys((*self.running.doubts, *self.running_as_saved.doubts, *self.startup.doubts)))

    @property
    def is_proved(self) -> bool:
        """True if the device printed sizes, and they fit: nothing was lost between it and us."""
        return all(one.counted is True or one.empty for one in self._configurations)

    @property
    def _configurations(self) -> tuple[Configuration, ...]:
        return self.running, self.running_as_saved, self.startup

    def agrees(self, other: Snapshot) -> bool:
        """True if both show the same configurations."""
        pairs = zip(self._configurations, other._configurations, strict=True)
        return all(one.equals(another) for one, another in pairs)

    @property
    def uptime(self) -> int | None:
        """Seconds since the box had started when it was read, if it says so."""
        return _uptime(self.observation.os, self.outputs.get(VERSION, ""))


def _uptime(os: str, shown: str) -> int | None:
    """Seconds since the box has started, as ``show version`` says; None where it does not, or cannot be read."""
    try:
        seconds: int | None = parse(os, VERSION, shown).state.uptime_seconds
    except (ParseError, DeviceRefused):
        return None
    return seconds


def uptime(task: Task, os: str) -> Result:
    """Nornir task. ``result`` is the seconds since the box has started, or None."""
    return Result(host=task.host, result=_uptime(os, read(task, [VERSION])[0].text))


def now() -> str:
    """UTC time for evidence, to the second."""
    return datetime.now(UTC).strftime("%Y-%m-%dT%H:%M:%SZ")


def observation(host: str, os: str, outputs: dict[str, str]) -> Observation:
    """Phase 1 and phase 2 out of what was shown just now. Raises ParseError or DeviceRefused."""
    # The prompt came behind each answer, so the last line of it is a whole one.
    one, two = (parse(os, phase, f"{outputs[phase]}\n") for phase in (PHASE_1, PHASE_2))
    return Observation(host, now(), one, two)


def sas_in(host: str, os: str, replies: Sequence[Reply]) -> Observation:
    """Phase 1 and phase 2 as these replies show them. Raises NotKnown where they were refused, or cannot be read."""
    refuse_refused(host, [reply for reply in replies if reply.line in (PHASE_1, PHASE_2)])
    try:
        return observation(host, os, texts(replies))
    except (ParseError, DeviceRefused) as error:
        raise NotKnown(f"{host}: {error}") from None


def texts(replies: Sequence[Reply]) -> dict[str, str]:
    """Command to output."""
    return {reply.line: reply.text for reply in replies}


def shows_for(platform: Platform) -> tuple[str, ...]:
    """What a device of this platform is asked before a change; the timers of its fences are among it."""
    return tuple(dict.fromkeys((*SHOWS[platform.os], *shows_of(platform))))


def gather(task: Task, platform: Platform) -> Result:
    """Nornir task. ``result`` is the Snapshot of the device.

    Raises NotKnown where it refuses to show what is needed, and where no two readings in a row over two logins agree, unless
    the sizes that it prints prove one.
    """

    def ask(device: Session) -> Snapshot:
        return _snapshot(device, platform)

    return Result(host=task.host, result=_settled(task, ask, asked(task, ask)))


def _settled(task: Task, ask: Callable[[Session], Snapshot], first: Snapshot, again: Again = AGAIN) -> Snapshot:
    for _ in range(again.times):
        if first.is_proved:
            return first
        session(task).close()
        second = asked(task, ask)
        if second.is_proved or second.agrees(first):
            return second
        first = second
    raise NotKnown(f"{first.host}: its configurations read differently each time, so they are not known")


def refuse_refused(host: str, replies: Sequence[Reply]) -> None:
    """Raise NotKnown with the device's own words where it refused to show something.

    A configuration is judged by itself: that nothing is saved is said in words that begin as a refusal does.
    """
    for reply in replies:
        judged = reply.line in _MAY_BE_REFUSED or reply.line.endswith(("running-config", "startup-config"))
        words = "" if judged else is_refused(reply.text)
        if words:
            raise NotKnown(f"{host}: {reply.line!r} was answered with {words!r}")


def _snapshot(device: Session, platform: Platform) -> Snapshot:
    replies = device.exchange(shows_for(platform))
    refuse_refused(device.name, replies)
    outputs = texts(replies)
    seen = observation(device.name, platform.os, outputs)
    return Snapshot(device.name, outputs, seen, {reply.line: reply.counted for reply in replies})
