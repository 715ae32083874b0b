"""`archive`, `log config`, `logging enable`: the box keeps who typed which line of configuration; a reload forgets it.

Sources: Cisco's "Configuration Change Notification and Logging" (12.3(4)T) for the commands, the 100 entries and `hidekeys`; the
table and the blank before a line of a sub-mode are in sessions that people published. How a key is hidden was found in no
session: stars are ours.
"""

from __future__ import annotations

import re
from typing import TYPE_CHECKING

from msgspec import Struct

if TYPE_CHECKING:
    from ..core.box import Box
    from ..core.configuration.store import Entry

_HEAD = " idx   sess           user@line      Logged command"
_KEY = re.compile(r"(?P<before>\b(?:key|password|secret|pre-shared-key(?: local| remote)?)(?: [0-9])?) (?P<key>\S+)")


class Logged(Struct, frozen=True):
    """One line that was typed: by whom, in which session of configuration mode, and how deep in sub-modes."""

    number: int
    session: int
    who: str
    text: str


class ConfigLog:
    """What one box keeps; the oldest goes when there are too many."""

    def __init__(self) -> None:
        self.entries: list[Logged] = []
        self._next, self._session = 1, 0

    def begin(self) -> int:
        """Somebody has entered configuration mode; the number of that session."""
        self._session += 1
        return self._session

    def note(self, box: Box, session: int, who: str, line: str, depth: int) -> None:
        """Keep a line that was taken, if the box is told to."""
        settings = _settings(box)
        if settings is None or settings.child("archive log enable") is None:
            return
        text = " ".join(line.split())
        if settings.child("archive log hidekeys") is not None:
            text = _KEY.sub(lambda found: f"{found['before']} *****", text)
        self.entries.append(Logged(self._next, session, who, f"{' ' * depth}{text}"))
        self._next += 1
        size = settings.child("archive log size")
        del self.entries[: -int(size.values["n"] if size is not None else 100)]


def _settings(box: Box) -> Entry | None:
    """The section ``log config`` of ``archive``."""
    above = box.store.get("archive")
    return above.child("archive log") if above is not None else None


def show(box: Box) -> list[str]:
    """`show archive log config all`."""
    rows = [f"{item.number:>5}{item.session:>6}        {item.who:<17}|{item.text}" for item in box.config_log.entries]
    return [_HEAD, *rows]
