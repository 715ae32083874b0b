"""Does address translation leave a tunnel's packets alone? Read from the configuration, in favour of "it may not".

Translation comes before the crypto map: what it takes no longer matches the selectors (Cisco, "NAT order of operation").
"""

from __future__ import annotations

import re
from collections.abc import Iterator, Mapping, Sequence
from ipaddress import IPv4Network

from msgspec import Struct

from ...changes.configurations.tree import Node, kept, starting
from ...changes.selectors import Selector, network

_ADDRESS = r"any|host \S+|\d\S+ \d\S+"
_DYNAMIC = re.compile(r"ip nat (?:(?P<side>inside|outside) )?source (?P<kind>list|route-map) (?P<name>\S+) .*")
_STATIC = re.compile(
    r"ip nat (?:(?P<side>inside|outside) )?source static (?:(?P<net>network) |(?:tcp|udp|esp) )?(?P<local>\d+\.\S+)(?P<rest>.*?)"
    r"(?: route-map (?P<name>\S+).*)?"
)
_EXTENDED = re.compile(rf"(?P<action>permit|deny) +ip (?P<source>{_ADDRESS}) (?P<target>{_ADDRESS})(?: log)?")
_STANDARD = re.compile(r"(?P<action>permit|deny) +(?P<source>any|host \S+|\d\S+ \d\S+|\d\S+)(?: log)?")
_CLAUSE = re.compile(r"route-map (?P<name>\S+) (?P<action>permit|deny) \d+")


def translations(nodes: Sequence[Node], pair: Selector) -> Iterator[tuple[str, bool]]:
    """Each translation of the device that could concern the pair, with True if it certainly leaves all of the pair alone."""
    for node in starting(nodes, "ip nat"):
        here = kept(nodes, _Named.of)
        dynamic, static = _DYNAMIC.fullmatch(node.line), _STATIC.fullmatch(node.line)
        if dynamic:
            seen = _as_seen(dynamic, pair)
            judge = _list if dynamic["kind"] == "list" else _route_map
            yield node.line, judge(here, dynamic["name"], seen) == "deny"
        elif static and _concerns(static, seen := _as_seen(static, pair)):
            yield node.line, bool(static["name"]) and _route_map(here, static["name"], seen) == "deny"


class _Named(Struct, frozen=True):
    """What translation refers to, by name: lines of access lists, and clauses of route maps with their action."""

    lists: Mapping[str, Sequence[str]]
    clauses: Mapping[str, Sequence[tuple[str, Node]]]

    @classmethod
    def of(cls, nodes: Sequence[Node]) -> _Named:
        lists: dict[str, list[str]] = {}
        clauses: dict[str, list[tuple[str, Node]]] = {}
        for node in nodes:
            words = node.line.split(" ", 3)
            if words[:2] == ["ip", "access-list"] and len(words) == 4:
                lists.setdefault(words[3], []).extend(re.sub(r"^\d+ (?=permit|deny|remark)", "", line) for line in node.children)
            elif words[0] == "access-list" and len(words) > 2:
                lists.setdefault(words[1], []).append(" ".join(words[2:]).strip())
            elif clause := _CLAUSE.fullmatch(node.line):
                clauses.setdefault(clause["name"], []).append((clause["action"], node))
        return cls(lists, clauses)


def list_lines(nodes: Sequence[Node], name: str) -> tuple[str, ...]:
    """The lines of an access list in their order, without numbers, whatever kind of list it is."""
    return tuple(kept(nodes, _Named.of).lists.get(name, ()))


def rule_of(line: str) -> tuple[str, str]:
    """Kind and name of what a dynamic translation looks at (``list`` or ``route-map``); empty for another line."""
    match = _DYNAMIC.fullmatch(line)
    return (match["kind"], match["name"]) if match and match["side"] == "inside" else ("", "")


def permitting_lists(nodes: Sequence[Node], route_map: str) -> Iterator[tuple[str, str]]:
    """The clauses of a route map that permit, each with an access list that it matches."""
    for node in starting(nodes, f"route-map {route_map}"):
        clause = _CLAUSE.fullmatch(node.line)
        if clause and (clause["name"], clause["action"]) == (route_map, "permit"):
            yield from (
                (node.line, name) for line in node.children if line.startswith("match ip address ") for name in line.split()[3:]
            )


def _as_seen(rule: re.Match[str], pair: Selector) -> Selector:
    """Source and destination of the packets that a rule looks at: ``outside source`` is about those from the far side."""
    return pair[::-1] if rule["side"] == "outside" else pair


def _concerns(static: re.Match[str], pair: Selector) -> bool:
    """True if the address, or network, that a static translation replaces is one of the source's."""
    try:
        inside = IPv4Network(static["local"])
        if static["net"]:  # static network LOCAL GLOBAL MASK, or /LENGTH
            inside = IPv4Network(f"{static['local']}/{static['rest'].split()[1].lstrip('/')}", strict=False)
    except (ValueError, IndexError):
        return True
    return inside.overlaps(pair[0])


def _list(here: _Named, name: str, pair: Selector) -> str | None:
    """What the access list says of all of the pair, ``permit`` or ``deny``; None where that is not certain."""
    rules = [line for line in here.lists.get(name, ()) if not line.startswith("remark")]
    for line in rules:
        rule = _EXTENDED.fullmatch(line) or _STANDARD.fullmatch(line)
        if rule is None:
            return None
        words = rule.groupdict()
        source = network(words["source"] if " " in words["source"] or words["source"] == "any" else f"host {words['source']}")
        target = network(words.get("target", "any"))
        if source is None or target is None:
            return None
        if source.overlaps(pair[0]) and target.overlaps(pair[1]):
            return words["action"] if pair[0].subnet_of(source) and pair[1].subnet_of(target) else None
    # What no rule permits is denied; but a list without any rule permits everything.
    return "deny" if rules else None


def _route_map(here: _Named, name: str, pair: Selector) -> str | None:
    """As ``_list``, of a route map whose clauses match access lists and nothing else."""
    clauses = here.clauses.get(name, ())
    for action, node in clauses:
        conditions = [line for line in node.children if line.startswith("match ")]
        if not conditions:
            return action
        if len(conditions) > 1 or not conditions[0].startswith("match ip address "):
            return None
        said = {_list(here, word, pair) for word in conditions[0].split()[3:]}
        if said == {"deny"}:
            continue
        return action if said == {"permit"} else None
    return "deny" if clauses else None
