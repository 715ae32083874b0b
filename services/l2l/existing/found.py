"""Tunnels as devices have them, in whatever form: a map entry or a tunnel interface, by either version of IKE.

A tunnel is known on a device by a name that nr-run gave: that of the access list of its map entry, or of the IPsec profile of its
interface, ``NR-<name>`` or a later version of it. All else follows from there by what names what, so an object that some form
holds is found without a list of forms.
"""

from __future__ import annotations

import re
from collections.abc import Collection, Iterator
from functools import cached_property
from ipaddress import IPv4Address, IPv4Interface, IPv4Network
from typing import Literal

from msgspec import Struct

from ....changes.configurations import tree
from ....changes.configurations.nameif import interfaces
from ....changes.families.uses import destination
from ....changes.objects import Config, ConfigObject, Key, read
from ....changes.selectors import Selector, selectors_of
from ....inventory.intents.intent import Style
from ....inventory.models.platforms import Platform
from ....inventory.systems import system_of
from ..placing.exemptions import exempted
from ..placing.route_places import marked_routes
from .existing_tunnel import profile_name, routes_into, tunnels_on

_NAME = re.compile(r"NR-(?P<tunnel>[A-Za-z0-9][A-Za-z0-9_.-]*?)(?:\.v\d+)?")
#: What is shared by all tunnels of a device and may be this one's too; without its intent nobody can tell.
_OF_THE_BOX = {
    1: ("isakmp-policy", "isakmp-keepalive", "ike-enable"),
    2: ("ikev2-policy", "ikev2-offer", "ikev2-enable"),
}


class Found(Struct, frozen=True, dict=True):
    """One end of a tunnel on a device.

    ``entry`` is its map entry or its interface. ``interface`` is where it leaves the device, with its address, as far as there is
    one.
    """

    host: str
    tunnel: str
    style: Style
    entry: ConfigObject
    config: Config
    interface: str
    address: IPv4Address | None

    @property
    def ike_version(self) -> Literal[1, 2]:
        """The version of IKE that it is negotiated by."""
        return 2 if 2 in self.entry.ike_versions(self.config) else 1

    @property
    def form(self) -> tuple[int, Style]:
        """Version of IKE, and style."""
        return self.ike_version, self.style

    @cached_property
    def profile(self) -> ConfigObject | None:
        """The IPsec profile of an interface."""
        return self.config.get("ipsec-profile", profile_name(self.entry)) if self.style == "vti" else None

    @property
    def proposing(self) -> ConfigObject:
        """The object that says what the SAs are: the map entry, or the profile of the interface."""
        return self.profile or self.entry

    @cached_property
    def selectors(self) -> tuple[Selector, ...] | None:
        """Of a map entry; None where they cannot be parsed reliably."""
        return selectors_of(self.config, self.entry)

    @cached_property
    def own_address(self) -> IPv4Interface | None:
        """The address of the tunnel interface."""
        words = (self.entry.child("ip address") or "").split()
        return IPv4Interface("/".join(words)) if len(words) == 2 else None

    @cached_property
    def routes(self) -> tuple[ConfigObject, ...]:
        """Static routes into the tunnel interface."""
        return routes_into(self.entry, self.config)

    @property
    def routed(self) -> tuple[IPv4Network, ...]:
        """Networks that are routed into the tunnel interface."""
        return tuple(dict.fromkeys(net for item in self.routes if (net := destination(item)) is not None))

    def objects(self) -> Iterator[ConfigObject]:
        """What belongs to it, the entry first; whether something else uses it too is asked afterwards."""
        yield self.entry
        yield from self.routes
        yield from self._named(self.entry)
        key = self.config.key_of(self.entry.peers[0]) if self.entry.peers else None
        if key is not None and self.ike_version in key.ike_versions(self.config):
            yield key
            yield from self._named(key)
        if self.style == "crypto-map":
            yield from marked_routes(self.config, {far for _, far in self.selectors or ()})
            yield from exempted(self.config, self.tunnel, self.config.get("access-list", self.entry.child("match address") or ""))
        if self.ike_version == 2:
            yield from self._policy()
        bound = self.entry.groups.get("map")
        yield from (item for item in self.config.of("crypto-map-binding") if bound and item.map_name == bound)

    def _named(self, item: ConfigObject) -> Iterator[ConfigObject]:
        """All that it names, and what that names, as far as nr-run gave the names; a tunnel group has that of the peer."""
        for rule, name in item.named:
            other = self.config.get(rule.family, name)
            if other is not None and (name.startswith("NR-") or name in self.entry.peers):
                yield other
                yield from self._named(other)

    def _policy(self) -> Iterator[ConfigObject]:
        """The IKEv2 policy of IOS that is called by the local address, and its proposals."""
        policy = self.config.get("ikev2-policy", f"NR-{self.address}")
        if policy is not None:
            yield policy
            yield from self._named(policy)

    def left(self, going: Collection[Key]) -> str:
        """What stays because it may be anybody's; nothing where the device has no such thing."""
        there = (item for family in _OF_THE_BOX[self.ike_version] for item in self.config.of(family))
        if all(item.key in going or self.config.within.get(item.key) in going for item in there):
            return ""
        return "the IKE policies and other device-wide IKE settings stay: which of them this tunnel used is not known"


def _entries(config: Config) -> Iterator[tuple[str, Style, ConfigObject]]:
    """Name of a tunnel that a run has built, and its map entry or its interface.

    An interface that is one of several of another service is no tunnel.
    """
    for there in tunnels_on(config):
        name = _NAME.fullmatch(there.label)
        if name and not _of_several(config, there.tunnel, name["tunnel"]):
            yield name["tunnel"], there.style, there.tunnel


def _of_several(config: Config, tunnel: ConfigObject, name: str) -> bool:
    """True for one of several interfaces of something that another service has built.

    Each is called by its nameif then (``NR-<name>-1``), or they share a keyring that has the name without the last part.
    """
    profile = config.get("ipsec-profile", profile_name(tunnel)) if tunnel.family.name == "tunnel-interface" else None
    ike = config.get("ikev2-profile", (profile.child("set ikev2-profile") if profile else None) or "")
    keyring = ((ike.child("keyring local") if ike else None) or "").removeprefix("NR-")
    shares = bool(keyring) and name in (f"{keyring}-P", f"{keyring}-B")
    return shares or (tunnel.child("nameif") or "").startswith(f"NR-{name}-")


def names_on(config: Config) -> Iterator[str]:
    """Names of the tunnels that a run has built."""
    yield from (name for name, _, _ in _entries(config))


def found_on(host: str, platform: Platform, text: str) -> Iterator[Found]:
    """Every tunnel that a run has built on a device which runs this."""
    config, places = read(platform.os, text), list(addresses(platform, text))
    for name, style, entry in _entries(config):
        if style == "vti":
            bound = [(entry.child("tunnel source") or "").removeprefix("interface ")]
        else:
            bound = [item.groups["interface"] for item in config.of("crypto-map-binding") if item.map_name == entry.groups["map"]]
        where = next(((interface, address) for interface, address in places if interface in bound), ("unknown", None))
        yield Found(host, name, style, entry, config, *where)


def addresses(platform: Platform, text: str) -> Iterator[tuple[str, IPv4Address]]:
    """Interface, by the name that a map is bound to, and its primary address."""
    nodes = tree.parse(text)
    if system_of(platform).has_nameif:
        for item in interfaces(nodes):
            if item.nameif and item.address:
                yield item.nameif, item.address.ip
        return
    for node in nodes:
        lines = [line.split() for line in node.children if line.startswith("ip address ") and not line.endswith(" secondary")]
        if node.line.startswith("interface ") and lines and lines[0][2][0].isdigit():
            yield node.line.split()[1], IPv4Address(lines[0][2])
