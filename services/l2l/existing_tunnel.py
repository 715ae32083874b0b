"""What a box has of a tunnel already, in whatever form, and under which names a new form is built beside it.

A tunnel is known by its access list: the name that the allocator gave to it, or a later version of that name. A new version is
built beside the one in use, the map entry is switched over, and the old version goes when nothing uses it.
"""

from __future__ import annotations

import re
from collections.abc import Iterator
from dataclasses import dataclass

from ...changes.implicit_references import goes_to, users
from ...changes.objects import Config, ConfigObject, Key, referrers, strange_use
from ...changes.replacing import Replacing
from ...inventory.errors import ChangeError

#: What a later version of a name ends in; no tunnel may have a name like that.
VERSION = re.compile(r"\.v(?:[2-9]|[1-9]\d+)")


@dataclass(frozen=True, slots=True)
class Standing:
    """The map entry of a tunnel that is there, with the list and the transform sets that it names."""

    entry: ConfigObject
    access_list: ConfigObject
    transform_sets: tuple[ConfigObject, ...]


def is_version(name: str, base: str) -> bool:
    """True if ``name`` is ``base`` or a later version of it."""
    return name.startswith(base) and (name == base or VERSION.fullmatch(name[len(base) :]) is not None)


def free_version(base: str, taken: Iterator[str] | tuple[str, ...]) -> str:
    """``base`` itself or its first later version that nothing is called."""
    used = set(taken)
    return next(name for name in (base, *(f"{base}.v{n}" for n in range(2, 1000))) if name not in used)


def find(host: str, running: Config, crypto_map: str, access_list: str) -> Standing | None:
    """The tunnel's entry in this map, None if there is none.

    Raises ChangeError when there is more than one, or one in another map that is at work: a move is a removal and a new tunnel.
    """
    found = []
    at_work = {item.map_name for item in running.of("crypto-map-binding")}
    for entry in running.of("crypto-map-entry"):
        name = entry.child("match address")
        selectors = running.get("access-list", name) if name and is_version(name, access_list) else None
        if selectors is not None and entry.groups["map"] != crypto_map and entry.groups["map"] in at_work:
            raise ChangeError(
                f"{host}: entry {entry.groups['sequence']} of crypto map {entry.groups['map']} matches {name}, and the tunnel is "
                f"wanted in {crypto_map}; remove it there first"
            )
        if entry.groups["map"] == crypto_map and selectors is not None:
            sets = (running.get("transform-set", word) for word in entry.transform_names)
            found.append(Standing(entry, selectors, tuple(item for item in sets if item is not None)))
    if len(found) > 1:
        numbers = " and ".join(item.entry.groups["sequence"] for item in found)
        raise ChangeError(
            f"{host}: entries {numbers} of crypto map {crypto_map} both match a version of {access_list}; take one away by hand"
        )
    return found[0] if found else None


def refuse_strange(host: str, standing: Standing, peer: str, wanted: ConfigObject) -> None:
    """Raise ChangeError for an entry that may be changed in place only by somebody who knows what it is.

    That is one that goes to another peer for other networks altogether (the list may belong to another tunnel), to several peers,
    or that has a line which no rule knows: a filter or a route that the change would have to keep or to drop.
    """
    entry = standing.entry
    where = f"{host}: entry {entry.groups['sequence']} of crypto map {entry.groups['map']}"
    here, there = set(standing.access_list.canonical_children), set(wanted.canonical_children)
    if peer not in entry.peers and not here & there:
        raise ChangeError(
            f"{where} matches {standing.access_list.groups['name']} and goes to {' and '.join(entry.peers) or 'no peer'} "
            "for other networks: it looks like another tunnel; remove it, or give this one another access list"
        )
    if len(entry.peers) > 1:
        raise ChangeError(
            f"{where} goes to several peers ({', '.join(entry.peers)}), and the intent knows one; take it away by hand"
        )
    strange = [line for line in entry.children if not any(pattern.fullmatch(line) for pattern in entry.family.children)]
    if strange:
        raise ChangeError(f"{where} has {strange[0]!r}, which no rule knows; a change in place would drop it")


def list_name(standing: Standing, base: str, wanted: ConfigObject, running: Config) -> str:
    """The list in use if it selects what is wanted, else a free version of its name."""
    if standing.access_list.canonical_children == wanted.canonical_children:
        return standing.access_list.groups["name"]
    return free_version(base, tuple(item.groups["name"] for item in running.of("access-list")))


def set_name(standing: Standing, base: str, wanted: ConfigObject, running: Config, *, named: bool) -> str:
    """The transform set in use if it is what is wanted, else a version of the name that is free or has that content.

    ``named``: the intent gives the name, so a set of another name is not kept though it has the same content.
    """
    for item in standing.transform_sets:
        if _same_set(item, wanted) and (not named or is_version(item.groups["name"], base)):
            return item.groups["name"]
    others = tuple(item.groups["name"] for item in running.of("transform-set") if not _same_set(item, wanted))
    return free_version(base, others)


def _same_set(one: ConfigObject, other: ConfigObject) -> bool:
    return one.groups["transforms"].split() == other.groups["transforms"].split() and one.meaning[1] == other.meaning[1]


def replacing(standing: Standing, running: Config, names: tuple[str, str], peer: str, policy: ConfigObject) -> Replacing:
    """What the wanted form may change and retire. ``names`` are the base names of list and transform set, ``peer`` is wanted."""
    entry = standing.entry
    editable = {entry.key}
    key = running.key_of(peer)
    if key and of_one_peer(key) and not goes_to(running, peer, besides={entry.key}):
        editable.add(key.key)
    editable |= _group_policies(entry, running)
    keys, stays = _keys(entry, running, peer)
    policies, offered = _policies(entry, running, peer, policy)
    lists = [standing.access_list] if is_version(standing.access_list.groups["name"], names[0]) else []
    sets = [item for item in standing.transform_sets if is_version(item.groups["name"], names[1])]
    return Replacing(frozenset(editable), (*policies, *keys, *sets, *lists), (*stays, *offered))


def _group_policies(entry: ConfigObject, running: Config) -> set[Key]:
    """Group policies that nobody uses but the entry's own peers: an earlier release of nr-run built them with fewer lines."""
    groups = [group for peer in entry.peers if (group := running.get("tunnel-group", peer))]
    named = {name for group in groups for rule, name in group.named if rule.family == "group-policy"}
    found = (policy for name in named if (policy := running.get("group-policy", name)))
    own = {group.key for group in groups}
    return {item.key for item in found if not referrers(running, item, besides=own) and not strange_use(running, item)}


def of_one_peer(key: ConfigObject) -> bool:
    """True unless the key is that of a whole network."""
    return key.groups.get("mask", "") in ("", "255.255.255.255")


def _keys(entry: ConfigObject, running: Config, peer: str) -> tuple[list[ConfigObject], list[str]]:
    """Keys of peers that the entry no longer goes to."""
    going: list[ConfigObject] = []
    stays: list[str] = []
    for old in entry.peers:
        key = running.key_of(old) if old != peer else None
        if key is not None:
            others = goes_to(running, old, besides={entry.key})
            if not of_one_peer(key):
                stays.append(f"{key.title} stays: with its mask {key.groups['mask']} it is the key of other peers as well")
            elif others:
                stays.append(f"{key.title} stays: another entry goes to the same peer ({others[0]})")
            else:
                going.append(key)
    return going, stays


def _policies(entry: ConfigObject, running: Config, peer: str, wanted: ConfigObject) -> tuple[list[ConfigObject], list[str]]:
    """Policies that both ends would agree on before the new one: they go, unless another IKE peer of the box is offered them."""
    present = running.of("isakmp-policy")
    if any(item.meaning[1] == wanted.meaning[1] for item in present):
        return [], []
    keys = (running.key_of(address) for address in (*entry.peers, peer))
    own = {entry.key, *(key.key for key in keys if key)}
    peers = dict.fromkeys((*entry.peers, peer))
    sharing = next((use for address in peers for use in goes_to(running, address, besides={entry.key})), "")
    if sharing:
        raise ChangeError(
            f"another IKE proposal for entry {entry.groups['sequence']} cannot be proved: {sharing} goes to the same peer, "
            "and its IKE SA would serve both until somebody clears it"
        )
    going: list[ConfigObject] = []
    stays: list[str] = []
    for item in present:
        if "authentication pre-share" not in item.children:
            continue
        others = users(running, item, besides=own)
        if others:
            stays.append(
                f"{item.title} stays: other IKE peers of the box use it ({others[0]}); while both ends offer it, "
                "phase 1 may be agreed with it"
            )
        else:
            going.append(item)
    return going, stays
