"""By which interfaces packets leave: a routing table asked for an address, and for all that lies inside a prefix."""

from __future__ import annotations

from collections.abc import Collection, Iterable, Iterator, Sequence
from ipaddress import IPv4Address, IPv4Network
from typing import Protocol

from msgspec import Struct

from ...inventory.prefix_index import PrefixIndex
from ...parsers.records.asa_system import AsaRoute
from ...parsers.records.system import Route

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


class Path(Struct, frozen=True):
    """One route: the prefix, and its next hops, which share the packets."""

    prefix: IPv4Network
    hops: tuple[Hop, ...]
    #: True for a network of an interface of the device itself: what is in it is reached without a router in between.
    connected: bool = False


class Ways:
    """A routing table with next hops followed. An address, or a prefix, is looked up and not searched for."""

    def __init__(self, paths: Iterable[Path], beneath: Ways | None = None, gone: Collection[Path] = ()) -> None:
        """``beneath`` is a table of which all counts as well, apart from the paths that are ``gone``."""
        self._places = PrefixIndex((path.prefix, path) for path in paths)
        self._beneath = beneath
        self._gone = tuple(gone)
        self._known: dict[IPv4Address, frozenset[str]] = {}

    def to(self, target: IPv4Address) -> frozenset[str]:
        """Interfaces by which an address is reached; none without a route."""
        if target not in self._known:
            self._known[target] = frozenset()  # for a next hop that is reached by itself
            self._known[target] = frozenset(name for path in self.longest(target) for name in self.of(path))
        return self._known[target]

    def longest(self, target: IPv4Address) -> tuple[Path, ...]:
        """The routes by which an address is reached: several of one length share it."""
        return self.covering(IPv4Network(target))

    def covering(self, prefix: IPv4Network) -> tuple[Path, ...]:
        """The longest routes that lead to all of a network: several of one length share it."""
        return next(self.around(prefix), ())

    def around(self, prefix: IPv4Network) -> Iterator[tuple[Path, ...]]:
        """All routes that lead to all of a network, those of one length together, the longest first."""
        if self._beneath is None:
            yield from self._places.around(prefix)
            return
        found: dict[int, tuple[Path, ...]] = {}
        for group in (*self._beneath.around(prefix), *self._places.around(prefix)):
            length = group[0].prefix.prefixlen
            found[length] = (*found.get(length, ()), *self._left(group))
        yield from (found[length] for length in sorted(found, reverse=True) if found[length])

    def at(self, prefix: IPv4Network) -> tuple[Path, ...]:
        """The routes to exactly this prefix."""
        there = self._left(self._beneath.at(prefix)) if self._beneath else ()
        return (*there, *self._places.at(prefix))

    def within(self, prefix: IPv4Network) -> tuple[Path, ...]:
        """The routes to a part of a prefix, or to all of it, in the order of the table."""
        there = self._left(self._beneath.within(prefix)) if self._beneath else ()
        return (*there, *self._places.within(prefix))

    def _left(self, paths: Iterable[Path]) -> tuple[Path, ...]:
        return tuple(path for path in paths if path not in self._gone)

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
        return ((path, self.of(path)) for path in self.within(prefix))

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
