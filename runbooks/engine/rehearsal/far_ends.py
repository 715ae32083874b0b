"""The ends that are not ours in a rehearsal: as what the lab plays them, and under which names their keys are kept there."""

from __future__ import annotations

import hashlib
import re
from collections.abc import Collection, Iterable, Mapping
from ipaddress import IPv4Address, IPv4Interface
from typing import Any

from ....services.service import Foreign

#: The network of a provider is as wide as this in the lab: the intent names addresses, no masks.
OUTSIDE_LENGTH = 24
_NAME = re.compile(r"[A-Za-z0-9][A-Za-z0-9._-]{0,80}")


def credential_name(reference: str) -> str:
    """The credential of the lab that stands for a reference: its own name, or one that is made of it."""
    own = reference.removeprefix("credential:")
    if reference.startswith("credential:") and _NAME.fullmatch(own):
        return own
    return f"reference-{hashlib.blake2b(reference.encode(), digest_size=8).hexdigest()}"


def gateway_for(outside: IPv4Address, taken: Collection[IPv4Address]) -> IPv4Address:
    """The provider's router in the network of an outside address: its first address that nobody has."""
    network = IPv4Interface(f"{outside}/{OUTSIDE_LENGTH}").network
    return next(address for address in network.hosts() if address not in taken)


def far_orders(ends: Iterable[Foreign], hosts: Collection[str], taken: Collection[IPv4Address]) -> dict[str, dict[str, Any]]:
    """What the lab plays for the ends that are not ours: one station for each address, with all tunnels that go to it.

    ``hosts`` are the names of our own devices, ``taken`` all outside addresses.
    """
    found: dict[IPv4Address, list[Foreign]] = {}
    for end in ends:
        if end.plays:
            found.setdefault(end.addresses[0], []).append(end)
    orders: dict[str, dict[str, Any]] = {}
    for address, same in found.items():
        name = _named(same[0].name, {*hosts, *orders})
        orders[name] = {
            "station": "far-end",
            "address": str(address),
            "length": OUTSIDE_LENGTH,
            "gateway": str(gateway_for(address, taken)),
            "connections": [_connection(end.plays) for end in same],
        }
    return orders


def _connection(plays: Mapping[str, Any]) -> dict[str, Any]:
    return {**{word: value for word, value in plays.items() if word != "key_ref"}, "key": credential_name(plays["key_ref"])}


def _named(called: str, taken: Collection[str]) -> str:
    """A name for a command line: lower case, without blanks, and nobody else's."""
    base = re.sub(r"[^a-z0-9]+", "-", called.lower()).strip("-") or "far-end"
    return next(name for name in (base, *(f"{base}-{number}" for number in range(2, 10_000))) if name not in taken)
