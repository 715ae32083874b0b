"""What a device shows of the timers that take a change back by themselves, read strictly: a misreading is a lost rollback.

Sources: Cisco's "Configuration Rollback Confirmed Change" and "Command Scheduler (Kron)" feature guides and sessions that people
published. The row of a kron occurrence that runs once is from memory.
"""

from __future__ import annotations

import re
from datetime import datetime

from msgspec import Struct

from ...changes.configurations.refusals import is_refused, words_of
from ...inventory.errors import DeviceRefused, NotKnown, ParseError
from ...parsers import parse
from ..observations.listing import DIRECTORY, EVENTS, KRON, Listing

RELOAD = "show reload"
REVERT = "show archive config rollback timer"
CLOCK = "show clock"
FLASH = DIRECTORY

_NONE_PENDING = re.compile(r"%\s*No Rollback Confirmed Change pending", re.IGNORECASE)
_TIME = re.compile(r"(\d\d:\d\d:\d\d)(?:\.\d+)? \S+ \w{3} (\w{3}) +(\d+) (\d{4})")
_KRON_ROW = re.compile(r"(\S+) (?:inactive|active|running)\b(.*)", re.IGNORECASE)
_IN = re.compile(r" in (?:(\d+) days? )?(\d+):(\d+):(\d+)")
_APPLET = re.compile(r"event manager applet ([^\s,]+)")
#: From memory of the ASA command reference, show event manager.
_LEFT = re.compile(r"event countdown \d+ secs, left (\d+) secs")
_FREE = re.compile(r"\d+ bytes total \((\d+) bytes free\)")
_ENTRY = re.compile(r"\s*\d+\s+[-drwx]{4}\s+\d+\s.*?(\S+)\s*")


class ReloadTimer(Struct, frozen=True):
    """A scheduled reload: seconds left, who asked for it, and the reason that was given."""

    seconds_left: int | None
    by: str
    reason: str

    def is_of(self, tag: str) -> bool:
        """True if the run with this tag, or an earlier part of it, armed it."""
        return tag in self.reason.split()


class RevertTimer(Struct, frozen=True):
    """A pending revert: when it was armed as the device writes it, minutes, and the user who may confirm it."""

    since: str
    minutes: int
    user: str

    @property
    def mark(self) -> str:
        """What tells this timer from another one: it carries no reason."""
        return f"{self.user}, {self.minutes} min, {self.since}"

    def seconds_left(self, clock: str) -> int | None:
        """Seconds left by the clock of the device, as ``show clock`` prints it; None if that cannot be told."""
        began, now = moment(self.since), moment(clock)
        if began is None or now is None:
            return None
        return 60 * self.minutes - int((now - began).total_seconds())


def reload_timer(os: str, text: str) -> ReloadTimer | None:
    """The timer that ``show reload`` shows, None if no reload is scheduled. Raises NotKnown for anything else."""
    try:
        state = parse(os, RELOAD, text).state
    except (ParseError, DeviceRefused):
        raise NotKnown(
            f"{RELOAD!r} was answered with {words_of(text)!r}, so it is not known whether a reload is scheduled"
        ) from None
    return ReloadTimer(state.in_seconds, state.by or "", state.reason or "") if state.scheduled else None


def revert_timer(text: str) -> RevertTimer | None:
    """The pending revert, None if there is none. Raises NotKnown for anything that is neither."""
    if _NONE_PENDING.search(text):
        return None
    fields = dict(re.findall(r"^\s*(Time configured|Timer value|User)[^:\n]*:\s*(.*?)\s*$", text, re.MULTILINE))
    minutes = re.match(r"(\d+) min", fields.get("Timer value", ""))
    if "Time configured" not in fields or "User" not in fields or minutes is None:
        said = is_refused(text) or words_of(text)
        raise NotKnown(f"{REVERT!r} was answered with {said!r}, which is neither a timer nor the absence of one")
    return RevertTimer(fields["Time configured"], int(minutes[1]), fields["User"].partition("(")[0])


def kron_rows(text: str) -> dict[str, int | None]:
    """Occurrences by name, with seconds left where they are shown. Raises NotKnown for what is no schedule."""
    rows: dict[str, int | None] = {}
    # A list that has another line than such rows is none: Listing says so.
    for row in filter(None, map(_KRON_ROW.fullmatch, Listing(KRON, text).rows)):
        left = _IN.search(row[2])
        days, hours, minutes, seconds = (int(number or 0) for number in left.groups()) if left else (0, 0, 0, 0)
        rows[row[1]] = 86400 * days + 3600 * hours + 60 * minutes + seconds if left else None
    return rows


def applets(text: str) -> dict[str, int | None]:
    """Applets of an ASA by name, with the seconds that are left of their countdown, None where none counts. Raises NotKnown."""
    found: dict[str, int | None] = {}
    for line in Listing(EVENTS, text).rows:
        head, left = _APPLET.match(line), _LEFT.search(line)
        if head:
            found[head[1]] = None
        elif left and found:
            found[next(reversed(found))] = int(left[1])
    return found


def clock_is_set(os: str, text: str) -> bool:
    """False for a clock that was never set, which the device marks with an asterisk. Raises NotKnown."""
    try:
        return bool(parse(os, CLOCK, text).state.authoritative)
    except (ParseError, DeviceRefused):
        raise NotKnown(f"{CLOCK!r} was answered with {words_of(text)!r}") from None


def moment(text: str) -> datetime | None:
    """A time as the device writes it, in its own zone; None if there is none in the text."""
    found = _TIME.search(text)
    if found is None:
        return None
    try:
        return datetime.strptime(" ".join(found.groups()), "%H:%M:%S %b %d %Y")
    except ValueError:
        return None


def flash_free(text: str) -> int | None:
    """Free bytes at the end of ``dir``; None where it does not say. Raises NotKnown for what is no listing of files."""
    found = _FREE.search(Listing(FLASH, text).text)
    return int(found[1]) if found else None


def flash_files(text: str) -> frozenset[str]:
    """Names of the files that ``dir`` lists. Raises NotKnown for what is no listing of files."""
    return frozenset(found[1] for line in Listing(FLASH, text).rows if (found := _ENTRY.fullmatch(line)))
