"""Boxes as they are found elsewhere: what is planned on each, and what is told about it, on small configurations of our own."""

from __future__ import annotations

from ipaddress import IPv4Address, IPv4Network

import pytest

from nr_run.changes.plans.change import Change
from nr_run.changes.plans.plan import plan
from nr_run.checks.finding import Status
from nr_run.checks.readiness.device_facts import EndFacts
from nr_run.checks.readiness.precheck import precheck
from nr_run.inventory.errors import ChangeError
from nr_run.inventory.intents.intent import CiscoTermination, End, TunnelTermination
from nr_run.inventory.models.platforms import platform_for
from nr_run.services.l2l.features import Names

from ..changes.firewall import wanted
from ..changes.rendering import desired
from .test_asa_precheck import VERSION as ASA_VERSION


def end(host: str, interface: str, outside: str, lan: str, far: str = "10.222.0.0/16", peer: str = "203.0.113.77") -> End:
    """A tunnel from a network of the device to a branch; the first host of each network answers pings."""

    def side(name: str, port: str, address: str, net: IPv4Network) -> TunnelTermination:
        return TunnelTermination(
            host=name,
            interface=port,
            outside_ip=IPv4Address(address),
            protected_prefixes=(net,),
            probe_address=net[1],
            cisco=CiscoTermination(),
        )

    near = side(host, interface, outside, IPv4Network(lan))
    return End(near, side("branch", "Ethernet0/0", peer, IPv4Network(far)))


def on_router(text: str, where: End) -> tuple[Change, Names]:
    """The change that is planned on a router."""
    rendered, names = desired(where, text)
    return plan(where.local.host, "ios", rendered, text, names.replacing), names


def on_firewall(model: str, text: str, where: End) -> tuple[Change, Names]:
    """The change that is planned on an ASA."""
    rendered, names = wanted(model, where, text)
    return plan(where.local.host, "asa", rendered, text, names.replacing), names


def checks(model: str, release: str, text: str, where: End, change: Change, routes: str) -> set[tuple[str, Status]]:
    """Checks that are not ok; that of the saved configuration and of the release are left out, which are made up here."""
    names = ("show running-config", "more system:running-config", "show startup-config")
    outputs = {**dict.fromkeys(names, text), **dict.fromkeys(("show ip route", "show route"), routes)}
    shown = VERSION if model != "ASA" else ASA_VERSION.format(release=release)
    outputs |= {"show version": shown, "show mode": "Security context mode: single \n", "show failover": "Failover Off\n"}
    subject = EndFacts(where, platform_for(model, release), outputs, change, "")
    made_up = ("identity", "release", "saved")
    return {(f.check, f.status) for f in precheck(subject) if f.status is not Status.OK and f.check not in made_up}


VERSION = """\
Cisco IOS Software, C880 Software (C880DATA-UNIVERSALK9-M), Version 15.4(3)M3, RELEASE SOFTWARE (fc2)
Technical Support: http://www.cisco.com/techsupport
ROM: System Bootstrap, Version 12.4(22r)YB5, RELEASE SOFTWARE (fc1)
r1 uptime is 1 day, 1 minute
System image file is "flash:c880data-universalk9-mz.154-3.M3.bin"
Cisco 881 (MPC8300) processor (revision 1.0) with 236544K/25600K bytes of memory.
Processor board ID FTX00000000
Configuration register is 0x2102
"""
IOS_ROUTES = """\
Codes: L - local, C - connected, S - static, R - RIP, M - mobile, B - BGP

Gateway of last resort is 198.51.100.1 to network 0.0.0.0

S*    0.0.0.0/0 [1/0] via 198.51.100.1
      10.0.0.0/8 is variably subnetted, 2 subnets, 2 masks
C        10.10.10.0/24 is directly connected, FastEthernet1
L        10.10.10.1/32 is directly connected, FastEthernet1
      198.51.100.0/24 is variably subnetted, 2 subnets, 2 masks
C        198.51.100.0/24 is directly connected, FastEthernet4
L        198.51.100.2/32 is directly connected, FastEthernet4
"""
ROUTER = """\
version 15.4
hostname r1
{more}
interface FastEthernet4
 ip address 198.51.100.2 255.255.255.0
{outside}
interface FastEthernet1
 ip address 10.10.10.1 255.255.255.0
{inside}
ip route 0.0.0.0 0.0.0.0 198.51.100.1
{last}
end
"""
HERE = end("r1", "FastEthernet4", "198.51.100.2", "10.10.10.0/24")


def router(more: str = "", outside: str = "", inside: str = "", last: str = "") -> str:
    """A router with lines more in front of its interfaces, on them, and behind."""
    text = ROUTER.format(more=more, outside=outside, inside=inside, last=last)
    return "".join(f"{line}\n" for line in text.splitlines() if line)


DMVPN = """\
crypto pki certificate chain CA
 certificate ca 01
  30820321 A0030201
  crypto map
  \tquit
crypto keyring SPOKES
  pre-shared-key address 0.0.0.0 0.0.0.0 key <key:0000beef>
crypto isakmp policy 10
 encr aes 256
 authentication pre-share
 group 14
crypto isakmp profile SPOKES
   keyring SPOKES
   match identity address 0.0.0.0
crypto ipsec client ezvpn EZ
 connect auto
 peer 198.51.100.99
interface Tunnel0
 ip address 10.255.0.1 255.255.255.0
 tunnel source FastEthernet4
 tunnel mode gre multipoint
 tunnel protection ipsec profile SPOKES shared"""
ROUTERS: dict[str, tuple[str, set[tuple[str, Status]]]] = {
    "bare": (router(), set()),
    "IKE is off": (router("no crypto isakmp enable"), {("isakmp-enable", Status.FAILED)}),
    "DMVPN hub and Easy VPN client": (
        router(DMVPN, " crypto ipsec client ezvpn EZ", " crypto ipsec client ezvpn EZ inside"),
        {("ike-profile", Status.UNVERIFIED), ("keyring", Status.WARNING), ("easy-vpn", Status.UNVERIFIED)},
    ),
    "VRF-aware": (router("ip vrf out\n rd 1:1", " ip vrf forwarding out", " ip vrf forwarding in"), {("vrf", Status.FAILED)}),
}


@pytest.mark.parametrize("case", ROUTERS)
def test_routers(case: str) -> None:
    """The tunnel can be planned, and what stands against it is told."""
    text, wanted_checks = ROUTERS[case]
    change, _ = on_router(text, HERE)
    assert change.created
    assert checks("881", "15.4(3)M3", text, HERE, change, IOS_ROUTES) == wanted_checks


def test_a_standby_pair() -> None:
    """A map that is bound with redundancy is refused for that reason."""
    text = router("crypto map HA 10 ipsec-isakmp\n set peer 192.0.2.1", " crypto map HA redundancy OUT stateful")
    with pytest.raises(ChangeError, match=r"'crypto map HA redundancy OUT stateful' below 'interface FastEthernet4'"):
        on_router(text, HERE)


CLIENTS = """\
crypto isakmp policy 3
 encr 3des
 authentication pre-share
 group 2
crypto isakmp key <key:00000001> address 192.0.2.199 no-xauth
crypto map clients client authentication list users
crypto map clients 1 ipsec-isakmp
 set peer 192.0.2.199
 match address 100
crypto map clients 10 ipsec-isakmp dynamic dyn"""


def test_a_server_of_vpn_clients() -> None:
    """The tunnel stands between the branch and the clients, with a key that asks for no user."""
    text = router(CLIENTS, " crypto map clients", last="access-list 100 permit ip 10.10.10.0 0.0.0.255 10.10.20.0 0.0.0.255")
    change, names = on_router(text, HERE)
    assert (names.crypto_map, names.map_sequence, names.no_xauth) == ("clients", 2, True)
    assert "isakmp-policy 3" in {item.title for item in change.reused}


def test_an_applet_that_knows_our_names() -> None:
    """An applet that takes away what has the tunnel's name is a reason not to build it: the line is in the sentence."""
    action = 'action 3.0 cli command "no ip access-list extended NR-hq-branch"'
    text = router(last=f'event manager applet BOUNCE\n event syslog pattern "X"\n {action}')
    with pytest.raises(ChangeError, match="the name NR-hq-branch is in 'action"):
        on_router(text, HERE)


ASA_ROUTES = """\
Codes: C - connected, S - static, I - IGRP, R - RIP, M - mobile, B - BGP

Gateway of last resort is 198.51.100.1 to network 0.0.0.0

C    198.51.100.0 255.255.255.0 is directly connected, outside
C    10.10.10.0 255.255.255.0 is directly connected, inside
S*   0.0.0.0 0.0.0.0 [1/0] via 198.51.100.1, outside
"""
FIREWALL = """\
: Saved
:
ASA Version {release}
!
hostname fw
{names}
interface GigabitEthernet0/0
 nameif outside
 security-level 0
 ip address 198.51.100.2 255.255.255.0 standby 198.51.100.3
interface GigabitEthernet0/1
 nameif inside
 security-level 100
 ip address 10.10.10.1 255.255.255.0
{more}
management-access inside
Cryptochecksum:00000000000000000000000000000000
: end
"""
THERE = end("fw", "outside", "198.51.100.2", "10.10.10.0/24")


def firewall(release: str, more: str, names: str = "names") -> str:
    """An ASA with lines more."""
    return FIREWALL.format(release=release, more=more, names=names)


TWO_PEERS = """\
access-list one extended permit ip 10.10.10.0 255.255.255.0 10.61.0.0 255.255.0.0
access-list two extended permit tcp host 10.10.10.7 10.62.0.0 255.255.0.0 eq www inactive
access-list two extended permit ip host 10.10.10.8 10.62.0.0 255.255.0.0 time-range T
access-list two remark last
crypto map outside_map 1 match address one
crypto map outside_map 1 set peer 192.0.2.1 192.0.2.2
crypto map outside_map 1 set security-association lifetime kilobytes unlimited
crypto map outside_map 1 set reverse-route
crypto map outside_map 2 match address two
crypto map outside_map 2 set peer 192.0.2.9
crypto map outside_map 2 set ikev2 ipsec-proposal AES
crypto map outside_map interface outside
crypto ikev1 enable outside
crypto ikev1 policy 10
 authentication crack
 encryption aes-256
 hash sha
 group 2
 lifetime 86400
crypto ikev1 policy 65534
 authentication pre-share
 encryption aes
 hash sha
 group 5
 lifetime none"""


def test_two_peers_and_ikev2_beside() -> None:
    """Lists with lines that are off or timed are read; behind policy 65534 there is one number left."""
    change, names = on_firewall("asa91", firewall("8.4(7)", TWO_PEERS), THERE)
    assert (names.crypto_map, names.map_sequence, names.policy_number) == ("outside_map", 12, 65535)
    text = firewall("8.4(7)", TWO_PEERS)
    assert checks("ASA", "8.4(7)", text, THERE, change, ASA_ROUTES) == set()


REMOTE_ACCESS = """\
banner motd * Authorised access only * crypto map outside_map 7 set peer 203.0.113.77
object network LAN
 range 10.10.10.1 10.10.10.200
object-group network PARTNERS
 network-object 10.70.0.0 255.255.0.0
access-list L2L extended permit ip object LAN object-group PARTNERS
access-list RAFILTER extended permit icmp any any
access-list RAFILTER extended deny ip any any
crypto map outside_map 9 match address L2L
crypto map outside_map 9 set peer 192.0.2.9
crypto map outside_map 65535 ipsec-isakmp dynamic SYSTEM_DEFAULT_CRYPTO_MAP
crypto map outside_map interface outside
crypto ikev1 policy 65535
 authentication rsa-sig
 encryption 3des
 hash sha
 group 2
 lifetime 86400
group-policy DfltGrpPolicy attributes
 vpn-simultaneous-logins 0
 vpn-filter value RAFILTER
 vpn-tunnel-protocol ssl-client"""


def test_remote_access_with_a_default_policy_that_closes() -> None:
    """The tunnel says itself what DfltGrpPolicy would close; ranges are read, the banner is not, and policy 65535 is no end."""
    text = firewall("9.1(7)", REMOTE_ACCESS)
    change, names = on_firewall("asa91", text, THERE)
    assert (names.map_sequence, names.policy_number) == (19, 10)
    (policy,) = [item for item in change.created if item.family.name == "group-policy"]
    assert {"attributes: vpn-simultaneous-logins 3", "attributes: vpn-filter none"} <= {*policy.children}
    assert "of its own for all that could stop it" in policy.family.sentence
    assert checks("ASA", "9.1(7)", text, THERE, change, ASA_ROUTES) == set()


NAMES = "names\nname 10.222.76.0 FAR-network\nname 10.10.10.0 LAN-network\nname 192.168.1.0 OLD-network"
WITH_NAMES = """\
access-list other extended permit ip OLD-network 255.255.255.0 {far} 255.255.255.0
nat (inside) 0 access-list nonat
access-list nonat extended permit ip 10.10.10.0 255.255.255.0 10.222.0.0 255.255.0.0
crypto map outside_map 1 match address other
crypto map outside_map 1 set peer 203.0.113.5
crypto map outside_map interface outside
crypto isakmp enable outside"""


def test_names_are_followed() -> None:
    """A selector with names is read as its addresses: another network's is no obstacle, our own is an overlap in addresses."""
    text = firewall("8.2(1)", WITH_NAMES.format(far="FAR-network"), NAMES)
    change, names = on_firewall("asa82", text, THERE)
    assert names.map_sequence == 11
    told = checks("ASA", "8.2(1)", text, THERE, change, ASA_ROUTES)
    assert told == {("names", Status.FAILED)}
    overlapping = text.replace("permit ip OLD-network", "permit ip LAN-network")
    with pytest.raises(ChangeError, match=r"overlaps 10\.10\.10\.0/24 to 10\.222\.76\.0/24 of entry 1"):
        on_firewall("asa82", overlapping, THERE)


def test_a_line_that_cannot_be_read_on_an_asa() -> None:
    """A list with an object that is known by name only is refused with list and line."""
    more = WITH_NAMES.format(far="NO-SUCH-NAME")
    with pytest.raises(
        ChangeError, match=r"'extended permit ip OLD-network 255\.255\.255\.0 NO-SUCH-NAME 255\.255\.255\.0' of access"
    ):
        on_firewall("asa82", firewall("8.2(1)", more, NAMES), THERE)
