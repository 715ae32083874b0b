"""Who uses an object without naming it: keys by their peer, bindings by their map, policies and dead peer detection by IKE.

A running configuration shows these uses in no reference. Sources: Cisco IOS Security Command Reference 12.2 (crypto isakmp key,
crypto isakmp policy, crypto map): IKE takes the key by the peer's address, offers every policy to every peer, and an interface
encrypts for all entries of its map.
"""

from __future__ import annotations

import re
from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence
from ipaddress import IPv4Address, IPv4Network
from typing import TYPE_CHECKING

from ..family import Nobody, Shared, Users
from .bgp_told import in_the_table_for

if TYPE_CHECKING:
    from ..configurations.tree import Node
    from ..objects import Config, ConfigObject, Key

#: An entry of a map, of whatever kind: ``crypto map NAME 10 ipsec-isakmp dynamic clients``.
_ENTRY = re.compile(r"crypto map (?P<map>\S+) \d+(?: .+)?")
#: Lines of a ``crypto keyring`` and of a ``crypto isakmp profile`` that name a peer.
_KNOWN_OTHERWISE = ("pre-shared-key address ", "match identity address ")
#: What negotiates by IKE version 1 and is neither an entry, nor a key, nor a protected interface.
_BY_IKE = ("crypto keyring ", "crypto isakmp profile ", "crypto gdoi group ")
#: A key that is no object of ours to handle, because its peer is known by name.
_KEY_BY_NAME = re.compile(r"crypto isakmp key .+ hostname (?P<peer>\S+).*")

ONE, TWO, BOTH = frozenset({1}), frozenset({2}), frozenset({1, 2})


def to_peer(objects: Iterable[ConfigObject], nodes: Sequence[Node], peer: str) -> Iterator[str]:
    """Titles or lines of all that negotiates with a peer."""
    yield from (item.title for item in objects if peer in item.peers)
    for peers_in in (peers_below, peers_behind):
        yield from (node.line for node in nodes if peer in peers_in(node))


def peers_behind(node: Node) -> tuple[str, ...]:
    """Peers in the line itself, as an ASA writes an entry of a dynamic map."""
    return tuple(node.line.partition(" set peer ")[2].split())


def peers_below(node: Node) -> tuple[str, ...]:
    """Peers in the lines below one that is no object of ours: those of an entry, one or several to fall back to; a tunnel
    interface with protection negotiates with its destination, or with those that NHRP maps; a group member with the servers of
    its group; and a keyring or a profile names a peer of IKE itself."""
    found: list[str] = []
    for line in node.children:
        words = line.split()
        # "set peer A default" names the one to begin with.
        if line.startswith("set peer "):
            found += words[2:3]
        elif line.startswith("server address ipv4 "):
            found += words[3:]
        elif line.startswith(_KNOWN_OTHERWISE):
            found += words[2:4]
    return (*found, *protected_peers(node.children))


def protected_peers(lines: Iterable[str]) -> tuple[str, ...]:
    """Peers of an interface with tunnel protection; none without, since nothing is negotiated then."""
    lines = tuple(lines)
    if not any(line.startswith("tunnel protection ") for line in lines):
        return ()
    destinations = [line.split()[2] for line in lines if line.startswith("tunnel destination ")]
    mapped = [word for line in lines if line.startswith(("ip nhrp map ", "ip nhrp nhs ")) for word in line.split()[3:]]
    return tuple(dict.fromkeys((*destinations, *(word for word in mapped if word[0].isdigit()))))


def _of_key(config: Config, target: ConfigObject, others: Mapping[Key, ConfigObject]) -> Iterator[str]:
    for peer in target.key_peers:
        yield from to_peer(others.values(), config.others, peer)


def _of_binding(config: Config, target: ConfigObject, others: Mapping[Key, ConfigObject]) -> Iterator[str]:
    name = target.map_name
    headers = ((item.title, item.header) for item in others.values())
    for title, line in (*headers, *((node.line, node.line) for node in config.others)):
        match = _ENTRY.fullmatch(line)
        if match and match["map"] == name:
            yield title


def _of_ike(version: int) -> Users:
    def rule(config: Config, _target: ConfigObject, others: Mapping[Key, ConfigObject]) -> Iterator[str]:
        yield from (item.title for item in others.values() if _negotiates(item, config, version))
        for node in config.others:
            by_name = _KEY_BY_NAME.fullmatch(node.line) if version == 1 else None
            if by_name:
                # Not the line itself: the key stands in it.
                yield f"isakmp-key {by_name['peer']}"
            elif (
                _ENTRY.fullmatch(node.line)
                or (version == 1 and node.line.startswith(_BY_IKE))
                or any(line.startswith("tunnel protection ") for line in node.children)
            ):
                yield node.line

    return rule


def _negotiates(item: ConfigObject, config: Config, version: int) -> bool:
    """True if this version is negotiated for the object, or may be: one that does not say which counts for each."""
    versions = None if isinstance(item.family.ike, Nobody) else item.family.ike(item, config)
    return versions is not None and (version in versions or not versions)


def _leads(read: Callable[[ConfigObject], IPv4Network | None]) -> Users:
    """Users of a route: whatever goes to a peer that lies behind it, routes whose next hop does, and BGP, which tells it."""

    def rule(config: Config, target: ConfigObject, others: Mapping[Key, ConfigObject]) -> Iterator[str]:
        net = read(target)
        for item in others.values() if net is not None else ():
            hop = item.groups.get("hop", "") if item.family.name == target.family.name else ""
            if any(_inside(address, net) for address in (*item.peers, *([hop] if hop else []))):
                yield item.title
        yield from in_the_table_for(config, net, others)

    return rule


def _inside(address: str, net: IPv4Network | None) -> bool:
    try:
        return net is not None and IPv4Address(address) in net
    except ValueError:
        return False


def destination(route: ConfigObject) -> IPv4Network | None:
    """Network of a static route; None where its address is a name."""
    try:
        return IPv4Network(f"{route.groups['network']}/{route.groups['mask']}", strict=False)
    except ValueError:
        return None


#: IKE takes it by the address of the peer.
BY_PEER = Shared(_of_key, "another entry goes to the same peer ({use})")
#: An interface has one map, with all its entries.
BY_MAP = Shared(_of_binding, "its crypto map has other entries ({use})")
#: Offered to, or at work for, every peer of that version of IKE.
BY_IKE1 = Shared(_of_ike(1), "other IKE peers of the device use it ({use})")
BY_IKE2 = Shared(_of_ike(2), "other IKE peers of the device use it ({use})")


def _any_ike(config: Config, target: ConfigObject, others: Mapping[Key, ConfigObject]) -> Iterator[str]:
    for version in (1, 2):
        yield from _of_ike(version)(config, target, others)


BY_IKE = Shared(_any_ike, "other IKE peers of the device use it ({use})")
#: A packet takes the longest match, so a route serves all that lies behind it.
BY_ROUTE = Shared(_leads(destination), "other traffic of the device is led by it ({use})")
