"""Who uses an object without naming it: keys by their peer, bindings by their map, policies and dead peer detection by IKE.

A running configuration shows these uses in no reference. Sources: Cisco IOS Security Command Reference 12.2 (crypto isakmp key,
crypto isakmp policy, crypto map): IKE takes the key by the peer's address, offers every policy to every peer, and an interface
encrypts for all entries of its map.
"""

from __future__ import annotations

import re
from collections.abc import Callable, Collection, Iterable, Iterator, Mapping
from ipaddress import IPv4Address, IPv4Network

from . import tree
from .objects import Config, ConfigObject, Key

#: An entry of a map, of whatever kind: ``crypto map NAME 10 ipsec-isakmp dynamic clients``.
_ENTRY = re.compile(r"crypto map (?P<map>\S+) \d+(?: .+)?")
#: Lines of a ``crypto keyring`` and of a ``crypto isakmp profile`` that name a peer.
_KNOWN_OTHERWISE = ("pre-shared-key address ", "match identity address ")
#: Sections that hold keys for peers, or that match peers, and their lines for a network: IKEv1 and IKEv2.
_KEYED_OR_MATCHED = ("crypto keyring ", "crypto isakmp profile ", "crypto ikev2 keyring ", "crypto ikev2 profile ")
_OF_NETWORK = re.compile(
    r"(?:pre-shared-key address|match identity (?:remote )?address|address) (?P<address>\d\S+)(?: (?P<mask>\d\S+))?(?: .*)?"
)
#: What negotiates by IKE and is neither an entry, nor a key, nor a protected interface.
_BY_IKE = ("crypto keyring ", "crypto isakmp profile ", "crypto gdoi group ")
#: A key that is no object of ours to handle, because its peer is known by name.
_KEY_BY_NAME = re.compile(r"crypto isakmp key .+ hostname (?P<peer>\S+).*")


def users(config: Config, target: ConfigObject, *, besides: Collection[Key] = ()) -> tuple[str, ...]:
    """Titles or lines of what needs ``target`` and does not name it; the objects ``besides`` are not counted."""
    rule = _RULES[target.family.name]
    if rule is None:
        return ()
    left_out = {*besides, target.key}
    others = {key: item for key, item in config.objects.items() if key not in left_out}
    return tuple(dict.fromkeys(rule(config, target, others)))


def newcomers(config: Config, target: ConfigObject, before: Config, *, besides: Collection[Key] = ()) -> tuple[str, ...]:
    """The users of ``target`` that it did not have ``before``: what did without it then can do so again."""
    earlier = users(before, target)
    return tuple(user for user in users(config, target, besides=besides) if user not in earlier)


def goes_to(config: Config, peer: str, *, besides: Collection[Key] = ()) -> tuple[str, ...]:
    """Titles or lines of all that negotiates with ``peer``, an address: first peer of an entry or one to fall back to.

    The objects ``besides`` are not counted.
    """
    objects = (item for key, item in config.objects.items() if key not in besides)
    return tuple(dict.fromkeys(_to_peer(objects, config.others, peer)))


def takes_peer(config: Config, peer: IPv4Address) -> Iterator[tuple[str, str]]:
    """Header and line of each keyring and IKE profile for a whole network in which the peer is; those for it alone go to it."""
    for node in config.others:
        if node.line.startswith(_KEYED_OR_MATCHED):
            for line in node.children:
                match = _OF_NETWORK.fullmatch(line)
                net = _network(match["address"], match["mask"]) if match else None
                if net and net.prefixlen < 32 and peer in net:
                    yield node.line, line


def _network(address: str, mask: str | None) -> IPv4Network | None:
    """An address without a mask is one host, but that of all is all (match identity address 0.0.0.0)."""
    wide = mask or ("0.0.0.0" if address == "0.0.0.0" else "255.255.255.255")  # noqa: S104 - no address to listen at
    try:
        return IPv4Network(f"{address}/{wide}", strict=False)
    except ValueError:
        return None


def _of_key(config: Config, target: ConfigObject, others: Mapping[Key, ConfigObject]) -> Iterator[str]:
    yield from _to_peer(others.values(), config.others, target.peer)


def _to_peer(objects: Iterable[ConfigObject], nodes: Iterable[tree.Node], peer: str) -> Iterator[str]:
    line = f"set peer {peer}"
    yield from (item.title for item in objects if peer in item.peers)
    yield from (node.line for node in nodes if _has_peer(node.children, line) or _protects(node, peer))
    # An entry of a dynamic map, as an ASA writes it.
    yield from (node.line for node in nodes if peer in node.line.partition(" set peer ")[2].split())


def _has_peer(lines: tuple[str, ...], wanted: str) -> bool:
    # An entry may have several peers to fall back to, and "set peer A default" names the one to begin with.
    return any(f"{line} ".startswith(f"{wanted} ") for line in lines)


def _protects(node: tree.Node, peer: str) -> bool:
    """A tunnel interface with protection negotiates with its destination, or with those that NHRP maps; a group member with the
    servers of its group, and a keyring or a profile names a peer of IKE itself."""
    if f"server address ipv4 {peer}" in node.children:
        return True
    if any(line.startswith(_KNOWN_OTHERWISE) and peer in line.split()[2:4] for line in node.children):
        return True
    mapped = any(line.startswith(("ip nhrp map ", "ip nhrp nhs ")) and peer in line.split() for line in node.children)
    destined = f"tunnel destination {peer}" in node.children
    return (destined or mapped) and any(line.startswith("tunnel protection ") for line in node.children)


def _of_binding(config: Config, target: ConfigObject, others: Mapping[Key, ConfigObject]) -> Iterator[str]:
    name = target.map_name
    headers = ((item.title, item.header) for item in others.values())
    for title, line in (*headers, *((node.line, node.line) for node in config.others)):
        match = _ENTRY.fullmatch(line)
        if match and match["map"] == name:
            yield title


def _of_ike(config: Config, _target: ConfigObject, others: Mapping[Key, ConfigObject]) -> Iterator[str]:
    yield from (item.title for item in others.values() if item.family.name == "crypto-map-entry" or item.family.holds_key)
    for node in config.others:
        by_name = _KEY_BY_NAME.fullmatch(node.line)
        if by_name:
            # Not the line itself: the key stands in it.
            yield f"isakmp-key {by_name['peer']}"
        elif (
            _ENTRY.fullmatch(node.line)
            or node.line.startswith(_BY_IKE)
            or any(line.startswith("tunnel protection ") for line in node.children)
        ):
            yield node.line


#: Every family says who needs its objects without naming them; None for nobody. A family that says nothing is an error.
_RULES: dict[str, Callable[[Config, ConfigObject, Mapping[Key, ConfigObject]], Iterator[str]] | None] = {
    "access-list": None,
    "crypto-map-entry": None,
    "group-policy": None,
    "transform-set": None,
    "isakmp-key": _of_key,
    "tunnel-group": _of_key,
    "ike-enable": _of_ike,
    "crypto-map-binding": _of_binding,
    "isakmp-policy": _of_ike,
    "isakmp-keepalive": _of_ike,
}
