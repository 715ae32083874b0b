"""BGP neighbours as checks look at them: who is up, since when, and how many prefixes went each way.

Sources: RFC 4271 section 8 (prefixes are exchanged in Established alone), the ASA command reference (show bgp neighbors), and
sessions of an ASA 9.8 with a cloud in a public repository.
"""

from __future__ import annotations

from collections.abc import Sequence
from ipaddress import IPv4Address, IPv4Network

from msgspec import Struct

from ...inventory.errors import NotKnown
from ...parsers.records.asa_system import AsaBgpNeighbor, BgpPath
from ...parsers.result import Parsed

_UP = "Established"


class BgpRow(Struct, frozen=True):
    """One neighbour: its address and autonomous system, its state in the device's word, and whether that is up.

    ``uptime_seconds``, ``received`` and ``advertised`` (prefixes that were taken from it, and that it is told) are None unless it
    is up: what stands there else is of a session that is over. ``dropped`` counts the sessions that have ended, None where the
    device does not say. ``read_seconds`` is how long ago the last message of the neighbour came, ``due_seconds`` the most
    that may be between two; ``keepalives`` is how many came, ``sessions`` how often it came up. None: the device does not say.
    """

    neighbour: object
    system: int
    state: str
    up: bool
    uptime_seconds: int | None
    received: int | None
    advertised: int | None
    dropped: int | None
    read_seconds: int | None = None
    due_seconds: int | None = None
    keepalives: int | None = None
    sessions: int | None = None

    @property
    def overdue(self) -> bool:
        """True if what has to come within an interval did not come within one and a half."""
        return self.read_seconds is not None and bool(self.due_seconds) and 2 * self.read_seconds > 3 * (self.due_seconds or 0)

    def heard_since(self, before: BgpRow) -> bool:
        """True if a message of the neighbour came between two looks; what is not counted is not known, and no sign of one."""
        pairs = ((before.keepalives, self.keepalives), (before.sessions, self.sessions))
        return any(then is not None and now is not None and now > then for then, now in pairs)

    @property
    def both_ways(self) -> bool:
        """True if it is up, told something and is told something: less is no way there and back."""
        return self.up and bool(self.received) and bool(self.advertised)


def neighbours(parsed: Parsed) -> tuple[BgpRow, ...]:
    """Rows of ``show bgp neighbors``; none on a device that does not speak BGP."""
    rows: Sequence[AsaBgpNeighbor] = parsed.state
    return tuple(_row(row) for row in rows)


def _row(row: AsaBgpNeighbor) -> BgpRow:
    up = row.state == _UP
    return BgpRow(
        neighbour=row.address,
        system=plain_system(row.remote_as),
        state=row.state,
        up=up,
        uptime_seconds=row.established_seconds if up else None,
        received=row.prefixes_received if up else None,
        advertised=row.prefixes_sent if up else None,
        dropped=row.connections_dropped,
        read_seconds=row.last_read_seconds if up else None,
        due_seconds=_due(row) if up else None,
        keepalives=row.keepalives_received,
        sessions=row.connections_established,
    )


def _due(row: AsaBgpNeighbor) -> int | None:
    """Seconds within which a message has to come: a third of the hold time that both agreed on, or our own interval if longer.

    RFC 4271 section 4.4: at most a third of the hold time is between two, and jitter only shortens it; with a hold time of zero
    none has to come, and 0 says so.
    """
    if row.hold_seconds is None:
        return None
    return max(row.hold_seconds // 3, row.keepalive_seconds or 0) if row.hold_seconds else 0


def plain_system(text: str) -> int:
    """An autonomous system as one number: `65000.1` is the same as 4259840001 (RFC 5396)."""
    high, dot, low = text.partition(".")
    return (int(high) << 16) + int(low) if dot else int(high)


def row_of(rows: Sequence[BgpRow], neighbour: IPv4Address) -> BgpRow | None:
    """The row of a neighbour, None where the device does not know it."""
    return next((row for row in rows if row.neighbour == neighbour), None)


def advertised_command(neighbour: IPv4Address) -> str:
    """How an ASA is asked which prefixes a neighbour is told."""
    return f"show bgp neighbors {neighbour} advertised-routes"


def received_command(neighbour: IPv4Address) -> str:
    """How an ASA is asked which prefixes were taken from a neighbour."""
    return f"show bgp neighbors {neighbour} routes"


def prefixes(parsed: Parsed) -> frozenset[IPv4Network]:
    """The prefixes in an answer to one of these. Raises NotKnown for one that is not whole: a prefix may be missing in it."""
    if not parsed.complete:
        why = parsed.problems[0].why if parsed.problems else "not all of it was understood"
        raise NotKnown(f"{parsed.command}: {why}")
    paths: Sequence[BgpPath] = parsed.state
    return frozenset(path.network for path in paths if isinstance(path.network, IPv4Network))
