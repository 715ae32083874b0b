"""Dates and times as logs write them, in the order of any locale: one reading of a whole file.

``03/04/2025`` is March in one country and April in another. Which it is follows from the other dates of the file; where it does
not, that is said, and durations within a day do not depend on it.
"""

from __future__ import annotations

import re
from collections.abc import Iterable
from datetime import datetime, timedelta

from msgspec import Struct

_NAMES_OF_MONTHS = ("jan", "feb", "mar", "apr", "may", "jun", "jul", "aug", "sep", "oct", "nov", "dec")
_MONTHS = {name: number for number, name in enumerate(_NAMES_OF_MONTHS, 1)}
#: Three numbers of a date, whatever stands between them.
_DATE = re.compile(r"(?<!\d)(?P<a>\d{1,4})\s*[./\-年]\s*(?P<b>\d{1,2})\s*[./\-月]\s*(?P<c>\d{1,4})(?:\s*日|\.)?")
_NAMED = re.compile(
    r"(?<!\w)(?:(?P<day>\d{1,2})[ -](?P<name>[A-Z][a-z]{2})[a-z]*[ -](?P<year>\d{4})"
    r"|(?P<name2>[A-Z][a-z]{2})[a-z]*\.? {1,2}(?P<day2>\d{1,2})(?:,? (?P<year2>\d{4}))?)(?!\d)"
)
_TIME = re.compile(
    r"(?P<before>\b[AaPp]\.?[Mm]\.?|午前|午後|上午|下午|오전|오후)?\s*(?<!\d)(?P<h>\d{1,2})[:.](?P<m>\d\d)(?:[:.](?P<s>\d\d)(?:[.,](?P<f>\d{1,9}))?)?"
    r"(?!\d)\s*(?P<after>[AaPp]\.?\s?[Mm]\b\.?)?"
)
_LATE = frozenset({"p", "午後", "下午", "오후"})
#: The year of a log whose dates have none: one with a 29th of February.
NO_YEAR = 2000


class Order(Struct, frozen=True):
    """How a file writes dates. ``sure`` is False where nothing in it tells month and day apart."""

    day_first: bool
    sure: bool


def order_of(stamps: Iterable[str]) -> Order:
    """What the dates of one file tell of their order."""
    day = month = found = dotted = False
    american = False
    for stamp in stamps:
        match = _DATE.search(stamp)
        if match is None or len(match["a"]) > 2:
            continue
        found = True
        day |= int(match["a"]) > 12
        month |= int(match["b"]) > 12
        dotted |= "." in match[0]
        american |= re.search(r"[AaPp]\.?[Mm]", stamp) is not None
    if day != month:
        return Order(day, True)
    return Order(dotted and not american, not found)


def moment(stamp: str, order: Order, year: int = NO_YEAR) -> datetime | None:
    """The moment that a stamp names; None where it is none, or has no time of day."""
    date, rest = _date_of(stamp, order, year)
    time = _TIME.search(rest)
    if date is None or time is None:
        return None
    hour, minute, second = int(time["h"]), int(time["m"]), int(time["s"] or 0)
    half = (time["before"] or time["after"] or "").lower()
    if half:
        hour = hour % 12 + (12 if half in _LATE or half[0] == "p" else 0)
    micro = int(((time["f"] or "") + "000000")[:6])
    try:
        # The clock of a machine: no log says its zone, and durations do not need one.
        return datetime(*date, hour, minute, second, micro)
    except ValueError:
        return None


def _date_of(stamp: str, order: Order, year: int) -> tuple[tuple[int, int, int] | None, str]:
    match = _DATE.search(stamp)
    if match is not None:
        a, b, c = int(match["a"]), int(match["b"]), int(match["c"])
        rest = f"{stamp[: match.start()]} {stamp[match.end() :].lstrip('T')}"
        if len(match["a"]) == 4:
            return (a, b, c), rest
        c += 2000 if len(match["c"]) <= 2 else 0
        return ((c, b, a) if order.day_first else (c, a, b)), rest
    named = _NAMED.search(stamp)
    if named is None:
        return None, stamp
    month = _MONTHS.get((named["name"] or named["name2"]).lower())
    if month is None:
        return None, stamp
    stated = int(named["year"] or named["year2"] or year)
    return (stated, month, int(named["day"] or named["day2"])), f"{stamp[: named.start()]} {stamp[named.end() :]}"


def over_new_year(moments: Iterable[datetime | None]) -> list[datetime | None]:
    """Moments without a year, in the order of the log: where December is followed by January, a year has passed."""
    found: list[datetime | None] = []
    years, last = 0, None
    for when in moments:
        if when is None:
            found.append(None)
            continue
        if last is not None and last.month == 12 and when.month == 1:
            years += 1
        last = when
        found.append(when + timedelta(days=366 * years) if years else when)
    return found


def seconds(count: float) -> str:
    """A duration for people: ``5963 s (1 h 39 min 23 s)``."""
    whole = round(count)
    if whole < 120:
        return f"{whole} s"
    hours, rest = divmod(whole, 3600)
    parts = [f"{hours} h" if hours else "", f"{rest // 60} min" if rest // 60 else "", f"{rest % 60} s" if rest % 60 else ""]
    return f"{whole} s ({' '.join(part for part in parts if part)})"
