"""Which clauses of a route map take a flow, for certain or perhaps."""

from __future__ import annotations

import re
from collections.abc import Iterator, Sequence

from ...changes.configurations.tree import Node, starting
from ...changes.objects import Config
from .acl import Flow, Says, ios_list

_CLAUSE = re.compile(r"route-map (?P<name>\S+) (?P<action>permit|deny) \d+")


def clauses_for(config: Config, nodes: Sequence[Node], name: str, flow: Flow) -> Iterator[tuple[Node | None, Says]]:
    """The clauses that take the flow, in their order, up to the first that takes all of it; PART where it may.

    A clause that denies is None: what it takes is routed as if there were no map.
    """
    for node in starting(nodes, f"route-map {name}"):
        clause = _CLAUSE.fullmatch(node.line)
        if clause is None or clause["name"] != name:
            continue
        says = _takes(config, node, flow)
        if says is Says.DENY:
            continue
        yield (node if clause["action"] == "permit" else None), says
        if says is Says.PERMIT:
            return


def _takes(config: Config, node: Node, flow: Flow) -> Says:
    """PERMIT for all of the flow, DENY for none of it, PART where it is not certain."""
    conditions = [line for line in node.children if line.startswith("match ")]
    found = {_condition(config, line, flow) for line in conditions}
    if Says.DENY in found:
        return Says.DENY
    return Says.PERMIT if found <= {Says.PERMIT} else Says.PART


def _condition(config: Config, line: str, flow: Flow) -> Says:
    """One ``match`` line; it takes what one of its lists permits. A list that is not there permits everything."""
    if not line.startswith("match ip address ") or " prefix-list " in line:
        return Says.PART
    says = {ios_list(config, name, flow).says for name in line.split()[3:]}
    if Says.PERMIT in says:
        return Says.PERMIT
    return Says.DENY if says == {Says.DENY} else Says.PART
