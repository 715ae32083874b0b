"""`reload in`: the only thing on this release that undoes a change by itself, because the box comes back with its startup
configuration. It counts on the lab's clock and warns on every line, in the middle of whatever is being typed there.

Source of the prompts, warnings and `show reload`: Cisco configuration fundamentals command reference, and the field notes of
people who schedule reloads by program.
"""

from __future__ import annotations

import asyncio
from collections.abc import Awaitable, Callable, Iterable
from datetime import timedelta

from msgspec import Struct

from ...core.access.terminal import Terminal
from ...core.clock import LabClock

WARNINGS = (3600, 1800, 300, 60)


class Scheduled(Struct, frozen=True):
    """A reload to come: `at` in lab seconds."""

    at: float
    by: str
    reason: str


class Reload:
    """The reload timer of one box."""

    def __init__(
        self, clock: LabClock, restart: Callable[[], Awaitable[None]], terminals: Callable[[], Iterable[Terminal]]
    ) -> None:
        self.clock = clock
        self.scheduled: Scheduled | None = None
        self._restart = restart
        self._terminals = terminals
        self._task: asyncio.Task[None] | None = None
        self._begun: set[asyncio.Task[None]] = set()

    def schedule(self, seconds: float, by: str, reason: str) -> None:
        """Reload after so many lab seconds; an earlier appointment is dropped."""
        self._drop()
        self.scheduled = Scheduled(self.clock.now() + seconds, by, reason)
        self._task = asyncio.get_running_loop().create_task(self._count(seconds))

    def cancel(self) -> bool:
        """Call the reload off; False if none was scheduled."""
        if self.scheduled is None:
            return False
        self._drop()
        self._warn("SHUTDOWN ABORTED")
        return True

    def _drop(self) -> None:
        self.scheduled = None
        if self._task is not None:
            self._task.cancel()
            self._task = None

    def stop(self) -> None:
        """End the timer without a word: the lab ends."""
        self._drop()
        for task in self._begun:
            task.cancel()

    def power_loss(self) -> None:
        """Restart at once and without a word; what was scheduled is forgotten."""
        self._drop()
        self.begin(self._restart)

    def begin(self, work: Callable[[], Awaitable[None]]) -> None:
        """Do something that outlives the session that caused it."""

        async def done() -> None:
            await work()

        task = asyncio.get_running_loop().create_task(done())
        self._begun.add(task)
        task.add_done_callback(self._begun.discard)

    def banner(self) -> str:
        """The warning as it stands on a line: the time that is left, or five minutes when nothing is scheduled."""
        left = self.scheduled.at - self.clock.now() if self.scheduled is not None else 300
        return _banner(f"SHUTDOWN in {timedelta(seconds=int(left))}")

    def _warn(self, text: str) -> None:
        for terminal in self._terminals():
            terminal.write(_banner(text))

    async def _count(self, seconds: float) -> None:
        left = seconds
        for mark in (seconds, *(mark for mark in WARNINGS if mark < seconds)):
            await self.clock.sleep(left - mark)
            left = mark
            self._warn(f"SHUTDOWN in {timedelta(seconds=int(mark))}")
        await self.clock.sleep(left)
        self.scheduled, self._task = None, None
        await self._restart()

    def show(self) -> list[str]:
        """`show reload`."""
        if self.scheduled is None:
            return ["No reload is scheduled.", ""]
        lines = [f"Reload scheduled in {in_words(self.scheduled.at - self.clock.now())} by {self.scheduled.by}"]
        return [*lines, *([f"Reload reason: {self.scheduled.reason}"] if self.scheduled.reason else []), ""]


def _banner(text: str) -> str:
    return f"\x07\n\n***\n*** --- {text} ---\n***\n"


def in_words(seconds: float) -> str:
    """`9 minutes`, `1 minute`, `45 seconds`, `2 hours and 5 minutes`."""
    whole = max(0, int(seconds))
    if whole < 60:
        return f"{whole} seconds"
    hours, minutes = divmod(whole // 60, 60)
    parts = [(hours, "hour"), (minutes, "minute")]
    return " and ".join(f"{count} {unit}{'' if count == 1 else 's'}" for count, unit in parts if count)


def seconds_of(text: str) -> int | None:
    """Seconds of `10` (minutes) or `1:30` (hours and minutes); None for anything else."""
    hours, colon, minutes = text.rpartition(":")
    if not minutes.isdigit() or (colon and not hours.isdigit()):
        return None
    total = (int(hours or "0") * 60 + int(minutes)) * 60
    return total if total > 0 else None
