"""What a running configuration has of one end of a tunnel, whatever is wrong with it: found by name, by peer or by selectors.

The proof looks for the tunnel as it has to be; whoever looks for a cause has to find it as it is. Nothing here judges.
"""

from __future__ import annotations

import re
from collections.abc import Iterator
from functools import cached_property
from ipaddress import IPv4Network

from msgspec import Struct

from ....changes.configurations.configuration import Configuration
from ....changes.configurations.nameif import find_interface
from ....changes.objects import Config, ConfigObject
from ....changes.selectors import Selector, overlap, selectors_of
from ....checks.finding import Evidence
from ....inventory.systems import System, any_of
from ....parsers import algorithms
from ..endpoint import Endpoint
from ..existing.tunnel_facts import protection
from ..placing.map_entries import MapEntries

Transform = tuple[str | None, str | None]
_ASA_RELEASE = re.compile(r"ASA Version (?P<major>\d+)\.(?P<minor>\d+)")
#: What a release is until it says otherwise: 8.3 turned the order of address translation over.
_TWICE_NAT = (8, 3)
#: A value of PFS that the configuration leaves to the release.
BARE = -1


class ConfiguredEnd(Struct, frozen=True, dict=True):
    """One end as its device has it. ``running`` is whole; ``time`` is when it was read (UTC, ISO 8601)."""

    end: Endpoint
    running: Configuration
    time: str = ""

    @property
    def host(self) -> str:
        """Name of the device."""
        return self.end.host

    @property
    def os(self) -> str:
        """Its operating system."""
        return self.running.os

    @property
    def system(self) -> System:
        """What all generations of its operating system have in common."""
        return any_of(self.os)

    @property
    def config(self) -> Config:
        """All objects of the device."""
        return self.running.objects

    def evidence(self, field: str, value: object) -> Evidence:
        """A value that was read in the running configuration; never a key."""
        return Evidence(self.host, self.running.command, field, str(value), self.time)

    def line(self, text: str) -> bool:
        """True if the configuration has this line at the margin."""
        return text in self.config.named_nodes

    @cached_property
    def outside(self) -> str:
        """What the configuration calls the outside interface: the name that ``nameif`` gave it on an ASA."""
        found = find_interface(self.running.nodes, self.end.interface) if self.system.has_nameif else None
        return (found.nameif or found.hardware) if found else self.end.interface

    @cached_property
    def outside_lines(self) -> tuple[str, ...] | None:
        """Lines below the outside interface; None where there is no such interface."""
        found = find_interface(self.running.nodes, self.end.interface) if self.system.has_nameif else None
        header = f"interface {found.hardware if found else self.end.interface}"
        starts = (header, f"{header} point-to-point", f"{header} multipoint")
        return next((node.children for node in self.running.nodes if node.line in starts), None)

    @property
    def twice_nat(self) -> bool:
        """True if an ASA orders its address translation as 8.3 and later do."""
        match = next((m for node in self.running.nodes if (m := _ASA_RELEASE.match(node.line))), None)
        return match is None or (int(match["major"]), int(match["minor"])) >= _TWICE_NAT

    # The tunnel

    @cached_property
    def entry(self) -> ConfigObject | None:
        """The map entry, or the tunnel interface, that comes nearest to what is wanted; None without one."""
        return self._interface if self.end.tunnel else max(self._candidates, key=lambda item: item[0], default=(0, None))[1]

    @property
    def _interface(self) -> ConfigObject | None:
        assert self.end.tunnel is not None
        named = self.config.kept(_interfaces).get(f"interface {self.end.tunnel.name}")
        to_peer = (item for item in self.config.tunnels_to.get(str(self.end.peer), ()) if item.family.name == "tunnel-interface")
        return named or next(to_peer, None)

    @property
    def _candidates(self) -> Iterator[tuple[int, ConfigObject]]:
        """Map entries with how much speaks for each: its selectors first, then its peer; the first of equals counts."""
        wanted, peer = self.end.selectors, str(self.end.peer)
        for item, pairs in self.config.kept(MapEntries).near(peer, wanted):
            points = 4 if set(pairs) == set(wanted) else 2 if overlap(pairs, wanted) else 0
            points += 3 if peer in item.peers else 0
            if points:
                yield points, item

    @property
    def how(self) -> ConfigObject | None:
        """What says how packets are protected: the entry itself, or the IPsec profile of the interface."""
        return protection(self.config, self.entry) if self.entry else None

    @property
    def peers(self) -> tuple[str, ...]:
        """Addresses that the tunnel goes to; a tunnel interface without protection has its destination all the same."""
        if self.entry is None:
            return ()
        destination = self.entry.child("tunnel destination")
        return self.entry.peers or ((destination,) if destination else ())

    @property
    def bound(self) -> tuple[str, ...]:
        """Interfaces that the map of the entry is at work on."""
        name = self.entry.groups.get("map") if self.entry else None
        return tuple(item.groups["interface"] for item in self.config.of("crypto-map-binding") if item.map_name == name)

    @cached_property
    def selectors(self) -> tuple[Selector, ...] | None:
        """Pairs that the entry protects; everything for a tunnel interface, None where they cannot be parsed reliably."""
        if self.entry is None:
            return None
        if self.end.tunnel:
            return ((IPv4Network("0.0.0.0/0"), IPv4Network("0.0.0.0/0")),)
        return selectors_of(self.config, self.entry)

    @cached_property
    def transforms(self) -> frozenset[Transform] | None:
        """Ciphers and integrity algorithms that it may use for data; None where one of them is not known here."""
        if self.how is None:
            return None
        found: set[Transform] = set()
        try:
            for name in self.how.transform_names:
                found |= _of_set(self.config, name)
        except ValueError:
            return None
        return frozenset(found)

    @property
    def pfs(self) -> int | None:
        """Group of PFS, None without, `BARE` where the release decides which."""
        how = self.how
        if how is None or "set pfs" in how.children:
            return BARE if how else None
        group = (how.child("set pfs") or "").removeprefix("group")
        return int(group) if group.isdigit() else None

    @property
    def child_seconds(self) -> int | None:
        """Lifetime of an IPsec SA, where the tunnel has one of its own."""
        words = (self.how.child("set security-association lifetime") or "").split() if self.how else []
        seconds = words[words.index("seconds") + 1] if "seconds" in words else ""
        return int(seconds) if seconds.isdigit() else None

    @property
    def shut(self) -> bool:
        """True if the tunnel interface, or the interface outside, is shut down."""
        lines = (self.outside_lines or (), self.entry.children if self.entry and self.end.tunnel else ())
        return any("shutdown" in some for some in lines)


def _interfaces(config: Config) -> dict[str, ConfigObject]:
    return {item.header: item for item in config.of("tunnel-interface")}


def _of_set(config: Config, name: str) -> set[Transform]:
    """What a transform set, or an IKEv2 proposal of an ASA, allows. Raises ValueError for a word that no table knows."""
    transforms = config.get("transform-set", name)
    if transforms is not None:
        return {algorithms.transform(transforms.groups["transforms"])}
    proposal = config.get("ipsec-proposal", name)
    if proposal is None:
        return set()
    ciphers, checks = ((proposal.child(f"protocol esp {word}") or "").split() for word in ("encryption", "integrity"))
    made: set[Transform] = set()
    for cipher in (algorithms.encryption(word) for word in ciphers):
        keyed = [None] if cipher.endswith("-gcm") else [None if w == "null" else algorithms.integrity(w) for w in checks]
        made |= {(cipher, integrity) for integrity in keyed}
    return made
