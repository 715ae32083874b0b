"""What a router shows of its clients, certificates and clock, in text."""

from __future__ import annotations

from dataclasses import dataclass

CLOCK = "11:40:05.123 UTC Tue Feb 18 2025"


@dataclass(frozen=True)
class Laptop:
    """One client as the router shows it; ``tunnel`` is the address that its flow is for, ``verified`` how it was verified."""

    address: str = "192.168.117.10"
    tunnel: str = ""
    user: str = "anna"
    verified: str = "AnyConnect-EAP"
    marks: str = "DN"
    port: int = 51234
    packets: tuple[int, int] = (15, 12)
    profile: str = "FLEX-laptops"
    hmac: str = "SHA384"

    @property
    def session(self) -> str:
        """Its block of `show crypto session detail`."""
        came, went = self.packets
        return f"""\
Interface: Virtual-Access1
Profile: {self.profile}
Uptime: 00:00:15
Session status: UP-ACTIVE
Peer: 203.0.113.201 port {self.port} fvrf: (none) ivrf: (none)
      Phase1_id: *$AnyConnectClient$*
      Desc: (none)
  Session ID: 16
  IKEv2 SA: local 172.18.124.117/4500 remote 203.0.113.201/{self.port} Active
          Capabilities:{self.marks} connid:1 lifetime:23:59:45
  IPSEC FLOW: permit ip 0.0.0.0/0.0.0.0 host {self.tunnel or self.address}
        Active SAs: 2, origin: crypto map
        Inbound:  #pkts dec'ed {came} drop 0 life (KB/Sec) 4607998/3585
        Outbound: #pkts enc'ed {went} drop 0 life (KB/Sec) 4608000/3585

"""

    @property
    def ikev2(self) -> str:
        """Its block of `show crypto ikev2 session detail`."""
        eap = f"      Remote EAP id: {self.user}\n" if self.user else ""
        return f"""\
Session-id:16, Status:UP-ACTIVE, IKE count:1, CHILD count:1

Tunnel-id Local                 Remote                fvrf/ivrf            Status
1         172.18.124.117/4500   203.0.113.201/{self.port}   none/none            READY
      Encr: AES-CBC, keysize: 256, PRF: SHA512, Hash: SHA512, DH Grp:19, Auth sign: RSA, Auth verify: {self.verified}
      Life/Active Time: 86400/620 sec
      CE id: 1016, Session-id: 16
      Local spi: 67C3394ED1EAADE7       Remote spi: EBFE2587F20EA7C2
      Status Description: Negotiation done
      Local id: 172.18.124.117
      Remote id: *$AnyConnectClient$*
{eap}      Local req msg id:  0              Remote req msg id:  26
      Local next msg id: 0              Remote next msg id: 26
      Local req queued:  0              Remote req queued:  26
      Local window:      5              Remote window:      1
      DPD configured for 45 seconds, retry 2
      Fragmentation not  configured.
      Extended Authentication not configured.
      NAT-T is detected outside
      Cisco Trust Security SGT is disabled
      Assigned host addr: {self.address}
      Initiator of SA : No
Child sa: local selector  0.0.0.0/0 - 255.255.255.255/65535
          remote selector {self.address}/0 - {self.address}/65535
          ESP spi in/out: 0x2E14CBAF/0xD5590D3
          AH spi in/out: 0x0/0x0
          CPI in/out: 0x0/0x0
          Encr: AES-CBC, keysize: 256, esp_hmac: {self.hmac}
          ah_hmac: None, comp: IPCOMP_NONE, mode tunnel

"""


def counters(success: int = 0, failed: int = 0, active: int = 1, inactive: int = 0) -> str:
    """`show crypto ikev2 stats reconnect`."""
    return f"""\
Total incoming reconnect connection:             {success + failed}
Success reconnect connection:                    {success}
Failed reconnect connection:                     {failed}
Reconnect capable active session count:          {active}
Reconnect capable inactive session count:        {inactive}
"""


def outputs(*laptops: Laptop, **counted: int) -> dict[str, str]:
    """What tells of clients, by command."""
    head = "Crypto session current status\n\nCode: C - IKE Configuration mode, D - Dead Peer Detection\n\n"
    return {
        "show crypto session detail": head + "".join(one.session for one in laptops),
        "show crypto ikev2 session detail": (" IPv4 Crypto IKEv2 Session\n\n" if laptops else "")
        + "".join(one.ikev2 for one in laptops),
        "show crypto ikev2 stats reconnect": counters(**counted),
    }


def certificate(
    name: str = "vpn.example.com", begins: str = "Feb 19 2024", ends: str = "Feb 18 2027", usage: str = "Server Auth"
) -> str:
    """One certificate of `show crypto pki certificates verbose`."""
    use = f"    Extended Key Usage:\n        {usage}\n" if usage else ""
    return f"""\
Certificate
  Status: Available
  Version: 3
  Certificate Serial Number (hex): 21
  Certificate Usage: General Purpose
  Issuer:
    cn=Example CA
  Subject:
    Name: {name}
    cn={name}
  Validity Date:
    start date: 11:40:05 UTC {begins}
    end   date: 11:40:05 UTC {ends}
  Subject Key Info:
    Public Key Algorithm: rsaEncryption
    RSA Public Key: (2048 bit)
  Signature Algorithm: SHA256 with RSA Encryption
  X509v3 extensions:
    X509v3 Key Usage: A0000000
      Digital Signature
      Key Encipherment
    X509v3 Subject Alternative Name:
        {name}
{use}  Associated Trustpoints: VPN-TP
  Storage: nvram:ExampleCA#21.cer

"""
