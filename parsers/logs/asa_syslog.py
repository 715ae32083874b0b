"""The syslog of a firewall (ASA, FTD): one entry a message, whatever a relay or a console has put before it; and whose it is."""

from __future__ import annotations

import re
from collections.abc import Iterator, Sequence
from dataclasses import replace

from msgspec import Struct

from ...inventory.errors import ParseError
from .bundle import Bundle, Part
from .entry import Entry
from .stamps import moment, order_of, over_new_year

_MESSAGE = re.compile(r"^(?P<before>[^%\n]{0,200})%(?:ASA|FTD|PIX)-(?:[a-z]+-)?[0-7]-(?P<id>\d{6}): ?(?P<text>.*)$")
#: The classes of messages that speak of a client that wants in; a busy firewall writes a thousand others for each of them.
_ABOUT = re.compile(r"(?:109|113|611|716|717|721|722|724|725|734|737|746)")
#: Of ``debug webvpn anyconnect``: lines without a number that say something.
_DEBUG = re.compile(r"^(?P<text>WebVPN: CSD data not sent from client.*)$")
_NO_YEAR = re.compile(r"^[A-Z][a-z]{2} +\d{1,2} \d\d:")
_STAMP = re.compile(
    r"(?P<stamp>\d{4}-\d\d-\d\d[T ]\d\d:\d\d:\d\d(?:[.,]\d+)?(?:Z|[+-]\d\d:?\d\d)?"
    r"|[A-Z][a-z]{2} {1,2}\d{1,2}(?: \d{4})? \d\d:\d\d:\d\d(?:\.\d+)?)"
)
_BROKEN = 3
_FOREIGN = re.compile(r"^\s*\d{1,9}:? [A-Z]{3} |\bVPNC: |^\s*<[A-Za-z/!?]|^[\w./-]{1,63}(?:\([\w-]+\))?[#>]|^\s*$|[^\x00-\u024f]")
_ADDRESS = r"\d{1,3}(?:\.\d{1,3}){3}|[0-9a-fA-F]{0,4}:[0-9a-fA-F:.]{2,40}"
_FROM = re.compile(
    rf"\bIP(?: =)? <?(?P<ip>{_ADDRESS})>?|\bclient \S{{1,48}}?:(?P<client>{_ADDRESS})/\d+|\bAddr (?P<addr>{_ADDRESS})"
    rf"|\bUser IP = (?P<aaa>{_ADDRESS})"
)
_USER = re.compile(
    r"\bUser <(?P<a>[^>]{1,128})>|\bUsername = (?P<b>[^,]{1,128}),|\buser(?:name)? = (?P<c>[^\s:,]{1,128})"
    r"|\bUser (?P<d>[^\s,<]{1,128}),? (?:Addr|IP)|LOCAL\\(?P<e>[^\s]{1,128})"
)
EXPECTED = "lines with %ASA-6-725001 and their like, as show logging or a syslog server has them"


class Whose(Struct, frozen=True):
    """A client that a message speaks of, as far as it says that."""

    address: str
    user: str


class AsaSyslog(Struct, frozen=True):
    """The messages in the order of their lines; the text of each begins with its number. ``steps`` as of any log."""

    entries: tuple[Entry, ...]
    left_out: tuple[str, ...]
    notices: tuple[str, ...]


def read_asa_syslog(bundle: Bundle) -> AsaSyslog:
    """The syslog in a file. Raises ParseError in one sentence where it has no message of a firewall."""
    entries = tuple(entry for part in bundle.parts for entry in _timed(list(_entries(part))))
    if not entries and any(_MESSAGE.match(line) for part in bundle.parts for line in part.text.splitlines()):
        raise ParseError(f"{bundle.name} has no message about VPN clients: log the classes auth, vpnc, webvpn, svc, ssl and ca")
    if not entries:
        what = "the console log of an IP phone" if re.search(r"\bVPNC: ", bundle.parts[0].text) else "no syslog of an ASA"
        raise ParseError(f"{bundle.name} is {what}: expected are {EXPECTED}")
    return AsaSyslog(entries, bundle.left_out, bundle.notices)


def _entries(part: Part) -> Iterator[Entry]:
    current: Entry | None = None
    more = 0
    for number, line in enumerate(part.text.split("\n"), 1):
        line = line.rstrip("\r")
        match = _MESSAGE.match(line)
        debug = None if match else _DEBUG.match(line)
        if match or debug:
            if current:
                yield current
            current, more = None, 0
        if match and not _ABOUT.match(match["id"]):
            continue
        if match:
            stamp = _STAMP.search(match["before"])
            text = f"{match['id']}: {match['text'].strip()}"
            current = Entry(part.name, number, None, stamp["stamp"] if stamp else "", "ASA", text)
        elif debug:
            current = Entry(part.name, number, None, "", "debug", debug["text"])
        elif current and more < _BROKEN and not _FOREIGN.search(line):
            current, more = replace(current, text=f"{current.text} {line.strip()}"), more + 1
        elif current:
            more = _BROKEN
    if current:
        yield current


def _timed(entries: Sequence[Entry]) -> list[Entry]:
    order = order_of(entry.shown for entry in entries)
    moments = [moment(entry.shown, order) for entry in entries]
    if all(_NO_YEAR.match(entry.shown) for entry in entries if entry.shown):
        moments = over_new_year(moments)
    return [replace(entry, when=when) for entry, when in zip(entries, moments, strict=True)]


def whose(entry: Entry) -> Whose:
    """Address and user of the client that a message speaks of; "" for what it does not say."""
    address, user = _FROM.search(entry.text), _USER.search(entry.text)
    named = next((value for value in user.groups() if value), "") if user else ""
    # A user whose name the firewall hides, before it knows that it is right.
    return Whose(
        next((value for value in address.groups() if value), "") if address else "", "" if set(named) == {"*"} else named
    )
