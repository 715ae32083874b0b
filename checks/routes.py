"""Do all packets for the far side leave by the tunnel? The probe address alone does not say it.

By the interface that has the map, where the tunnel is an entry of one. A tunnel interface has routes of its own: then the peer
has to be reached by the outside interface, and no route inside the far prefixes may lead past the tunnel.
"""

from __future__ import annotations

from collections.abc import Iterator
from ipaddress import IPv4Address

from .device_facts import Box, say
from .finding import Evidence, Finding, Status
from .tunnel_interfaces import tunnel_of
from .ways import Ways


def way_out(box: Box, outside: str) -> str:
    """The interface by which the packets of the tunnel leave: its own, or the outside one."""
    tunnel = tunnel_of(box.change, box.end.remote.outside_ip)
    return tunnel.known_as if tunnel else outside


def routes(box: Box, ways: Ways, outside: str, command: str, unread: tuple[str, str] | None) -> Iterator[Finding]:
    """Findings on one address and on every route inside the far prefixes. ``outside`` is the interface as the routing table
    names it, ``unread`` the place and the text of what was not read in the table."""
    way = way_out(box, outside)
    by_map = way == outside
    target = _target(box) if by_map else box.end.remote.outside_ip
    leaves_by = ways.to(target)
    seen = " and ".join(sorted(leaves_by)) or "no interface"
    if unread:
        place, text = unread
        words = f"{target} seems to leave by {seen}, but a route may be missing: {text!r} was not read"
        yield Finding("route", box.host, Status.UNVERIFIED, words, (Evidence(box.host, command, place, text, box.time),))
        return
    good = leaves_by == {outside}
    why = "which has the map" if by_map else f"from which {way} starts"
    words = f"{target} leaves by {seen}" + ("" if good else f"; it must leave by {outside}, {why}")
    yield say(box, "route", good, words, command, f"egress of {target}", seen)
    for prefix in box.end.remote.protected_prefixes:
        for path, names in ways.inside(prefix):
            if names != {way} and (good or not by_map or target not in path.prefix):
                there = " and ".join(sorted(names)) or "no interface that could be found"
                words = f"the route to {path.prefix}, inside {prefix}, leaves by {there}: what goes there would miss the tunnel; "
                words += f"it must leave by {way}"
                yield say(box, "more-specific-route", False, words, command, f"route to {path.prefix}", there)


def _target(box: Box) -> IPv4Address:
    """An address behind the far end: the one that is pinged, or where none answers the first of its networks."""
    remote = box.end.remote
    first = remote.protected_prefixes[0]
    return remote.probe_address or next(first.hosts(), first.network_address)
