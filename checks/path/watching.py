"""What watches a path, as checks look at it: probes, track objects, and the clauses of route maps that ask them.

Sources: Cisco IOS IP Application Services and IP SLAs command references (`state` of a track is up on OK only, `reachability`
on OverThreshold as well); outputs of 15.x and IOS-XE in genieparser (a next hop is `[undefined]` where its track is not there).
"""

from __future__ import annotations

import re
from collections.abc import Sequence

from msgspec import Struct

from ...parsers.records.tracking import RouteMapEntry, SlaStatistics, Track, VerifiedNextHop
from ...parsers.result import Parsed

#: Return codes of an operation that was answered; the second one was late, spelt in two ways.
OK, LATE = "ok", "overthreshold"
_OPERATION = re.compile(r"(?:IP SLA|Response Time Reporter|RTR|SLA Monitor) (?P<number>\d+)", re.IGNORECASE)


def _code(text: str | None) -> str:
    return "".join((text or "").lower().split())


class TrackRow(Struct, frozen=True):
    """One track object. ``up`` is what it says now, ``steady`` False while it waits to say the contrary.

    ``operation`` is the number of the probe that it follows, None for one that follows something else. ``followers`` are the
    lines below "Tracked by": with none of them nothing follows it, whatever it says.
    """

    number: int
    up: bool
    steady: bool
    operation: int | None
    aspect: str | None
    code: str | None
    changes: int
    followers: tuple[str, ...]

    @property
    def state(self) -> str:
        """For a person."""
        said = "up" if self.up else "down"
        return said if self.steady else f"{said}, about to be {'down' if self.up else 'up'}"

    @property
    def leads_packets(self) -> bool:
        """True if a route map follows it."""
        return any(line.upper().startswith(("ROUTE-MAP", "ROUTE MAP", "PBR")) for line in self.followers)


class ProbeRow(Struct, frozen=True):
    """One operation. ``answered``: its last try was, late or in time; None if it has not asked yet.

    ``working`` is False of one that is not scheduled, or whose life is over: what it says is of then. Counts are None where the
    device says Unknown.
    """

    operation: int
    answered: bool | None
    late: bool
    working: bool
    code: str | None
    rtt_milliseconds: int | None
    successes: int | None
    failures: int | None


class HopRow(Struct, frozen=True):
    """One next hop that a track stands for. ``up`` None: the device does not say; one whose track is not there is not up."""

    next_hop: object
    order: int
    track: int | None
    up: bool | None


class ClauseRow(Struct, frozen=True):
    """One clause of a route map: its next hops in their order, where it ends (``Null0``), and the packets that it led."""

    name: str
    sequence: int
    permits: bool
    lists: tuple[str, ...]
    hops: tuple[HopRow, ...]
    interfaces: tuple[str, ...]
    packets: int | None

    @property
    def first_up(self) -> HopRow | None:
        """The next hop that packets go to now. A hop that may be up counts as none: whether it leads is not known."""
        for hop in self.hops:
            if hop.up is not False:
                return hop if hop.up else None
        return None

    @property
    def drops(self) -> bool:
        """True if a packet that no next hop is up for is dropped, and not sent by the routing table."""
        return self.interfaces == ("Null0",)


def tracks(parsed: Parsed) -> tuple[TrackRow, ...]:
    """Rows of ``show track``, of IOS and ASA."""
    rows: Sequence[Track] = parsed.state
    return tuple(
        TrackRow(
            number=row.number,
            up=row.up,
            steady=row.delayed_to is None or (row.delayed_to.lower() == "up") is row.up,
            operation=int(found["number"]) if (found := _OPERATION.fullmatch(" ".join(row.object.split()))) else None,
            aspect=row.aspect,
            code=row.return_code,
            changes=row.changes,
            followers=row.tracked_by,
        )
        for row in rows
    )


def probes(parsed: Parsed) -> tuple[ProbeRow, ...]:
    """Rows of ``show ip sla statistics``; a life of no seconds is over, or has not begun."""
    rows: Sequence[SlaStatistics] = parsed.state
    return tuple(
        ProbeRow(
            operation=row.operation,
            answered=None if _code(row.return_code) in ("", "unknown") else _code(row.return_code) in (OK, LATE),
            late=_code(row.return_code) == LATE,
            working=row.time_to_live_seconds is None or row.time_to_live_seconds > 0,
            code=row.return_code,
            rtt_milliseconds=row.rtt_milliseconds,
            successes=row.successes,
            failures=row.failures,
        )
        for row in rows
    )


def _hop(hop: VerifiedNextHop) -> HopRow:
    up = {"up": True, "down": False, "undefined": False}.get((hop.state or "").lower())
    return HopRow(hop.next_hop, hop.order, hop.track, up)


def clauses(parsed: Parsed) -> tuple[ClauseRow, ...]:
    """Rows of ``show route-map``; hops of another VRF are no next hops of the packets that come in here."""
    rows: Sequence[RouteMapEntry] = parsed.state
    return tuple(
        ClauseRow(
            name=row.name,
            sequence=row.sequence,
            permits=row.action == "permit",
            lists=_behind("ip address (access-lists):", row.matches),
            hops=tuple(sorted((_hop(hop) for hop in row.next_hops if hop.vrf is None), key=lambda hop: hop.order)),
            interfaces=_behind("interface ", row.sets),
            packets=row.policy_packets,
        )
        for row in rows
    )


def _behind(head: str, lines: Sequence[str]) -> tuple[str, ...]:
    return tuple(word for line in lines if line.startswith(head) for word in line.removeprefix(head).split())
