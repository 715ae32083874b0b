"""What of the intent is built so far, and what is refused: a field that reaches no device must not look as if it did.

Every field of the intent is rendered, checked, or refused here. Those that are only for people are listed with the reason, and
the plan shows them.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence

from .intent import Intent, Tunnel
from .platforms import Platform
from .strength import algorithms, narrow

#: IKE versions that the templates can write and the proof can read.
IKE_VERSIONS = frozenset({1})

#: Roles of the two ends that say something true about a tunnel between two: the second is what the first one's other end is.
_ROLES: Mapping[str, str] = {"peer": "peer", "hub": "spoke", "spoke": "hub"}

#: (model, field) -> why no device is told. `for_people` puts each of them into the plan.
FOR_PEOPLE: Mapping[tuple[str, str], str] = {
    ("Tunnel", "description"): "what the tunnel is for; not every release has a line for that in a crypto map entry",
    ("Waiver", "ticket"): "who granted the waiver; a device knows no tickets",
    ("Waiver", "reason"): "why the waiver was granted; a device knows no reasons",
}


def for_people(tunnel: Tunnel) -> tuple[str, ...]:
    """What the intent says to people about a tunnel, one line each, for the plan."""
    near, far = tunnel.terminations
    lines = [tunnel.description] if tunnel.description else []
    if (near.role, far.role) != ("peer", "peer"):
        lines.append(f"{near.host} is the {near.role}, {far.host} the {far.role}")
    if tunnel.waiver:
        lines.append(f"weak cryptography under waiver {tunnel.waiver.ticket} until {tunnel.waiver.until}: {tunnel.waiver.reason}")
    return tuple(lines)


def unbuilt(intent: Intent, tunnel: Tunnel, platforms: Mapping[str, Platform]) -> Iterator[str]:
    """What a tunnel asks for and would not get."""
    near, far = tunnel.terminations
    if _ROLES[near.role] != far.role:
        yield (
            f"role {near.role} of {near.host} does not go with role {far.role} of {far.host}: "
            "the ends are peer and peer, or hub and spoke"
        )
    if tunnel.nat_traversal and all(platforms[end.host].nat_traversal for end in tunnel.terminations):
        yield (
            "nat_traversal: true is not built yet: each end is reached at the outside_ip of its interface, "
            "without address translation between them; leave it out"
        )
    name = intent.ipsec_profiles[tunnel.ipsec_profile].ike_policy
    policy = intent.ike_policies[name]
    if policy.version not in IKE_VERSIONS:
        said = "has version 2" if "version" in policy.model_fields_set else "names no version, which means version 2,"
        yield f"IKE policy {name} {said} and IKEv2 is not built yet: write version: 1 and mode: main"


def not_offered(intent: Intent, tunnels: Sequence[Tunnel], platforms: Mapping[str, Platform]) -> Iterator[str]:
    """Proposals that come after the first one which both ends can do: one is built, so these reach no device."""
    for tunnel in tunnels:
        crypto = intent.resolve(tunnel)
        common = narrow(crypto, [platforms[end.host] for end in tunnel.terminations])
        for kind, proposals in (("IKE", common.ike_proposals), ("IPsec", common.ipsec_proposals)):
            for left in proposals[1:]:
                words = ", ".join(algorithms(left))
                yield (
                    f"{kind} proposal {left.name} ({words}) is not offered: one is built, "
                    f"and {proposals[0].name} comes first that both ends can do"
                )


def unused(intent: Intent) -> Iterator[str]:
    """Records that no tunnel refers to, in one sentence: a name that was mistyped elsewhere leaves such a record."""
    profiles = {tunnel.ipsec_profile for tunnel in intent.tunnels.values()}
    ike = {record.ike_policy for name, record in intent.ipsec_profiles.items() if name in profiles}
    ipsec = {record.ipsec_policy for name, record in intent.ipsec_profiles.items() if name in profiles}
    kinds: Sequence[tuple[str, Mapping[str, object], set[str]]] = (
        ("IPsec profile", intent.ipsec_profiles, profiles),
        ("IKE policy", intent.ike_policies, ike),
        ("IPsec policy", intent.ipsec_policies, ipsec),
        ("IKE proposal", intent.ike_proposals, {p for n, r in intent.ike_policies.items() if n in ike for p in r.proposals}),
        (
            "IPsec proposal",
            intent.ipsec_proposals,
            {p for n, r in intent.ipsec_policies.items() if n in ipsec for p in r.proposals},
        ),
    )
    left = [f"{kind} {name}" for kind, records, used in kinds for name in records if name not in used]
    if left:
        yield f"no tunnel uses {', '.join(left)}"
