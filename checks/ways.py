"""By which interfaces packets leave: a routing table asked for an address, and for all that lies inside a prefix."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass
from ipaddress import IPv4Address, IPv4Network
from typing import Protocol

from ..parsers.records.asa_system import AsaRoute
from ..parsers.records.system import Route

#: Codes of ``show ip route`` and ``show route`` for the networks and the addresses of the device itself.
_CONNECTED = frozenset({"C", "L"})


class Hop(Protocol):
    """Where a route sends packets: to a gateway, out of an interface, or both."""

    @property
    def interface(self) -> str | None:
        """Name of the interface, where the table shows one."""

    @property
    def gateway(self) -> object:
        """Address of the next router, or None."""


@dataclass(frozen=True, slots=True)
class Path:
    """One route: the prefix, and its next hops, which share the packets."""

    prefix: IPv4Network
    hops: tuple[Hop, ...]
    #: True for a network of an interface of the device itself: what is in it is reached without a router in between.
    connected: bool = False


class Ways:
    """A routing table with next hops followed."""

    def __init__(self, paths: Iterable[Path]) -> None:
        self.paths = tuple(paths)
        self._known: dict[IPv4Address, frozenset[str]] = {}

    def to(self, target: IPv4Address) -> frozenset[str]:
        """Interfaces by which an address is reached; none without a route."""
        if target not in self._known:
            self._known[target] = frozenset()  # for a next hop that is reached by itself
            self._known[target] = frozenset(name for path in self.longest(target) for name in self.of(path))
        return self._known[target]

    def longest(self, target: IPv4Address) -> tuple[Path, ...]:
        """The routes by which an address is reached: several of one length share it."""
        found = [path for path in self.paths if target in path.prefix]
        most = max((path.prefix.prefixlen for path in found), default=0)
        return tuple(path for path in found if path.prefix.prefixlen == most)

    def next_hops(self, target: IPv4Address, depth: int = 8) -> frozenset[tuple[str, IPv4Address | None]]:
        """The interfaces by which an address is reached, each with the next router, or the address itself where it is connected.

        None stands for the router where a route names an interface alone.
        """
        found: set[tuple[str, IPv4Address | None]] = set()
        for path in self.longest(target) if depth else ():
            for hop in path.hops:
                gateway = hop.gateway if isinstance(hop.gateway, IPv4Address) else None
                if hop.interface:
                    found.add((hop.interface, target if path.connected else gateway))
                elif gateway is not None:
                    found |= self.next_hops(gateway, depth - 1)
        return frozenset(found)

    def of(self, path: Path) -> frozenset[str]:
        """Interfaces by which one route leaves."""
        found: set[str] = set()
        for hop in path.hops:
            if hop.interface:
                found.add(hop.interface)
            elif isinstance(hop.gateway, IPv4Address):
                found |= self.to(hop.gateway)
        return frozenset(found)

    def inside(self, prefix: IPv4Network) -> Iterator[tuple[Path, frozenset[str]]]:
        """Routes to a part of a prefix, or to all of it, with the interfaces by which each leaves."""
        return ((path, self.of(path)) for path in self.paths if path.prefix.subnet_of(prefix))

    def behind(self, prefixes: Iterable[IPv4Network]) -> frozenset[str]:
        """Interfaces behind which hosts of the prefixes are."""
        wanted = tuple(prefixes)
        first = (name for prefix in wanted for name in self.to(next(prefix.hosts(), prefix.network_address)))
        return frozenset((*first, *(name for prefix in wanted for _, names in self.inside(prefix) for name in names)))


def ios_ways(table: Sequence[Route]) -> Ways:
    """The global table of a router; a route of a VRF is no way for packets outside of it."""
    return Ways(
        Path(route.prefix, route.next_hops, connected=route.code.split()[0] in _CONNECTED)
        for route in table
        if route.vrf is None and isinstance(route.prefix, IPv4Network)
    )


def asa_ways(table: Sequence[AsaRoute]) -> Ways:
    """The data table of an ASA. A route marked ``tunneled`` is for what comes out of a tunnel, so it does not count."""
    return Ways(
        Path(route.prefix, route.next_hops, connected=route.connected or route.code.split()[0] in _CONNECTED)
        for route in table
        if route.table is None and isinstance(route.prefix, IPv4Network) and not any(hop.tunneled for hop in route.next_hops)
    )
