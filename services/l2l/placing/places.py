"""Which names and numbers a tunnel gets on a device: tunnel interface, IKEv2 policy, crypto map entry, routes, NAT exemption.

Pure. In: a member, its default names and the running configuration. Out: names that are free on the device, and a sentence for
each choice that a person may want explained. Existing objects are not replaced, and shared objects are not edited.
"""

from __future__ import annotations

import re
from collections.abc import Sequence

from msgspec.structs import replace

from ....changes.configurations import tree
from ....changes.configurations.look_up import LookUp, joined
from ....changes.objects import Config, read
from ....inventory.errors import ChangeError
from ....inventory.systems import system_of
from ...common.asa_ikev2_policies import policy_in, policy_number
from ...common.ikev2_policies import PolicyNames, offer_in, policy_place
from ..features import Member, Names, text, tunnel_routes
from .nat_places import nat_place

_TUNNEL = re.compile(r"interface Tunnel(?P<number>\d+)")
_PROTECTED = "tunnel protection ipsec profile "


def placed(member: Member, names: Names, running: str) -> tuple[Names, tuple[str, ...]]:
    """(names with everything that the style of the member needs, sentences for the plan).

    Raises ChangeError if a name or number cannot be found, or if it is not certain what other tunnels depend on.
    """
    nodes = tree.parse(running)
    decisions: list[str] = []
    if member.style == "vti":
        number, said = _tunnel_number(member, names, read(member.platform.os, running))
        names, decisions = replace(names, tunnel_number=number), [said]
    if member.ike_version == 2:
        by_address = system_of(member.platform).ikev2_policy == "address"
        names, more = (_ikev2_policy if by_address else _numbered_policy)(member, names, nodes)
        decisions += more
    nat, said = nat_place(member, running)
    names, decisions = replace(names, routes=tunnel_routes(member, names), nat=nat), [*decisions, said]
    return names, tuple(filter(None, decisions))


def _tunnel_number(member: Member, names: Names, running: Config) -> tuple[int, str]:
    """Number of the tunnel interface: that of the existing tunnel, else that of the intent, else the lowest free one."""
    taken, by_profile = running.kept(_TUNNELS)
    there = by_profile.get(names.ipsec_profile, ())
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
    number = min({*range(1, len(taken) + 2)} - taken)
    return number, f"interface Tunnel{number}: the lowest free number" if taken else ""


#: Numbers of all tunnel interfaces, and those of each IPsec profile.
_Numbers = tuple[frozenset[int], dict[str, tuple[int, ...]]]


def _tunnels(running: Config) -> _Numbers:
    numbers: list[int] = []
    by_profile: dict[str, tuple[int, ...]] = {}
    for item in running.of("tunnel-interface"):
        match = _TUNNEL.fullmatch(item.header)
        if match is not None:
            numbers.append(int(match["number"]))
            profiles = (line.split(" ")[4] for line in item.children if line.startswith(_PROTECTED))
            for profile in dict.fromkeys(profiles):
                by_profile[profile] = (*by_profile.get(profile, ()), numbers[-1])
    return frozenset(numbers), by_profile


def _tunnels_too(there: _Numbers, _whole: Config, more: Config) -> _Numbers:
    numbers, by_profile = _tunnels(more)
    return there[0] | numbers, joined(there[1], by_profile)


_TUNNELS = LookUp(_tunnels, _tunnels_too)


def _numbered_policy(member: Member, names: Names, nodes: Sequence[tree.Node]) -> tuple[Names, list[str]]:
    """Number of the IKEv2 policy of an ASA: that of an identical policy, else one after all others."""
    number, said = policy_number(member.local.host, policy_in(text(member, names)), nodes)
    return replace(names, policy_number=number), [said] if said else []


def _ikev2_policy(member: Member, names: Names, nodes: Sequence[tree.Node]) -> tuple[Names, list[str]]:
    """The IKEv2 policy that matches the local address, with our proposal after its existing ones."""
    place, said = policy_place(
        member.local.host,
        member.local.outside_ip,
        PolicyNames(names.ikev2_proposal, names.ikev2_policy, names.ikev2_policy_is_ours),
        offer_in(text(member, names)),
        (names.ikev2,),
        nodes,
    )
    names = replace(names, ikev2_proposal=place.proposal, ikev2_policy=place.policy, ikev2_policy_is_ours=place.is_ours)
    return names, [*said]
