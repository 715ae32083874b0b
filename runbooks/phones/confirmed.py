"""Steps of a certificate renewal that a person confirms because no device shows them, kept from run to run.

The state of a renewal is read from the head-end and the phones' files in every run. What neither shows is confirmed once on the
command line. The record of that run keeps it, with user and time, and later runs read it from there. A confirmation is valid for
the certificate with that digest only.
"""

from __future__ import annotations

import json
from collections.abc import Mapping, Sequence
from datetime import UTC, datetime
from pathlib import Path
from typing import Any

from msgspec import Struct
from msgspec.structs import asdict

from ...checks.phones.renewal import CALL_MANAGER, PHONES, Renewal
from ...inventory.errors import DriftError, UsageError
from ...inventory.files.did_you_mean import hint
from ..engine.verifying.confirmations import system_user

#: Folder of the runs folder, and file, in which records are kept.
FOLDER, FILE = "renew-phone-certificate", "renewal.json"
NAMES = (CALL_MANAGER, PHONES)


class Confirmed(Struct, frozen=True):
    """One confirmation. ``by`` is the system user, ``at`` the time in UTC (ISO 8601)."""

    name: str
    by: str
    at: str

    def __str__(self) -> str:
        return f"{self.by} at {self.at}"

    def as_dict(self) -> dict[str, str]:
        """Plain values, for JSON."""
        return asdict(self)


def said_now(names: Sequence[str]) -> tuple[Confirmed, ...]:
    """Confirmations of this run, by the user of this process. Raises UsageError for an unknown name."""
    for name in names:
        if name not in NAMES:
            known = hint(name, NAMES) or f" ({', '.join(NAMES)})"
            raise UsageError(f"--confirm {name}: there is nothing to confirm by this name{known}")
    at = datetime.now(UTC).isoformat(timespec="seconds")
    return tuple(Confirmed(name, system_user(), at) for name in dict.fromkeys(names))


def refuse_contradicted(made: Renewal, said: Sequence[Confirmed]) -> None:
    """Raises DriftError if a phone's file contradicts a confirmation, or if there is no certificate that it could be about."""
    if said and not made.digest:
        why = made.unread or next((stage.sentence for stage in made.stages), "")
        raise DriftError(f"{made.host}: nothing can be confirmed before the new certificate is there: {why}")
    asked = dict(zip((*NAMES,), made.stages[1:3], strict=False))
    for one in said:
        stage = asked.get(one.name)
        if stage is not None and stage.done is False:
            raise DriftError(f"{made.host}: --confirm {one.name} is not so: {stage.sentence}")


def remembered(runs: Path, made: Renewal) -> tuple[Confirmed, ...]:
    """Confirmations of earlier runs for this host and certificate; the latest one of each name."""
    found: dict[str, Confirmed] = {}
    for path in sorted((runs / FOLDER).glob(f"2*-*/{FILE}")):
        for item in _of(path, made):
            found[item.name] = item
    return tuple(found.values())


def _of(path: Path, made: Renewal) -> tuple[Confirmed, ...]:
    try:
        record: Any = json.loads(path.read_text(encoding="utf8"))
        renewal: Mapping[str, Any] = record["renewal"]
        if not made.digest or (renewal["host"], renewal["digest"]) != (made.host, made.digest):
            return ()
        return tuple(Confirmed(str(item["name"]), str(item["by"]), str(item["at"])) for item in record["confirmed"])
    except (OSError, ValueError, KeyError, TypeError):
        return ()
