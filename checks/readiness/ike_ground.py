"""Is there ground for IKE on this router: is it on, and does nobody else take the interface or the peer?

Sources: Cisco IOS Security Command Reference (crypto isakmp enable, crypto ipsec client ezvpn, crypto keyring, crypto isakmp
profile: a profile that matches the identity of a peer takes its negotiation, with the keyring that it names).
"""

from __future__ import annotations

from collections.abc import Iterator

from ...changes.configurations.tree import starting
from ...changes.implicit_references import takes_peer
from ...changes.objects import read
from ..finding import Finding, Status
from ..routing.router_interfaces import section_of
from .device_facts import EndFacts, doubt, say

RUNNING = "show running-config"


def ike_is_on(facts: EndFacts) -> Iterator[Finding]:
    """IKE is on by default, and the line is shown only when it is off."""
    line = "no crypto isakmp enable"
    if any(node.line == line for node in starting(facts.nodes, "no crypto isakmp")):
        words = f"{line!r}: the router answers no IKE at all, so no tunnel can come up; type crypto isakmp enable"
        yield say(facts, "isakmp-enable", False, words, RUNNING, "crypto isakmp enable", line)


def easy_vpn(facts: EndFacts) -> Iterator[Finding]:
    """An Easy VPN client brings a crypto map of its own to its interface."""
    outside = section_of(facts.nodes, facts.end.local.interface)
    for line in outside.children if outside else ():
        if line.startswith("crypto ipsec client ezvpn "):
            words = (
                f"{line!r} below {facts.end.local.interface}: the Easy VPN client has a map of its own on that interface, and "
            )
            words += "whether the router takes another one beside it is not known"
            yield doubt(facts, "easy-vpn", Status.UNVERIFIED, words, RUNNING, f"interface {facts.end.local.interface}", line)


def other_takers(facts: EndFacts) -> Iterator[Finding]:
    """A profile for whole networks may take the peer, with another key; a keyring for them has another key for it."""
    peer = facts.end.remote.outside_ip
    for header, line in takes_peer(read("ios", facts.outputs[RUNNING]), peer):
        if "profile " in header:
            words = f"{line!r} of {header!r} matches {peer} too: when the far side begins, that profile may take the negotiation"
            yield doubt(facts, "ike-profile", Status.UNVERIFIED, f"{words}, with its own keyring", RUNNING, header, line)
        else:
            shown = line.partition(" key ")[0]
            words = f"{shown!r} of {header!r} has a key for {peer} too; IKE should take the one for the address alone"
            yield doubt(facts, "keyring", Status.WARNING, words, RUNNING, header, shown)
