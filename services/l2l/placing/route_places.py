"""Which static routes a tunnel with a crypto map needs: far networks that the device does not route out of that interface yet.

No route is built if the default route or another route already sends the far network out of the interface with the crypto map.
A static route by the next hop toward the peer is built if there is no route, or if a wider one leads elsewhere. It is sent after
the crypto map is active, so that nothing leaves unencrypted. A route by somebody else to the network or to a part of it is not
changed. The precheck reports that case, and the one in which the next hop is not known.

nr-run recognises its own routes by their distance (`features.MAP_ROUTE_DISTANCE`) and network, on every release.
"""

from __future__ import annotations

import re
from collections.abc import Collection, Iterator, Mapping
from ipaddress import IPv4Address, IPv4Network
from operator import itemgetter

from msgspec import Struct
from msgspec.structs import replace

from ....changes.configurations.look_up import LookUp, joined
from ....changes.families.routing import ASA_ROUTE
from ....changes.families.uses import destination
from ....changes.objects import Config, ConfigObject, read
from ....changes.selectors import selectors_of
from ....checks.observations.questions import ROUTE
from ....checks.routing.route_table import route_table
from ....checks.routing.static_routes import FAMILY, with_routes
from ....checks.routing.ways import Ways
from ....inventory.models.platforms import Platform
from ....inventory.systems import any_of, system_of
from ...service import Site
from ..existing.existing_tunnel import tunnels_called
from ..features import MAP_ROUTE_DISTANCE, Member, Names, Route, map_routes
from ..records import WantedEnd

_DISTANCE = re.compile(r"ip route (?:vrf \S+ )?\S+ \S+ \S+(?: \d+\.\S+)? (?P<distance>\d+)(?: .+)?")


class RoutePlace(Struct, frozen=True):
    """Wanted routes, sentences for the plan, and ``retired``: routes from before a change that may be removed."""

    routes: tuple[Route, ...] = ()
    decisions: tuple[str, ...] = ()
    retired: tuple[ConfigObject, ...] = ()


def routes_beside(site: Site[WantedEnd], member: Member, names: Names, running: Config) -> tuple[Names, tuple[str, ...]]:
    """(names with the static routes of a member and the routes that may be removed, sentences for the plan)."""
    base = member.local.cisco.access_list or f"NR-{member.name}"
    made = route_place(member, base, running, table_of(site.platform, site.outputs, site.running))
    there = names.replacing
    replacing = replace(there, retired=(*there.retired, *made.retired))
    return replace(names, routes=made.routes, replacing=replacing), made.decisions


def route_place(member: Member, access_list: str, running: Config, table: Ways | None) -> RoutePlace:
    """The static routes of a member with a crypto map. ``table`` is None if the routing table was not shown or not fully parsed.

    ``access_list`` is the base name of the crypto access list. The far networks in it, as the device has it now, tell which
    routes the tunnel had before.
    """
    wanted = member.remote.protected_prefixes
    standing = tuple(marked_routes(running, {*wanted, *_networks_of_before(running, access_list)}))
    hops = _next_hops(member, with_routes(table, (), standing)) if table else ()
    kept = [item for item in standing if destination(item) in wanted and _still_right(item, hops, member)]
    routes = [route for item in kept if (route := _as_route(item)) is not None]
    decisions: list[str] = []
    if member.routes and table is not None:
        others = with_routes(table, (), standing)
        for prefix in wanted:
            if any(route.prefix == prefix for route in routes):
                continue
            needed, said = _needed(member, prefix, others)
            if needed:
                routes += (route for hop in hops for route in map_routes(member, hop, (prefix,)))
            decisions += [said] if said and (hops or not needed) else []
    return RoutePlace(tuple(routes), tuple(decisions), tuple(item for item in standing if item not in kept))


def _needed(member: Member, prefix: IPv4Network, ways: Ways) -> tuple[bool, str]:
    """(True if a static route to this far network is needed, a sentence for the plan or "")."""
    outside = _outside(member)
    # A route to the network or to a part of it is somebody's own: the precheck judges where it leads.
    inside = [path for path, _ in ways.inside(prefix)]
    if any(ways.of(path) != {outside} for path in inside):
        return False, ""
    cover = ways.covering(prefix)
    if not cover:
        return True, f"a route to {prefix} by {outside} is built: no route of the device leads there"
    there = " and ".join(sorted({name for path in cover for name in ways.of(path)})) or "no interface"
    what = "the default route" if cover[0].prefix.prefixlen == 0 else f"the route to {cover[0].prefix}"
    if all(ways.of(path) == {outside} for path in cover):
        return False, f"no route to {prefix} is built: {what} leads there by {outside}, which has the map"
    if cover[0].prefix == prefix:
        return False, ""
    return True, f"a route to {prefix} by {outside} is built: {what} leads there by {there}"


def _outside(member: Member) -> str:
    """The interface with the crypto map as the routing table names it: nameif on an ASA."""
    return member.nameif or member.local.interface


def _next_hops(member: Member, ways: Ways) -> tuple[IPv4Address | str, ...]:
    """Next hops toward the peer: addresses or, on IOS, the interface if the route has no next-hop address.

    Empty if packets to the peer can also leave by another interface, or if no route to it is known.
    """
    found = ways.next_hops(member.remote.outside_ip)
    outside = _outside(member)
    if not found or {name for name, _ in found} != {outside}:
        return ()
    hops: set[IPv4Address | str] = {outside if hop is None else hop for _, hop in found}
    if system_of(member.platform).has_nameif:
        hops = {hop for hop in hops if isinstance(hop, IPv4Address)}
    return tuple(sorted(hops, key=str))


def _still_right(item: ConfigObject, hops: tuple[IPv4Address | str, ...], member: Member) -> bool:
    """True if a route still points to a next hop toward the peer, or if no next hop is known."""
    nameif = item.groups.get("nameif")
    if nameif and nameif != member.nameif:
        return False
    return not hops or item.groups["hop"] in {str(hop) for hop in hops}


def _as_route(item: ConfigObject) -> Route | None:
    """A static route of the configuration as a wanted route, unchanged."""
    prefix = destination(item)
    if prefix is None:
        return None
    if item.family is ASA_ROUTE:
        return Route(prefix, item.groups["nameif"], IPv4Address(item.groups["hop"]), MAP_ROUTE_DISTANCE)
    return Route(prefix, item.groups["hop"], None, MAP_ROUTE_DISTANCE)


def marked_routes(config: Config, networks: Collection[IPv4Network]) -> Iterator[ConfigObject]:
    """The static routes to these networks that nr-run built for a crypto map, in configuration order."""
    marked = config.kept(_MARKED)
    # In the order of the configuration, however the networks come.
    yield from (item for _, item in sorted((found for net in {*networks} for found in marked.get(net, ())), key=itemgetter(0)))


def _marked(config: Config, first: int = 0) -> dict[IPv4Network, tuple[tuple[int, ConfigObject], ...]]:
    """Network to its static routes with `MAP_ROUTE_DISTANCE`, each with its position, counted from ``first``."""
    found: dict[IPv4Network, list[tuple[int, ConfigObject]]] = {}
    for place, item in enumerate(config.of(FAMILY), first):
        net = destination(item) if _distance(item) == MAP_ROUTE_DISTANCE and not item.groups.get("vrf") else None
        if net is not None:
            found.setdefault(net, []).append((place, item))
    return {net: tuple(routes) for net, routes in found.items()}


Marked = dict[IPv4Network, tuple[tuple[int, ConfigObject], ...]]


def _marked_too(there: Marked, whole: Config, more: Config) -> Marked:
    return joined(there, _marked(more, len(whole.of(FAMILY)) - len(more.of(FAMILY))))


_MARKED = LookUp(_marked, _marked_too)


def _distance(item: ConfigObject) -> int:
    if item.family is ASA_ROUTE:
        return int(item.groups.get("distance") or 1)
    match = _DISTANCE.fullmatch(item.header)
    return int(match["distance"]) if match else 1


def _networks_of_before(running: Config, access_list: str) -> Iterator[IPv4Network]:
    """The far networks in the crypto access list that the device has now."""
    for there in tunnels_called(running, access_list):
        if there.style == "crypto-map":
            yield from (far for _, far in selectors_of(running, there.tunnel) or ())


def table_of(platform: Platform, outputs: Mapping[str, str], running: str) -> Ways | None:
    """The routing table that a device showed, plus static routes that it will have; None if not shown or not fully parsed.

    Changes planned earlier in the same run are in ``running`` and not yet in the routing table.
    """
    system = system_of(platform)
    command = ROUTE.command(system)
    shown = outputs.get(command) if command else None
    if shown is None or command is None:
        return None
    table = route_table(platform.os, command, shown)
    # An ASA may print a name in the place of a network.
    if not table.is_whole:
        return None
    before = outputs.get(any_of(platform.os).running, "")
    if running == before:
        return table.ways
    then, now = (read(platform.os, text).kept(_ROUTES) for text in (running, before))
    given, taken = [then[line] for line in then if line not in now], [now[line] for line in now if line not in then]
    return with_routes(table.ways, given, taken)


def _routes(config: Config) -> dict[str, ConfigObject]:
    """The static routes of a configuration, by configuration line."""
    return {item.header: item for item in config.of(FAMILY)}


_ROUTES = LookUp(_routes, lambda there, _whole, more: {**there, **_routes(more)})
