"""Which IKEv2 proposal and policy of IOS a new peer gets: those that are there and fit, or new ones that take nobody's place.

Sources: FlexVPN configuration guide, "IKEv2 policy" (a policy is chosen by the local address and the front VRF; one that names
the address goes before one that names none); published sessions (the default policy is in force only as long as no other is
configured, whatever that one matches, and a peer without a policy stays down).
"""

from __future__ import annotations

import re
from collections.abc import Collection, Sequence
from ipaddress import IPv4Address

from msgspec import Struct
from msgspec.structs import replace

from ...changes.configurations import tree
from ...inventory.errors import ChangeError

_POLICY = re.compile(r"crypto ikev2 policy (?P<name>(?!default$)\S+)")
_PROPOSAL = re.compile(r"crypto ikev2 proposal (?P<name>\S+)")
_PROFILE = re.compile(r"crypto ikev2 profile (?P<name>\S+)")
_LOCAL = "match address local "


class PolicyNames(Struct, frozen=True):
    """A proposal and the policy that offers it. ``is_ours``: the policy is for this address alone, and offers this alone."""

    proposal: str
    policy: str
    is_ours: bool = True


class _Policy(Struct, frozen=True):
    """An IKEv2 policy that is there: the local addresses that it names, its proposals in their order, and its other lines."""

    name: str
    addresses: tuple[str, ...]
    proposals: tuple[str, ...]
    others: tuple[str, ...]


def policy_place(
    host: str,
    address: IPv4Address,
    wanted: PolicyNames,
    offer: Collection[str],
    profiles: Collection[str],
    nodes: Sequence[tree.Node],
) -> tuple[PolicyNames, tuple[str, ...]]:
    """The names for a peer of this local address, and the decisions.

    ``wanted`` are the names that a new proposal and policy would have, ``offer`` the lines of the proposal, ``profiles`` those
    that are ours. Raises ChangeError where it is not certain what others rely on.
    """
    names = _proposal(host, wanted, offer, nodes)
    policies = _policies(nodes)
    fitting = [policy for policy in policies if str(address) in policy.addresses] or [p for p in policies if not p.addresses]
    if len(fitting) > 1:
        found = " and ".join(policy.name for policy in fitting)
        raise ChangeError(
            f"{host}: IKEv2 policies {found} are both for {address}, and which one is used is not certain: keep one"
        )
    if not fitting:
        _refuse_last_default(host, profiles, policies, nodes)
        return names, ()
    (policy,) = fitting
    if policy.others:
        raise ChangeError(
            f"{host}: IKEv2 policy {policy.name} is for {address} and says {policy.others[0]!r}, which is not built"
        )
    whole = (policy.addresses, policy.proposals) == ((str(address),), (names.proposal,))
    names = replace(names, policy=policy.name, is_ours=whole)
    if names.proposal in policy.proposals:
        return names, (f"IKEv2 policy {policy.name} offers {names.proposal} already and is used",)
    return names, (f"IKEv2 policy {policy.name} is for {address} already: it gets {names.proposal} behind what it offers",)


def _refuse_last_default(host: str, profiles: Collection[str], policies: Sequence[_Policy], nodes: Sequence[tree.Node]) -> None:
    """The first policy of a device ends the default policy, so nobody may be left who has only that."""
    there = tree.starting(nodes, "crypto ikev2 profile")
    others = [m["name"] for node in there if (m := _PROFILE.fullmatch(node.line)) and m["name"] not in profiles]
    if others and not policies:
        raise ChangeError(
            f"{host}: IKEv2 profile {', '.join(others)} has no policy but the default one, which IOS does not use "
            "any more once there is another; give it one first: crypto ikev2 policy NAME, match fvrf any, proposal default"
        )


def _proposal(host: str, names: PolicyNames, offer: Collection[str], nodes: Sequence[tree.Node]) -> PolicyNames:
    """The names with the proposal that is there and says the same, ours first."""
    proposals = tree.starting(nodes, "crypto ikev2 proposal")
    there = {match["name"]: set(node.children) for node in proposals if (match := _PROPOSAL.fullmatch(node.line))}
    same = [name for name, lines in there.items() if lines == {*offer}]
    if names.proposal in there and names.proposal not in same:
        raise ChangeError(f"{host}: IKEv2 proposal {names.proposal} is there and says something else: rename it")
    name = names.proposal if names.proposal in same or not same else same[0]
    return replace(names, proposal=name)


def _policies(nodes: Sequence[tree.Node]) -> list[_Policy]:
    """The policies by their names: what a change is about to add to one stands in a section of its own, and is that policy."""
    lines: dict[str, list[str]] = {}
    for node in tree.starting(nodes, "crypto ikev2 policy"):
        if match := _POLICY.fullmatch(node.line):
            lines.setdefault(match["name"], []).extend(node.children)
    return [_policy(name, children) for name, children in lines.items()]


def _policy(name: str, lines: Sequence[str]) -> _Policy:
    addresses = tuple(line.removeprefix(_LOCAL) for line in lines if line.startswith(_LOCAL))
    proposals = tuple(line.split()[1] for line in lines if line.startswith("proposal "))
    known = (_LOCAL, "proposal ", "match fvrf any", "match fvrf global")
    return _Policy(name, addresses, proposals, tuple(line for line in lines if not line.startswith(known)))


def offer_in(text: str) -> tuple[str, ...]:
    """The lines of the one proposal that a desired configuration has."""
    (lines,) = [node.children for node in tree.parse(text) if _PROPOSAL.fullmatch(node.line)]
    return lines
