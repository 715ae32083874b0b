"""Access lists: the traffic selectors of a tunnel, and the network objects that an ASA names in them.

Sources: Cisco IOS IP access list commands 12.2 and Cisco's access list FAQ; Cisco ASA command references (access-list, object
network, object-group network): objects and groups share their names.
"""

from __future__ import annotations

import re

from ..family import NOBODY, Family, Reference, patterns, spellings
from .names import list_named, word_named

_SENTENCE = "traffic selectors of one tunnel, an access list of its own"
#: A line may name objects and groups for its addresses, services and users; those of networks are known here.
NETWORK_OBJECTS = Reference(re.compile(r"(?<= object )(?P<names>\S+)"), "network-object", every=True, mark=" object ")
NETWORK_GROUPS = Reference(re.compile(r"(?<= object-group )(?P<names>\S+)"), "network-object", every=True, mark=" object-group ")

IOS_LIST = Family(
    name="access-list",
    sentence=_SENTENCE,
    header=re.compile(r"ip access-list extended (?P<name>\S+)"),
    identity=("name",),
    opens=True,
    shared=NOBODY,
    touches=NOBODY,
    key_of=NOBODY,
    peers_of=NOBODY,
    ike=NOBODY,
    named_in=list_named,
    # What a route map is asked about parts by port, and says what is left out.
    children=patterns(r"permit (?:ip|tcp|udp|icmp) .+", r"deny (?:ip|tcp|udp|icmp) .+"),
    # IOS-XE 17 shows each line with its sequence number, older releases keep it to themselves.
    spellings=spellings((r"^\d+ (?=permit |deny |remark )", "")),
    remove="no ip access-list extended {name}",
    ordered=True,
    traffic=True,
    # A text that permits nothing means lines for a list that is there.
    marked=re.compile(r"permit .+"),
)

ASA_LIST = Family(
    name="access-list",
    sentence=_SENTENCE,
    header=re.compile(r"access-list (?P<name>\S+)"),
    identity=("name",),
    opens=False,
    shared=NOBODY,
    touches=NOBODY,
    key_of=NOBODY,
    peers_of=NOBODY,
    ike=NOBODY,
    named_in=list_named,
    children=patterns(r"extended permit ip .+"),
    references=(NETWORK_OBJECTS, NETWORK_GROUPS),
    remove="clear configure access-list {name}",
    ordered=True,
    traffic=True,
    flat=True,
)

ASA_OBJECT = Family(
    name="network-object",
    sentence="networks under a name, for the lines that name it",
    header=re.compile(r"object(?P<group>-group)? network (?P<name>\S+)"),
    identity=("name",),
    opens=True,
    shared=NOBODY,
    touches=NOBODY,
    key_of=NOBODY,
    peers_of=NOBODY,
    ike=NOBODY,
    named_in=word_named,
    children=patterns(
        r"subnet \d\S+ \d\S+",
        r"host \d\S+",
        r"network-object (?:host \d\S+|\d\S+ \d\S+|object \S+)",
        r"group-object \S+",
        r"description .+",
    ),
    references=(
        Reference(re.compile(r"network-object object (?P<names>\S+)"), "network-object"),
        Reference(re.compile(r"group-object (?P<names>\S+)"), "network-object"),
    ),
    remove="no object{group} network {name}",
)
