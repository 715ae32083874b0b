"""What a verification says of the path is what the device has now: what the intent would bring is not there yet."""

from __future__ import annotations

import pytest

from nr_run.changes.configurations.configuration import Configuration
from nr_run.changes.plans.plan import plan
from nr_run.checks.finding import Status
from nr_run.checks.observations.looks import Look, Shown
from nr_run.checks.observations.observation import Observation
from nr_run.checks.observations.questions import INTERFACES
from nr_run.checks.routing.tunnel_interfaces import TunnelInterface
from nr_run.checks.verdict import Configured
from nr_run.inventory.models.platforms import platform_for
from nr_run.parsers import parse
from nr_run.services.common.building import build
from nr_run.services.common.intended_state import ComparedMember
from nr_run.services.l2l.tunnel_form import TunnelForm
from nr_run.services.l2l.verdicts.verdict_path import asleep, path_of
from nr_run.services.service import Site, Stage, Traffic

from .test_tunnel_form import TRANSLATED, site_of

INSIDE = "interface GigabitEthernet0/1\n ip address 10.10.10.1 255.255.255.0\n ip nat inside\n"
OUTSIDE = " ip address 192.0.2.1 255.255.255.0\n"
RUNNING = TRANSLATED.replace(OUTSIDE, f"{OUTSIDE} ip nat outside\n").replace(
    "interface Tunnel1\n", f"{INSIDE}interface Tunnel1\n"
)
RUNNING = RUNNING.replace("end\n", "line vty 0 4\n login local\nend\n")
ROUTES = """\
Codes: L - local, C - connected, S - static

Gateway of last resort is 192.0.2.254 to network 0.0.0.0

S*    0.0.0.0/0 [1/0] via 192.0.2.254
      192.0.2.0/24 is variably subnetted, 2 subnets, 2 masks
C        192.0.2.0/24 is directly connected, GigabitEthernet0/0
L        192.0.2.1/32 is directly connected, GigabitEthernet0/0
"""
FORM = TunnelForm(1, "crypto-map")


@pytest.mark.parametrize("built", [False, True], ids=["without it", "with it"])
def test_an_exemption_that_is_still_to_come_exempts_nothing(built: bool) -> None:
    """Translation takes the packets of a tunnel whose exemption is gone, though a deploy would bring it; with it, it does not."""
    site, _ = site_of("881 15.4(3)M3", RUNNING, 1, "crypto-map")
    stage = Stage("tunnel", (FORM,), Traffic(), 0.0, 1)
    wanted = build(stage, site)
    exemption = "ip access-list extended NAT\n 1 deny ip 10.10.10.0 0.0.0.255 10.10.20.0 0.0.0.255\n"
    there = RUNNING.replace("ip access-list extended NAT\n", exemption) if built else RUNNING
    change = plan("hq", "ios", build(stage, Site(site.member, site.platform, there, site.keys, None)).text, there)
    assert ("nat-exemption" in {item.family.name for item in change.created}) is not built
    assert "deny ip 10.10.10.0 0.0.0.255 10.10.20.0 0.0.0.255" in wanted.text
    running = Configuration("hq", "ios", "show running-config", there)
    standing = ComparedMember(site.member, site.platform, running, Configured.DIFFERS, change, "hq lacks it")
    shown = Shown("hq", site.platform, (Look(Observation("hq", "", "ios", {}), outputs={"show ip route": ROUTES}),), running)
    found = [item for item in path_of(site.member.wants, shown, standing, "", None) if item.check == "nat"]
    assert found
    assert all((item.status is Status.OK) is built for item in found), found


IDLE = """\
Interface                  IP-Address      OK? Method Status                Protocol
GigabitEthernet0/0         192.0.2.1       YES NVRAM  up                    up
Tunnel1                    10.255.0.1      YES manual up                    {protocol}
"""


@pytest.mark.parametrize("protocol", ["up", "down"])
def test_a_table_without_the_routes_of_a_tunnel_that_is_down(protocol: str) -> None:
    """The first look has the routes, and tells whether the interface was up then: one that was down had withdrawn its own."""
    tunnel = TunnelInterface("Tunnel1")
    seen = Observation(
        "hq", "", "ios", {INTERFACES.name: parse("ios", "show ip interface brief", IDLE.format(protocol=protocol))}
    )
    shown = Shown("hq", platform_for("881", "15.4(3)M3"), (Look(seen),))
    assert asleep(shown, tunnel) is (protocol == "down")
    assert not asleep(shown, None)
