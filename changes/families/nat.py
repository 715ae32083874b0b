"""What keeps the traffic of a tunnel from being translated: lines of a list that is somebody else's, and rules of an ASA.

Sources: Cisco IOS IP Access List Entry Sequence Numbering (12.2(15)T, 12.3(2)T: a line is put in its place by its number, and
named without it where it is taken away; `ip access-list resequence` numbers all lines anew, and a restart numbers them in tens,
since numbers are not saved; older releases have none of that); Cisco ASA command reference 8.2 (nat 0 access-list) and 8.3 and
later (nat, twice NAT: a rule is typed with its position, shown without, and taken away by its line).
"""

from __future__ import annotations

import re
from collections.abc import Iterator, Mapping
from typing import TYPE_CHECKING

from msgspec.structs import replace

from ...inventory.errors import ChangeError
from ..family import NOBODY, Family, Reference, Shared, Touches, patterns, spellings

if TYPE_CHECKING:
    from ..objects import Config, ConfigObject, Key

_FIRST_SECTION = re.compile(r"nat \(\S+\) source .+")
_NUMBER = re.compile(r"\d+ ")
#: Lines of a list that was numbered anew have the numbers 10, 20, 30...
STEP = 10


def number_behind(lines: int) -> int:
    """The number with which a line comes to stand behind so many in a list that was numbered anew."""
    return STEP * lines + 1


def place_of(number: int) -> int:
    """Behind how many lines such a number puts a line."""
    return (number - 1) // STEP


def _renumbered(item: ConfigObject, running: Config) -> tuple[str, ...]:
    """What gives the lines of a list numbers that are certain, where the release does not show which they have.

    Whoever has numbered them otherwise, and whatever was put in front or taken away since the last restart: the order stays.
    """
    node = running.named_nodes.get(item.header)
    if node is None or not node.children or any(_NUMBER.match(line) for line in node.children):
        return ()
    return (f"ip access-list resequence {item.groups['list']} {STEP} {STEP}",)


def _numbered(item: ConfigObject, running: Config, beside: frozenset[tuple[str, str]]) -> ConfigObject:
    """A line of an IOS list with the number that brings it back to its place, once the list has been numbered anew.

    Whether a remark has a number is not the same in all releases, so only a line in front of which nothing but exemptions stands
    has one that is certain. Raises ChangeError for another one.
    """
    line = item.children[0]
    if _NUMBER.match(line):
        return item
    node = running.named_nodes.get(item.header)
    above = node.children[: node.children.index(line)] if node and line in node.children else ()
    if any(not _is_exemption(other) for other in above):
        raise ChangeError(
            f"{line!r} of {item.header!r} comes after other lines, and the release shows no numbers by which it could be restored"
        )
    there = sum((item.header, other) in beside for other in above)
    return replace(item, children=(f"{number_behind(there)} {line}",))


def _is_exemption(line: str) -> bool:
    return any(pattern.fullmatch(line) for pattern in IOS_EXEMPTION.children)


def _positioned(item: ConfigObject, running: Config, _beside: frozenset[tuple[str, str]]) -> ConfigObject:
    """A rule of twice NAT with the position that it has in the first section."""
    rules = [node.line for node in running.nodes if node.line.startswith("nat (") and _FIRST_SECTION.fullmatch(node.line)]
    if item.header not in rules or item.groups["position"]:
        return item
    return replace(item, header=f"nat ({item.groups['interfaces']}) {rules.index(item.header) + 1} {item.groups['rule']}")


_TRANSLATED = Touches(
    "what {rule} takes is not translated from now on, whoever sends it", NOBODY, "what {rule} takes may be translated again"
)

IOS_EXEMPTION = Family(
    name="nat-exemption",
    sentence="keeps the traffic of the tunnel from being translated, in front of the lines that permit it",
    header=re.compile(r"ip access-list extended (?P<list>\S+)"),
    identity=("list", "rule"),
    opens=True,
    shared=NOBODY,
    touches=_TRANSLATED,
    key_of=NOBODY,
    peers_of=NOBODY,
    ike=NOBODY,
    named_in=NOBODY,
    children=patterns(r"(?:(?P<number>\d+) )?deny ip (?P<rule>.+)"),
    spellings=spellings((r"^\d+ (?=deny )", "")),
    remove="no deny ip {rule}",
    switches=re.compile(r"\d+ deny ip .+"),
    child_is_object=True,
    placed=_numbered,
    leads=_renumbered,
)

ASA_EXEMPTION = Family(
    name="nat-exemption",
    sentence="keeps the traffic of the tunnel from being translated, in the list that exempts on its interface",
    header=re.compile(r"access-list (?P<list>\S+)"),
    identity=("list", "rule"),
    opens=False,
    shared=NOBODY,
    touches=_TRANSLATED,
    key_of=NOBODY,
    peers_of=NOBODY,
    ike=NOBODY,
    named_in=NOBODY,
    children=patterns(r"extended permit ip (?P<rule>.+)"),
    remove="no {line} {child}",
    child_is_object=True,
    flat=True,
    only_of=re.compile(r"nat \(\S+\) 0 access-list (?P<name>\S+)"),
)


def _others_in_list(config: Config, target: ConfigObject, others: Mapping[Key, ConfigObject]) -> Iterator[str]:
    """Lines of the list of ``nat 0`` that are not of what goes: whoever wrote them wants their traffic left alone still."""
    head = f"access-list {target.groups['list']}"
    known = {
        key: f"{item.header} {item.children[0]}" for key, item in config.objects.items() if item.family.name == "nat-exemption"
    }
    yield from (line for key, line in known.items() if key in others and line.startswith(f"{head} "))
    shown = (line for node in config.nodes for line in (node.line, *(f"{node.line} {child}" for child in node.children)))
    yield from (line for line in shown if line.startswith(f"{head} ") and line not in known.values())


ASA_NAT_0 = Family(
    name="nat-0",
    sentence="the list of what is not translated on an interface; an interface has one",
    header=re.compile(r"nat \((?P<interface>\S+)\) 0 access-list (?P<list>\S+)"),
    identity=("interface",),
    opens=False,
    shared=Shared(_others_in_list, "its list has other lines ({use})"),
    touches=Touches("{interface} had no list of what is not translated, and has {list} from now on", NOBODY, NOBODY),
    key_of=NOBODY,
    peers_of=NOBODY,
    ike=NOBODY,
    named_in=NOBODY,
    references=(Reference(re.compile(r"nat \(\S+\) 0 access-list (?P<names>\S+)"), "nat-exemption", of_set=True),),
    switches=re.compile(r"nat .+"),
)

ASA_TWICE = Family(
    name="twice-nat",
    sentence="keeps the traffic of the tunnel from being translated, in front of the rules that translate it",
    header=re.compile(
        r"nat \((?P<interfaces>[^ )]+)\)(?: (?P<position>\d+))? "
        r"(?P<rule>source static \S+ \S+ destination static \S+ \S+(?: .+)?)"
    ),
    identity=("interfaces", "rule"),
    opens=False,
    shared=NOBODY,
    touches=_TRANSLATED,
    key_of=NOBODY,
    peers_of=NOBODY,
    ike=NOBODY,
    named_in=NOBODY,
    spellings=spellings((r"^(nat \(\S+\)) \d+ (?=source )", r"\1 ")),
    references=(
        Reference(
            re.compile(r"(?<=source static )(?P<names>\S+ \S+)"), "network-object", every=True, built_in=("any", "interface")
        ),
        Reference(
            re.compile(r"(?<=destination static )(?P<names>\S+ \S+)"), "network-object", every=True, built_in=("any", "interface")
        ),
    ),
    remove="no nat ({interfaces}) {rule}",
    switches=re.compile(r"nat .+"),
    placed=_positioned,
)
