"""What is sent: one document for all changes of one verification, plain JSON, and the same in words for people."""

from __future__ import annotations

import secrets
from collections.abc import Sequence
from typing import Any

from msgspec import Struct
from msgspec.structs import asdict

from ...checks.verdict import Verification
from ..history.condition import FINE

SCHEMA_VERSION = 1
KIND = "nr-run.verdict-changes"
#: A message to people names so many changes; the document has all.
NAMED = 20
#: And its title so many of each kind.
FEW = 3


class VerdictChange(Struct, frozen=True):
    """One service: from the condition that was told to the one that stands, since when (UTC, ISO 8601), and why."""

    service: str
    name: str
    title: str
    before: str
    now: str
    word: str
    since: str
    sentence: str
    causes: tuple[str, ...]


def message(verification: Verification, changes: Sequence[VerdictChange]) -> dict[str, Any]:
    """The document. ``id`` is the same each time this message is tried, so that a receiver can drop what it has."""
    return {
        "schema_version": SCHEMA_VERSION,
        "kind": KIND,
        "id": secrets.token_hex(8),
        "run": verification.run,
        "time": verification.finished,
        "title": title(changes),
        "changes": [asdict(change) for change in changes],
    }


def title(changes: Sequence[VerdictChange]) -> str:
    """One line: what became bad, what became good."""
    bad = [change for change in changes if change.now != FINE]
    good = [change.name for change in changes if change.now == FINE]
    parts = [f"{change.name} is {_words(change)}" for change in bad[:FEW]]
    if len(bad) > FEW:
        parts.append(f"{len(bad) - FEW} more are not as they have to be")
    if good:
        more = f" and {len(good) - FEW} more" if len(good) > FEW else ""
        parts.append(f"{', '.join(good[:FEW])}{more}: fine again")
    return f"nr-run: {'; '.join(parts)}"


def words(document: dict[str, Any]) -> str:
    """The document for people: one line a change."""
    changes = document["changes"]
    lines = [
        f"{item['name']} ({item['title']}): {item['before']} -> {item['now']} since {item['since']}: {item['sentence']}"
        for item in changes[:NAMED]
    ]
    return "\n".join([*lines, *([f"and {len(changes) - NAMED} more"] if len(changes) > NAMED else [])])


def _words(change: VerdictChange) -> str:
    return "up, and differs from the intent" if change.now == "differs" else change.now
