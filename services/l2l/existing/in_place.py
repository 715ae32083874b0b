"""Change an existing tunnel in place: what is edited, what is built beside it, and what is removed.

Sets and lists are built beside those in use, under a later version of the name, and the tunnel is switched over; what has its own
name edits in place. What others use as well stays as it is, with a sentence.
"""

from __future__ import annotations

from collections.abc import Sequence

from msgspec.structs import replace

from ....changes.families import ikev2
from ....changes.implicit_references import users, uses_of_peer
from ....changes.objects import Config, ConfigObject, Key, referrers, strange_use
from ....changes.plans.replacing import Replacing
from ....inventory.errors import ChangeError
from ....inventory.systems import system_of
from ..features import Member, Names
from ..placing.exemptions import of_before
from ..placing.versions import free_version, is_version
from .existing_tunnel import SETS, ExistingTunnel, refuse_strange

#: What is edited in place where nothing else uses it; all other objects are built again.
_EDITED = frozenset(
    {
        *("crypto-map-entry", "tunnel-interface", "ipsec-profile", "ikev2-keyring", "ikev2-profile"),
        *("group-policy", "tunnel-group", "isakmp-key"),
    }
)
_POLICIES = {1: "isakmp-policy", 2: "ikev2-policy"}
#: What is switched over to a new version, in the words of a plan.
_SWITCHED = {"crypto-map": "entry", "vti": "tunnel"}
Going = tuple[list[ConfigObject], list[str]]


def beside(member: Member, names: Names, there: ExistingTunnel, wanted: Config, running: Config) -> tuple[Names, tuple[str, ...]]:
    """Names for a tunnel that is there: its own where they hold what is wanted, new versions where not, a sentence for each.

    ``wanted`` is the desired configuration under other names. What is edited and retired is in the names. Raises ChangeError
    where only a person knows what the tunnel is.
    """
    chosen: list[str] = []
    made = names
    if there.access_list is not None:
        (acl,) = wanted.of("access-list")
        refuse_strange(member.local.host, there, str(member.remote.outside_ip), acl)
        made = replace(made, access_list=_list_name(there.access_list, names.access_list, acl, running))
        chosen.append(made.access_list)
    (proposal,) = (item for family in SETS for item in wanted.of(family))
    made = replace(made, transform_set=_set_name(member, there, names.transform_set, proposal, running))
    chosen.append(made.transform_set)
    in_use = {item.key[1][0] for item in (*filter(None, (there.access_list,)), *there.of(*SETS))}
    said = tuple(
        f"{name} is built beside what is in use, and the {_SWITCHED[member.style]} is switched to it"
        for name in dict.fromkeys(chosen)
        if name not in in_use
    )
    return replace(made, replacing=_replacing(member, names, there, wanted, running)), said


def _list_name(there: ConfigObject, base: str, wanted: ConfigObject, running: Config) -> str:
    """The list in use if it selects what is wanted, else a free version of its name."""
    if there.canonical_children == wanted.canonical_children:
        return there.groups["name"]
    return free_version(base, (item.groups["name"] for item in running.of("access-list")))


def _set_name(member: Member, there: ExistingTunnel, base: str, wanted: ConfigObject, running: Config) -> str:
    """The set or proposal in use if it is what is wanted, else a version of the name that is free or has that content.

    Where the intent gives the name, one of another name is not kept though it has the same content.
    """
    named = member.local.cisco.transform_set is not None
    for item in there.of(wanted.family.name):
        if _content(item) == _content(wanted) and (not named or is_version(item.key[1][0], base)):
            return item.key[1][0]
    return free_version(base, (item.key[1][0] for item in running.of(wanted.family.name) if _content(item) != _content(wanted)))


def _content(item: ConfigObject) -> object:
    """The content of a set or a proposal, without its name."""
    return item.groups.get("transforms", "").split(), item.meaning[1]


def _replacing(member: Member, names: Names, there: ExistingTunnel, wanted: Config, running: Config) -> Replacing:
    """What the wanted form may change and retire; ``names`` are the base names of list and set."""
    key = running.key_of(str(member.remote.outside_ip))
    candidates = (there.tunnel, *there.parts, *((key,) if key else ()))
    editable = {item.key for item in candidates if item.family.name in _EDITED and _alone(item, there, running)}
    keys, stays = _keys(there, running, str(member.remote.outside_ip))
    policies, offered = _policies(member, names, there, wanted, running)
    bases = {f"NR-{member.name}", names.transform_set, names.access_list}
    lists = (*there.of(*SETS), *filter(None, (there.access_list,)))
    versions = [item for item in lists if any(is_version(item.key[1][0], base) for base in bases)]
    retired = (*policies, *keys, *versions, *there.of("static-route"))
    exempt, left = of_before(member, there.access_list, running)
    return Replacing(frozenset(editable), (*retired, *exempt), (*stays, *offered, *left))


def _alone(item: ConfigObject, there: ExistingTunnel, running: Config) -> bool:
    """True if nothing but the tunnel uses it; a key of a whole network is that of other peers as well."""
    if item.key == there.tunnel.key:
        return True
    if referrers(running, item, besides=there.own) or strange_use(running, item):
        return False
    return not any(uses_of_peer(running, peer, besides=there.own) for peer in item.key_peers) and _of_one_peer(item)


def _of_one_peer(key: ConfigObject) -> bool:
    """True unless the key is that of a whole network."""
    return key.groups.get("mask", "") in ("", "255.255.255.255")


def _keys(there: ExistingTunnel, running: Config, peer: str) -> Going:
    """Keys of peers that the tunnel no longer goes to."""
    going: list[ConfigObject] = []
    stays: list[str] = []
    for old in there.tunnel.peers:
        key = running.key_of(old) if old != peer else None
        if key is None:
            continue
        others = uses_of_peer(running, old, besides=there.own)
        if not _of_one_peer(key):
            stays.append(f"{key.title} stays: with its mask {key.groups['mask']} it is the key of other peers as well")
        elif others:
            stays.append(f"{key.title} stays: another entry goes to the same peer ({others[0]})")
        else:
            going.append(key)
    return going, stays


def _policies(member: Member, names: Names, there: ExistingTunnel, wanted: Config, running: Config) -> Going:
    """What both ends would agree on before the new proposal: it goes, unless another IKE peer of the device is offered it."""
    if member.ike_version == 2 and system_of(member.platform).ikev2_policy == "address":
        return _offers(member, names, there, running)
    family = _POLICIES[member.ike_version]
    (policy,) = wanted.of(family)
    present = running.of(family)
    if any(item.meaning[1] == policy.meaning[1] for item in present):
        return [], []
    _refuse_shared_peer(member, there, running)
    going: list[ConfigObject] = []
    stays: list[str] = []
    for item in present:
        if member.ike_version == 1 and "authentication pre-share" not in item.children:
            continue
        others = users(running, item, besides=_own(member, there, running))
        if others:
            stays.append(_stays(item.title, others))
        else:
            going.append(item)
    return going, stays


def _own(member: Member, there: ExistingTunnel, running: Config) -> frozenset[Key]:
    """All of the tunnel, with the key of the peer that it is to go to."""
    key = running.key_of(str(member.remote.outside_ip))
    return there.own | ({key.key} if key else set())


def _offers(member: Member, names: Names, there: ExistingTunnel, running: Config) -> Going:
    """The proposals of the IKEv2 policy of IOS that is for the tunnel, and that is to offer another one."""
    policy = running.get("ikev2-policy", names.ikev2_policy)
    if policy is None or f"proposal {names.ikev2_proposal}" in policy.children:
        return [], []
    _refuse_shared_peer(member, there, running)
    others = users(running, policy, besides=_own(member, there, running))
    lines = [line for line in policy.children if line.startswith("proposal ")]
    if others:
        return [], [_stays(f"{', '.join(lines)} of {policy.title}", others)]
    offers = [ConfigObject(ikev2.IOS_OFFER, policy.header, (line,)) for line in lines]
    besides = {policy.key, *(item.key for item in offers)}
    old = (running.get("ikev2-proposal", line.split()[1]) for line in lines)
    ours = (item for item in old if item is not None and item.key[1][0].startswith("NR-"))
    return [*(item for item in ours if not referrers(running, item, besides=besides)), *offers], []


def _refuse_shared_peer(member: Member, there: ExistingTunnel, running: Config) -> None:
    peers = dict.fromkeys((*there.tunnel.peers, str(member.remote.outside_ip)))
    sharing = next((use for peer in peers for use in uses_of_peer(running, peer, besides=there.own)), "")
    if sharing:
        raise ChangeError(
            f"another IKE proposal for {there.called} cannot be verified: {sharing} goes to the same peer, "
            "and its IKE SA would serve both until somebody clears it"
        )


def _stays(what: str, others: tuple[str, ...]) -> str:
    why = f"other IKE peers of the device use it ({others[0]})"
    return f"{what} stays: {why}; while both ends offer it, phase 1 may be agreed with it"


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
