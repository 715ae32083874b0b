"""What a device answered as a whole configuration, or not at all: asked again over a fresh login before it counts as not known.

Three rules, for every place that reads a configuration. An answer that is not whole is no answer: it is asked for again, within
bounds. What speaks against a device (something is absent, something is strange), or is what a change is measured by, is judged on
two readings over two logins that agree, unless the size that the device printed verifies the first: noise on a line does not come
twice in one form. And where a device shows what runs by two commands, each is the other's witness
(changes/configurations/masked_keys.py).

And what became of an earlier answer is of the same device. An address may lead to another one than before (a console server, a
renumbered network), and what is absent there says nothing of the one that was changed; so another name ends all judgement, unless
the serial number says that somebody has renamed the device in the middle of a run.
"""

from __future__ import annotations

import time
from collections.abc import Callable, Sequence
from typing import Generic, TypeVar

from msgspec import Struct
from nornir.core.task import Result, Task

from ..changes.configurations.configuration import Configuration
from ..changes.configurations.masked_keys import difference
from ..inventory.errors import DeviceRefused, NotKnown, ParseError, SessionLost
from ..parsers import parse
from .device import session
from .sessions.session import Reply, Session

T = TypeVar("T")
VERSION = "show version"


class Again(Struct, frozen=True):
    """How often a device is asked for one thing in all, and the seconds before each repetition.

    A lock of the configuration or of the NVRAM passes within seconds; who may not use a command may not use it later either.
    """

    times: int = 3
    pause_seconds: float = 2.0


AGAIN = Again()


def configuration(device: Session, reply: Reply) -> Configuration:
    """The configuration that a reply is. Raises NotKnown."""
    return Configuration(device.name, device.dialect.os, reply.line, reply.text, reply.counted, reply.with_timer)


def running_commands(device: Session) -> tuple[str, ...]:
    """The commands that show the running configuration: one, or two whose answers confirm each other."""
    commands = device.dialect
    return tuple(dict.fromkeys((commands.running, commands.running_as_saved)))


def running_in(device: Session, replies: Sequence[Reply]) -> Configuration:
    """The running configuration, keys as tokens, from the replies to running_commands(). Raises NotKnown."""
    commands = device.dialect
    shown = {reply.line: configuration(device, reply) for reply in replies if reply.line in running_commands(device)}
    found = borne_out(shown[commands.running], shown[commands.running_as_saved])
    device.shown_running = found.text
    return found


def borne_out(running: Configuration, as_saved: Configuration) -> Configuration:
    """The first, which has the keys. Raises NotKnown where the second, which may mask them, has lost lines or has others."""
    line = "" if running.command == as_saved.command else difference(running, as_saved)
    if line:
        raise NotKnown(
            f"{running.host}: {running.command!r} and {as_saved.command!r} differ from the line {line!r} on, by more than masked "
            f"keys, so its {running.what} is not known"
        )
    return running


def running_of(device: Session) -> Configuration:
    """The running configuration, keys as tokens. Raises NotKnown."""
    return running_in(device, device.send_batch(running_commands(device)))


def startup_of(device: Session) -> Configuration:
    """The startup configuration; an ASA masks the keys in it. Raises NotKnown."""
    return configuration(device, device.send_batch([device.dialect.startup])[0])


def asked(task: Task, ask: Callable[[Session], T], again: Again = AGAIN) -> T:
    """What ``ask`` learns over the session of this device; where it learns nothing, over a fresh login, so often as is allowed.

    So it is with an echo that did not come back as it was typed. Raises the last NotKnown or DeviceRefused, or Unreachable. Only
    for what reads: it may be done twice.
    """
    lost, number = False, 0
    while True:
        number += 1
        device = session(task)
        try:
            return ask(device)
        except (NotKnown, SessionLost, DeviceRefused) as error:
            device.close()
            # A session that was idle for too long is gone, once; a device that hangs costs its whole patience each time.
            if number >= again.times or (lost and isinstance(error, SessionLost)):
                raise
            lost = lost or isinstance(error, SessionLost)
            time.sleep(again.pause_seconds if number > 1 else 0)


class Reading(Struct, Generic[T], frozen=True):
    """One kind of reading: how it is asked for, when a single one is verified, and when two of them agree."""

    what: str
    ask: Callable[[Session], T]
    proved: Callable[[T], bool]
    agree: Callable[[T, T], bool]


def settled(task: Task, reading: Reading[T], first: T | None = None, again: Again = AGAIN) -> T:
    """A reading that is verified by itself, or on which two in a row over two logins agree; ``first`` was made before.

    Raises NotKnown when no two agree, so that it is noise or somebody types at this moment.
    """
    seen = asked(task, reading.ask, again) if first is None else first
    for _ in range(again.times):
        if reading.proved(seen):
            return seen
        session(task).close()
        second = asked(task, reading.ask, again)
        if reading.proved(second) or reading.agree(second, seen):
            return second
        seen = second
    raise NotKnown(f"{task.host.name}: its {reading.what} reads differently each time, so it is not known")


#: A size that does not fit proves nothing, so it takes a second login; where none is printed, the device shows what runs by two
#: commands, which running_of() has compared.
RUNNING = Reading("running configuration", running_of, lambda shown: shown.counted is not False, Configuration.equals)
#: What speaks against a device is looked at twice, whatever verifies the first reading.
RUNNING_TWICE = Reading("running configuration", running_of, lambda _: False, Configuration.equals)
#: No other command shows what an ASA has saved, and it prints no size.
STARTUP = Reading("startup configuration", startup_of, lambda shown: shown.is_proved, Configuration.equals)


def agreed(task: Task, first: Configuration) -> Configuration:
    """What runs, as two readings in a row over two logins show it; ``first`` is the one that was made before. Raises NotKnown."""
    return settled(task, RUNNING_TWICE, first)


def running(task: Task) -> Result:
    """Nornir task. ``result`` is the running Configuration, read again where its size does not fit."""
    return Result(host=task.host, result=settled(task, RUNNING))


def serial_of(os: str, shown: str) -> str:
    """The serial number that ``show version`` prints (IOS: Processor board ID); empty where it has none, or cannot be read."""
    try:
        return parse(os, VERSION, shown).state.serial or ""
    except (ParseError, DeviceRefused):
        return ""


def what_became(device: Session, serial: str, earlier: Configuration, shown: Configuration) -> Configuration:
    """``shown``, as what became of ``earlier``: of the device with this serial number, whatever it calls itself.

    Raises NotKnown, as Configuration.behind() does.
    """
    renamed = shown.name != earlier.name and bool(serial)
    renamed = renamed and serial_of(device.dialect.os, device.send_batch([VERSION])[0].text) == serial
    return shown.behind(earlier, renamed=renamed)


def running_again(task: Task, first: Configuration, earlier: Configuration, serial: str) -> Result:
    """Nornir task. ``result`` is the running Configuration on which two readings agree, ``first`` being one.

    It is what became of ``earlier`` on the device with this serial number. Raises NotKnown.
    """
    shown = agreed(task, first)
    return Result(host=task.host, result=what_became(session(task), serial, earlier, shown))


def startup(task: Task) -> Result:
    """Nornir task. ``result`` is the startup Configuration, which may be empty: verified by its size, or read over two logins."""
    return Result(host=task.host, result=settled(task, STARTUP))
