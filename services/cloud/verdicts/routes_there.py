"""Is a network in the routing table, exactly, by something that we have not built? BGP tells a network only then."""

from __future__ import annotations

import re
from collections.abc import Sequence
from ipaddress import IPv4Interface, IPv4Network

from ....changes.configurations.tree import Node
from ....changes.families.uses import destination
from ....changes.objects import Config
from ....checks.routing.route_table import route_table
from ....inventory.errors import NrRunError
from ....inventory.systems.asa import ASA_8_4

#: The distance of a static route of ours, by which it is known: a route of an ASA has no name. Lower than that of external BGP.
OWN_DISTANCE = 19
_ADDRESS = re.compile(r"ip address (?P<ip>\d\S+) (?P<mask>\d\S+)(?: standby \S+)?")
#: Codes of ``show route`` for what the configuration says by itself, and for what BGP has learned.
_CONFIGURED, _BGP = frozenset({"C", "L", "S", "S*"}), frozenset({"B", "B*"})


def is_there(network: IPv4Network, running: Config, nodes: Sequence[Node], table: str | None) -> bool:
    """True for a network of an interface, of a static route of somebody, or of a routing protocol.

    ``table`` is what the firewall printed, None where it was not asked: then a routing protocol is not known.
    """
    return network in connected(nodes) or _static(network, running) or _by_protocol(network, table)


def connected(nodes: Sequence[Node]) -> frozenset[IPv4Network]:
    """Networks of the interfaces that are not shut down."""
    found = set()
    for node in nodes:
        if node.line.startswith("interface ") and "shutdown" not in node.children:
            lines = (match for line in node.children if (match := _ADDRESS.fullmatch(line)))
            found |= {IPv4Interface(f"{match['ip']}/{match['mask']}").network for match in lines}
    return frozenset(found)


def _static(network: IPv4Network, running: Config) -> bool:
    others = (item for item in running.of("static-route") if item.groups["distance"] != str(OWN_DISTANCE))
    return any(destination(item) == network for item in others)


def _by_protocol(network: IPv4Network, table: str | None) -> bool:
    if not table:
        return False
    try:
        rows = route_table(ASA_8_4.os, ASA_8_4.route, table).parsed.state
    except NrRunError:
        return False
    return any(row.table is None and row.prefix == network and row.code not in _CONFIGURED | _BGP for row in rows)
