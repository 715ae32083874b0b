"""Do all packets for the far side leave by the interface that has the map? The probe address alone does not say it.

With a tunnel interface it is the peer that has to be reached from outside; the change itself routes the far side into the tunnel.
"""

from __future__ import annotations

from collections.abc import Iterator

from .device_facts import Box, say
from .finding import Evidence, Finding, Status
from .ways import Ways


def tunnel_names(box: Box) -> frozenset[str]:
    """The tunnel interface of the change as the routing table calls it; none with a crypto map."""
    items = (item for item in box.change.entries if item.family.name == "tunnel-interface")
    return frozenset(item.child("nameif") or item.groups["interface"] for item in items)


def routes(box: Box, ways: Ways, outside: str, command: str, unread: tuple[str, str] | None) -> Iterator[Finding]:
    """Findings on the probe address and on every route inside the far prefixes. ``outside`` is the interface as the routing table
    names it, ``unread`` the place and the text of what was not read in the table."""
    tunnel = tunnel_names(box)
    target = box.end.remote.outside_ip if tunnel else box.end.remote.probe_address
    leaves_by = ways.to(target)
    seen = " and ".join(sorted(leaves_by)) or "no interface"
    if unread:
        place, text = unread
        words = f"{target} seems to leave by {seen}, but a route may be missing: {text!r} was not read"
        yield Finding("route", box.host, Status.UNVERIFIED, words, (Evidence(box.host, command, place, text, box.time),))
        return
    good = leaves_by == {outside}
    words = f"{target} leaves by {seen}" + (
        "" if good else f"; it must leave by {outside}{'' if tunnel else ', which has the map'}"
    )
    yield say(box, "route", good, words, command, f"egress of {target}", seen)
    for prefix in box.end.remote.protected_prefixes:
        for path, names in ways.inside(prefix):
            if names != (tunnel or {outside}) and (good or target not in path.prefix):
                way = " and ".join(sorted(names)) or "no interface that could be found"
                words = f"the route to {path.prefix}, inside {prefix}, leaves by {way}: what goes there would miss the tunnel; "
                words += f"it must leave by {' or '.join(tunnel) or outside}"
                yield say(box, "more-specific-route", False, words, command, f"route to {path.prefix}", way)
