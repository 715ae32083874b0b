"""The boxes that can be played: hardware, banner texts, the order of the running configuration, what is configured at start.

Sources: `show version` of the Cisco 2611 at 12.2(8)T and the running configurations of a 2611 and a 3640 at that release. The
start is those two configurations without their LAN-to-LAN tunnel and with a way to log in, which they lacked.
"""

from __future__ import annotations

from datetime import datetime

from ..asa.tables import profiles as profiles_asa
from ..ios.tables import profiles_ssh, profiles_xe
from .configuration.store import Layout
from .errors import LabError
from .profile import Profile

_HEAD: Layout = (
    "!", "version", "timestamps", "password-encryption", "!", "hostname", "!", "kept head", "logging buffered", "logging console",
    "enable secret", "!",
)  # fmt: skip
_AAA: Layout = ("aaa new-model", "!", "!", "aaa authentication", "aaa authorization", "aaa session-id", "!")
_CRYPTO: Layout = (
    "isakmp policy/", "isakmp enable", "isakmp identity", "isakmp key", "isakmp keepalive", "!", "isakmp group!", "!",
    "ipsec lifetime", "transform-set", "!", "dynamic-map!", "!",
    ("map local-address", "map xauth", "map authorization", "map mode-config", "map entry"), "!", "!",
)  # fmt: skip
_IP: Layout = (
    "ip local pool", "ip nat pool", "ip nat inside", "ip classless", "ip route", "ip http server", "ip pim", "!", "!",
    "named-acl", "access-list", "!", "route-map!", "snmp-server",
)  # fmt: skip
_TAIL: Layout = ("!", "mgcp profile!", "dial-peer cor", "!", "!", "ntp server", "kept tail", "banner.", "line", "!", "!")

LAYOUT_2611: Layout = (
    *_HEAD, *_AAA, "username", "ip subnet-zero", "ip cef", "!", "!", "ip domain-lookup", "ip domain-name", "kept ip", "!",
    "ip audit notify", "ip audit po", "!", *_CRYPTO, "fax interface-type", "mta receive", "!", "!", "interface!", "!",
    *_IP, "call rsvp-sync", "!", *_TAIL,
)  # fmt: skip
LAYOUT_3640: Layout = (
    *_HEAD, "aaa new-model", "aaa authentication", "aaa authorization", "aaa session-id", "username", "ip subnet-zero",
    "ip cef", "!", "!", "ip domain-lookup", "ip domain-name", "kept ip", "ip audit notify", "ip audit po", "!", *_CRYPTO,
    "call rsvp-sync", "fax interface-type", "mta receive", "!", "!", "!", "interface!", *_IP, *_TAIL,
)  # fmt: skip

_CONFIG_2611 = """\
version 12.2
service timestamps debug uptime
service timestamps log uptime
no service password-encryption
hostname {name}
enable secret 0 {enable}
aaa new-model
aaa authentication login default local
aaa authentication login userauthen local
aaa authorization network groupauthor local
aaa session-id common
username cisco password 0 {client}
username nr secret 0 {password}
ip subnet-zero
ip audit notify log
ip audit po max-events 100
crypto isakmp policy 3
 encr 3des
 authentication pre-share
 group 2
crypto isakmp client configuration group 3000client
 key {client}
 dns 10.10.10.10
 wins 10.10.10.20
 domain cisco.com
 pool ippool
crypto ipsec transform-set myset esp-3des esp-md5-hmac
crypto dynamic-map dynmap 10
 set transform-set myset
crypto map clientmap client authentication list userauthen
crypto map clientmap isakmp authorization list groupauthor
crypto map clientmap client configuration address respond
crypto map clientmap 10 ipsec-isakmp dynamic dynmap
fax interface-type fax-mail
mta receive maximum-recipients 0
interface Ethernet0/0
 ip address 172.18.124.159 255.255.255.0
 half-duplex
 crypto map clientmap
interface Serial0/0
 no ip address
 shutdown
interface Ethernet0/1
 ip address 10.10.10.1 255.255.255.0
 no keepalive
 half-duplex
ip local pool ippool 14.1.1.100 14.1.1.200
ip classless
ip route 0.0.0.0 0.0.0.0 172.18.124.1
ip http server
ip pim bidir-enable
snmp-server community foobar RO
call rsvp-sync
mgcp profile default
dial-peer cor custom
line con 0
 exec-timeout 0 0
line aux 0
line vty 0 4
"""

_CONFIG_3640 = """\
version 12.2
service timestamps debug uptime
service timestamps log uptime
no service password-encryption
hostname {name}
enable secret 0 {enable}
username nr privilege 15 secret 0 {password}
ip subnet-zero
ip cef
call rsvp-sync
interface Ethernet0/0
 ip address {wan} 255.255.255.0
 half-duplex
interface Ethernet0/1
 ip address {lan} 255.255.255.0
 half-duplex
ip classless
ip route 0.0.0.0 0.0.0.0 172.18.124.1
ip http server
ip pim bidir-enable
snmp-server community foobar RO
dial-peer cor custom
line con 0
 exec-timeout 0 0
line aux 0
line vty 0 4
 login local
"""

_VERSION_2611 = """\
Cisco Internetwork Operating System Software 
IOS (tm) C2600 Software (C2600-JK9O3S-M), Version 12.2(8)T,  RELEASE SOFTWARE (fc2)
TAC Support: http://www.cisco.com/tac
Copyright (c) 1986-2002 by cisco Systems, Inc.
Compiled Thu 14-Feb-02 16:50 by ccai
Image text-base: 0x80008070, data-base: 0x81816184

ROM: System Bootstrap, Version 11.3(2)XA4, RELEASE SOFTWARE (fc1)

{name} uptime is {uptime}
System returned to ROM by reload
System image file is "flash:c2600-jk9o3s-mz.122-8.T"

cisco 2611 (MPC860) processor (revision 0x203) with 61440K/4096K bytes of memory.
Processor board ID JAD04370EEG (2285146560)
M860 processor: part number 0, mask 49
Bridging software.
X.25 software, Version 3.0.0.
SuperLAT software (copyright 1990 by Meridian Technology Corp).
TN3270 Emulation software.
2 Ethernet/IEEE 802.3 interface(s)
1 Serial network interface(s)
32K bytes of non-volatile configuration memory.
16384K bytes of processor board System flash (Read/Write)

Configuration register is 0x2102
"""  # noqa: W291 - the router prints a blank at the end of the first line

_VERSION_3640 = """\
Cisco Internetwork Operating System Software 
IOS (tm) 3600 Software (C3640-JK9O3S-M), Version 12.2(8)T,  RELEASE SOFTWARE (fc2)
TAC Support: http://www.cisco.com/tac
Copyright (c) 1986-2002 by cisco Systems, Inc.
Compiled Thu 14-Feb-02 18:03 by ccai
Image text-base: 0x60008930, data-base: 0x6166A000

ROM: System Bootstrap, Version 11.1(20)AA2, EARLY DEPLOYMENT RELEASE SOFTWARE (fc1)

{name} uptime is {uptime}
System returned to ROM by reload
System image file is "flash:c3640-jk9o3s-mz.122-8.T"

cisco 3640 (R4700) processor (revision 0x00) with 124928K/6144K bytes of memory.
Processor board ID 19297563
R4700 CPU at 100Mhz, Implementation 33, Rev 1.0
Bridging software.
X.25 software, Version 3.0.0.
SuperLAT software (copyright 1990 by Meridian Technology Corp).
TN3270 Emulation software.
2 Ethernet/IEEE 802.3 interface(s)
DRAM configuration is 64 bits wide with parity disabled.
125K bytes of non-volatile configuration memory.
32768K bytes of processor board System flash (Read/Write)

Configuration register is 0x2102
"""  # noqa: W291 - the router prints a blank at the end of the first line


PROFILES: dict[str, Profile] = {
    "vpn2611": Profile(
        model="2611",
        release="12.2(8)T",
        layout=LAYOUT_2611,
        config=_CONFIG_2611,
        version=_VERSION_2611,
        nvram=32 * 1024,
        physical=("Ethernet0/0", "Serial0/0", "Ethernet0/1"),
        clock=datetime(1993, 3, 1, 1, 15, 0),
        clock_set=False,
        port=12611,
        first_ike=6,
        first_ipsec=2002,
        has_client=True,
    ),
    "vpn3640": Profile(
        model="3640",
        release="12.2(8)T",
        layout=LAYOUT_3640,
        config=_CONFIG_3640,
        version=_VERSION_3640,
        nvram=125 * 1024,
        physical=("Ethernet0/0", "Ethernet0/1"),
        clock=datetime(2002, 3, 6, 13, 47, 37),
        clock_set=False,
        port=13640,
        first_ike=1,
        first_ipsec=940,
        addresses={"wan": "172.18.124.199", "lan": "10.10.20.1"},
    ),
    **profiles_ssh.PROFILES,
    **profiles_xe.PROFILES,
    **profiles_asa.PROFILES,
}


#: What clones of a profile are numbered with: neither the gateway, nor the address of a profile.
FREE = [
    number
    for number in range(2, 255)
    if number != 159 and f"172.18.124.{number}" not in [profile.addresses.get("wan") for profile in PROFILES.values()]
]


def initial_config(name: str, model: str, index: int, secrets: dict[str, str], *, first: bool) -> str:
    """The configuration that a box starts with.

    A 3640 at 12.2 has its documented addresses under its documented name only; of the others the first box of a profile has
    the addresses of the profile. Clones get addresses of their own.
    """
    profile = PROFILES[model]
    addresses = profile.addresses
    if addresses and (name != model if model == "vpn3640" else not first):
        if index >= len(FREE):
            raise LabError(f"The lab's segment has no address left for {name}: it has room for {len(FREE)} devices.")
        addresses = {"wan": f"172.18.124.{FREE[index]}", "lan": f"10.20.{index}.1"}
    return profile.config.format(name=name, **addresses, **secrets)
