"""Who changed a line of a configuration, by what the device has logged. Pure.

IOS from 12.3(4)T on keeps what was typed, and by whom, where ``archive``, ``log config``, ``logging enable`` stands; the entries
carry no time. Every IOS whose clock is set says above its running configuration when it was changed last and by whom, and an ASA
by whom it was written. Sources: Cisco, Configuration Change Notification and Logging; command references of ``show archive log
config`` and ``more system:running-config``; published sessions.
"""

from __future__ import annotations

import re
from collections.abc import Iterator, Sequence

from msgspec import Struct

from ..changes.config_object import without_number
from ..changes.configurations import tree
from ..changes.configurations.refusals import is_refused
from ..inventory.systems import System

#: ``    3     2     netadm@vty0       | transport input ssh``: a line of a sub-mode stands one blank to the right.
_ENTRY = re.compile(r"\s*(?P<number>\d+)\s+(?P<session>\d+)\s+(?P<user>\S*)@(?P<line>\S+)\s*\|(?P<text>.*)")
_HEADERS = (
    re.compile(r"! Last configuration change at (?P<time>.+?)(?: by (?P<user>\S+))?"),
    re.compile(r": Written by (?P<user>\S+) at (?P<time>.+)"),
)
#: So many lines above a configuration may hold the note.
_ABOVE = 40
_SECRET = re.compile(r"<(?:key|secret):[^>]*>|\*+")


class Typed(Struct, frozen=True):
    """One line that somebody typed. ``under`` is the line that had opened the sub-mode, empty for a global one."""

    number: int
    user: str
    terminal: str
    text: str
    under: str = ""

    def __str__(self) -> str:
        """In words, the mode with it."""
        return f"{self.user or 'somebody'} on {self.terminal} typed {self.text!r}" + (f" in {self.under!r}" if self.under else "")


class LastChange(Struct, frozen=True):
    """The note above a configuration, in the device's words; ``user`` is empty where it names none."""

    user: str
    time: str


class Kept(Struct, frozen=True):
    """What a device has kept of changes. ``without_log`` says why there is no log, and is empty where there is one."""

    last: LastChange | None
    typed: tuple[Typed, ...]
    without_log: str

    def of(self, header: str, line: str) -> tuple[Typed, ...]:
        """The newest entry that set a line below a header, or took it away; of the header itself where ``line`` is empty."""
        found = (item for item in reversed(self.typed) if _is_of(item, header, line))
        newest = next(found, None)
        return (newest,) if newest else ()


def kept(host: str, system: System, running: str, log: str | None) -> Kept:
    """What is known. ``log`` is what the device showed of its log, None where it was not asked or did not answer."""
    return Kept(last_change(running), *_logged(host, system, running, log))


def last_change(running: str) -> LastChange | None:
    """The note above a running configuration."""
    for line in running.splitlines()[:_ABOVE]:
        match = next((match for form in _HEADERS if (match := form.fullmatch(line.strip()))), None)
        if match:
            return LastChange(match["user"] or "", match["time"])
    return None


def _logged(host: str, system: System, running: str, log: str | None) -> tuple[tuple[Typed, ...], str]:
    if not system.log_of_changes:
        return (), f"{host} keeps no log of what is typed: no release of its generation does"
    if log is None or is_refused(log):
        return (), f"{host} did not show its log of what is typed: {system.log_of_changes!r} was refused, or not answered"
    if not _is_enabled(running):
        return (), f"{host} keeps no log of what is typed: 'archive', 'log config', 'logging enable' is not configured"
    return tuple(entries(log)), ""


def _is_enabled(running: str) -> bool:
    return any(
        node.line == "archive" and any(path.split(": ")[-1] == "logging enable" for path in node.paths)
        for node in tree.parse(running)
    )


def entries(log: str) -> Iterator[Typed]:
    """Lines of ``show archive log config all``; what is none of them is passed over."""
    openers: dict[str, list[str]] = {}
    for line in log.splitlines():
        match = _ENTRY.fullmatch(line.rstrip())
        if match is None:
            continue
        text = match["text"].strip()
        depth = len(match["text"]) - len(match["text"].lstrip())
        above = openers.setdefault(match["session"], [])
        del above[depth:]
        yield Typed(int(match["number"]), match["user"], match["line"], text, above[-1] if above else "")
        above.append(text)


def _is_of(item: Typed, header: str, line: str) -> bool:
    """A line below a header is touched by one in that sub-mode; the whole of it by what takes the header away."""
    if not item.under:
        gone = item.text.removeprefix("no ")
        return _same(gone, header, whole=False) and (item.text.startswith("no ") or not line)
    if not line or not _same(item.under, header, whole=False):
        return False
    return _same(item.text, line, whole=True) or (item.text.startswith("no ") and _same(item.text[3:], line, whole=False))


def _same(typed: str, shown: str, *, whole: bool) -> bool:
    """True where a person may have typed ``shown`` so: words may be cut short, keys differ; without ``whole`` it may go on."""
    one, other = _words(typed), _words(shown)
    if not one or (len(one) != len(other) if whole else len(one) > len(other)):
        return False
    return all(map(_same_word, one, other))


def _words(line: str) -> Sequence[str]:
    return [_SECRET.sub("<key>", word) for word in without_number(line.strip()).split()]


def _same_word(typed: str, shown: str) -> bool:
    return typed == shown or (len(typed) > 1 and typed.isalpha() and shown.startswith(typed))
