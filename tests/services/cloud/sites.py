"""A connection to Alibaba Cloud, as text of an intent and as a record, and its firewall before it."""

from __future__ import annotations

from pathlib import Path
from typing import Any

from ruamel.yaml import YAML

from nr_run.inventory.models.platforms import platform_for
from nr_run.services.cloud.intents.intent import Cloud, CloudFile

HOST = "dc-asa"
PLATFORM = platform_for("ASA", "9.19(1)")
KEYS = {f"credential:ali-{number}": f"<secret:credential:ali-{number}>" for number in (1, 2)}
EXAMPLE = """\
schema_version: 1
cloud:
  - name: ali
    provider: alibaba
    host: dc-asa
    lan_interface: private
    lan_next_hop: 192.168.50.216
    lan_prefixes: [192.168.20.0/24]
    cloud_prefixes: [172.16.0.0/16]
    cloud_hosts: [172.16.10.225, 172.16.10.226]
    circuit:
      interface: VBR
      address: 10.0.0.2
      next_hop: 10.0.0.1
      aggregates: [192.168.0.0/16]
    bgp:
      local_system: 65530
      cloud_system: 65534
    first:
      source_interface: VPN-IP1
      source_ip: 192.168.10.136
      address: 10.10.10.49
      next_hop: 192.168.10.1
      tunnel_prefix: 169.254.10.0/30
      preshared_key_ref: credential:ali-1
    second:
      source_interface: VPN-IP2
      source_ip: 192.168.40.159
      address: 10.10.10.50
      next_hop: 192.168.40.1
      tunnel_prefix: 169.254.20.0/30
      preshared_key_ref: credential:ali-2
    ike:
      encryption_algorithm: aes-256-cbc
      authentication_algorithm: hmac-sha256
      group: 14
    esp:
      encryption_algorithm: aes-256-cbc
      authentication_algorithm: hmac-sha256
      pfs_group: 14
    encryption_mandatory: true
    on_total_loss: closed
    on_removal: open
"""
BARE = """\
ASA Version 9.19(1)
hostname dc-asa
interface GigabitEthernet0/0
 nameif VBR
 security-level 0
 ip address 10.0.0.2 255.255.255.252
interface GigabitEthernet0/2
 nameif private
 security-level 100
 ip address 192.168.50.215 255.255.255.0
interface GigabitEthernet0/3
 nameif VPN-IP1
 security-level 0
 ip address 192.168.10.136 255.255.255.0
interface GigabitEthernet0/4
 nameif VPN-IP2
 security-level 0
 ip address 192.168.40.159 255.255.255.0
route VBR 172.16.0.0 255.255.0.0 10.0.0.1 1
route private 192.168.0.0 255.255.0.0 192.168.50.216 1
: end
"""


def plain(**other: Any) -> dict[str, Any]:
    """The example as plain data; a value that is a mapping changes fields of the record below it."""
    data: dict[str, Any] = YAML(typ="safe").load(EXAMPLE)["cloud"][0]
    for key, value in other.items():
        data[key] = {**data[key], **value} if isinstance(value, dict) and key in data else value
    return data


def site(**other: Any) -> Cloud:
    """The example as a record."""
    return CloudFile.model_validate({"schema_version": 1, "cloud": [plain(**other)]}).cloud[0]


def written(folder: Path, old: str = "", new: str = "") -> Path:
    """The example as a file, with one thing changed."""
    assert old in EXAMPLE
    (folder / "cloud.yaml").write_text(EXAMPLE.replace(old, new, 1), encoding="utf-8")
    return folder
