"""BGP of an ASA: the router, and in a router that is somebody else's a neighbour, its settings and a network, a line each.

Sources: Cisco ASA command reference 9.2 and later (router bgp: one autonomous system on a device; neighbor remote-as makes a
neighbour, and its ``no`` takes all of its lines away; network: the mask of a class is not shown; neighbor timers: the smallest
hold time that is taken is shown behind the two), and the configurations that providers publish for it.
"""

from __future__ import annotations

import re
from collections.abc import Iterator
from typing import TYPE_CHECKING

from msgspec.structs import replace

from ..family import NOBODY, Editing, Family, Reference, Shared, Touches, patterns, spellings
from .bgp_told import told_to

if TYPE_CHECKING:
    from ..objects import Config, ConfigObject

_HEADER = re.compile(r"router bgp (?P<system>\d+)")
_AF = r"address-family ipv4(?: unicast)?"
_OPENERS = patterns(_AF)
_CLOSING = ("exit-address-family",)
_NEIGHBOUR = r"neighbor (?P<neighbour>\d\S+)"
_MADE = rf"{_AF}: {_NEIGHBOUR} remote-as (?P<far>\d+)"
#: What is set, and behind it the value: a second value takes the place of the first, so it is no part of the identity.
_SETTINGS = (
    r"(?P<setting>activate|timers|ebgp-multihop|ttl-security|description|maximum-prefix|next-hop-self|soft-reconfiguration"
    r"|prefix-list)(?:(?<= activate)|(?<= timers) \d+ \d+(?: \d+)?|(?<= ebgp-multihop) \d+|(?<= ttl-security) hops \d+"
    r"|(?<= description) .+|(?<= maximum-prefix) \d+(?: \d+)?(?: warning-only| restart \d+)?|(?<= next-hop-self)"
    r"|(?<= soft-reconfiguration) inbound|(?<= prefix-list) (?P<list>\S+) (?P<way>in|out))"
)
_SET = rf"{_AF}: {_NEIGHBOUR} {_SETTINGS}"
_NETWORK = rf"{_AF}: network (?P<network>\d\S+)(?: mask (?P<mask>\d\S+))?"
_PREFIXES = Reference(
    re.compile(rf"{_AF}: neighbor \S+ prefix-list (?P<names>\S+) (?:in|out)"), "prefix-list", of_set=True, mark=" prefix-list "
)
_ROUTER = Reference(re.compile(r"router bgp (?P<names>\d+)"), "bgp", mark="router bgp ")
#: One spelling of a line of the address family: its own name, a mask that is that of the class, and the third timer.
_SPELLINGS = spellings(
    (r"^address-family ipv4(?=:|$)", "address-family ipv4 unicast"),
    (r"( timers \d+ \d+)$", r"\1 0"),
    (r"(network (?:12[0-6]|1[01]\d|[1-9]?\d)(?:\.\d+){3}) mask 255\.0\.0\.0$", r"\1"),
    (r"(network (?:12[89]|1[3-8]\d|19[01])(?:\.\d+){3}) mask 255\.255\.0\.0$", r"\1"),
    (r"(network (?:19[2-9]|2[01]\d|22[0-3])(?:\.\d+){3}) mask 255\.255\.255\.0$", r"\1"),
)


def _others(item: ConfigObject, running: Config) -> Iterator[str]:
    """The neighbours that a network is told to besides."""
    found = [other.groups["neighbour"] for other in running.of("bgp-neighbour")]
    if found:
        yield f"network {item.groups['network']} is announced to {' and '.join(found)}, if their lists permit it"


#: A neighbour does not name what it is told.
_BY_NEIGHBOUR = Shared(told_to, "{use} receives it too")

ASA_ROUTER = Family(
    name="bgp",
    sentence="announces our networks to the far ends, and learns theirs",
    header=_HEADER,
    identity=("system",),
    opens=True,
    shared=NOBODY,
    touches=Touches(
        "the device runs BGP as AS {system} from now on",
        NOBODY,
        "the device no longer runs BGP, and the routes that it learned by it are lost",
    ),
    key_of=NOBODY,
    peers_of=NOBODY,
    ike=NOBODY,
    named_in=NOBODY,
    children=patterns(
        r"bgp log-neighbor-changes",
        r"bgp graceful-restart",
        r"bgp router-id \d\S+",
        r"timers bgp \d+ \d+(?: \d+)?",
        _AF,
        _MADE,
        _SET,
        _NETWORK,
        rf"{_AF}: maximum-paths \d+",
        rf"{_AF}: no auto-summary",
        rf"{_AF}: no synchronization",
    ),
    openers=_OPENERS,
    closing=_CLOSING,
    # What an address family shows whether it was typed or not; some releases add the identity of the router.
    defaults=("address-family ipv4 unicast: no auto-summary", "address-family ipv4 unicast: no synchronization"),
    shown_first=("bgp log-neighbor-changes", "bgp router-id vrf auto-assign"),
    spellings=(*_SPELLINGS, *spellings((r"^address-family ipv4 unicast$", ""), (r"^bgp router-id vrf auto-assign$", ""))),
    references=(replace(_PREFIXES, by_line=True),),
    remove="no router bgp {system}",
    # A text without one of these means lines for a router that is there.
    marked=re.compile(r"bgp .+"),
)

ASA_NEIGHBOUR = Family(
    name="bgp-neighbour",
    sentence="one far end that BGP is spoken with, in a router that is there",
    header=_HEADER,
    identity=("neighbour",),
    opens=True,
    shared=NOBODY,
    touches=Touches(
        "AS {system} has one more neighbour, {neighbour}, which receives what its lists permit",
        NOBODY,
        "what {neighbour} announced leaves the routing table",
    ),
    key_of=NOBODY,
    peers_of=NOBODY,
    ike=NOBODY,
    named_in=NOBODY,
    children=patterns(_MADE),
    openers=_OPENERS,
    closing=_CLOSING,
    spellings=_SPELLINGS,
    references=(_ROUTER,),
    remove="no neighbor {neighbour}",
    child_is_object=True,
)

ASA_SETTING = Family(
    name="bgp-neighbour-setting",
    sentence="how BGP is spoken with one far end",
    header=_HEADER,
    identity=("neighbour", "setting", "way"),
    opens=True,
    shared=NOBODY,
    touches=Touches(NOBODY, "{neighbour} is spoken with by another {setting}, from its next session on at the latest", NOBODY),
    key_of=NOBODY,
    peers_of=NOBODY,
    ike=NOBODY,
    named_in=NOBODY,
    children=patterns(_SET),
    openers=_OPENERS,
    closing=_CLOSING,
    spellings=_SPELLINGS,
    references=(
        Reference(re.compile(rf"{_AF}: neighbor (?P<names>\S+) (?!remote-as ).+"), "bgp-neighbour", mark=": neighbor "),
        _PREFIXES,
    ),
    remove="no {child}",
    child_is_object=True,
    editing=Editing(typed_again=True),
)

ASA_NETWORK = Family(
    name="bgp-network",
    sentence="one network that is announced to the far ends, if the routing table has it exactly",
    header=_HEADER,
    identity=("network", "mask"),
    opens=True,
    shared=_BY_NEIGHBOUR,
    touches=Touches(_others, NOBODY, "network {network} is no longer announced"),
    key_of=NOBODY,
    peers_of=NOBODY,
    ike=NOBODY,
    named_in=NOBODY,
    children=patterns(_NETWORK),
    openers=_OPENERS,
    closing=_CLOSING,
    spellings=_SPELLINGS,
    references=(_ROUTER,),
    remove="no {child}",
    child_is_object=True,
)
