"""By which interfaces packets leave: a routing table asked for an address, and for all that lies inside a prefix."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass
from ipaddress import IPv4Address, IPv4Network
from typing import Protocol

from ..parsers.records.asa_system import AsaRoute
from ..parsers.records.system import Route


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


class Ways:
    """A routing table with next hops followed."""

    def __init__(self, paths: Iterable[Path]) -> None:
        self.paths = tuple(paths)
        self._known: dict[IPv4Address, frozenset[str]] = {}

    def to(self, target: IPv4Address) -> frozenset[str]:
        """Interfaces by which an address is reached; none without a route."""
        if target not in self._known:
            self._known[target] = frozenset()  # for a next hop that is reached by itself
            found = [path for path in self.paths if target in path.prefix]
            longest = max((path.prefix.prefixlen for path in found), default=0)
            self._known[target] = frozenset(n for path in found if path.prefix.prefixlen == longest for n in self.of(path))
        return self._known[target]

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
        Path(route.prefix, route.next_hops) for route in table if route.vrf is None and isinstance(route.prefix, IPv4Network)
    )


def asa_ways(table: Sequence[AsaRoute]) -> Ways:
    """The data table of an ASA. A route marked ``tunneled`` is for what comes out of a tunnel, so it does not count."""
    return Ways(
        Path(route.prefix, route.next_hops)
        for route in table
        if route.table is None and isinstance(route.prefix, IPv4Network) and not any(hop.tunneled for hop in route.next_hops)
    )
