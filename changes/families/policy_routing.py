"""Policy routing: lists of prefixes, the clauses of a route map, and the interface whose packets it leads.

Sources: Cisco IOS IP Routing: Protocol-Independent Command Reference (route-map, match ip address, set ip next-hop
verify-availability, set interface, ip policy route-map: of one clause the next hops count before the interface, so that Null0
takes what no next hop is up for; an interface has one route map); Cisco IOS BGP and Cisco ASA command references (prefix-list).
"""

from __future__ import annotations

import re
from collections.abc import Iterator
from typing import TYPE_CHECKING

from ..family import NOBODY, Editing, Family, Reference, Touches, patterns, spellings
from .names import by_words

if TYPE_CHECKING:
    from ..objects import Config, ConfigObject

_PREFIXES = "which prefixes are announced to a neighbour, or accepted from it"
_RULE = r"(?P<name>\S+) seq (?P<sequence>\d+) (?P<rule>(?:permit|deny) \d\S+/\d+(?: (?:ge|le) \d+)*)"
#: Whatever asks a list of prefixes does so behind other words; a line that begins with it is one of the list.
_prefixes_named = by_words(r"(?<=\S )(?<!^ip )prefix-list(?= )")
CLAUSE = "route-map-clause"
BINDING = "policy-binding"

IOS_PREFIXES = Family(
    name="prefix-list",
    sentence=_PREFIXES,
    header=re.compile(rf"ip prefix-list {_RULE}"),
    identity=("name", "sequence"),
    opens=False,
    shared=NOBODY,
    touches=NOBODY,
    key_of=NOBODY,
    peers_of=NOBODY,
    ike=NOBODY,
    named_in=_prefixes_named,
)

ASA_PREFIXES = Family(
    name="prefix-list",
    sentence=_PREFIXES,
    header=re.compile(rf"prefix-list {_RULE}"),
    identity=("name", "sequence"),
    opens=False,
    shared=NOBODY,
    touches=NOBODY,
    key_of=NOBODY,
    peers_of=NOBODY,
    ike=NOBODY,
    named_in=_prefixes_named,
)


def _interfaces_of(name: str, running: Config) -> Iterator[str]:
    yield from (item.groups["interface"] for item in running.of(BINDING) if item.groups["map"] == name)


def _clause_created(item: ConfigObject, running: Config) -> Iterator[str]:
    for interface in _interfaces_of(item.groups["name"], running):
        yield f"packets that come in on {interface} ask clause {item.groups['sequence']} of {item.groups['name']} from now on"


def _clause_edited(item: ConfigObject, running: Config) -> Iterator[str]:
    for interface in _interfaces_of(item.groups["name"], running):
        yield f"packets that come in on {interface} may take another way by clause {item.groups['sequence']} from now on"


def _clause_removed(item: ConfigObject, running: Config) -> Iterator[str]:
    for interface in _interfaces_of(item.groups["name"], running):
        yield (
            f"what clause {item.groups['sequence']} of {item.groups['name']} took from {interface} "
            "goes by the routing table again"
        )


IOS_CLAUSE = Family(
    name=CLAUSE,
    sentence="which packets go to the first next hop that works, and what becomes of them when none does",
    header=re.compile(r"route-map (?P<name>\S+) (?P<action>permit|deny) (?P<sequence>\d+)"),
    identity=("name", "sequence"),
    opens=True,
    shared=NOBODY,
    touches=Touches(_clause_created, _clause_edited, _clause_removed),
    key_of=NOBODY,
    peers_of=NOBODY,
    ike=NOBODY,
    # Below an interface it is a binding, which is a rule's own.
    named_in=by_words(r"(?<=\S )(?<!^ip policy )route-map(?= )"),
    children=patterns(
        r"description .+",
        r"match ip address (?!prefix-list )[^ ]+",
        r"match ip address prefix-list \S+",
        r"set ip next-hop verify-availability \d\S+ \d+ track \d+",
        r"set ip next-hop \d\S+",
        r"set interface (?:Null0|Tunnel\d+)",
    ),
    references=(
        Reference(re.compile(r"match ip address (?!prefix-list )(?P<names>\S+(?: \S+)*)"), "access-list"),
        Reference(re.compile(r"match ip address prefix-list (?P<names>\S+(?: \S+)*)"), "prefix-list", of_set=True),
        Reference(re.compile(r"set ip next-hop verify-availability \S+ \d+ track (?P<names>\d+)"), "track"),
        Reference(re.compile(r"(?<= )(?P<names>Tunnel\d+)(?= |\n|$)"), "tunnel-interface", every=True, mark=" Tunnel"),
    ),
    remove="no route-map {name} {action} {sequence}",
    editing=Editing(single=("description", "set interface")),
)

IOS_BINDING = Family(
    name=BINDING,
    sentence="leads the packets that come in on an interface by a route map: the cut-over itself",
    header=re.compile(r"interface (?P<interface>\S+)(?: (?:point-to-point|multipoint))?"),
    identity=("interface",),
    opens=True,
    shared=NOBODY,
    touches=Touches(
        "packets that come in on {interface} go by route map {map} from now on, whoever sends them",
        NOBODY,
        "packets that come in on {interface} go by the routing table again, in clear text where it says so",
    ),
    key_of=NOBODY,
    peers_of=NOBODY,
    ike=NOBODY,
    named_in=NOBODY,
    children=patterns(r"ip policy route-map (?P<map>\S+)"),
    spellings=spellings((r"^(interface \S+) (?:point-to-point|multipoint)$", r"\1")),
    references=(Reference(re.compile(r"ip policy route-map (?P<names>\S+)"), CLAUSE, of_set=True),),
    remove="no {child}",
    switches=re.compile(r"ip policy route-map \S+"),
    child_is_object=True,
)
