"""How large a packet is that has to pass a tunnel without being cut, by what its device is configured with. Pure."""

from __future__ import annotations

import re
from collections.abc import Iterator, Sequence

from ....changes.configuration import Configuration
from ....changes.tree import Node
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
    """Its lines; None where it was not read."""
    return running.nodes if running is not None else None


def full_bytes(end: Endpoint, nodes: Sequence[Node] | None) -> int | None:
    """It, with its IP header; None where the configuration was not read, or leaves no room for more than small packets.

    Where an MTU or an MSS is lowered, nothing larger is meant to be sent, and that it would be lost is no fault.
    """
    return full_through(end.tunnel.name if end.tunnel else "", end.interface, nodes)


def full_through(inner: str, outside: str, nodes: Sequence[Node] | None) -> int | None:
    """The same of a tunnel interface ``inner``, empty with a crypto map, over the interface ``outside``."""
    if nodes is None:
        return None
    least = min([FULL, *(limit for node in nodes for limit in _limits(inner, outside, node))])
    return least if least >= LEAST else None


def _limits(inner: str, outside: str, node: Node) -> Iterator[int]:
    lines = [line.strip() for line in (node.line, *node.children)]
    yield from (int(match[1]) + HEADERS for line in lines if (match := _MSS.fullmatch(line)))
    if match := _ASA_MTU.fullmatch(node.line):
        yield int(match[1]) - ESP
    name = node.line.removeprefix("interface ") if node.line.startswith("interface ") else ""
    is_inner = bool(inner) and name == inner
    if is_inner or (name and name == outside):
        yield from (int(match[1]) - (0 if is_inner else ESP) for line in lines[1:] if (match := _MTU.fullmatch(line)))
