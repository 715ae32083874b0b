"""The console log of an IP phone of Cisco (VPN client of 79x2 to 88x1) as entries, and the VPN part of its configuration file.

A console log numbers its lines and has a time without a date; excerpts without either are read too, also where several messages
were run together on one line, or a long one was broken.
"""

from __future__ import annotations

import base64
import binascii
import re
from collections.abc import Iterator, Sequence
from dataclasses import replace
from datetime import datetime, timedelta
from itertools import pairwise

from msgspec import Struct

from ...inventory.errors import ParseError
from ..printed.line_numbers import breaks_before
from .bundle import Bundle, Part
from .entry import Entry

#: ``902: NOT 10:19:27.155936 VPNC: text``; newer models put a date before the time and a thread behind it.
_LINE = re.compile(
    r"^\s*(?P<number>\d{1,9}):? (?P<level>[A-Z]{3}) (?P<stamp>(?:[A-Z][a-z]{2} {1,2}\d{1,2} )?\d\d:\d\d:\d\d(?:\.\d{1,6})?)"
    r" (?:\([\w:-]{1,24}\) )?(?P<source>[A-Za-z][\w.-]{0,24})(?:\[\d+\])?: ?-?(?P<text>.*)$"
)
#: Messages of the VPN client alone, several of them on one line where the page had lost its line breaks.
_BARE = re.compile(r"(?<!\S)(?P<source>VPNC|SECD|VPNU): -?")
_CLOCK = re.compile(r"(?P<h>\d\d):(?P<m>\d\d):(?P<s>\d\d)(?:\.(?P<f>\d{1,6}))?$")
#: A broken message goes on for so many lines.
_BROKEN = 2
_FOREIGN = re.compile(r"%(?:ASA|FTD|PIX)-|^\s*<(?![/\w]*CN=|https?:)|^[\w./-]{1,63}[#>]|^\s*$|[^\x00-\u024f]")
_HALF_DAY, _DAY = timedelta(hours=12), timedelta(days=1)
EXPECTED = "lines such as 902: NOT 10:19:27.155936 VPNC: ssl_state_cb: ..., as the phone's web page shows under Console Logs"


class PhoneConfig(Struct, frozen=True):
    """What ``vpnGroup`` of a phone's configuration file says. ``hashes`` are hexadecimal, of the certificates that it trusts."""

    file: str
    line: int
    hashes: tuple[str, ...]
    urls: tuple[str, ...]
    host_id_check: bool | None


class PhoneLog(Struct, frozen=True):
    """The entries of a console log in the order of its lines, and where lines are missing by their numbers, a sentence each."""

    entries: tuple[Entry, ...]
    gaps: tuple[str, ...]
    steps: tuple[str, ...]


def read_phone_log(bundle: Bundle) -> PhoneLog:
    """The console log in a file (or in the files of a ZIP). Raises ParseError in one sentence where it is none."""
    # A phone keeps several files, and the one that is written now is not the last by name: their numbers tell the order.
    files = sorted((list(_entries(part)) for part in bundle.parts), key=_first_number)
    found = [entry for entries in files for entry in entries]
    if not any(entry.source.upper() in ("VPNC", "SECD", "VPNU") for entry in found):
        what = "the syslog of a firewall" if "%ASA-" in bundle.parts[0].text else "no console log of an IP phone with a VPN"
        raise ParseError(f"{bundle.name} is {what}: expected are {EXPECTED}")
    timed, steps = _timed(found)
    return PhoneLog(tuple(timed), (*bundle.left_out, *_gaps(timed)), tuple(steps))


def _first_number(entries: Sequence[Entry]) -> int:
    return next((entry.number for entry in entries if entry.number is not None), 0)


def _entries(part: Part) -> Iterator[Entry]:
    current: Entry | None = None
    more = 0
    for number, line in enumerate(part.text.split("\n"), 1):
        line = line.rstrip("\r")
        match = _LINE.match(line)
        bare = [] if match else list(_BARE.finditer(line))
        if match or bare:
            if current:
                yield current
            current, more = None, 0
        if match:
            text, count = match["text"].strip(), int(match["number"])
            current = Entry(part.name, number, None, match["stamp"], match["source"], text, count)
        elif bare:
            stops = [*(found.start() for found in bare[1:]), len(line)]
            *whole, last = [
                Entry(part.name, number, None, "", found["source"], line[found.end() : stop].strip())
                for found, stop in zip(bare, stops, strict=True)
            ]
            yield from whole
            current = last
        elif current and more < _BROKEN and not _FOREIGN.search(line):
            current, more = replace(current, text=f"{current.text} {line.strip()}"), more + 1
        elif current:
            more = _BROKEN
    if current:
        yield current


def _timed(entries: Sequence[Entry]) -> tuple[list[Entry], list[str]]:
    """With moments on days of their own: the clock has no date, and goes over midnight."""
    found: list[Entry] = []
    steps: list[str] = []
    day, last = datetime(2000, 1, 1), None
    for entry in entries:
        match = _CLOCK.search(entry.shown)
        if match is None:
            found.append(entry)
            continue
        try:
            when = day.replace(hour=int(match["h"]), minute=int(match["m"]), second=int(match["s"]))
        except ValueError:
            found.append(entry)
            continue
        when += timedelta(microseconds=int(((match["f"] or "") + "000000")[:6]))
        if last is not None and last.when is not None and when < last.when - timedelta(seconds=1):
            if last.when - when > _HALF_DAY:
                day, when = day + _DAY, when + _DAY
            elif entry.number is not None and last.number is not None and entry.number > last.number:
                steps.append(f"{entry.place}: the phone's clock goes back here, from {last.shown} to {entry.shown}: it was set")
        last = replace(entry, when=when)
        found.append(last)
    return found, steps


def _gaps(entries: Sequence[Entry]) -> Iterator[str]:
    """Where the numbers of the lines jump: a log was cut, or lines were left out."""
    numbered = [entry for entry in entries if entry.number is not None]
    for one, other in pairwise(numbered):
        assert one.number is not None
        assert other.number is not None
        if other.number != one.number + 1:
            yield f"{other.place}: number {other.number} follows number {one.number}: lines are missing, or not in order"


_GROUP = re.compile(r"<vpnGroup>(?P<inside>.{0,20000}?)</vpnGroup>", re.DOTALL)
_CREDENTIALS = re.compile(r"<credentials>(?P<inside>.{0,8000}?)</credentials>", re.DOTALL)
_HASH = re.compile(r"(?<![\w+/])(?P<hash>[A-Za-z0-9+/]{27}=|[A-Za-z0-9+/]{43}=)(?![\w+/=])")
_URL = re.compile(r"<url\d*>\s*(?P<url>[^<\s]{1,300})\s*</url\d*>")
_CHECK = re.compile(r"<enableHostIDCheck>\s*(?P<value>[01])\s*</enableHostIDCheck>")


def phone_configs(parts: Sequence[Part]) -> Iterator[PhoneConfig]:
    """The VPN part of each configuration file in the texts; also of one whose hash has lost the element around it."""
    for part in parts:
        breaks = breaks_before(part.text)
        for match in _GROUP.finditer(part.text):
            inside = match["inside"]
            held = _CREDENTIALS.search(inside)
            hashes = tuple(_hex(found["hash"]) for found in _HASH.finditer(held["inside"])) if held else ()
            check = _CHECK.search(inside)
            yield PhoneConfig(
                part.name,
                breaks(match.start()) + 1,
                tuple(value for value in hashes if value),
                tuple(found["url"] for found in _URL.finditer(inside)),
                check["value"] == "1" if check else None,
            )


def _hex(text: str) -> str:
    try:
        return base64.b64decode(text, validate=True).hex().upper()
    except (binascii.Error, ValueError):
        return ""


def as_base64(digits: str) -> str:
    """A hash as the configuration file has it, of the hexadecimal digits that logs and browsers show."""
    return base64.b64encode(bytes.fromhex(digits.replace(":", ""))).decode()
