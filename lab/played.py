"""A device that is played by order of somebody's inventory: which box, under which addresses, with which configuration.

The order is plain data (it comes as JSON): ``profile`` is a box of the lab, ``release`` and ``model`` what it says that it is,
``outside`` its interface to the provider (``interface``, ``address``, ``length``, ``gateway``), ``inside`` its own networks
(``address``, ``length``), ``more`` lines that stand in its configuration besides, ``routers`` the providers' routers beside it
with their networks, ``config`` the lines of a running configuration of its own, in the place of all this; ``port`` where it
listens, if the lab listens on ports of its own choice. ``licences`` and ``files`` are what a firewall has beside; ``phones``
makes it a head-end for IP phones with documented mistakes, or with names in order.
"""

from __future__ import annotations

import re
from collections.abc import Mapping, Sequence
from ipaddress import IPv4Address, IPv4Interface, IPv4Network
from typing import Any

from msgspec import Struct, field
from msgspec.structs import replace

from .core.errors import LabError, NoSuchDevice, nearest
from .core.profile import Profile
from .core.profiles import PROFILES, initial_config
from .stations import phone_site

#: What the boxes are configured with at the start where nothing else was ordered.
_GATEWAY = "172.18.124.1"
#: Interfaces that are no ports: a configuration makes them.
_LOGICAL = re.compile(r"(?:Loopback|Tunnel|Vlan|Dialer|Virtual-|Port-channel|BVI|NVI|Multilink|Redundant)", re.IGNORECASE)


class Played(Struct, frozen=True):
    """One device."""

    profile: str
    model: str = ""
    release: str = ""
    outside: Mapping[str, Any] = field(default_factory=dict)
    inside: Sequence[Mapping[str, Any]] = ()
    more: Sequence[str] = ()
    routers: Mapping[str, str] = field(default_factory=dict)
    config: Sequence[str] = ()
    port: int = 0
    #: Licences by name as `show version` has them, and files of its flash.
    licences: Mapping[str, str] = field(default_factory=dict)
    files: Mapping[str, Sequence[str]] = field(default_factory=dict)
    #: A head-end for IP phones: with the mistakes that are documented, or one in order with these names (see phone_site.named).
    phones: bool | Mapping[str, str] = False

    @classmethod
    def of(cls, ordered: str | Mapping[str, Any]) -> Played:
        """Out of what was ordered: the name of a profile, or a mapping. Raises NoSuchDevice or LabError."""
        made = cls(ordered) if isinstance(ordered, str) else cls(**ordered)
        if made.profile not in PROFILES:
            raise NoSuchDevice(f"There is no model {made.profile}.{nearest(made.profile, PROFILES)}")
        return made._with_phones() if made.phones else made

    def _with_phones(self) -> Played:
        """With a head-end for phones; LabError for a box that cannot be one."""
        if self.profile not in phone_site.WORDS:
            raise LabError(f"The lab has no head-end for IP phones on {self.profile}.")
        if isinstance(self.phones, Mapping):
            more, licences = phone_site.named(self.profile, self.phones)
        else:
            more, licences = phone_site.ordered(self.profile, mistakes=True)
        return replace(self, more=(*more, *self.more), licences={**licences, **self.licences})

    @property
    def is_ordered(self) -> bool:
        """True if it is more than the box of a profile."""
        return bool(self.release or self.outside or self.more or self.config)

    @property
    def gateways(self) -> dict[IPv4Address, IPv4Network]:
        """The providers' routers, each with the network of its customers."""
        if self.config:
            return {}
        found = {IPv4Address(router): IPv4Network(network) for router, network in self.routers.items()}
        if self.outside:
            network = IPv4Interface(f"{self.outside['address']}/{self.outside['length']}").network
            found[IPv4Address(self.outside["gateway"])] = network
        return found

    def hardware(self) -> Profile:
        """The box: it says the release that was ordered, and has the ports that its configuration names."""
        base = PROFILES[self.profile]
        ports = base.physical
        if self.config:
            named = (line.split(None, 1)[1] for line in self.config if re.fullmatch(r"interface \S+", line.rstrip()))
            kept = [name for name in named if name in ports or not (_LOGICAL.match(name) or "." in name)]
            ports = tuple(dict.fromkeys(kept)) or ports
        elif self.outside:
            at = _outside_of(self.profile)[0]
            wanted = str(self.outside["interface"])
            ports = tuple(wanted if name == at else at if name == wanted else name for name in ports)
        named = (line.split()[1] for line in self.more if line.startswith("interface ") and not _LOGICAL.match(line.split()[1]))
        ports = tuple(dict.fromkeys((*ports, *named)))
        version, release = base.version, self.release or base.release
        for was, now in ((base.release, release), (self._model_shown, self.model)):
            version = version.replace(was, now) if now else version
        for licence, value in self.licences.items():
            version = _licensed(version, licence, value)
        own = self.is_ordered
        port = self.port or base.port
        return replace(base, physical=ports, version=version, release=release, has_client=base.has_client and not own, port=port)

    @property
    def _model_shown(self) -> str:
        return PROFILES[self.profile].model

    def start(self, name: str, index: int, secrets: dict[str, str], *, first: bool) -> str:
        """The configuration that it starts with, where it has none of its own."""
        # Addresses of the lab's own segment are of no use to it then, and that has room for few.
        placed = 0 if self.outside and self.inside else index
        text = initial_config(name, self.profile, placed, secrets, first=first)
        if self.outside or self.inside:
            out, wan, lan = _outside_of(self.profile, text)
            text = self._with_inside(self._with_outside(text, out, wan), lan)
        return text + "".join(f"{line}\n" for line in self.more)

    def _with_outside(self, text: str, out: str, wan: str) -> str:
        if not self.outside:
            return text
        text = _swapped(text, out, str(self.outside["interface"]))
        mask = IPv4Interface(f"{wan}/{self.outside['length']}").netmask
        text = text.replace(f"ip address {wan} 255.255.255.0", f"ip address {self.outside['address']} {mask}")
        return re.sub(rf"(?<= ){re.escape(_GATEWAY)}\b", str(self.outside["gateway"]), text)

    def _with_inside(self, text: str, lan: str) -> str:
        for network in self.inside[:1]:
            text = text.replace(f"ip address {lan} 255.255.255.0", f"ip address {network['address']} {_mask(network)}")
        return text + "".join(_further(self, number, network) for number, network in enumerate(self.inside[1:], 1))


def _licensed(version: str, licence: str, value: str) -> str:
    """What `show version` says with another value of a licence; LabError where this box has no such licence."""
    pattern = re.compile(rf"^({re.escape(licence)} *: )\S+", re.MULTILINE)
    if not pattern.search(version):
        raise LabError(f"This box has no licence that is called {licence}.")
    return pattern.sub(lambda found: f"{found[1]}{value}", version)


def _mask(network: Mapping[str, Any]) -> str:
    return str(IPv4Interface(f"0.0.0.0/{network['length']}").netmask)


def _further(played: Played, number: int, network: Mapping[str, Any]) -> str:
    """A further own network of a router stands on a loopback; a firewall has no room for it here."""
    if PROFILES[played.profile].asa:
        raise LabError("The lab gives a firewall one inside network; the intent names more probe addresses for it.")
    return f"interface Loopback{number}\n ip address {network['address']} {_mask(network)}\n"


def _outside_of(profile: str, text: str = "") -> tuple[str, str, str]:
    """Names and addresses of the interface to the provider and of the one inside, in the configuration at the start."""
    text = text or initial_config("x", profile, 0, {"password": "x", "enable": "x", "client": "x"}, first=True)
    found = re.findall(
        r"^interface (\S+)\n(?:(?! ip address| *interface).*\n)*? ip address (\S+) 255\.255\.255\.0$", text, re.MULTILINE
    )
    if len(found) < 2:
        raise LabError(f"The lab's {profile} has no two interfaces with addresses.")
    (out, wan), (_, lan) = found[:2]
    return out, wan, lan


def _swapped(text: str, one: str, other: str) -> str:
    """Two names of interfaces in each other's place."""
    if one == other:
        return text
    pattern = re.compile(rf"(?<=interface )(?:{re.escape(one)}|{re.escape(other)})$", re.MULTILINE)
    return pattern.sub(lambda match: other if match[0] == one else one, text)


def gateways_in(lines: Sequence[str], networks: Sequence[IPv4Network]) -> dict[IPv4Address, IPv4Network]:
    """The next hops of default routes in a configuration, with the network of the interface in which each is."""
    found = re.findall(r"^(?:ip route|route \S+) 0\.0\.0\.0 0\.0\.0\.0 (\d+\.\d+\.\d+\.\d+)\b", "\n".join(lines), re.MULTILINE)
    hops = [IPv4Address(hop) for hop in found]
    return {hop: network for hop in hops for network in networks if hop in network}
