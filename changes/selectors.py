"""Traffic selectors of a crypto map entry, read from the access list that it matches."""

from __future__ import annotations

import re
from ipaddress import IPv4Address, IPv4Network

from .objects import Config, ConfigObject

Selector = tuple[IPv4Network, IPv4Network]

_ADDRESS = r"(any|host \S+|\S+ \S+)"
_PERMIT = re.compile(rf"permit (?:ip|tcp|udp|icmp|gre|esp|ahp|\d+) {_ADDRESS} (?:(?:eq|gt|lt|range) .+? )?{_ADDRESS}(?: .*)?")


def network(words: str) -> IPv4Network | None:
    """``any``, ``host A`` or ``A WILDCARD`` as a network; None when the wildcard is not the end of a mask."""
    parts = words.split()
    try:
        if parts[0] == "any":
            return IPv4Network("0.0.0.0/0")
        if parts[0] == "host":
            return IPv4Network(parts[1])
        mask = IPv4Address(int(IPv4Address(parts[1])) ^ 0xFFFFFFFF)
        return IPv4Network(f"{parts[0]}/{mask}", strict=False)
    except (ValueError, IndexError):
        return None


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
    for line in lines:
        match = _PERMIT.fullmatch(line.strip())
        if line.startswith(("remark", "deny")):
            continue
        pair = (network(match[1]), network(match[2])) if match else (None, None)
        if pair[0] is None or pair[1] is None:
            return None
        found.append((pair[0], pair[1]))
    # A list that is named and not there is no list without rules: what the device makes of it depends on the release.
    return tuple(found) if lines else None


def overlap(ours: tuple[Selector, ...], theirs: tuple[Selector, ...]) -> tuple[Selector, Selector] | None:
    """The first two selectors that one packet could match, or None."""
    for mine in ours:
        for other in theirs:
            if mine[0].overlaps(other[0]) and mine[1].overlaps(other[1]):
                return mine, other
    return None
