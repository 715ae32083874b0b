"""State of a box besides its running configuration: cost of clients, startup configuration, NAT translations."""

from __future__ import annotations

from dataclasses import dataclass, field
from ipaddress import IPv4Address


@dataclass(slots=True)
class Counters:
    """What clients cost the box: login exchanges, round trips, lines typed."""

    logins: int = 0
    round_trips: int = 0
    lines: int = 0


@dataclass(slots=True)
class Translation:
    """One address translation, as `show ip nat translations` lists it."""

    inside: IPv4Address
    outside: IPv4Address
    destination: IPv4Address


@dataclass(slots=True)
class Saved:
    """The startup configuration and when it was written."""

    lines: list[str] = field(default_factory=list)
    size: int = 0
