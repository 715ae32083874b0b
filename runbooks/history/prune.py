"""What the history forgets: the oldest rows beyond a number, and what is old; never the newest rows of a service.

A clock that stands far in the future for a day must not empty the history, so age alone takes nothing of the newest rows.
"""

from __future__ import annotations

import sqlite3
from collections.abc import Mapping

from msgspec import Struct

#: Pruning is done with each so-many-th verification.
EVERY = 25
DAY = 86_400


class Policy(Struct, frozen=True):
    """Of each service at most ``most`` rows are kept, and none older than ``days`` beyond the newest ``least``."""

    most: int
    days: int
    least: int = 20


#: Table with rows by service -> what is kept of it.
POLICIES: Mapping[str, Policy] = {
    "looks": Policy(most=500, days=90),
    "changes": Policy(most=1000, days=730),
    "flaps": Policy(most=1000, days=730),
}
VERIFICATIONS = Policy(most=5000, days=730)
#: Services that left the intent so long ago are forgotten, with all that was known of them.
GONE_DAYS = 365
#: A notification that could not be delivered for so long says nothing any more.
OUTBOX_DAYS = 7


def prune(connection: sqlite3.Connection, now: int) -> None:
    """Forget what the policies say, inside the caller's transaction. Raises sqlite3.Error."""
    for table, policy in POLICIES.items():
        _by_rank(connection, table, "PARTITION BY service ORDER BY time DESC", ("service", "time"), policy, now)
    _by_rank(connection, "verifications", "ORDER BY finished DESC", ("id", "finished"), VERIFICATIONS, now)
    connection.execute("DELETE FROM services WHERE gone IS NOT NULL AND gone < ?", (now - GONE_DAYS * DAY,))
    connection.execute("DELETE FROM outbox WHERE made < ?", (now - OUTBOX_DAYS * DAY,))


def _by_rank(connection: sqlite3.Connection, table: str, order: str, key: tuple[str, str], policy: Policy, now: int) -> None:
    first, time = key
    connection.execute(
        f"DELETE FROM {table} WHERE ({first}, {time}) IN (SELECT {first}, {time} FROM"  # noqa: S608 - names from above
        f" (SELECT {first}, {time}, ROW_NUMBER() OVER ({order}) AS rank FROM {table})"
        f" WHERE rank > ? OR (rank > ? AND {time} < ?))",
        (policy.most, policy.least, now - policy.days * DAY),
    )
