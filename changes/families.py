"""The object families that our changes may touch on Cisco IOS: how to recognise, compare, create, switch and remove each.

One frozen record a family, one sentence each. A line of a desired configuration that no family knows is refused: nr-run
does not push what it cannot take back. Sources: Cisco IOS Security Command Reference 12.2 (crypto isakmp, crypto ipsec,
crypto map), IP access list commands 12.2; reference rules from Cisco's access list FAQ and from recorded sessions.
"""

from __future__ import annotations

import re

from .asa_families import ASA
from .family import Editing, Family, Reference, patterns

#: IOS-XE from 17.6.1 on takes weak cryptography and says so (field notice FN72510, in these words for an encryption algorithm).
_DEPRECATED = patterns(r"% ?Warning: weaker .+ is deprecated")

IOS: tuple[Family, ...] = (
    Family(
        name="isakmp-policy",
        sentence="IKE proposal, offered to every peer of the box in the order of its number",
        header=re.compile(r"crypto isakmp policy (?P<number>\d+)"),
        identity=("number",),
        opens=True,
        children=patterns(r"encr(?:yption)? .+", r"hash \S+", r"authentication \S+", r"group \d+", r"lifetime \d+"),
        defaults=("encr des", "hash sha", "authentication rsa-sig", "group 1", "lifetime 86400"),
        remove="no crypto isakmp policy {number}",
        replies=_DEPRECATED,
    ),
    Family(
        name="isakmp-key",
        sentence="pre-shared key of one peer",
        header=re.compile(
            # 15.x leaves the room of a mask before no-xauth.
            r"crypto isakmp key (?:[06] )?(?P<key>\S+) address (?P<peer>\d\S+)(?: +(?P<mask>\d\S+))?(?P<xauth> +no-xauth)?"
        ),
        identity=("peer",),
        opens=False,
        # Older IOS wants the key itself, and no-xauth, in the line that removes it; and it takes no second key for a peer.
        remove="no {line}",
        holds_key=True,
        editing=Editing(whole=True),
    ),
    Family(
        name="isakmp-keepalive",
        sentence="dead peer detection, one setting for every IKE peer of the box",
        header=re.compile(r"crypto isakmp keepalive (?P<interval>\d+)(?: (?P<retries>\d+))?(?: periodic| on-demand)?"),
        identity=(),
        opens=False,
        remove="no crypto isakmp keepalive",
    ),
    Family(
        name="transform-set",
        sentence="ESP proposal, used by the crypto map entries that name it",
        header=re.compile(r"crypto ipsec transform-set (?P<name>\S+)(?P<transforms>(?: (?:esp|ah|comp)-\S+(?: \d+)?)+)"),
        identity=("name",),
        opens=True,
        children=patterns(r"mode (?:tunnel|transport)"),
        defaults=("mode tunnel",),
        remove="no crypto ipsec transform-set {name}",
        replies=_DEPRECATED,
    ),
    Family(
        name="access-list",
        sentence="traffic selectors of one tunnel, an access list of its own",
        header=re.compile(r"ip access-list extended (?P<name>\S+)"),
        identity=("name",),
        opens=True,
        children=patterns(r"permit ip .+"),
        remove="no ip access-list extended {name}",
        ordered=True,
    ),
    Family(
        name="crypto-map-entry",
        sentence="the tunnel itself: peer, proposal and selectors at one place of the map",
        header=re.compile(r"crypto map (?P<map>\S+) (?P<sequence>\d+) ipsec-isakmp"),
        identity=("map", "sequence"),
        opens=True,
        children=patterns(
            r"set peer \S+",
            r"set transform-set \S+",
            r"set pfs group\d+",
            r"set security-association lifetime (?:seconds|kilobytes) \d+",
            r"match address \S+",
        ),
        references=(
            Reference(re.compile(r"set transform-set (?P<names>\S+(?: \S+)*)"), "transform-set"),
            Reference(re.compile(r"match address (?P<names>\S+)(?: .*)?"), "access-list"),
        ),
        remove="no crypto map {map} {sequence}",
        switches=re.compile(r"match address \S+"),
        editing=Editing(
            single=(
                "set transform-set",
                "set pfs",
                "set security-association lifetime seconds",
                "set security-association lifetime kilobytes",
                "match address",
            )
        ),
        replies=_DEPRECATED
        + patterns(
            r"% NOTE: This new crypto map will remain disabled until a peer\s+and a valid access list have been configured\.",
        ),
    ),
    Family(
        name="crypto-map-binding",
        sentence="the map at work on an interface",
        # A subinterface of a serial line is shown with its kind, and may be entered without.
        header=re.compile(r"interface (?P<interface>\S+)(?: (?:point-to-point|multipoint))?"),
        identity=("interface",),
        opens=True,
        children=patterns(r"crypto map \S+", r"crypto map \S+ redundancy \S+(?: stateful)?"),
        references=(Reference(re.compile(r"crypto map (?P<names>\S+)(?: redundancy .+)?"), "crypto-map-entry", of_set=True),),
        remove="no {child}",
        switches=re.compile(r"crypto map .+"),
        child_is_object=True,
        replies=patterns(r".*%CRYPTO-6-ISAKMP_ON_OFF: ISAKMP is ON"),
    ),
)

FAMILIES: dict[str, tuple[Family, ...]] = {"ios": IOS, "asa": ASA}
