"""Where the NAT exemption of a tunnel goes on a device: which access list or NAT rule, and at which line.

An exemption is wanted if something on the device may translate the traffic, or if the exemption is there already. Two cases are
reported by the precheck instead, because neither a line in a named access list nor a first NAT rule exempts the traffic: a
static translation, and a numbered access list.
"""

from __future__ import annotations

import re
from collections.abc import Iterator, Sequence
from ipaddress import IPv4Network
from itertools import count, islice, product, takewhile

from msgspec.structs import replace

from ....changes.configurations import tree
from ....changes.families.nat import number_behind
from ....checks.translation.asa_nat import Way, asa_translations
from ....checks.translation.nat import translations
from ....inventory.intents.forms import nat_form
from ....templates.words import FILTERS
from ..features import Member, NatExemption, exemption
from .versions import bases_of, free_version

_DYNAMIC = re.compile(r"ip nat inside source (?P<kind>list|route-map) (?P<name>\S+) .*")
_NAMED = "ip access-list extended "
_NUMBERED = re.compile(r"(?:(?P<number>\d+) )?(?P<rule>(?:permit|deny|remark) .+)")
_NAT_0 = re.compile(r"nat \((?P<inside>\S+)\) 0 access-list (?P<list>\S+)")
_TWICE = re.compile(
    r"nat \(\S+\)(?: \d+)? source static (?P<near>\S+) (?P=near) destination static (?P<far>\S+) (?P=far)(?: .+)?"
)
_GROUP = "object-group network "
#: The highest number that a line of a list may have.
HIGHEST = 2147483647


def nat_place(member: Member, running: str) -> tuple[NatExemption | None, str]:
    """(the exemption of a member, or None if none is wanted or needed; a sentence for the plan).

    Raises ChangeError if the access list has no free sequence number before its first permit line.
    """
    if not member.nat_exemption or member.style == "vti":
        return None, ""
    nodes, form = tree.parse(running), nat_form(member.platform)
    if form == "ios-list":
        return _in_list(member, nodes)
    if form == "asa-nat-0":
        return _in_nat_0(member, nodes)
    if form == "asa-twice":
        return _as_rule(member, nodes)
    return None, ""


def _in_list(member: Member, nodes: Sequence[tree.Node]) -> tuple[NatExemption | None, str]:
    """IOS: deny lines at the top of the first named access list for NAT that has them already or needs them."""
    wanted = [_deny(pair) for pair in member.selectors]
    taken = any(not left for pair in member.selectors for _, left in translations(nodes, pair))
    for name in _lists(nodes):
        named = tree.starting(nodes, "ip access-list extended")
        node = next((node for node in named if node.line == f"{_NAMED}{name}"), None)
        if node is None:
            continue
        there = [_NUMBERED.fullmatch(line) for line in node.children]
        rules = [match["rule"] for match in there if match]
        if taken or any(rule in rules for rule in wanted):
            made = exemption(member, access_list=name, numbers=_numbers(wanted, there))
            return made, f"the traffic is taken out of translation in front of access list {name}, which the device translates by"
    return None, ""


def _deny(pair: tuple[object, object]) -> str:
    source, target = (FILTERS["ios_address"](net) for net in pair)
    return f"deny ip {source} {target}"


def _lists(nodes: Sequence[tree.Node]) -> Iterator[str]:
    """Names of the access lists of `ip nat inside source`, directly or through a route map."""
    for node in tree.starting(nodes, "ip nat inside"):
        match = _DYNAMIC.fullmatch(node.line)
        if match and match["kind"] == "list":
            yield match["name"]
        elif match:
            for clause in tree.starting(nodes, f"route-map {match['name']}"):
                if clause.line.startswith(f"route-map {match['name']} permit"):
                    yield from (w for line in clause.children if line.startswith("match ip address ") for w in line.split()[3:])


def _numbers(wanted: Sequence[str], there: Sequence[re.Match[str] | None]) -> tuple[int, ...]:
    """A sequence number for each wanted line: its own if it is there, else a free one before the first line that is no exemption.

    Releases that show no sequence numbers resequence the list before each new line, so a number is always free there. Empty if
    the release shows numbers and not enough are free; existing lines are not renumbered.
    """
    tops = takewhile(lambda match: match is not None and match["rule"].startswith("deny ip "), there)
    top = len(list(tops))
    shown = [int(match["number"]) for match in there if match and match["number"]]
    own = {match["rule"]: _number_of(match, place) for place, match in enumerate(there) if match and match["rule"] in wanted}
    behind = there[top] if top < len(there) else None
    first = int(behind["number"]) if behind and behind["number"] else HIGHEST
    room = (number for number in range(1, first) if number not in shown) if shown else map(number_behind, count(top))
    free = islice(room, len(wanted))
    numbers = [own.get(rule) or next(free, None) for rule in wanted]
    return tuple(number for number in numbers if number is not None) if None not in numbers else ()


def _number_of(match: re.Match[str], place: int) -> int:
    """The sequence number of an existing line, the ``place``-th of its access list."""
    return int(match["number"]) if match["number"] else number_behind(place)


def _in_nat_0(member: Member, nodes: Sequence[tree.Node]) -> tuple[NatExemption | None, str]:
    """ASA up to 8.2: the access list of `nat 0` on the inside interface, or a new one named by nr-run."""
    present = [
        m["list"]
        for node in tree.starting(nodes, "nat")
        if (m := _NAT_0.fullmatch(node.line)) and m["inside"] == member.inside_nameif
    ]
    name = present[0] if present else ""
    lines = tree.kept(nodes, _lines)
    ours = any(f"access-list {name} extended permit ip {_asa_pair(pair)}" in lines for pair in member.selectors)
    # What a list of ours exempts by a wider line of before is to have its own: that one goes.
    others = tree.kept(nodes, _without_lists_of_ours).get(name, nodes)
    if not ours and not _translated(member, others, twice=False):
        return None, ""
    made = exemption(member, access_list=name)
    where = f"access list {name} of nat 0" if name else f"a list of its own: nothing is exempt on {member.inside_nameif} yet"
    return made, f"the traffic is taken out of translation in {where}"


def _lines(nodes: Sequence[tree.Node]) -> frozenset[str]:
    return frozenset(node.line for node in nodes)


def _without_lists_of_ours(nodes: Sequence[tree.Node]) -> dict[str, tree.Nodes]:
    """nr-run's own access lists of `nat 0`, each with all configuration nodes except its own lines."""
    names = (match["list"] for node in tree.starting(nodes, "nat") if (match := _NAT_0.fullmatch(node.line)))
    ours = dict.fromkeys(name for name in names if name.startswith("NR-"))
    return {name: tree.Nodes(node for node in nodes if not node.line.startswith(f"access-list {name} ")) for name in ours}


def _as_rule(member: Member, nodes: Sequence[tree.Node]) -> tuple[NatExemption | None, str]:
    """ASA from 8.3: a twice NAT rule at the first line."""
    made = exemption(member)
    if made is None:
        return None, ""
    there = (made.near, made.far) in tree.kept(nodes, _exempt_groups)
    if not there and not _translated(member, nodes, twice=True):
        return None, ""
    near = _group(made.near, member.local.protected_prefixes, nodes)
    far = _group(made.far, member.remote.protected_prefixes, nodes)
    return replace(made, near=near, far=far), "the traffic is taken out of translation by a rule before all others"


def _group(base: str, prefixes: Sequence[IPv4Network], nodes: Sequence[tree.Node]) -> str:
    """The object group with this name and these networks, else the next free version: a group in use is not edited."""
    wanted = {f"network-object {FILTERS['asa_address'](net)}" for net in prefixes}
    there = tree.kept(nodes, _groups)
    same = (name for name in tree.kept(nodes, _versions).get(base, ()) if there[name] == wanted)
    return next(same, "") or free_version(base, there)


def _exempt_groups(nodes: Sequence[tree.Node]) -> frozenset[tuple[str, str]]:
    """(near group, far group) of all twice NAT rules that exempt traffic, by their base names."""
    rules = (match for node in tree.starting(nodes, "nat") if (match := _TWICE.fullmatch(node.line)))
    return frozenset(pair for rule in rules for pair in product(bases_of(rule["near"]), bases_of(rule["far"])))


def _versions(nodes: Sequence[tree.Node]) -> dict[str, list[str]]:
    """Base name to the names of the groups that are versions of it."""
    found: dict[str, list[str]] = {}
    for name in tree.kept(nodes, _groups):
        for base in bases_of(name):
            found.setdefault(base, []).append(name)
    return found


def _groups(nodes: Sequence[tree.Node]) -> dict[str, set[str]]:
    return {node.line.removeprefix(_GROUP): {*node.children} for node in nodes if node.line.startswith(_GROUP)}


def _translated(member: Member, nodes: Sequence[tree.Node], *, twice: bool) -> bool:
    way = Way(member.inside_nameif or None, member.nameif)
    return any(not left for pair in member.selectors for _, left in asa_translations(nodes, pair, way, twice=twice))


def _asa_pair(pair: tuple[object, object]) -> str:
    return " ".join(FILTERS["asa_address"](net) for net in pair)
