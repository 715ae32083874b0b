"""One end of a tunnel on an ASA, in either version of IKE, as a crypto map or as a tunnel interface: the lines that are typed."""

from __future__ import annotations

from typing import Any

from msgspec import Struct
from netmiko import ConnectHandler

from nr_run.lab.entry import LabHandle

from .firewalls import INSIDE, OUTSIDE, PSK
from .telnet_client import credential

TUNNEL_NET = "169.254.10"


class End(Struct, frozen=True):
    """An ASA's end: algorithms in the words of an ASA; `number` is the last octet of its address in the tunnel."""

    device: str
    peer: str
    version: int = 2
    vti: bool = False
    cipher: str = "aes-256"
    integrity: str = "sha256"
    prf: str = "sha256"
    group: str = "14"
    esp: str = "aes-256"
    esp_hash: str = "sha-256"
    key: str = PSK
    pfs: str = ""
    policy: str = ""
    number: int = 1
    list_name: str = "NR-ACL"

    @property
    def lines(self) -> str:
        """Everything that is typed."""
        parts = [self._policy(), self._sets(), self._group(), self._vti() if self.vti else self._map()]
        return "\n".join(part for part in parts if part)

    def _policy(self) -> str:
        if self.version == 1:
            words = "isakmp" if self.device == "asa82" else "ikev1"
            lines = f"authentication pre-share\nencryption {self.cipher}\nhash sha\ngroup {self.group}\nlifetime 86400"
            return f"crypto {words} policy 10\n{lines}\ncrypto {words} enable outside"
        lines = f"encryption {self.cipher}\nintegrity {self.integrity}\ngroup {self.group}\nprf {self.prf}"
        return f"crypto ikev2 policy 10\n{lines}\nlifetime seconds 86400\ncrypto ikev2 enable outside"

    def _sets(self) -> str:
        if self.version == 1:
            words = "" if self.device == "asa82" else "ikev1 "
            return f"crypto ipsec {words}transform-set NR-TS esp-{self.esp} esp-sha-hmac"
        esp = f"protocol esp encryption {self.esp}\nprotocol esp integrity {self.esp_hash}"
        return f"crypto ipsec ikev2 ipsec-proposal NR-P\n{esp}"

    def _group(self) -> str:
        address, general = OUTSIDE[self.peer], ""
        if self.policy:
            general = (
                f"group-policy NR-GP internal\ngroup-policy NR-GP attributes\nvpn-tunnel-protocol {self.policy}\n"
                f"tunnel-group {address} type ipsec-l2l\ntunnel-group {address} general-attributes\ndefault-group-policy NR-GP\n"
            )
        keys = [f"ikev2 {side}-authentication pre-shared-key {self.key}" for side in ("remote", "local")]
        if self.version == 1:
            keys = [f"{'' if self.device == 'asa82' else 'ikev1 '}pre-shared-key {self.key}"]
        head = f"tunnel-group {address} type ipsec-l2l\ntunnel-group {address} ipsec-attributes"
        return general + "\n".join([head, *keys, "isakmp keepalive threshold 10 retry 3"])

    @property
    def _uses(self) -> str:
        if self.version == 2:
            return "ikev2 ipsec-proposal NR-P"
        return "transform-set NR-TS" if self.device == "asa82" else "ikev1 transform-set NR-TS"

    def _map(self) -> str:
        entry = "crypto map NR-MAP 10"
        here, there = f"{INSIDE[self.device]}.0 255.255.255.0", f"{INSIDE[self.peer]}.0 255.255.255.0"
        return "\n".join(
            [
                f"access-list {self.list_name} extended permit ip {here} {there}",
                f"{entry} match address {self.list_name}",
                f"{entry} set peer {OUTSIDE[self.peer]}",
                f"{entry} set {self._uses}",
                *([f"{entry} set pfs {self.pfs}"] if self.pfs else []),
                "crypto map NR-MAP interface outside",
            ]
        )

    def _vti(self) -> str:
        return "\n".join(
            [
                "crypto ipsec profile NR-PROFILE",
                f"set {self._uses}",
                *([f"set pfs {self.pfs}"] if self.pfs else []),
                "set security-association lifetime seconds 3600",
                "interface Tunnel1",
                "nameif vti",
                f"ip address {TUNNEL_NET}.{self.number} 255.255.255.252",
                "tunnel source interface outside",
                f"tunnel destination {OUTSIDE[self.peer]}",
                "tunnel mode ipsec ipv4",
                "tunnel protection ipsec profile NR-PROFILE",
                f"route vti {INSIDE[self.peer]}.0 255.255.255.0 {TUNNEL_NET}.{3 - self.number}",
            ]
        )


def connected(lab: LabHandle, device: str) -> Any:
    """A stock Netmiko connection to an ASA, with privilege."""
    where = lab.devices[device]
    connection = ConnectHandler(
        device_type="cisco_asa",
        host=where.host,
        port=where.port,
        username=credential(lab, "device-username"),
        password=credential(lab, "device-password"),
        secret=credential(lab, "enable-secret"),
    )
    connection.enable()
    return connection


def by_netmiko(lab: LabHandle, device: str, lines: str) -> str:
    """Type configuration lines as an operator's script does; return all that was said."""
    connection = connected(lab, device)
    try:
        return str(connection.send_config_set(lines.splitlines()))
    finally:
        connection.disconnect()


def build(lab: LabHandle, one: End, other: End) -> None:
    """Type both ends; an ASA refuses nothing of it."""
    for end in (one, other):
        said = by_netmiko(lab, end.device, end.lines)
        assert "ERROR" not in said, said
