"""The peer on an ASA: its tunnel group with the keys, and the group policy that says what it may do.

Sources: Cisco ASA command references 8.2, 8.4 and 9.x (tunnel-group, group-policy).
"""

from __future__ import annotations

import re
from typing import TYPE_CHECKING

from ..family import NOBODY, Editing, Family, Reference, patterns
from .names import by_identity, policy_named
from .uses import BY_PEER

if TYPE_CHECKING:
    from ..objects import Config, ConfigObject

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
#: The same for clients.
OF_CLIENTS = ("group-lock", "dhcp-network-scope")


def _by_keys(item: ConfigObject, _config: Config) -> frozenset[int]:
    first = any("ikev1 pre-shared-key " in line or ": pre-shared-key " in line for line in item.children)
    second = any("ikev2 " in line for line in item.children)
    return frozenset((*((1,) if first else ()), *((2,) if second else ())))


GROUP_POLICY = Family(
    name="group-policy",
    sentence="what a tunnel may do, with values of its own for all that could stop it: the default policy is not inherited",
    header=re.compile(r"group-policy (?P<name>\S+)"),
    identity=("name",),
    opens=False,
    shared=NOBODY,
    touches=NOBODY,
    key_of=NOBODY,
    peers_of=NOBODY,
    ike=NOBODY,
    named_in=policy_named,
    children=patterns(
        r"internal",
        r"attributes: vpn-tunnel-protocol .+",
        r"attributes: vpn-(?:access-hours|filter|idle-timeout|session-timeout) none",
        r"attributes: vpn-simultaneous-logins [1-9]\d*",
        # What lets IP phones in: they come to one tunnel group.
        r"attributes: group-lock value \S+",
        r"attributes: dhcp-network-scope none",
    ),
    remove="clear configure group-policy {name}",
    flat=True,
    parts=("attributes",),
    openers=patterns("webvpn"),
    # "no vpn-filter" stands without a value (command reference, vpn-filter); then the one of DfltGrpPolicy is inherited.
    editing=Editing(single=tuple(f"attributes: {word}" for word in (*INHERITED, *OF_CLIENTS)), bare_no=True),
)

TUNNEL_GROUP = Family(
    name="tunnel-group",
    sentence="the peer by its address: its pre-shared key, dead peer detection and what it may do",
    header=re.compile(r"tunnel-group (?P<name>\S+)"),
    identity=("name",),
    opens=False,
    shared=BY_PEER,
    touches=NOBODY,
    key_of=by_identity,
    peers_of=NOBODY,
    ike=_by_keys,
    named_in=NOBODY,
    children=patterns(
        r"type ipsec-l2l",
        r"general-attributes: default-group-policy \S+",
        r"ipsec-attributes: (?:ikev1 )?pre-shared-key (?P<key>\S+)",
        r"ipsec-attributes: ikev2 (?:remote|local)-authentication pre-shared-key (?P<key>\S+)",
        r"ipsec-attributes: isakmp keepalive threshold \d+ retry \d+",
        r"webvpn-attributes: without-csd",
        r"webvpn-attributes: group-url https://\S+ (?:enable|disable)",
    ),
    # What 8.4 and later show for every group is not what tells two of them apart.
    defaults=("ipsec-attributes: isakmp keepalive threshold 10 retry 2",),
    references=(Reference(re.compile(r"general-attributes: default-group-policy (?P<names>\S+)"), "group-policy"),),
    remove="clear configure tunnel-group {name}",
    flat=True,
    parts=("general-attributes", "ipsec-attributes", "ppp-attributes", "webvpn-attributes"),
    editing=Editing(
        single=(
            "general-attributes: default-group-policy",
            "ipsec-attributes: pre-shared-key",
            "ipsec-attributes: ikev1 pre-shared-key",
            "ipsec-attributes: ikev2 remote-authentication pre-shared-key",
            "ipsec-attributes: ikev2 local-authentication pre-shared-key",
            "ipsec-attributes: isakmp keepalive threshold",
            "webvpn-attributes: without-csd",
        ),
        keyed=patterns(r"webvpn-attributes: group-url \S+"),
    ),
    replies=patterns(
        r"WARNING: For IKEv1, L2L tunnel-groups that have names which are not an IP(?:.|\n)*",
        r"WARNING: L2L tunnel-groups that have names which are not an IP(?:.|\n)*",
    ),
)
