"""Does a zone-based firewall let the packets of a tunnel pass between its zones?"""

from __future__ import annotations

import re
from collections.abc import Iterator, Sequence

from ...changes.configurations.tree import Node, starting
from ...changes.objects import Config
from ..finding import Finding, Status
from ..readiness.device_facts import EndFacts, doubt
from .acl import Flow, Says, ios_list

RUNNING = "show running-config"
_PAIR = re.compile(r"zone-pair security \S+ source (?P<source>\S+) destination (?P<target>\S+)")


def zone_findings(facts: EndFacts, config: Config, inside: Sequence[Node], outside: Node) -> Iterator[Finding]:
    """For each inside interface: its zone, the pair of zones, and the class that takes the tunnel's packets."""
    theirs = _zone(outside)
    for node in inside:
        ours = _zone(node)
        if ours == theirs:
            continue
        if not ours or not theirs:
            lone, other = (node, outside) if ours else (outside, node)
            words = f"{lone.line} is in zone {ours or theirs} and {other.line} in none: nothing passes between them"
            yield doubt(facts, "zone", Status.FAILED, words, RUNNING, other.line, f"zone-member security {ours or theirs}")
            continue
        for local, remote in facts.end.selectors:
            yield from _between(facts, config, (ours, theirs), Flow("ip", local, remote))


def _zone(node: Node) -> str:
    return next((line.split()[2] for line in node.children if line.startswith("zone-member security ")), "")


def _between(facts: EndFacts, config: Config, zones: tuple[str, str], flow: Flow) -> Iterator[Finding]:
    """The way there is an objection, the way of what the far side begins a warning: answers pass where they are inspected."""
    status, line, why = _judged(facts.nodes, config, zones, flow)
    if status is not Status.OK:
        words = f"the zone firewall may drop {flow.source} to {flow.target}: {why}"
        yield doubt(facts, "zone", status, words, RUNNING, f"zone {zones[0]} to {zones[1]}", line)
    back, line, why = _judged(facts.nodes, config, zones[::-1], flow.reversed)
    if back is not Status.OK:
        words = f"the zone firewall may drop what {flow.target} begins to {flow.source}: {why}"
        yield doubt(facts, "zone", Status.WARNING, words, RUNNING, f"zone {zones[1]} to {zones[0]}", line)


def _judged(nodes: Sequence[Node], config: Config, zones: tuple[str, str], flow: Flow) -> tuple[Status, str, str]:
    """Status, the line, and why the flow does not pass for certain."""
    for node in starting(nodes, "zone-pair security"):
        match = _PAIR.fullmatch(node.line)
        if match and (match["source"], match["target"]) == zones:
            name = next((line.split()[-1] for line in node.children if line.startswith("service-policy type inspect ")), "")
            return _policy(nodes, config, name, flow) if name else (Status.FAILED, node.line, f"{node.line!r} has no policy")
    line = f"zone-pair security ... source {zones[0]} destination {zones[1]}"
    return Status.FAILED, line, f"there is no pair of zones from {zones[0]} to {zones[1]}"


def _policy(nodes: Sequence[Node], config: Config, name: str, flow: Flow) -> tuple[Status, str, str]:
    """The first class that takes all of the flow decides; one that may take a part of it, or cannot be read, leaves it open."""
    policy = next((node for node in nodes if node.line == f"policy-map type inspect {name}"), None)
    open_line = ""
    for header, action in _classes(policy):
        says = Says.PERMIT if header == "class class-default" else _class(nodes, config, header.split()[-1], flow)
        passes = action.startswith(("inspect", "pass"))
        if says is Says.PERMIT and not open_line:
            if passes:
                return Status.OK, header, ""
            return Status.FAILED, header, f"{header!r} of policy {name} drops it ({action or 'no action'})"
        if says is not Says.DENY:
            open_line = open_line or header
    if open_line:
        return Status.UNVERIFIED, open_line, f"what {open_line!r} of policy {name} takes of it cannot be parsed reliably"
    return Status.FAILED, f"policy-map type inspect {name}", f"no class of policy {name} takes it"


def _classes(policy: Node | None) -> Iterator[tuple[str, str]]:
    """Classes of a policy with what each does."""
    header, action = "", ""
    for line in (*(policy.children if policy else ()), "class"):
        if line.split()[0] == "class":
            if header:
                yield header, action
            header, action = line, ""
        else:
            action = action or line


def _class(nodes: Sequence[Node], config: Config, name: str, flow: Flow) -> Says:
    """What of the flow a class takes: read where it matches lists and nothing else."""
    node = next(
        (node for node in nodes if node.line.startswith("class-map type inspect ") and node.line.split()[-1] == name), None
    )
    conditions = [line for line in node.children if line.startswith("match ")] if node else []
    found = {_condition(config, line, flow) for line in conditions}
    if not node or not found:
        return Says.PART
    every = " match-any " not in node.line
    if every:
        return Says.DENY if Says.DENY in found else Says.PERMIT if found == {Says.PERMIT} else Says.PART
    return Says.PERMIT if Says.PERMIT in found else Says.DENY if found == {Says.DENY} else Says.PART


def _condition(config: Config, line: str, flow: Flow) -> Says:
    name = line.removeprefix("match access-group ").removeprefix("name ")
    if not line.startswith("match access-group ") or " " in name:
        return Says.PART
    return ios_list(config, name, flow).says
