"""How large a packet is that has to pass a tunnel without being cut, by what its device is configured with. Pure."""

from __future__ import annotations

import re
from collections.abc import Mapping, Sequence

from msgspec import Struct

from ....changes.configurations.configuration import Configuration
from ....changes.configurations.tree import Node, Nodes, kept
from ..endpoint import Endpoint

#: What passes every tunnel over a path of 1500 bytes: ESP in tunnel mode takes less than 100 of them, whatever the transform.
FULL, ESP = 1400, 100
#: IP and TCP header: what a segment of the size of the MSS has besides.
HEADERS = 40
#: Below this it would be a small packet itself.
LEAST = 256
_MTU = re.compile(r"(?:ip )?mtu (\d+)")
_ASA_MTU = re.compile(r"mtu \S+ (\d+)")
_MSS = re.compile(r"(?:ip tcp adjust-mss|sysopt connection tcpmss) (\d+)")


def nodes_of(running: Configuration | None) -> Sequence[Node] | None:
    """The lines of a configuration; None if it was not read."""
    return running.nodes if running is not None else None


def full_bytes(end: Endpoint, nodes: Sequence[Node] | None) -> int | None:
    """Its bytes with the IP header; None if the configuration was not read, or leaves no room for more than small packets.

    Where an MTU or an MSS is lowered, nothing larger is meant to be sent, and that it would be lost is no fault.
    """
    return full_through(end.tunnel.name if end.tunnel else "", end.interface, nodes)


def full_through(inner: str, outside: str, nodes: Sequence[Node] | None) -> int | None:
    """The same of a tunnel interface ``inner``, empty with a crypto map, over the interface ``outside``."""
    if nodes is None:
        return None
    sizes = kept(nodes, _sizes)
    found = [FULL, *sizes.everywhere]
    found += [size - (0 if name == inner else ESP) for name in {inner, outside} - {""} for size in sizes.of.get(name, ())]
    return min(found) if min(found) >= LEAST else None


class _Sizes(Struct, frozen=True):
    """What packets fit into by a configuration: on every way, and by interface. A hub is asked for each of its tunnels."""

    everywhere: tuple[int, ...]
    of: Mapping[str, tuple[int, ...]]


def _sizes(nodes: Nodes) -> _Sizes:
    everywhere: list[int] = []
    of: dict[str, tuple[int, ...]] = {}
    for node in nodes:
        lines = [line.strip() for line in (node.line, *node.children)]
        everywhere += [int(match[1]) + HEADERS for line in lines if (match := _MSS.fullmatch(line))]
        if match := _ASA_MTU.fullmatch(node.line):
            everywhere.append(int(match[1]) - ESP)
        if node.line.startswith("interface "):
            name = node.line.removeprefix("interface ")
            of[name] = (*of.get(name, ()), *(int(match[1]) for line in lines[1:] if (match := _MTU.fullmatch(line))))
    return _Sizes(tuple(everywhere), of)
