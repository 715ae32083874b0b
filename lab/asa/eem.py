"""The event manager of an ASA: applets that run configuration commands by themselves after a time.

Sources: Cisco's "ASA Embedded Event Manager Configuration Example" (9.2(1) and later, single context) and the configuration
guides: a countdown fires once and counts anew only when it is removed and added again; commands run in global configuration
mode at privilege 15 and get no input. The lines of `show event manager` are from memory of the command reference.
"""

from __future__ import annotations

import asyncio
from typing import TYPE_CHECKING

from msgspec import Struct

from ..core.access.terminal import Half, Hangup, Script
from ..ios.configure import Place

if TYPE_CHECKING:
    from ..core.configuration.store import Entry
    from .box import AsaBox


class NoInput(Script):
    """A terminal at which nobody answers: a command that asks fails there."""

    async def read_line(self, *, echo: bool = True, half: Half | None = None, room: int = 0, begun: str = "") -> str:
        """Nobody types."""
        await super().read_line(echo=echo, half=half, room=room, begun=begun)
        raise Hangup

    async def read_key(self) -> str:
        """Nobody types."""
        raise Hangup


class Ran(Struct):
    """How often something ran, and when last."""

    hits: int = 0
    last: str = "never"

    def __str__(self) -> str:
        return f"hits {self.hits}, last {self.last}"


class Eem:
    """The applets of one box, by name."""

    def __init__(self, box: AsaBox) -> None:
        self.box = box
        self.last_error = ""
        self._armed: dict[str, tuple[Entry, float, asyncio.Task[None]]] = {}
        self._ran: dict[tuple[str, str], Ran] = {}

    def refresh(self) -> None:
        """Count for each countdown that was added; those that went away count no more."""
        wanted = {e.key[0]: timer for e in self.box.store.all("applet") if (timer := e.child("countdown")) is not None}
        for name, (timer, _, task) in list(self._armed.items()):
            if wanted.get(name) is not timer:
                if task is not asyncio.current_task():
                    task.cancel()
                del self._armed[name]
        for name in {name for name, _ in self._ran} - {entry.key[0] for entry in self.box.store.all("applet")}:
            self._ran = {key: ran for key, ran in self._ran.items() if key[0] != name}
        for name, timer in wanted.items():
            if name not in self._armed:
                seconds = int(timer.values["seconds"])
                task = asyncio.get_running_loop().create_task(self._count(name, seconds))
                self._armed[name] = (timer, self.box.clock.now() + seconds, task)

    def stop(self) -> None:
        """Count no more, and forget what ran."""
        for _, _, task in self._armed.values():
            task.cancel()
        self._armed.clear()
        self._ran.clear()
        self.last_error = ""

    async def _count(self, name: str, seconds: int) -> None:
        await self.box.clock.sleep(seconds)
        await self.run(name, "countdown")

    async def run(self, name: str, event: str) -> None:
        """Run the actions of an applet in the order of their numbers, each in global configuration mode."""
        entry = self.box.store.get("applet", name)
        if entry is None:
            return
        self._hit(name, "")
        self._hit(name, event)
        for action in sorted(entry.all("action"), key=lambda item: int(item.key[0])):
            self._hit(name, action.key[0])
            await self._perform(action.values["command"])
        if self.box.cut_off:  # what had cut the way in is undone
            self.box.reload.begin(self.box.regain_management)

    def _hit(self, name: str, what: str) -> None:
        ran = self._ran.setdefault((name, what), Ran())
        ran.hits += 1
        ran.last = f"{self.box.wall():%Y/%m/%d %H:%M:%S}"

    async def _perform(self, command: str) -> None:
        from .session import AsaSession  # a session runs on a box, and a box has an event manager

        script = NoInput([])
        session = AsaSession(self.box, script, user="eem", level=15, length=0, counted=False, place=Place())
        try:
            await session.take(command)
            failed = "ERROR" in script.text() or "not allowed" in script.text()
        except Hangup:
            failed = True
        if failed:
            self.last_error = f"Command failed @ {self.box.wall():%Y/%m/%d %H:%M:%S}"
            self.box.log(f"%ASA-3-305021: event manager: {command}: the command failed")

    def show(self) -> list[str]:
        """`show event manager`."""
        lines = [f"Last Error: {self.last_error}"] if self.last_error else []
        for entry in self.box.store.all("applet"):
            name = entry.key[0]
            lines.append(f"event manager applet {name}, {self._ran.get((name, ''), Ran())}")
            if entry.child("event none") is not None:
                lines.append(f"  event none, {self._ran.get((name, 'none'), Ran())}")
            if name in self._armed:
                timer, at, _ = self._armed[name]
                left = max(0, round(at - self.box.clock.now()))
                ran = self._ran.get((name, "countdown"), Ran())
                lines.append(f"  event countdown {timer.values['seconds']} secs, left {left} secs, {ran}")
            for action in sorted(entry.all("action"), key=lambda item: int(item.key[0])):
                lines.append(f"  {action.text}, {self._ran.get((name, action.key[0]), Ran())}")
        return lines
