"""Before a tunnel interface is built: the peer is reached from outside, and no route leads past what is built."""

from __future__ import annotations

from ipaddress import IPv4Address, IPv4Network

import pytest

from nr_run.changes.plan import plan
from nr_run.checks.device_facts import Box
from nr_run.checks.finding import Finding, against
from nr_run.checks.precheck import _nat
from nr_run.checks.routes import routes, tunnel_names
from nr_run.checks.ways import Path, Ways
from nr_run.inventory.intent import CiscoTermination, End, TunnelTermination
from nr_run.inventory.platforms import platform_for

RUNNING = """version 15.4
hostname hq
interface FastEthernet4
 ip address 192.0.2.1 255.255.255.0
 ip nat outside
ip nat inside source list NAT interface FastEthernet4 overload
ip access-list extended NAT
 permit ip any any
end
"""
VTI = """crypto ipsec transform-set NR-a esp-aes 256 esp-sha-hmac
 mode tunnel
crypto ipsec profile NR-a
 set transform-set NR-a
interface Tunnel7
 ip address 10.255.0.1 255.255.255.252
 tunnel source FastEthernet4
 tunnel mode ipsec ipv4
 tunnel destination 198.51.100.1
 tunnel protection ipsec profile NR-a
ip route 10.2.0.0 255.255.255.0 Tunnel7
"""
MAP = """crypto ipsec transform-set NR-a esp-aes 256 esp-sha-hmac
 mode tunnel
ip access-list extended NR-a
 permit ip 10.1.0.0 0.0.0.255 10.2.0.0 0.0.0.255
crypto map NR-MAP 10 ipsec-isakmp
 set peer 198.51.100.1
 set transform-set NR-a
 match address NR-a
interface FastEthernet4
 crypto map NR-MAP
"""


def end(host: str, outside: str, net: str) -> TunnelTermination:
    """One end of the tunnel."""
    return TunnelTermination(
        host=host,
        interface="FastEthernet4",
        outside_ip=IPv4Address(outside),
        protected_prefixes=(IPv4Network(f"{net}.0/24"),),
        probe_address=IPv4Address(f"{net}.1"),
        cisco=CiscoTermination(),
    )


def box(text: str) -> Box:
    """The router with the change that builds this."""
    ends = End(end("hq", "192.0.2.1", "10.1.0"), end("branch", "198.51.100.1", "10.2.0"))
    change = plan("hq", "ios", text, RUNNING)
    return Box(ends, platform_for("881", "15.4(3)M3"), {"show running-config": RUNNING}, change, "2026-11-21T12:00:00Z")


class Hop:
    """A next hop that is an interface."""

    def __init__(self, interface: str) -> None:
        self.interface = interface
        self.gateway = None


def ways(**prefixes: str) -> Ways:
    """A routing table: each prefix, written with underscores, and the interface by which it leaves."""
    return Ways(
        Path(IPv4Network(name.strip("p").replace("_", ".").replace("x", "/")), (Hop(by),)) for name, by in prefixes.items()
    )


def found(text: str, table: Ways) -> list[Finding]:
    """What is said against the routes."""
    return list(against(routes(box(text), table, "FastEthernet4", "show ip route", None)))


DEFAULT = {"p0_0_0_0x0": "FastEthernet4"}


def test_the_tunnel_interface_of_a_change_is_known() -> None:
    """A change that builds a tunnel interface has its name, one with a crypto map has none."""
    assert tunnel_names(box(VTI)) == {"Tunnel7"}
    assert tunnel_names(box(MAP)) == frozenset()


def test_the_far_side_may_be_routed_into_the_tunnel() -> None:
    """A second run finds its own route; with a crypto map the same route would miss the map."""
    table = ways(**DEFAULT, p10_2_0_0x24="Tunnel7")
    assert found(VTI, table) == []
    assert [item.check for item in found(MAP, table)] == ["route"]


@pytest.mark.parametrize(
    ("prefixes", "check", "words"),
    [
        ({"p0_0_0_0x0": "Dialer1"}, "route", "198.51.100.1 leaves by Dialer1; it must leave by FastEthernet4"),
        (
            {**DEFAULT, "p10_2_0_128x25": "FastEthernet4"},
            "more-specific-route",
            "the route to 10.2.0.128/25, inside 10.2.0.0/24, leaves by FastEthernet4: what goes there would miss the tunnel; "
            "it must leave by Tunnel7",
        ),
    ],
)
def test_what_leads_past_the_tunnel_is_refused(prefixes: dict[str, str], check: str, words: str) -> None:
    """The peer by another interface, and a longer route for a part of the far side."""
    (said,) = found(VTI, ways(**prefixes))
    assert (said.check, said.sentence) == (check, words)


def test_translation_does_not_reach_a_tunnel_interface() -> None:
    """Overload on the outside interface takes the packets of a crypto map, and none that goes through a tunnel interface."""
    assert [item.check for item in against(_nat(box(MAP)))] == ["nat"]
    assert list(_nat(box(VTI))) == []
