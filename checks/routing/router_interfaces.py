"""The interfaces of a router as its configuration has them, looked up by name, by address and by network."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Sequence
from ipaddress import IPv4Address, IPv4Network

from ...changes.configurations.tree import Node, kept, starting
from ...inventory.prefix_index import PrefixIndex


def section_of(nodes: Sequence[Node], interface: str) -> Node | None:
    """The section of this interface, with or without its kind behind the name; None without one."""
    return next(iter(starting(nodes, f"interface {interface}")), None)


def holder_of(nodes: Sequence[Node], address: IPv4Address) -> Node | None:
    """The first section below which an address stands, primary or secondary; None where it is none of the device."""
    return kept(nodes, _holders).get(str(address))


def sections_meeting(nodes: Sequence[Node], prefixes: Iterable[IPv4Network]) -> tuple[Node, ...]:
    """Sections of the interfaces with a network that shares addresses with one of these, and that are not shut down."""
    index = kept(nodes, _networks)
    found: dict[int, Node] = {}
    for prefix in prefixes:
        around = (one for group in index.around(prefix) for one in group)
        found.update((*around, *index.within(prefix)))
    return tuple(node for _, node in sorted(found.items(), key=lambda item: item[0]))


def _holders(nodes: Sequence[Node]) -> dict[str, Node]:
    found: dict[str, Node] = {}
    for node in starting(nodes, "interface"):
        for line in node.children:
            words = line.split(" ")
            if words[:2] == ["ip", "address"] and len(words) > 3:
                found.setdefault(words[2], node)
    return found


def _networks(nodes: Sequence[Node]) -> PrefixIndex[tuple[int, Node]]:
    """Networks to the place and the section of their interface."""
    sections = enumerate(starting(nodes, "interface"))
    working = (item for item in sections if "shutdown" not in item[1].children)
    return PrefixIndex((net, item) for item in working for net in networks_of(item[1]))


def networks_of(node: Node) -> Iterator[IPv4Network]:
    """Networks of the addresses below a section."""
    for line in node.children:
        words = line.split()
        if words[:2] == ["ip", "address"] and len(words) > 3 and words[2][0].isdigit():
            yield IPv4Network(f"{words[2]}/{words[3]}", strict=False)
