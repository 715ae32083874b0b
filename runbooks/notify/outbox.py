"""What has to be told, and what was: kept in the history, so that it is told once, and told at last where it could not be.

A message is kept before it is sent and forgotten after it was taken: one that arrived twice carries the same id.
"""

from __future__ import annotations

import json
import sqlite3
from collections.abc import Sequence
from typing import Any

from msgspec import Struct

from ...checks.verdict import Verification
from ..history.moments import moment, written
from ..run.json_names import document as as_document
from .holding import Hold
from .message import VerdictChange, message


class Waiting(Struct, frozen=True):
    """A message that has not been taken yet."""

    id: int
    target: str
    document: dict[str, Any]


def put(connection: sqlite3.Connection, verification: Verification, targets: Sequence[str], hold: Hold) -> None:
    """Keep one message a target with all changes that are due, inside the caller's transaction. Raises sqlite3.Error."""
    now = moment(verification.finished)
    connection.execute("DELETE FROM told WHERE service IN (SELECT id FROM services WHERE gone IS NOT NULL)")
    for target in targets:
        changes = _due(connection, target, hold, verification.run, now)
        if changes:
            document = json.dumps(as_document(message(verification, changes)))
            connection.execute("INSERT INTO outbox (target, made, document) VALUES (?, ?, ?)", (target, now, document))


def waiting(connection: sqlite3.Connection, targets: Sequence[str]) -> tuple[Waiting, ...]:
    """All messages of these targets, oldest first. Raises sqlite3.Error."""
    rows = connection.execute("SELECT * FROM outbox ORDER BY id")
    return tuple(Waiting(row["id"], row["target"], json.loads(row["document"])) for row in rows if row["target"] in targets)


def taken(connection: sqlite3.Connection, item: Waiting) -> None:
    """Forget a message that was taken. Raises sqlite3.Error."""
    connection.execute("DELETE FROM outbox WHERE id = ?", (item.id,))


def not_taken(connection: sqlite3.Connection, item: Waiting, problem: str) -> None:
    """Note that a message was tried. Raises sqlite3.Error."""
    connection.execute("UPDATE outbox SET attempts = attempts + 1, problem = ? WHERE id = ?", (problem, item.id))


def _due(connection: sqlite3.Connection, target: str, hold: Hold, run: str, now: int) -> list[VerdictChange]:
    """What this verification looked at, and has to be told: of others nobody knows how they are now."""
    rows = connection.execute(
        "SELECT services.*, told.condition AS told FROM services"
        " LEFT JOIN told ON told.service = services.id AND told.target = ? WHERE run = ? ORDER BY service, name",
        (target, run),
    ).fetchall()
    due = [row for row in rows if hold.is_due(row["condition"], row["condition_since"], row["bad_since"], row["told"], now)]
    connection.executemany(
        "INSERT OR REPLACE INTO told (target, service, condition, time) VALUES (?, ?, ?, ?)",
        [(target, row["id"], row["condition"], now) for row in due],
    )
    return [_change(row) for row in due]


def _change(row: sqlite3.Row) -> VerdictChange:
    verdict = json.loads(row["document"])
    return VerdictChange(
        service=row["service"],
        name=row["name"],
        title=row["title"],
        before=row["told"] or "fine",
        now=row["condition"],
        word=row["word"],
        since=written(row["condition_since"]) or "",
        sentence=verdict["sentence"],
        causes=tuple(cause["sentence"] for cause in verdict["causes"]),
    )
