"""Crypto maps: the entry that is a tunnel, and the interface that the map is at work on.

Sources: Cisco IOS Security Command Reference 12.2 (crypto map); Cisco ASA CLI configuration guides, "Configuring LAN-to-LAN IPsec
VPNs" (an entry without list or peer drops what it should protect; deleting the only element of a list or of a transform set takes
the references along, so what is referred to goes last, and as a whole).
"""

from __future__ import annotations

import re

from ..family import NOBODY, Editing, Family, Reference, patterns, spellings
from . import touches
from .ipsec import LIFETIMES, SINGLE
from .names import by_proposal, peers_set
from .replies import DISABLED, INCOMPLETE
from .uses import BY_MAP

_ENTRY = "the tunnel itself: peer, proposal and selectors at one place of the map"
_BINDING = "the map at work on an interface"
_LIST = Reference(re.compile(r"match address (?P<names>\S+)(?: .*)?"), "access-list")
_LIFETIME = r"set security-association lifetime(?: (?:seconds|kilobytes) (?:\d+|unlimited)){1,2}"

IOS_ENTRY = Family(
    name="crypto-map-entry",
    sentence=_ENTRY,
    header=re.compile(r"crypto map (?P<map>\S+) (?P<sequence>\d+) ipsec-isakmp"),
    identity=("map", "sequence"),
    opens=True,
    shared=NOBODY,
    touches=touches.ENTRY,
    key_of=NOBODY,
    peers_of=peers_set,
    ike=by_proposal,
    named_in=NOBODY,
    children=patterns(
        r"set peer \S+",
        r"set transform-set \S+",
        r"set pfs group\d+",
        r"set ikev2-profile \S+",
        r"set security-association lifetime (?:seconds|kilobytes) \d+",
        r"match address \S+",
    ),
    references=(
        Reference(re.compile(r"set transform-set (?P<names>\S+(?: \S+)*)"), "transform-set"),
        Reference(re.compile(r"set ikev2-profile (?P<names>\S+)"), "ikev2-profile"),
        _LIST,
    ),
    remove="no crypto map {map} {sequence}",
    switches=re.compile(r"match address \S+"),
    editing=Editing(single=(*SINGLE, "match address")),
    replies=DISABLED,
)

IOS_BINDING = Family(
    name="crypto-map-binding",
    sentence=_BINDING,
    # A subinterface of a serial line is shown with its kind, and may be entered without.
    header=re.compile(r"interface (?P<interface>\S+)(?: (?:point-to-point|multipoint))?"),
    identity=("interface",),
    opens=True,
    shared=BY_MAP,
    touches=touches.BINDING,
    key_of=NOBODY,
    peers_of=NOBODY,
    ike=NOBODY,
    named_in=NOBODY,
    children=patterns(r"crypto map \S+", r"crypto map \S+ redundancy \S+(?: stateful)?"),
    spellings=spellings((r"^(interface \S+) (?:point-to-point|multipoint)$", r"\1")),
    references=(
        Reference(
            re.compile(r"crypto map (?P<names>\S+)(?: redundancy .+)?"),
            "crypto-map-entry",
            of_set=True,
            or_family="crypto-map-dynamic",
        ),
    ),
    remove="no {child}",
    switches=re.compile(r"crypto map .+"),
    child_is_object=True,
    replies=patterns(r".*%CRYPTO-6-ISAKMP_ON_OFF: ISAKMP is ON"),
)

ASA_ENTRY = Family(
    name="crypto-map-entry",
    sentence=_ENTRY,
    header=re.compile(r"crypto map (?P<map>\S+) (?P<sequence>\d+)"),
    identity=("map", "sequence"),
    opens=False,
    shared=NOBODY,
    touches=touches.ENTRY,
    key_of=NOBODY,
    peers_of=peers_set,
    ike=by_proposal,
    named_in=NOBODY,
    children=patterns(
        r"match address \S+",
        r"set peer \S+",
        r"set (?:ikev1 )?transform-set \S+",
        r"set ikev2 ipsec-proposal \S+",
        r"set pfs(?: group\d+)?",
        _LIFETIME,
    ),
    # 8.x writes them out below each entry, 9.x does not.
    defaults=(
        "set security-association lifetime seconds 28800",
        "set security-association lifetime kilobytes 4608000",
    ),
    spellings=spellings(LIFETIMES),
    references=(
        Reference(re.compile(r"set (?:ikev1 )?transform-set (?P<names>\S+(?: \S+)*)"), "transform-set"),
        Reference(re.compile(r"set ikev2 ipsec-proposal (?P<names>\S+(?: \S+)*)"), "ipsec-proposal"),
        _LIST,
        Reference(re.compile(r"set peer (?P<names>\S+(?: \S+)*)"), "tunnel-group"),
    ),
    remove="clear configure crypto map {map} {sequence}",
    flat=True,
    switches=re.compile(r"match address \S+"),
    # Whether a second set peer replaces the first or joins it is not certain for every release.
    editing=Editing(single=(*SINGLE, "match address", "set peer"), first_off=("set peer",)),
    replies=INCOMPLETE,
)

ASA_BINDING = Family(
    name="crypto-map-binding",
    sentence=_BINDING,
    header=re.compile(r"crypto map (?P<map>\S+) interface (?P<interface>\S+)"),
    identity=("interface",),
    opens=False,
    shared=BY_MAP,
    touches=touches.BINDING,
    key_of=NOBODY,
    peers_of=NOBODY,
    ike=NOBODY,
    named_in=NOBODY,
    references=(Reference(re.compile(r"crypto map (?P<names>\S+) interface .+"), "crypto-map-entry", of_set=True),),
    switches=re.compile(r"crypto map \S+ interface \S+"),
)
