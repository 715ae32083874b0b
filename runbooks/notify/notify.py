"""Tell the targets of a verification what has changed, and what could not be told before: soon, and never failing a run."""

from __future__ import annotations

import time
from collections.abc import Collection, Sequence
from pathlib import Path

from ...checks.verdict import Verification
from ...inventory.errors import NrRunError
from ..history.file import writing
from .holding import Hold
from .outbox import Waiting, not_taken, put, taken, waiting
from .targets import SECONDS, NotDelivered, deliver

#: Seconds that all deliveries of a verification take at most, with one more that has been begun.
ALL_SECONDS = 30.0


def notify(
    runs: Path,
    verification: Verification,
    targets: Sequence[str],
    hold: Hold,
    *,
    seconds: float = SECONDS,
    all_seconds: float = ALL_SECONDS,
    unusable: Collection[str] = (),
) -> list[str]:
    """Keep what is due and deliver what waits; the sentences to tell where that was not possible. Raises nothing.

    ``targets`` are references; what is due for those that are ``unusable`` is kept until they are not. The verification has to be
    in the history already: what was told before stands there.
    """
    try:
        with writing(runs) as connection:
            put(connection, verification, targets, hold)
            found = waiting(connection, targets)
    except NrRunError as error:
        return [f"{error}; nobody was notified"]
    return _deliver(runs, [item for item in found if item.target not in unusable], seconds, all_seconds)


def _deliver(runs: Path, found: Sequence[Waiting], seconds: float, all_seconds: float) -> list[str]:
    """In the order of time; behind one that was not taken the others of its target wait, too."""
    problems: dict[str, str] = {}
    deadline = time.monotonic() + all_seconds
    for item in found:
        if item.target in problems:
            continue
        try:
            if time.monotonic() > deadline:
                raise NotDelivered(f"{item.target}: there was no time left")
            deliver(item.target, item.document, seconds)
            problem = ""
        except NotDelivered as error:
            problem = problems[item.target] = str(error)
        try:
            with writing(runs) as connection:
                if problem:
                    not_taken(connection, item, problem)
                else:
                    taken(connection, item)
        except NrRunError as error:
            problems.setdefault(item.target, f"{item.target}: {error}")
    return [f"a notification was not delivered and is tried again: {problem}" for problem in problems.values()]
