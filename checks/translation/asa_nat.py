"""Does an ASA's address translation leave a tunnel's packets alone? Read from the configuration, in favour of "it may not".

Up to 8.2 the access list of ``nat (inside) 0`` is asked first, and what it permits is translated by nothing else; then the static
rules, then the dynamic ones with a list, then the others, the smallest network first, ``nat (inside) 0 NETWORK`` among them; with
``nat-control`` a packet without a rule is dropped. From
8.3 on the first rule that matches decides: twice NAT in the order of the configuration, then the rules of objects, then twice NAT
``after-auto``. Sources: ASA 8.2 configuration guide, NAT; ASA 8.4 configuration guide, NAT rule order; ASA 8.3 migration guide.
"""

from __future__ import annotations

import re
from collections.abc import Iterator, Sequence
from ipaddress import IPv4Address, IPv4Network

from msgspec import Struct

from ...changes.configurations.tree import Node, kept
from ...changes.selectors import Selector, masked
from ..path.by_target import ByTarget

#: What a rule makes of the packets of a pair.
_TAKES, _LEAVES, _PASSES = "may translate", "leaves alone", "does not match"

_ADDRESS = r"(any4?|host \S+|object(?:-group)? \S+|\d\S+ \d\S+)"
_ACE = re.compile(rf"access-list (?P<name>\S+) extended (?P<action>permit|deny) ip {_ADDRESS} {_ADDRESS}(?: log.*)?")
_NAT_0 = re.compile(r"nat \((?P<real>\S+)\) 0 access-list (?P<list>\S+)")
_DYNAMIC = re.compile(r"nat \((?P<real>\S+)\) (?P<id>\d+) (?P<what>.+)")
_STATIC = re.compile(
    r"static \((?P<real>\S+),(?P<mapped>\S+)\) (?:tcp |udp )?(?P<global>\S+)(?: \S+)? "
    r"(?:access-list (?P<list>\S+)|(?P<local>\d\S+))"
    r"(?: \d+)?(?: netmask (?P<mask>\S+))?.*"
)
_TWICE = re.compile(
    r"nat \((?P<real>[^,\s]+),(?P<mapped>[^)\s]+)\)(?P<after> after-auto)? "
    r"source (?P<kind>static|dynamic) (?P<source>\S+) (?P<to>\S+)(?P<rest>.*)"
)
_DESTINATION = re.compile(r" destination static (?P<mapped>\S+) (?P<real>\S+)")
_SERVICE = re.compile(r" service (?P<real>\S+) (?P<mapped>\S+)")
_OF_OBJECT = re.compile(r"nat \((?P<real>[^,\s]+),(?P<mapped>[^)\s]+)\) (?P<kind>static|dynamic) (?P<to>\S+).*")


class Way(Struct, frozen=True):
    """Where the packets of a pair come in and go out, by nameif; None where it is not known, so that every rule concerns them."""

    inside: str | None
    outside: str


def asa_translations(nodes: Sequence[Node], pair: Selector, way: Way, *, twice: bool) -> Iterator[tuple[str, bool]]:
    """Each translation that could concern the pair, with True if it certainly leaves all of the pair alone.

    ``twice`` says that the release has twice NAT (8.3 on). What stands behind a rule that leaves the pair alone is not asked.
    """
    for line, says in (_new if twice else _old)(nodes, pair, way):
        if says != _PASSES:
            yield line, says == _LEAVES
        if says == _LEAVES:
            return


def exemption(pair: Selector, way: Way, nodes: Sequence[Node], *, twice: bool) -> tuple[str, ...]:
    """The lines that a person may add so that nothing translates the pair."""
    local, remote = pair
    inside = way.inside or "inside"
    if twice:
        left, right = (f"NR-{net.network_address}-{net.prefixlen}" for net in pair)
        return (
            f"object network {left}",
            f" subnet {local.network_address} {local.netmask}",
            f"object network {right}",
            f" subnet {remote.network_address} {remote.netmask}",
            f"nat ({inside},{way.outside}) 1 source static {left} {left} destination static {right} {right}",
        )
    present = next((match for node in nodes if (match := _NAT_0.fullmatch(node.line)) and match["real"] == inside), None)
    access_list = present["list"] if present else "NONAT"
    words = f"{local.network_address} {local.netmask} {remote.network_address} {remote.netmask}"
    binding = () if present else (f"nat ({inside}) 0 access-list {access_list}",)
    return (f"access-list {access_list} extended permit ip {words}", *binding)


def _old(nodes: Sequence[Node], pair: Selector, way: Way) -> Iterator[tuple[str, str]]:
    """Releases up to 8.2, in the order in which the rules are asked, which is not that of the configuration."""
    named, here = kept(nodes, _Named.of), kept(nodes, _old_rules)
    for line in here:
        match = _NAT_0.fullmatch(line)
        if match and way.inside in (None, match["real"]) and _permits(named, match["list"], pair) == "permit":
            yield line, _LEAVES if way.inside else _TAKES
    for line in here:
        static = _STATIC.fullmatch(line)
        if static and way.inside in (None, static["real"]) and static["mapped"] in (way.outside, "any"):
            yield line, _of_static(named, static, pair)
        elif static and static["real"] == way.outside and (way.inside is None or static["mapped"] in (way.inside, "any")):
            yield line, _of_far_side(_of_static(named, static, pair[::-1]))
        elif line.startswith("static ") and not static:
            yield line, _TAKES
    dynamic = [match for line in here if not _NAT_0.fullmatch(line) and (match := _DYNAMIC.fullmatch(line))]
    for rule in sorted(dynamic, key=_place_of_dynamic):
        if way.inside in (None, rule["real"]):
            yield rule[0], _of_dynamic(named, rule, pair)
        elif rule["real"] == way.outside and rule["what"].endswith(" outside"):
            yield rule[0], _of_far_side(_of_dynamic(named, rule, pair[::-1]))
    if "nat-control" in here:
        yield "nat-control", _TAKES


def _old_rules(nodes: Sequence[Node]) -> tuple[str, ...]:
    return tuple(node.line for node in nodes if node.line.startswith(("nat", "static ")))


def _place_of_dynamic(rule: re.Match[str]) -> int:
    """Rules with a list come first, then those of the smallest network; one that cannot be read may be any of them."""
    if rule["what"].startswith("access-list "):
        return -2
    inside = _networks(" ".join(rule["what"].split()[:2]), {})
    return -1 if inside is None else 32 - inside[0].prefixlen


def _of_far_side(says: str) -> str:
    """What a rule for the addresses of the far side makes of a pair: one that leaves them alone says nothing of the near side."""
    return _TAKES if says == _TAKES else _PASSES


def _of_static(here: _Named, rule: re.Match[str], pair: Selector) -> str:
    if rule["list"]:
        return _PASSES if _permits(here, rule["list"], pair) == "deny" else _TAKES
    inside = _networks(f"{rule['local']} {rule['mask'] or '255.255.255.255'}", {})
    if _misses(inside, pair[0]):
        return _PASSES
    return _LEAVES if rule["global"] == rule["local"] and _holds(inside, pair[0]) else _TAKES


def _of_dynamic(here: _Named, rule: re.Match[str], pair: Selector) -> str:
    if rule["what"].startswith("access-list "):
        says = _permits(here, rule["what"].split()[1], pair)
        return _PASSES if says == "deny" else _TAKES
    inside = _networks(" ".join(rule["what"].split()[:2]), {})
    if _misses(inside, pair[0]):
        return _PASSES
    # Number 0 is identity: the address goes out as it is.
    return _LEAVES if rule["id"] == "0" and _holds(inside, pair[0]) else _TAKES


#: What an object, a group or a line stands for; None where that cannot be parsed reliably.
_Networks = tuple[IPv4Network, ...] | None
_Objects = dict[str, _Networks]
_ANY: _Networks = (IPv4Network("0.0.0.0/0"),)
#: What a line of an access list says, and of which networks; None of a line that cannot be parsed reliably.
_Line = tuple[str, _Networks, _Networks] | None


class _List(Struct, frozen=True):
    """The lines of an access list, without its remarks, looked up by the far networks."""

    lines: tuple[_Line, ...]
    by_target: ByTarget

    @classmethod
    def of(cls, lines: Sequence[_Line]) -> _List:
        """With lines up to the first that cannot be read: nothing behind it is certain."""
        first = next((place for place, line in enumerate(lines) if line is None), len(lines))
        return cls(tuple(lines[: first + 1]), ByTarget([(line[2],) if line else (None,) for line in lines[: first + 1]]))


class _Named(Struct, frozen=True):
    """What the rules refer to, by name: network objects, and access lists."""

    objects: _Objects
    lists: dict[str, _List]

    @classmethod
    def of(cls, nodes: Sequence[Node]) -> _Named:
        objects = _objects(nodes)
        lists: dict[str, list[_Line]] = {}
        for node in nodes:
            words = node.line.split(" ", 3)
            if words[0] == "access-list" and len(words) > 2 and words[2] != "remark":
                match = _ACE.fullmatch(node.line)
                line = (match["action"], _networks(match[3], objects), _networks(match[4], objects)) if match else None
                lists.setdefault(words[1], []).append(line)
        return cls(objects, {name: _List.of(lines) for name, lines in lists.items()})


def _permits(here: _Named, name: str, pair: Selector) -> str | None:
    """What an access list says of all of the pair, ``permit`` or ``deny``; None where that is not certain."""
    there = here.lists.get(name)
    for place in there.by_target.meeting(pair[1]) if there else ():
        line = there.lines[place] if there else None
        if line is None:
            return None
        action, source, target = line
        if not _misses(source, pair[0]) and not _misses(target, pair[1]):
            return action if _holds(source, pair[0]) and _holds(target, pair[1]) else None
    return "deny"


class _NewRules(Struct, frozen=True):
    """The rules of a release from 8.3 on: twice NAT, looked up by the far networks, those of objects, and what is neither."""

    objects: _Objects
    twice: tuple[re.Match[str], ...]
    by_target: ByTarget
    of_objects: tuple[tuple[str, re.Match[str], str], ...]
    strange: tuple[str, ...]

    @classmethod
    def of(cls, nodes: Sequence[Node]) -> _NewRules:
        objects = _objects(nodes)
        twice = tuple(match for node in nodes if (match := _TWICE.fullmatch(node.line)))
        of_objects = (
            (f"{node.line} / {child}", match, node.line.split()[2])
            for node in nodes
            if node.line.startswith("object network ")
            for child in node.children
            if (match := _OF_OBJECT.fullmatch(child))
        )
        strange = (node.line for node in nodes if node.line.startswith("nat (") and not _TWICE.fullmatch(node.line))
        return cls(objects, twice, ByTarget([_far_sides(rule, objects) for rule in twice]), tuple(of_objects), tuple(strange))


def _far_sides(rule: re.Match[str], objects: _Objects) -> tuple[_Networks, ...]:
    """What the far side of a pair is to a rule of twice NAT that matches it, there and back."""
    destination = _DESTINATION.search(rule["rest"].partition(" description ")[0])
    return _networks(destination["mapped"], objects) if destination else _ANY, _networks(rule["to"], objects)


def _new(nodes: Sequence[Node], pair: Selector, way: Way) -> Iterator[tuple[str, str]]:
    """Releases from 8.3 on, in the order in which the rules are asked."""
    rules = kept(nodes, _NewRules.of)
    twice = [rules.twice[place] for place in rules.by_target.meeting(pair[1])]
    for rule in twice:
        if not rule["after"]:
            yield rule[0], _of_twice(rule, rules.objects, pair, way)
    for label, match, name in rules.of_objects:
        yield label, _of_object(match, rules.objects.get(name), pair, way)
    for rule in twice:
        if rule["after"]:
            yield rule[0], _of_twice(rule, rules.objects, pair, way)
    for line in rules.strange:
        yield line, _TAKES


def _of_twice(rule: re.Match[str], objects: _Objects, pair: Selector, way: Way) -> str:
    # The description stands last, and may say anything.
    rest = rule["rest"].partition(" description ")[0]
    destination, service = _DESTINATION.search(rest), _SERVICE.search(rest)
    if rest.endswith(" inactive"):
        return _PASSES
    same = destination is None or destination["mapped"] == destination["real"]
    same = same and rule["kind"] == "static" and rule["source"] == rule["to"]
    if same and service and service["real"] == service["mapped"]:
        # What it leaves alone are packets of one service; the next rules decide about the others.
        return _PASSES
    same = same and service is None
    if _at(rule["real"], way.inside) and _at(rule["mapped"], way.outside):
        target = _networks(destination["mapped"], objects) if destination else _ANY
        says = _match(_networks(rule["source"], objects), target, pair, identity=same)
        if says != _PASSES:
            return says
    if rule["kind"] == "static" and _at(rule["real"], way.outside) and _at(rule["mapped"], way.inside):
        # A static rule works both ways: what goes to its mapped source is translated to its real one.
        source = _networks(destination["real"], objects) if destination else _ANY
        return _match(source, _networks(rule["to"], objects), pair, identity=same)
    return _PASSES


def _of_object(rule: re.Match[str], real: _Networks, pair: Selector, way: Way) -> str:
    """An object's rule knows no destination. Static, it works both ways, towards an address that only the other side has."""
    if _at(rule["real"], way.inside) and _at(rule["mapped"], way.outside):
        return _PASSES if _misses(real, pair[0]) else _TAKES
    if rule["kind"] == "static" and _at(rule["real"], way.outside) and _at(rule["mapped"], way.inside):
        return _TAKES
    return _PASSES


def _match(source: _Networks, target: _Networks, pair: Selector, *, identity: bool) -> str:
    if _misses(source, pair[0]) or _misses(target, pair[1]):
        return _PASSES
    return _LEAVES if identity and _holds(source, pair[0]) and _holds(target, pair[1]) else _TAKES


def _at(named: str, nameif: str | None) -> bool:
    return nameif is None or named in ("any", nameif)


def _misses(nets: _Networks, side: IPv4Network) -> bool:
    """True if certainly no address of the side is among the networks."""
    return nets is not None and not any(net.overlaps(side) for net in nets)


def _holds(nets: _Networks, side: IPv4Network) -> bool:
    """True if certainly every address of the side is in one of the networks."""
    return nets is not None and any(side.subnet_of(net) for net in nets)


def _objects(nodes: Sequence[Node]) -> _Objects:
    """Network objects and groups by name. A group stands below those that it names, or it cannot be read."""
    found: _Objects = {"any": _ANY}
    for node in nodes:
        words = node.line.split()
        if words[:2] == ["object", "network"] and len(words) == 3:
            # The rule of an object may stand in a second section of its name.
            lines = [line for line in node.children if line.startswith(("subnet ", "host ", "range ", "fqdn "))]
            if lines or words[2] not in found:
                found[words[2]] = _networks(lines[0].removeprefix("subnet "), {}) if lines else None
        elif words[:2] == ["object-group", "network"] and len(words) == 3:
            found[words[2]] = _members(node, found)
    return found


def _members(node: Node, found: _Objects) -> _Networks:
    nets: list[IPv4Network] = []
    for line in node.children:
        if line.startswith("description "):
            continue
        one = _networks(line.removeprefix("network-object ").removeprefix("group-object "), found)
        if one is None:
            return None
        nets += one
    return tuple(nets)


def _networks(words: str, objects: _Objects) -> _Networks:
    """``any``, ``host A``, ``A MASK``, ``object NAME`` or a name."""
    parts = words.split()
    try:
        if parts[0] in ("any", "any4"):
            return _ANY
        if parts[0] == "host":
            return (IPv4Network(parts[1]),)
        if parts[0] in ("object", "object-group"):
            return objects.get(parts[1])
        if len(parts) == 1:
            return objects.get(parts[0])
        return (masked(parts[0], IPv4Address(parts[1])),)
    except (ValueError, IndexError):
        return None
