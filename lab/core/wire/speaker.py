"""A BGP speaker at the far end of a tunnel, as the wire knows it."""

from __future__ import annotations

from collections.abc import Iterable
from ipaddress import IPv4Interface, IPv4Network

from msgspec import Struct

#: Networks by the autonomous systems that they came through, the nearest first.
Paths = dict[IPv4Network, tuple[int, ...]]


class Speaker(Struct, frozen=True):
    """One end of a session: its system and address, the system that it takes, what it tells; timers in seconds.

    ``flaps``: it ends the session so many seconds after each beginning; 0 for one that is steady.
    """

    system: int
    address: IPv4Interface
    peer_system: int
    networks: tuple[IPv4Network, ...] = ()
    keepalive: int = 60
    hold: int = 180
    flaps: int = 0

    def tells(self) -> Paths:
        """The prefixes that it advertises to its peer."""
        return dict.fromkeys(self.networks, (self.system,))

    def takes(self, told: Iterable[tuple[IPv4Network, tuple[int, ...]]]) -> tuple[IPv4Network, ...]:
        """What it takes of what it is told: nothing that came through its own system."""
        return tuple(network for network, path in told if self.system not in path)
