"""Before a tunnel interface is built: the peer is reached by the outside, and nothing inside the far prefixes leads past it."""

from __future__ import annotations

from ipaddress import IPv4Network

import pytest
from msgspec.structs import replace

from nr_run.changes.config_object import ConfigObject
from nr_run.changes.families import FAMILIES
from nr_run.changes.plans.change import Change
from nr_run.checks.finding import Finding, Status, against
from nr_run.checks.readiness.device_facts import EndFacts
from nr_run.checks.readiness.precheck import precheck

from . import test_asa_precheck as asa
from . import test_precheck as ios
from .test_transit import INSIDE, lined


def by_tunnel(box: EndFacts, *lines: str) -> EndFacts:
    """The same device, on which the change makes a protected tunnel interface to the peer."""
    os = box.platform.os
    family = next(family for family in FAMILIES[os] if family.name == "tunnel-interface")
    below = (*lines, f"tunnel destination {box.end.remote.outside_ip}", "tunnel protection ipsec profile NR-x")
    made = ConfigObject(family, "interface Tunnel10", below)
    return replace(box, change=Change(box.host, os, (made,), (), (), (), ()))


def told(box: EndFacts, check: str) -> list[Finding]:
    """Findings of one check that are not ok."""
    return [item for item in precheck(box) if item.check == check and item.status is not Status.OK]


def test_peer_has_to_be_reached_by_the_outside() -> None:
    """What counts is the way to the peer: the far prefixes get a route into the tunnel with the change."""
    assert against(precheck(by_tunnel(ios.box()))) == ()
    assert against(precheck(by_tunnel(asa.box(), "nameif vti"))) == ()
    elsewhere = ios.ROUTES + "S       172.18.124.199/32 [1/0] via 10.10.10.254, Ethernet0/1\n"
    (finding,) = told(by_tunnel(ios.box(routes=elsewhere)), "route")
    assert finding.sentence == "172.18.124.199 leaves by Ethernet0/1; it must leave by Ethernet0/0, from which Tunnel10 starts"


def test_route_past_the_tunnel_interface() -> None:
    """A route inside the far prefix that leaves by the outside is right for a crypto map, and past a tunnel interface."""
    past = ios.ROUTES + "S       10.10.20.0/25 [1/0] via 172.18.124.1, Ethernet0/0\n"
    assert told(ios.box(routes=past), "more-specific-route") == []
    (finding,) = told(by_tunnel(ios.box(routes=past)), "more-specific-route")
    assert "the route to 10.10.20.0/25, inside 10.10.20.0/24, leaves by Ethernet0/0" in finding.sentence
    assert "it must leave by Tunnel10" in finding.sentence
    own = ios.ROUTES + "S       10.10.20.0/24 is directly connected, Tunnel10\n"
    assert told(by_tunnel(ios.box(routes=own)), "more-specific-route") == []
    on_asa = asa.ROUTES + "S        10.2.0.0 255.255.255.128 [1/0] via 192.0.2.254, outside\n"
    assert told(asa.box(routes=on_asa), "more-specific-route") == []
    (finding,) = told(by_tunnel(asa.box(routes=on_asa), "nameif vti"), "more-specific-route")
    assert "it must leave by vti" in finding.sentence


def test_routes_by_an_interface_that_is_down_are_withdrawn() -> None:
    """An idle tunnel interface is down until something asks: that no route leads to it says nothing of the time after."""
    wanted = by_tunnel(ios.box())
    standing = replace(wanted, change=replace(wanted.change, created=(), reused=wanted.change.created))
    (finding,) = told(standing, "route")
    assert "10.10.20.0/24 leaves by Ethernet0/0" in finding.sentence
    assert told(replace(standing, asleep=True), "route") == []


def two_far(box: EndFacts) -> EndFacts:
    """The same end with a second network behind the far one."""
    remote = box.end.remote
    more = remote.model_copy(update={"protected_prefixes": (*remote.protected_prefixes, IPv4Network("10.66.1.0/24"))})
    return replace(box, end=replace(box.end, remote=more))


def test_a_shorter_route_leads_one_of_several_far_networks_past_the_tunnel() -> None:
    """It is asked of each far network, not of that which is pinged alone; where longer routes lead all of it, they count."""
    assert told(two_far(ios.box()), "route") == []
    shorter = ios.ROUTES + "S       10.66.0.0/16 [1/0] via 10.10.10.254, Ethernet0/1\n"
    (finding,) = told(two_far(ios.box(routes=shorter)), "route")
    assert finding.sentence.startswith("10.66.1.0/24 leaves by Ethernet0/1 (route 10.66.0.0/16): traffic for it would miss")
    halves = "".join(f"S       10.66.1.{host}/25 [1/0] via 172.18.124.1, Ethernet0/0\n" for host in (0, 128))
    assert told(two_far(ios.box(routes=shorter + halves)), "route") == []
    none = ios.ROUTES.replace("S*   0.0.0.0/0 [1/0]", "S       10.10.20.0 [1/0]").replace(
        "10.0.0.0/24 is subnetted, 1", "10.0.0.0/24 is subnetted, 2"
    )
    none = none.replace("Gateway of last resort is 172.18.124.1 to network 0.0.0.0", "Gateway of last resort is not set")
    (finding,) = told(two_far(ios.box(routes=none)), "route")
    assert "10.66.1.0/24 leaves by no interface (no route)" in finding.sentence
    firewall = asa.ROUTES + "S        10.66.0.0 255.255.0.0 [1/0] via 10.1.0.254, inside\n"
    assert told(two_far(asa.box()), "route") == []
    (finding,) = told(two_far(asa.box(routes=firewall)), "route")
    assert "10.66.1.0/24 leaves by inside (route 10.66.0.0/16)" in finding.sentence


def test_translation_of_the_outside_does_not_meet_a_tunnel_interface() -> None:
    """Translation is of the outside interface; a tunnel interface meets it only where it is outside of translation itself."""
    translating = ios.box(ios.nat(ios.OVERLOAD, "access-list 101 permit ip 10.10.10.0 0.0.0.255 any"))
    assert told(translating, "nat")
    assert told(by_tunnel(translating), "nat") == []
    assert told(by_tunnel(translating, "ip nat outside"), "nat")


def test_zone_of_the_tunnel_interface() -> None:
    """Between an inside interface in a zone and a tunnel interface in none nothing passes, whatever zone the outside is in."""
    zoned = replace(ios.box(), outputs={**ios.box().outputs, "show running-config": lined((INSIDE, " zone-member security IN"))})
    (finding,) = told(by_tunnel(zoned), "zone")
    assert "interface Tunnel10 in none: nothing passes between them" in finding.sentence
    assert told(by_tunnel(zoned, "zone-member security IN"), "zone") == []


@pytest.mark.parametrize(("way", "count"), [("interface outside", 1), ("interface vti", 0)])
def test_list_on_the_way_out_of_an_asa(way: str, count: int) -> None:
    """A list on the way out of the outside meets what a crypto map takes, and not what a tunnel interface encrypts."""
    lines = ("access-list OUT extended deny ip any any", f"access-group OUT out {way}")
    subject = asa.box(asa.with_lines(*lines))
    assert len(told(subject, "access-list")) == count
    assert len(told(by_tunnel(subject, "nameif vti"), "access-list")) == 1 - count
