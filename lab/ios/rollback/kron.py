"""kron: exec commands that the box runs by itself after a time. They may ask nothing, and a wrong one ends its list.

Source: Cisco's "Command Scheduler (Kron)" feature guide; the line of `show kron schedule` for a single run is from memory.
"""

from __future__ import annotations

import asyncio
from typing import TYPE_CHECKING

from ...core.access.terminal import Hangup, Script
from .reload import seconds_of

if TYPE_CHECKING:
    from ...core.box import Box
    from ...core.configuration.store import Entry


class Kron:
    """The occurrences of one box, by name."""

    def __init__(self, box: Box) -> None:
        self.box = box
        self._at: dict[str, float] = {}
        self._tasks: dict[str, asyncio.Task[None]] = {}

    def refresh(self) -> None:
        """Count for each occurrence that has a policy list; those that went away count no more."""
        wanted = {entry.key[0]: entry for entry in self.box.store.all("kron occurrence") if entry.all("kron list")}
        for name in [name for name in self._tasks if name not in wanted]:
            self._tasks.pop(name).cancel()
            self._at.pop(name, None)
        if not self.box.clock_set:  # nothing is scheduled until it is (feature guide)
            return
        for name, entry in wanted.items():
            if name not in self._tasks:
                seconds = seconds_of(entry.values["when"]) or 60
                self._at[name] = self.box.clock.now() + seconds
                self._tasks[name] = asyncio.get_running_loop().create_task(self._run(entry, seconds))

    def stop(self) -> None:
        """Count no more."""
        for task in self._tasks.values():
            task.cancel()
        self._tasks.clear()
        self._at.clear()

    async def _run(self, entry: Entry, seconds: int) -> None:
        name = entry.key[0]
        while True:
            await self.box.clock.sleep(seconds)
            policies, commands = [item.key for item in entry.all("kron list")], self._commands(entry)
            if entry.values["kind"] == "oneshot":
                with self.box.store.changing():
                    self.box.store.root.pop(("kron occurrence", entry.key), None)
                self._tasks.pop(name, None)
                self._at.pop(name, None)
                await self._perform(policies, commands)
                return
            self._at[name] = self.box.clock.now() + seconds
            await self._perform(policies, commands)

    def _commands(self, entry: Entry) -> list[str]:
        lists = [self.box.store.get("kron policy", item.key[0]) for item in entry.all("kron list")]
        return [item.key[0] for policy in lists if policy is not None for item in policy.all("kron cli")]

    async def _perform(self, policies: list[tuple[str, ...]], commands: list[str]) -> None:
        """A command that fails takes the policy lists with it (feature guide)."""
        from ...core.access.session import Session  # a session runs on a box, and a box has a Kron

        for command in commands:
            script = Script([])
            try:
                await Session(self.box, script, user="kron", level=15, length=0, counted=False).take(command)
            except Hangup:
                return
            if any(line.startswith("%") or "^" in line for line in script.text().splitlines()):
                self.box.log(f"%KRON-3-ERROR: {command}: the command failed")
                with self.box.store.changing():
                    for key in policies:
                        self.box.store.root.pop(("kron policy", key), None)
                return

    def show(self) -> list[str]:
        """`show kron schedule`."""
        lines = ["Kron Occurrence Schedule"]
        for entry in self.box.store.all("kron occurrence"):
            name = entry.key[0]
            left = int(self._at.get(name, self.box.clock.now()) - self.box.clock.now())
            when = f"{left // 86400} days {left // 3600 % 24:02}:{left // 60 % 60:02}:{left % 60:02}"
            lines.append(f"{name} inactive, will run {'once' if entry.values['kind'] == 'oneshot' else 'again'} in {when}")
        return [*lines, ""]
