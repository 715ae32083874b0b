"""A head-end that stands and is wanted otherwise: what is edited in place, what is built beside it, and what goes then. Pure.

Clients hold what they were given. So another pool or another list of networks is built under a later version of the name, and the
authorization policy is switched to it: who comes now gets the new one, who is in keeps the old until they connect again. A pool
stays for as long as somebody may have an address of it. IOS locks a virtual template while there are clones of it, so that is
changed only where no client is in. What cannot be changed so is refused, with the two runs that do it.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from ipaddress import IPv4Address

from msgspec.structs import replace

from ...changes.families import ikev2
from ...changes.implicit_references import users
from ...changes.objects import Config, ConfigObject, Key, referrers
from ...changes.plans.replacing import Replacing
from ...inventory.errors import ChangeError
from ..l2l.placing.versions import free_version, is_version
from .by_name import own_objects
from .intent import FlexVpn
from .limits import KEY_ID
from .names import HeadEndNames
from .reading import IKEV2_SESSIONS, RECONNECTS, read

#: What is edited where it stands: lines of it are settings of the head-end. Anything else of ours is built beside it, or refused.
EDITED = ("ikev2-profile", "ikev2-authorization", "client-profile")


def stands(names: HeadEndNames, config: Config) -> bool:
    """True where a profile of our name takes Secure Clients: what else has our name is somebody's, and not edited."""
    profile = config.get("ikev2-profile", names.own)
    return profile is not None and f"match identity remote key-id {KEY_ID}" in profile.children


def by_two_runs(wanted: FlexVpn, why: str) -> ChangeError:
    """What cannot be changed under clients, and how it is done."""
    name = wanted.name
    return ChangeError(f"{wanted.host}: {why}: nr-run remove-flexvpn {name}, then nr-run deploy-flexvpn {name}")


def fitted(
    wanted: FlexVpn, names: HeadEndNames, config: Config, outputs: Mapping[str, str], desired: Config | None
) -> HeadEndNames:
    """The names of what stands where it is as wanted, and later versions where not; what is edited and goes is in them.

    ``desired`` is what is wanted under the names of a new head-end, None where that is not asked. Raises ChangeError for what
    cannot be changed where it stands.
    """
    if not stands(names, config):
        return names
    _refuse(wanted, names, config, desired)
    _refuse_template(wanted, names, config, outputs)
    made = replace(names, pool=_pool(wanted, names, config), listed=_list(wanted, names, config))
    editable = {(family, (names.own,)) for family in EDITED}
    if _nobody_is_in(wanted, outputs):
        editable.add(("virtual-template", (f"Virtual-Template{names.template}",)))
    retired, stays = _old(wanted, made, config, outputs)
    offers, kept = _offers(made, config)
    replacing = Replacing(frozenset(key for key in editable if key in config.objects), (*retired, *offers), (*stays, *kept))
    return replace(made, replacing=replacing, decisions=(*names.decisions, *_said(names, made, config)))


def used_no_more(names: HeadEndNames, config: Config) -> tuple[ConfigObject, ...]:
    """What the profile named before: lists of our own, and the file of the clients. It goes when the profile has let go of it."""
    kept = {names.users_list if names.users_list_is_ours else "", names.groups_list if names.groups_list_is_ours else ""}
    return tuple(
        item
        for item in own_objects(names.own, config)
        if (item.family.name == "aaa-list" and item.groups["name"] not in kept)
        or (item.family.name == "client-profile" and not names.file)
    )


def _refuse(wanted: FlexVpn, names: HeadEndNames, config: Config, desired: Config | None) -> None:
    profile, old = config.objects["ikev2-profile", (names.own,)], _pool_in_use(names, config)
    address = profile.child("match address local")
    if address != str(wanted.outside_ip):
        raise by_two_runs(wanted, f"clients come to {address or 'any address'}, and the intent has {wanted.outside_ip}")
    (wants,) = desired.of("transform-set") if desired else (None,)
    there = config.get("transform-set", names.own)
    if wants is not None and there is not None and there.meaning != wants.meaning:
        had = there.groups["transforms"].strip()
        raise by_two_runs(wanted, f"the packets of its clients are encrypted by {had}, and one set serves all of them")
    if old is not None and _range(old) != (wanted.pool.first, wanted.pool.last):
        first, last = _range(old)
        if first <= wanted.pool.last and wanted.pool.first <= last:
            words = f"the pool {first} to {last} stands and overlaps the one of the intent, and an address is in one pool only"
            raise by_two_runs(wanted, words)


def _refuse_template(wanted: FlexVpn, names: HeadEndNames, config: Config, outputs: Mapping[str, str]) -> None:
    template = config.get("virtual-template", f"Virtual-Template{names.template}")
    lent = template.child("ip unnumbered") if template else None
    if lent and lent != wanted.interface and not _nobody_is_in(wanted, outputs):
        words = f"Virtual-Template{names.template} borrows the address of {lent}, and is locked while clients are in"
        raise by_two_runs(wanted, words)


def _range(pool: ConfigObject) -> tuple[IPv4Address, IPv4Address]:
    first = IPv4Address(pool.groups["first"])
    return first, IPv4Address(pool.groups.get("last") or first)


def _policy(names: HeadEndNames, config: Config) -> ConfigObject | None:
    return config.get("ikev2-authorization", names.own)


def _pool_in_use(names: HeadEndNames, config: Config) -> ConfigObject | None:
    policy = _policy(names, config)
    found = config.get("address-pool", (policy.child("pool") or "") if policy else "")
    return found if found is not None and is_version(found.groups["name"], names.own) else None


def _pool(wanted: FlexVpn, names: HeadEndNames, config: Config) -> str:
    """The pool in use if it is the wanted one, else a version of the name that is free, or has that range."""
    old = _pool_in_use(names, config)
    if old is None:
        return names.pool
    same = (wanted.pool.first, wanted.pool.last)
    if _range(old) == same:
        return old.groups["name"]
    return free_version(names.own, (item.groups["name"] for item in config.of("address-pool") if _range(item) != same))


def _list(wanted: FlexVpn, names: HeadEndNames, config: Config) -> str:
    """The list in use if it has the wanted networks, else a version of the name that is free, or has them."""
    policy = _policy(names, config)
    in_use = config.get("standard-list", (policy.child("route set access-list") or "") if policy else "")
    if in_use is None or not is_version(in_use.groups["name"], names.own):
        return names.listed
    lines = tuple(f"permit {network.network_address} {network.hostmask}" for network in wanted.protected_prefixes)
    wants = tuple(spelt for line in lines for spelt in in_use.family.spell(line))
    if in_use.canonical_children == wants:
        return in_use.groups["name"]
    others = (item.groups["name"] for item in config.of("standard-list") if item.canonical_children != wants)
    return free_version(names.own, others)


def _nobody_is_in(wanted: FlexVpn, outputs: Mapping[str, str]) -> bool:
    """True only where the router says so: nobody is connected, and nobody who sleeps may come back."""
    ikes, stats = (read(wanted.host, command, outputs) for command in (IKEV2_SESSIONS, RECONNECTS))
    if ikes.unread or stats.unread:
        return False
    taken = any(sa.assigned_address is not None for ike in ikes.state for sa in ike.ikes)
    return not taken and not stats.state.inactive_capable_sessions


def _old(
    wanted: FlexVpn, names: HeadEndNames, config: Config, outputs: Mapping[str, str]
) -> tuple[list[ConfigObject], list[str]]:
    """Versions of pool and list that are not wanted any more."""
    going: list[ConfigObject] = []
    stays: list[str] = []
    for item in own_objects(names.own, config):
        if item.family.name == "standard-list" and item.groups["name"] != names.listed:
            going.append(item)
        if item.family.name == "address-pool" and item.groups["name"] != names.pool:
            if _nobody_is_in(wanted, outputs):
                going.append(item)
            else:
                stays.append(
                    f"{item.title} stays: clients may have addresses of it; a deploy-flexvpn while nobody is connected removes it"
                )
    return going, stays


def _offers(names: HeadEndNames, config: Config) -> tuple[tuple[ConfigObject, ...], tuple[str, ...]]:
    """What the IKEv2 policy offers for this head-end and is wanted no more: it goes, unless others are offered it."""
    policy = config.get("ikev2-policy", names.policy.policy)
    if policy is None:
        return (), ()
    lines = [line for line in policy.children if line.startswith("proposal NR-") and line != f"proposal {names.policy.proposal}"]
    own: set[Key] = {item.key for item in own_objects(names.own, config)}
    others = users(config, policy, besides=own)
    if not lines or others:
        words = f"{', '.join(lines)} of {policy.title} stays: {others[0]} is offered it too" if lines and others else ""
        return (), (words,) if words else ()
    offers = [ConfigObject(ikev2.IOS_OFFER, policy.header, (line,)) for line in lines]
    besides = {policy.key, *(item.key for item in offers)}
    old = (config.get("ikev2-proposal", line.split()[1]) for line in lines)
    return (*(item for item in old if item is not None and not referrers(config, item, besides=besides)), *offers), ()


def _said(before: HeadEndNames, made: HeadEndNames, config: Config) -> Iterator[str]:
    """What becomes of those who are in."""
    pool, policy = _pool_in_use(before, config), _policy(before, config)
    listed = policy.child("route set access-list") if policy else None
    if pool is not None and pool.groups["name"] != made.pool:
        yield f"pool {made.pool} is built beside {pool.groups['name']}: who is in keeps an address of that one"
    if listed is not None and listed != made.listed:
        yield f"list {made.listed} is built beside {listed}: who is in reaches the networks of that one until they connect again"
