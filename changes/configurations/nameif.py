"""The interfaces of an ASA, which its configuration calls by the name that ``nameif`` gave them."""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from ipaddress import IPv4Interface

from msgspec import Struct

from .tree import Node, Nodes, kept, starting


class AsaInterface(Struct, frozen=True):
    """One ``interface`` section. ``address`` is None without one, and with one that comes by DHCP or PPPoE."""

    hardware: str
    nameif: str | None
    address: IPv4Interface | None
    shutdown: bool


def interfaces(nodes: Iterable[Node]) -> Iterator[AsaInterface]:
    """All interfaces of a running configuration, in its order."""
    for node in nodes:
        if node.line.startswith("interface "):
            name = next((line.split()[1] for line in node.children if line.startswith("nameif ")), None)
            line = next((line for line in node.children if line.startswith("ip address ")), "")
            yield AsaInterface(node.line.split()[1], name, _address(line), "shutdown" in node.children)


def _address(line: str) -> IPv4Interface | None:
    words = line.split()
    try:
        return IPv4Interface(f"{words[2]}/{words[3]}")
    except (ValueError, IndexError):
        return None


def find_interface(nodes: Iterable[Node], name: str) -> AsaInterface | None:
    """The interface that an intent means: by what the device calls the hardware (GigabitEthernet0/0), or by its nameif."""
    if not isinstance(nodes, Nodes):
        return _by_name(nodes).get(name)
    # Most are asked for by their hardware, which tunnels that come do not change.
    return next(interfaces(starting(nodes, f"interface {name}")), None) or kept(nodes, _by_name).get(name)


def _by_name(nodes: Iterable[Node]) -> dict[str, AsaInterface]:
    """Hardware and nameif to the first interface that has it."""
    found: dict[str, AsaInterface] = {}
    for item in interfaces(nodes):
        for name in filter(None, (item.hardware, item.nameif)):
            found.setdefault(name, item)
    return found
