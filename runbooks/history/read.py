"""What the history says: one service over time, the estate at its last verification."""

from __future__ import annotations

import json
import sqlite3
from collections.abc import Iterable, Mapping
from typing import Any

from msgspec import Struct, to_builtins

from ...checks.verdict import Word
from ...inventory.errors import NothingMatched
from ...inventory.files.did_you_mean import hint
from .moments import written
from .prune import DAY

#: How many looks a sparkline shows.
LOOKS = 60


class Change(Struct, frozen=True):
    """A change of word: when it was seen, from what to what, and what was said then."""

    time: str
    before: str
    word: str
    sentence: str


class Flap(Struct, frozen=True):
    """One flap: when it was seen, at which device (empty: the service as a whole), and why it counts.

    ``role`` is empty where the device has no other end of this service.
    """

    time: str
    host: str
    reason: str
    role: str = ""


class EndPast(Struct, frozen=True):
    """One end: how often IKE began again unexpectedly, how often keys were renewed as they have to be.

    ``ike_since`` is the earliest moment at which its IKE SA can have been made, None if there is none or nobody knows;
    ``sa_age_seconds`` the age of its oldest SAs at the last look, None where the device tells none. ``role`` is empty where the
    device has no other end of this service.
    """

    host: str
    generation: int
    rekeys: int
    ike_since: str | None
    sa_age_seconds: int | None
    role: str = ""


class Look(Struct, frozen=True):
    """One verification of a service."""

    time: str
    word: str
    healthy: bool
    known_by: str


class ServicePast(Struct, frozen=True):
    """One service over time; times are UTC, ISO 8601, None where it never was.

    Changes and flaps are newest first, looks oldest first.
    ``gone`` is when a verification of everything did not name it any more; ``key_changed`` when its key was changed by nr-run.
    """

    service: str
    name: str
    title: str
    word: str
    healthy: bool
    condition: str
    since: str
    first_seen: str
    last_seen: str
    last_up: str | None
    last_proof: str | None
    gone: str | None
    key_changed: str | None
    flaps_day: int
    flaps_week: int
    flaps_kept: int
    ends: tuple[EndPast, ...]
    changes: tuple[Change, ...]
    flaps: tuple[Flap, ...]
    looks: tuple[Look, ...]
    verdict: Mapping[str, Any]

    def as_dict(self) -> dict[str, Any]:
        """Plain values, for JSON."""
        return {"schema_version": 1, **to_builtins(self)}


class DevicePast(Struct, frozen=True):
    """One device at the last verification; ``since``: as long as it has been reached, or has not."""

    host: str
    platform: str
    problem: str
    since: str
    last_reached: str | None


class Estate(Struct, frozen=True):
    """The last verification and what is known of every service, failures first. ``finished`` is UTC, ISO 8601."""

    run: str
    tool: str
    finished: str
    partial: bool
    healthy: bool
    exit_code: int
    notices: tuple[str, ...]
    services: tuple[ServicePast, ...]
    devices: tuple[DevicePast, ...]

    def as_dict(self) -> dict[str, Any]:
        """Plain values, for JSON."""
        return {"schema_version": 1, **to_builtins(self)}


def names(connection: sqlite3.Connection) -> tuple[str, ...]:
    """Every service that is known, by name. Raises sqlite3.Error."""
    return tuple(row["name"] for row in connection.execute("SELECT DISTINCT name FROM services ORDER BY name"))


def service_past(connection: sqlite3.Connection, name: str, now: int) -> tuple[ServicePast, ...]:
    """Every service of this name, with all that is kept. Raises NothingMatched, sqlite3.Error."""
    rows = connection.execute("SELECT * FROM services WHERE name = ? ORDER BY service", (name,)).fetchall()
    if not rows:
        raise NothingMatched(f"the history knows no {name!r}{hint(name, names(connection))}")
    return tuple(_past(connection, row, now, everything=True) for row in rows)


def pasts(connection: sqlite3.Connection, now: int, *, everything: bool = False) -> tuple[ServicePast, ...]:
    """Every service that is in the intent, failures first, with the looks of a sparkline."""
    rows = connection.execute("SELECT * FROM services WHERE gone IS NULL").fetchall()
    order = [word.value for word in Word]
    rows.sort(key=lambda row: (-order.index(row["word"]), row["healthy"], row["service"], row["name"]))
    return tuple(_past(connection, row, now, everything=everything) for row in rows)


def estate(connection: sqlite3.Connection, now: int) -> Estate:
    """The estate at its last verification. Raises NothingMatched where there was none, sqlite3.Error."""
    row = connection.execute("SELECT * FROM verifications ORDER BY id DESC LIMIT 1").fetchone()
    if row is None:
        raise NothingMatched("the history holds no verification yet (nr-run verify makes one)")
    devices = connection.execute("SELECT * FROM devices ORDER BY problem = '', host")
    return Estate(
        row["run"],
        row["tool"],
        _time(row["finished"]),
        bool(row["partial"]),
        bool(row["healthy"]),
        row["exit_code"],
        tuple(json.loads(row["notices"])),
        pasts(connection, now),
        tuple(
            DevicePast(item["host"], item["platform"], item["problem"], _time(item["since"]), written(item["last_reached"]))
            for item in devices
        ),
    )


def _past(connection: sqlite3.Connection, row: sqlite3.Row, now: int, *, everything: bool) -> ServicePast:
    number = row["id"]
    key = (row["service"], row["name"])
    changed = connection.execute("SELECT changed FROM keys WHERE service = ? AND name = ?", key).fetchone()
    looks = connection.execute(
        "SELECT * FROM looks WHERE service = ? ORDER BY time DESC LIMIT ?", (number, -1 if everything else LOOKS)
    ).fetchall()
    return ServicePast(
        *key,
        title=row["title"],
        word=row["word"],
        healthy=bool(row["healthy"]),
        condition=row["condition"],
        since=_time(row["since"]),
        first_seen=_time(row["first_seen"]),
        last_seen=_time(row["last_seen"]),
        last_up=written(row["last_up"]),
        last_proof=written(row["last_proof"]),
        gone=written(row["gone"]),
        key_changed=written(changed["changed"]) if changed else None,
        flaps_day=_flaps_since(connection, number, now - DAY),
        flaps_week=_flaps_since(connection, number, now - 7 * DAY),
        flaps_kept=_flaps_since(connection, number, 0),
        ends=tuple(
            EndPast(
                host,
                end["generation"],
                end["rekeys"],
                written(end["ike_made"]) if end["ike_id"] else None,
                _sa_age(row["document"], host, role),
                role,
            )
            for end in connection.execute("SELECT * FROM ends WHERE service = ? ORDER BY host", (number,))
            for host, role in (_place(end["host"]),)
        ),
        changes=tuple(_changes(connection, number)) if everything else (),
        flaps=tuple(_flaps(connection, number)) if everything else (),
        looks=tuple(Look(_time(look["time"]), look["word"], bool(look["healthy"]), look["known_by"]) for look in reversed(looks)),
        verdict=json.loads(row["document"]),
    )


def _sa_age(document: str, host: str, role: str) -> int | None:
    ends = (end for end in json.loads(document).get("ends", ()) if end["host"] == host and role in ("", end["role"]))
    ages = [flow["sa_age_seconds"] for end in ends for flow in end["flows"] if flow["sa_age_seconds"] is not None]
    return max(ages, default=None)


def _changes(connection: sqlite3.Connection, number: int) -> Iterable[Change]:
    rows = connection.execute("SELECT * FROM changes WHERE service = ? ORDER BY time DESC, id DESC", (number,))
    return (Change(_time(row["time"]), row["before"], row["word"], row["sentence"]) for row in rows)


def _flaps(connection: sqlite3.Connection, number: int) -> Iterable[Flap]:
    rows = connection.execute("SELECT * FROM flaps WHERE service = ? ORDER BY time DESC, id DESC", (number,))
    return (Flap(_time(row["time"]), host, row["reason"], role) for row in rows for host, role in (_place(row["host"]),))


def _place(place: str) -> tuple[str, str]:
    """Device and role of what an end is remembered by (flaps.places_of)."""
    host, _, role = place.partition(" ")
    return host, role


def _flaps_since(connection: sqlite3.Connection, number: int, time: int) -> int:
    found = connection.execute("SELECT COUNT(*) FROM flaps WHERE service = ? AND time >= ?", (number, time)).fetchone()
    return int(found[0])


def _time(seconds: int) -> str:
    return written(seconds) or ""
