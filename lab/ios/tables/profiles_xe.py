"""The IOS-XE boxes: a Catalyst 8000V at 17.9.4a, 17.11.1a, 17.12.4 and 26.1.1, clean and without a tunnel.

Sources: `show version` of a C8000V at 17.9.4a and 17.9.2a, running configurations of C8000V routers at 17.13, `show ip ssh` of
17.x routers with and without group14-sha1, all in public repositories and documents. No output of 17.11.1a, 17.12.4 or
26.1.1 was found: their compilation lines are from memory, the rest of `show version` is that of 17.9, with the train word `IOSXE`
of the youngest (genieparser, since about 17.15). The configurations have neither the self-signed certificate nor the licence
certificate that a real one shows.
"""

from __future__ import annotations

from datetime import datetime

from msgspec.structs import replace

from ...core.configuration.store import Layout
from ...core.profile import Profile, Ssh
from .profiles_ssh import CRYPTO, LAW

LAYOUT_17: Layout = (
    "!", "version", "timestamps", "password-encryption", "platform qfp", "platform punt", "platform console", "!", "hostname",
    "!", "boot-start", "boot-end", "!", "!", "kept head", "logging buffered", "logging console", "aaa new-model", "!", "!",
    "aaa authentication", "aaa authorization", "aaa session-id", "!", "!", "!", "ip cef", "ip domain-lookup",
    "ip domain-name", "kept ip", "!", "!", "!", "login on-success", "!", "!", "subscriber", "!", "multilink", "!", "!",
    "license udi",
    "archive", "memory free", "diagnostic", "!", "!", "enable secret", "!", "username", "!", "redundancy",
    "compliance shield", "system mode", "!", "!", "track!", "!", "pki trustpoint!", "ikev2 authorization!", *CRYPTO,
    "ikev2 http-url.", "vpn package.", "vpn profile.", "interface!", "ip local pool",
    "ip forward-protocol", "!", "ip http server", "ip http secure-server", "ip nat pool", "ip nat inside", "ip route",
    "ip ssh time-out", "ip ssh retries", "ip ssh version", "!", "named-acl", "!", "sla", "sla schedule", "sla reaction",
    "prefix-list", "access-list", "!", "route-map!", "snmp-server", "!", "!",
    "control-plane", "!", "!", "kept tail", "banner.", "line", "!", "ntp server", "kron occurrence!", "kron policy!", "!", "!",
)  # fmt: skip

_CONFIG = """\
version {release}
service timestamps debug datetime msec
service timestamps log datetime msec
platform qfp utilization monitor load 80
platform punt-keepalive disable-kernel-core
platform console serial
hostname {{name}}
boot-start-marker
boot-end-marker
no aaa new-model
ip domain name example.com
login on-success log
subscriber templating
multilink bundle-name authenticated
license udi pid C8000V sn {serial}
memory free low-watermark processor 63709
diagnostic bootup level minimal
enable secret 0 {{enable}}
username nr privilege 15 secret 0 {{password}}
redundancy
interface GigabitEthernet1
 ip address {{wan}} 255.255.255.0
 negotiation auto
interface GigabitEthernet2
 ip address {{lan}} 255.255.255.0
 negotiation auto
interface GigabitEthernet3
 no ip address
 shutdown
 negotiation auto
ip forward-protocol nd
no ip http server
no ip http secure-server
ip route 0.0.0.0 0.0.0.0 172.18.124.1
ip ssh version 2
control-plane
line con 0
 stopbits 1
line aux 0
line vty 0 4
 login local
 transport input ssh
"""

_VERSION = """\
Cisco IOS XE Software, Version {padded}
Cisco IOS Software [{train}], Virtual XE Software (X86_64_LINUX_IOSD-UNIVERSALK9-M), Version {release}, RELEASE SOFTWARE ({fc})
Technical Support: http://www.cisco.com/techsupport
Copyright (c) 1986-2023 by Cisco Systems, Inc.
Compiled {compiled} by mcpre


Cisco IOS-XE software, Copyright (c) 2005-2023 by cisco Systems, Inc.
All rights reserved.  Certain components of Cisco IOS-XE software are
licensed under the GNU General Public License ("GPL") Version 2.0.  The
software code licensed under GPL Version 2.0 is free software that comes
with ABSOLUTELY NO WARRANTY.  You can redistribute and/or modify such
GPL code under the terms of GPL Version 2.0.
(http://www.gnu.org/licenses/gpl-2.0.html) For more details, see the
documentation or "License Notice" file accompanying the IOS-XE software,
or the applicable URL provided on the flyer accompanying the IOS-XE
software.


ROM: IOS-XE ROMMON

{{name}} uptime is {{uptime}}
Uptime for this control processor is {{uptime}}
System returned to ROM by reload
System image file is "bootflash:packages.conf"
Last reload reason: reload



{law}
License Level: network-advantage
License Type: Perpetual
Next reload license Level: network-advantage

Addon License Level: dna-advantage
Addon License Type: Subscription
Next reload addon license Level: dna-advantage

The current throughput level is 10000 kbps 


Smart Licensing Status: Smart Licensing Using Policy

cisco C8000V (VXE) processor (revision VXE) with 2028465K/3075K bytes of memory.
Processor board ID {serial}
Router operating mode: Autonomous
3 Gigabit Ethernet interfaces
32768K bytes of non-volatile configuration memory.
3965112K bytes of physical memory.
6356991K bytes of virtual hard disk at bootflash:.

Configuration register is 0x2102

"""  # noqa: W291 - the router prints a blank at the end of a line

_GCM_AND_CTR = (
    "chacha20-poly1305@openssh.com", "aes128-gcm@openssh.com", "aes256-gcm@openssh.com", "aes128-ctr", "aes192-ctr",
    "aes256-ctr",
)  # fmt: skip
_ETM = ("hmac-sha2-256-etm@openssh.com", "hmac-sha2-512-etm@openssh.com")
_ECDH = ("ecdh-sha2-nistp256", "ecdh-sha2-nistp384", "ecdh-sha2-nistp521")


def _version(padded: str, release: str, train: str, fc: str, compiled: str, serial: str) -> str:
    return _VERSION.format(padded=padded, release=release, train=train, fc=fc, compiled=compiled, serial=serial, law=LAW)


_C8000V_17 = Profile(
    model="C8000V",
    release="17.9.4a",
    layout=LAYOUT_17,
    config=_CONFIG.format(release="17.9", serial="9ABCDEFGHIJ"),
    version=_version("17.09.04a", "17.9.4a", "Cupertino", "fc3", "Fri 20-Oct-23 10:44", "9ABCDEFGHIJ"),
    nvram=32768 * 1024,
    physical=("GigabitEthernet1", "GigabitEthernet2", "GigabitEthernet3"),
    clock=datetime(2024, 2, 6, 8, 15, 42),
    clock_set=True,
    port=10817,
    first_ike=1001,
    first_ipsec=2001,
    addresses={"wan": "172.18.124.17", "lan": "10.10.17.1"},
    image="packages.conf",
    flash=6356991 * 1024,
    disks=("flash", "bootflash"),
    first_archive=0,
    ssh=Ssh(
        kex=("curve25519-sha256@libssh.org", *_ECDH, "diffie-hellman-group14-sha1"),
        ciphers=_GCM_AND_CTR,
        macs=(*_ETM, "hmac-sha2-256", "hmac-sha2-512", "hmac-sha1"),
        key_bits=2048,
        host_key="rsa-sha2-512,rsa-sha2-256,ssh-rsa",
    ),
)

_C8000V_1711 = replace(
    _C8000V_17,
    release="17.11.1a",
    config=_CONFIG.format(release="17.11", serial="9BCDEFGHIJK"),
    version=_version("17.11.01a", "17.11.1a", "Dublin", "fc1", "Wed 31-May-23 08:22", "9BCDEFGHIJK"),
    clock=datetime(2024, 5, 14, 17, 3, 9),
    port=10171,
    addresses={"wan": "172.18.124.171", "lan": "10.10.171.1"},
    ssh=Ssh(
        kex=(
            "curve25519-sha256",
            "curve25519-sha256@libssh.org",
            *_ECDH,
            "diffie-hellman-group14-sha256",
            "diffie-hellman-group16-sha512",
        ),
        ciphers=_GCM_AND_CTR,
        macs=_ETM,
        key_bits=2048,
        host_key="rsa-sha2-512,rsa-sha2-256",
    ),
)

PROFILES: dict[str, Profile] = {
    "c8000v-17": _C8000V_17,
    "c8000v-1711": _C8000V_1711,
    "c8000v-1712": replace(
        _C8000V_1711,
        release="17.12.4",
        config=_CONFIG.format(release="17.12", serial="9CDEFGHIJKL"),
        version=_version("17.12.04", "17.12.4", "Dublin", "fc3", "Tue 23-Jul-24 09:51", "9CDEFGHIJKL"),
        clock=datetime(2025, 2, 18, 11, 40, 5),
        port=10172,
        addresses={"wan": "172.18.124.172", "lan": "10.10.172.1"},
    ),
    "c8000v-26": replace(
        _C8000V_1711,
        release="26.1.1",
        config=_CONFIG.format(release="26.1", serial="9DEFGHIJKLM"),
        version=_version("26.01.01", "26.1.1", "IOSXE", "fc2", "Wed 15-Apr-26 07:12", "9DEFGHIJKLM"),
        clock=datetime(2026, 9, 21, 10, 5, 33),
        port=10261,
        addresses={"wan": "172.18.124.26", "lan": "10.10.26.1"},
    ),
}
