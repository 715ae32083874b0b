"""BGP is good, with prefixes both ways; and after the cut-over every host of the cloud is reached through a tunnel alone.

A neighbour that is up and tells nothing, or is told nothing, is no way there and back. What is reached over the circuit while the
tunnels are up is in clear, and a ping would be answered all the same: so the routing table is read, and not tried.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from ipaddress import IPv4Address, IPv4Network

from ....changes.families.routing import ASA_ROUTE
from ....changes.families.uses import destination
from ....changes.objects import ConfigObject
from ....checks.finding import Finding, Status
from ....checks.observations.questions import BGP, ROUTE
from ....checks.routing.bgp import advertised_command, received_command
from ..intents.intent import Cloud, Gateway
from ..placing.features import left_routes, routes_text
from ..placing.names import routes_to
from .gates import tunnel_up
from .view import OF_ROUTING, OF_TUNNELS, View, Watched
from .whole_table import missing_rows


def neighbour_good(view: View, role: str, end: Gateway) -> Iterator[Finding]:
    """One neighbour: established, our networks told and no end of a tunnel, a way to each host of the cloud taken."""
    far, row = end.inner[1], view.row(end)
    if row is None and any(item.groups["neighbour"] == str(far) for item in view.running.objects.of("bgp-neighbour")):
        # An ASA shows each neighbour that it has, in whatever state: the answer is of another moment, or not whole.
        yield Finding("bgp", view.host, Status.UNVERIFIED, f"{role}: {view.host} has neighbour {far}, and does not show it")
        return
    state = row.state if row else "not there"
    up = row is not None and row.up
    yield view.finding("bgp", up, f"{role}: neighbour {far} is {state}", BGP, state)
    if not up:
        return
    told = view.told.get(far)
    if told is None or told.advertised is None or told.received is None:
        unread = advertised_command(far) if told is None or told.advertised is None else received_command(far)
        yield Finding("prefixes", view.host, Status.UNVERIFIED, f"{role}: {unread} was not read whole")
        return
    yield from _told(view, role, far, told.advertised)
    yield from _taken(view, role, far, told.received)


def _told(view: View, role: str, far: IPv4Address, told: frozenset[IPv4Network]) -> Iterator[Finding]:
    missing = [str(network) for network in view.site.lan_prefixes if network not in told]
    words = f"{role}: {far} receives {_listed(told)}"
    if missing:
        words += (
            f", and not {', '.join(missing)}: the routing table has not exactly that, or a list keeps it back, and the cloud "
            "answers over the circuit, in clear"
        )
    yield view.finding("advertised", not missing, words, BGP, _listed(told))
    inner = [net for net in told if any(end.subnet_of(net) for end in view.site.underlay)]
    if inner:
        words = f"{role}: {far} receives {_listed(inner)}, with the ends of the tunnels: its answers would go into the tunnel"
        yield view.finding("underlay-told", False, words, BGP, _listed(inner))


def _taken(view: View, role: str, far: IPv4Address, taken: frozenset[IPv4Network]) -> Iterator[Finding]:
    missing = [str(host) for host in view.site.cloud_hosts if not any(host in network for network in taken)]
    words = f"{role}: {far} tells {_listed(taken)}" + (f", which leads to none of {', '.join(missing)}" if missing else "")
    yield view.finding("received", not missing, words, BGP, _listed(taken))


def _listed(networks: object) -> str:
    assert isinstance(networks, frozenset | list)
    return ", ".join(str(network) for network in sorted(networks)) or "nothing"


def underlay_apart(view: View) -> Iterator[Finding]:
    """A tunnel whose far end is routed into a tunnel goes down as soon as it is up."""
    for role, end, _ in view.tunnels:
        out = view.shown.ways.to(end.address)
        good = out == {end.source_interface}
        words = f"{role}: {end.address} is reached by {_names(out)}"
        words += "" if good else f", and the tunnel starts from {end.source_interface}"
        yield view.finding("underlay", good, words, ROUTE, _names(out))


def _names(out: frozenset[str]) -> str:
    return " and ".join(sorted(out)) or "no route"


def _cut_short(view: View) -> tuple[Finding, ...]:
    """From a table that was not shown to its end nothing follows, and least of all that no route leads past the tunnels."""
    return tuple(Finding("answers", view.host, Status.UNVERIFIED, words) for words in missing_rows(view))


def _routing_good(view: View) -> Iterator[Finding]:
    if short := _cut_short(view):
        yield from short
        return
    for role, end, _ in view.tunnels:
        yield from neighbour_good(view, role, end)
    yield from underlay_apart(view)


def _routing_gone(view: View) -> Iterator[Finding]:
    far = {str(end.inner[1]): role for role, end, _ in view.tunnels}
    left = {item.groups["neighbour"] for item in view.running.objects.of("bgp-neighbour")} & far.keys()
    for address, role in far.items():
        there = address in left
        words = f"{role}: neighbour {address} {'is there' if there else 'is gone'}"
        yield view.finding("bgp", not there, words)


def statics(view: View) -> list[ConfigObject]:
    """The static routes to the cloud, or to a part of it."""
    return list(routes_to(view.running.objects, view.site.cloud_prefixes))


def one_static(view: View) -> Iterator[Finding]:
    """To each network of the cloud there is the one static route that the cut-over leaves, and no other."""
    wanted = [line for line in routes_text(left_routes(view.site)).splitlines() if line.startswith("route ")]
    there = [item.header for item in statics(view)]
    good = sorted(map(_spelt, there)) == sorted(map(_spelt, wanted))
    words = f"static routes to the cloud: {'; '.join(there) or 'none'}" + ("" if good else f"; wanted: {'; '.join(wanted)}")
    yield view.finding("one-static", good, words, view.running.command, "; ".join(there))


def _spelt(line: str) -> str:
    """A route in the one spelling of its family."""
    return ASA_ROUTE.spell(line)[0]


def ways_to_hosts(view: View) -> Iterator[Finding]:
    """The longest match of each host leads through a tunnel; by anything else its packets go in clear, or nowhere."""
    for host in view.site.cloud_hosts:
        out = view.shown.ways.to(host)
        good = bool(out) and out <= view.nameifs
        words = f"{host} is reached by {_names(out)}"
        if view.site.circuit.interface in out:
            words += ", in clear"
        yield view.finding("way", good, words, ROUTE, _names(out))


def past_the_tunnels(view: View) -> dict[IPv4Network, frozenset[str]]:
    """Routes to a part of the cloud, or to all of it, that lead out of another interface than a tunnel, whoever has made them.

    The hosts that are looked at are a few of many: a longer route that leads past the tunnels takes the others along, and no ping
    tells. With ``on_total_loss`` open, the whole of a network is behind BGP over the circuit by intent.
    """
    site, found = view.site, dict[IPv4Network, frozenset[str]]()
    for network in site.cloud_prefixes:
        for path, names in view.shown.ways.inside(network):
            past = names - view.nameifs - {"Null0"}
            if past and not (site.on_total_loss == "open" and path.prefix == network and past == {site.circuit.interface}):
                found[path.prefix] = past
    return found


def no_part_past(view: View) -> Iterator[Finding]:
    """No part of the cloud is reached past the tunnels."""
    past = past_the_tunnels(view)
    words = said_of(past, view) if past else "no route leads to a part of the cloud past the tunnels"
    yield view.finding("parts", not past, words, ROUTE, ", ".join(map(str, past)) or "none")


def said_of(past: Mapping[IPv4Network, frozenset[str]], view: View) -> str:
    """Where parts of the cloud are reached past the tunnels."""
    clear = {view.site.circuit.interface}
    said = (f"{network} is reached by {_names(out)}{', in clear' if out & clear else ''}" for network, out in past.items())
    return f"{', '.join(said)}, past the tunnels"


def one_way(view: View) -> Iterator[Finding]:
    """Equal ways over both tunnels lose what comes back by the other one: an ASA knows a connection by its interface."""
    for host in view.site.cloud_hosts:
        out = view.shown.ways.to(host) & view.nameifs
        if len(out) > 1:
            words = f"{host} is reached by {_names(out)} at once, without a traffic zone: what comes back by the other is dropped"
            yield view.finding("ecmp", False, words, ROUTE, _names(out))


def _cut_over(view: View) -> Iterator[Finding]:
    if short := _cut_short(view):
        yield from short
        return
    for role, end, called in view.tunnels:
        yield from tunnel_up(view, role, end, called)
    yield from _routing_good(view)
    yield from one_static(view)
    yield from ways_to_hosts(view)
    yield from no_part_past(view)
    yield from one_way(view)


def _cut_back(view: View) -> Iterator[Finding]:
    """What was left behind BGP is gone: what is there instead is what stood there before, or what the intent wants then."""
    site, there = view.site, statics(view)
    behind = str(site.fallback_distance)
    left = [item.header for item in there if item.groups["nameif"] != "Null0" and item.groups["distance"] == behind]
    good = not left or site.circuit.distance == site.fallback_distance
    words = f"static routes to the cloud: {'; '.join(item.header for item in there) or 'none'}"
    words += "" if good else f"; {left[0]} is behind BGP still"
    yield view.finding("cut-over", good, words, view.running.command, "; ".join(left) or "none left")
    yield from _led_by_statics(view, there)


def _led_by_statics(view: View, there: Sequence[ConfigObject]) -> Iterator[Finding]:
    """What a static route says is what the table does: one over an interface that is down is in no table, and leads nobody."""
    for host in view.site.cloud_hosts:
        says = {item.groups["nameif"] for item in there if (net := destination(item)) is not None and host in net}
        out = view.shown.ways.to(host)
        if says and not (out and out <= says):
            words = f"{host} is reached by {_names(out)}, and its static route leads to {' and '.join(sorted(says))}: is that up?"
            yield view.finding("way", False, words, ROUTE, _names(out))


def routing(site: Cloud) -> Watched:
    """Both neighbours are up, told and telling, and no end of a tunnel is routed into one."""
    return Watched(site, OF_ROUTING, _routing_good, _routing_gone)


def cut_over(site: Cloud) -> Watched:
    """All of that holds still, and the way to the cloud is through the tunnels alone."""
    return Watched(site, (*OF_TUNNELS, *OF_ROUTING), _cut_over, _cut_back, behind=(ROUTE,))
