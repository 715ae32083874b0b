"""VPN clients on IOS: the group, the pool, the dynamic map, and how users are asked.

Sources: Cisco IOS Security Command Reference 12.2 (crypto isakmp client configuration group, crypto dynamic-map, crypto map
client authentication list, isakmp authorization list, client configuration address), IOS Security Configuration Guide 12.2 (Easy
VPN server), IOS Dial Technologies Command Reference (ip local pool), AAA commands 12.2.
"""

from __future__ import annotations

import re
from collections.abc import Iterator, Mapping
from typing import TYPE_CHECKING

from ..family import NOBODY, Editing, Family, Reference, Shared, Touches, patterns, spellings
from .ipsec import SINGLE
from .names import by_identity, by_proposal, by_words, peers_set, version
from .uses import BOTH

if TYPE_CHECKING:
    from ..objects import Config, ConfigObject, Key

_AAA_LIST = re.compile(r"(?:^| )(?:authentication|authorization|accounting|login|list) ")


def _of_aaa(config: Config, _target: ConfigObject, others: Mapping[Key, ConfigObject]) -> Iterator[str]:
    yield "every login to the device"
    yield from (item.title for item in others.values() if item.header.startswith("aaa "))
    yield from (node.line for node in config.others if node.line.startswith("aaa "))


def _on_map(config: Config, target: ConfigObject, others: Mapping[Key, ConfigObject]) -> Iterator[str]:
    """Clients come by the dynamic entries of the map; one for peers needs no more of it than its own lines."""
    name = target.groups["map"]
    form = re.compile(rf"crypto map {re.escape(name)} \d+ ipsec-isakmp dynamic .+")
    yield from (item.title for item in others.values() if form.fullmatch(item.header))
    yield from (node.line for node in config.others if form.fullmatch(node.line))


def _asks_all(item: ConfigObject, running: Config) -> Iterator[str]:
    """What stands on a whole map is asked of all its peers, of LAN-to-LAN tunnels too."""
    for entry in running.of("crypto-map-entry"):
        if entry.groups["map"] != item.groups["map"] or "client authentication" not in item.header:
            continue
        for peer in entry.peers:
            key = running.key_of(peer)
            if key is None or not key.groups.get("xauth"):
                place = f"entry {entry.groups['sequence']} of {entry.groups['map']}"
                yield f"the router at {peer} ({place}) is asked for a user too: its key has no no-xauth"


def _listens(item: ConfigObject, running: Config) -> Iterator[str]:
    place = f"sequence {item.groups['sequence']}"
    yield f"map {item.groups['map']} takes any peer that knows a group of the device, behind its entries up to {place}"
    for binding in running.of("crypto-map-binding"):
        if binding.map_name == item.groups["map"]:
            yield f"{binding.groups['interface']} has map {binding.map_name}: clients can connect there from now on"


def _none(_item: ConfigObject) -> tuple[str, ...]:
    return ()


_AAA_TOUCHES = Touches(
    "every line of the device, the console included, authenticates users by its lists from now on",
    NOBODY,
    "the lines of the device ask by their own settings again",
)

AAA = Family(
    name="aaa-new-model",
    sentence="users are asked by lists, at every login of the device",
    header=re.compile(r"aaa new-model"),
    identity=(),
    opens=False,
    shared=Shared(_of_aaa, "{use} needs it"),
    touches=_AAA_TOUCHES,
    key_of=NOBODY,
    peers_of=NOBODY,
    ike=NOBODY,
    named_in=NOBODY,
    # 12.2 and later write it down with the first line.
    adds=lambda _item: ("aaa session-id common",),
)

AAA_LIST = Family(
    name="aaa-list",
    sentence="how users of VPN clients are asked, or what their group is read from",
    # The list "default" is that of every line that names none.
    header=re.compile(r"aaa (?P<kind>authentication login|authorization network) (?P<name>(?!default )\S+) (?P<methods>\S.*)"),
    identity=("name", "kind"),
    opens=False,
    shared=NOBODY,
    touches=NOBODY,
    key_of=NOBODY,
    peers_of=NOBODY,
    ike=NOBODY,
    named_in=by_words(_AAA_LIST.pattern),
)

USER = Family(
    name="user",
    sentence="a user of the device, whom VPN clients may log in as",
    header=re.compile(r"username (?P<name>\S+) (?:password|secret) (?:[05789] )?(?P<key>\S+)"),
    identity=("name",),
    opens=False,
    shared=NOBODY,
    touches=Touches("{name} may log in to the device itself as well, where a line asks by local users", NOBODY, NOBODY),
    key_of=NOBODY,
    peers_of=NOBODY,
    ike=NOBODY,
    named_in=NOBODY,
    # In clear it is shown with its type; a secret is shown as a hash with a salt, which cannot be compared.
    spellings=spellings((r"^(username \S+ password) 0 ", r"\1 "), (r"^(username \S+ secret) .*", r"\1 <hash>")),
    remove="no username {name}",
    # 15.x and later, in one piece, as public programs answer it; an empty answer is yes.
    asks=(
        (
            r"This operation will remove all username related configurations with same name\.\s*"
            r"Do you want to continue\? ?\[confirm\]",
            "",
        ),
    ),
    editing=Editing(whole=True),
)

POOL = Family(
    name="address-pool",
    sentence="addresses for VPN clients",
    header=re.compile(r"ip local pool (?P<name>\S+) (?P<first>\d\S+)(?: (?P<last>\d\S+))?"),
    identity=("name",),
    opens=False,
    shared=NOBODY,
    touches=NOBODY,
    key_of=NOBODY,
    peers_of=NOBODY,
    ike=NOBODY,
    named_in=by_words(r"(?:^| )(?:pool|address-pool(?: local)?) "),
    # Taken away by its first address alone, a pool of several ranges keeps the others: so by its whole line.
    remove="no {line}",
)

GROUP = Family(
    name="client-group",
    sentence="a group of VPN clients: its key, its addresses, and the networks that it reaches",
    header=re.compile(r"crypto isakmp client configuration group (?P<name>\S+)"),
    identity=("name",),
    opens=True,
    shared=NOBODY,
    touches=Touches("whoever knows the key of {name} is asked for a user, and may connect with one", NOBODY, NOBODY),
    key_of=by_identity,
    peers_of=NOBODY,
    ike=version(1),
    named_in=NOBODY,
    children=patterns(
        r"key (?:[06] )?(?P<key>\S+)",
        r"dns \d\S+(?: \d\S+)?",
        r"wins \d\S+(?: \d\S+)?",
        r"domain \S+",
        r"pool \S+",
        r"acl \S+",
        r"netmask \d\S+",
        r"save-password",
        r"max-(?:users|logins) \d+",
    ),
    spellings=spellings((r"^key 0 ", "key ")),
    references=(
        Reference(re.compile(r"pool (?P<names>\S+)"), "address-pool"),
        Reference(re.compile(r"acl (?P<names>\S+)"), "access-list"),
    ),
    remove="no crypto isakmp client configuration group {name}",
    editing=Editing(single=("key", "dns", "wins", "domain", "pool", "acl", "netmask", "max-users", "max-logins")),
)

DYNAMIC_MAP = Family(
    name="dynamic-map-entry",
    sentence="what is offered to peers that nobody knows the address of",
    header=re.compile(r"crypto dynamic-map (?P<name>\S+) (?P<sequence>\d+)"),
    identity=("name", "sequence"),
    opens=True,
    shared=NOBODY,
    touches=NOBODY,
    key_of=NOBODY,
    peers_of=peers_set,
    ike=by_proposal,
    named_in=NOBODY,
    children=patterns(
        r"set transform-set \S+",
        r"set pfs group\d+",
        r"set security-association lifetime (?:seconds|kilobytes) \d+",
        r"reverse-route",
    ),
    references=(
        Reference(re.compile(r"set transform-set (?P<names>\S+(?: \S+)*)"), "transform-set"),
        Reference(re.compile(r"match address (?P<names>\S+)(?: .*)?"), "access-list"),
    ),
    remove="no crypto dynamic-map {name} {sequence}",
    editing=Editing(single=SINGLE),
)

MAP_SETTING = Family(
    name="crypto-map-setting",
    sentence="how clients of the map are asked for a user and given an address",
    header=re.compile(
        r"crypto map (?P<map>\S+) (?P<setting>client authentication list|isakmp authorization list|client configuration address)"
        r" (?P<value>\S+)"
    ),
    identity=("map", "setting"),
    opens=False,
    shared=Shared(_on_map, "clients come by it ({use})"),
    touches=Touches(_asks_all, NOBODY, NOBODY),
    key_of=NOBODY,
    peers_of=NOBODY,
    ike=NOBODY,
    named_in=NOBODY,
    references=(
        Reference(re.compile(r"crypto map \S+ (?:client authentication|isakmp authorization) list (?P<names>\S+)"), "aaa-list"),
    ),
    of_map=True,
)

MAP_DYNAMIC = Family(
    name="crypto-map-dynamic",
    sentence="clients at one place of the map, behind every entry for a peer",
    header=re.compile(r"crypto map (?P<map>\S+) (?P<sequence>\d+) ipsec-isakmp dynamic (?P<dynamic>\S+)(?: discover)?"),
    identity=("map", "sequence"),
    opens=False,
    shared=NOBODY,
    touches=Touches(_listens, NOBODY, "no client of map {map} can connect any more; those that are connected lose their tunnel"),
    key_of=NOBODY,
    peers_of=_none,
    ike=lambda _item, _config: BOTH,
    named_in=NOBODY,
    references=(
        Reference(
            re.compile(r"crypto map \S+ \d+ ipsec-isakmp dynamic (?P<names>\S+)(?: discover)?"), "dynamic-map-entry", of_set=True
        ),
    ),
    remove="no crypto map {map} {sequence}",
    switches=re.compile(r"crypto map .+"),
    of_map=True,
)
