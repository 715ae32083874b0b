"""`show ip route`: masks come from the heading that holds the route, and the subnets that it announces are counted."""

from __future__ import annotations

from ipaddress import IPv4Address

import pytest
from hypothesis import given
from hypothesis import strategies as st

from nr_run.parsers import parse
from nr_run.parsers.result import Parsed
from nr_run.parsers.subnets import classful, holds, number_of

HEAD = "Codes: C - connected, S - static\n\nGateway of last resort is not set\n\n"


def read(rows: str, command: str = "show ip route") -> Parsed:
    """The reading of a table with these rows."""
    return parse("ios", command, HEAD + rows)


def whys(parsed: Parsed) -> list[str]:
    """What is wrong with it."""
    return [problem.why for problem in parsed.problems]


FIXED = "      10.0.0.0/30 is subnetted, 1 subnets\nC        10.0.0.0 is directly connected, Ethernet0/0\n"


def test_the_mask_is_that_of_the_heading_that_holds_the_route() -> None:
    """Routes below `X/30 is subnetted` have no mask of their own."""
    (route,) = read(FIXED).state
    assert str(route.prefix) == "10.0.0.0/30"


@pytest.mark.parametrize(
    "rows",
    [
        FIXED + "S        172.16.0.0 [1/0] via 10.0.0.2\n",
        "S        172.16.0.0 [1/0] via 10.0.0.2\n",
        FIXED + "S     172.16.0.0/16 [1/0] via 10.0.0.2\nS        10.0.0.8 [1/0] via 10.0.0.2\n",
        FIXED + "\nRouting Table: RED\nS        10.0.0.8 [1/0] via 10.0.0.2\n",
        "      10.0.0.0/8 is variably subnetted, 1 subnets, 1 masks\nS        10.0.0.8 [1/0] via 10.0.0.2\n",
    ],
)
def test_no_route_takes_the_mask_of_another_network(rows: str) -> None:
    """A heading that was lost, one that is over, one of another VRF and one without a mask give none: unverified."""
    parsed = read(rows)
    assert any(why.startswith("no heading gives a mask for the route to") for why in whys(parsed))
    assert all(route.prefix.prefixlen != 32 for route in parsed.state)


@pytest.mark.parametrize(("announced", "complete"), [(2, True), (1, False), (3, False)])
def test_announced_subnets_are_counted(announced: int, complete: bool) -> None:
    """A row that was lost is a route that a precheck does not see."""
    rows = (
        f"      10.0.0.0/8 is variably subnetted, {announced} subnets, 2 masks\n"
        "C        10.1.0.0/24 is directly connected, Ethernet0/0\n"
        "S        10.2.0.0/16 [1/0] via 10.1.0.2\n                     [1/0] via 10.1.0.3\n"
        "S     192.0.2.0/24 [1/0] via 10.1.0.2\n"
    )
    parsed = read(rows)
    assert parsed.complete is complete
    assert complete or whys(parsed) == [f"10.0.0.0/8 is said to have {announced} subnets and 2 were printed"]


@pytest.mark.parametrize(
    "code", ["O", "O E2", "O E2+", "O*E2", "i L1", "i*L2", "O IA", "D EX", "S*", "B  +", "C   p", "n Ni", "l"]
)
@pytest.mark.parametrize("blanks", [1, 4])
def test_a_row_of_every_code_counts(code: str, blanks: int) -> None:
    """However the code is written, and wherever the columns stand, a route below a heading is one of its subnets."""
    row = f"{code}{' ' * blanks}10.2.0.0/16 [110/20] via 10.1.0.2, 00:04:20, Ethernet0/0\n"
    assert whys(read(f"      10.0.0.0/8 is variably subnetted, 1 subnets, 1 masks\n{row}")) == []


def test_a_protocol_shows_a_part_of_what_the_heading_counts() -> None:
    """`show ip route static` prints the heading of the whole network above the static routes of it."""
    rows = "      10.0.0.0/8 is variably subnetted, 5 subnets, 2 masks\nS        10.2.0.0/16 [1/0] via 10.1.0.2\n"
    assert not read(rows).complete
    assert read(rows, "show ip route static").complete
    assert parse("ios", "show ip route", f"R1#show ip route static\n{HEAD}{rows}R1#").complete


def test_a_heading_is_about_one_classful_network() -> None:
    """`10.9.0.0/32 is subnetted` stands for network 10; one that is printed shorter than its class is taken as printed."""
    assert holds("10.9.0.0/32", "10.36.3.3")
    assert not holds("172.16.0.0/24", "172.17.0.0")
    assert not holds("192.168.1.0/32", "192.168.2.1")
    assert str(classful("172.0.0.0/8")) == "172.0.0.0/8"
    assert classful("999.0.0.0/8") is None


@pytest.mark.parametrize(
    ("row", "code", "hops"),
    [
        ("S + 10.9.0.0/16 is directly connected (RED), GigabitEthernet0/1", "S +", [(None, "GigabitEthernet0/1")]),
        (
            "S   10.9.0.0/16 is directly connected, Tunnel1\n      is directly connected, Tunnel2",
            "S",
            [(None, "Tunnel1"), (None, "Tunnel2")],
        ),
        ("C   p 10.34.0.2/32 is directly connected, Tunnel0", "C p", [(None, "Tunnel0")]),
        ("n*Nd  0.0.0.0/0 [6/0], 3w2d, Null0", "n*Nd", [(None, "Null0")]),
        ("O E2+ 192.0.2.0/24 [110/20] via 10.1.1.2 (RED), 00:04:20, Ethernet0/0", "O E2+", [("10.1.1.2", "Ethernet0/0")]),
        ("i*L2  0.0.0.0/0 [115/10] via 192.0.2.1, 5w6d, Ethernet1", "i*L2", [("192.0.2.1", "Ethernet1")]),
        (
            "D   %    192.0.2.0/24 [90/28288000] via 172.16.0.1, 00:00:21, Tunnel0\n"
            "                     [NHO][90/255] via 172.16.0.3, 00:00:06, Tunnel0",
            "D %",
            [("172.16.0.1", "Tunnel0"), ("172.16.0.3", "Tunnel0")],
        ),
        ("H        192.0.2.0/24 is directly connected, 00:00:06, Tunnel0", "H", [(None, "Tunnel0")]),
    ],
)
def test_forms_of_a_route(row: str, code: str, hops: list[tuple[str | None, str]]) -> None:
    """Leaked, overridden, equal-cost and NAT routes are read with every next hop."""
    parsed = read(row + "\n")
    assert whys(parsed) == []
    (route,) = parsed.state
    assert route.code == code
    assert [(hop.gateway and str(hop.gateway), hop.interface) for hop in route.next_hops] == hops
    assert [hop.overrides for hop in route.next_hops] == [False] * (len(hops) - 1) + ["NHO" in row]


@pytest.mark.parametrize(("announced", "complete"), [(2, True), (1, False), (3, False)])
def test_announced_masks_are_counted(announced: int, complete: bool) -> None:
    """As many routes as announced, and not with so many masks: one of them is another route than the device has."""
    rows = (
        f"      10.0.0.0/8 is variably subnetted, 2 subnets, {announced} masks\n"
        "C        10.1.0.0/24 is directly connected, Ethernet0/0\nS        10.2.0.0/16 [1/0] via 10.1.0.2\n"
    )
    parsed = read(rows)
    assert parsed.complete is complete
    assert complete or whys(parsed) == [f"10.0.0.0/8 is said to have {announced} masks and 2 were printed"]


def test_an_address_that_is_no_network_with_its_heading() -> None:
    """A digit of the address is wrong, or the heading is that of other routes."""
    parsed = read("      10.0.0.0/24 is subnetted, 1 subnets\nS        10.0.1.128 [1/0] via 10.0.0.2\n")
    assert "10.0.1.128 is no network with the /24 of its heading" in whys(parsed)


@pytest.mark.parametrize(
    "text",
    [
        "Codes: C - connected, S - static\n",
        "Codes: C - connected, S - static\n       ia - IS-IS inter area, * - candidate default\n\n",
        HEAD + "Routing Table: RED\n",
    ],
)
def test_a_table_that_breaks_off_before_its_first_route(text: str) -> None:
    """Behind the legend stands at least what the gateway of last resort is: without it, no route is not known."""
    assert not parse("ios", "show ip route", text).complete
    assert read("").complete, "a table without any route has the gateway line"


@given(
    text=st.one_of(st.ip_addresses(v=4).map(str), st.from_regex(r"[0-9]{1,4}(\.[0-9]{1,4}){2,4}", fullmatch=True), st.just("::1"))
)
def test_an_address_that_is_compared_as_a_number_is_that_address(text: str) -> None:
    """What is an address has its number, and what Python's own type refuses has none."""
    try:
        wanted = int(IPv4Address(text))
    except ValueError:
        wanted = None
    assert number_of(text) == wanted


@pytest.mark.parametrize(
    ("said", "vrf"), [(" (INSIDE)", "INSIDE"), ("(IN/SIDE-1)", "IN/SIDE-1"), ("", None), (" (nexthop in vrf default)", "refused")]
)
def test_the_vrf_of_a_next_hop_is_a_name(said: str, vrf: str | None) -> None:
    """In parentheses behind a gateway stands the name of a VRF; a sentence there is not understood, and becomes no name."""
    parsed = read(f"      10.0.0.0/8 is variably subnetted, 1 subnets\nB   10.1.0.0/16 [20/0] via 172.16.1.1{said}, 01:12:05\n")
    if vrf == "refused":
        assert not parsed.complete
        assert parsed.state == ()
    else:
        assert parsed.complete
        assert parsed.state[0].next_hops[0].vrf == vrf
