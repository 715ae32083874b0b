"""An estate to try things on: so many devices in pairs, a tunnel between the two of each, as the files of an inventory.

Outside addresses are those that are kept for benchmarks (198.18.0.0/15, RFC 2544); each device has a port of its own on this
machine, where a lab that is brought up with these files listens.
"""

from __future__ import annotations

from collections.abc import Sequence
from pathlib import Path

from msgspec import Struct
from msgspec.structs import replace

from ....inventory.errors import IntentError

#: As many devices have an address, a network and a port of their own here.
MOST = 10_000
#: The port of the first device; the others follow. None of them is one that the system gives to clients.
FIRST_PORT = 20_001
#: Outside addresses of a provider's network: the first one is its router's, and the last ones are left alone.
_IN_A_NETWORK = 200


class Kind(Struct, frozen=True):
    """A model that an estate is made of. ``style``: how its tunnels are built; ``profile``: what they offer to each other."""

    platform: str
    model: str
    release: str
    interface: str
    profile: str
    style: str

    @property
    def vti(self) -> bool:
        """True if its tunnels are interfaces, which need a network of their own."""
        return self.style == "vti"


#: By what the lab calls the device.
KINDS = {
    "vpn3640": Kind("cisco_ios_telnet", "3640", "12.2(8)T", "Ethernet0/0", "old", "crypto-map"),
    "c881": Kind("cisco_ios", "881", "15.4(3)M3", "FastEthernet4", "new", "vti"),
    "c8000v-17": Kind("cisco_xe", "C8000V", "17.9.4a", "GigabitEthernet1", "new", "vti"),
    "asa919": Kind("cisco_asa", "ASA", "9.19(1)", "GigabitEthernet0/0", "new", "crypto-map"),
}

_LOGINS = """\
logins:
  data:
    username_ref: credential:device-username
    password_ref: credential:device-password
    enable_ref: credential:enable-secret
"""
_GROUP = """\
{name}:
  platform: {kind.platform}
  groups: [logins]
  data:
    model: "{kind.model}"
    release: "{kind.release}"
"""
_CRYPTOGRAPHY = """\
schema_version: 1
ike_proposals:
  - {name: ike-old, encryption_algorithm: 3des-cbc, authentication_algorithm: hmac-sha1, group: 2}
  - {name: ike-new, encryption_algorithm: aes-256-cbc, authentication_algorithm: hmac-sha256, group: 14}
ike_policies:
  - {name: old, version: 1, mode: main, proposals: [ike-old]}
  - {name: new, version: 2, proposals: [ike-new]}
ipsec_proposals:
  - {name: esp-old, encryption_algorithm: 3des-cbc, authentication_algorithm: hmac-sha1}
  - {name: esp-new, encryption_algorithm: aes-256-cbc, authentication_algorithm: hmac-sha256}
ipsec_policies:
  - {name: old, proposals: [esp-old], pfs_group: 2}
  - {name: new, proposals: [esp-new], pfs_group: 14}
ipsec_profiles:
  - {name: old, ike_policy: old, ipsec_policy: old}
  - {name: new, ike_policy: new, ipsec_policy: new}
"""
_TUNNEL = """\
  - name: {name}
    ipsec_profile: {kind.profile}
    preshared_key_ref: credential:{name}
    dpd: {{interval_seconds: 10, retries: 3}}
    cisco: {{style: {kind.style}}}
"""
_WAIVER = """\
    waiver: {until: 2098-12-31, ticket: LAB-1, reason: An estate of the lab that is there to be measured}
"""
_END = """\
      - host: {host}
        interface: {kind.interface}
        outside_ip: {outside}
        protected_prefixes: [{inside}.0/24]
        probe_address: {inside}.1
"""


def device_name(number: int) -> str:
    """The name of the device of a number; they begin with 1."""
    return f"r{number:04}"


def tunnel_name(pair: int) -> str:
    """The name of the tunnel of a pair; they begin with 1."""
    return f"pair-{pair:04}"


def outside_of(number: int) -> str:
    """The address of a device outside."""
    network, last = divmod(number - 1, _IN_A_NETWORK)
    return f"198.18.{network}.{last + 2}"


def inside_of(number: int) -> str:
    """The first three numbers of the network behind a device."""
    return f"10.{1 + (number - 1) // 250}.{(number - 1) % 250}"


def write_estate(folder: Path, count: int, models: Sequence[str] = tuple(KINDS), *, hub: bool = False) -> None:
    """Write an inventory of so many devices; both of a pair are of one model, and the models take turns.

    With ``hub`` they are no pairs: each device but the first one, which is of the first model, has a tunnel to it by crypto map.
    Raises IntentError where ``folder`` has files already: nobody's inventory is written over; and for more than MOST.
    """
    if count > MOST:
        raise IntentError(f"an estate has up to {MOST} devices, not {count}: more have no addresses of their own here")
    if folder.exists() and any(folder.iterdir()):
        raise IntentError(f"{folder} is not empty: an estate is written into a folder of its own")
    (folder / "vpn").mkdir(parents=True, exist_ok=True)
    kinds = [models[place % len(models)] for place in range(count if hub else -(-count // 2))]
    hosts = (_host(number, kinds[number - 1 if hub else (number - 1) // 2]) for number in range(1, count + 1))
    (folder / "hosts.yaml").write_text("".join(hosts))
    groups = (_GROUP.format(name=model, kind=KINDS[model]) for model in dict.fromkeys(models))
    (folder / "groups.yaml").write_text("".join(groups) + _LOGINS)
    (folder / "defaults.yaml").write_text("data: {site: lab}\n")
    pairs = ((1, number) for number in range(2, count + 1)) if hub else ((2 * n - 1, 2 * n) for n in range(1, count // 2 + 1))
    tunnels = "".join(_tunnel(place, ends, kinds[0 if hub else place - 1], hub=hub) for place, ends in enumerate(pairs, 1))
    (folder / "vpn" / "cryptography.yaml").write_text(_CRYPTOGRAPHY)
    (folder / "vpn" / "tunnels.yaml").write_text(f"schema_version: 1\ntunnels:\n{tunnels}")


def _host(number: int, model: str) -> str:
    return f"{device_name(number)}: {{hostname: 127.0.0.1, port: {FIRST_PORT + number - 1}, groups: [{model}]}}\n"


def _tunnel(pair: int, both: tuple[int, int], model: str, *, hub: bool) -> str:
    kind = replace(KINDS[model], style="crypto-map") if hub else KINDS[model]
    head = _TUNNEL.format(name=tunnel_name(pair), kind=kind)
    network, last = divmod(4 * pair, 256)
    prefix = f"    tunnel_prefix: 10.{192 + network // 256}.{network % 256}.{last}/30\n" if kind.vti else ""
    ends = (
        _END.format(host=device_name(number), kind=kind, outside=outside_of(number), inside=inside_of(number)) for number in both
    )
    return f"{head}{prefix}{_WAIVER if kind.profile == 'old' else ''}    terminations:\n{''.join(ends)}"
