"""Packets of a tunnel that go, or come, by another tunnel interface of the same device. Pure."""

from __future__ import annotations

from ...checks.finding import Evidence
from ...checks.observation import Flow, Observation
from ...checks.questions import IPSEC, ROUTE
from ...inventory.systems import any_of
from .case import Case
from .endpoint import Endpoint, rise


def comes_by_another(case: Case) -> tuple[Evidence, ...]:
    """Where answers have to come in as they were asked for: they come in by another tunnel, and are dropped (no connection)."""
    found: list[Evidence] = []
    for watched in case.ends:
        risen, tunnel = rise(watched), watched.end.tunnel
        if not any_of(watched.after.os).drops_asymmetric or tunnel is None or risen is None or risen.decaps or not risen.encaps:
            continue
        before = {_place(flow): flow.decapsulated_packets for flow in watched.before.flows}
        for flow in watched.after.flows:
            if flow.interface != tunnel.known_as and flow.decapsulated_packets > before.get(
                _place(flow), flow.decapsulated_packets
            ):
                found.append(watched.after.evidence(IPSEC, f"decaps of {flow.interface}", flow.decapsulated_packets))
    return tuple(found)


def goes_by_another(end: Endpoint, before: Observation, after: Observation, needed: int) -> str:
    """The tunnel interface that the traffic of an end is routed into instead of its own, and that has encrypted so many; or "".

    Both have to be shown: a route alone says nothing of whether what it leads out is encrypted.
    """
    if end.tunnel is None or end.target is None or after.answer(ROUTE) is None:
        return ""
    ways = after.ways.to(end.target)
    then = {_place(flow): flow.encapsulated_packets for flow in before.flows}
    for flow in after.flows:
        risen = flow.encapsulated_packets - then.get(_place(flow), flow.encapsulated_packets)
        if flow.interface != end.tunnel.known_as and ways == {flow.interface} and flow.sas and risen >= needed:
            return str(flow.interface)
    return ""


def _place(flow: Flow) -> tuple[object, object]:
    return flow.interface, flow.peer
