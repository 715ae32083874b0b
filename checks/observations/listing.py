"""Complete listings: what is not in one is not on the device.

A listing is accepted only with the head that its command prints, or with the words with which the device says that there is
nothing, and if each line in it is one that such a list has. Everything else raises NotKnown: an answer that was refused, that is
empty where the command always prints something, that breaks off, or that holds a line which nobody can read.
"""

from __future__ import annotations

import re
from collections.abc import Mapping

from msgspec import Struct

from ...changes.configurations.refusals import refusal_in, words_of
from ...inventory.errors import NotKnown


class Form(Struct, frozen=True):
    """How the list of one command looks: its first line, its last, the words for nothing, and its rows.

    ``head`` and ``tail`` are None where the command prints none; then nothing at all is the list with nothing in it. ``must`` is
    a line that each such list has.
    """

    head: re.Pattern[str] | None
    row: re.Pattern[str]
    tail: re.Pattern[str] | None = None
    nothing: re.Pattern[str] | None = None
    must: re.Pattern[str] | None = None


#: Above every output with ``terminal exec prompt timestamp``.
_STAMP = re.compile(r"Load for five secs: .*|Time source is .*")
#: IOS 12.2 to 17 print ``N bytes total (M bytes free)``; other file systems say that they cannot tell (rancid, lib/ios.pm).
_DIRECTORY = Form(
    head=re.compile(r"Directory of \S+"),
    row=re.compile(r"\s*\d+\s+[-drwx]{4}\s+\d+\s.*\S"),
    tail=re.compile(r"\d+ bytes (?:total|available) \(\d+ bytes (?:free|used).*\)|No space information available"),
    nothing=re.compile(r"No files in directory"),
)
#: Cisco IOS, "Command Scheduler (Kron)", and published sessions.
_KRON = Form(head=re.compile(r"Kron Occurrence Schedule"), row=re.compile(r"\S+ (?:inactive|active|running)\b.*", re.IGNORECASE))
#: From memory of the ASA command reference, show event manager: it has neither head nor end, and all its forms are not known. So
#: it says which applets count, and that one is gone is seen in a whole running configuration.
_EVENTS = Form(head=None, row=re.compile(r".*"))
#: Each section begins with its interface; an ASA always has some.
_INTERFACES = Form(
    head=re.compile(r"!|interface \S.*"), row=re.compile(r"interface \S.*|\s.*|!.*"), must=re.compile(r"interface \S.*")
)

DIRECTORY = "dir flash:"
KRON = "show kron schedule"
EVENTS = "show event manager"
INTERFACES = "show running-config interface"
FORMS: Mapping[str, Form] = {
    DIRECTORY: _DIRECTORY,
    KRON: _KRON,
    EVENTS: _EVENTS,
    INTERFACES: _INTERFACES,
}


class Listing(Struct, frozen=True):
    """What ``command`` listed. Raises NotKnown, in a sentence with the device's own words, unless it is a whole list."""

    command: str
    text: str

    def __post_init__(self) -> None:
        """Judge the text. Raises NotKnown."""
        why = _why_not_whole(FORMS[self.command], self._lines)
        if why:
            raise NotKnown(f"{self.command!r} {why}")

    @property
    def _lines(self) -> tuple[str, ...]:
        lines = (line.rstrip() for line in self.text.splitlines())
        return tuple(line for line in lines if line.strip() and not _STAMP.fullmatch(line))

    @property
    def rows(self) -> tuple[str, ...]:
        """Its lines without head, tail and the words for nothing."""
        form = FORMS[self.command]
        return tuple(line for line in self._lines if form.row.fullmatch(line) and not _is(form.tail, line))


def _is(pattern: re.Pattern[str] | None, line: str) -> bool:
    return pattern is not None and pattern.fullmatch(line.strip()) is not None


def _why_not_whole(form: Form, lines: tuple[str, ...]) -> str:
    said = refusal_in("\n".join(lines))
    if said:
        return f"was answered with {said!r}"
    if form.head is not None and not lines:
        return "was answered with nothing"
    if form.head is not None and not _is(form.head, lines[0]):
        return f"was answered with {words_of(lines[0])!r}"
    if form.tail is not None and not _is(form.tail, lines[-1]):
        return f"breaks off behind {words_of(lines[-1])!r}"
    if form.must is not None and not any(_is(form.must, line) for line in lines):
        return f"breaks off behind {words_of(lines[-1])!r}"
    strange = next((line for line in lines if not _belongs(form, line)), "")
    return f"shows {words_of(strange)!r}, which is no row of such a list" if strange else ""


def _belongs(form: Form, line: str) -> bool:
    return form.row.fullmatch(line) is not None or any(_is(pattern, line) for pattern in (form.head, form.tail, form.nothing))
