"""State of a box besides its running configuration: cost of clients, startup configuration, NAT translations."""

from __future__ import annotations

from ipaddress import IPv4Address

from msgspec import Struct, field


class Counters(Struct):
    """What clients cost the box: login exchanges, round trips, lines typed."""

    logins: int = 0
    round_trips: int = 0
    lines: int = 0


class Translation(Struct):
    """One address translation, as `show ip nat translations` lists it."""

    inside: IPv4Address
    outside: IPv4Address
    destination: IPv4Address


class Saved(Struct):
    """The startup configuration and when it was written."""

    lines: list[str] = field(default_factory=list)
    size: int = 0
