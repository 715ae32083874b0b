"""What a device has of a tunnel in the same form as is wanted, and what of it a change in place edits, builds anew or takes away.

The tunnel is its map entry, known by its access list, or its interface, known by its IPsec profile; the rest follows from what
that names, from its peer and from the routes into it. Sets and lists are built beside those in use, under a later version of the
name; what has its own name edits in place. What others use as well stays as it is.
"""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import dataclass, replace

from ...changes.families import ikev2
from ...changes.implicit_references import goes_to, users
from ...changes.objects import Config, ConfigObject, Key, referrers, strange_use
from ...changes.replacing import Replacing
from ...inventory.errors import ChangeError
from .existing_tunnel import find, free_version, is_version, of_one_peer, refuse_strange
from .features import Member, Names

#: What is edited in place where nothing else uses it; all other objects are built anew.
_EDITED = frozenset(
    {
        *("crypto-map-entry", "tunnel-interface", "ipsec-profile", "ikev2-keyring", "ikev2-profile"),
        *("group-policy", "tunnel-group", "isakmp-key"),
    }
)
_SETS = ("transform-set", "ipsec-proposal")
_POLICIES = {1: "isakmp-policy", 2: "ikev2-policy"}


@dataclass(frozen=True, slots=True)
class StandingForm:
    """The tunnel itself, and all that follows from it on the device."""

    tunnel: ConfigObject
    parts: tuple[ConfigObject, ...]

    @property
    def own(self) -> frozenset[Key]:
        """Identities of all of it."""
        return frozenset((self.tunnel.key, *(item.key for item in self.parts)))

    def of(self, *families: str) -> tuple[ConfigObject, ...]:
        """Parts of these families."""
        return tuple(item for item in self.parts if item.family.name in families)


def standing_form(member: Member, names: Names, running: Config) -> StandingForm | None:
    """The tunnel in the form that is wanted, None where the device has none. Raises ChangeError where that is not certain."""
    if member.style == "vti":
        tunnel = running.get("tunnel-interface", f"Tunnel{names.tunnel_number}")
    else:
        found = find(member.local.host, running, names.crypto_map, member.local.cisco.access_list or f"NR-{member.name}")
        tunnel = found.entry if found else None
    if tunnel is None:
        return None
    parts = {item.key: item for item in parts_of(member.platform.os, tunnel, running) if item.key != tunnel.key}
    return StandingForm(tunnel, tuple(parts.values()))


def parts_of(os: str, tunnel: ConfigObject, running: Config) -> Iterator[ConfigObject]:
    """The tunnel, what it names from one to the next, the keys of its peers, and the routes into its interface."""
    waiting = [tunnel]
    waiting += [key for peer in tunnel.peers if (key := running.key_of(peer))]
    seen: set[Key] = set()
    while waiting:
        item = waiting.pop()
        if item.key in seen:
            continue
        seen.add(item.key)
        yield item
        for rule, name in item.named:
            waiting += [part for family in filter(None, (rule.family, rule.or_family)) if (part := running.get(family, name))]
    via = tunnel.child("nameif") if os == "asa" else tunnel.groups.get("interface")
    if tunnel.family.name == "tunnel-interface":
        yield from (item for item in running.of("static-route") if via in (item.groups.get("nameif"), item.groups.get("hop")))


def beside(
    member: Member, names: Names, there: StandingForm, wanted: Config, running: Config
) -> tuple[Names, tuple[str, ...], Replacing]:
    """Names for a tunnel that is there, a sentence for each new one, and what of it is edited and retired.

    ``wanted`` is the desired configuration under other names. Raises ChangeError where only a person knows what the tunnel is.
    """
    host, peer = member.local.host, str(member.remote.outside_ip)
    if member.style == "crypto-map":
        (acl,) = wanted.of("access-list")
        found = find(host, running, names.crypto_map, member.local.cisco.access_list or f"NR-{member.name}")
        if found:
            refuse_strange(host, found, peer, acl)
        names = replace(names, access_list=_name(there.of("access-list"), acl, running, names.access_list))
    (proposal,) = (item for family in _SETS for item in wanted.of(family))
    names = replace(names, transform_set=_name(there.of(*_SETS), proposal, running, names.transform_set))
    in_use = {item.key[1][0] for item in there.of("access-list", *_SETS)}
    new = [name for name in (names.access_list, names.transform_set) if name not in in_use]
    if member.style == "vti":
        new = [name for name in new if name == names.transform_set]
    said = tuple(f"{name} is built beside what is in use, and the tunnel is switched to it" for name in dict.fromkeys(new))
    return names, said, _replacing(member, names, there, wanted, running)


def _name(there: tuple[ConfigObject, ...], wanted: ConfigObject, running: Config, base: str) -> str:
    """The one in use that is what is wanted, else a version of the name that is free."""
    same = (item for item in there if _content(item) == _content(wanted) and is_version(item.key[1][0], base))
    taken = tuple(item.key[1][0] for item in running.of(wanted.family.name) if _content(item) != _content(wanted))
    return next((item.key[1][0] for item in same), "") or free_version(base, taken)


def _content(item: ConfigObject) -> object:
    """What it does, whatever it is called; the lines of a list in their order."""
    if item.family.traffic:
        return item.canonical_children
    return tuple(item.groups.get("transforms", "").split()), item.meaning[1]


def _replacing(member: Member, names: Names, there: StandingForm, wanted: Config, running: Config) -> Replacing:
    peer = str(member.remote.outside_ip)
    editable = {item.key for item in (there.tunnel, *there.parts) if item.family.name in _EDITED and _alone(item, there, running)}
    going: list[ConfigObject] = []
    stays: list[str] = []
    for old in there.tunnel.peers:
        key = running.key_of(old)
        if key is None or old == peer:
            continue
        others = goes_to(running, old, besides=there.own)
        if others or not of_one_peer(key):
            stays.append(f"{key.title} stays: {others[0] if others else 'other peers'} may use it")
        else:
            going.append(key)
    base = f"NR-{member.name}"
    cisco = member.local.cisco
    for item in there.of(*_SETS, "access-list"):
        bases = (base, cisco.transform_set or base, cisco.access_list or base)
        if any(is_version(item.key[1][0], name) for name in bases):
            going.append(item)
    going += there.of("static-route")
    more, kept = _ike(member, names, there, wanted, running)
    return Replacing(frozenset(editable), (*more, *going), (*stays, *kept))


def _alone(item: ConfigObject, there: StandingForm, running: Config) -> bool:
    """True if nothing but the tunnel uses it."""
    if item.key == there.tunnel.key:
        return True
    if referrers(running, item, besides=there.own) or strange_use(running, item):
        return False
    return not any(goes_to(running, peer, besides=there.own) for peer in item.key_peers) and of_one_peer(item)


def _ike(
    member: Member, names: Names, there: StandingForm, wanted: Config, running: Config
) -> tuple[list[ConfigObject], list[str]]:
    """What both ends would agree on before the new proposal: it goes, unless another IKE peer of the device is offered it."""
    if member.ike_version == 2 and member.platform.os == "ios":
        return _offers(names, there, running)
    family = _POLICIES[member.ike_version]
    (policy,) = wanted.of(family)
    present = running.of(family)
    if any(item.meaning[1] == policy.meaning[1] for item in present):
        return [], []
    _refuse_shared_peer(there, running)
    going: list[ConfigObject] = []
    stays: list[str] = []
    for item in present:
        if member.ike_version == 1 and "authentication pre-share" not in item.children:
            continue
        others = users(running, item, besides=there.own)
        if others:
            stays.append(_stays(item.title, others))
        else:
            going.append(item)
    return going, stays


def _offers(names: Names, there: StandingForm, running: Config) -> tuple[list[ConfigObject], list[str]]:
    """The proposals of the IKEv2 policy of IOS that is for the tunnel, and that is to offer another one."""
    policy = running.get("ikev2-policy", names.ikev2_policy)
    if policy is None or f"proposal {names.ikev2_proposal}" in policy.children:
        return [], []
    _refuse_shared_peer(there, running)
    others = users(running, policy, besides=there.own)
    lines = [line for line in policy.children if line.startswith("proposal ")]
    if others:
        return [], [_stays(f"{', '.join(lines)} of {policy.title}", others)]
    offers = [ConfigObject(ikev2.IOS_OFFER, policy.header, (line,)) for line in lines]
    besides = {policy.key, *(item.key for item in offers)}
    old = (running.get("ikev2-proposal", line.split()[1]) for line in lines)
    ours = (item for item in old if item is not None and item.key[1][0].startswith("NR-"))
    return [*(item for item in ours if not referrers(running, item, besides=besides)), *offers], []


def policies_of_offers(running: Config, present: Sequence[ConfigObject]) -> tuple[ConfigObject, ...]:
    """The same, with the IKEv2 policy itself for a proposal in one that nr-run made: it would be left without any."""
    made: dict[Key, ConfigObject] = {}
    for item in present:
        name = item.groups["policy"] if item.family.name == "ikev2-offer" else ""
        policy = running.get("ikev2-policy", name) if name.startswith("NR-") else None
        offered = {f"proposal {item.groups['proposal']}" for item in present if item.family.name == "ikev2-offer"}
        ours = policy is not None and {line for line in policy.children if line.startswith("proposal ")} <= offered
        found = policy if policy is not None and ours else item
        made[found.key] = found
    return tuple(made.values())


def _refuse_shared_peer(there: StandingForm, running: Config) -> None:
    sharing = next((use for peer in there.tunnel.peers for use in goes_to(running, peer, besides=there.own)), "")
    if sharing:
        raise ChangeError(
            f"another IKE proposal for {there.tunnel.title} cannot be proved: {sharing} goes to the same peer, "
            "and its IKE SA would serve both until somebody clears it"
        )


def _stays(what: str, others: tuple[str, ...]) -> str:
    return (
        f"{what} stays: other IKE peers of the box use it ({others[0]}); while both ends offer it, phase 1 may be agreed with it"
    )
