"""Compare an IKEv2 SA with the intent: cipher, integrity and group, as the device prints them. Pure.

An SA keeps what it was agreed with until it ends, and a device offers a peer every proposal of its policy, those of others too:
that the configuration has the right proposal says nothing of the SA in use (RFC 7296 2.7 and 3.3).
"""

from __future__ import annotations

from collections.abc import Iterator, Sequence

from msgspec import Struct

from ..inventory.intents.strength import FORBIDDEN, WEAK
from .observations.questions import IkeRow


class Suite(Struct, frozen=True):
    """Phase 1 as it is intended; ``integrity`` of a GCM cipher is its PRF, and is printed as such."""

    encryption: str
    integrity: str
    group: int

    def __str__(self) -> str:
        return f"{self.encryption} {self.integrity} group {self.group}"


def printed(row: IkeRow) -> str:
    """What an SA was agreed with; empty where the device does not say."""
    if row.encryption is None or row.group is None:
        return ""
    return " ".join(filter(None, (row.encryption, row.integrity, f"group {row.group}")))


def has_other(row: IkeRow, wanted: Suite) -> bool | None:
    """True for an SA with another cipher, integrity or group than is intended; None where the device does not say."""
    if row.encryption is None or row.group is None:
        return None
    gcm = wanted.encryption.endswith("-gcm")
    integrity = row.integrity is not None and row.integrity != wanted.integrity if gcm else row.integrity != wanted.integrity
    return row.encryption != wanted.encryption or row.group != wanted.group or integrity


def others(rows: Sequence[IkeRow], wanted: Suite) -> tuple[IkeRow, ...]:
    """The SAs that are up with something else than is intended: each may be the one that is used."""
    return tuple(row for row in rows if row.up and has_other(row, wanted))


def untold(rows: Sequence[IkeRow], wanted: Suite) -> bool:
    """True if one that is up does not say what it was agreed with."""
    return any(row.up and has_other(row, wanted) is None for row in rows)


def weaker(row: IkeRow, wanted: Suite) -> tuple[str, ...]:
    """What of an SA is weak, by the tables of strength, and is not what is intended."""
    meant = {wanted.encryption, wanted.integrity, f"group {wanted.group}"}
    return tuple(word for word in _words(row) if word in FORBIDDEN or word in WEAK if word not in meant)


def _words(row: IkeRow) -> Iterator[str]:
    yield from (word for word in (row.encryption, row.integrity) if word)
    if row.group is not None:
        yield f"group {row.group}"
