"""Tunnel interfaces: what is routed to one is encrypted.

Sources: Cisco IOS Interface Command Reference and IPsec virtual tunnel interface guide (an interface that has just been made
shows ``no ip address``, and is up); Cisco ASA VTI chapters 9.7 to 9.20 (an interface with a name has a line of its own for its
MTU).
"""

from __future__ import annotations

import re
from collections.abc import Iterator, Mapping
from typing import TYPE_CHECKING

from ..family import NOBODY, Editing, Family, Reference, Shared, patterns, spellings
from . import touches
from .names import by_proposal, word_named
from .uses import ONE, TWO, protected_peers

if TYPE_CHECKING:
    from ..objects import Config, ConfigObject, Key

_SENTENCE = "the tunnel itself, as an interface: what is routed to it is encrypted"
_PROFILE = "ipsec-profile"


def _peers(item: ConfigObject) -> tuple[str, ...]:
    return protected_peers(item.children)


def by_profile(item: ConfigObject, config: Config) -> frozenset[int] | None:
    """The version of IKE that the profile of the interface is for; nothing is negotiated without protection."""
    line = next((line for line in item.children if line.startswith("tunnel protection ipsec profile ")), "")
    if not line:
        return None
    if " ikev2-profile " in line:
        return TWO
    profile = config.get(_PROFILE, line.split()[4])
    if profile is None:
        return frozenset()
    # On IOS a profile without an IKEv2 profile is for version 1.
    return by_proposal(profile, config) or ONE


def nameif(item: ConfigObject) -> str:
    """What an ASA calls the interface."""
    return item.child("nameif") or ""


def _by_nameif(config: Config, target: ConfigObject, others: Mapping[Key, ConfigObject]) -> Iterator[str]:
    """The lines of an ASA name the interface by its nameif, and go with it."""
    name = nameif(target)
    word = re.compile(rf"(?:^|[ (,]){re.escape(name)}(?:$|[ ),])")
    if not name:
        return
    yield from (item.title for item in others.values() if name in item.header and word.search(item.header))
    for node in config.others:
        if name in node.line and word.search(node.line) and not node.line.startswith(("mtu ", "hostname ")):
            yield node.line


def _mtu(item: ConfigObject) -> tuple[str, ...]:
    name = nameif(item)
    return (rf"mtu {re.escape(name)} \d+",) if name else ()


IOS_TUNNEL = Family(
    name="tunnel-interface",
    sentence=_SENTENCE,
    header=re.compile(r"interface (?P<interface>Tunnel\d+)"),
    identity=("interface",),
    opens=True,
    shared=NOBODY,
    touches=touches.TUNNEL,
    key_of=NOBODY,
    peers_of=_peers,
    ike=by_profile,
    named_in=word_named,
    children=patterns(
        r"description .+",
        r"ip address \d\S+ \d\S+",
        r"ip unnumbered \S+",
        r"ip mtu \d+",
        r"ip tcp adjust-mss \d+",
        r"zone-member security \S+",
        r"tunnel source \S+",
        r"tunnel mode ipsec ipv4",
        r"tunnel destination \d\S+",
        r"tunnel path-mtu-discovery",
        r"tunnel protection ipsec profile \S+",
        r"no shutdown",
    ),
    for_a_while=patterns("shutdown"),
    shown_first=("no ip address",),
    spellings=spellings((r"^no shutdown$", "")),
    references=(
        Reference(
            re.compile(r"tunnel protection ipsec profile (?P<names>\S+)(?: shared| isakmp-profile \S+| ikev2-profile \S+)?"),
            _PROFILE,
            built_in=("default",),
        ),
        Reference(re.compile(r"tunnel protection .+ ikev2-profile (?P<names>\S+)"), "ikev2-profile", built_in=("default",)),
    ),
    remove="no interface {interface}",
    switches=re.compile(r"tunnel protection .+"),
    editing=Editing(
        single=(
            "description",
            "ip address",
            "ip unnumbered",
            "ip mtu",
            "ip tcp adjust-mss",
            "zone-member security",
            "tunnel source",
            "tunnel mode",
            "tunnel destination",
            "tunnel protection",
        )
    ),
    replies=patterns(
        r"(?:.*%(?:CRYPTO-6-ISAKMP_ON_OFF|LINEPROTO-5-UPDOWN|LINK-3-UPDOWN): .+)",
        r".*%CRYPTO-6-ISAKMP_ON_OFF: ISAKMP is ON",
    ),
)

ASA_TUNNEL = Family(
    name="tunnel-interface",
    sentence=_SENTENCE,
    header=re.compile(r"interface (?P<interface>Tunnel\d+)"),
    identity=("interface",),
    opens=True,
    shared=Shared(_by_nameif, "its name is used in {use}"),
    touches=touches.TUNNEL,
    key_of=NOBODY,
    peers_of=_peers,
    ike=by_profile,
    named_in=NOBODY,
    children=patterns(
        r"description .+",
        r"nameif \S+",
        r"ip address \d\S+ \d\S+",
        r"tunnel source interface \S+",
        r"tunnel destination \d\S+",
        r"tunnel mode ipsec ipv4",
        r"tunnel protection ipsec profile \S+",
        r"no shutdown",
    ),
    for_a_while=patterns("shutdown"),
    shown_first=("no nameif", "no ip address", "security-level 0"),
    spellings=spellings((r"^no shutdown$", ""), (r"^security-level 0$", "")),
    references=(
        Reference(re.compile(r"tunnel protection ipsec profile (?P<names>\S+)(?: .+)?"), _PROFILE),
        Reference(re.compile(r"tunnel destination (?P<names>\S+)"), "tunnel-group"),
    ),
    remove="no interface {interface}",
    switches=re.compile(r"tunnel protection .+"),
    editing=Editing(
        single=("description", "ip address", "tunnel source", "tunnel mode", "tunnel destination", "tunnel protection")
    ),
    adds=_mtu,
    replies=patterns(r'INFO: Security level for "\S+" set to \d+ by default\.', r"INFO: .+"),
)
