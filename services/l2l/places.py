"""Where a tunnel finds its place on a device beside its crypto map: tunnel interface, IKEv2 policy, routes and NAT exemption.

Pure: a member, the names that it would have, and what the device runs; out come the names that are free, and a sentence for each
choice that a person may wonder at. Nothing that is there is replaced, and what others use keeps what it had.

Sources of the rules on policies: FlexVPN configuration guide, "IKEv2 policy" (a policy is chosen by the local address and the
front VRF; one that names the address goes before one that names none); published sessions (the default policy is in force only as
long as no other is configured, whatever that one matches, and a peer without a policy stays down).
"""

from __future__ import annotations

import re
from collections.abc import Sequence
from dataclasses import dataclass, replace

from ...changes import tree
from ...inventory.errors import ChangeError
from ...inventory.systems import system_of
from .features import Member, Names, text, tunnel_routes
from .nat_places import nat_place

_TUNNEL = re.compile(r"interface Tunnel(?P<number>\d+)")
_PROTECTED = "tunnel protection ipsec profile "
_POLICY = re.compile(r"crypto ikev2 policy (?P<name>(?!default$)\S+)")
_ASA_POLICY = re.compile(r"crypto ikev2 policy (?P<number>\d+)")
#: Of an IKEv2 policy of an ASA (command reference, crypto ikev2 policy), and what it says where nothing else was typed.
_HIGHEST, _LIFETIME = 65535, "lifetime seconds 86400"
_PROPOSAL = re.compile(r"crypto ikev2 proposal (?P<name>\S+)")
_PROFILE = re.compile(r"crypto ikev2 profile (?P<name>\S+)")
_LOCAL = "match address local "


@dataclass(frozen=True, slots=True)
class _Policy:
    """An IKEv2 policy that is there: the local addresses that it names, its proposals in their order, and its other lines."""

    name: str
    addresses: tuple[str, ...]
    proposals: tuple[str, ...]
    others: tuple[str, ...]


def placed(member: Member, names: Names, running: str) -> tuple[Names, tuple[str, ...]]:
    """The names with all places that the form of the member asks for, and the decisions.

    Raises ChangeError where there is no place, or where it is not certain what others rely on.
    """
    nodes = tree.parse(running)
    decisions: list[str] = []
    if member.style == "vti":
        number, said = _tunnel_number(member, names, nodes)
        names, decisions = replace(names, tunnel_number=number), [said]
    if member.ike_version == 2:
        by_address = system_of(member.platform).ikev2_policy == "address"
        names, more = (_ikev2_policy if by_address else _numbered_policy)(member, names, nodes)
        decisions += more
    nat, said = nat_place(member, running)
    names, decisions = replace(names, routes=tunnel_routes(member, names), nat=nat), [*decisions, said]
    return names, tuple(filter(None, decisions))


def _tunnel_number(member: Member, names: Names, nodes: Sequence[tree.Node]) -> tuple[int, str]:
    """Number of the tunnel interface: the one that is there, the one of the intent, or the lowest that is free."""
    taken, by_profile = tree.kept(nodes, _tunnels)
    there = by_profile.get(names.ipsec_profile, [])
    host, wanted = member.local.host, member.local.cisco.tunnel_interface
    if len(there) > 1:
        raise ChangeError(
            f"{host}: tunnel interfaces {', '.join(map(str, there))} have the profile {names.ipsec_profile}: keep one"
        )
    if there and wanted in (None, there[0]):
        return there[0], ""
    if there:
        raise ChangeError(
            f"{host}: {member.name} is on interface Tunnel{there[0]}, and the intent says {wanted}: remove the tunnel first, "
            f"or write cisco.tunnel_interface: {there[0]}"
        )
    if wanted is not None:
        if wanted in taken:
            raise ChangeError(
                f"{host}: interface Tunnel{wanted} is there and of something else; leave cisco.tunnel_interface out"
            )
        return wanted, f"interface Tunnel{wanted}, as the intent says"
    number = next(number for number in range(1, len(taken) + 2) if number not in taken)
    return number, f"interface Tunnel{number}: the lowest free number" if taken else ""


def _tunnels(nodes: Sequence[tree.Node]) -> tuple[frozenset[int], dict[str, list[int]]]:
    """Numbers of all tunnel interfaces, and those of each IPsec profile."""
    numbers: list[int] = []
    by_profile: dict[str, list[int]] = {}
    for node in tree.starting(nodes, "interface"):
        match = _TUNNEL.fullmatch(node.line)
        if match is None:
            continue
        numbers.append(int(match["number"]))
        profiles = (line.split(" ")[4] for line in node.children if line.startswith(_PROTECTED))
        for profile in dict.fromkeys(profiles):
            by_profile.setdefault(profile, []).append(numbers[-1])
    return frozenset(numbers), by_profile


def _numbered_policy(member: Member, names: Names, nodes: Sequence[tree.Node]) -> tuple[Names, list[str]]:
    """The number of an ASA's IKEv2 policy: one that says the same, or one behind all of them."""
    there = {int(match["number"]): {*node.children} for node in _policies(nodes) if (match := _ASA_POLICY.fullmatch(node.line))}
    (wanted,) = [{*node.children} for node in tree.parse(text(member, names)) if _ASA_POLICY.fullmatch(node.line)]
    same = [number for number, lines in sorted(there.items()) if _whole(lines) == _whole(wanted)]
    if same:
        return replace(names, policy_number=same[0]), [f"IKEv2 policy {same[0]} has these values already and is used"]
    last = max(there, default=0)
    behind = (*range((last // 10 + 1) * 10, _HIGHEST + 1, 10), *range(last + 1, _HIGHEST + 1))
    number = next((number for number in behind if number not in there), None)
    if number is None:
        raise ChangeError(f"{member.local.host}: there is no free IKEv2 policy number behind {last}")
    said = f"IKEv2 policy {number}: last, so that other peers are offered what they were before"
    return replace(names, policy_number=number), [said] if there else []


def _whole(lines: set[str]) -> set[str]:
    return lines if any(line.startswith("lifetime") for line in lines) else {*lines, _LIFETIME}


def _ikev2_policy(member: Member, names: Names, nodes: Sequence[tree.Node]) -> tuple[Names, list[str]]:
    """The IKEv2 policy for the local address, with our proposal behind those that are there."""
    names = _proposal(member, names, nodes)
    host, address = member.local.host, str(member.local.outside_ip)
    policies = [policy for policy in map(_policy, _policies(nodes)) if policy is not None]
    fitting = [policy for policy in policies if address in policy.addresses] or [p for p in policies if not p.addresses]
    if len(fitting) > 1:
        found = " and ".join(policy.name for policy in fitting)
        raise ChangeError(
            f"{host}: IKEv2 policies {found} are both for {address}, and which one is used is not certain: keep one"
        )
    if not fitting:
        return _new_policy(member, names, policies, nodes)
    (policy,) = fitting
    if policy.others:
        raise ChangeError(
            f"{host}: IKEv2 policy {policy.name} is for {address} and says {policy.others[0]!r}, which is not built"
        )
    whole = (policy.addresses, policy.proposals) == ((address,), (names.ikev2_proposal,))
    names = replace(names, ikev2_policy=policy.name, ikev2_policy_is_ours=whole)
    if names.ikev2_proposal in policy.proposals:
        return names, [f"IKEv2 policy {policy.name} offers {names.ikev2_proposal} already and is used"]
    return names, [f"IKEv2 policy {policy.name} is for {address} already: it gets {names.ikev2_proposal} behind what it offers"]


def _new_policy(member: Member, names: Names, policies: Sequence[_Policy], nodes: Sequence[tree.Node]) -> tuple[Names, list[str]]:
    """A policy of our own. The first one of a device ends the default policy, so nobody may be left who has only that."""
    profiles = tree.starting(nodes, "crypto ikev2 profile") if not policies else ()
    others = [m["name"] for node in profiles if (m := _PROFILE.fullmatch(node.line)) and m["name"] != names.ikev2]
    if others:
        raise ChangeError(
            f"{member.local.host}: IKEv2 profile {', '.join(others)} has no policy but the default one, which IOS does not use "
            "any more once there is another; give it one first: crypto ikev2 policy NAME, match fvrf any, proposal default"
        )
    return names, []


def _proposal(member: Member, names: Names, nodes: Sequence[tree.Node]) -> Names:
    """The names with the proposal that is there and says the same, ours first."""
    proposals = tree.starting(nodes, "crypto ikev2 proposal")
    there = {match["name"]: set(node.children) for node in proposals if (match := _PROPOSAL.fullmatch(node.line))}
    (wanted,) = [set(node.children) for node in tree.parse(text(member, names)) if _PROPOSAL.fullmatch(node.line)]
    same = [name for name, lines in there.items() if lines == wanted]
    if names.ikev2_proposal in there and names.ikev2_proposal not in same:
        raise ChangeError(
            f"{member.local.host}: IKEv2 proposal {names.ikev2_proposal} is there and says something else: rename it"
        )
    name = names.ikev2_proposal if names.ikev2_proposal in same or not same else same[0]
    return replace(names, ikev2_proposal=name)


def _policies(nodes: Sequence[tree.Node]) -> Sequence[tree.Node]:
    return tree.starting(nodes, "crypto ikev2 policy")


def _policy(node: tree.Node) -> _Policy | None:
    match = _POLICY.fullmatch(node.line)
    if match is None:
        return None
    addresses = tuple(line.removeprefix(_LOCAL) for line in node.children if line.startswith(_LOCAL))
    proposals = tuple(line.split()[1] for line in node.children if line.startswith("proposal "))
    known = (_LOCAL, "proposal ", "match fvrf any", "match fvrf global")
    return _Policy(match["name"], addresses, proposals, tuple(line for line in node.children if not line.startswith(known)))
