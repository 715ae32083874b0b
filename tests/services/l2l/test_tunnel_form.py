"""The feature of a tunnel in each form: planned on a device, and found again as it was planned."""

from __future__ import annotations

import pytest

from nr_run.changes.objects import read_desired
from nr_run.changes.plans.plan import plan
from nr_run.inventory.intents.forms import style_of
from nr_run.inventory.intents.intent import Style
from nr_run.inventory.intents.strength import narrow
from nr_run.services.common.building import build
from nr_run.services.l2l.existing.by_name import removal_by_name
from nr_run.services.l2l.records import WantedEnd, WantedTunnel
from nr_run.services.l2l.service import deployment_of
from nr_run.services.l2l.tunnel_form import TunnelForm
from nr_run.services.service import Site, Stage, Traffic

from .example import KEY, intent, platform

ROUTER = """version 15.4
hostname hq
interface GigabitEthernet0/0
 ip address 192.0.2.1 255.255.255.0
interface Tunnel1
 ip address 10.0.0.1 255.255.255.252
end
"""
FIREWALL = """: Saved
ASA Version 9.19(1)
hostname hq
interface GigabitEthernet0/0
 nameif outside
 security-level 0
 ip address 192.0.2.1 255.255.255.0
interface GigabitEthernet0/1
 nameif inside
 security-level 100
 ip address 10.10.10.1 255.255.255.0
nat (inside,outside) source dynamic any interface
: end
"""
FORMS = [(1, "crypto-map"), (1, "vti"), (2, "crypto-map"), (2, "vti")]


def site_of(on: str, running: str, version: int, style: Style) -> tuple[Site[WantedEnd], str]:
    """The near end of hq-branch in this form on a device that runs this, and the name of its feature."""
    made = intent(version=version, style=style)
    tunnel, able = made.tunnels["hq-branch"], [platform(on)] * 2
    assert style_of(tunnel, version, able) == style
    deployment = deployment_of(WantedTunnel(tunnel, narrow(made.resolve(tunnel), able), style))
    keys = {tunnel.preshared_key_ref: KEY}
    return Site(deployment.members[0], able[0], running, keys, None), deployment.stages[0].features[0].name


@pytest.mark.parametrize(("version", "style"), FORMS)
@pytest.mark.parametrize(("on", "running"), [("881 15.4(3)M3", ROUTER), ("ASA 9.19(1)", FIREWALL)], ids=["881", "ASA"])
def test_each_form_is_planned_and_found_again(on: str, running: str, version: int, style: Style) -> None:
    """What is built is a change on a device without it; on one that has it, the same names come out and nothing is left to do."""
    site, name = site_of(on, running, version, style)
    made = intent(version=version, style=style)
    tunnel = made.tunnels["hq-branch"]
    wanted = WantedTunnel(tunnel, narrow(made.resolve(tunnel), [platform(on)] * 2), style)
    (stage,) = deployment_of(wanted).stages
    assert name == f"ikev{version}-{style}"
    first = build(stage, site)
    os = site.platform.os
    change = plan("hq", os, first.text, running, first.replacing)
    assert change.created
    assert change.forward
    before, end, after = running.rpartition(": end" if os == "asa" else "end")
    there = Site(site.member, site.platform, before + first.text + end + after, site.keys, None)
    again = build(stage, there)
    assert again.text == first.text
    assert not plan("hq", os, again.text, there.running, again.replacing).forward


def test_the_number_of_the_tunnel_interface_is_found() -> None:
    """Tunnel1 is of somebody else, so the tunnel gets the next number, and the plan says why."""
    site, _ = site_of("881 15.4(3)M3", ROUTER, 2, "vti")
    made = intent(style="vti")
    tunnel = made.tunnels["hq-branch"]
    (stage,) = deployment_of(WantedTunnel(tunnel, narrow(made.resolve(tunnel), [platform("881 15.4(3)M3")] * 2), "vti")).stages
    built = build(stage, site)
    assert "interface Tunnel2\n" in built.text
    assert "ip route 10.10.20.0 255.255.255.0 Tunnel2" in built.text
    assert "interface Tunnel2: the lowest free number" in built.decisions


def test_an_asa_gets_its_own_names_for_its_interfaces() -> None:
    """The rule against translation names inside and outside as this ASA calls them."""
    site, _ = site_of(
        "ASA 9.19(1)", FIREWALL.replace("nameif inside", "nameif lan").replace("(inside,", "(lan,"), 2, "crypto-map"
    )
    made = intent()
    tunnel = made.tunnels["hq-branch"]
    able = [platform("ASA 9.19(1)")] * 2
    (stage,) = deployment_of(WantedTunnel(tunnel, narrow(made.resolve(tunnel), able), "crypto-map")).stages
    assert "nat (lan,outside) 1 source static NR-hq-branch-L NR-hq-branch-L " in build(stage, site).text


TRANSLATED = ROUTER.replace(
    "end\n",
    "ip nat inside source list NAT interface GigabitEthernet0/0 overload\nip access-list extended NAT\n permit ip any any\nend\n",
)
#: What IKE has for the whole device stays, since nobody can tell what of it a tunnel used that has no intent.
OF_THE_BOX = {"isakmp-policy", "isakmp-keepalive", "ike-enable", "ikev2-policy", "ikev2-enable"}


OLD_FIREWALL = FIREWALL.replace("9.19(1)", "8.2(5)").replace(
    "nat (inside,outside) source dynamic any interface\n", "nat (inside) 1 0.0.0.0 0.0.0.0\nglobal (outside) 1 interface\n"
)
BUILT = [(on, running, *form) for on, running in (("881 15.4(3)M3", TRANSLATED), ("ASA 9.19(1)", FIREWALL)) for form in FORMS]


@pytest.mark.parametrize(("on", "running", "version", "style"), [*BUILT, ("ASA 8.2(5)", OLD_FIREWALL, 1, "crypto-map")])
def test_by_its_name_all_of_a_tunnel_is_found_again(on: str, running: str, version: int, style: Style) -> None:
    """Without any intent a removal leaves nothing that the form had built, its exemption from translation included."""
    site, _ = site_of(on, running, version, style)
    made = build(Stage("tunnel", (TunnelForm(version, style),), Traffic(), 0.0, 1), site).text
    os = site.platform.os
    before, end, after = running.rpartition(": end" if os == "asa" else "end")
    there = before + made + end + after
    going = {item.key for item in removal_by_name("hq-branch", "hq", site.platform, there).items}
    desired = read_desired(os, made).objects
    exempt = {"nat-exemption", "nat-0", "twice-nat"} & {family for family, _ in desired}
    assert bool(exempt) is (style == "crypto-map")
    assert {family for family, identity in desired if (family, identity) not in going} <= OF_THE_BOX
