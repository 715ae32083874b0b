"""The object families that our changes may touch, a folder by feature: how to recognise, compare, create, switch and remove each.

One frozen record a family and operating system. A line of a desired configuration that no family knows is refused: nr-run does
not push what it cannot roll back. The order of a table is the order of dependence, and a test holds it against the references:
what is named stands before what names it.
"""

from __future__ import annotations

import re
from collections.abc import Iterator, Mapping

from ..family import Family
from . import (
    acl,
    bgp,
    certificate,
    crypto_map,
    flexvpn,
    ikev1,
    ikev2,
    ipsec,
    nat,
    policy_routing,
    probes,
    remote_access,
    routing,
    tunnel_group,
    tunnel_interface,
)

IOS: tuple[Family, ...] = (
    remote_access.AAA,
    remote_access.AAA_LIST,
    remote_access.USER,
    remote_access.POOL,
    ikev1.IOS_POLICY,
    ikev1.IOS_KEY,
    ikev1.IOS_KEEPALIVE,
    ikev2.IOS_PROPOSAL,
    ikev2.IOS_POLICY,
    ikev2.IOS_OFFER,
    ikev2.IOS_KEYRING,
    acl.IOS_LIST,
    flexvpn.STANDARD_LIST,
    flexvpn.AUTHORIZATION_POLICY,
    flexvpn.CLIENT_PROFILE,
    ikev2.IOS_PROFILE,
    ikev2.IOS_DPD,
    ipsec.IOS_TRANSFORM_SET,
    ipsec.IOS_PROFILE,
    tunnel_interface.IOS_TUNNEL,
    flexvpn.VIRTUAL_TEMPLATE,
    remote_access.GROUP,
    remote_access.DYNAMIC_MAP,
    remote_access.MAP_SETTING,
    crypto_map.IOS_ENTRY,
    remote_access.MAP_DYNAMIC,
    crypto_map.IOS_BINDING,
    nat.IOS_EXEMPTION,
    routing.IOS_MSS,
    probes.IOS_OPERATION,
    probes.IOS_SCHEDULE,
    probes.IOS_TRACK,
    routing.IOS_ROUTE,
    policy_routing.IOS_PREFIXES,
    policy_routing.IOS_CLAUSE,
    policy_routing.IOS_BINDING,
)
ASA: tuple[Family, ...] = (
    ikev1.ASA_POLICY,
    ikev1.ASA_ENABLE,
    ikev2.ASA_POLICY,
    ikev2.ASA_ENABLE,
    ipsec.ASA_TRANSFORM_SET,
    ipsec.ASA_PROPOSAL,
    ipsec.ASA_PROFILE,
    acl.ASA_OBJECT,
    acl.ASA_LIST,
    nat.ASA_EXEMPTION,
    nat.ASA_NAT_0,
    nat.ASA_TWICE,
    certificate.ASA_SHOWN,
    tunnel_group.GROUP_POLICY,
    tunnel_group.TUNNEL_GROUP,
    tunnel_interface.ASA_TUNNEL,
    crypto_map.ASA_ENTRY,
    crypto_map.ASA_BINDING,
    routing.ASA_MSS,
    routing.ASA_ROUTE,
    policy_routing.ASA_PREFIXES,
    bgp.ASA_ROUTER,
    bgp.ASA_NEIGHBOUR,
    bgp.ASA_SETTING,
    bgp.ASA_NETWORK,
)
FAMILIES: Mapping[str, tuple[Family, ...]] = {"ios": IOS, "asa": ASA}
#: Place of each family in the order of dependence.
RANKS: Mapping[str, Mapping[str, int]] = {
    os: {family.name: number for number, family in enumerate(families)} for os, families in FAMILIES.items()
}


_WORDS = re.compile(r"(?:[\w-]+(?: |$))*(?:[\w-]+(?![\w?*]))?")


def stem_of(family: Family) -> str:
    """What every header of the family begins with, as far as it is the same for all."""
    words = _WORDS.match(family.header.pattern)
    return words[0] if words else ""


#: Beginnings of all headers, to see at a glance that a line is none.
STEMS: Mapping[str, tuple[str, ...]] = {
    os: tuple(dict.fromkeys(stem_of(family) for family in families)) for os, families in FAMILIES.items()
}


def _beginning(words: str) -> str:
    """The first two words of a line, with a blank behind each that is whole."""
    first, blank, rest = words.partition(" ")
    second, more, _ = rest.partition(" ")
    return f"{first}{blank}{second}{more}"


#: The first two words of a line, or the first alone, to the families that its header may be of: most lines are of none.
_BY_WORDS: Mapping[str, Mapping[str, tuple[Family, ...]]] = {
    os: {
        words: tuple(family for family in families if words.startswith(stem_of(family)) or stem_of(family).startswith(words))
        for stem in STEMS[os]
        for words in (_beginning(stem), stem.partition(" ")[0] + " ")
    }
    for os, families in FAMILIES.items()
}
#: Families whose headers part in the middle of their first word (``object`` and ``object-group``).
_UNFINISHED = {os: tuple(family for family in families if " " not in stem_of(family)) for os, families in FAMILIES.items()}


def families_for(os: str, line: str) -> Iterator[Family]:
    """Families whose header a line may be, in the order of the table."""
    known = _BY_WORDS[os]
    first, _, rest = line.partition(" ")
    second = rest.partition(" ")[0]
    found = known.get(f"{first} {second} ") or known.get(f"{first} ") or _UNFINISHED[os]
    for family in found:
        if family.header.fullmatch(line):
            yield family
