"""The log of a VPN client of Cisco (Secure Client, AnyConnect), in each of the forms in which people bring it, as entries.

DART's text, exports of the event viewer of Windows (text, XML, table), syslog of Linux and macOS, what the window or the command
line showed; OpenConnect's window too. Forms may be mixed in one text. An entry that lost a part is told, never completed.
"""

from __future__ import annotations

import csv
import html
import io
import re
from collections.abc import Iterator, Sequence
from dataclasses import replace

from msgspec import Struct, field

from ...inventory.errors import ParseError
from .bundle import Bundle, Part
from .client_forms import CLI, COLUMNS, DEVICE, FIELD, FOREIGN, LABELS, LINES, PROGRAM, RULE, XML_AGAIN
from .entry import Entry
from .stamps import moment, order_of, over_new_year

#: What a description may have: more is no message of a client.
_DESCRIBED = 120
_MONTHS = frozenset({"Jan", "Feb", "Mar", "Apr", "May", "Jun", "Jul", "Aug", "Sep", "Oct", "Nov", "Dec"})
#: Sources of entries that count, in a log that has those of other programs too.
_OURS = re.compile(rf"(?i:{PROGRAM}|cisco.*)?")
_NAMED_MONTH = re.compile(r"^[A-Z][a-z]{2} +\d{1,2} \d\d:")
EXPECTED = (
    "a DART bundle (ZIP), its AnyConnectVPN.txt, an export of the event log Cisco Secure Client, or the lines of vpnagent and "
    "vpnui of a syslog"
)


class ClientLog(Struct, frozen=True):
    """All entries of all files, each file in the order of its lines. ``problems`` are entries that are not whole.

    ``notices`` say what was left out, or read in one of several ways.
    """

    entries: tuple[Entry, ...]
    problems: tuple[str, ...] = ()
    notices: tuple[str, ...] = ()


def read_client_log(bundle: Bundle) -> ClientLog:
    """The entries of a file. Raises ParseError in one sentence where none of its texts is a client's log."""
    logs = [read_part(part) for part in bundle.parts]
    entries = tuple(entry for log in logs for entry in log.entries)
    if not entries:
        raise ParseError(_nothing(bundle))
    problems = (*bundle.left_out, *(words for log in logs for words in log.problems if log.entries))
    return ClientLog(_once(entries), problems, (*bundle.notices, *(words for log in logs for words in log.notices)))


def _nothing(bundle: Bundle) -> str:
    for part in bundle.parts:
        for form, what in FOREIGN:
            if form.search(part.text[: 1 << 16]):
                return f"{part.name} is no log of Cisco Secure Client or AnyConnect but {what}"
    held = f"none of the {len(bundle.parts)} texts in it has" if bundle.zipped else "it has"
    no = "" if bundle.zipped else "no "
    left = "; ".join((*bundle.left_out, *bundle.notices)[:3])
    left = f" ({left})" if left else ""
    return f"{bundle.name} is no log of Cisco Secure Client or AnyConnect: {held} {no}entry of one{left}; expected is {EXPECTED}"


def _once(entries: Sequence[Entry]) -> tuple[Entry, ...]:
    """A bundle has some logs twice, as text and as an export: the same entry counts once."""
    seen: dict[tuple[object, str, str], str] = {}
    kept = []
    for entry in entries:
        key = (entry.when, entry.source, " ".join(entry.text.split()))
        if entry.when is None or seen.setdefault(key, entry.file) == entry.file:
            kept.append(entry)
    return tuple(kept)


def read_part(part: Part) -> ClientLog:
    """The entries of one text; none where it is no log."""
    reading = _Reading(part.name)
    if not (_table(reading, part.text) or _events(reading, part.text)):
        for number, line in enumerate(part.text.split("\n"), 1):
            reading.line(number, line.rstrip("\r"))
        reading.end()
    return reading.log()


class _Open(Struct):
    """An entry of several lines while it is read."""

    line: int
    fields: dict[str, str] = field(default_factory=dict)
    text: list[str] | None = None


class _Reading(Struct):
    """One text while it is read. ``stamps`` are raw, since the order of a date follows from all of them."""

    name: str
    entries: list[Entry] = field(default_factory=list)
    problems: list[str] = field(default_factory=list)
    open: _Open | None = None
    in_xml: bool = False

    def line(self, number: int, line: str) -> None:
        if self.in_xml:
            self.in_xml = "</Event>" not in line
            return
        if self._single(number, line) or self._field(number, line):
            return
        if XML_AGAIN.match(line):
            self.end()
            self.in_xml = True
        elif self.open is not None and self.open.text is not None:
            if DEVICE.match(line):
                self.end()
            elif not RULE.match(line) and len(self.open.text) < _DESCRIBED:
                self.open.text.append(line.strip())

    def _single(self, number: int, line: str) -> bool:
        # Most lines of a log are neither: a look at how one begins spares all expressions.
        if line[:1].isdigit() or line[:1] in ("[", "<") or line[:3] in _MONTHS:
            for _, form in LINES:
                if match := form.match(line):
                    self.end()
                    self.add(number, match["stamp"], match["source"], match["text"])
                    return True
        if ">>" in line and (match := CLI.match(line)):
            self.end()
            self.add(number, "", "cli", match["text"])
            return True
        return False

    def _field(self, number: int, line: str) -> bool:
        head = line[:48]
        match = FIELD.match(line) if ":" in head or "\uff1a" in head else None
        if match is None:
            return False
        name = next(key for key in LABELS if match[key])
        described = self.open is not None and self.open.text is not None
        if described and (name in ("description", "skip") or (name == "level" and not match["gap"])):
            return False
        if described or (self.open is not None and name in self.open.fields and name != "skip"):
            self.end()
        if self.open is None:
            self.open = _Open(number)
        if name == "description":
            self.open.text = [match["value"].strip()] if match["value"].strip() else []
        else:
            self.open.fields[name] = match["value"].strip()
        return True

    def end(self) -> None:
        """Close the entry that is open: whole, or told."""
        entry, self.open = self.open, None
        if entry is None:
            return
        stamp = f"{entry.fields.get('date', '')} {entry.fields.get('time', '')}".strip()
        if entry.text is None or not {"date", "source"} <= entry.fields.keys() or not re.search(r"\d[:.]\d\d", stamp):
            if {"date", "time", "source"} & entry.fields.keys() and len(entry.fields) + (entry.text is not None) > 1:
                self.problems.append(f"{self.name}, line {entry.line}: the entry that begins here is not whole, and is left out")
            return
        if _OURS.fullmatch(entry.fields["source"]):
            self.add(entry.line, stamp, entry.fields["source"], "\n".join(entry.text))

    def add(self, number: int, stamp: str, source: str, text: str) -> None:
        """One more entry."""
        self.entries.append(Entry(self.name, number, None, stamp, source, text))

    def log(self) -> ClientLog:
        """With the times of the entries, in one reading of all their dates."""
        order = order_of(entry.shown for entry in self.entries)
        moments = [moment(entry.shown, order) for entry in self.entries]
        if self.entries and all(_NAMED_MONTH.match(entry.shown) for entry in self.entries if entry.shown):
            moments = over_new_year(moments)
        found = tuple(replace(entry, when=when) for entry, when in zip(self.entries, moments, strict=True))
        days = {when.date() for when in moments if when}
        notices = []
        if not order.sure and len(days) > 1:
            first = "day" if order.day_first else "month"
            notices.append(f"{self.name}: no date tells day and month apart; they are read with the {first} first")
        return ClientLog(found, tuple(self.problems[:20]), tuple(notices))


def _table(reading: _Reading, text: str) -> bool:
    """A table that the event viewer exports, with commas or tabs; False where the text is none."""
    head = text[:1000].split("\n", 1)[0]
    dialect = "\t" if "\t" in head else ","
    names = [name.strip().strip('"').lower() for name in head.strip("\ufeff\r").split(dialect)]
    places = {what: _column(names, words) for what, words in COLUMNS.items()}
    if len(names) < 4 or places["stamp"] is None or places["source"] is None:
        return False
    rows = csv.reader(io.StringIO(text, newline=""), delimiter=dialect)
    before = 1
    try:
        for row in rows:
            line, before = before, rows.line_num + 1
            if line > 1 and len(row) >= len(names):
                if not _OURS.fullmatch(row[places["source"]]):
                    continue
                reading.add(line, row[places["stamp"]], row[places["source"]], row[-1])
            elif line > 1 and row:
                reading.problems.append(f"{reading.name}, line {line}: this row of the table is not whole, and is left out")
    except csv.Error as error:
        reading.problems.append(f"{reading.name}, line {rows.line_num}: the table cannot be read on: {error}")
    return True


def _column(names: Sequence[str], words: str) -> int | None:
    return next((place for place, name in enumerate(names) if re.fullmatch(words, name, re.IGNORECASE)), None)


_PROVIDER = re.compile(r"<Provider\s[^>]{0,200}?Name=['\"](?P<name>[^'\"]{1,80})['\"]")
_CREATED = re.compile(r"<TimeCreated\s[^>]{0,80}?SystemTime=['\"](?P<time>[^'\"]{1,40})['\"]")
_DATA = re.compile(r"<Data(?:\s[^>]{0,80})?>(?P<data>.*?)</Data>", re.DOTALL)
_EVENT = "<Event "


def _events(reading: _Reading, text: str) -> bool:
    """Entries as XML (wevtutil, the event viewer); False where the text has none, or has them below their text."""
    if "<TimeCreated" not in text or re.search(r"^\s*Log Name\s*:", text, re.MULTILINE):
        return False
    line, counted = 1, 0
    for start, body in _bodies(text):
        line, counted = line + text.count("\n", counted, start), start
        provider, created = _PROVIDER.search(body), _CREATED.search(body)
        data = "\n".join(match["data"] for match in _DATA.finditer(body))
        if provider is None or created is None or "</Event>" not in body:
            reading.problems.append(f"{reading.name}, line {line}: the entry that begins here is not whole, and is left out")
            continue
        if _OURS.fullmatch(provider["name"]):
            reading.add(line, created["time"], provider["name"], html.unescape(data))
    return True


def _bodies(text: str) -> Iterator[tuple[int, str]]:
    """Each event, from where it begins to where the next one does."""
    start = text.find(_EVENT)
    while start >= 0:
        following = text.find(_EVENT, start + 1)
        yield start, text[start : following if following >= 0 else len(text)]
        start = following
