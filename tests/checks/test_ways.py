"""By which interface packets leave: only routes that the tunnel's packets can take count, and next hops are followed."""

from __future__ import annotations

from ipaddress import IPv4Address, IPv4Network

import pytest

from nr_run.checks.routing.ways import asa_ways, ios_ways
from nr_run.parsers.records.asa_system import AsaNextHop, AsaRoute
from nr_run.parsers.records.system import NextHop, Route

FAR = IPv4Address("10.20.0.1")


def ios(prefix: str, *, by: str | None = None, to: str | None = None, vrf: str | None = None) -> Route:
    """A route of a router."""
    hop = NextHop(interface=by, gateway=IPv4Address(to) if to else None)
    return Route(vrf=vrf, code="S", prefix=IPv4Network(prefix), next_hops=(hop,))


def asa(prefix: str, by: str, *, tunneled: bool = False, table: str | None = None) -> AsaRoute:
    """A route of an ASA."""
    return AsaRoute(table=table, code="S", prefix=IPv4Network(prefix), next_hops=(AsaNextHop(interface=by, tunneled=tunneled),))


@pytest.mark.parametrize(
    ("routes", "names"),
    [
        ((ios("10.0.0.0/8", by="A"), ios("10.20.0.0/16", by="B")), {"B"}),
        ((ios("10.20.0.0/16", by="A"), ios("10.20.0.0/16", by="B")), {"A", "B"}),
        ((ios("0.0.0.0/0", to="192.0.2.1"), ios("192.0.2.0/24", by="A")), {"A"}),
        ((ios("0.0.0.0/0", to="192.0.2.1"),), set()),
        ((ios("10.0.0.0/8", by="A"), ios("10.20.0.0/16", by="B", vrf="RED")), {"A"}),
        ((ios("10.20.0.0/16", by="B", vrf="RED"),), set()),
        ((ios("0.0.0.0/0", to="192.0.2.1"), ios("192.0.2.0/24", by="B", vrf="RED")), set()),
    ],
)
def test_a_router(routes: tuple[Route, ...], names: set[str]) -> None:
    """The longest prefix of the global table decides, all its next hops count, and a route of a VRF is none."""
    assert ios_ways(routes).to(FAR) == names


@pytest.mark.parametrize(
    ("routes", "names"),
    [
        ((asa("0.0.0.0/0", "outside"), asa("0.0.0.0/0", "inside", tunneled=True)), {"outside"}),
        ((asa("0.0.0.0/0", "inside", tunneled=True),), set()),
        ((asa("10.0.0.0/8", "outside"), asa("10.20.0.0/16", "management", table="mgmt-only")), {"outside"}),
    ],
)
def test_a_firewall(routes: tuple[AsaRoute, ...], names: set[str]) -> None:
    """A route for what comes out of a tunnel, and one of the management table, are no ways out."""
    assert asa_ways(routes).to(FAR) == names
