"""Was a routing table shown to its end? An ASA prints no count, and one that is cut between two lines reads as whole. Pure.

What the firewall shows elsewhere tells of rows that the table has to have: what BGP tells is in it exactly (Cisco ASA command
reference, network of BGP: only what is in the routing table is told), what was taken from a neighbour is in it by BGP or by
something better, and a tunnel with SAs has its own network. Where one of them is missing, nothing follows from the table.
"""

from __future__ import annotations

from collections.abc import Iterator
from ipaddress import IPv4Network

from ....checks.observations.questions import BGP, IPSEC, ROUTE
from .routes_there import connected
from .view import View


def missing_rows(view: View) -> Iterator[str]:
    """A sentence for each row that the table has to have and has not."""
    answer = view.shown.answer(ROUTE)
    if answer is None:
        return
    for network, why in _rows(view).items():
        if not view.shown.ways.at(network):
            yield f"{answer.command}: {network} is not in it, and {why}: it is of another moment, or was not shown to its end"


def ends_unseen(view: View) -> bool:
    """True if no row that has to be there stands behind those of the cloud: then one of them may have been cut away unseen."""
    answer = view.shown.answer(ROUTE)
    if answer is None:
        return False
    rows = [row.prefix for row in answer.state if row.table is None]
    known = _rows(view)
    last = max((place for place, net in enumerate(rows) if _of_the_cloud(view, net)), default=-1)
    return not any(net in known for net in rows[last + 1 :])


def _of_the_cloud(view: View, network: object) -> bool:
    return isinstance(network, IPv4Network) and any(network.subnet_of(whole) for whole in view.site.cloud_prefixes)


def _rows(view: View) -> dict[IPv4Network, str]:
    """Networks that have to be in the table, with what says so."""
    found: dict[IPv4Network, str] = {}
    for role, end, called in view.tunnels:
        if view.shown.answer(IPSEC) is not None and view.whole_flows(end, called):
            found[end.tunnel_prefix] = f"{role}: {called.nameif} has SAs"
            starts = (network for network in connected(view.running.nodes) if end.source_ip in network)
            found.update(dict.fromkeys(starts, f"{role}: {end.source_interface} carries the tunnel"))
        if view.shown.answer(BGP) is not None and (row := view.row(end)) is not None and row.up:
            told = view.told.get(end.inner[1])
            found.update(dict.fromkeys(_shown(told.advertised if told else None), f"{end.inner[1]} receives it"))
            found.update(dict.fromkeys(_shown(told.received if told else None), f"{end.inner[1]} tells it"))
    return found


def _shown(networks: frozenset[IPv4Network] | None) -> tuple[IPv4Network, ...]:
    return tuple(sorted(networks or ()))
