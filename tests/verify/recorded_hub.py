"""What an IOS-XE hub with any number of IKEv2 tunnels to partners shows: all of them as intended, and up.

Beside each tunnel there is a route of the hub to its far network, so that the routing table grows with the tunnels as well.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path

HOSTS = "hub:\n  hostname: 127.0.0.1\n  port: 22\n  groups: [xe]\n"
GROUPS = """\
xe:
  platform: cisco_xe
  data:
    model: C8000V
    release: 17.9.4a
    username_ref: credential:device-username
    password_ref: credential:device-password
    enable_ref: credential:enable-secret
"""
CRYPTOGRAPHY = """\
schema_version: 1
ike_proposals: [{name: ike, encryption_algorithm: aes-256-cbc, authentication_algorithm: hmac-sha256, group: 14}]
ike_policies: [{name: ike, version: 2, proposals: [ike]}]
ipsec_proposals: [{name: esp, encryption_algorithm: aes-256-cbc, authentication_algorithm: hmac-sha256}]
ipsec_policies: [{name: esp, proposals: [esp], pfs_group: 14}]
ipsec_profiles: [{name: both, ike_policy: ike, ipsec_policy: esp}]
tunnels:
"""
TUNNEL = """\
  - name: {one.name}
    ipsec_profile: both
    preshared_key_ref: credential:{one.name}
    cisco: {{style: crypto-map}}
    terminations:
      - host: hub
        interface: GigabitEthernet1
        outside_ip: 198.51.100.1
        protected_prefixes: [10.0.0.0/24]
        probe_address: 10.0.0.1
      - partner: {one.name}
        outside_ip: {one.outside}
        protected_prefixes: [{one.inside}.0/24]
        probe_address: {one.inside}.1
"""
HEAD = """\
version 17.9
hostname hub
crypto ikev2 proposal NR-aes-256-cbc-sha256-14
 encryption aes-cbc-256
 integrity sha256
 group 14
crypto ikev2 policy NR-198.51.100.1
 match address local 198.51.100.1
 proposal NR-aes-256-cbc-sha256-14
"""
KEYRING = """\
crypto ikev2 keyring NR-{one.name}
 peer NR-{one.name}
  address {one.outside}
  pre-shared-key {key}
"""
PROFILE = """\
crypto ikev2 profile NR-{one.name}
 match identity remote address {one.outside} 255.255.255.255
 identity local address 198.51.100.1
 authentication remote pre-share
 authentication local pre-share
 keyring local NR-{one.name}
"""
SET = "crypto ipsec transform-set NR-{one.name} esp-aes 256 esp-sha256-hmac\n mode tunnel\n"
ENTRY = """\
crypto map NR-MAP {one.sequence} ipsec-isakmp
 set peer {one.outside}
 set transform-set NR-{one.name}
 set pfs group14
 set ikev2-profile NR-{one.name}
 match address NR-{one.name}
"""
INTERFACES = """\
interface GigabitEthernet1
 ip address 198.51.100.1 255.255.255.0
 crypto map NR-MAP
interface GigabitEthernet2
 ip address 10.0.0.1 255.255.255.0
ip route 0.0.0.0 0.0.0.0 198.51.100.2
"""
ROUTE = "ip route {one.inside}.0 255.255.255.0 198.51.100.2\n"
LIST = "ip access-list extended NR-{one.name}\n permit ip 10.0.0.0 0.0.0.255 {one.inside}.0 0.0.0.255\n"
SA = """\
      spi: 0x{spi:X}({spi})
        transform: esp-256-aes esp-sha256-hmac ,
        in use settings ={{Tunnel, }}
        conn id: {conn}, flow_id: CSR:{conn}, sibling_flags FFFFFFFF80004048, crypto map: NR-MAP
        sa timing: remaining key lifetime (k/sec): (4607999/3594)
        IV size: 16 bytes
        replay detection support: Y  replay window size: 1024
        Status: ACTIVE(ACTIVE)
"""
FLOW = """\
   protected vrf: (none)
   local  ident (addr/mask/prot/port): (10.0.0.0/255.255.255.0/0/0)
   remote ident (addr/mask/prot/port): ({one.inside}.0/255.255.255.0/0/0)
   current_peer {one.outside} port 500
     PERMIT, flags={{origin_is_acl,}}
    #pkts encaps: {n}, #pkts encrypt: {n}, #pkts digest: {n}
    #pkts decaps: {n}, #pkts decrypt: {n}, #pkts verify: {n}
    #pkts compressed: 0, #pkts decompressed: 0
    #pkts not compressed: 0, #pkts compr. failed: 0
    #pkts not decompressed: 0, #pkts decompress failed: 0
    #send errors 0, #recv errors 0

     local crypto endpt.: 198.51.100.1, remote crypto endpt.: {one.outside}
     plaintext mtu 1438, path mtu 1500, ip mtu 1500, ip mtu idb GigabitEthernet1
     current outbound spi: 0x{outbound:X}({outbound})
     PFS (Y/N): N, DH group: none

     inbound esp sas:
{in_sa}
     inbound ah sas:

     inbound pcp sas:

     outbound esp sas:
{out_sa}
     outbound ah sas:

     outbound pcp sas:

"""
IKE_SA = """\
Tunnel-id Local                 Remote                fvrf/ivrf            Status
{number:<10}198.51.100.1/500      {remote:<22}none/none            READY
      Encr: AES-CBC, keysize: 256, PRF: SHA256, Hash: SHA256, DH Grp:14, Auth sign: PSK, Auth verify: PSK
      Life/Active Time: 86400/5 sec

"""
TABLE = """\
Codes: L - local, C - connected, S - static, R - RIP, M - mobile, B - BGP
       D - EIGRP, EX - EIGRP external, O - OSPF, IA - OSPF inter area
       * - candidate default, U - per-user static route

Gateway of last resort is 198.51.100.2 to network 0.0.0.0

S*    0.0.0.0/0 [1/0] via 198.51.100.2
      10.0.0.0/8 is variably subnetted, {count} subnets, 2 masks
C        10.0.0.0/24 is directly connected, GigabitEthernet2
L        10.0.0.1/32 is directly connected, GigabitEthernet2
{rows}      198.51.100.0/24 is variably subnetted, 2 subnets, 2 masks
C        198.51.100.0/24 is directly connected, GigabitEthernet1
L        198.51.100.1/32 is directly connected, GigabitEthernet1
"""


@dataclass(frozen=True, slots=True)
class Partner:
    """One far end."""

    number: int

    @property
    def name(self) -> str:
        """Of the tunnel and its key."""
        return f"p{self.number:04}"

    @property
    def outside(self) -> str:
        """Its address."""
        return f"203.0.{113 + self.number // 250}.{1 + self.number % 250}"

    @property
    def inside(self) -> str:
        """The first three numbers of its network."""
        return f"10.{100 + self.number // 250}.{self.number % 250}"

    @property
    def sequence(self) -> int:
        """Of its entry in the map."""
        return 10 * (self.number + 1)


def write_inventory(folder: Path, partners: Sequence[Partner]) -> None:
    """A hub and its partners."""
    (folder / "vpn").mkdir(parents=True)
    (folder / "hosts.yaml").write_text(HOSTS)
    (folder / "groups.yaml").write_text(GROUPS)
    (folder / "defaults.yaml").write_text("data: {site: hub}\n")
    (folder / "vpn" / "intent.yaml").write_text(CRYPTOGRAPHY + _each(TUNNEL, partners))


def _each(form: str, partners: Sequence[Partner]) -> str:
    return "".join(form.format(one=one) for one in partners)


def running(partners: Sequence[Partner], key: str) -> str:
    """The running configuration; ``key`` is how a key stands in it, with the name of the tunnel in braces."""
    keyrings = "".join(KEYRING.format(one=one, key=key.format(name=one.name)) for one in partners)
    crypto = "".join(_each(form, partners) for form in (PROFILE, SET, ENTRY))
    rest = INTERFACES + _each(ROUTE, partners) + _each(LIST, partners)
    return f"{HEAD}{keyrings}{crypto}{rest}line con 0\nline vty 0 4\nend\n"


def isakmp() -> str:
    """No IKEv1 SA."""
    return "IPv4 Crypto ISAKMP SA\ndst             src             state          conn-id status\n\nIPv6 Crypto ISAKMP SA\n\n"


def ike(partners: Sequence[Partner]) -> str:
    """An IKEv2 SA for each."""
    rows = "".join(IKE_SA.format(number=one.number + 1, remote=f"{one.outside}/500") for one in partners)
    return f" IPv4 Crypto IKEv2  SA\n\n{rows} IPv6 Crypto IKEv2  SA\n\n"


def ipsec(partners: Sequence[Partner], packets: int) -> str:
    """A flow with an SA each way for each, and so many packets both ways."""
    made = ["\ninterface: GigabitEthernet1\n    Crypto map tag: NR-MAP, local addr 198.51.100.1\n\n"]
    for one in partners:
        inbound, outbound = 4096 + one.number, 65536 + one.number
        sas = {
            "in_sa": SA.format(spi=inbound, conn=2001 + 2 * one.number),
            "out_sa": SA.format(spi=outbound, conn=2002 + 2 * one.number),
        }
        made.append(FLOW.format(one=one, n=packets, outbound=outbound, **sas))
    return "".join(made)


def routes(partners: Sequence[Partner]) -> str:
    """The routing table, with a static route to each far network."""
    rows = "".join(f"S        {one.inside}.0/24 [1/0] via 198.51.100.2\n" for one in partners)
    return TABLE.format(count=len(partners) + 2, rows=rows)
