"""Names and numbers for a group of VPN clients on one router, found by looking at the router.

Rules: the crypto map of the interface is used, with its lists and its dynamic entry where it has them; a dynamic entry stands
behind all others; an identical ISAKMP policy is used again. What would disturb others is refused: a router at the other end of
a tunnel of the same map must not be asked for a user, and who logs in to the device itself is nobody's VPN user.
"""

from __future__ import annotations

import re
from collections.abc import Iterator, Mapping
from ipaddress import IPv4Address

from msgspec import Struct
from msgspec.structs import replace

from ...changes.objects import Config, ConfigObject
from ...changes.plans.replacing import NOTHING, Replacing
from ...inventory.errors import ChangeError
from ...inventory.models.platforms import Platform
from ..l2l.placing.ikev1_places import free_policy
from .intent import RemoteAccess

#: What the clients and a release both have: cipher of phase 1, and the transforms. AES came with 12.2(13)T; the clients have
#: neither SHA-2 nor a group above 2 with a group key (VPN Client Administrator Guide 4.x).
STRENGTH: Mapping[str, tuple[str, str]] = {
    "ios-12.2": ("3des", "esp-3des esp-sha-hmac"),
    "ios-12.4": ("aes 256", "esp-aes 256 esp-sha-hmac"),
}
#: What the names of our objects begin with.
OWN = "RA-"
#: A dynamic entry stands here, so that there is room for static ones before it.
LAST_PLACE, HIGHEST_PLACE = 65000, 65535
_PLACE = re.compile(r"crypto map (?P<map>\S+) (?P<sequence>\d+)(?: .*)?")


class GroupNames(Struct, frozen=True):
    """What the objects of one group are called on one router, with a sentence for each decision."""

    encryption: str
    transforms: str
    users_list: str
    groups_list: str
    pool: str
    access_list: str
    transform_set: str
    dynamic_map: str
    dynamic_map_is_ours: bool
    crypto_map: str
    map_sequence: int
    policy_number: int
    decisions: tuple[str, ...] = ()
    replacing: Replacing = NOTHING


def draft(group: RemoteAccess, platform: Platform) -> GroupNames:
    """Names before the router is known. Raises ChangeError for a release on which this is not built."""
    if platform.output not in STRENGTH:
        raise ChangeError(f"{group.host}: VPN clients are built on IOS 12.2(8)T to 12.4, and this is {platform}")
    own = f"{OWN}{group.name}"
    encryption, transforms = STRENGTH[platform.output]
    return GroupNames(encryption, transforms, f"{own}-users", f"{own}-groups", own, own, own, own, True, "NR-MAP", LAST_PLACE, 1)


def allocate(group: RemoteAccess, names: GroupNames, wanted: Config, running: Config, keys: Mapping[str, str]) -> GroupNames:
    """Names that are free, or shared with what is there. Raises ChangeError where there is no safe place."""
    _refuse_bare_box(group, running)
    _refuse_same_secret(group, running, keys)
    _refuse_users(group, running)
    _refuse_pool(group, names, running)
    number, on_policy = free_policy(group.host, wanted, running)
    crypto_map, on_map = _map(group, running)
    names, on_lists = _lists(group, replace(names, policy_number=number, crypto_map=crypto_map), running)
    names, on_dynamic = _dynamic(group, names, running)
    said = (on_map, *on_lists, on_dynamic, on_policy, *_on_users(group, running))
    return replace(names, decisions=tuple(filter(None, said)))


def _refuse_bare_box(group: RemoteAccess, running: Config) -> None:
    if running.get("aaa-new-model") is None:
        raise ChangeError(
            f"{group.host}: it has no 'aaa new-model', which changes every login of the device, the console too; put it there "
            "with the lists for its own logins first, and see that you can still log in"
        )


def _refuse_same_secret(group: RemoteAccess, running: Config, keys: Mapping[str, str]) -> None:
    """One value has one token, whatever its reference: then who knows one of them knows the other."""
    key, passwords = keys[group.group_key_ref], [keys[user.password_ref] for user in group.users]
    if key in passwords:
        raise ChangeError(f"{group.host}: the key of group {group.name} is a password as well: make them two secrets")
    tunnel = next((item.title for item in running.of("isakmp-key") if item.groups.get("key") == key), "")
    if tunnel:
        raise ChangeError(f"{group.host}: the key of group {group.name} is that of {tunnel} as well: every client would know it")


def _refuse_users(group: RemoteAccess, running: Config) -> None:
    there = running.get("client-group", group.name)
    for user in group.users:
        other = next((node.line for node in running.others if node.line.startswith(f"username {user.name} ")), "")
        if other or (there is None and running.get("user", user.name)):
            raise ChangeError(
                f"{group.host}: user {user.name} exists already, and may belong to somebody who logs in to the device itself: "
                "give the VPN user another name"
            )


def _range(pool: ConfigObject) -> tuple[IPv4Address, IPv4Address]:
    first = IPv4Address(pool.groups["first"])
    return first, IPv4Address(pool.groups.get("last") or first)


def _refuse_pool(group: RemoteAccess, names: GroupNames, running: Config) -> None:
    """An address of two pools would be given twice, and a session would prove another group."""
    for pool in running.of("address-pool"):
        first, last = _range(pool)
        if pool.groups["name"] != names.pool and first <= group.pool.last and group.pool.first <= last:
            raise ChangeError(f"{group.host}: the pool of {group.name} overlaps {pool.title}, {first} to {last}")


def _map(group: RemoteAccess, running: Config) -> tuple[str, str]:
    bound = running.get("crypto-map-binding", group.interface)
    if bound:
        return bound.map_name, f"crypto map {bound.map_name} is on {group.interface} and is used: an interface has one map"
    taken = {item.groups["map"] for item in running.of("crypto-map-entry")} | {match["map"] for match in _places(running)}
    taken |= {item.map_name for item in running.of("crypto-map-binding")}
    name = next(name for name in ("NR-MAP", *(f"NR-MAP-{n}" for n in range(2, 100))) if name not in taken)
    return name, f"crypto map {name} is new: {group.interface} has none"


def _places(running: Config) -> Iterator[re.Match[str]]:
    yield from (match for line in running.map_lines if (match := _PLACE.fullmatch(line)))


def _lists(group: RemoteAccess, names: GroupNames, running: Config) -> tuple[GroupNames, tuple[str, ...]]:
    """The lists that the map has, or new ones where nobody on the map would be asked by mistake."""
    users = running.get("crypto-map-setting", names.crypto_map, "client authentication list")
    groups = running.get("crypto-map-setting", names.crypto_map, "isakmp authorization list")
    said = []
    for setting, kind in ((users, "authentication login"), (groups, "authorization network")):
        value = setting.groups["value"] if setting else ""
        listed = running.get("aaa-list", value, kind)
        if setting and (listed is None or listed.groups["methods"].strip() != "local"):
            raise ChangeError(
                f"{group.host}: crypto map {names.crypto_map} asks by the list {value}, which is not one of local {kind} alone"
            )
        said += [f"the list {value} is on {names.crypto_map} already and is used"] if setting else []
    return replace(
        names,
        users_list=users.groups["value"] if users else names.users_list,
        groups_list=groups.groups["value"] if groups else names.groups_list,
    ), tuple(said)


def _dynamic(group: RemoteAccess, names: GroupNames, running: Config) -> tuple[GroupNames, str]:
    """The dynamic entry that the map has, if clients can use it, or a new one behind all others."""
    entries = [item for item in running.of("crypto-map-dynamic") if item.groups["map"] == names.crypto_map]
    if not entries:
        taken = [int(match["sequence"]) for match in _places(running) if match["map"] == names.crypto_map]
        peers = (item.groups for item in running.of("crypto-map-entry"))
        taken += [int(groups["sequence"]) for groups in peers if groups["map"] == names.crypto_map]
        place = max([LAST_PLACE - 1, *taken]) + 1
        if place > HIGHEST_PLACE:
            raise ChangeError(f"{group.host}: crypto map {names.crypto_map} has no place behind its entry {place - 1}")
        return replace(names, map_sequence=place), f"place {place} of {names.crypto_map}: behind all for peers"
    entry = entries[0]
    name, number = entry.groups["dynamic"], int(entry.groups["sequence"])
    # That of another group of ours serves all of them, and goes with the last one.
    ours = name.startswith(OWN)
    templates = [item for item in running.of("dynamic-map-entry") if item.groups["name"] == name]
    fitting = [item for item in templates if item.transform_names and not _narrow(item)]
    if not fitting:
        raise ChangeError(
            f"{group.host}: dynamic map {name} of {names.crypto_map} has no entry that clients could use: with a transform set, "
            "without an access list and without perfect forward secrecy"
        )
    said = "" if ours else f"dynamic map {name} is on {names.crypto_map} already and serves these clients too, as it is"
    transform_set = name if ours else names.transform_set
    return replace(names, map_sequence=number, dynamic_map=name, dynamic_map_is_ours=ours, transform_set=transform_set), said


def _narrow(template: ConfigObject) -> bool:
    return any(line.startswith(("match address", "set pfs", "set peer")) for line in template.children)


def _on_users(group: RemoteAccess, running: Config) -> Iterator[str]:
    for user in group.users:
        if running.get("user", user.name):
            yield f"user {user.name} is there: the router shows no password, so whether it is this one is not compared"
