"""The boxes that are reached by SSH: a Cisco 3640 at 12.4(25d) and a Cisco 881 at 15.4(3)M3, clean and without a tunnel.

Sources: `show version` and running configurations of an 881 at 15.4(2)T and of 3600s at 12.4 in public repositories; the SSH
algorithms are those of the SSH version 2 server of the era.
"""

from __future__ import annotations

from datetime import datetime

from ...core.configuration.store import Layout
from ...core.profile import Profile, Ssh

CRYPTO: Layout = (
    "logging session", "logging ikev2",
    "no ikev2 proposal", "no ikev2 policy", "ikev2 proposal!", "ikev2 policy!", "ikev2 keyring!", "ikev2 profile!",
    "ikev2 dpd.", "isakmp policy/", "isakmp enable", "isakmp identity", "isakmp key", "isakmp spi-recovery", "isakmp keepalive",
    "isakmp aggressive", "!", "isakmp group!", "!", "ipsec lifetime", "transform-set", "!", "ipsec profile!", "dynamic-map!", "!",
    ("map local-address", "map xauth", "map authorization", "map mode-config", "map entry"), "!", "!", "!", "!",
)  # fmt: skip
_HEAD: Layout = (
    "!", "version", "pad", "timestamps", "password-encryption", "!", "hostname", "!", "boot-start", "boot-end", "!",
    "kept head", "logging buffered", "logging console", "enable secret", "!",
)  # fmt: skip
_TAIL: Layout = (
    "ip http server", "ip http secure-server", "!", "ip nat pool", "ip nat inside", "ip route", "!", "named-acl", "!",
    "sla", "sla schedule", "sla reaction", "prefix-list",
    "access-list", "!", "route-map!", "snmp-server", "!", "control-plane", "!", "!", "kept tail", "banner.", "line", "!",
    "ntp server",
    "kron occurrence!", "kron policy!",
)  # fmt: skip

LAYOUT_124: Layout = (
    *_HEAD, "aaa new-model", "aaa authentication", "aaa authorization", "aaa session-id", "!", "!", "ip cef",
    "ip domain-lookup", "ip domain-name", "kept ip", "ip ssh time-out", "ip ssh retries", "ip ssh version", "!", "!", "username",
    "archive", "!", "!", *CRYPTO, "interface!", "ip local pool", "ip classless", *_TAIL,
)  # fmt: skip
LAYOUT_154: Layout = (
    *_HEAD, "aaa new-model", "aaa authentication", "aaa authorization", "aaa session-id", "!", "!", "!",
    "ip domain-lookup", "ip domain-name", "kept ip", "ip cef", "ipv6 cef", "!", "!", "multilink", "license udi", "!", "!",
    "archive",
    "username", "!", "!", "track!", "ip ssh time-out", "ip ssh retries", "ip ssh version", "!", "!", *CRYPTO, "interface!",
    "ip local pool", "ip forward-protocol", *_TAIL,
)  # fmt: skip

_CONFIG_3640 = """\
version 12.4
service timestamps debug datetime msec
service timestamps log datetime msec
no service password-encryption
hostname {name}
boot-start-marker
boot-end-marker
enable secret 0 {enable}
no aaa new-model
ip cef
no ip domain lookup
ip domain name example.com
ip ssh version 2
username nr privilege 15 secret 0 {password}
interface Ethernet0/0
 ip address {wan} 255.255.255.0
 half-duplex
interface Ethernet0/1
 ip address {lan} 255.255.255.0
 half-duplex
ip classless
no ip http server
no ip http secure-server
ip route 0.0.0.0 0.0.0.0 172.18.124.1
control-plane
line con 0
line aux 0
line vty 0 4
 login local
 transport input ssh
"""

_CONFIG_881 = """\
version 15.4
no service pad
service timestamps debug datetime msec
service timestamps log datetime msec
no service password-encryption
hostname {name}
boot-start-marker
boot-end-marker
enable secret 0 {enable}
no aaa new-model
no ip domain lookup
ip domain name example.com
ip cef
no ipv6 cef
multilink bundle-name authenticated
license udi pid CISCO881-SEC-K9 sn FTX1512038X
username nr privilege 15 secret 0 {password}
ip ssh version 2
interface FastEthernet0
 no ip address
interface FastEthernet1
 no ip address
interface FastEthernet2
 no ip address
interface FastEthernet3
 no ip address
interface FastEthernet4
 ip address {wan} 255.255.255.0
 duplex auto
 speed auto
interface Vlan1
 ip address {lan} 255.255.255.0
ip forward-protocol nd
no ip http server
no ip http secure-server
ip route 0.0.0.0 0.0.0.0 172.18.124.1
control-plane
line con 0
 no modem enable
line aux 0
line vty 0 4
 login local
 transport input ssh
"""

LAW = """\
This product contains cryptographic features and is subject to United
States and local country laws governing import, export, transfer and
use. Delivery of Cisco cryptographic products does not imply
third-party authority to import, export, distribute or use encryption.
Importers, exporters, distributors and users are responsible for
compliance with U.S. and local country laws. By using this product you
agree to comply with applicable laws and regulations. If you are unable
to comply with U.S. and local laws, return this product immediately.

A summary of U.S. laws governing Cisco cryptographic products may be found at:
http://www.cisco.com/wwl/export/crypto/tool/stqrg.html

If you require further assistance please contact us by sending email to
export@cisco.com.
"""

_VERSION_3640 = f"""\
Cisco IOS Software, 3600 Software (C3640-JK9O3S-M), Version 12.4(25d), RELEASE SOFTWARE (fc1)
Technical Support: http://www.cisco.com/techsupport
Copyright (c) 1986-2010 by Cisco Systems, Inc.
Compiled Wed 18-Aug-10 07:55 by prod_rel_team

ROM: System Bootstrap, Version 11.1(20)AA2, EARLY DEPLOYMENT RELEASE SOFTWARE (fc1)

{{name}} uptime is {{uptime}}
System returned to ROM by reload
System image file is "flash:c3640-jk9o3s-mz.124-25d.bin"


{LAW}
Cisco 3640 (R4700) processor (revision 0x00) with 124928K/6144K bytes of memory.
Processor board ID 19297563
R4700 CPU at 100MHz, Implementation 33, Rev 1.0
2 Ethernet interfaces
DRAM configuration is 64 bits wide with parity disabled.
125K bytes of NVRAM.
32768K bytes of processor board System flash (Read/Write)

Configuration register is 0x2102

"""

_VERSION_881 = f"""\
Cisco IOS Software, C880 Software (C880DATA-UNIVERSALK9-M), Version 15.4(3)M3, RELEASE SOFTWARE (fc2)
Technical Support: http://www.cisco.com/techsupport
Copyright (c) 1986-2015 by Cisco Systems, Inc.
Compiled Fri 05-Jun-15 13:24 by prod_rel_team

ROM: System Bootstrap, Version 12.4(22r)YB5, RELEASE SOFTWARE (fc1)

{{name}} uptime is {{uptime}}
System returned to ROM by reload at 20:43:31 UTC Thu Jan 1 2015
System image file is "flash:c880data-universalk9-mz.154-3.M3.bin"
Last reload type: Normal Reload
Last reload reason: Reload Command



{LAW}
Cisco 881 (MPC8300) processor (revision 1.0) with 236544K/25600K bytes of memory.
Processor board ID FTX1512038X

5 FastEthernet interfaces
1 Virtual Private Network (VPN) Module
256K bytes of non-volatile configuration memory.
126000K bytes of ATA CompactFlash (Read/Write)


License Info:

License UDI:

-------------------------------------------------
Device#   PID                   SN
-------------------------------------------------
*0        CISCO881-SEC-K9       FTX1512038X



License Information for 'c880-data'
    License Level: advipservices   Type: Permanent
    Next reboot license Level: advipservices


Configuration register is 0x2102

"""

PROFILES: dict[str, Profile] = {
    "vpn3640-124": Profile(
        model="3640",
        release="12.4(25d)",
        layout=LAYOUT_124,
        config=_CONFIG_3640,
        version=_VERSION_3640,
        nvram=125 * 1024,
        physical=("Ethernet0/0", "Ethernet0/1"),
        clock=datetime(2010, 11, 12, 9, 20, 11),
        clock_set=True,
        port=13641,
        first_ike=1001,
        first_ipsec=2001,
        addresses={"wan": "172.18.124.124", "lan": "10.10.24.1"},
        image="c3640-jk9o3s-mz.124-25d.bin",
        flash=32 * 1024 * 1024,
        erases_flash=True,
        first_archive=1,
        ssh=Ssh(
            kex=("diffie-hellman-group1-sha1",),
            ciphers=("aes128-cbc", "3des-cbc"),
            macs=("hmac-sha1", "hmac-md5"),
            key_bits=1024,
        ),
    ),
    "c881": Profile(
        model="881",
        release="15.4(3)M3",
        layout=LAYOUT_154,
        config=_CONFIG_881,
        version=_VERSION_881,
        nvram=256 * 1024,
        physical=("FastEthernet0", "FastEthernet1", "FastEthernet2", "FastEthernet3", "FastEthernet4", "Vlan1"),
        clock=datetime(2015, 11, 10, 2, 29, 7),
        clock_set=True,
        port=10881,
        first_ike=2001,
        first_ipsec=1,
        addresses={"wan": "172.18.124.181", "lan": "10.10.81.1"},
        switched=("FastEthernet0", "FastEthernet1", "FastEthernet2", "FastEthernet3"),
        image="c880data-universalk9-mz.154-3.M3.bin",
        flash=126000 * 1024,
        first_archive=0,
        ssh=Ssh(
            kex=("diffie-hellman-group14-sha1", "diffie-hellman-group1-sha1"),
            ciphers=("aes128-cbc", "3des-cbc"),
            macs=("hmac-sha1", "hmac-md5"),
            key_bits=2048,
        ),
    ),
}
