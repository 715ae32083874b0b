"""A change may be made only on the device that is meant, with room, saved, reachable by the right way and past translation."""

from __future__ import annotations

from pathlib import Path

import pytest
from msgspec.structs import replace

from nr_run.checks.finding import Status, against
from nr_run.checks.readiness.device_facts import EndFacts
from nr_run.checks.readiness.precheck import precheck
from nr_run.inventory.models.platforms import platform_for

from ..changes.configs import VPN2611
from ..changes.rendering import ends, planned

CAPTURES = Path(__file__).parents[1] / "captures" / "ios"
VERSION = (CAPTURES / "show_version" / "c2611_12.2.txt").read_text()
NEAR = ends()[0]
ROUTES = """\
Codes: C - connected, S - static, I - IGRP, R - RIP, M - mobile, B - BGP
       * - candidate default, U - per-user static route, o - ODR

Gateway of last resort is 172.18.124.1 to network 0.0.0.0

     172.18.0.0/24 is subnetted, 1 subnets
C       172.18.124.0 is directly connected, Ethernet0/0
     10.0.0.0/24 is subnetted, 1 subnets
C       10.10.10.0 is directly connected, Ethernet0/1
S*   0.0.0.0/0 [1/0] via 172.18.124.1
"""
OVERLOAD = "ip nat inside source list 101 interface Ethernet0/0 overload"
BY_ROUTE_MAP = "ip nat inside source route-map R interface Ethernet0/0 overload"
MANY_ROUTES = "".join(f"ip route 192.0.{n % 3}.{n // 3} 255.255.255.255 Null0\n" for n in range(768))
#: The device with nobody else to negotiate with.
ALONE = "hostname vpn2611\ninterface Ethernet0/0\n ip address 172.18.124.159 255.255.255.0\n"
CHANGE = planned(NEAR, VPN2611)


def box(running: str = VPN2611, startup: str | None = None, version: str = VERSION, routes: str = ROUTES) -> EndFacts:
    """The 2611 of the example before the change."""
    saved = running.replace("Current configuration : 1893 bytes", "Using 1893 out of 29688 bytes").partition("\n\n")[2]
    outputs = {
        "show version": version,
        "show running-config": running,
        "show startup-config": saved if startup is None else startup,
        "show ip route": routes,
    }
    return EndFacts(NEAR, platform_for("2611", "12.2(8)T"), outputs, CHANGE, "2026-11-21T12:00:00Z")


def with_line(after: str, line: str) -> str:
    """The configuration of the 2611 with a line more."""
    assert after in VPN2611
    return VPN2611.replace(after, f"{after}{line}\n", 1)


def nat(*lines: str) -> str:
    """The configuration of the 2611 with these lines about translation."""
    return with_line("ip classless\n", "\n".join(lines))


def test_example_passes() -> None:
    """The device of the example passes every check, each with its evidence."""
    findings = precheck(box())
    assert against(findings) == ()
    assert [finding.check for finding in findings] == [
        "identity", "release", "outside", "probe-address", "saved", "nvram", "route",
    ]  # fmt: skip
    assert all(finding.evidence for finding in findings)


FAILING: dict[str, tuple[EndFacts, str, str]] = {
    "another device": (
        box(VPN2611.replace("hostname vpn2611", "hostname vpn3640")),
        "identity",
        "the device calls itself vpn3640, the inventory calls it vpn2611",
    ),
    "no name": (box(VPN2611.replace("hostname vpn2611\n", "")), "identity", "the inventory calls it vpn2611"),
    "another release": (box(version=VERSION.replace("12.2(8)T", "12.4(25)")), "release", "12.4(25), the inventory says 12.2(8)T"),
    "no such interface": (box(VPN2611.replace("Ethernet0/0", "FastEthernet0/0")), "outside", "there is no interface Ethernet0/0"),
    "another address": (box(VPN2611.replace("172.18.124.159 ", "172.18.124.158 ")), "outside", "has address 172.18.124.158"),
    "no address": (
        box(VPN2611.replace(" ip address 172.18.124.159 255.255.255.0\n", " no ip address\n")),
        "outside",
        "has address none; the tunnel needs 172.18.124.159",
    ),
    "only as a second address": (
        box(
            VPN2611.replace(
                " ip address 172.18.124.159 255.255.255.0\n",
                " ip address 172.18.124.159 255.255.255.0 secondary\n ip address 192.0.2.1 255.255.255.0\n",
            )
        ),
        "outside",
        "has address 192.0.2.1",
    ),
    "outside is shut down": (box(with_line("interface Ethernet0/0\n", " shutdown")), "outside", "Ethernet0/0 is shut down"),
    "no probe address": (
        box(VPN2611.replace("10.10.10.1 255", "10.10.10.11 255")),
        "probe-address",
        "10.10.10.1 is no address of the device: pings cannot start there",
    ),
    "probe interface is shut down": (
        box(with_line("interface Ethernet0/1\n", " shutdown")),
        "probe-address",
        "interface Ethernet0/1 is shut down: pings cannot",
    ),
    "unsaved": (box(startup=VPN2611.replace("ip classless\n", "")), "saved", "is not saved (1 lines differ)"),
    "order unsaved": (
        box(startup=VPN2611.replace("ip subnet-zero\n", "").replace("ip classless\n", "ip classless\nip subnet-zero\n")),
        "saved",
        "the order of lines differ",
    ),
    "nothing saved": (box(startup="startup-config is not present"), "saved", "is not saved"),
    "no room in NVRAM": (
        box(VPN2611.replace("ip classless\n", "ip classless\n" + MANY_ROUTES)),
        "nvram",
        "bytes that may be used of the NVRAM",
    ),
    "more specific route elsewhere": (
        box(routes=ROUTES + "S       10.10.20.0/24 is directly connected, Serial0/0\n"),
        "route",
        "10.10.20.1 leaves by Serial0/0; it must leave by Ethernet0/0",
    ),
    "recursive route elsewhere": (
        box(routes=ROUTES.replace("via 172.18.124.1", "via 10.10.10.254")),
        "route",
        "leaves by Ethernet0/1",
    ),
    "no route": (box(routes=ROUTES.replace("S*   0.0.0.0/0 [1/0] via 172.18.124.1\n", "")), "route", "leaves by no interface"),
    "route in a circle": (box(routes=ROUTES.replace("via 172.18.124.1", "via 192.0.2.1")), "route", "leaves by no interface"),
    "two ways": (
        box(routes=ROUTES + "                    [1/0] via 10.10.10.254\n"),
        "route",
        "leaves by Ethernet0/0 and Ethernet0/1",
    ),
    "route not understood": (box(routes=ROUTES + "?? 10.10.20.0 by pigeon\n"), "route", "a route may be missing"),
    "list translates": (
        box(nat(OVERLOAD, "access-list 101 permit ip 10.10.10.0 0.0.0.255 any")),
        "nat",
        "may translate 10.10.10.0/24 to 10.10.20.0/24, which then misses the map",
    ),
    "exempt too late": (
        box(
            nat(
                OVERLOAD,
                "access-list 101 permit ip 10.10.10.0 0.0.0.255 any",
                "access-list 101 deny   ip 10.10.10.0 0.0.0.255 10.10.20.0 0.0.0.255",
            )
        ),
        "nat",
        "may translate",
    ),
    "exempt in part": (
        box(
            nat(
                OVERLOAD,
                "access-list 101 deny   ip host 10.10.10.1 10.10.20.0 0.0.0.255",
                "access-list 101 permit ip 10.10.10.0 0.0.0.255 any",
            )
        ),
        "nat",
        "may translate",
    ),
    "list without rules": (box(nat("ip nat inside source list 199 interface Ethernet0/0 overload")), "nat", "may translate"),
    "list not readable": (
        box(nat(OVERLOAD, "access-list 101 permit tcp any any established")),
        "nat",
        "may translate",
    ),
    "standard list": (
        box(nat("ip nat inside source list 1 pool P", "access-list 1 permit 10.10.0.0 0.0.255.255")),
        "nat",
        "may translate",
    ),
    "route map named like a harmless list": (
        box(
            nat(
                "ip nat inside source route-map NAT interface Ethernet0/0 overload",
                "ip access-list extended NAT\n deny   ip any any",
                "route-map NAT permit 10\n match ip address 101",
                "access-list 101 permit ip any any",
            )
        ),
        "nat",
        "may translate",
    ),
    "route map that is nowhere": (box(nat(BY_ROUTE_MAP)), "nat", "may translate"),
    "route map not readable": (
        box(nat(BY_ROUTE_MAP, "route-map R permit 10\n match interface E0/1")),
        "nat",
        "may translate",
    ),
    "static for a protected host": (
        box(nat("ip nat inside source static tcp 10.10.10.5 25 172.18.124.159 25 extendable")),
        "nat",
        "may translate",
    ),
    "list for the other side": (
        box(nat("ip nat outside source list 7 pool P", "access-list 7 permit 10.10.20.0 0.0.0.255")),
        "nat",
        "may translate",
    ),
    "static for a host of the other side": (
        box(nat("ip nat outside source static 10.10.20.5 192.168.7.5")),
        "nat",
        "may translate",
    ),
    "list with a mask for a wildcard": (
        box(nat(OVERLOAD, "access-list 101 permit ip 0.0.0.1 255.255.255.0 any")),
        "nat",
        "may translate",
    ),
    "map with the address of another interface": (
        box(with_line("aaa session-id common\n", "crypto map clientmap local-address Loopback0")),
        "local-address",
        "comes from the address of Loopback0, not of Ethernet0/0",
    ),
    "static for the protected network": (
        box(nat("ip nat inside source static network 10.10.0.0 172.30.0.0 /16")),
        "nat",
        "may translate",
    ),
}  # fmt: skip


@pytest.mark.parametrize("name", FAILING)
def test_objection(name: str) -> None:
    """One thing is wrong: exactly that check objects, with a sentence that says what."""
    sick, check, sentence = FAILING[name]
    (finding,) = against(precheck(sick))
    assert finding.check == check
    assert sentence in finding.sentence
    assert finding.evidence


def test_subinterface_is_found_by_its_name() -> None:
    """IOS shows the kind of a serial subinterface behind its name; the intent knows the name."""
    serial = VPN2611.replace("interface Ethernet0/0\n", "interface Serial0/0.1 point-to-point\n")
    near = replace(NEAR, local=NEAR.local.model_copy(update={"interface": "Serial0/0.1"}))
    change = planned(near, serial)
    assert "crypto-map-binding" not in {item.family.name for item in change.created}
    found = precheck(replace(box(serial, routes=ROUTES.replace("Ethernet0/0", "Serial0/0.1")), end=near, change=change))
    assert against(found) == ()


def test_first_policy_takes_the_default_ones_from_others() -> None:
    """From 12.4(20)T on a device without a policy offers its own ones, until somebody configures one."""
    bare = VPN2611.replace("crypto isakmp policy 3\n encr 3des\n authentication pre-share\n group 2\n", "")
    sick = replace(box(bare), platform=platform_for("881", "15.4(3)M3"), change=planned(NEAR, bare))
    objections = {finding.check: finding.sentence for finding in against(precheck(sick))}
    assert "none of them once it has isakmp-policy 10" in objections["default-policies"]
    off = f"no crypto isakmp default policy\n{bare}"
    for well in (replace(sick, outputs={**sick.outputs, "show running-config": off}), replace(sick, platform=box().platform)):
        assert "default-policies" not in {finding.check for finding in against(precheck(well))}
    alone = replace(sick, change=planned(NEAR, ALONE), outputs={**sick.outputs, "show running-config": ALONE})
    assert "default-policies" not in {finding.check for finding in against(precheck(alone))}


EXEMPT: dict[str, str] = {
    "denied first": nat(
        OVERLOAD,
        "access-list 101 remark branch offices stay as they are",
        "access-list 101 deny   ip 10.10.10.0 0.0.0.255 10.10.0.0 0.0.255.255",
        "access-list 101 permit ip 10.10.10.0 0.0.0.255 any",
    ),
    "named, with sequence numbers": nat(
        "ip nat inside source list NAT interface Ethernet0/0 overload",
        "ip access-list extended NAT\n 10 deny ip 10.10.10.0 0.0.0.255 10.10.20.0 0.0.0.255\n 20 permit ip any any",
    ),
    "about other addresses": nat(
        OVERLOAD,
        "access-list 101 permit ip 192.168.0.0 0.0.255.255 any",
    ),
    "standard list about other addresses": nat(
        "ip nat inside source list 1 pool P", "access-list 1 permit 192.168.1.0 0.0.0.255", "access-list 1 permit 192.168.2.2"
    ),
    "by route map": nat(
        BY_ROUTE_MAP,
        "access-list 101 deny   ip 10.10.10.0 0.0.0.255 10.10.20.0 0.0.0.255",
        "access-list 101 permit ip 10.10.10.0 0.0.0.255 any",
        "route-map R permit 10\n match ip address 101",
    ),
    "static for another host": nat("ip nat inside source static 192.168.1.5 172.18.124.200"),
    "static by route map": nat(
        "ip nat inside source static 10.10.10.5 172.18.124.200 route-map R extendable",
        "access-list 101 deny   ip 10.10.10.0 0.0.0.255 10.10.20.0 0.0.0.255",
        "access-list 101 permit ip 10.10.10.0 0.0.0.255 any",
        "route-map R permit 10\n match ip address 101",
    ),
}


@pytest.mark.parametrize("name", EXEMPT)
def test_translation_that_leaves_the_tunnel_alone(name: str) -> None:
    """A translation that certainly does not take the pair is no objection."""
    findings = precheck(box(EXEMPT[name]))
    assert against(findings) == ()
    assert all("alone" in item.sentence for item in findings if item.check == "nat")


def test_unsaved_can_be_accepted() -> None:
    """Unsaved lines are a warning when the operator accepts them, and the sentence says what will be saved."""
    findings = precheck(box(startup="version 12.2\n"), accept_unsaved=True)
    (saved,) = [item for item in findings if item.check == "saved"]
    assert saved.status is Status.WARNING
    assert "will save that as well" in saved.sentence
    assert against(findings) == ()


def test_secondary_address_before_the_primary_is_no_objection() -> None:
    """The device shows secondary addresses first; the primary one counts."""
    lines = " ip address 192.0.2.1 255.255.255.0 secondary\n ip address 172.18.124.159 255.255.255.0\n"
    assert against(precheck(box(VPN2611.replace(" ip address 172.18.124.159 255.255.255.0\n", lines)))) == ()


@pytest.mark.parametrize("name", ["VPN2611", "vpn2611.example.net"])
def test_name_of_the_box_may_be_written_otherwise(name: str) -> None:
    """Capitals and a domain do not make it another device."""
    assert against(precheck(box(VPN2611.replace("hostname vpn2611", f"hostname {name}")))) == ()


def test_no_limit_of_nvram_no_finding() -> None:
    """Where the NVRAM is no limit there is nothing to say about it."""
    roomy = box()
    findings = precheck(replace(roomy, platform=replace(roomy.platform, nvram_bytes=None)))
    assert "nvram" not in {item.check for item in findings}
