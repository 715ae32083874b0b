"""What a router has to be before a site is built on it, and each thing that stands in the way."""

from __future__ import annotations

from typing import Any

import pytest

from nr_run.changes.plans.change import in_stages
from nr_run.checks.finding import Finding, Status
from nr_run.services.service import Sight
from nr_run.services.zia.deployment import deployment_of
from nr_run.services.zia.prechecks import precheck

from ...changes.whole import whole
from .planned import staged
from .sites import BARE, HOST, PLATFORM, site

VERSION = """\
Cisco IOS Software, C880 Software (C880DATA-UNIVERSALK9-M), Version 15.4(3)M3, RELEASE SOFTWARE (fc2)
ROM: System Bootstrap, Version 12.4(22r)YB5, RELEASE SOFTWARE (fc1)
branch881 uptime is 5 weeks, 1 day, 3 hours, 50 minutes
System image file is "flash:c880data-universalk9-mz.154-3.M3.bin"
Cisco 881 (MPC8300) processor (revision 1.0) with 236544K/25600K bytes of memory.
Processor board ID FTX00000000
256K bytes of non-volatile configuration memory.
Configuration register is 0x2102
"""
ROUTES = """\
Codes: L - local, C - connected, S - static, R - RIP, M - mobile, B - BGP
       + - replicated route, % - next hop override

Gateway of last resort is 10.96.19.1 to network 0.0.0.0

S*    0.0.0.0/0 [1/0] via 10.96.19.1
      10.0.0.0/8 is variably subnetted, 2 subnets, 2 masks
C        10.96.19.0/24 is directly connected, FastEthernet4
L        10.96.19.2/32 is directly connected, FastEthernet4
"""


def found(old: str = "", new: str = "", routes: str = ROUTES, **wanted: Any) -> dict[str, list[Finding]]:
    """The findings by their check, on a router with one line otherwise."""
    assert old in BARE
    running = BARE.replace(old, new) if old else BARE
    deployment = deployment_of(site(**wanted))
    # The plan is that of the router as it should be: what is asked here is asked whatever the plan is.
    change = in_stages([change for _, change in staged(site(**wanted))], deployment.way_back)
    outputs = {
        "show running-config": running,
        "show startup-config": running,
        "show version": VERSION,
        "show ip route": routes,
    }
    sight = Sight(deployment.members[0], PLATFORM, whole(BARE, "ios", HOST), change)
    made: dict[str, list[Finding]] = {}
    for item in precheck(sight, outputs, "now", accept_unsaved=False):
        made.setdefault(item.check, []).append(item)
    return made


def test_a_router_in_order_passes() -> None:
    """Nothing is said against the example on its router, and every check has said something."""
    findings = found()
    assert {item.status for items in findings.values() for item in items} == {Status.OK}
    assert {"identity", "saved", "outside", "inside", "edge-route", "probe-route"} <= set(findings)


INSIDE_TUNNEL = "S        198.51.100.0/24 is directly connected, Tunnel9\n"
LIST = "ip access-list extended OUT\n permit udp any any eq isakmp\n permit tcp any any established\nline vty"


@pytest.mark.parametrize(
    ("check", "change", "status", "words"),
    [
        (
            "outside",
            {"old": "10.96.19.2 255", "new": "10.96.19.3 255"},
            Status.FAILED,
            "FastEthernet4 has 10.96.19.3, and the intent",
        ),
        ("outside", {"old": " ip nat outside", "new": " shutdown"}, Status.FAILED, "FastEthernet4 is shut down"),
        (
            "inside",
            {"old": "172.17.0.1", "new": "172.18.0.1"},
            Status.FAILED,
            "Vlan1 has 172.18.0.1, and the intent says 172.17.0.0/24",
        ),
        ("inside", {"old": "interface Vlan1", "new": "interface Vlan2"}, Status.FAILED, "Vlan1 is not there"),
        (
            "edge-route",
            {"routes": ROUTES + INSIDE_TUNNEL},
            Status.FAILED,
            "is reached by Tunnel9, and the tunnel comes from FastEthernet4",
        ),
        ("edge-route", {"routes": ROUTES.replace("S*    0.0.0.0/0 [1/0] via 10.96.19.1\n", "")}, Status.FAILED, "by no route"),
        ("edge-route", {"routes": f"{ROUTES}The moon is full\n"}, Status.UNVERIFIED, "was not understood"),
        (
            "probe-route",
            {"old": "line vty", "new": "ip route 203.0.113.20 255.255.255.255 10.96.19.1\nline vty"},
            Status.FAILED,
            "leads the probe elsewhere",
        ),
        (
            "nat",
            {"old": "ip nat inside source list NAT interface FastEthernet4 overload\n", "new": ""},
            Status.WARNING,
            "leaves with its private address",
        ),
    ],
)
def test_what_stands_in_the_way_is_told(check: str, change: dict[str, Any], status: Status, words: str) -> None:
    """One thing that is wrong is one kind of finding, and all else is as it was."""
    findings = found(**change)
    assert any(words in item.sentence and item.status is status for item in findings[check]), findings[check]
    assert {item.status for name, items in findings.items() if name != check for item in items} == {Status.OK}


def test_a_list_on_the_outside_is_asked_for_both_edges() -> None:
    """A list that lets in answers of TCP alone keeps NAT traversal out, from each edge, and IKE passes."""
    group = BARE.replace(" ip nat outside", " ip access-group OUT in\n ip nat outside").replace("line vty", LIST)
    findings = found(BARE, group)
    told = [item.sentence for item in findings["access-list"] if item.status is Status.FAILED]
    assert len(told) == 2
    assert all("from 198.51.100." in sentence for sentence in told)


def test_a_site_that_sends_all_into_the_tunnels_needs_no_translation() -> None:
    """Where nothing goes past the tunnels, nothing is said of translation."""
    old = "ip nat inside source list NAT interface FastEthernet4 overload\n"
    assert "nat" not in found(old, "", traffic="all", exempt=[])
