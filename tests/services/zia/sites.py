"""A site that goes to the Internet through Zscaler, as text of an intent and as a record, and its router before it."""

from __future__ import annotations

from pathlib import Path
from typing import Any

from ruamel.yaml import YAML

from nr_run.inventory.models.platforms import platform_for
from nr_run.services.zia.intent import Zia, ZiaFile

HOST = "branch881"
PLATFORM = platform_for("881", "15.4(3)M3")
KEYS = {"credential:zia-branch": "<secret:credential:zia-branch>"}
EXAMPLE = """\
schema_version: 1
zia:
  - name: branch-zia
    host: branch881
    wan_interface: FastEthernet4
    wan_ip: 10.96.19.2
    lan_interface: Vlan1
    lan_prefixes: [172.17.0.0/24]
    identity:
      credential: fqdn
      fqdn: branch@example.com
    preshared_key_ref: credential:zia-branch
    primary:
      address: 198.51.100.10
      datacenter: FRA4
      tunnel_prefix: 192.168.253.0/30
      probe_address: 203.0.113.10
    backup:
      address: 198.51.100.20
      datacenter: AMS2
      tunnel_prefix: 192.168.253.4/30
      probe_address: 203.0.113.20
    esp:
      encryption_algorithm: aes-256-cbc
      authentication_algorithm: hmac-sha256
    encryption_subscription: true
    encryption_mandatory: true
    on_total_loss: closed
    traffic: web
    exempt: [192.0.2.80/32]
    watch:
      kind: http
      cloud: zscaler
"""
BARE = """\
version 15.4
hostname branch881
interface FastEthernet4
 ip address 10.96.19.2 255.255.255.0
 ip nat outside
interface Vlan1
 ip address 172.17.0.1 255.255.255.0
 ip nat inside
ip nat inside source list NAT interface FastEthernet4 overload
ip route 0.0.0.0 0.0.0.0 10.96.19.1
ip access-list extended NAT
 permit ip 172.17.0.0 0.0.0.255 any
line vty 0 4
end
"""


def plain(**other: Any) -> dict[str, Any]:
    """The example as plain data; a value that is a mapping changes fields of the record below it."""
    data: dict[str, Any] = YAML(typ="safe").load(EXAMPLE)["zia"][0]
    for key, value in other.items():
        data[key] = {**data[key], **value} if isinstance(value, dict) and key in data else value
    return data


def site(**other: Any) -> Zia:
    """The example as a record."""
    return ZiaFile.model_validate({"schema_version": 1, "zia": [plain(**other)]}).zia[0]


def written(folder: Path, old: str = "", new: str = "") -> Path:
    """The example as a file, with one thing changed."""
    assert old in EXAMPLE
    (folder / "zia.yaml").write_text(EXAMPLE.replace(old, new), encoding="utf-8")
    return folder
