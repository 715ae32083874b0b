"""What the running configuration of an ASA says of a tunnel: proposals, keys, identities of IKE, and what meets packets.

Sources: Cisco ASA command references (crypto ikev2 policy, crypto ikev1 enable, tunnel-group, crypto isakmp identity,
access-group with control-plane).
"""

from __future__ import annotations

import re
from collections.abc import Iterator
from ipaddress import IPv4Address, IPv4Network

from ....changes.config_object import ConfigObject
from ....checks.finding import Evidence
from ....checks.path.acl import Flow, Verdict, asa_lists
from ....checks.translation.asa_nat import Way, asa_translations
from .configured_end import ConfiguredEnd
from .ike_keys import UNKNOWN, Keys, comparable

_GROUP = re.compile(r"access-group (?P<list>\S+) in interface (?P<nameif>\S+) control-plane")


# IKE


def ikev2_offers(there: ConfiguredEnd) -> tuple[ConfigObject, ...]:
    """Its IKEv2 policies, which are proposals as well, in the order of their numbers."""
    return tuple(sorted(there.config.of("ikev2-policy"), key=lambda item: int(item.groups["number"])))


def not_enabled(there: ConfiguredEnd) -> tuple[Evidence, ...]:
    """What shows that the device does not speak this version of IKE at the outside interface."""
    family = "ike-enable" if there.end.ike_version == 1 else "ikev2-enable"
    if any(item.groups["nameif"] == there.outside for item in there.config.of(family)):
        return ()
    return (there.evidence(f"crypto ikev{there.end.ike_version} enable {there.outside}", "none"),)


def keys(there: ConfiguredEnd, peer: IPv4Address) -> Keys | None:
    """The keys for a peer, which stand in its tunnel group; None where there certainly are none."""
    group = there.config.get("tunnel-group", str(peer)) or there.config.get("tunnel-group", "DefaultL2LGroup")
    if group is None:
        return None

    def said(words: str) -> str | None:
        line = group.child(f"ipsec-attributes: {words}") if group else None
        return comparable(line.split()[-1]) if line else None

    if there.end.ike_version == 1:
        key = said("ikev1 pre-shared-key") or said("pre-shared-key")
        masked = key is None and any("pre-shared-key" in line for line in group.children)
        return UNKNOWN if masked else Keys(key, key) if key is not None else None
    local, remote = said("ikev2 local-authentication pre-shared-key"), said("ikev2 remote-authentication pre-shared-key")
    if local is None or remote is None:
        other = any("certificate" in line for line in group.children)
        return UNKNOWN if other or local is not None or remote is not None else None
    return Keys(local, remote)


# Identities


def sent_identity(there: ConfiguredEnd) -> tuple[str, str] | None:
    """The identity that it sends in IKEv2: kind and value; None where the device says something else than its address."""
    line = next((node.line for node in there.running.nodes if node.line.startswith("crypto isakmp identity ")), "auto")
    return ("address", str(there.end.address)) if line.split()[-1] in ("auto", "address") else None


def expected_identities(there: ConfiguredEnd) -> tuple[tuple[str, str], ...] | None:  # noqa: ARG001 - one form for all systems
    """Never known: it finds the tunnel group by the address of the peer, and lists no identities."""
    return None


def admits(there: ConfiguredEnd, shown: tuple[str, str]) -> bool | None:  # noqa: ARG001 - one form for all systems
    """An address always finds its tunnel group; of another identity nothing is known."""
    return True if shown[0] == "address" else None


# What packets meet


def translated(there: ConfiguredEnd, pair: tuple[IPv4Network, IPv4Network]) -> Iterator[tuple[str, bool]]:
    """Each line that translates some of this traffic, and whether all of it is left alone there."""
    yield from asa_translations(there.running.nodes, pair, Way(None, there.outside), twice=there.twice_nat)


def listed(there: ConfiguredEnd, name: str, flow: Flow) -> Verdict:
    """What the access list of this name says of a flow."""
    return asa_lists(there.config, [name], flow)


def filtered(there: ConfiguredEnd, flow: Flow) -> Iterator[tuple[str, Verdict]]:
    """Name of the first access list that packets to the device itself meet outside, and what all of them say of a flow."""
    groups = (_GROUP.fullmatch(node.line) for node in there.running.nodes)
    names = [match["list"] for match in groups if match and match["nameif"] == there.outside]
    if names:
        yield names[0], asa_lists(there.config, names, flow)
