"""A group of VPN clients that has left the intent: found on its router by the names of its objects, and taken away by them.

A group does not say who made it; its pool does: nr-run calls it ``RA-`` and the name of the group. What serves all groups of the
router goes with the last of them, as far as nr-run has named it. Users and IKE policies stay: they may be anybody's.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from datetime import date
from ipaddress import IPv4Address, IPv4Network

from ...changes.configurations import tree
from ...changes.objects import Config, ConfigObject, read
from ...changes.plans.removal import owned
from ...changes.selectors import network
from ...inventory.errors import ChangeError, NothingMatched
from ...inventory.hiding.references import SCHEMES
from ...inventory.intents.intent import Waiver
from ...inventory.models.platforms import Platform
from ..service import Removal
from .intent import Pool, RemoteAccess, User
from .names import OWN

_UNKNOWN = f"{next(iter(SCHEMES))}:not-known"


def group_of(name: str, texts: Mapping[str, str], platforms: Mapping[str, Platform]) -> RemoteAccess:
    """The group of this name that one of these devices (host to running configuration) has, as a record to plan on.

    Raises NothingMatched where none has it, ChangeError where several have, or where it may be anybody's.
    """
    configs = {host: read(platforms[host].os, text) for host, text in texts.items()}
    there = [host for host, config in configs.items() if config.get("client-group", name) is not None]
    if not there:
        raise NothingMatched(f"{', '.join(texts)}: there is no client group {name}")
    if len(there) > 1:
        raise ChangeError(f"{' and '.join(there)} have a client group {name}: name one of them with --host")
    (host,) = there
    pool = _pool(host, name, configs[host])
    interface, outside = _outside(configs[host], texts[host])
    prefixes = _prefixes(name, configs[host]) or (IPv4Network(outside),)
    return RemoteAccess(
        name=name,
        status="disabled",
        host=host,
        interface=interface,
        outside_ip=outside,
        group_key_ref=_UNKNOWN,
        pool=pool,
        protected_prefixes=prefixes,
        probe_address=prefixes[0].network_address,
        users=(User(name="not-known", password_ref=f"{_UNKNOWN}-either"),),
        waiver=Waiver(until=date.max, ticket="none", reason="it has left the intent"),
    )


def _pool(host: str, name: str, config: Config) -> Pool:
    """The pool of a group, by which it is known as one of ours."""
    named = {rule.family: word for rule, word in config.objects["client-group", (name,)].named}
    found = config.get("address-pool", named.get("address-pool", ""))
    if found is None or found.groups["name"] != f"{OWN}{name}":
        word = named.get("address-pool", "none")
        raise ChangeError(
            f"{host}: the pool of client group {name} is {word}, and nr-run would have called it {OWN}{name}: the group may be "
            "anybody's; remove it by hand"
        )
    first = IPv4Address(found.groups["first"])
    return Pool(first=first, last=IPv4Address(found.groups.get("last") or first))


def _outside(config: Config, text: str) -> tuple[str, IPv4Address]:
    """The interface whose map takes clients, with its address. Raises ChangeError where there is none."""
    maps = {item.groups["map"] for item in config.of("crypto-map-dynamic")}
    bound = {item.groups["interface"] for item in config.of("crypto-map-binding") if item.map_name in maps}
    for node in tree.parse(text):
        lines = [line.split() for line in node.children if line.startswith("ip address ") and not line.endswith(" secondary")]
        if node.line.removeprefix("interface ") in bound and lines and lines[0][2][0].isdigit():
            return node.line.split()[1], IPv4Address(lines[0][2])
    raise ChangeError("no interface with an address takes VPN clients, so that the group is gone could not be verified")


def _prefixes(name: str, config: Config) -> tuple[IPv4Network, ...]:
    """Networks that clients of the group reach, of its list; none where all traffic goes into the tunnel."""
    listed = config.get("access-list", f"{OWN}{name}")
    words = (line.removeprefix("permit ip ").removesuffix(" any") for line in listed.canonical_children) if listed else ()
    return tuple(net for word in words if (net := network(word)) is not None)


def removal_by_name(name: str, platform: Platform, text: str) -> Removal:
    """What goes of a group that only its router knows, from one that runs this."""
    config = read(platform.os, text)
    group = config.get("client-group", name)
    if group is None:
        return Removal((), (), ())
    others = [item for item in config.of("client-group") if item.key != group.key]
    present = (group, *_named(config, group), *(() if others else _of_all_groups(config)))
    items, stays = owned(config, present)
    told = ["the users of the router stay, and its IKE policies: which of them this group needed cannot be determined"]
    told += [f"what serves all groups stays: {others[0].title} needs it"] if others else []
    return Removal(items, (*stays, *told), tuple(item for item in present if item not in items))


def _named(config: Config, item: ConfigObject) -> Iterator[ConfigObject]:
    """Pool and list of a group, as far as nr-run has named them."""
    for rule, word in item.named:
        other = config.get(rule.family, word)
        if other is not None and word.startswith(OWN):
            yield other


def _of_all_groups(config: Config) -> Iterator[ConfigObject]:
    """What serves all groups and was made for them: the dynamic map, its place in the crypto map, and how the map asks."""
    ours = [item for item in config.of("crypto-map-dynamic") if item.groups["dynamic"].startswith(OWN)]
    maps = {item.groups["map"] for item in ours}
    yield from ours
    for family in ("dynamic-map-entry", "transform-set", "aaa-list"):
        yield from (item for item in config.of(family) if item.groups["name"].startswith(OWN))
    yield from (item for item in config.of("crypto-map-setting") if item.groups["map"] in maps)
    yield from (item for item in config.of("crypto-map-binding") if item.map_name in maps)
