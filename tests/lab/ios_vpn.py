"""One end of a tunnel on a router, for a peer that is an ASA: either version of IKE, crypto map or tunnel interface."""

from __future__ import annotations

from dataclasses import dataclass

from .asa_vpn import TUNNEL_NET
from .firewalls import INSIDE, OUTSIDE, PSK

WAN = {"c881": "FastEthernet4", "vpn3640-124": "Ethernet0/0", "c8000v-17": "GigabitEthernet1", "c8000v-1711": "GigabitEthernet1"}


@dataclass(frozen=True, slots=True)
class RouterEnd:
    """A router's end: algorithms in the words of IOS; `number` is the last octet of its address in the tunnel."""

    device: str
    peer: str
    version: int = 2
    vti: bool = False
    cipher: str = "aes-cbc-256"
    integrity: str = "sha256"
    prf: str = ""
    group: str = "14"
    esp: str = "esp-aes 256 esp-sha256-hmac"
    key: str = PSK
    pfs: str = ""
    number: int = 2

    @property
    def lines(self) -> str:
        """Everything that is typed."""
        first = self._v1() if self.version == 1 else self._v2()
        sets = f"crypto ipsec transform-set NR-TS {self.esp}\nmode tunnel"
        return "\n".join([first, sets, self._vti() if self.vti else self._map()])

    def _v1(self) -> str:
        return "\n".join(
            [
                "crypto isakmp policy 10",
                f"encr {self.cipher}",
                "authentication pre-share",
                f"group {self.group}",
                f"crypto isakmp key {self.key} address {OUTSIDE[self.peer]}",
                "crypto isakmp keepalive 10 3",
            ]
        )

    def _v2(self) -> str:
        peer = OUTSIDE[self.peer]
        return "\n".join(
            [
                "crypto ikev2 proposal NR-PROP",
                f"encryption {self.cipher}",
                *([f"integrity {self.integrity}"] if self.integrity else []),
                *([f"prf {self.prf}"] if self.prf else []),
                f"group {self.group}",
                "crypto ikev2 policy NR-POL",
                "proposal NR-PROP",
                "crypto ikev2 keyring NR-RING",
                "peer FAR",
                f"address {peer}",
                f"pre-shared-key {self.key}",
                "crypto ikev2 profile NR-PROFILE",
                f"match identity remote address {peer} 255.255.255.255",
                "authentication remote pre-share",
                "authentication local pre-share",
                "keyring local NR-RING",
            ]
        )

    @property
    def _settings(self) -> list[str]:
        profile = ["set ikev2-profile NR-PROFILE"] if self.version == 2 else []
        return ["set transform-set NR-TS", *([f"set pfs {self.pfs}"] if self.pfs else []), *profile]

    def _map(self) -> str:
        return "\n".join(
            [
                "ip access-list extended NR-ACL",
                f"permit ip {INSIDE[self.device]}.0 0.0.0.255 {INSIDE[self.peer]}.0 0.0.0.255",
                "crypto map NR-MAP 10 ipsec-isakmp",
                f"set peer {OUTSIDE[self.peer]}",
                *self._settings,
                "match address NR-ACL",
                f"interface {WAN[self.device]}",
                "crypto map NR-MAP",
            ]
        )

    def _vti(self) -> str:
        return "\n".join(
            [
                "crypto ipsec profile NR-IPSEC",
                *self._settings,
                "interface Tunnel1",
                f"ip address {TUNNEL_NET}.{self.number} 255.255.255.252",
                f"tunnel source {WAN[self.device]}",
                f"tunnel destination {OUTSIDE[self.peer]}",
                "tunnel mode ipsec ipv4",
                "tunnel protection ipsec profile NR-IPSEC",
                f"ip route {INSIDE[self.peer]}.0 255.255.255.0 Tunnel1",
            ]
        )
