"""Read a device before a change: one exchange, all show commands together, since reading does no harm.

What is read is what the change is measured by, and what is missing in it counts as never having been there. So where the device
prints no size that verifies it whole, it is read over two logins, which have to agree.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from datetime import UTC, datetime
from functools import cached_property

from msgspec import Struct, field
from msgspec.structs import replace
from nornir.core.task import Result, Task

from ..changes.configurations.configuration import Configuration
from ..changes.configurations.refusals import is_refused
from ..checks.observations.observation import Observation
from ..checks.observations.questions import ALWAYS, OPTIONAL, QUESTIONS, SAS, Question
from ..checks.readiness.rollback_methods import shows_of
from ..checks.readiness.timers import FLASH, REVERT
from ..inventory.errors import DeviceRefused, NotKnown, ParseError
from ..inventory.models.platforms import Platform
from ..inventory.systems import System, any_of, system_of
from ..parsers import parse
from ..parsers.result import Parsed
from .answers import VERSION, Reading, borne_out, serial_of, settled
from .device import read
from .sessions.session import Reply, Session
from .side_by_side import settled_side_by_side

#: These say with a per cent sign that there is no such file system, or no timer; who reads them knows their words. What is asked
#: of a device that may not know it is left out of the observation where it is refused.
_MAY_BE_REFUSED = frozenset({FLASH, REVERT}) | OPTIONAL


class Snapshot(Struct, frozen=True, dict=True):
    """What a device was before the change. Texts hold tokens instead of secrets.

    Raises NotKnown where an output that should be a configuration is none; ``counted`` are the commands whose answer has the
    size that the device printed.
    """

    host: str
    outputs: dict[str, str]
    observation: Observation
    counted: Mapping[str, bool | None] = field(default_factory=dict)

    def __post_init__(self) -> None:
        """Judge the configurations. Raises NotKnown."""
        commands = any_of(self.observation.os)
        for command in (commands.running, commands.running_as_saved, commands.startup):
            self._configuration(command)
        borne_out(self.running, self.running_as_saved)

    def _configuration(self, command: str) -> Configuration:
        return Configuration(self.host, self.observation.os, command, self.outputs[command], counted=self.counted.get(command))

    @cached_property
    def running(self) -> Configuration:
        """The running configuration with its keys, which are tokens."""
        return self._configuration(any_of(self.observation.os).running)

    @cached_property
    def running_as_saved(self) -> Configuration:
        """The running configuration as the startup configuration is shown; an ASA masks its keys."""
        return self._configuration(any_of(self.observation.os).running_as_saved)

    @cached_property
    def startup(self) -> Configuration:
        """The startup configuration; an ASA masks its keys."""
        return self._configuration(any_of(self.observation.os).startup)

    @property
    def doubts(self) -> tuple[str, ...]:
        """A sentence for each configuration that looks whole and whose size could not be verified."""
        return tuple(dict.fromkeys((*self.running.doubts, *self.running_as_saved.doubts, *self.startup.doubts)))

    @property
    def is_proved(self) -> bool:
        """True if the device printed sizes, and they fit: nothing was lost between it and us."""
        return all(one.is_proved for one in self._configurations)

    @property
    def _configurations(self) -> tuple[Configuration, ...]:
        return self.running, self.running_as_saved, self.startup

    def agrees(self, other: Snapshot) -> bool:
        """True if both show the same configurations."""
        pairs = zip(self._configurations, other._configurations, strict=True)
        return all(one.equals(another) for one, another in pairs)

    @property
    def serial(self) -> str:
        """Its serial number; empty where it is not known."""
        return serial_of(self.observation.os, self.outputs.get(VERSION, ""))

    @property
    def uptime(self) -> int | None:
        """Seconds since the device had started when it was read, if it says so."""
        return _uptime(self.observation.os, self.outputs.get(VERSION, ""))


def _uptime(os: str, shown: str) -> int | None:
    """Seconds since the device has started, as ``show version`` says; None where it does not, or cannot be read."""
    try:
        seconds: int | None = parse(os, VERSION, shown).state.uptime_seconds
    except (ParseError, DeviceRefused):
        return None
    return seconds


def uptime(task: Task, os: str) -> Result:
    """Nornir task. ``result`` is the seconds since the device has started, or None."""
    return Result(host=task.host, result=_uptime(os, read(task, [VERSION])[0].text))


def now() -> str:
    """UTC time for evidence, to the second."""
    return datetime.now(UTC).strftime("%Y-%m-%dT%H:%M:%SZ")


def observation(host: str, os: str, outputs: Mapping[str, str], needed: Iterable[Question] = ALWAYS) -> Observation:
    """What was shown just now, by question. Raises ParseError or DeviceRefused where an answer that is ``needed`` is none.

    Another answer that is refused, or cannot be read, is left out: who needs it says that it is not known.
    """
    answers: dict[str, Parsed] = {}
    needed = frozenset(needed)
    for question in QUESTIONS:
        command = next((command for command in question.commands(os) if command in outputs), None)
        if command is None or (question not in needed and question not in SAS):
            continue
        try:
            # The prompt came behind each answer, so the last line of it is a whole one.
            answers[question.name] = parse(os, command, _with_prompt(host, command, outputs[command]))
        except (ParseError, DeviceRefused):
            if question in needed:
                raise
    missing = sorted(question.what for question in needed if question.name not in answers)
    if missing:
        raise NotKnown(f"{host} was not asked for {' and '.join(missing)}")
    return Observation(host, now(), os, answers)


def _with_prompt(host: str, command: str, text: str) -> str:
    """An answer as a parser reads it: one that is empty stands between echo and prompt, where silence is an answer."""
    return f"{text}\n" if text.strip() else f"{host}#{command}\n{host}#"


def sas_in(host: str, os: str, replies: Sequence[Reply], needed: Iterable[Question] = ALWAYS) -> Observation:
    """What these replies show. Raises NotKnown where one that is ``needed`` was refused, or cannot be read."""
    needed = frozenset(needed) | ALWAYS
    commands = {command for question in needed for command in question.commands(os)}
    refuse_refused(host, [reply for reply in replies if reply.line in commands])
    try:
        return observation(host, os, texts(replies), needed)
    except (ParseError, DeviceRefused) as error:
        raise NotKnown(f"{host}: {error}") from None


def asking(system: System, questions: Iterable[Question] = ()) -> tuple[str, ...]:
    """The commands for the SAs and for these questions, each once; what the system does not know is not asked."""
    commands = (question.command(system) for question in (*SAS, *questions))
    return tuple(dict.fromkeys(command for command in commands if command))


def texts(replies: Sequence[Reply]) -> dict[str, str]:
    """Replies as command to output."""
    return {reply.line: reply.text for reply in replies}


def shows_for(platform: Platform) -> tuple[str, ...]:
    """What a device of this platform is asked before a change; those of its rollback timers are among it."""
    system = system_of(platform)
    return tuple(dict.fromkeys((*system.before_a_change, *asking(system), *shows_of(platform))))


def gather(task: Task, platform: Platform, also: Sequence[str] = ()) -> Result:
    """Nornir task. ``result`` is the Snapshot of the device. The answers to ``also`` are kept as they are, refused or not.

    Raises NotKnown where it refuses to show what is needed, and where no two readings in a row over two logins agree, unless
    the sizes that it prints prove one.
    """

    def ask(device: Session) -> Snapshot:
        return _snapshot(device, platform, also)

    reading = Reading("configuration, running or startup,", ask, lambda seen: seen.is_proved, Snapshot.agrees)
    one = settled if system_of(platform).prints_size else settled_side_by_side
    return Result(host=task.host, result=one(task, reading))


def refuse_refused(host: str, replies: Sequence[Reply]) -> None:
    """Raise NotKnown with the device's own words where it refused to show something.

    A configuration is judged by itself: that nothing is saved is said in words that begin as a refusal does.
    """
    for reply in replies:
        judged = reply.line in _MAY_BE_REFUSED or reply.line.endswith(("running-config", "startup-config"))
        words = "" if judged else is_refused(reply.text)
        if words:
            raise NotKnown(f"{host}: {reply.line!r} was answered with {words!r}")


def _snapshot(device: Session, platform: Platform, also: Sequence[str]) -> Snapshot:
    always = shows_for(platform)
    replies = device.send_batch((*always, *(command for command in also if command not in always)))
    found = snapshot_of(device, platform, replies[: len(always)])
    return replace(found, outputs={**texts(replies[len(always) :]), **found.outputs})


def snapshot_of(device: Session, platform: Platform, replies: Sequence[Reply]) -> Snapshot:
    """The snapshot that replies to shows_for() are. Raises NotKnown, ParseError or DeviceRefused."""
    refuse_refused(device.name, replies)
    outputs = texts(replies)
    seen = observation(device.name, platform.os, outputs)
    return Snapshot(device.name, outputs, seen, {reply.line: reply.counted for reply in replies})
