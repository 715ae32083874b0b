"""What watches the paths: track objects, IP SLA operations, route maps, access lists, BGP neighbors."""

from __future__ import annotations

import re
from dataclasses import dataclass

from ..fields.columns import Address, column, duration_or_none, integer_or_none, squeezed
from ..fields.vocabulary import CLOCK, TRACKED, one_of


@dataclass(frozen=True, slots=True, kw_only=True)
class Track:
    """One object of `show track`. aspect: reachability, state, line-protocol, ...; up is what it tracks to.

    delayed: the state it is about to change to, with the seconds that remain; return_code and rtt only for IP SLA.
    """

    number: int
    object: str
    aspect: str | None = None
    up: bool = column(lambda text: text.lower() == "up")
    delayed_to: str | None = None
    delayed_seconds: int | None = None
    changes: int
    last_change_seconds: int | None = column(duration_or_none, default=None)
    delay_up_seconds: int | None = None
    delay_down_seconds: int | None = None
    return_code: str | None = None
    rtt_milliseconds: int | None = None
    tracked_by: tuple[str, ...] = column(source="tracker", default=())


@dataclass(frozen=True, slots=True, kw_only=True)
class SlaStatistics:
    """One operation of `show ip sla statistics`; where an id is printed twice, the last block counts.

    rtt_milliseconds None: no answer. clock_authoritative False: the start time has the `*` of a clock without NTP.
    successes and failures None: the device says Unknown. time_to_live_seconds None: Forever.
    """

    operation: int
    kind: str | None = None
    rtt_milliseconds: int | None = column(integer_or_none, default=None)
    start_time: str | None = None
    clock_authoritative: bool | None = column(lambda text: not text.startswith(("*", ".")), source="start_time", default=None)
    return_code: str | None = None
    successes: int | None = column(integer_or_none, default=None)
    failures: int | None = column(integer_or_none, default=None)
    time_to_live_seconds: int | None = column(duration_or_none, default=None)
    dns_rtt_milliseconds: int | None = None
    tcp_rtt_milliseconds: int | None = None
    http_rtt_milliseconds: int | None = None
    http_status: str | None = None


@dataclass(frozen=True, slots=True, kw_only=True)
class SlaSummary:
    """One row of `show ip sla summary`. mark: * active, ^ inactive, ~ pending; stats as printed (`RTT=1`, `-`)."""

    mark: str = column(lambda text: {"active": "*", "inactive": "^", "pending": "~"}.get(text.lower(), text))
    operation: int
    kind: str
    destination: str
    stats: str
    return_code: str
    last_run: str = column(squeezed)


@dataclass(frozen=True, slots=True, kw_only=True)
class VerifiedNextHop:
    """One `ip next-hop verify-availability` of a route map, or its `ipv6` form; state: up, down or undefined.

    vrf: the one that the next hop is looked for in, None where the line names none.
    """

    vrf: str | None = column(lambda text: text.split()[-1] if text.strip() else None, source="hop_vrf", default=None)
    next_hop: Address
    order: int
    track: int | None = None
    state: str | None = column(one_of(TRACKED, lambda text: text.strip(" []")), default=None)


@dataclass(frozen=True, slots=True, kw_only=True)
class RouteMapEntry:
    """One entry of `show route-map`. matches and sets are the clauses as printed."""

    name: str
    action: str
    sequence: int
    matches: tuple[str, ...] = column(source="match_clause", default=())
    sets: tuple[str, ...] = column(source="set_clause", default=())
    next_hops: tuple[VerifiedNextHop, ...] = column(source="next_hop", default=())
    policy_packets: int | None = None
    policy_bytes: int | None = None


def _matches(text: str) -> int | None:
    """`(4 matches) (time left 288)`, as a reflexive entry ends; either part may be missing."""
    found = re.search(r"(\d+) match", text)
    return int(found.group(1)) if found else None


@dataclass(frozen=True, slots=True, kw_only=True)
class AccessEntry:
    """One line of an access list; sequence None on releases without sequence numbers (12.2)."""

    sequence: int | None = None
    action: str = column(str.lower)
    rule: str = column(squeezed)
    matches: int | None = column(_matches, default=None)


@dataclass(frozen=True, slots=True, kw_only=True)
class AccessList:
    """One list of `show access-lists`. kind: Standard IP, Extended IP, Reflexive IP, IPv6, ..."""

    kind: str = column(squeezed)
    name: str
    entries: tuple[AccessEntry, ...] = column(source="entry", default=())


@dataclass(frozen=True, slots=True, kw_only=True)
class BgpNeighbor:
    """One row of a BGP summary. prefixes_received is a number only while Established; state says what it is else."""

    address: Address = column(source="neighbor")  # noqa: RUF009 - column() makes a dataclasses.field
    version: int
    remote_as: str
    messages_received: int
    messages_sent: int
    table_version: int
    input_queue: int
    output_queue: int
    up_down_seconds: int | None = column(duration_or_none, default=None)
    state: str = column(lambda text: "Established" if text.isdigit() else text, source="state_or_prefixes")
    prefixes_received: int | None = column(integer_or_none, source="state_or_prefixes", default=None)


@dataclass(frozen=True, slots=True, kw_only=True)
class BgpSummary:
    """`show ip bgp summary` of one address family ("IPv4 Unicast"; None where the device names none)."""

    address_family: str | None = column(lambda text: text.partition(":")[2].strip() or None, default=None)
    router_id: Address
    local_as: str
    table_version: int | None = None
    neighbors: tuple[BgpNeighbor, ...] = column(source="neighbor", default=())


@dataclass(frozen=True, slots=True, kw_only=True)
class ReloadStatus:
    """`show reload`: the proof that a rollback timer is armed. in_seconds counts from the moment of the command."""

    scheduled: bool
    at: str | None = None
    in_seconds: int | None = column(duration_or_none, default=None)
    by: str | None = None
    reason: str | None = None


@dataclass(frozen=True, slots=True, kw_only=True)
class ArchivedConfig:
    """One file of the configuration archive."""

    number: int
    name: str
    most_recent: bool = False


@dataclass(frozen=True, slots=True, kw_only=True)
class ArchiveStatus:
    """`show archive`. enabled False: the feature is off, nothing else is known."""

    enabled: bool
    maximum: int | None = None
    saved: int | None = None
    next_name: str | None = None
    files: tuple[ArchivedConfig, ...] = column(source="file", default=())


@dataclass(frozen=True, slots=True, kw_only=True)
class Clock:
    """`show clock`. text is the time as printed; a leading `*` means not authoritative, a `.` not synchronised."""

    text: str = column(one_of(CLOCK))
    zone: str = column(lambda text: text.split()[1], source="text")
    authoritative: bool = column(lambda text: not text.startswith("*"), source="text")
    synchronised: bool = column(lambda text: not text.startswith((".", "*")), source="text")
    source: str | None = None
