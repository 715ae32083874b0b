"""What a firewall learned by BGP, as its routing table takes it."""

from __future__ import annotations

from collections.abc import Iterable
from ipaddress import IPv4Address, IPv4Network

from msgspec import Struct

from ...core.records import Interface, Route
from ...core.wire.routing import Silent

#: The administrative distance of what a neighbour of another system told.
DISTANCE = 20


class Learned(Struct, frozen=True):
    """One way: the network, the neighbour, the systems that it came through, and since when, in lab seconds."""

    network: IPv4Network
    via: IPv4Address
    path: tuple[int, ...]
    since: float


def routes(learned: Iterable[Learned], interfaces: Iterable[Interface], silent: Silent) -> list[Route]:
    """The routes that follow: each over the interface that the neighbour is at, if that is up."""
    up = [i for i in interfaces if i.up and i.network is not None and i.name not in silent]
    found = []
    for each in learned:
        out = next((i for i in up if i.network is not None and each.via in i.network), None)
        if out is not None:
            found.append(Route(each.network, out, each.via, "bgp", DISTANCE))
    return found
