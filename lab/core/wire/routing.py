"""The routing table of a box: fed by its interfaces and by static routes, with the interfaces that are down left out.

A source gives candidates; for one prefix the lowest distance wins, and of equals the first. A dynamic protocol would be one
more source of candidates.
"""

from __future__ import annotations

from collections.abc import Iterable
from ipaddress import IPv4Address, IPv4Network

from msgspec import Struct

from ..records import Interface, Route, Table, table_of

Silent = frozenset[str]
NONE: Silent = frozenset()


class Static(Struct, frozen=True):
    """A static route by next hop, by interface, or both. `distance` is the administrative distance.

    A `permanent` one stays when its interface goes down, and leads what it leads nowhere then.
    """

    network: IPv4Network
    via: IPv4Address | None
    interface: str
    distance: int = 1
    permanent: bool = False


def candidates(interfaces: Iterable[Interface], statics: Iterable[Static], silent: Silent) -> list[Route]:
    """All usable routes, best first. `silent`: interfaces whose line protocol is down."""
    every = list(interfaces)
    up = [i for i in every if i.up and i.network is not None and i.name not in silent]
    found = [Route(i.network, i, None) for i in up if i.network is not None]
    for static in statics:
        out = _out_of(up, static) or (_out_of(every, static) if static.permanent else None)
        if out is not None:
            found.append(Route(static.network, out, static.via, "static", static.distance))
    return sorted(found, key=lambda route: route.distance)


def _out_of(up: list[Interface], static: Static) -> Interface | None:
    for interface in up:
        if static.interface and interface.name != static.interface:
            continue
        on_segment = static.via is not None and interface.network is not None and static.via in interface.network
        if on_segment or (static.interface and (static.via is None or interface.tunnel)):
            return interface
    return None


def best(interfaces: Iterable[Interface], statics: Iterable[Static], silent: Silent) -> list[Route]:
    """The routes in use, one for each prefix."""
    found: dict[IPv4Network, Route] = {}
    for route in candidates(interfaces, statics, silent):
        found.setdefault(route.network, route)
    return [found[network] for network in sorted(found)]


def table(interfaces: Iterable[Interface], statics: Iterable[Static], silent: Silent) -> Table:
    """The routing table in a form for longest prefix match."""
    return table_of(best(interfaces, statics, silent))
