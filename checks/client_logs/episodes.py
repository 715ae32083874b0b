"""What a client did each time that it woke up or lost its head-end, from the signs in its log."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass, field
from datetime import datetime, timedelta
from itertools import pairwise
from typing import Literal

from ...parsers.logs.client_words import WHY
from ...parsers.logs.entry import Entry, Sign

#: A clock that goes back by more than this was set; less is the order in which two programs write.
JITTER = timedelta(seconds=5)
#: Signs with which an episode begins.
_BEGINS = frozenset({"resume", "reason", "reconnecting"})
#: Two wakings within this are one: the agent says it in several messages.
_SAME = timedelta(seconds=30)
_CLOSELY = timedelta(seconds=60)

Outcome = Literal["reconnected", "full", "failed", "open", "idle"]


@dataclass(slots=True)
class Episode:
    """One waking or loss, and what followed. ``suspend`` is when it fell asleep, ``last`` its last entry before.

    ``outcome``: reconnected by its session; full: connected, and authenticated in full; failed: not connected again; open: the
    log ends before that is known; idle: it was not connected before. ``later`` are signs that follow its end closely.
    """

    began: Sign
    suspend: Sign | None
    last: Entry | None
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
    def asleep(self) -> tuple[float | None, Entry | None]:
        """Seconds from its suspend, or from its last entry before, and that entry; None where a time is missing."""
        start = self.suspend.entry if self.suspend else self.last
        if start is None or start.when is None or self.began.when is None or not self.woke:
            return None, start
        return (self.began.when - start.when).total_seconds(), start

    @property
    def woke(self) -> bool:
        """Whether it began with a waking, and not with a lost connection."""
        return any(sign.means == "resume" or _of_resume(sign) for sign in (self.began, *self.signs))


def _of_resume(sign: Sign) -> bool:
    return sign.means == "reason" and "resume from suspend" in " ".join(sign.said.get("why", "").lower().split())


@dataclass(frozen=True, slots=True)
class Order:
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
    for sign in signs:
        current = found[-1] if found and found[-1].outcome == "open" and found[-1].ended is None else None
        if sign.means == "suspend":
            suspend = sign
            continue
        if sign.means in _BEGINS and (current is None or _anew(current, sign, suspend)):
            _close(current)
            place = places[id(sign.entry)]
            last = next((entry for entry in reversed(entries[:place]) if entry.when), None)
            current = Episode(sign, suspend, last, connected)
            found.append(current)
            suspend = None
        elif current is not None:
            current.signs.append(sign)
            if sign.means == "connected":
                _end(current, sign)
        if current is None and found and _closely(found[-1], sign):
            found[-1].later.append(sign)
        if sign.means == "connected":
            connected, suspend = True, None
        elif sign.means in ("disconnected", "terminated"):
            connected = False
    for episode in found:
        if episode.ended is None:
            _close(episode)
    return found


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
    full = any(episode.first(means) for means in ("asked", "anew", "disconnected", "terminated"))
    episode.outcome = "full" if full else "reconnected"


def _close(episode: Episode | None) -> None:
    """An episode that was not ended by a connection."""
    if episode is None or episode.ended is not None:
        return
    if episode.why or episode.first("disconnected") or episode.first("asked"):
        episode.outcome = "failed"
    elif episode.connected_before is False and not episode.first("reconnecting"):
        episode.outcome = "idle"
