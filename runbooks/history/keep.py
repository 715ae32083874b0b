"""Keep a verification in the history of a runs folder, whatever that is worth today."""

from __future__ import annotations

from pathlib import Path

from ...checks.verdict import Verification
from ...inventory.errors import NrRunError
from .file import BUSY_SECONDS, writing
from .write import record


def keep(runs: Path, verification: Verification, exit_code: int, *, busy_seconds: float = BUSY_SECONDS) -> list[str]:
    """Write it; the sentences to tell where that was not possible. Raises nothing: a verification counts without its history."""
    try:
        with writing(runs, busy_seconds) as connection:
            record(connection, verification, exit_code)
    except (NrRunError, ValueError) as error:
        return [f"{error}; this verification is not in the history"]
    return []
