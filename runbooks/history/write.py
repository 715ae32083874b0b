"""A verification is written into the history: what changed since the look before, service by service and device by device."""

from __future__ import annotations

import json
import sqlite3
from typing import Any

from msgspec import Struct

from ...checks.verdict import DeviceState, KnownBy, Verdict, Verification, Word
from .condition import FINE, condition_of
from .flaps import EndMemory, flaps, places_before, places_of, remembered
from .moments import moment
from .prune import EVERY, prune

UNEXPECTED = "IKE began again before its time"


def record(connection: sqlite3.Connection, verification: Verification, exit_code: int) -> bool:
    """Write one verification, inside the caller's transaction; False if it is there already. Raises sqlite3.Error, ValueError."""
    made = connection.execute(
        "INSERT OR IGNORE INTO verifications"
        " (run, tool, started, finished, probed, partial, healthy, exit_code, services, notices)"
        " VALUES (?, ?, ?, ?, ?, ?, ?, ?, ?, ?)",
        (
            verification.run,
            verification.tool,
            moment(verification.started),
            moment(verification.finished),
            verification.probed,
            verification.partial,
            verification.healthy,
            exit_code,
            len(verification.verdicts),
            json.dumps(list(verification.notices)),
        ),
    )
    if not made.rowcount:
        return False
    for verdict in verification.verdicts:
        _Service.of(connection, verdict, verification).look()
    for device in verification.devices:
        _device(connection, device, moment(verification.finished))
    if not verification.partial:
        _what_is_gone(connection, verification)
    if (made.lastrowid or 0) % EVERY == 0:
        prune(connection, moment(verification.finished))
    return True


def _storable(text: str) -> str:
    """Half a character, as a device may print it, is no text for SQLite."""
    return text.encode("utf8", "backslashreplace").decode("utf8")


def key_changed(connection: sqlite3.Connection, service: str, name: str, time: int) -> None:
    """Note that a service has had a new pre-shared key since then."""
    connection.execute("INSERT OR REPLACE INTO keys VALUES (?, ?, ?)", (service, name, time))


class _Service(Struct, frozen=True):
    """One service at one look; ``row`` is what the history has of it from before, with its number."""

    connection: sqlite3.Connection
    verdict: Verdict
    time: int
    began: int
    run: str
    number: int
    row: sqlite3.Row | None

    @classmethod
    def of(cls, connection: sqlite3.Connection, verdict: Verdict, verification: Verification) -> _Service:
        time = moment(verdict.time)
        key = (verdict.service, verdict.name)
        row = connection.execute("SELECT * FROM services WHERE service = ? AND name = ?", key).fetchone()
        if row is None:
            number = connection.execute(
                "INSERT INTO services"
                " (service, name, title, first_seen, last_seen, run, word, healthy, since, known_word, document)"
                " VALUES (?, ?, '', ?, ?, '', '', 0, ?, '', '')",
                (*key, time, time, time),
            ).lastrowid
        else:
            number = row["id"]
        return cls(connection, verdict, time, moment(verification.started), verification.run, int(number or 0), row)

    def look(self) -> None:
        """All that this look says."""
        word = self.verdict.word
        self._flap(self._ends())
        if self.row is not None and self.row["word"] != word.value:
            self.connection.execute(
                "INSERT INTO changes (service, time, before, word, sentence, run) VALUES (?, ?, ?, ?, ?, ?)",
                (self.number, self.time, self.row["word"], word.value, _storable(self.verdict.sentence), self.run),
            )
        self.connection.execute(
            "INSERT OR REPLACE INTO looks (service, time, word, healthy, known_by) VALUES (?, ?, ?, ?, ?)",
            (self.number, self.time, word.value, self.verdict.healthy, self.verdict.known_by.value),
        )
        self._state()

    def _ends(self) -> tuple[tuple[EndMemory | None, EndMemory], ...]:
        rows = self.connection.execute("SELECT * FROM ends WHERE service = ?", (self.number,))
        before = {row["host"]: _memory(row) for row in rows}
        found = []
        for end, place, place_before in zip(self.verdict.ends, places_of(self.verdict.ends), self._places_before(), strict=True):
            old = before.get(place_before)
            new = remembered(old, end, self.time, self.began)
            found.append((old, new))
            self.connection.execute(
                "INSERT OR REPLACE INTO ends (service, host, seen, ike_id, ike_made, ike_lifetime, spis, generation, rekeys)"
                " VALUES (?, ?, ?, ?, ?, ?, ?, ?, ?)",
                (
                    self.number,
                    place,
                    new.seen,
                    _storable(new.ike_id),
                    new.ike_made,
                    new.ike_lifetime,
                    json.dumps(sorted(new.spis)),
                    new.generation,
                    new.rekeys,
                ),
            )
        if found:
            there = json.dumps(places_of(self.verdict.ends))
            where = "service = ? AND host NOT IN (SELECT value FROM json_each(?))"
            self.connection.execute(f"DELETE FROM ends WHERE {where}", (self.number, there))  # noqa: S608 - words from above
        return tuple(found)

    def _places_before(self) -> list[str]:
        """Where each end was at the look before: primary and backup may have changed places, and their tunnels carried on."""
        now, ends = places_of(self.verdict.ends), self.verdict.ends
        if self.row is None or not self.row["document"] or len(now) == len({end.host for end in ends}):
            return now
        return places_before(ends, json.loads(self.row["document"]).get("ends", ()))

    def _flap(self, ends: tuple[tuple[EndMemory | None, EndMemory], ...]) -> None:
        if self.row is None or not flaps(self.verdict.word, self.row["known_word"], ends):
            return
        named = zip(places_of(self.verdict.ends), ends, strict=True)
        anew = [place for place, (old, new) in named if old is not None and new.generation > old.generation]
        host, reason = (anew[0], UNEXPECTED) if anew else ("", self.verdict.sentence)
        self.connection.execute(
            "INSERT INTO flaps (service, time, host, reason) VALUES (?, ?, ?, ?)",
            (self.number, self.time, host, _storable(reason)),
        )

    def _state(self) -> None:
        word, row = self.verdict.word, self.row
        condition = condition_of(self.verdict)
        standing = row["condition_since"] if row is not None and row["condition"] == condition else None
        values: dict[str, Any] = {
            "title": _storable(self.verdict.title),
            "last_seen": self.time,
            "run": self.run,
            "word": word.value,
            "healthy": self.verdict.healthy,
            "since": self._not_ahead(row["since"] if row is not None and row["word"] == word.value else None),
            "condition": condition,
            "condition_since": self._not_ahead(standing),
            "bad_since": self._bad_since(condition),
            "known_word": word.value if word is not Word.UNVERIFIED else (row["known_word"] if row is not None else ""),
            "gone": None,
            "document": json.dumps(self.verdict.as_dict()),
        }
        if word is Word.UP:
            values["last_up"] = self.time
            if self.verdict.known_by is KnownBy.PROBE:
                values["last_proof"] = self.time
        columns = ", ".join(f"{name} = :{name}" for name in values)
        self.connection.execute(f"UPDATE services SET {columns} WHERE id = :id", {**values, "id": self.number})  # noqa: S608 - names from above

    def _bad_since(self, condition: str) -> int | None:
        """Since when it is not fine, whatever else it was meanwhile; None while it is."""
        if condition == FINE:
            return None
        before = self.row["bad_since"] if self.row is not None else None
        return self._not_ahead(before)

    def _not_ahead(self, since: int | None) -> int:
        """Since when something stands, at the latest since this look.

        What began while the clock stood ahead would otherwise not have begun until that time comes, and nobody would be told.
        """
        return self.time if since is None else min(int(since), self.time)


def _memory(row: sqlite3.Row) -> EndMemory:
    return EndMemory(
        row["seen"],
        row["ike_id"],
        row["ike_made"],
        row["ike_lifetime"],
        frozenset(json.loads(row["spis"])),
        row["generation"],
        row["rekeys"],
    )


def _device(connection: sqlite3.Connection, device: DeviceState, time: int) -> None:
    row = connection.execute("SELECT * FROM devices WHERE host = ?", (device.host,)).fetchone()
    same = row is not None and bool(row["problem"]) == bool(device.problem)
    reached = time if not device.problem else (row["last_reached"] if row is not None else None)
    connection.execute(
        "INSERT OR REPLACE INTO devices (host, platform, problem, since, last_seen, last_reached) VALUES (?, ?, ?, ?, ?, ?)",
        (device.host, _storable(device.platform), _storable(device.problem), row["since"] if same else time, time, reached),
    )


def _what_is_gone(connection: sqlite3.Connection, verification: Verification) -> None:
    """What a whole verification does not name any more has left the intent; its history stays until it is pruned."""
    time = moment(verification.finished)
    connection.execute("UPDATE services SET gone = ? WHERE run <> ? AND gone IS NULL", (time, verification.run))
    hosts = json.dumps([device.host for device in verification.devices])
    connection.execute("DELETE FROM devices WHERE host NOT IN (SELECT value FROM json_each(?))", (hosts,))
