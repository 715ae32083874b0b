"""`archive`, `configure replace`, and the revert timer that replaces the running configuration unless somebody confirms.

Sources: Cisco's "Configuration Replace and Configuration Rollback" and "Configuration Rollback Confirmed Change"; the lines
that the box prints are in sessions that people published. How a second timer and a confirmation by another user are refused
was found in no session: that they are refused is in the documents, the wording is ours.
"""

from __future__ import annotations

import asyncio
from typing import TYPE_CHECKING

from msgspec import Struct, field

from ...core.flash import file_name
from .replace import replace

if TYPE_CHECKING:
    from ...core.box import Box

TURN_ON = "%Turn config archive on before using Rollback Confirmed Change"
NONE_PENDING = "%No Rollback Confirmed Change pending"
PENDING = "%Rollback Confirmed Change is already pending"
NOT_OWNER = "%Only the user who started the Rollback Confirmed Change can confirm or change it"
ONE_MINUTE = (
    "Rollback Confirmed Change: Rollback will begin in one minute.\n"
    'Enter "configure confirm" if you wish to keep what you\'ve configured\n'
)


class Archive(Struct):
    """The files that `archive config` wrote: their numbers go on, the oldest goes when there are too many."""

    next: int
    names: list[str] = field(default_factory=list)


def path_of(box: Box) -> str:
    """The configured `path`, with the host name filled in; empty if there is none."""
    entry = box.store.get("archive")
    path = entry.child("archive path") if entry is not None else None
    return path.values["url"].replace("$h", box.hostname) if path is not None else ""


def _maximum(box: Box) -> int:
    entry = box.store.get("archive")
    found = entry.child("archive maximum") if entry is not None else None
    return int(found.values["n"]) if found is not None else 10 if stamped(box) else 14


def stamped(box: Box) -> bool:
    """Whether names carry the time of day: 15.x and later do, 12.4 mainline numbers only."""
    return box.release.late


def next_name(box: Box) -> str:
    """What the next archive file will be called; its time is the time of the question."""
    now = box.wall()
    time = f"{now:%b}-{now.day:>2}-{now:%H-%M-%S}.{now.microsecond // 1000:03}".replace(" ", "-")
    return f"{path_of(box)}-{f'{time}-' if stamped(box) else ''}{box.archive.next}"


def keep(box: Box) -> str:
    """Archive the running configuration and return the file's name."""
    name = next_name(box)
    box.flash.write(file_name(name), box.running_lines())
    box.archive.next += 1
    box.archive.names.append(name)
    while len(box.archive.names) > _maximum(box):
        box.flash.files.pop(file_name(box.archive.names.pop(0)), None)
    return name


def show(box: Box) -> list[str]:
    """`show archive`."""
    if not path_of(box):
        return [" Archive feature not enabled", ""]
    names, most = box.archive.names, _maximum(box)
    upcoming = next_name(box) if not stamped(box) else f"{path_of(box)}-<timestamp>-{box.archive.next}"
    rows = [f"   {number:<8} {name}" for number, name in enumerate(names, start=1)]
    if rows:
        rows[-1] += " <- Most Recent"
    rows += [f"   {number}" for number in range(len(names) + 1, most + 1)]
    return [
        *([f"The maximum archive configurations allowed is {most}."] if stamped(box) else []),
        f"There are currently {len(names)} archive configurations saved.",
        f"The next archive file will be named {upcoming}",
        " Archive #  Name",
        *([] if stamped(box) else ["   0"]),
        *rows,
    ]


class Pending(Struct, frozen=True):
    """A change that will be undone: `at` in lab seconds, `since` as the box writes the time."""

    at: float
    minutes: int
    user: str
    file: str
    since: str
    line: int


class Revert:
    """The revert timer of one box. It lives on the box, not in the session that started it; a reload forgets it."""

    def __init__(self, box: Box) -> None:
        self.box = box
        self.pending: Pending | None = None
        self._task: asyncio.Task[None] | None = None

    def start(self, minutes: int, user: str, line: int) -> str:
        """Archive what runs, count from now, and return the name of the file."""
        name = keep(self.box)
        self._count(minutes, user, name, line)
        log = self.box.log
        log(f"%ARCHIVE_DIFF-5-ROLLBK_CNFMD_CHG_BACKUP: Backing up current running config to {name}")
        log(
            f"%ARCHIVE_DIFF-5-ROLLBK_CNFMD_CHG_START_ABSTIMER: User: {user}(Priv: 15, View: 0): "
            f"Scheduled to rollback to config {name} in {minutes} minutes"
        )
        return name

    def again(self, minutes: int) -> None:
        """Count anew, back to the same file."""
        old = self.pending
        if old is not None:
            self.forget()
            self._count(minutes, old.user, old.file, old.line)

    def confirm(self) -> None:
        """Keep what was configured."""
        if self.pending is not None:
            user = self.pending.user
            self.box.log(f"%ARCHIVE_DIFF-5-ROLLBK_CNFMD_CHG_CONFIRM: User: {user}: Confirm the configuration change")
        self.forget()

    def forget(self) -> None:
        """Count no more."""
        self.pending = None
        if self._task is not None and self._task is not asyncio.current_task():
            self._task.cancel()
        self._task = None

    def _count(self, minutes: int, user: str, name: str, line: int) -> None:
        now = self.box.wall()
        since = f"{now:%H:%M:%S} UTC {now:%a %b} {now.day} {now.year}"
        self.pending = Pending(self.box.clock.now() + 60 * minutes, minutes, user, name, since, line)
        self._task = asyncio.get_running_loop().create_task(self._run(self.pending))

    async def _run(self, pending: Pending) -> None:
        await self.box.clock.sleep(60 * (pending.minutes - 1))
        self._say(pending, ONE_MINUTE)
        await self.box.clock.sleep(60)
        self._say(pending, "\n".join(["", *self.now(), ""]))

    def _say(self, pending: Pending, text: str) -> None:
        terminal = self.box.terminals.get(pending.line)
        if terminal is not None and self.box.vtys.get(pending.line) == pending.user:
            terminal.write(text)

    def now(self) -> list[str]:
        """Go back to the archived configuration and return what the box prints."""
        pending = self.pending
        if pending is None:
            return [NONE_PENDING]
        self.forget()
        says = [f"Rollback Confirmed Change: rolling to:{pending.file}", ""]
        self.box.log(f"%ARCHIVE_DIFF-5-ROLLBK_CNFMD_CHG_ROLLBACK_START: Start rolling to: {pending.file}")
        lines = self.box.flash.files.get(file_name(pending.file))
        if lines is None:
            return [*says, f"%Error opening {pending.file} (No such file or directory)", ""]
        return [*says, *replace(self.box, lines, listed=False)]

    def show(self) -> list[str]:
        """`show archive config rollback timer`."""
        if self.pending is None:
            return [NONE_PENDING, ""]
        return [
            "",
            f"Time configured(or reconfigured): {self.pending.since}",
            " Timer type: absolute timer",
            f" Timer value: {self.pending.minutes} min",
            f" User: {self.pending.user}",
            "",
        ]
