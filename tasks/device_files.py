"""Write a text file to the flash of a router over the session that is there, see by its hash that it is what was sent, remove it.

It is written by the Tcl shell of IOS-XE, a line at a time: no second login, no server and no line of configuration is needed for
it, as SCP would need (`ip scp server enable`). Between braces Tcl takes a text as it is; what a terminal would take for something
else (a question mark asks for help) may not be in it, and is refused before anything is typed.
"""

from __future__ import annotations

import re
from collections.abc import Iterator, Sequence

from nornir.core.task import Result, Task

from ..changes.configurations.refusals import words_of
from ..changes.device_file import DeviceFile, digest_in
from ..inventory.errors import DeviceRefused
from .device import session
from .sessions.session import Session

_OPENED = re.compile(r"file\d+")
#: Characters that neither a terminal nor Tcl between braces interprets.
_PLAIN = re.compile(r"[ -~]*")
_OWN = re.compile(r"[{}\\?]")


def place(task: Task, files: Sequence[DeviceFile]) -> Result:
    """Nornir task. ``result`` has the URLs of those that were written; one that is there already is left as it is.

    Raises DeviceRefused where a file cannot be written, or is not what was sent.
    """
    device = session(task)
    written = [file.url for file in files if digest_on(device, file.url) != file.md5 and _write(device, file)]
    return Result(host=task.host, changed=bool(written), result=tuple(written))


def digest_on(device: Session, url: str) -> str:
    """The MD5 hash of a file as the device computes it; empty where it has no such file.

    Raises DeviceRefused where it says neither.
    """
    answer = device.ask(f"verify /md5 {url}")
    found = digest_in(answer)
    if found is None:
        raise DeviceRefused(f"{device.name}: whether {url} is there is not known: it answers {words_of(answer)!r}")
    return found


def _is_gone(device: Session, url: str) -> bool:
    """True only where the device says so itself."""
    return digest_in(device.ask(f"verify /md5 {url}")) == ""


def _write(device: Session, file: DeviceFile) -> bool:
    lines = list(lines_for(device.name, file))
    replies = device.send_batch(lines)
    words = [reply.words for reply in replies if reply.text.strip() and not _OPENED.fullmatch(reply.text.strip())]
    if not words and digest_on(device, file.url) == file.md5:
        return True
    device.send_batch([f"delete /force {file.url}"])
    why = f"was answered with {words[0]!r}" if words else "is not what was sent, by its hash"
    raise DeviceRefused(f"{device.name}: writing {file.url} {why}")


def lines_for(host: str, file: DeviceFile) -> Iterator[str]:
    """The lines to type. Raises DeviceRefused for a text that a terminal would alter."""
    lines = file.text.splitlines()
    if any(not _PLAIN.fullmatch(line) or _OWN.search(line) for line in (*lines, file.url)):
        raise DeviceRefused(f"{host}: {file.url} has a character that cannot be typed into a router")
    yield from ("tclsh", f'set nr_file [open "{file.url}" w]')
    yield from (f"puts $nr_file {{{line}}}" for line in lines)
    yield from ("close $nr_file", "tclquit")


def take_away(task: Task, urls: Sequence[str]) -> Result:
    """Nornir task: remove these files. ``result`` has those that are still there, or may be."""
    device = session(task)
    there = [url for url in urls if not _is_gone(device, url)]
    if there:
        device.send_batch([f"delete /force {url}" for url in there])
    return Result(host=task.host, changed=bool(there), result=tuple(url for url in there if not _is_gone(device, url)))
