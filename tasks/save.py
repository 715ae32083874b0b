"""Save a verified change, and verify that startup equals running configuration."""

from __future__ import annotations

import time
from collections.abc import Sequence

from msgspec import Struct
from msgspec.structs import replace
from nornir.core.task import Result, Task

from ..changes.configurations.configuration import Configuration
from ..changes.configurations.refusals import passes
from ..inventory.errors import DeviceRefused, NotKnown, ParseError
from ..inventory.models.platforms import Platform
from .answers import Reading, borne_out, configuration, settled
from .device import session
from .gather import Snapshot, shows_for, snapshot_of
from .sessions.session import Reply, Session

PATIENCE_SECONDS = 90.0
#: How often a device is asked to save while somebody else has its NVRAM, and seconds between (Netspoc-Approve waits 3).
TRIES = 6
PAUSE_SECONDS = 3.0
#: The one question that saving may ask: the startup configuration was written by another release than the one that runs.
QUESTIONS = {r"Overwrite the previous NVRAM configuration\?\[confirm\] ?": ""}


class Saved(Struct, frozen=True):
    """What the device holds after saving, of whole texts only.

    ``running`` has the keys. ``running_as_saved`` and ``startup`` are shown alike: an ASA masks the keys in both,
    so keys are not compared there, but it has just written what it runs.
    """

    running: Configuration
    running_as_saved: Configuration
    startup: Configuration
    #: A snapshot from the same answers, if it was asked for and could be read.
    snapshot: Snapshot | None = None

    @property
    def _shown(self) -> tuple[Configuration, ...]:
        return self.running, self.running_as_saved, self.startup

    @property
    def equal(self) -> bool:
        """True if a reload would bring back exactly what runs."""
        return self.running_as_saved.equals(self.startup)

    @property
    def is_proved(self) -> bool:
        """True if every size fits; where none is printed, if what runs and what is saved are alike: neither command lost a line.

        A size that does not fit proves nothing, and texts that differ speak against the device: both take a second login.
        """
        return all(one.is_proved for one in self._shown) or (self.equal and all(one.counted is None for one in self._shown))

    def agrees(self, other: Saved) -> bool:
        """True if both show the same configurations."""
        pairs = zip(self._shown, other._shown, strict=True)
        return all(one.equals(another) for one, another in pairs)


def save(task: Task, platform: Platform | None = None) -> Result:
    """Nornir task. ``result`` is Saved, with a snapshot where the ``platform`` is given.

    A device whose NVRAM somebody else has is asked again for a while. Raises DeviceRefused when it does not say [OK], NotKnown
    when it does not show what it holds then.
    """
    for left in reversed(range(TRIES)):
        answer = session(task).answer_prompts("write memory", QUESTIONS, patience_seconds=PATIENCE_SECONDS)
        if "[OK]" in answer:
            return Result(host=task.host, result=settled(task, HELD if platform is None else _held_and(platform)))
        if not left or not passes(answer):
            break
        time.sleep(PAUSE_SECONDS)
    words = " ".join(line.strip() for line in answer.splitlines()[1:-1] if line.strip())
    raise DeviceRefused(f"{task.host.name}: write memory was answered with {words!r} instead of [OK]")


def held(device: Session) -> Saved:
    """What the device runs and has saved now. Raises NotKnown."""
    commands = device.dialect
    wanted = tuple(dict.fromkeys((commands.running, commands.running_as_saved, commands.startup)))
    return _saved_in(device, device.send_batch(wanted))


def _saved_in(device: Session, replies: Sequence[Reply]) -> Saved:
    commands = device.dialect
    wanted = (commands.running, commands.running_as_saved, commands.startup)
    shown = {reply.line: configuration(device, reply) for reply in replies if reply.line in wanted}
    running = borne_out(shown[commands.running], shown[commands.running_as_saved])
    return Saved(running, shown[commands.running_as_saved], shown[commands.startup])


def _held_and(platform: Platform) -> Reading[Saved]:
    """The same and a snapshot, in one exchange."""

    def ask(device: Session) -> Saved:
        replies = device.send_batch(shows_for(platform))
        seen = _saved_in(device, replies)
        try:
            return replace(seen, snapshot=snapshot_of(device, platform, replies))
        except (NotKnown, ParseError, DeviceRefused):
            # The saving is judged by the configurations; what else could not be read is read again by who needs it.
            return seen

    return Reading(HELD.what, ask, HELD.proved, HELD.agree)


#: How this reading counts as verified: see Saved.is_proved.
HELD = Reading("configuration, running or startup,", held, lambda seen: seen.is_proved, Saved.agrees)
