"""What a client did each time that it woke up or lost its head-end, from the signs in its log."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Sequence
from datetime import datetime, timedelta
from itertools import pairwise
from typing import Literal

from msgspec import Struct, field

from ...parsers.logs.client_words import WHY
from ...parsers.logs.entry import Entry, Sign

#: A clock that goes back by more than this was set; less is the order in which two programs write.
JITTER = timedelta(seconds=5)
#: Signs with which an episode begins.
_BEGINS = frozenset({"resume", "reason", "reconnecting"})
#: Two wakings within this are one: the agent says it in several messages.
_SAME = timedelta(seconds=30)
_CLOSELY = timedelta(seconds=60)
#: A lost network or head-end is the reason of a reconnect that begins within this.
_LOSS = timedelta(seconds=120)

Outcome = Literal["reconnected", "full", "failed", "open", "idle"]


class Away(Struct, frozen=True):
    """Seconds without a sign of life after an entry. ``sure``: that was its sleep; else it may have been a part of them."""

    seconds: float
    start: Entry
    sure: bool


class Episode(Struct):
    """One waking or loss, and what followed. ``suspend`` is when it fell asleep, ``silence`` the longest one before.

    ``outcome``: reconnected by its session; full: connected, and authenticated in full; failed: not connected again; open: the
    log ends before that is known; idle: it was not connected before. ``later`` are signs that follow its end closely.
    """

    began: Sign
    suspend: Sign | None
    silence: Away | None
    connected_before: bool | None
    signs: list[Sign] = field(default_factory=list)
    later: list[Sign] = field(default_factory=list)
    ended: Sign | None = None
    outcome: Outcome = "open"

    def first(self, means: str) -> Sign | None:
        """The first sign of a meaning."""
        return next((sign for sign in self.signs if sign.means == means), None)

    @property
    def why(self) -> Sign | None:
        """The most telling sign of why it came to nothing."""
        return next((sign for means in WHY if (sign := self.first(means))), None)

    @property
    def took(self) -> float | None:
        """Seconds from its beginning until it was connected."""
        if self.ended is None or self.ended.when is None or self.began.when is None:
            return None
        return (self.ended.when - self.began.when).total_seconds()

    @property
    def away(self) -> Away | None:
        """How long it slept; None where it did not wake up, or a time is missing.

        Without a sign of the suspend it is the longest silence since it was connected: a sleep is one of them, whichever.
        """
        if not self.woke or self.began.when is None:
            return None
        if self.suspend is not None and self.suspend.when is not None:
            return Away((self.began.when - self.suspend.when).total_seconds(), self.suspend.entry, sure=True)
        return self.silence

    @property
    def woke(self) -> bool:
        """Whether it began with a waking, and not with a lost connection."""
        return any(sign.means == "resume" or _of_resume(sign) for sign in (self.began, *self.signs))


def _of_resume(sign: Sign) -> bool:
    """Code 9 is a resume; its words stand on a line of their own, which may be lost."""
    return sign.means == "reason" and sign.said.get("code") == "9"


class Order(Struct, frozen=True):
    """Entries in the order of time. ``steps`` are places where a clock was set back, a sentence each."""

    entries: tuple[Entry, ...]
    steps: tuple[str, ...]


def in_order(entries: Sequence[Entry]) -> Order:
    """Files merged by their clocks; each stays as it is written, or is turned round where the newest entry comes first."""
    files: dict[str, list[Entry]] = {}
    for entry in entries:
        files.setdefault(entry.file, []).append(entry)
    steps: list[str] = []
    turned = [_oldest_first(of) for of in files.values()]
    for of in turned:
        steps += _steps(of)
    if len(turned) == 1:
        return Order(tuple(turned[0]), tuple(steps))
    keyed: list[tuple[datetime, int, int, Entry]] = []
    for number, of in enumerate(turned):
        last = datetime.min
        for place, entry in enumerate(of):
            last = entry.when or last
            keyed.append((last, number, place, entry))
    return Order(tuple(item[3] for item in sorted(keyed, key=lambda item: item[:3])), tuple(steps))


def _oldest_first(entries: list[Entry]) -> list[Entry]:
    times = [entry.when for entry in entries if entry.when]
    back = sum(1 for a, b in pairwise(times) if b < a)
    forth = sum(1 for a, b in pairwise(times) if b > a)
    return entries[::-1] if back > forth and times[-1] < times[0] else entries


def _steps(entries: Iterable[Entry]) -> Iterator[str]:
    """Where the clock goes back: it was set, or the lines are not in their order."""
    last: Entry | None = None
    for entry in entries:
        if entry.when is None:
            continue
        if last is not None and last.when is not None and entry.when < last.when - JITTER:
            back = round((last.when - entry.when).total_seconds())
            yield (
                f"{entry.place}: the clock goes back by {back} s here, from {last.shown} to {entry.shown}: it was set, or "
                "entries are not in their order; durations over this place mean nothing"
            )
        last = entry


def episodes(entries: Sequence[Entry], signs: Sequence[Sign]) -> list[Episode]:
    """The episodes of a log whose entries, and signs, are in the order of time."""
    found: list[Episode] = []
    places = {id(entry): place for place, entry in enumerate(entries)}
    connected: bool | None = None
    suspend: Sign | None = None
    loss: Sign | None = None
    silence = _Silence(entries)
    for sign in signs:
        current = found[-1] if found and found[-1].outcome == "open" and found[-1].ended is None else None
        if sign.means == "suspend":
            suspend = sign
            continue
        if sign.means in _BEGINS and (current is None or _anew(current, sign, suspend)):
            _close(current)
            current = Episode(sign, suspend, silence.until(places[id(sign.entry)]), connected)
            if loss is not None and sign.when and loss.when and sign.when - loss.when <= _LOSS:
                current.signs.append(loss)
            found.append(current)
            suspend = None
        elif current is not None:
            current.signs.append(sign)
            if sign.means == "connected":
                _end(current, sign)
        if current is None and found and _closely(found[-1], sign):
            found[-1].later.append(sign)
        if sign.means in ("dead-peer", "network-down"):
            loss = sign
        if sign.means == "connected":
            connected, suspend = True, None
            silence.begin(places[id(sign.entry)])
        elif sign.means in ("disconnected", "terminated"):
            connected = False
    for episode in found:
        if episode.ended is None:
            _close(episode)
    return found


class _Silence(Struct):
    """The longest time between two entries since the last connection, found in one pass over all of them."""

    entries: Sequence[Entry]
    place: int = 0
    last: Entry | None = None
    longest: tuple[float, Entry, datetime] | None = None

    def until(self, place: int) -> Away | None:
        """Of what ends in the entry at ``place``; sure where the silence ends there."""
        for entry in self.entries[self.place : place + 1]:
            if entry.when is None:
                continue
            if self.last is not None and self.last.when is not None:
                gap = (entry.when - self.last.when).total_seconds()
                if self.longest is None or gap > self.longest[0]:
                    self.longest = (gap, self.last, entry.when)
            self.last = entry
        self.place = max(self.place, place + 1)
        if self.longest is None or self.last is None or self.last.when is None:
            return None
        return Away(self.longest[0], self.longest[1], sure=self.last.when - self.longest[2] <= _SAME)

    def begin(self, place: int) -> None:
        """Again from a connection on."""
        self.until(place)
        self.longest = None


def _anew(current: Episode, sign: Sign, suspend: Sign | None) -> bool:
    """A second waking while the first has not ended is an episode of its own, unless it is the same one told twice."""
    if sign.means != "resume":
        return False
    if suspend is not None or sign.when is None or current.began.when is None:
        return suspend is not None
    return current.began.means == "resume" and sign.when - current.began.when > _SAME


def _closely(episode: Episode, sign: Sign) -> bool:
    """What follows within a minute of its end belongs to it: a session that is lost again at once was not taken up."""
    ended = episode.ended.when if episode.ended else None
    return ended is not None and sign.when is not None and sign.when - ended <= _CLOSELY


def _end(episode: Episode, sign: Sign) -> None:
    episode.ended = sign
    full = any(episode.first(means) for means in ("asked", "again", "disconnected", "terminated"))
    episode.outcome = "full" if full else "reconnected"


def _close(episode: Episode | None) -> None:
    """An episode that was not ended by a connection."""
    if episode is None or episode.ended is not None:
        return
    if episode.why or episode.first("disconnected") or episode.first("asked"):
        episode.outcome = "failed"
    elif episode.connected_before is False and not episode.first("reconnecting"):
        episode.outcome = "idle"
