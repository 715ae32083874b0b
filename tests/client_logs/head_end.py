"""Outputs of a head-end before and after a client's suspend, as a C8000V prints them; every value is invented."""

from __future__ import annotations

from msgspec import Struct
from msgspec.structs import replace

SESSION_ID = "kWqTzBnvLm24RxYp"
IDENTITY = SESSION_ID.encode().hex().upper()
ANEW = "*$AnyConnectClient$*"


class Taken(Struct, frozen=True):
    """One moment of one client on one head-end."""

    clock: str = "10:00:00.101 UTC Wed May 6 2026"
    host: str = "edge-gw"
    session: int = 71
    header: int = 0
    port: int = 50321
    identity: str = ANEW
    verified: str = "AnyConnect-EAP"
    capabilities: str = "DN"
    address: str = "198.18.7.21"
    flow: str = ""
    active: int = 900
    spis: tuple[str, str] = ("0A1B2C3D4E5F6071", "8192A3B4C5D6E7F8")
    counters: tuple[int, int, int, int, int] = (4, 4, 0, 1, 0)
    timeout: int = 0
    peer: str = "203.0.113.77"

    def text(self) -> str:
        """All outputs, one after the other."""
        profile = (
            f"{self.host}#show running-config | section ikev2 profile\n"
            "crypto ikev2 profile OTHERS\n reconnect timeout 700\n"
            f"crypto ikev2 profile CLIENTS\n reconnect timeout {self.timeout}\n"
        )
        return (
            (profile if self.timeout else "")
            + (f"{self.host}#show clock\n{self.clock}\n" if self.clock else "")
            + self._crypto()
            + self._ikev2()
            + self._stats()
            + (f"{self.host}#show clock\n{self.clock}\n" if self.clock else "")
            + f"{self.host}#\n"
        )

    def _crypto(self) -> str:
        return f"""\
{self.host}#show crypto session detail
Crypto session current status

Code: C - IKE Configuration mode, D - Dead Peer Detection
K - Keepalives, N - NAT-traversal, T - cTCP encapsulation
X - IKE Extended Authentication, F - IKE Fragmentation
R - IKE Auto Reconnect, U - IKE Dynamic Route Update
S - SIP VPN

Interface: Virtual-Access4
Profile: CLIENTS
Uptime: 00:15:00
Session status: UP-ACTIVE
Peer: {self.peer} port {self.port} fvrf: (none) ivrf: (none)
      Phase1_id: {self.identity}
      Desc: (none)
  Session ID: {self.session}
  IKEv2 SA: local 192.0.2.9/4500 remote {self.peer}/{self.port} Active
          Capabilities:{self.capabilities} connid:3 lifetime:23:45:00
  IPSEC FLOW: permit ip 0.0.0.0/0.0.0.0 host {self.flow or self.address}
        Active SAs: 2, origin: crypto map
        Inbound:  #pkts dec'ed 41 drop 0 life (KB/Sec) 4607990/2700
        Outbound: #pkts enc'ed 39 drop 0 life (KB/Sec) 4607991/2700
"""

    def _ikev2(self) -> str:
        eap = "      Remote EAP id: kim\n" if self.verified != "PSK" else ""
        return f"""\
{self.host}#show crypto ikev2 session detailed
 IPv4 Crypto IKEv2 Session

Session-id:{self.header or self.session}, Status:UP-ACTIVE, IKE count:1, CHILD count:1

Tunnel-id Local                 Remote                fvrf/ivrf            Status
3         192.0.2.9/4500        {self.peer}/{self.port}   none/none            READY
      Encr: AES-CBC, keysize: 256, PRF: SHA512, Hash: SHA512, DH Grp:19, Auth sign: RSA, Auth verify: {self.verified}
      Life/Active Time: 86400/{self.active} sec
      CE id: 1071, Session-id: {self.session}
      Status Description: Negotiation done
      Local spi: {self.spis[0]}       Remote spi: {self.spis[1]}
      Local id: 192.0.2.9
      Remote id: {self.identity}
{eap}      Local req msg id:  0              Remote req msg id:  9
      Local next msg id: 0              Remote next msg id: 9
      Local req queued:  0              Remote req queued:  9
      Local window:      5              Remote window:      1
      DPD configured for 30 seconds, retry 2
      Fragmentation not  configured.
      Extended Authentication not configured.
      NAT-T is detected  outside
      Cisco Trust Security SGT is disabled
      Assigned host addr: {self.address}
      Initiator of SA : No
Child sa: local selector  0.0.0.0/0 - 255.255.255.255/65535
          remote selector {self.address}/0 - {self.address}/65535
          ESP spi in/out: 0x1A2B3C4D/0x5E6F7081
          AH spi in/out: 0x0/0x0
          CPI in/out: 0x0/0x0
          Encr: AES-CBC, keysize: 256, esp_hmac: SHA384
          ah_hmac: None, comp: IPCOMP_NONE, mode tunnel
"""

    def _stats(self) -> str:
        total, success, failed, active, inactive = self.counters
        return f"""\
{self.host}#show crypto ikev2 stats reconnect
Total incoming reconnect connection: {total}
Success reconnect connection: {success}
Failed reconnect connection: {failed}
Reconnect capable active session count: {active}
Reconnect capable inactive session count: {inactive}
"""


BEFORE = Taken()
#: Taken ten minutes later; the client came back 20 s before that.
AFTER = replace(
    BEFORE,
    clock="10:08:00.404 UTC Wed May 6 2026",
    session=72,
    port=61007,
    identity=IDENTITY,
    verified="PSK",
    capabilities="DNR",
    active=20,
    spis=("1122334455667788", "99AABBCCDDEEFF00"),
    counters=(5, 5, 0, 1, 0),
)
