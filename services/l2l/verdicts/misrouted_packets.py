"""Packets of a tunnel that go, or come, by another tunnel interface of the same device. Pure.

What is routed into a tunnel interface is encrypted. What is routed out of an interface with a crypto map is so only where a line
of the map takes it: the counters of a flow there are those of other traffic, and say nothing of what leaves beside it in clear.
"""

from __future__ import annotations

from collections.abc import Iterator

from ....checks.finding import Evidence
from ....checks.observations.observation import Flow, Observation
from ....checks.observations.questions import IPSEC, ROUTE
from ....inventory.systems import any_of
from ..diagnosis.case import Case
from ..endpoint import EVERYTHING, TOLERATED_PACKETS, Endpoint, Watched, rise

#: What IOS calls interfaces into which nothing is routed that is not encrypted, if there is a flow of theirs.
_IOS_TUNNELS = ("Tunnel", "Virtual-Access")


def comes_by_another(case: Case) -> tuple[Evidence, ...]:
    """Where answers have to come in as they were asked for: they come in by another tunnel, and are dropped (no connection).

    Its own traffic leaves by another tunnel as well as it comes, so what counts is what came in beyond that: at least as much as
    was asked through this one. An end of ours that answers through this one loses its answers on the way, and that is not it.
    """
    return tuple(item for watched in case.ends for item, _ in _beyond(case, watched))


def answers_by_another(case: Case) -> tuple[Evidence, ...]:
    """The same where it is just as much as was asked: more than that may be a stream of somebody's own, in one direction."""
    return tuple(item for watched in case.ends for item, as_asked in _beyond(case, watched) if as_asked)


def _beyond(case: Case, watched: Watched) -> Iterator[tuple[Evidence, bool]]:
    """For each other tunnel by which more came in than went out: what shows it, and whether it is as much as was asked."""
    risen = rise(watched)
    if not any_of(watched.after.os).drops_asymmetric or watched.end.tunnel is None or risen is None:
        return
    others = [there for one in case.ends if one is not watched and (there := rise(one)) is not None]
    if risen.decaps or not risen.encaps or any(there.encaps for there in others):
        return
    before = {_place(flow): flow for flow in watched.before.flows}
    for flow in _of_tunnels(watched.end, watched.after):
        then = before.get(_place(flow), flow)
        came = flow.decapsulated_packets - then.decapsulated_packets
        beyond = came - (flow.encapsulated_packets - then.encapsulated_packets)
        if came >= beyond >= max(1, risen.encaps - TOLERATED_PACKETS):
            as_asked = bool(others) or beyond <= risen.encaps + TOLERATED_PACKETS
            yield watched.after.evidence(IPSEC, f"decaps of {flow.interface}, beyond its encaps", f"+{beyond}"), as_asked


def goes_by_another(end: Endpoint, before: Observation, after: Observation, needed: int) -> str:
    """The tunnel interface that the traffic of an end is routed into instead of its own, and that has encrypted so many; or "".

    Both have to be shown: a route alone says nothing of whether what it leads out is encrypted.
    """
    if end.tunnel is None or end.target is None or after.answer(ROUTE) is None:
        return ""
    ways = after.ways.to(end.target)
    then = {_place(flow): flow.encapsulated_packets for flow in before.flows}
    for flow in _of_tunnels(end, after):
        risen = flow.encapsulated_packets - then.get(_place(flow), flow.encapsulated_packets)
        if ways == {flow.interface} and flow.sas and risen >= needed:
            return str(flow.interface)
    return ""


def _of_tunnels(end: Endpoint, seen: Observation) -> Iterator[Flow]:
    """Flows of other tunnel interfaces than that of an end.

    IOS says it by the name, whatever selectors it has. On an ASA any interface has any name: there it is one
    with selectors of everything, and not that by which peers are reached, where a map may take everything as well.
    """
    own = end.tunnel.known_as if end.tunnel else ""
    asa = any_of(seen.os).drops_asymmetric
    outside = {end.interface, *_carrying(end, seen)}
    for flow in seen.flows:
        everything = (flow.local_ident.network, flow.remote_ident.network) == EVERYTHING
        is_tunnel = everything and flow.interface not in outside if asa else str(flow.interface).startswith(_IOS_TUNNELS)
        if is_tunnel and flow.interface != own:
            yield flow


def _carrying(end: Endpoint, seen: Observation) -> frozenset[str]:
    """Interfaces by which the peer is reached, by the names that routes and flows have: the outside of an ASA among them."""
    return frozenset(seen.ways.to(end.peer)) if seen.answer(ROUTE) is not None else frozenset()


def _place(flow: Flow) -> tuple[object, object]:
    return flow.interface, flow.peer
