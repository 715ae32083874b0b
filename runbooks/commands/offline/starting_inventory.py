"""The inventory that somebody begins with: hosts of known models, and a tunnel from the first one to each of the others.

Text by path, made of what was asked for; nothing here writes a file. All addresses are of networks that are reserved for
documentation (RFC 5737) or private, so that an inventory which nobody has edited reaches nobody.
"""

from __future__ import annotations

import re
from collections.abc import Mapping, Sequence
from datetime import date, timedelta

from msgspec import Struct

from ....inventory.errors import UsageError
from ....inventory.files.host_files import NAME
from ....inventory.files.schema import SCHEMAS, as_text
from ....inventory.models.platforms import MODELS, Platform, platform_for
from ....templates.environment import fill

#: The outside interface that an engineer would expect, by model; any other is edited in the file.
_OUTSIDE: Mapping[str, str] = {
    "2611": "Ethernet0/0",
    "3640": "Ethernet0/0",
    "881": "FastEthernet4",
    "C8000V": "GigabitEthernet1",
    "ASA": "GigabitEthernet0/0",
}
#: A proposed end of the waiver that somebody else has to sign.
_WAIVER = timedelta(days=365)
#: More hosts have no address of their own in the examples.
MOST = 100
_FILES = ("hosts.yaml", "groups.yaml", "defaults.yaml", "vpn/cryptography.yaml", "vpn/tunnels.yaml")
#: What is written without a wish.
DEFAULT: tuple[tuple[str, str], ...] = (("hq", "C8000V 17.12.4"), ("branch", "881 15.4(3)M3"))


class StartHost(Struct, frozen=True):
    """One device of the examples."""

    name: str
    platform: Platform
    number: int

    @property
    def group(self) -> str:
        """The group of its model and release."""
        return re.sub(r"[^a-z0-9.-]+", "-", f"{self.platform.model}-{self.platform.release}".lower()).strip("-")

    @property
    def management(self) -> str:
        """Where it is managed."""
        return f"192.0.2.{self.number}"

    @property
    def outside(self) -> str:
        """What the other end builds to."""
        return f"203.0.113.{self.number}"

    @property
    def inside(self) -> str:
        """The network behind it."""
        return f"10.1.{self.number}.0/24"

    @property
    def probe(self) -> str:
        """Its own address in that network."""
        return f"10.1.{self.number}.1"

    @property
    def interface(self) -> str:
        """Its outside interface."""
        return _OUTSIDE.get(self.platform.model, "GigabitEthernet0/0")


def hosts_of(wanted: Sequence[str]) -> tuple[StartHost, ...]:
    """Devices of ``NAME=MODEL RELEASE`` texts, or of the default ones. Raises UsageError and IntentError."""
    pairs = [_pair(text) for text in wanted] or list(DEFAULT)
    names = [name for name, _ in pairs]
    doubled = next((name for name in names if names.count(name) > 1), None)
    if doubled:
        raise UsageError(f"--host {doubled} is given twice")
    if not 2 <= len(pairs) <= MOST:
        raise UsageError(f"a tunnel has two ends: give --host twice or more, and at most {MOST} times")
    return tuple(StartHost(name, _platform(what), number) for number, (name, what) in enumerate(pairs, 1))


def _pair(text: str) -> tuple[str, str]:
    name, equals, what = text.partition("=")
    if not equals or not NAME.fullmatch(name):
        raise UsageError(f"--host {text!r} is not NAME='MODEL RELEASE', such as hq='C8000V 17.12.4'")
    return name, what


def _platform(what: str) -> Platform:
    model, _, release = what.strip().rpartition(" ")
    if not model:
        known = ", ".join(MODELS)
        raise UsageError(f"{what!r} is not a model and a release, such as '881 15.4(3)M3' (models: {known})")
    return platform_for(model.strip(), release)


def files_of(hosts: Sequence[StartHost], today: date) -> dict[str, str]:
    """Path below the inventory's folder to text."""
    groups = {host.group: _group(host) for host in hosts}
    hub, *spokes = hosts
    tunnels = [_tunnel(hub, spoke, alone=len(spokes) == 1, today=today) for spoke in spokes]
    # A profile that no tunnel uses would be told of by every command.
    profiles = sorted({str(tunnel["profile"]) for tunnel in tunnels}, reverse=True)
    words = {"hosts": hosts, "groups": groups.values(), "tunnels": tunnels, "profiles": profiles}
    texts = {name: fill(f"start/{name}.j2", **words).strip() + "\n" for name in _FILES}
    return texts | {f"schema/{name}": as_text(schema()) for name, schema in SCHEMAS.items()}


def references_of(hosts: Sequence[StartHost]) -> tuple[str, ...]:
    """Names of the files in a folder of credentials that the inventory asks for."""
    hub, *spokes = hosts
    keys = (f"{hub.name}-{spoke.name}-psk" for spoke in spokes)
    return ("device-username", "device-password", "enable-secret", *keys)


def _group(host: StartHost) -> dict[str, str]:
    platform = host.platform
    return {
        "name": host.group,
        "driver": platform.driver,
        "model": platform.model,
        "release": str(platform.release),
    }


def _tunnel(hub: StartHost, spoke: StartHost, *, alone: bool, today: date) -> dict[str, object]:
    version = 2 if all(2 in end.platform.ike_versions for end in (hub, spoke)) else 1
    roles = ("peer", "peer") if alone else ("hub", "spoke")
    return {
        "name": f"{hub.name}-{spoke.name}",
        "profile": f"ikev{version}",
        "weak": "" if version == 2 else (today + _WAIVER).isoformat(),
        "ends": [
            {
                "name": end.name,
                "role": role,
                "interface": end.interface,
                "outside": end.outside,
                "inside": end.inside,
                "probe": end.probe,
            }
            for end, role in zip((hub, spoke), roles, strict=True)
        ],
    }
