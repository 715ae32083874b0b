"""An ASA is changed only where the tunnel can be verified and nothing translates it; each refusal says what a person may type."""

from __future__ import annotations

from ipaddress import IPv4Address, IPv4Network

import pytest

from nr_run.changes.configurations.tree import parse as tree
from nr_run.changes.plans.change import Change
from nr_run.checks.finding import Status, against
from nr_run.checks.readiness.device_facts import EndFacts
from nr_run.checks.readiness.precheck import precheck
from nr_run.checks.translation.asa_nat import Way, asa_translations
from nr_run.inventory.intents.intent import End, TunnelTermination
from nr_run.inventory.models.platforms import platform_for
from nr_run.inventory.models.release import Release

RUNNING = """\
: Saved
:
ASA Version 9.1(7)
!
hostname asa91
names
interface GigabitEthernet0/0
 nameif outside
 security-level 0
 ip address 192.0.2.1 255.255.255.0
!
interface GigabitEthernet0/1
 nameif inside
 security-level 100
 ip address 10.1.0.1 255.255.255.0 standby 10.1.0.2
!
interface GigabitEthernet0/2
 shutdown
 no nameif
 no security-level
 no ip address
!
management-access inside
route outside 0.0.0.0 0.0.0.0 192.0.2.254 1
Cryptochecksum:0123456789abcdef0123456789abcdef
: end
"""
ROUTES = """\
Codes: C - connected, S - static, I - IGRP, R - RIP, M - mobile, B - BGP
       o - ODR, P - periodic downloaded static route

Gateway of last resort is 192.0.2.254 to network 0.0.0.0

C    192.0.2.0 255.255.255.0 is directly connected, outside
C    10.1.0.0 255.255.255.0 is directly connected, inside
S*   0.0.0.0 0.0.0.0 [1/0] via 192.0.2.254, outside
"""
WRITTEN = ": Saved\n: Written by nr at 10:00:00 UTC"
VERSION = """\

Cisco Adaptive Security Appliance Software Version {release}

System image file is "disk0:/asa.bin"
Config file at boot was "startup-config"

asa91 up 8 days 0 hours

Hardware:   ASA5520, 2048 MB RAM, CPU Pentium 4 Celeron 2000 MHz,

Licensed features for this platform:
Maximum Physical Interfaces       : Unlimited      perpetual

Serial Number: JMX00000001
Configuration register is 0x1
Configuration has not been modified since last system restart.
"""
LOCAL = TunnelTermination(
    host="asa91",
    interface="GigabitEthernet0/0",
    outside_ip=IPv4Address("192.0.2.1"),
    protected_prefixes=(IPv4Network("10.1.0.0/24"),),
    probe_address=IPv4Address("10.1.0.1"),
)
REMOTE = TunnelTermination(
    host="branch",
    interface="Ethernet0/0",
    outside_ip=IPv4Address("198.51.100.1"),
    protected_prefixes=(IPv4Network("10.2.0.0/24"),),
    probe_address=IPv4Address("10.2.0.1"),
)


def box(
    running: str = RUNNING,
    *,
    release: str = "9.1(7)",
    mode: str = "Security context mode: single \n",
    failover: str = "Failover Off\n",
    routes: str = ROUTES,
    local: TunnelTermination = LOCAL,
    startup: str | None = None,
) -> EndFacts:
    """An ASA before the change, whose masked texts are the clear one: it holds no key."""
    outputs = {
        "show version": VERSION.format(release=release),
        "show mode": mode,
        "show failover": failover,
        "more system:running-config": running,
        "show running-config": running,
        "show startup-config": running.replace(": Saved", ": Saved\n: Written by nr at 10:00:00 UTC")
        if startup is None
        else startup,
        "show route": routes,
    }
    return EndFacts(End(local, REMOTE), platform_for("ASA", release), outputs, Change("asa91", "asa", (), (), (), (), ()), "")


def test_clean_asa_passes() -> None:
    """A clean ASA passes, whether the intent names its interface by the hardware or by the nameif."""
    assert against(precheck(box())) == ()
    assert against(precheck(box(local=LOCAL.model_copy(update={"interface": "outside"})))) == ()
    assert against(precheck(box(release="8.2(5)"))) == ()


def with_lines(*lines: str) -> str:
    """The configuration with lines more."""
    return RUNNING.replace("management-access inside\n", "\n".join((*lines, "management-access inside\n")))


FAILING: dict[str, tuple[EndFacts, str, str]] = {
    "contexts": (box(mode="Security context mode: multiple \n"), "single-context", "multiple context mode is not changed"),
    "failover": (box(failover="Failover On\nFailover unit Primary\n"), "no-failover", "a failover pair is not changed"),
    "failover unknown": (box(failover="ERROR: no licence\n"), "no-failover", "a failover pair is not changed"),
    "no such interface": (
        box(local=LOCAL.model_copy(update={"interface": "Ethernet0/0"})),
        "outside",
        "there is no interface Ethernet0/0",
    ),
    "no nameif": (
        box(local=LOCAL.model_copy(update={"interface": "GigabitEthernet0/2"})),
        "outside",
        "GigabitEthernet0/2 has no nameif",
    ),
    "other address": (box(RUNNING.replace("192.0.2.1 ", "192.0.2.9 ")), "outside", "has address 192.0.2.9; the tunnel needs"),
    "probe elsewhere": (
        box(local=LOCAL.model_copy(update={"probe_address": IPv4Address("10.1.0.7")})),
        "probe-address",
        "is no address of the device",
    ),
    "no management-access": (
        box(RUNNING.replace("management-access inside\n", "")),
        "management-access",
        "type management-access inside",
    ),
    "another management-access": (
        box(RUNNING.replace("management-access inside", "management-access dmz")),
        "management-access",
        "names dmz",
    ),
    "permit-vpn off": (box(with_lines("no sysopt connection permit-vpn")), "permit-vpn", "permit-vpn is off"),
    "name for the peer": (
        box(with_lines("name 198.51.100.1 branch-fw")),
        "names",
        "prints branch-fw instead of 198.51.100.1",
    ),
    "name for the net": (box(with_lines("name 10.2.0.0 branch description x")), "names", "type no name 10.2.0.0 branch"),
    "not saved": (box(startup=RUNNING.replace("hostname asa91", "hostname old")), "saved", "is not saved (2 lines differ)"),
    "route elsewhere": (
        box(routes=ROUTES + "S    10.2.0.0 255.255.0.0 [1/0] via 10.1.0.9, inside\n"),
        "route",
        "leaves by inside; it must leave by outside",
    ),
    "two ways": (
        box(
            routes=ROUTES
            + "S    10.2.0.0 255.255.255.0 [1/0] via 192.0.2.9, outside\n                [1/0] via 10.1.0.9, inside\n"
        ),
        "route",
        "leaves by inside and outside",
    ),
    "no route": (
        box(routes=ROUTES.replace("S*   0.0.0.0 0.0.0.0 [1/0]", "S    10.9.0.0 255.255.0.0 [1/0]")),
        "route",
        "no interface",
    ),
    "nat 8.3": (
        box(with_lines("object network LAN", " subnet 10.1.0.0 255.255.255.0", " nat (inside,outside) dynamic interface")),
        "nat",
        "source static NR-10.1.0.0-24 NR-10.1.0.0-24 destination static NR-10.2.0.0-24 NR-10.2.0.0-24",
    ),
    "nat 8.2": (
        box(with_lines("global (outside) 1 interface", "nat (inside) 1 0.0.0.0 0.0.0.0"), release="8.2(5)"),
        "nat",
        "permit ip 10.1.0.0 255.255.255.0 10.2.0.0 255.255.255.0; nat (inside) 0 access-list NONAT",
    ),
}


@pytest.mark.parametrize("case", FAILING)
def test_what_forbids_the_change(case: str) -> None:
    """Each of these alone forbids the change, with one sentence and its evidence."""
    sick, check, words = FAILING[case]
    (finding,) = against(precheck(sick))
    assert finding.check == check
    assert words in finding.sentence
    assert finding.evidence


def test_route_that_is_a_name_is_not_read() -> None:
    """A route whose prefix is printed as a name may be the way of this tunnel, so the route is open."""
    (finding,) = against(precheck(box(routes=ROUTES + "S    branch 255.255.255.0 [1/0] via 10.1.0.9, inside\n")))
    assert (finding.check, finding.status) == ("route", Status.UNVERIFIED)


PAIR = (IPv4Network("10.1.0.0/24"), IPv4Network("10.2.0.0/24"))
WAY = Way("inside", "outside")
OBJECTS = (
    "object network L\n subnet 10.1.0.0 255.255.255.0\nobject network R\n subnet 10.2.0.0 255.255.255.0\n"
    "object network WIDE\n subnet 10.0.0.0 255.0.0.0\nobject network HOST\n host 10.1.0.9\n"
    "object network FAR\n subnet 10.9.0.0 255.255.0.0\nobject network RANGE\n range 10.1.0.5 10.1.0.7\n"
    "object-group network ALL-R\n network-object 10.9.0.0 255.255.0.0\n network-object object R\n"
    "object-group network MORE\n group-object ALL-R\n network-object host 10.3.0.1\n"
)
IDENTITY = "nat (inside,outside) source static L L destination static R R no-proxy-arp route-lookup"
PAT = "nat (inside,outside) after-auto source dynamic any interface"
TWICE: dict[str, tuple[str, list[bool]]] = {
    "nothing": ("", []),
    "identity, then pat": (f"{IDENTITY}\n{PAT}", [True]),
    "pat alone": (PAT, [False]),
    "pat before identity": (f"nat (any,outside) source dynamic WIDE interface\n{IDENTITY}", [False, True]),
    "identity by groups": ("nat (inside,outside) source static L L destination static MORE MORE", [True]),
    "identity for every target": ("nat (inside,any) source static WIDE WIDE", [True]),
    "identity of another pair": (f"nat (inside,outside) source static L L destination static FAR FAR\n{PAT}", [False]),
    "identity of one host": (f"nat (inside,outside) source static HOST HOST destination static R R\n{PAT}", [False, False]),
    "identity that is off": (f"{IDENTITY} inactive\n{PAT}", [False]),
    "identity of other interfaces": ("nat (dmz,outside) source static L L destination static R R", []),
    "identity that is off, and says why": (f"{IDENTITY} inactive description moved\n{PAT}", [False]),
    "rule that tells of one that is off": (
        f"nat (inside,outside) source dynamic WIDE interface description the old one is inactive\n{IDENTITY}",
        [False, True],
    ),
    "identity of one service": (
        f"nat (inside,outside) source static L L destination static R R service WEB WEB\n{PAT}",
        [False],
    ),
    "another service": ("nat (inside,outside) source static L L destination static R R service WEB ALT", [False]),
    "to another source": ("nat (inside,outside) source static L WIDE destination static R R", [False]),
    "to another destination": ("nat (inside,outside) source static L L destination static R FAR", [False]),
    "written from outside": ("nat (outside,inside) source static R R destination static L L", [True]),
    "from outside, translated": ("nat (outside,inside) source static FAR R destination static L L", [False]),
    "object of one host": ("object network HOST\n nat (inside,outside) static 192.0.2.7", [False]),
    "object elsewhere": ("object network FAR\n nat (inside,outside) dynamic interface", []),
    "object that is a range": ("object network RANGE\n nat (inside,outside) dynamic interface", [False]),
    "unknown object": ("nat (inside,outside) source static NOWHERE NOWHERE destination static R R", [False]),
    "a line nobody reads": ("nat (inside,outside) something new", [False]),
}


@pytest.mark.parametrize("case", TWICE)
def test_twice_nat(case: str) -> None:
    """From 8.3 on the first rule that matches decides, in the order of the sections; what is not certain may translate."""
    lines, wanted = TWICE[case]
    assert [free for _, free in asa_translations(tree(OBJECTS + lines), PAIR, WAY, twice=True)] == wanted


EXEMPT = "access-list NONAT extended permit ip 10.1.0.0 255.255.255.0 10.2.0.0 255.255.255.0\nnat (inside) 0 access-list NONAT\n"
OLD: dict[str, tuple[str, list[bool]]] = {
    "nothing": ("", []),
    "exempt": (f"{EXEMPT}nat (inside) 1 0.0.0.0 0.0.0.0\nglobal (outside) 1 interface", [True]),
    "exempt on another interface": (EXEMPT.replace("(inside)", "(dmz)"), []),
    "exempt for another pair": (EXEMPT.replace("10.2.0.0", "10.3.0.0") + "nat (inside) 1 10.1.0.0 255.255.255.0", [False]),
    "exempt for a part": (
        EXEMPT.replace("10.2.0.0 255.255.255.0", "host 10.2.0.9") + "nat (inside) 1 10.0.0.0 255.0.0.0",
        [False],
    ),
    "dynamic elsewhere": ("nat (inside) 1 10.9.0.0 255.255.0.0", []),
    "identity": ("nat (inside) 0 10.1.0.0 255.255.255.0", [True]),
    "static host": ("static (inside,outside) 192.0.2.7 10.1.0.9 netmask 255.255.255.255", [False]),
    "static port": ("static (inside,outside) tcp 192.0.2.7 80 10.1.0.9 8080 netmask 255.255.255.255", [False]),
    "static host elsewhere": ("static (inside,outside) 192.0.2.7 10.9.0.9 netmask 255.255.255.255", []),
    "static to itself": ("static (inside,outside) 10.1.0.0 10.1.0.0 netmask 255.255.255.0", [True]),
    "static by list": (
        "access-list P extended permit ip host 10.1.0.9 any\nstatic (inside,outside) 192.0.2.7 access-list P",
        [False],
    ),
    "dynamic by list": ("access-list P extended permit ip host 10.9.0.9 any\nnat (inside) 2 access-list P", []),
    "static behind an identity": (
        "nat (inside) 0 10.1.0.0 255.255.255.0\nstatic (inside,outside) 192.0.2.7 10.1.0.9 netmask 255.255.255.255",
        [False, True],
    ),
    "list behind an identity": (
        "access-list P extended permit ip host 10.1.0.9 any\nnat (inside) 0 10.1.0.0 255.255.255.0\nnat (inside) 2 access-list P",
        [False, True],
    ),
    "smaller network behind an identity": (
        "nat (inside) 0 10.0.0.0 255.0.0.0\nnat (inside) 1 10.1.0.0 255.255.255.128",
        [False, True],
    ),
    "larger network before an identity": ("nat (inside) 1 10.0.0.0 255.0.0.0\nnat (inside) 0 10.1.0.0 255.255.255.0", [True]),
    "static for the far side": ("static (outside,inside) 10.1.0.77 10.2.0.9 netmask 255.255.255.255", [False]),
    "dynamic for the far side": ("nat (outside) 5 10.2.0.0 255.255.0.0 outside", [False]),
    "mask with holes": ("nat (inside) 1 0.0.0.9 0.0.0.255", [False]),
    "control": ("nat-control", [False]),
}


@pytest.mark.parametrize("case", OLD)
def test_nat_up_to_8_2(case: str) -> None:
    """Up to 8.2 what the exemption permits is translated by nothing else; what is not certain may translate."""
    lines, wanted = OLD[case]
    assert [free for _, free in asa_translations(tree(lines), PAIR, WAY, twice=False)] == wanted


def test_rules_of_the_hosts_interface_count_though_the_prefix_is_larger() -> None:
    """Of a prefix of which only a part is connected, the rest follows the default route; its hosts are behind the inside."""
    routes = ROUTES.replace("10.1.0.0 255.255.255.0", "10.1.0.128 255.255.255.128")
    lines = ("object network LAN", " subnet 10.1.0.0 255.255.255.0", " nat (inside,outside) dynamic interface")
    running = with_lines(*lines).replace("10.1.0.1 255.255.255.0", "10.1.0.1 255.255.255.128")
    found = [finding for finding in precheck(box(running, routes=routes)) if finding.check == "nat"]
    assert [finding.status for finding in found] == [Status.FAILED]


def test_twice_nat_begins_with_8_3() -> None:
    """The last release of the old kind and the first of the new one are on either side of the line."""
    assert Release.parse("8.2(5)") < Release.parse("8.3(1)") <= Release.parse("8.4(1)")
