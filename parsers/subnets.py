"""The headings of networks in `show ip route`: which routes lie below one, what mask it gives them, and how many it announces.

`10.0.0.0/30 is subnetted, 2 subnets` gives its mask to the routes below it, which have none of their own, and `10.0.0.0/8 is
variably subnetted, 5 subnets, 2 masks` stands above routes with masks. Either is about one classful network.
"""

from __future__ import annotations

import re
from _socket import AF_INET, inet_pton
from collections.abc import Iterator
from functools import lru_cache
from ipaddress import IPv4Network
from typing import Any

_HEADING = re.compile(
    r"\n[ \t]*((?:\d{1,3}\.){3}\d{1,3}(?:/\d+)?) is (?:variably )?subnetted, (\d+) subnets?(?:, (\d+) masks?)?[^\n]*"
    r"|\n[ \t]*(Routing Table:)",
    re.IGNORECASE,
)
_ROW = re.compile(
    r"\n[ \t]*[A-Za-z][^\d\n[]*?(?:[ELN][12][*+%&p \t]*)?[ \t]((?:\d{1,3}\.){3}\d{1,3})(?:/(\d+))?(?=[ \t\n])",
    re.IGNORECASE,
)


def classful(text: str) -> IPv4Network | None:
    """The network that a heading is about: the class A, B or C network around the address, or a shorter one as printed."""
    address, _, length = text.partition("/")
    try:
        first = int(address.split(".")[0])
        bits = 8 if first < 128 else 16 if first < 192 else 24
        return IPv4Network((address, min(bits, int(length or bits))), strict=False)
    except ValueError:
        return None


@lru_cache(maxsize=256)
def bounds_of(heading: str) -> tuple[int, int] | None:
    """The first and the last address of the network that a heading is about."""
    network = classful(heading)
    return (int(network[0]), int(network[-1])) if network is not None else None


def number_of(address: str) -> int | None:
    """An IPv4 address as a number, None for what is none; a table has thousands that are only compared, and no object is made."""
    try:
        return int.from_bytes(inet_pton(AF_INET, address), "big")
    except (OSError, ValueError):
        return None


def holds(heading: str, address: str) -> bool:
    """True if a route to `address` can stand below the heading of network `heading`."""
    return holds_number(heading, number_of(address))


def holds_number(heading: str, number: int | None) -> bool:
    """The same of an address as a number; None is in no network."""
    bounds = bounds_of(heading)
    return bounds is not None and number is not None and bounds[0] <= number <= bounds[1]


def counted(_state: Any, text: str) -> Iterator[str]:
    """As many routes, with as many masks, stand below each heading as it announces."""
    headings = list(_HEADING.finditer(text))
    for number, heading in enumerate(headings):
        if heading.group(4):
            continue
        stop = headings[number + 1].start() if number + 1 < len(headings) else len(text)
        found, masks, bounds = 0, set(), bounds_of(heading.group(1)) or (1, 0)
        # As bytes: they are in the same order, and no number has to be made of each.
        first, last = (number.to_bytes(4, "big") for number in bounds)
        for address, length in _ROW.findall(text, heading.end(), stop):
            try:
                if not first <= inet_pton(AF_INET, address) <= last:
                    break
            except OSError:
                break
            found += 1
            masks.add(length)
        if found != int(heading.group(2)):
            yield f"{heading.group(1)} is said to have {heading.group(2)} subnets and {found} were printed"
        elif heading.group(3) and len(masks) != int(heading.group(3)):
            yield f"{heading.group(1)} is said to have {heading.group(3)} masks and {len(masks)} were printed"
