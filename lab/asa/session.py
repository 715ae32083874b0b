"""One session on an ASA: its prompts, its words for errors, exec commands in configuration mode, its pager."""

from __future__ import annotations

from typing import ClassVar, cast

from ..core.access import banners
from ..core.access.filters import piped
from ..core.access.session import Session
from ..core.configuration.syntax import Reading, Verdict
from ..ios.configure import Place, swallowed
from . import configure as asa_configure
from .box import AsaBox
from .commands.execs import HANDLERS

LOGIN = "Type help or '?' for a list of available commands.\n"


class AsaSession(Session):
    """A session; `length` -1 means that the page is the box's own."""

    more: ClassVar[str] = "<--- More --->"
    wipes: ClassVar[bytes] = b"\r" + b" " * 14 + b"\r"
    filters: ClassVar[tuple[str, ...]] = ("begin", "exclude", "grep", "include")
    asa_words: ClassVar[bool] = True

    @property
    def asa(self) -> AsaBox:
        """The firewall that the session is on."""
        return cast(AsaBox, self.box)

    @property
    def prompt(self) -> str:
        """The prompt; a blank comes after it."""
        mode = self.box.release.prompts[self.place.mode] if self.place is not None else ""
        form = self.box.faults.text("prompt")
        name = self.expanded(form.replace("%p", "")) if form else self.box.hostname
        return f"{name}{mode}{'#' if self.level == 15 else '>'} "

    async def run(self) -> None:
        """Greet, then read and answer lines until the session ends."""
        self.width = self.asa.width
        self.length = self.asa.page
        if self.asa.modern:
            self.terminal.write(f"User {self.user} logged in to {self.box.hostname}\n")
        self.terminal.write(banners.shown(self.box.store, "motd", "login", "exec") + LOGIN)
        await Session.run(self)

    async def _config_word(self, line: str) -> None:
        """Leave a mode, configure, or do what the line says in exec mode, which works here too."""
        assert self.place is not None
        word = line.strip().lower()
        if word in ("end", "exit", "exi", "ex", "quit"):
            if word == "end" or self.place.mode == "config":
                self.leave_config()
            else:
                self.place = self.place.outer
            return
        if self.edition != self.box.edition:  # the box has reloaded or reverted: the section that was open is another one
            self.edition, self.place = self.box.edition, Place()
        if await self._refused(line):
            return
        if not await self._agreed(line):
            return
        line = swallowed(self.box, self.place, line)
        answer, place, reading = asa_configure.apply(self.asa, self.place, line, self.prompt)
        if reading.verdict is not Verdict.DONE:
            other = self.box.release.execs[15].read(self._piped(line)[0])
            ambiguous = reading.verdict is Verdict.AMBIGUOUS
            if other.verdict is Verdict.DONE or (other.depth > reading.depth and not ambiguous):
                await self.execute(line)
                return
        self.place = place
        if reading.verdict is Verdict.DONE:
            self.asa.mark_changed(self.user)
        self.width = self.asa.width
        self.asa.eem.refresh()
        self.asa.settle_routes()
        await self.show(answer)

    async def _refused(self, line: str) -> bool:
        """The faults that refuse a line, or take it and do nothing."""
        inverse = line.strip().startswith(("no ", "clear conf"))
        wanted = self.box.faults.text("refuse-inverse" if inverse else "refuse-line")
        if wanted and wanted in line:
            await self.show(asa_configure.caret(self.prompt, line.find(wanted)))
            return True
        return self._ignored(line)

    def leave_config(self) -> None:
        """Back to exec."""
        self.place = None

    def _piped(self, line: str) -> tuple[str, tuple[str, str] | None]:
        """Split a show command from its filter; None as filter if there is no such filter."""
        command, keep = piped(line, self.filters)
        if keep is None or keep[0] != "grep":
            return command, keep
        return command, ("exclude" if keep[1].startswith("-v ") else "include", keep[1].removeprefix("-v ").strip())

    def _follows(self, line: str) -> list[str] | None:
        """What may stand there in the mode; where it knows nothing of the line, an exec command may be meant."""
        found = Session._follows(self, line)
        return found or self.box.release.execs[15 if self.level == 15 else 1].help(line)

    async def execute(self, line: str, offset: int = 0) -> None:
        """Run an exec command."""
        self.asa.settle_routes()
        command, keep = self._piped(line)
        reading = self.box.release.execs[15 if self.level == 15 else 1].read(command)
        if keep is None and reading.verdict is Verdict.DONE:
            await self.show(asa_configure.caret(self.prompt, line.index("|") + 2 + offset))
        elif reading.verdict is Verdict.DONE and reading.leaf is not None:
            if reading.leaf.run.startswith("config_") and self.place is None:
                await self.show(asa_configure.caret(self.prompt, line.index(line.split()[1]) + offset))
                return
            await self.perform(reading, HANDLERS, line, keep or ("", ""), offset)
        else:
            whole: Reading[object] = Reading(reading.verdict, reading.column + offset, None, {}, reading.depth)
            await self.show(asa_configure.complaint(whole, line, self.prompt))

    def _event(self) -> str:
        """A log message as it comes in the middle of an output."""
        return "%ASA-4-411002: Line protocol on Interface Management0/0, changed state to down"
