"""The object families that our changes may touch on a Cisco ASA, 8.0 to 9.19: the same roles as on IOS, in other words.

An ASA has no sub-mode for most of them: an access list, a map entry and a tunnel group are several lines that begin alike, and
are read here as one object. From 8.4 on the words ``ikev1`` stand where 8.0 to 8.3 have ``isakmp`` or nothing. Sources: Cisco ASA
command references 8.2, 8.4 and 9.x; Cisco ASA CLI configuration guides, "Configuring LAN-to-LAN IPsec VPNs" (an entry without
list or peer drops what it should protect; deleting the only element of a list or of a transform set takes the references along,
so what is referred to goes last, and as a whole).
"""

from __future__ import annotations

import re

from .family import Editing, Family, Reference, patterns

_IKE = r"(?P<ike>isakmp|ikev1)"
_LIFETIME = r"set security-association lifetime(?: (?:seconds|kilobytes) (?:\d+|unlimited)){1,2}"
#: 9.13 and later say so of what a later release will not have, and take it.
_OLD = r"(?:WARNING|INFO): .*(?:deprecated|insecure|less secure|weak)(?:.|\n)*"
_WARNINGS = patterns(r"WARNING: The crypto map entry (?:is|will be) incomplete!", _OLD, r"INFO: .+")

#: What a group policy inherits from DfltGrpPolicy unless it says it itself, and what can keep a LAN-to-LAN tunnel down, close it
#: or drop its packets. ``show running-config all group-policy`` prints all of them on 7.2(3), so no release here lacks one.
INHERITED = (
    "vpn-access-hours",
    "vpn-simultaneous-logins",
    "vpn-idle-timeout",
    "vpn-session-timeout",
    "vpn-filter",
    "vpn-tunnel-protocol",
)

ASA: tuple[Family, ...] = (
    Family(
        name="isakmp-policy",
        sentence="IKE proposal, offered to every peer of the box in the order of its number",
        header=re.compile(rf"crypto {_IKE} policy (?P<number>\d+)"),
        identity=("number",),
        opens=True,
        children=patterns(
            r"authentication \S+", r"encryption \S+", r"hash \S+", r"group \d+", r"lifetime (?:seconds )?(?:\d+|none)"
        ),
        defaults=("authentication pre-share", "encr 3des", "hash sha", "group 2", "lifetime 86400"),
        # From memory: 9.13 and later begin with AES and group 14.
        shown_first=("encryption aes", "group 14", "authentication rsa-sig"),
        remove="no crypto {ike} policy {number}",
        replies=patterns(_OLD),
    ),
    Family(
        name="ike-enable",
        sentence="IKE answers on an interface, for every tunnel of the box that ends there",
        header=re.compile(rf"crypto {_IKE} enable (?P<nameif>\S+)"),
        identity=("nameif",),
        opens=False,
    ),
    Family(
        name="transform-set",
        sentence="ESP proposal, used by the crypto map entries that name it",
        header=re.compile(r"crypto ipsec (?:ikev1 )?transform-set (?P<name>\S+)(?P<transforms>(?: esp-\S+)+)"),
        identity=("name",),
        opens=False,
        remove="no {line}",
        replies=patterns(_OLD),
    ),
    Family(
        name="access-list",
        sentence="traffic selectors of one tunnel, an access list of its own",
        header=re.compile(r"access-list (?P<name>\S+)"),
        identity=("name",),
        opens=False,
        children=patterns(r"extended permit ip .+"),
        remove="clear configure access-list {name}",
        ordered=True,
        flat=True,
    ),
    Family(
        name="group-policy",
        sentence="what a tunnel may do, with values of its own for all that could stop it: the default policy is not inherited",
        header=re.compile(r"group-policy (?P<name>\S+)"),
        identity=("name",),
        opens=False,
        children=patterns(
            r"internal",
            r"attributes: vpn-tunnel-protocol .+",
            r"attributes: vpn-(?:access-hours|filter|idle-timeout|session-timeout) none",
            r"attributes: vpn-simultaneous-logins [1-9]\d*",
        ),
        remove="clear configure group-policy {name}",
        flat=True,
        parts=("attributes",),
        # "no vpn-filter" stands without a value (command reference, vpn-filter); then the one of DfltGrpPolicy is inherited.
        editing=Editing(single=tuple(f"attributes: {word}" for word in INHERITED), bare_no=True),
    ),
    Family(
        name="tunnel-group",
        sentence="the peer by its address: its pre-shared key, dead peer detection and what it may do",
        header=re.compile(r"tunnel-group (?P<name>\S+)"),
        identity=("name",),
        opens=False,
        children=patterns(
            r"type ipsec-l2l",
            r"general-attributes: default-group-policy \S+",
            r"ipsec-attributes: (?:ikev1 )?pre-shared-key \S+",
            r"ipsec-attributes: isakmp keepalive threshold \d+ retry \d+",
        ),
        # What 8.4 and later show for every group is not what tells two of them apart.
        defaults=("ipsec-attributes: isakmp keepalive threshold 10 retry 2",),
        references=(Reference(re.compile(r"general-attributes: default-group-policy (?P<names>\S+)"), "group-policy"),),
        remove="clear configure tunnel-group {name}",
        flat=True,
        parts=("general-attributes", "ipsec-attributes", "ppp-attributes", "webvpn-attributes"),
        holds_key=True,
        editing=Editing(
            single=(
                "general-attributes: default-group-policy",
                "ipsec-attributes: pre-shared-key",
                "ipsec-attributes: ikev1 pre-shared-key",
                "ipsec-attributes: isakmp keepalive threshold",
            )
        ),
        replies=patterns(
            r"WARNING: For IKEv1, L2L tunnel-groups that have names which are not an IP(?:.|\n)*",
            r"WARNING: L2L tunnel-groups that have names which are not an IP(?:.|\n)*",
        ),
    ),
    Family(
        name="crypto-map-entry",
        sentence="the tunnel itself: peer, proposal and selectors at one place of the map",
        header=re.compile(r"crypto map (?P<map>\S+) (?P<sequence>\d+)"),
        identity=("map", "sequence"),
        opens=False,
        children=patterns(
            r"match address \S+",
            r"set peer \S+",
            r"set (?:ikev1 )?transform-set \S+",
            r"set pfs(?: group\d+)?",
            _LIFETIME,
        ),
        # 8.x writes them out below each entry, 9.x does not.
        defaults=(
            "set security-association lifetime seconds 28800",
            "set security-association lifetime kilobytes 4608000",
        ),
        references=(
            Reference(re.compile(r"set (?:ikev1 )?transform-set (?P<names>\S+(?: \S+)*)"), "transform-set"),
            Reference(re.compile(r"match address (?P<names>\S+)(?: .*)?"), "access-list"),
            Reference(re.compile(r"set peer (?P<names>\S+(?: \S+)*)"), "tunnel-group"),
        ),
        remove="clear configure crypto map {map} {sequence}",
        flat=True,
        switches=re.compile(r"match address \S+"),
        editing=Editing(
            single=(
                "set transform-set",
                "set ikev1 transform-set",
                "set pfs",
                "set security-association lifetime seconds",
                "set security-association lifetime kilobytes",
                "match address",
                "set peer",
            ),
            # Whether a second set peer replaces the first or joins it is not certain for every release.
            first_off=("set peer",),
        ),
        replies=_WARNINGS,
    ),
    Family(
        name="crypto-map-binding",
        sentence="the map at work on an interface",
        header=re.compile(r"crypto map (?P<map>\S+) interface (?P<interface>\S+)"),
        identity=("interface",),
        opens=False,
        references=(Reference(re.compile(r"crypto map (?P<names>\S+) interface .+"), "crypto-map-entry", of_set=True),),
        switches=re.compile(r"crypto map \S+ interface \S+"),
    ),
)
