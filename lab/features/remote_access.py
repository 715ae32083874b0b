"""What an IOS configuration says about VPN clients: groups, pools, the settings of a crypto map, the lists of `aaa`.

Sources: the 12.2(8)T "Easy VPN Server" feature guide and the 12.2 security command reference.
"""

from __future__ import annotations

from collections.abc import Iterator
from ipaddress import IPv4Address, IPv4Network

from msgspec import Struct

from ..core.configuration.store import Entry, Store
from ..ios import model
from ..ios.effects import rules_aaa


class Group(Struct, frozen=True):
    """A client group; an empty key is none, `networks` are what goes into the tunnel: all without a list."""

    name: str
    key: str
    pool: str
    dns: tuple[str, ...]
    domain: str
    networks: tuple[IPv4Network, ...]


class MapSettings(Struct, frozen=True):
    """How a crypto map treats clients: the list for users, the list for groups, whether requests get addresses."""

    authentication: str
    authorization: str
    responds: bool


def group(store: Store, name: str) -> Group | None:
    """The client group of a name."""
    entry = store.get("isakmp group", name)
    if entry is None:
        return None
    acl, dns = _word(entry, "group acl", "name"), entry.child("group dns")
    lines = [read for line in model.acl_lines(store, acl) if (read := model.selector(line))] if acl else []
    inside = tuple(selector.source for action, selector in lines if action == "permit")
    return Group(
        name,
        _word(entry, "group key", "secret"),
        _word(entry, "group pool", "name"),
        tuple(dns.text.split()[1:]) if dns is not None else (),
        _word(entry, "group domain", "name"),
        inside or (IPv4Network("0.0.0.0/0"),),
    )


def _word(entry: Entry, family: str, value: str) -> str:
    child = entry.child(family)
    return child.values[value] if child is not None else ""


def map_settings(store: Store, name: str) -> MapSettings:
    """The settings of a crypto map."""
    users, groups = store.get("map xauth", name), store.get("map authorization", name)
    return MapSettings(
        users.values["list"] if users is not None else "",
        groups.values["list"] if groups is not None else "",
        store.get("map mode-config", name, "respond") is not None,
    )


def asks_locally(store: Store, name: str) -> bool:
    """Whether a login list is there and asks the local users."""
    return _local(store, store.get("aaa authentication", name))


def groups_locally(store: Store, name: str) -> bool:
    """Whether a network authorization list is there and takes groups from the configuration."""
    return _local(store, store.get("aaa authorization", "network", name))


def _local(store: Store, entry: Entry | None) -> bool:
    return rules_aaa.is_on(store) and entry is not None and "local" in entry.values["methods"].split()


def pool(entry: Entry) -> tuple[IPv4Address, IPv4Address]:
    """The first and the last address of a pool."""
    return IPv4Address(entry.values["first"]), IPv4Address(entry.values.get("last", entry.values["first"]))


def addresses(store: Store, name: str) -> Iterator[IPv4Address]:
    """The addresses of a pool in their order; none of one that is not there."""
    entry = store.get("ip local pool", name)
    if entry is not None:
        first, last = pool(entry)
        yield from (IPv4Address(number) for number in range(int(first), int(last) + 1))
