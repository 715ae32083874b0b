"""Read an ASA as a head-end for clients: its running configuration as two commands show it, and what else it is asked.

Nothing but what shows can be typed (`tasks/reader.py`). A command that is refused is an answer too: who judges says what is not
known for it.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence

from msgspec import Struct
from nornir.core.task import Result, Task

from ..changes.configurations.configuration import Configuration
from ..inventory.models.platforms import Platform
from .answers import asked, running_commands, running_in
from .device import session
from .gather import texts
from .reader import Reader
from .sessions.session import Session


class ShownByHeadEnd(Struct, frozen=True):
    """One device at one moment."""

    running: Configuration
    outputs: dict[str, str]


#: What is asked when the configuration and the first answers are known.
Further = Callable[[Configuration, Mapping[str, str]], Sequence[str]]


def head_end(task: Task, platform: Platform, commands: Sequence[str], further: Further, *, again: bool = False) -> Result:
    """Nornir task. ``result`` is ShownByHeadEnd; with ``again`` it is read over a fresh login. Raises Unreachable, NotKnown."""
    if again:
        session(task).close()

    def ask(device: Session) -> ShownByHeadEnd:
        reader = Reader(device, platform, may_ping=False)
        replies = reader.look((*running_commands(device), *commands))
        running, outputs = running_in(device, replies), texts(replies)
        more = further(running, outputs)
        return ShownByHeadEnd(running, {**outputs, **(texts(reader.look(more)) if more else {})})

    return Result(host=task.host, result=asked(task, ask))
