"""What of the intent is built so far, and what is refused: a field that reaches no device must not look as if it did.

Every field of the intent is rendered, checked, or refused here. Those that are only for people are listed with the reason, and
the plan shows them.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from types import MappingProxyType
from typing import Literal

from msgspec import Struct

from ..models.platforms import Platform
from .forms import can_do, style_of
from .intent import Intent, Style, Tunnel
from .strength import algorithms, narrow

#: What a tunnel may ask for beside its form.
Part = Literal["foreign-end", "routes", "nat-exemption"]
Form = tuple[int, Style]


class Carried(Struct, frozen=True):
    """What is carried from the intent to a proof. ``forms``: IKE version and style, by the output generation of a platform."""

    forms: Mapping[str, frozenset[Form]]
    parts: frozenset[Part]

    def carries(self, platform: Platform, version: int, style: Style) -> bool:
        """True if a tunnel of this form is built and verified on this platform."""
        return (version, style) in self.forms.get(platform.output, frozenset())


_MAP_1: frozenset[Form] = frozenset({(1, "crypto-map")})
_VTI_1: frozenset[Form] = frozenset({(1, "vti")})
_IKEV2: frozenset[Form] = frozenset({(2, "crypto-map"), (2, "vti")})

#: The one switch: what the engine carries from end to end today. A form or part that is added here is no longer refused.
CARRIED = Carried(
    MappingProxyType(
        {
            "ios-12.2": _MAP_1,
            "ios-12.4": _MAP_1 | _VTI_1,
            "ios-15": _MAP_1 | _VTI_1 | _IKEV2,
            "asa-8.0": _MAP_1,
            "asa-8.4": _MAP_1 | _VTI_1 | _IKEV2,
        }
    ),
    frozenset({"foreign-end", "routes", "nat-exemption"}),
)
#: All that the templates can write; what `CARRIED` lacks of it is ready and waits for the engine.
WRITTEN = Carried(
    CARRIED.forms,
    frozenset({"foreign-end", "routes", "nat-exemption"}),
)

#: Roles of the two ends that say something true about a tunnel between two: the second is what the first one's other end is.
_ROLES: Mapping[str, str] = {"peer": "peer", "hub": "spoke", "spoke": "hub"}

#: (model, field) -> why no device is told. `for_people` puts each of them into the plan.
FOR_PEOPLE: Mapping[tuple[str, str], str] = {
    ("Tunnel", "description"): "what the tunnel is for; not every release has a line for that in a crypto map entry",
    ("ForeignTermination", "partner"): "who runs an end that is not ours; a device knows addresses only",
    ("Waiver", "ticket"): "who granted the waiver; a device knows no tickets",
    ("Waiver", "reason"): "why the waiver was granted; a device knows no reasons",
}


def for_people(tunnel: Tunnel) -> tuple[str, ...]:
    """What the intent says to people about a tunnel, one line each, for the plan."""
    near, far = tunnel.terminations
    lines = [tunnel.description] if tunnel.description else []
    if (near.role, far.role) != ("peer", "peer"):
        lines.append(f"{near.called} is the {near.role}, {far.called} the {far.role}")
    lines += [f"{end.outside_ip} is an end of {end.partner}, which is not ours" for end in tunnel.foreign if end.partner]
    if tunnel.waiver:
        lines.append(f"weak cryptography under waiver {tunnel.waiver.ticket} until {tunnel.waiver.until}: {tunnel.waiver.reason}")
    return (*lines, *(check.for_people for check in tunnel.checks))


def unbuilt(intent: Intent, tunnel: Tunnel, platforms: Mapping[str, Platform], carried: Carried = CARRIED) -> Iterator[str]:
    """What a tunnel asks for and would not get."""
    near, far = tunnel.terminations
    if _ROLES[near.role] != far.role:
        yield (
            f"role {near.role} of {near.called} does not go with role {far.role} of {far.called}: "
            "the ends are peer and peer, or hub and spoke"
        )
    if tunnel.nat_traversal and all(platforms[end.host].nat_traversal for end in tunnel.own):
        yield (
            "nat_traversal: true is not built yet: each end is reached at the outside_ip of its interface, "
            "without address translation between them; leave it out"
        )
    yield from _unbuilt_parts(tunnel, carried)
    yield from _unbuilt_form(intent, tunnel, platforms, carried)


def _unbuilt_parts(tunnel: Tunnel, carried: Carried) -> Iterator[str]:
    if tunnel.foreign and "foreign-end" not in carried.parts:
        yield (
            f"an end without a host ({tunnel.foreign[0].called}) is not ours, and a tunnel to such an end is not built yet; "
            "if it is ours, give its host"
        )
    for part, field, word, usual in (
        ("routes", "routes", tunnel.cisco.routes, "auto"),
        ("nat-exemption", "nat_exemption", tunnel.cisco.nat_exemption, "auto"),
    ):
        if word != usual and part not in carried.parts:
            yield f"cisco.{field}: {word} is not built yet: leave it out"


def _unbuilt_form(intent: Intent, tunnel: Tunnel, platforms: Mapping[str, Platform], carried: Carried) -> Iterator[str]:
    name = intent.ipsec_profiles[tunnel.ipsec_profile].ike_policy
    policy = intent.ike_policies[name]
    able = [platforms[end.host] for end in tunnel.own]
    style = style_of(tunnel, policy.version, able)
    if is_carried(tunnel, policy.version, platforms, carried):
        return
    waiting = [
        (end.host, platform)
        for end, platform in zip(tunnel.own, able, strict=True)
        if not carried.carries(platform, policy.version, style)
    ]
    if policy.version == 2 and not any(2 in {v for v, _ in carried.forms.get(p.output, ())} for p in able):
        said = "has version 2" if "version" in policy.model_fields_set else "names no version, which means version 2,"
        yield f"IKE policy {name} {said} and IKEv2 is not built yet: write version: 1 and mode: main"
        return
    where = " and ".join(f"{host} ({platform})" for host, platform in waiting)
    written = f"style {style}" if tunnel.cisco.style != "auto" else f"style {style}, which auto means with a tunnel_prefix,"
    yield f"{written} with IKEv{policy.version} is not built yet on {where}: use style crypto-map with IKE version 1"


def is_carried(tunnel: Tunnel, version: int, platforms: Mapping[str, Platform], carried: Carried) -> bool:
    """True if the form of a tunnel does not wait for the engine: it is carried, or one of the devices could not do it anyway."""
    able = [platforms[end.host] for end in tunnel.own]
    style = style_of(tunnel, version, able)
    if not all(can_do(platform, version, style) for platform in able):
        return True
    return all(carried.carries(platform, version, style) for platform in able)


def not_offered(intent: Intent, tunnels: Sequence[Tunnel], platforms: Mapping[str, Platform]) -> Iterator[str]:
    """Proposals that come after the first one which both ends can do: one is built, so these reach no device."""
    for tunnel in tunnels:
        crypto = intent.resolve(tunnel)
        common = narrow(crypto, [platforms[end.host] for end in tunnel.own])
        both = "both ends" if len(tunnel.own) == 2 else tunnel.own[0].host
        for kind, proposals in (("IKE", common.ike_proposals), ("IPsec", common.ipsec_proposals)):
            for left in proposals[1:]:
                words = ", ".join(algorithms(left))
                yield (
                    f"{kind} proposal {left.name} ({words}) is not offered: one is built, "
                    f"and {proposals[0].name} comes first that {both} can do"
                )


def unused(intent: Intent) -> Iterator[str]:
    """Records that no tunnel refers to, in one sentence: a name that was mistyped elsewhere leaves such a record."""
    profiles = {tunnel.ipsec_profile for tunnel in intent.tunnels.values()}
    ike = {record.ike_policy for name, record in intent.ipsec_profiles.items() if name in profiles}
    ipsec = {record.ipsec_policy for name, record in intent.ipsec_profiles.items() if name in profiles}
    offers = {name for tunnel in intent.tunnels.values() for end in tunnel.foreign for name in end.offers}
    kinds: Sequence[tuple[str, Mapping[str, object], set[str]]] = (
        ("IPsec profile", intent.ipsec_profiles, profiles),
        ("IKE policy", intent.ike_policies, ike),
        ("IPsec policy", intent.ipsec_policies, ipsec),
        (
            "IKE proposal",
            intent.ike_proposals,
            {p for n, r in intent.ike_policies.items() if n in ike for p in r.proposals} | offers,
        ),
        (
            "IPsec proposal",
            intent.ipsec_proposals,
            {p for n, r in intent.ipsec_policies.items() if n in ipsec for p in r.proposals} | offers,
        ),
    )
    left = [f"{kind} {name}" for kind, records, used in kinds for name in records if name not in used]
    if left:
        yield f"no tunnel uses {', '.join(left)}"
