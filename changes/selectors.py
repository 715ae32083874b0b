"""Traffic selectors of a crypto map entry, read from the access list that it matches."""

from __future__ import annotations

import re
from ipaddress import IPv4Address, IPv4Network

from .objects import Config, ConfigObject, without_number

Selector = tuple[IPv4Network, IPv4Network]

_ADDRESS = r"(any|host \S+|\S+ \S+)"
_PERMIT = re.compile(rf"permit (?:ip|tcp|udp|icmp|gre|esp|ahp|\d+) {_ADDRESS} (?:(?:eq|gt|lt|range) .+? )?{_ADDRESS}(?: .*)?")
#: The same on an ASA, which writes masks as they are and names objects.
_ASA_ADDRESS = r"(any4?|host \S+|object \S+|object-group \S+|\d\S+ \d\S+)"
_ASA_PERMIT = re.compile(rf"extended permit (?:ip|tcp|udp|icmp|gre|esp|ah|\d+) {_ASA_ADDRESS} {_ASA_ADDRESS}(?: .*)?")


def network(words: str) -> IPv4Network | None:
    """``any``, ``host A`` or ``A WILDCARD`` as a network; None when the wildcard is not the end of a mask."""
    parts = words.split()
    try:
        if parts[0] == "any":
            return IPv4Network("0.0.0.0/0")
        if parts[0] == "host":
            return IPv4Network(parts[1])
        return masked(parts[0], IPv4Address(int(IPv4Address(parts[1])) ^ 0xFFFFFFFF))
    except (ValueError, IndexError):
        return None


def masked(address: str, mask: IPv4Address) -> IPv4Network:
    """Network of an address and its mask. Raises ValueError for a mask with holes: Python may take it for a wildcard."""
    bits = ~int(mask) & 0xFFFFFFFF
    if bits & (bits + 1):
        raise ValueError(f"{mask} is no mask of one network")
    return IPv4Network(f"{address}/{32 - bits.bit_length()}", strict=False)


def selectors_of(config: Config, entry: ConfigObject) -> tuple[Selector, ...] | None:
    """Pairs (from, to) of the entry's access list, named or numbered; None where they cannot be read for certain."""
    name = entry.child("match address")
    if name is None:
        return ()
    named = config.get("access-list", name)
    numbered = f"access-list {name} "
    lines = (
        list(named.children)
        if named
        else [node.line.removeprefix(numbered) for node in config.others if node.line.startswith(numbered)]
    )
    found: list[Selector] = []
    for shown in lines:
        line = without_number(shown)
        if line.startswith("extended "):
            pairs = _asa_pairs(config, line)
            if pairs is None:
                return None
            found += pairs
            continue
        match = _PERMIT.fullmatch(line.strip())
        if line.startswith(("remark", "deny")):
            continue
        pair = (network(match[1]), network(match[2])) if match else (None, None)
        if pair[0] is None or pair[1] is None:
            return None
        found.append((pair[0], pair[1]))
    # A list that is named and not there is no list without rules: what the device makes of it depends on the release.
    return tuple(found) if lines else None


def _asa_pairs(config: Config, line: str) -> tuple[Selector, ...] | None:
    """Selectors of one line of an ASA's list, its objects followed; none for what it denies, None if it is not certain."""
    if line.startswith("extended deny "):
        return ()
    match = _ASA_PERMIT.fullmatch(line.removesuffix(" inactive"))
    sides = [_asa_networks(config, words, 4) for words in match.groups()] if match else []
    if len(sides) != 2 or sides[0] is None or sides[1] is None:
        return None
    return tuple((source, target) for source in sides[0] for target in sides[1])


def _asa_networks(config: Config, words: str, depth: int) -> tuple[IPv4Network, ...] | None:
    """Networks that an address of an ASA stands for: itself, an object, or the members of a group."""
    kind, _, rest = words.partition(" ")
    if kind in ("any", "any4"):
        return (IPv4Network("0.0.0.0/0"),)
    if kind == "object":
        node = next((node for node in config.others if node.line == f"object network {rest}"), None)
        lines = [line for line in node.children if not line.startswith(("description ", "nat "))] if node else []
        return _asa_networks(config, lines[0].removeprefix("subnet "), depth) if len(lines) == 1 else None
    if kind in ("object-group", "group-object"):
        node = next((node for node in config.others if node.line == f"object-group network {rest}"), None)
        members = [line.removeprefix("network-object ") for line in node.children if not line.startswith("desc")] if node else []
        found = [_asa_networks(config, member, depth - 1) for member in members] if depth else []
        known = [networks for networks in found if networks is not None]
        return tuple(network for networks in known for network in networks) if known and len(known) == len(found) else None
    try:
        return (IPv4Network(rest) if kind == "host" else masked(kind, IPv4Address(rest)),)
    except ValueError:
        return None


def overlap(ours: tuple[Selector, ...], theirs: tuple[Selector, ...]) -> tuple[Selector, Selector] | None:
    """The first two selectors that one packet could match, or None."""
    for mine in ours:
        for other in theirs:
            if mine[0].overlaps(other[0]) and mine[1].overlaps(other[1]):
                return mine, other
    return None
