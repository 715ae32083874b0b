"""The two tunnels of a connection: how the first is taken away for a test, how long traffic may take, and by which it goes. Pure.

The interface of the first tunnel is shut down: one line on our own firewall, which a reload rolls back as well, and what a loss
of the gateway does: no SA, no neighbour, no route. BGP rolls itself back to neither: of two equal ways an ASA keeps the one
that was there first (Cisco ASA BGP guide, "BGP path selection"). So traffic has come back when the first tunnel could carry it
again, and every host is reached by a tunnel that works.
"""

from __future__ import annotations

from collections.abc import Iterator, Sequence

from msgspec.structs import replace

from ...changes.objects import Config
from ...changes.plans.steps import Edit
from ...checks.finding import Finding, Status
from ...checks.observations.questions import BGP, IPSEC, ROUTE
from ...inventory.errors import ChangeError
from ..besides import Carrying, Failover
from ..service import Deployment, Seen
from .intents.intent import Cloud, Gateway
from .placing.names import TunnelNames, draft
from .verdicts.gates import tunnel_up
from .verdicts.gates_routing import neighbour_good
from .verdicts.view import OF_ROUTING, OF_TUNNELS, View, view_of
from .verdicts.whole_table import missing_rows

#: Seconds in which IKE comes up again, and in which BGP tries again (ConnectRetry) and has told all that it has.
IKE_SECONDS, BGP_SECONDS = 60.0, 120.0
#: Seconds in which a firewall has taken the routes of a neighbour out of its table, and put others there.
TABLE_SECONDS = 30.0


def failover_of(deployment: Deployment[Cloud]) -> Failover:
    """Both tunnels. Away: the silence after which a neighbour is lost; back: IKE, BGP, and what it tells."""
    site = deployment.wanted
    lost = "is dropped" if site.on_total_loss == "closed" else f"is lost, or goes over {site.circuit.interface} in clear"
    names = [f"{role} {called.nameif} {end.address}" for role, end, called in _tunnels(site)]
    return Failover(
        site.host,
        names[0],
        names[1],
        site.bgp.hold_seconds + TABLE_SECONDS,
        IKE_SECONDS + BGP_SECONDS + site.bgp.hold_seconds + TABLE_SECONDS,
        lost,
        site.maintenance_windows,
    )


def _tunnels(site: Cloud) -> Iterator[tuple[str, Gateway, TunnelNames]]:
    for (role, end), called in zip(site.tunnels, draft(site).tunnels, strict=True):
        yield role, end, called


def taken_down(deployment: Deployment[Cloud], running: Config) -> tuple[Edit, ...]:
    """The interface of the first tunnel with ``shutdown``. Raises ChangeError where there is none."""
    site = deployment.wanted
    nameif = draft(site).tunnels[0].nameif
    item = next((found for found in running.of("tunnel-interface") if f"nameif {nameif}" in found.children), None)
    if item is None:
        raise ChangeError(f"{site.host}: there is no tunnel interface {nameif}")
    return (Edit(item, replace(item, children=(*item.children, "shutdown"))),)


def carrying(deployment: Deployment[Cloud], before: Sequence[Seen], seen: Sequence[Seen]) -> Carrying:
    """By which tunnel the hosts of the cloud are reached, by SAs, neighbours and the routing table.

    BGP sends through the second tunnel all the while, and its session ends where nothing comes back: it is the traffic.
    """
    (view,), (then,) = _views(deployment, seen), _views(deployment, before)
    unread = [*view.unread, *missing_rows(view)]
    if unread:
        found = tuple(Finding("answers", view.host, Status.UNVERIFIED, words) for words in unread)
        return Carrying(found, (), found, leads=True)  # what is not known is nothing lost
    (role_1, first, one), (role_2, second, two) = view.tunnels
    alone = (*tunnel_up(view, role_2, second, two), *neighbour_good(view, role_2, second))
    moved = (*_down(view, first, one), *alone, *_by(view, frozenset({two.nameif})))
    if not then.unread and any(two.nameif in then.shown.ways.to(host) for host in view.site.cloud_hosts):
        words = f"before the test the hosts were reached by {two.nameif} already: nothing had to move"
        moved = (*moved, Finding("lead", view.host, Status.WARNING, words))
    works = (*tunnel_up(view, role_1, first, one), *neighbour_good(view, role_1, first))
    leads = all(view.shown.ways.to(host) & _alive(view) for host in view.site.cloud_hosts)
    bad = tuple(item for item in alone if item.status is Status.FAILED)
    return Carrying(moved, bad, (*works, *_by(view, _alive(view))), leads)


def _views(deployment: Deployment[Cloud], seen: Sequence[Seen]) -> list[View]:
    return [view_of(deployment.wanted, item, (*OF_TUNNELS, *OF_ROUTING)) for item in seen]


def _alive(view: View) -> frozenset[str]:
    """The tunnel interfaces that have SAs both ways."""
    return frozenset(called.nameif for _, end, called in view.tunnels if view.whole_flows(end, called))


def _down(view: View, end: Gateway, called: TunnelNames) -> Iterator[Finding]:
    """The first is really away: no SAs, and its neighbour is not up."""
    up = bool(view.whole_flows(end, called))
    words = f"first: {called.nameif} has {'still SAs' if up else 'no SAs any more'} with {end.address}"
    yield view.finding("first-down", not up, words, IPSEC, "there" if up else "none")
    row = view.row(end)
    spoken = row is not None and row.up
    words = f"first: neighbour {end.inner[1]} is {row.state if row else 'gone'}"
    yield view.finding("first-down", not spoken, words, BGP, row.state if row else "none")


def _by(view: View, names: frozenset[str]) -> Iterator[Finding]:
    """Every host of the cloud is reached by these interfaces alone."""
    for host in view.site.cloud_hosts:
        out = view.shown.ways.to(host)
        good = bool(out) and out <= names
        words = f"{host} is reached by {' and '.join(sorted(out)) or 'no route'}"
        yield view.finding("way", good, words, ROUTE, ", ".join(sorted(out)) or "none")
