"""Implicit references: who uses an object without naming it, by the rules of its family (families/uses.py)."""

from __future__ import annotations

import re
from collections.abc import Collection, Iterator
from ipaddress import IPv4Address, IPv4Network

from .configurations.look_up import LookUp, by_object
from .families.uses import peers_behind, peers_below
from .family import Nobody
from .objects import Config, ConfigObject, Key

#: Sections that hold keys for peers, or that match peers, and their lines for a network: IKEv1 and IKEv2.
_KEYED_OR_MATCHED = ("crypto keyring ", "crypto isakmp profile ", "crypto ikev2 keyring ", "crypto ikev2 profile ")
_OF_NETWORK = re.compile(
    r"(?:pre-shared-key address|match identity (?:remote )?address|address) (?P<address>\d\S+)(?: (?P<mask>\d\S+))?(?: .*)?"
)


def users(config: Config, target: ConfigObject, *, besides: Collection[Key] = ()) -> tuple[str, ...]:
    """Titles or lines of what needs ``target`` and does not name it; the objects ``besides`` are not counted."""
    shared = target.family.shared
    if isinstance(shared, Nobody):
        return ()
    left_out = {*besides, target.key}
    others = {key: item for key, item in config.objects.items() if key not in left_out}
    return tuple(dict.fromkeys(shared.users(config, target, others)))


def new_users(config: Config, target: ConfigObject, before: Config, *, besides: Collection[Key] = ()) -> tuple[str, ...]:
    """The users of ``target`` that it did not have ``before``: what did without it then can do so again."""
    earlier = users(before, target)
    return tuple(user for user in users(config, target, besides=besides) if user not in earlier)


def uses_of_peer(config: Config, peer: str, *, besides: Collection[Key] = ()) -> tuple[str, ...]:
    """Titles or lines of all that negotiates with ``peer``, an address: first peer of an entry or one to fall back to.

    The objects ``besides`` are not counted.
    """
    objects = (title for key, title in config.kept(_OBJECTS_TO).get(peer, ()) if key not in besides)
    return tuple(dict.fromkeys((*objects, *config.kept(_LINES_TO).get(peer, ()))))


def _objects_to(config: Config) -> dict[str, tuple[tuple[Key, str], ...]]:
    """Peer to the objects that negotiate with it: key and title."""
    found: dict[str, list[tuple[Key, str]]] = {}
    for key, item in config.objects.items():
        for peer in dict.fromkeys(item.peers):
            found.setdefault(peer, []).append((key, item.title))
    return {peer: tuple(those) for peer, those in found.items()}


def _lines_to(config: Config) -> dict[str, tuple[str, ...]]:
    """Peer to the lines of what is no object and negotiates with it."""
    found: dict[str, list[str]] = {}
    for peers_in in (peers_below, peers_behind):
        for node in config.others:
            for peer in dict.fromkeys(peers_in(node)):
                found.setdefault(peer, []).append(node.line)
    return {peer: tuple(lines) for peer, lines in found.items()}


_OBJECTS_TO = by_object(_objects_to)
#: What a configuration grows by has no other lines.
_LINES_TO = LookUp(_lines_to, lambda there, _whole, _more: there)


def takes_peer(config: Config, peer: IPv4Address) -> Iterator[tuple[str, str]]:
    """Header and line of each keyring and IKE profile for a whole network in which the peer is; those for it alone go to it."""
    for node in config.nodes:
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
