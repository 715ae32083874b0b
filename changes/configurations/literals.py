"""Texts in a configuration that run over several lines and are none: banners, menus, macros, certificates, raw requests.

What stands in one is for people, or for another program, whatever it looks like. Sources: Cisco IOS Configuration
Fundamentals Command Reference (banner, menu title, macro name), IOS Security Command Reference (crypto pki certificate chain,
aaa authentication banner), IP SLAs Command Reference (http-raw-request). A device shows the delimiter of a text as ``^C``,
whatever was typed; a startup configuration that came from a file has the one of the file. An ASA has a command for each line of
a banner instead.
"""

from __future__ import annotations

import re
from collections.abc import Iterator, Sequence

from msgspec import Struct

#: The delimiter as a device shows it, and as the character itself.
_MARK = re.compile(r"\^C|\x03")
#: A text begins with a mark behind a blank; a line for people may have one in the middle.
_MARKED = re.compile(r"(?P<head>(?!\s*(?:description|remark|name)\s)\S.*?) (?P<rest>(?:\^C|\x03).*)")
#: The same with a delimiter that somebody chose: a single character, or one that begins no word.
_CHOSEN = re.compile(r"(?P<head>banner \S+|menu \S+ (?:title|prompt|status-line)) (?P<rest>(?P<mark>\S$|[^\w\s^]).*)")
#: Commands that have nothing but such a text behind them, with a delimiter that begins one.
_TEXTS = re.compile(
    r"(?:banner \S+|aaa authentication (?:banner|fail-message)|menu \S+ (?:title|prompt|status-line))"
    r" +(?:\^C|\x03|[^\w\s^]|\S$).*"
)
#: The command of one line of a banner on an ASA.
_ASA_BANNER = re.compile(r"(?P<head>banner \S+)(?P<rest>(?: .*)?)")
#: Sections that end with a line of their own: the line that begins one, the line that ends it, and what may stand between. A
#: certificate may be shown without its bytes and without an end; then the end of another one must not be taken for its own.
_SECTIONS = (
    (re.compile(r"macro name \S+"), re.compile(r"@"), re.compile(r".*")),
    (re.compile(r"certificate (?:[a-z-]+ )*[0-9A-Fa-f]+"), re.compile(r"quit"), re.compile(r"(?:  |\t).*|[0-9A-Fa-f ]*")),
    (re.compile(r"http-raw-request"), re.compile(r"exit"), re.compile(r".*")),
)
#: What only an ASA, or a PIX, shows.
_ASA = re.compile(r"^(?:(?:ASA|PIX) Version | nameif \S)", re.MULTILINE)


class Literal(Struct, frozen=True):
    """A text that was found: the command in front of it, all that follows, and the number of lines in all."""

    head: str
    rest: str
    lines: int


def is_asa(text: str) -> bool:
    """True if a configuration is that of an ASA, where a banner has no delimiter."""
    return _ASA.search(text) is not None


#: What a text begins with that has not the mark of a delimiter.
_FIRST = ("banner ", "menu ", "macro name ", "certificate ", "http-raw-request")


def may_begin(line: str) -> bool:
    """False for most lines of a configuration, at a glance."""
    return line.startswith(_FIRST) or "^C" in line or "\x03" in line


#: What a line begins with, behind its blanks, for which may_begin() or begins_text() may be true; and what it may hold.
_BEGINNINGS = (*_FIRST, "aaa authentication banner", "aaa authentication fail-message")
_WITHIN = ("^C", "\x03")


def places(lines: Sequence[str]) -> list[int]:
    """Numbers of the lines in which such a text may begin: a configuration has thousands of lines, and a few of these.

    Word by word: a pattern of all of them is tried at each place of the text.
    """
    text = "\n".join(lines)
    ends = [at for word in _WITHIN for at in _finds(text, word)]
    for word in _BEGINNINGS:
        for at in _finds(text, word):
            before = text[text.rfind("\n", 0, at) + 1 : at]
            if not before or before.isspace():
                ends.append(at)
    found: list[int] = []
    number = begin = 0
    for end in sorted(ends):
        number += text.count("\n", begin, end)
        begin = end
        if not found or found[-1] != number:
            found.append(number)
    return found


def _finds(text: str, word: str) -> Iterator[int]:
    at = text.find(word)
    while at >= 0:
        yield at
        at = text.find(word, at + 1)


def begins_text(line: str) -> bool:
    """True for a line of IOS behind whose command a text has to begin: where it never ends, the configuration was cut."""
    return _TEXTS.fullmatch(line) is not None


def is_text(line: str) -> bool:
    """True for a line below a header that is such a text, with all its lines or on one."""
    return "\n" in line or (may_begin(line) and literal_at((line,), 0, asa=False) is not None)


def literal_at(lines: Sequence[str], number: int, *, asa: bool) -> Literal | None:
    """The text that begins in this line, None if none does. One that never ends is none: nothing else may vanish in it."""
    line = lines[number].strip()
    if asa:
        found = _ASA_BANNER.fullmatch(line)
        return Literal(found["head"], found["rest"], 1) if found else _section(lines, number, line)
    marked = _MARKED.fullmatch(line)
    if marked:
        return _delimited(lines, number, marked["head"], marked["rest"], _MARK)
    chosen = _CHOSEN.fullmatch(line)
    if chosen:
        return _delimited(lines, number, chosen["head"], chosen["rest"], re.compile(re.escape(chosen["mark"])))
    return _section(lines, number, line)


def _delimited(lines: Sequence[str], number: int, head: str, rest: str, mark: re.Pattern[str]) -> Literal | None:
    """From the first delimiter to the next one, in this line or in a later one."""
    if len(mark.findall(rest)) > 1:
        return Literal(head, f" {rest}", 1)
    for end in range(number + 1, len(lines)):
        if mark.search(lines[end]):
            return Literal(head, "\n".join((f" {rest}", *lines[number + 1 : end + 1])), end + 1 - number)
    return None


def _section(lines: Sequence[str], number: int, line: str) -> Literal | None:
    ending, body = next(((end, body) for begin, end, body in _SECTIONS if begin.fullmatch(line)), (None, None))
    if ending is None or body is None:
        return None
    for end in range(number + 1, len(lines)):
        if not ending.fullmatch(lines[end].strip()) and not body.fullmatch(lines[end]):
            return None
        if ending.fullmatch(lines[end].strip()):
            return Literal(line, "".join(f"\n{text}" for text in lines[number + 1 : end + 1]), end + 1 - number)
    return None
