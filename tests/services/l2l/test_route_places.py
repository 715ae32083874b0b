"""Which static routes stand beside a crypto map: what the routing of a device does already, and what it lacks."""

from __future__ import annotations

import pytest

from nr_run.changes.objects import read
from nr_run.services.l2l.features import Member, routes_text
from nr_run.services.l2l.placing.route_places import RoutePlace, route_place, table_of

from .example import intent, members_of

IOS, ASA = "881 15.4(3)M3", "ASA 9.1(7)"
#: The head of a table, its own networks, and a route to the peer by a router outside.
IOS_TABLE = """Codes: C - connected, S - static, R - RIP

Gateway of last resort is not set

C        10.10.10.0/24 is directly connected, Vlan1
C        192.0.2.0/24 is directly connected, GigabitEthernet0/0
"""
IOS_PEER = "S        198.51.100.0/24 [1/0] via 192.0.2.254\n"
IOS_DEFAULT = "S*    0.0.0.0/0 [1/0] via 192.0.2.254\n"
ASA_TABLE = """Codes: C - connected, S - static, I - IGRP, R - RIP, M - mobile, B - BGP

Gateway of last resort is not set

C    10.10.10.0 255.255.255.0 is directly connected, inside
C    192.0.2.0 255.255.255.0 is directly connected, outside
"""
ASA_PEER = "S    198.51.100.0 255.255.255.0 [1/0] via 192.0.2.254, outside\n"
OURS = "ip route 10.10.20.0 255.255.255.0 192.0.2.254 19\n"
LISTED = """crypto map NR-MAP 10 ipsec-isakmp
 match address NR-hq-branch
ip access-list extended NR-hq-branch
 permit ip 10.10.10.0 0.0.0.255 10.10.30.0 0.0.0.255
"""


def near(on: str, **cisco: str) -> Member:
    """The near end of hq-branch with a crypto map."""
    return members_of(intent(version=1, cisco=cisco), on, on)[0]


def place(on: str, table: str, running: str = "", shown: str | None = None, **cisco: str) -> RoutePlace:
    """What is wanted on a device with this table that runs this; ``shown`` is what it ran when the table was read."""
    member = near(on, **cisco)
    os = member.platform.os
    outputs = {"show ip route" if os == "ios" else "show route": table}
    outputs["show running-config" if os == "ios" else "more system:running-config"] = running if shown is None else shown
    return route_place(member, "NR-hq-branch", read(os, running), table_of(member.platform, outputs, running))


def lines(on: str, made: RoutePlace) -> list[str]:
    """The wanted routes as they are typed."""
    text = routes_text(near(on), made.routes) if made.routes else ""
    return [line for line in text.splitlines() if line != "!"]


@pytest.mark.parametrize(
    ("on", "table", "line"),
    [
        (IOS, IOS_TABLE + IOS_PEER, OURS.strip()),
        (ASA, ASA_TABLE + ASA_PEER, "route outside 10.10.20.0 255.255.255.0 192.0.2.254 19"),
        # A peer on the segment itself is the next hop.
        (IOS, IOS_TABLE.replace("192.0.2.0/24", "198.51.100.0/24"), "ip route 10.10.20.0 255.255.255.0 198.51.100.1 19"),
        # A next hop that is itself behind another one.
        (
            IOS,
            f"{IOS_TABLE}S        198.51.100.0/24 [1/0] via 203.0.113.1\nS        203.0.113.0/24 [1/0] via 192.0.2.254\n",
            OURS.strip(),
        ),
    ],
)
def test_a_route_by_the_next_hop_toward_the_peer(on: str, table: str, line: str) -> None:
    """Where nothing leads to the far network it is built, by the router that leads to the peer."""
    made = place(on, table)
    assert lines(on, made) == [line]
    assert [said for said in made.decisions if "no route of the device leads there" in said]


def test_two_next_hops() -> None:
    """Where two routers lead to the peer, both lead to the far network."""
    made = place(IOS, f"{IOS_TABLE}{IOS_PEER}                      [1/0] via 192.0.2.253\n")
    assert [line.split()[-2] for line in lines(IOS, made)] == ["192.0.2.253", "192.0.2.254"]


def test_the_default_route_is_enough() -> None:
    """It leads the far network out of the interface with the map, which is said, and nothing is built."""
    made = place(IOS, IOS_TABLE + IOS_DEFAULT)
    assert not made.routes
    (said,) = made.decisions
    assert said == ("no route to 10.10.20.0/24 is built: the default route leads there by GigabitEthernet0/0, which has the map")


def test_a_wider_route_elsewhere() -> None:
    """A summary to the inside is passed by a route that is longer, and the plan names it."""
    made = place(IOS, f"{IOS_TABLE}{IOS_PEER}S        10.0.0.0/8 [1/0] via 10.10.10.254\n")
    assert lines(IOS, made) == [OURS.strip()]
    (said,) = made.decisions
    assert said.endswith("the route to 10.0.0.0/8 leads there by Vlan1")


@pytest.mark.parametrize("prefix", ["10.10.20.0/24", "10.10.20.64/26"])
def test_a_route_of_somebody_else(prefix: str) -> None:
    """Nothing is put beside a route to the far network or to a part of it that leads elsewhere: the precheck names it."""
    made = place(IOS, f"{IOS_TABLE}{IOS_PEER}S        {prefix} [1/0] via 10.10.10.254\n")
    assert (made.routes, made.decisions) == ((), ())


@pytest.mark.parametrize(
    "table",
    [IOS_TABLE, f"{IOS_TABLE}S*    0.0.0.0/0 [1/0] via 10.10.10.254\n", f"{IOS_TABLE}{IOS_PEER}?? 10.10.20.0 by pigeon\n"],
)
def test_without_a_next_hop_nothing_is_built(table: str) -> None:
    """No route to the peer, one by another interface, and a table that was not read to its end."""
    assert not place(IOS, table).routes


def test_a_route_of_ours_stays_what_it_is() -> None:
    """Once it is there it is wanted as it is, though the default route would lead there by now, and though routes are none."""
    table = IOS_TABLE + IOS_DEFAULT + "S        10.10.20.0/24 [19/0] via 192.0.2.254\n"
    for cisco in ({}, {"routes": "none"}):
        made = place(IOS, table, OURS, **cisco)
        assert (lines(IOS, made), made.retired, made.decisions) == ([OURS.strip()], (), ())


def test_routes_of_before_are_retired() -> None:
    """What the tunnel selects no more, and what leads by a router that does not lead to the peer any more, may go."""
    old = "ip route 10.10.30.0 255.255.255.0 192.0.2.254 19\nip route 10.10.20.0 255.255.255.0 192.0.2.9 19\n"
    theirs = "ip route 10.10.40.0 255.255.255.0 192.0.2.254 19\nip route 10.10.30.0 255.255.255.0 192.0.2.9\n"
    table = f"{IOS_TABLE}{IOS_PEER}S        10.10.20.0/24 [19/0] via 192.0.2.9\n"
    made = place(IOS, table, old + theirs + LISTED)
    assert lines(IOS, made) == [OURS.strip()]
    assert sorted(item.header for item in made.retired) == sorted(old.splitlines())


def test_what_was_planned_before_in_the_same_run_counts() -> None:
    """A route that an earlier tunnel of the run brings is not in the table yet, and one that it takes is still there."""
    wider = "ip route 10.0.0.0 255.0.0.0 192.0.2.254"
    assert not place(IOS, IOS_TABLE + IOS_PEER, f"{wider}\n", shown="").routes
    table = f"{IOS_TABLE}{IOS_PEER}S        10.0.0.0/8 [1/0] via 192.0.2.254\n"
    assert place(IOS, table, "", shown=f"{wider}\n").routes
