"""What watches the paths: track objects, IP SLA operations, route maps, access lists, BGP neighbors."""

from __future__ import annotations

import re
from typing import Annotated

from msgspec import Struct

from ..fields.columns import Address, Column, duration_or_none, integer_or_none, squeezed
from ..fields.vocabulary import CLOCK, TRACKED, one_of


class Track(Struct, frozen=True, kw_only=True):
    """One object of `show track`. aspect: reachability, state, line-protocol, ...; up is what it tracks to.

    delayed: the state it is about to change to, with the seconds that remain; return_code and rtt only for IP SLA.
    """

    number: int
    object: str
    aspect: str | None = None
    up: Annotated[bool, Column(lambda text: text.lower() == "up")]
    delayed_to: str | None = None
    delayed_seconds: int | None = None
    changes: int
    last_change_seconds: Annotated[int | None, Column(duration_or_none)] = None
    delay_up_seconds: int | None = None
    delay_down_seconds: int | None = None
    return_code: str | None = None
    rtt_milliseconds: int | None = None
    tracked_by: Annotated[tuple[str, ...], Column(source="tracker")] = ()


class SlaStatistics(Struct, frozen=True, kw_only=True):
    """One operation of `show ip sla statistics`; where an id is printed twice, the last block counts.

    rtt_milliseconds None: no answer. clock_authoritative False: the start time has the `*` of a clock without NTP.
    successes and failures None: the device says Unknown. time_to_live_seconds None: Forever.
    """

    operation: int
    kind: str | None = None
    rtt_milliseconds: Annotated[int | None, Column(integer_or_none)] = None
    start_time: str | None = None
    clock_authoritative: Annotated[bool | None, Column(lambda text: not text.startswith(("*", ".")), source="start_time")] = None
    return_code: str | None = None
    successes: Annotated[int | None, Column(integer_or_none)] = None
    failures: Annotated[int | None, Column(integer_or_none)] = None
    time_to_live_seconds: Annotated[int | None, Column(duration_or_none)] = None
    dns_rtt_milliseconds: int | None = None
    tcp_rtt_milliseconds: int | None = None
    http_rtt_milliseconds: int | None = None
    http_status: str | None = None


class SlaSummary(Struct, frozen=True, kw_only=True):
    """One row of `show ip sla summary`. mark: * active, ^ inactive, ~ pending; stats as printed (`RTT=1`, `-`)."""

    mark: Annotated[str, Column(lambda text: {"active": "*", "inactive": "^", "pending": "~"}.get(text.lower(), text))]
    operation: int
    kind: str
    destination: str
    stats: str
    return_code: str
    last_run: Annotated[str, Column(squeezed)]


class VerifiedNextHop(Struct, frozen=True, kw_only=True):
    """One `ip next-hop verify-availability` of a route map, or its `ipv6` form; state: up, down or undefined.

    vrf: the one that the next hop is looked for in, None where the line names none.
    """

    vrf: Annotated[str | None, Column(lambda text: text.split()[-1] if text.strip() else None, source="hop_vrf")] = None
    next_hop: Address
    order: int
    track: int | None = None
    state: Annotated[str | None, Column(one_of(TRACKED, lambda text: text.strip(" []")))] = None


class RouteMapEntry(Struct, frozen=True, kw_only=True):
    """One entry of `show route-map`. matches and sets are the clauses as printed."""

    name: str
    action: str
    sequence: int
    matches: Annotated[tuple[str, ...], Column(source="match_clause")] = ()
    sets: Annotated[tuple[str, ...], Column(source="set_clause")] = ()
    next_hops: Annotated[tuple[VerifiedNextHop, ...], Column(source="next_hop")] = ()
    policy_packets: int | None = None
    policy_bytes: int | None = None


def _matches(text: str) -> int | None:
    """`(4 matches) (time left 288)`, as a reflexive entry ends; either part may be missing."""
    found = re.search(r"(\d+) match", text)
    return int(found.group(1)) if found else None


class AccessEntry(Struct, frozen=True, kw_only=True):
    """One line of an access list; sequence None on releases without sequence numbers (12.2)."""

    sequence: int | None = None
    action: Annotated[str, Column(str.lower)]
    rule: Annotated[str, Column(squeezed)]
    matches: Annotated[int | None, Column(_matches)] = None


class AccessList(Struct, frozen=True, kw_only=True):
    """One list of `show access-lists`. kind: Standard IP, Extended IP, Reflexive IP, IPv6, ..."""

    kind: Annotated[str, Column(squeezed)]
    name: str
    entries: Annotated[tuple[AccessEntry, ...], Column(source="entry")] = ()


class BgpNeighbor(Struct, frozen=True, kw_only=True):
    """One row of a BGP summary. prefixes_received is a number only while Established; state says what it is else."""

    address: Annotated[Address, Column(source="neighbor")]
    version: int
    remote_as: str
    messages_received: int
    messages_sent: int
    table_version: int
    input_queue: int
    output_queue: int
    up_down_seconds: Annotated[int | None, Column(duration_or_none)] = None
    state: Annotated[str, Column(lambda text: "Established" if text.isdigit() else text, source="state_or_prefixes")]
    prefixes_received: Annotated[int | None, Column(integer_or_none, source="state_or_prefixes")] = None


class BgpSummary(Struct, frozen=True, kw_only=True):
    """`show ip bgp summary` of one address family ("IPv4 Unicast"; None where the device names none)."""

    address_family: Annotated[str | None, Column(lambda text: text.partition(":")[2].strip() or None)] = None
    router_id: Address
    local_as: str
    table_version: int | None = None
    neighbors: Annotated[tuple[BgpNeighbor, ...], Column(source="neighbor")] = ()


class ReloadStatus(Struct, frozen=True, kw_only=True):
    """`show reload`: the proof that a rollback timer is armed. in_seconds counts from the moment of the command."""

    scheduled: bool
    at: str | None = None
    in_seconds: Annotated[int | None, Column(duration_or_none)] = None
    by: str | None = None
    reason: str | None = None


class ArchivedConfig(Struct, frozen=True, kw_only=True):
    """One file of the configuration archive."""

    number: int
    name: str
    most_recent: bool = False


class ArchiveStatus(Struct, frozen=True, kw_only=True):
    """`show archive`. enabled False: the feature is off, nothing else is known."""

    enabled: bool
    maximum: int | None = None
    saved: int | None = None
    next_name: str | None = None
    files: Annotated[tuple[ArchivedConfig, ...], Column(source="file")] = ()


class Clock(Struct, frozen=True, kw_only=True):
    """`show clock`. text is the time as printed; a leading `*` means not authoritative, a `.` not synchronised."""

    text: Annotated[str, Column(one_of(CLOCK))]
    zone: Annotated[str, Column(lambda text: text.split()[1], source="text")]
    authoritative: Annotated[bool, Column(lambda text: not text.startswith("*"), source="text")]
    synchronised: Annotated[bool, Column(lambda text: not text.startswith((".", "*")), source="text")]
    source: str | None = None
