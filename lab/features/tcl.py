"""The Tcl shell of IOS-XE, as far as a text is written to the flash by it, line by line.

Source: "Cisco IOS Scripting with Tcl" configuration guide (tclsh, file access on local file systems, tclquit); the words of the
interpreter are those of Tcl 8.3. What is no Tcl command of these is tried as an exec command there; the lab says that it is not
played.
"""

from __future__ import annotations

import re
from collections.abc import Callable
from typing import TYPE_CHECKING

from msgspec import Struct, field

from ..core.flash import file_name

if TYPE_CHECKING:
    from ..core.box import Box
    from ..ios.commands.execs import Call, Handler

_OPEN = re.compile(r'set (?P<name>\w+) \[open "?(?P<url>[^"\s]+)"? w\+?\]')
_PUTS = re.compile(r"puts \$(?P<name>\w+) \{(?P<text>[^{}]*)\}")
_CLOSE = re.compile(r"close \$(?P<name>\w+)")
_LEAVE = ("exit", "tclquit")


class Shell(Struct):
    """One shell: the files that are open by their variables. `over` when it has been left."""

    box: Box
    open: dict[str, tuple[str, list[str]]] = field(default_factory=dict)
    over: bool = False
    opened: int = 0

    def take(self, line: str) -> list[str]:
        """Do what a line says; what is printed."""
        line = line.strip()
        if line in _LEAVE:
            self.over = True
            return []
        rules: tuple[tuple[re.Pattern[str], Callable[[re.Match[str]], list[str]]], ...] = (
            (_OPEN, self._open),
            (_PUTS, self._puts),
            (_CLOSE, self._close),
        )
        for pattern, act in rules:
            match = pattern.fullmatch(line)
            if match is not None:
                return act(match)
        return [f"% nr-run lab: {line} is not played here. That is a limit of the rehearsal lab, not of the release."]

    def _open(self, match: re.Match[str]) -> list[str]:
        disk, colon, _ = match["url"].partition(":")
        if not colon or disk not in self.box.disks:
            return [f'couldn\'t open "{match["url"]}": no such file or directory']
        self.open[match["name"]] = match["url"], []
        self.box.flash.write(file_name(match["url"]), [])
        self.opened += 1
        return [f"file{self.opened - 1}"]

    def _puts(self, match: re.Match[str]) -> list[str]:
        if match["name"] not in self.open:
            return [f'can\'t read "{match["name"]}": no such variable']
        self.open[match["name"]][1].append(match["text"])
        return []

    def _close(self, match: re.Match[str]) -> list[str]:
        if match["name"] not in self.open:
            return [f'can\'t read "{match["name"]}": no such variable']
        url, lines = self.open.pop(match["name"])
        if "flash-full" in self.box.faults or not self.box.flash.has_room(file_name(url), lines):
            return ['error flushing "file0": no space left on device']
        self.box.flash.write(file_name(url), lines)
        return []


async def tclsh(call: Call) -> list[str]:
    """`tclsh`."""
    call.session.tcl = Shell(call.box)
    return []


HANDLERS: dict[str, Handler] = {"tclsh": tclsh}
