"""Traffic selectors of a crypto map entry, read from the access list that it matches."""

from __future__ import annotations

import re
from functools import lru_cache
from ipaddress import IPv4Address, IPv4Network, summarize_address_range

from msgspec import Struct

from .objects import Config, ConfigObject

Selector = tuple[IPv4Network, IPv4Network]

#: Of a line of one protocol or port the addresses are taken: it selects no more than they say.
_ADDRESS = r"(any|host \d\S+|\d+\.\d\S+ \d+\.\d\S+)"
_PERMIT = re.compile(rf"permit [a-z\d]+ {_ADDRESS} (?:(?:eq|gt|lt|neq|range) .+? )?{_ADDRESS}(?: .*)?")
#: The same on an ASA, which writes masks as they are and names objects, services as well.
_ASA_ADDRESS = r"(any4?|host \S+|object \S+|object-group \S+|\S+ \d+\.\d\S+)"
_ASA_PORT = r"(?:(?:eq|gt|lt|neq) \S+ |range \S+ \S+ )?"
_ASA_PERMIT = re.compile(rf"extended permit (?:object(?:-group)? \S+|[a-z\d]+) {_ASA_ADDRESS} {_ASA_PORT}{_ASA_ADDRESS}(?: .*)?")


@lru_cache(maxsize=4096)
def network(words: str) -> IPv4Network | None:
    """``any``, ``host A`` or ``A WILDCARD`` as a network; None when the wildcard is not the end of a mask."""
    parts = words.split()
    try:
        if parts[0] == "any":
            return IPv4Network("0.0.0.0/0")
        if parts[0] == "host":
            return IPv4Network(parts[1])
        return masked(parts[0], _of_wildcard(parts[1]))
    except (ValueError, IndexError):
        return None


@lru_cache(maxsize=64)
def _of_wildcard(words: str) -> IPv4Address:
    """Mask of a wildcard. Raises ValueError."""
    return IPv4Address(int(IPv4Address(words)) ^ 0xFFFFFFFF)


def masked(address: str, mask: IPv4Address) -> IPv4Network:
    """Network of an address and its mask. Raises ValueError for a mask with holes: Python may take it for a wildcard."""
    bits = ~int(mask) & 0xFFFFFFFF
    if bits & (bits + 1):
        raise ValueError(f"{mask} is no mask of one network")
    return IPv4Network((int(IPv4Address(address)) & int(mask), 32 - bits.bit_length()))


class Unread(Struct, frozen=True):
    """A line of an access list that cannot be parsed reliably: the name of the list, the line as the device shows it, and
    why."""

    name: str
    line: str
    why: str = ""

    def __str__(self) -> str:
        """For a sentence."""
        return f"{self.line!r} of access list {self.name}" + (f", {self.why}" if self.why else "")


def selectors_of(config: Config, entry: ConfigObject) -> tuple[Selector, ...] | None:
    """Pairs (from, to) of the entry's access list, named or numbered; None where they cannot be parsed reliably."""
    found = selectors_or_line(config, entry)
    return None if isinstance(found, Unread) else found


def selectors_or_line(config: Config, entry: ConfigObject) -> tuple[Selector, ...] | Unread:
    """Pairs (from, to) of the entry's access list, or the first line of it that cannot be parsed reliably."""
    name = entry.child("match address")
    if name is None:
        return ()
    lines = config.lists.get(name, ())
    if not lines:
        # A list that is named and not there is no list without rules: what the device makes of it depends on the release.
        return Unread(name, f"match address {name}", "which is not there")
    found: list[Selector] = []
    for line in lines:
        pairs = _asa_pairs(config, line) if line.startswith("extended ") else _pairs(line)
        if pairs is None:
            return Unread(name, line)
        found += pairs
    return tuple(found)


def _pairs(line: str) -> tuple[Selector, ...] | None:
    """Selectors of one line of an IOS list; none for what it denies, None if it is not certain."""
    if line.startswith(("remark", "deny")):
        return ()
    match = _PERMIT.fullmatch(line)
    pair = (network(match[1]), network(match[2])) if match else (None, None)
    return None if pair[0] is None or pair[1] is None else ((pair[0], pair[1]),)


def _asa_pairs(config: Config, line: str) -> tuple[Selector, ...] | None:
    """Selectors of one line of an ASA's list, its objects followed; none for what it denies, None if it is not certain."""
    if line.startswith("extended deny "):
        return ()
    match = _ASA_PERMIT.fullmatch(line.removesuffix(" inactive"))
    sides = [_asa_networks(config, words, 4) for words in match.groups()] if match else []
    if len(sides) != 2 or sides[0] is None or sides[1] is None:
        return None
    return tuple((source, target) for source in sides[0] for target in sides[1])


def asa_networks(config: Config, words: str) -> tuple[IPv4Network, ...] | None:
    """Networks that an address of an ASA stands for, objects and groups followed; None where that is not certain."""
    return _asa_networks(config, words, 4)


def _asa_networks(config: Config, words: str, depth: int) -> tuple[IPv4Network, ...] | None:
    """Networks that an address of an ASA stands for: itself, an object, or the members of a group."""
    kind, _, rest = words.partition(" ")
    if kind in ("any", "any4"):
        return (IPv4Network("0.0.0.0/0"),)
    if kind == "object":
        node = config.named_nodes.get(f"object network {rest}")
        lines = [line for line in node.children if not line.startswith(("description ", "nat "))] if node else []
        return _asa_networks(config, lines[0].removeprefix("subnet "), depth) if len(lines) == 1 else None
    if kind == "range":
        return _range(rest)
    if kind in ("object-group", "group-object"):
        node = config.named_nodes.get(f"object-group network {rest}")
        members = [line.removeprefix("network-object ") for line in node.children if not line.startswith("desc")] if node else []
        found = [_asa_networks(config, member, depth - 1) for member in members] if depth else []
        known = [networks for networks in found if networks is not None]
        return tuple(network for networks in known for network in networks) if known and len(known) == len(found) else None
    try:
        if kind == "host":
            return (IPv4Network(config.names.get(rest, rest)),)
        return (masked(config.names.get(kind, kind), IPv4Address(rest)),)
    except ValueError:
        return None


def _range(words: str) -> tuple[IPv4Network, ...] | None:
    try:
        first, last = (IPv4Address(word) for word in words.split())
        return tuple(summarize_address_range(first, last))
    except ValueError:
        return None


def overlap(ours: tuple[Selector, ...], theirs: tuple[Selector, ...]) -> tuple[Selector, Selector] | None:
    """The first two selectors that one packet could match, or None."""
    for mine in ours:
        for other in theirs:
            if mine[0].overlaps(other[0]) and mine[1].overlaps(other[1]):
                return mine, other
    return None
