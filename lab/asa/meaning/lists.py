"""Access lists and network objects of an ASA: how entries are written, which networks they mean, who uses what."""

from __future__ import annotations

import ipaddress
from collections.abc import Iterator
from functools import cache
from ipaddress import IPv4Address, IPv4Network

from ...core.configuration.edit import Refused
from ...core.configuration.store import Entry, Store
from ...ios.model import Selector

ANYWHERE = IPv4Network("0.0.0.0/0")


def written(address: str, mask: str) -> list[str]:
    """An address and mask as the ASA writes them; a mask that does not fit is refused."""
    if mask == "0.0.0.0":  # noqa: S104 - a mask
        return ["any"]
    if mask == "255.255.255.255":
        return ["host", address]
    paired(address, mask)
    return [address, mask]


def paired(address: str, mask: str) -> IPv4Network:
    """The network of an address and mask; refused when bits stand outside the mask."""
    try:
        return IPv4Network(f"{address}/{mask}")
    except ValueError:
        raise Refused(f"ERROR: IP address,mask <{address},{mask}> doesn't pair") from None


def canonical(words: list[str]) -> str:
    """An entry from `permit` or `deny` on, as the ASA writes it."""
    told: list[str] = []
    rest = list(words)
    while rest:
        word = rest.pop(0)
        if word in ("host", "object", "object-group"):
            told += [word, rest.pop(0)]
        elif _is_ip(word) and rest and _is_ip(rest[0]):
            told += written(word, rest.pop(0))
        else:
            told.append(word)
    return " ".join(told)


def _is_ip(word: str) -> bool:
    try:
        IPv4Address(word)
    except ValueError:
        return False
    return True


def named(store: Store, name: str) -> list[Entry]:
    """The entries of a list in their order."""
    return [entry for entry in store.root.values() if entry.form.family == "ace" and entry.key[0] == name]


def object_networks(store: Store, name: str) -> list[IPv4Network]:
    """The networks of a network object."""
    entry = store.get("object", name)
    value = entry.child("value") if entry is not None else None
    if value is None:
        return []
    words = value.text.split()
    if words[0] == "host":
        return [IPv4Network(words[1])]
    if words[0] == "subnet":
        return [IPv4Network(f"{words[1]}/{words[2]}")]
    return list(ipaddress.summarize_address_range(IPv4Address(words[1]), IPv4Address(words[2])))


def group_networks(store: Store, name: str) -> list[IPv4Network]:
    """The networks of an object group, with those of the groups in it."""
    entry = store.get("object-group", name)
    found: list[IPv4Network] = []
    for member in entry.all("member") if entry is not None else []:
        words = member.text.split()
        if words[0] == "group-object":
            found += group_networks(store, words[1])
        elif words[1] == "object":
            found += object_networks(store, words[2])
        else:
            found.append(IPv4Network(words[2] if words[1] == "host" else f"{words[1]}/{words[2]}"))
    return found


def networks(store: Store, name: str) -> list[IPv4Network] | None:
    """The networks behind a name that is an object or a group, or `any`; None if there is no such name."""
    if name == "any":
        return [ANYWHERE]
    if store.get("object", name) is not None:
        return object_networks(store, name)
    if store.get("object-group", name) is not None:
        return group_networks(store, name)
    return None


def selectors(store: Store, ace: str) -> tuple[str, list[Selector]] | None:
    """Action and selectors of an entry, groups multiplied out; None for a remark or an inactive entry."""
    return _read(store, ace) if "object" in ace else _plain(ace)


@cache
def _plain(ace: str) -> tuple[str, list[Selector]] | None:
    """The same for an entry that names no object, which always means the same."""
    return _read(Store(), ace)


def _read(store: Store, ace: str) -> tuple[str, list[Selector]] | None:
    words = ace.split()
    if words[0] == "remark" or words[-1] == "inactive":
        return None
    sources, rest = _side(store, words[2:])
    destinations, _ = _side(store, rest)
    return words[0], [Selector(source, destination) for source in sources for destination in destinations]


def _side(store: Store, words: list[str]) -> tuple[list[IPv4Network], list[str]]:
    if words[0] in ("eq", "gt", "lt", "neq"):
        return _side(store, words[2:])
    if words[0] == "range":
        return _side(store, words[3:])
    if words[0].startswith("any"):
        return [ANYWHERE], words[1:]
    if words[0] == "host":
        return [IPv4Network(words[1])], words[2:]
    if words[0] in ("object", "object-group"):
        return networks(store, words[1]) or [], words[2:]
    return [IPv4Network(f"{words[0]}/{words[1]}")], words[2:]


def by_name(store: Store) -> dict[str, list[Entry]]:
    """The entries of every list in their order."""
    found: dict[str, list[Entry]] = {}
    for entry in store.root.values():
        if entry.form.family == "ace":
            found.setdefault(entry.key[0], []).append(entry)
    return found


def lines_of(store: Store, entries: list[Entry]) -> list[tuple[str, Selector]]:
    """Every action and selector of a list."""
    found: list[tuple[str, Selector]] = []
    for entry in entries:
        read = selectors(store, entry.values["ace"])
        if read is not None:
            found += [(read[0], selector) for selector in read[1]]
    return found


def permits(store: Store, name: str, source: IPv4Address, destination: IPv4Address) -> bool:
    """Whether a list permits a packet."""
    for action, selector in lines_of(store, named(store, name)):
        if selector.covers(source, destination):
            return action == "permit"
    return False


def side_text(network: IPv4Network) -> str:
    """A network as an expanded entry shows it."""
    if network == ANYWHERE:
        return "any"
    if network.prefixlen == 32:
        return f"host {network.network_address}"
    return f"{network.network_address} {network.netmask}"


def users_of_object(store: Store, name: str) -> Iterator[Entry]:
    """Lists, groups and translations that name an object or a group."""
    for entry in store.root.values():
        if entry.form.family in ("ace", "nat"):
            words = entry.text.split()
            if any(word == name and index > 1 for index, word in enumerate(words)):
                yield entry
        elif entry.form.family == "object-group":
            for member in entry.all("member"):
                if member.text.split()[-1] == name and member.text.split()[-2] in ("object", "group-object"):
                    yield entry
        elif entry.form.family == "object":
            translation = entry.child("object nat")
            if translation is not None and translation.text.split()[-1] == name:
                yield entry
