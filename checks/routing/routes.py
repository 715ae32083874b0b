"""Do all packets for the far side leave by the tunnel? The probe address alone does not say it.

By the interface that has the map, where the tunnel is an entry of one, and so does the peer. Static routes that the change brings
count as if they were there. A tunnel interface has routes of its own: then the peer
has to be reached by the outside interface, and no route inside the far prefixes may lead past the tunnel.
"""

from __future__ import annotations

from collections.abc import Iterator
from ipaddress import IPv4Address, IPv4Network, collapse_addresses

from ...inventory.systems import system_of
from ..finding import Evidence, Finding, Status
from ..readiness.device_facts import EndFacts, say
from .static_routes import after
from .tunnel_interfaces import tunnel_of
from .ways import Ways


def way_out(facts: EndFacts, outside: str) -> str:
    """The interface by which the packets of the tunnel leave: its own, or the outside one."""
    tunnel = tunnel_of(facts.change, facts.end.remote.outside_ip)
    return tunnel.known_as if tunnel else outside


def routes(facts: EndFacts, ways: Ways, outside: str, command: str, unread: tuple[str, str] | None) -> Iterator[Finding]:
    """Findings on one address and on every route inside the far prefixes. ``outside`` is the interface as the routing table
    names it, ``unread`` the place and the text of what was not read in the table."""
    ways, way = after(ways, facts.change), way_out(facts, outside)
    by_map = way == outside
    target = _target(facts) if by_map else facts.end.remote.outside_ip
    leaves_by = ways.to(target)
    if unread:
        place, text = unread
        words = f"{target} seems to leave by {_by(leaves_by)}, but a route may be missing: {text!r} was not read"
        yield Finding("route", facts.host, Status.UNVERIFIED, words, (Evidence(facts.host, command, place, text, facts.time),))
        return
    good = leaves_by == {outside}
    why = "which has the map" if by_map else f"from which {way} starts"
    words = f"{target} leaves by {_by(leaves_by)}" + ("" if good else f"; it must leave by {outside}, {why}")
    if by_map and not good:
        words += f"; {_way_out_of_it(facts, ways, target, outside)}"
    yield say(facts, "route", good, words, command, f"egress of {target}", _by(leaves_by))
    if by_map and (good or ways.to(facts.end.remote.outside_ip)):
        yield from _peer(facts, ways, outside, command)
    # What a change brings may lead into a tunnel interface in other ways than by static routes; one that is down has no routes.
    asked = by_map or not (facts.change.created or facts.asleep)
    yield from _wholes(facts, ways, way, target if by_map else None, command) if asked else ()
    for prefix in facts.end.remote.protected_prefixes:
        for path, names in ways.inside(prefix):
            if names != {way} and (good or not by_map or target not in path.prefix):
                there = " and ".join(sorted(names)) or "no interface that could be found"
                words = f"the route to {path.prefix}, inside {prefix}, leaves by {there}: traffic for it would miss the tunnel; "
                words += f"it must leave by {way}"
                yield say(facts, "more-specific-route", False, words, command, f"route to {path.prefix}", there)


def _wholes(facts: EndFacts, ways: Ways, way: str, target: IPv4Address | None, command: str) -> Iterator[Finding]:
    """The routes that lead to all of a far prefix: one that is shorter than it leads it past the tunnel as well.

    Not those of the prefix of ``target``, of which that is told; nor where longer routes lead to each address of a prefix.
    """
    for prefix in facts.end.remote.protected_prefixes:
        inside = [path.prefix for path in ways.within(prefix)]
        if (target is not None and target in prefix) or prefix in collapse_addresses(inside):
            continue
        shorter = ways.covering(prefix)
        names = frozenset(name for path in shorter for name in ways.of(path))
        if names != {way}:
            by = f"route {shorter[0].prefix}" if shorter else "no route"
            words = f"{prefix} leaves by {_by(names)} ({by}): traffic for it would miss the tunnel; it must leave by {way}"
            yield say(facts, "route", False, words, command, f"egress of {prefix}", _by(names))


def _peer(facts: EndFacts, ways: Ways, outside: str, command: str) -> Iterator[Finding]:
    """What a crypto map has encrypted is routed by the address of the peer."""
    peer = facts.end.remote.outside_ip
    leaves_by = ways.to(peer)
    if leaves_by != {outside}:
        words = f"the peer {peer} leaves by {_by(leaves_by)}; it must leave by {outside}, which has the map: type a route to it"
        yield say(facts, "peer-route", False, words, command, f"egress of {peer}", _by(leaves_by))


def _way_out_of_it(facts: EndFacts, ways: Ways, target: IPv4Address, outside: str) -> str:
    """What a person does about packets that leave by another interface, or by none."""
    prefix = next((net for net in facts.end.remote.protected_prefixes if target in net), None)
    path = next(iter(ways.longest(target)), None)
    if path is not None and prefix is not None and path.prefix.subnet_of(prefix):
        return f"the route to {path.prefix} belongs to somebody else, and no other is built beside it: change it, or remove it"
    hops = sorted(str(hop) for name, hop in ways.next_hops(facts.end.remote.outside_ip) if name == outside and hop is not None)
    if not hops:
        return (
            f"no route is built to it, because no next hop toward the peer {facts.end.remote.outside_ip} is known: "
            f"type a route to the peer by {outside} first"
        )
    where = prefix or IPv4Network(target)
    form = system_of(facts.platform).static_route
    words = form.format(interface=outside, network=where.network_address, mask=where.netmask, hop=hops[0])
    return f"type {words}, or leave cisco.routes out"


def _by(names: frozenset[str]) -> str:
    return " and ".join(sorted(names)) or "no interface"


def _target(facts: EndFacts) -> IPv4Address:
    """An address behind the far end: the one that is pinged, or where none answers the first of its networks."""
    remote = facts.end.remote
    first = remote.protected_prefixes[0]
    return remote.probe_address or next(first.hosts(), first.network_address)
