"""Which crypto map and which sequence number a tunnel gets, chosen from the running configuration.

Rules: a crypto map that is bound to the interface is used and never replaced. An existing tunnel keeps its sequence number. A
static entry gets a lower number than any dynamic entry, because a dynamic entry accepts every peer. No two entries match the
same traffic.
"""

from __future__ import annotations

import re
from collections.abc import Iterable, Mapping, Sequence
from ipaddress import IPv4Network
from itertools import chain

from msgspec import Struct, field

from ....changes.configurations.look_up import LookUp, joined
from ....changes.objects import Config, ConfigObject
from ....changes.selectors import Selector, Unread, overlap, selectors_or_line
from ....inventory.errors import ChangeError
from ....inventory.intents.intent import Side
from ....inventory.prefix_index import PrefixIndex
from ..existing.existing_tunnel import ExistingTunnel
from ..features import Member

_DYNAMIC = re.compile(r"crypto map (?P<map>\S+) (?P<sequence>\d+) ipsec-isakmp dynamic (?P<dynamic>\S+)(?: discover)?")
_ENTRY = re.compile(r"crypto map (?P<map>\S+) (?P<sequence>\d+) .+")
_XAUTH = re.compile(r"crypto map (?P<map>\S+) client authentication list \S+")


class _Map(Struct, frozen=True):
    """The entries of one crypto map, indexed once for all tunnels of the device."""

    by_peer: Mapping[str, tuple[ConfigObject, ...]] = field(default_factory=dict)
    #: Sequence numbers, and those of them that stand for dynamic maps.
    taken: frozenset[int] = frozenset()
    dynamic: tuple[int, ...] = ()
    #: Of the others what cannot be parsed reliably, and what can, by the far networks; each with its place and its number.
    unread: tuple[tuple[int, int, Unread], ...] = ()
    by_target: PrefixIndex[tuple[int, int, tuple[Selector, ...]]] = field(default_factory=lambda: PrefixIndex(()))
    count: int = 0

    def meeting(self, ours: Iterable[Selector]) -> tuple[tuple[int, tuple[Selector, ...] | Unread], ...]:
        """(sequence number, selectors) of the entries that may match some of this traffic, in configuration order."""
        found: dict[int, tuple[int, tuple[Selector, ...] | Unread]] = {place: (number, why) for place, number, why in self.unread}
        for _, target in ours:
            around = (one for group in self.by_target.around(target) for one in group)
            found.update((place, (number, pairs)) for place, number, pairs in (*around, *self.by_target.within(target)))
        return tuple(found[place] for place in sorted(found))


_EMPTY = _Map()


def _maps(running: Config) -> dict[str, _Map]:
    """Name to crypto map, for each that has entries."""
    return _with_entries({}, running, running)


def _maps_too(there: Mapping[str, _Map], running: Config, more: Config) -> dict[str, _Map] | None:
    """The maps with the entries of ``more``; None, so that all are read anew, if an entry could not be read before."""
    return None if any(one.unread for one in there.values()) else _with_entries(there, running, more)


def _with_entries(there: Mapping[str, _Map], running: Config, more: Config) -> dict[str, _Map]:
    """The maps with the entries of ``more`` added. Their access lists may be anywhere in ``running``."""
    entries: dict[str, list[ConfigObject]] = {}
    for item in more.of("crypto-map-entry"):
        entries.setdefault(item.groups["map"], []).append(item)
    return {**there, **{name: _map_with(there.get(name, _EMPTY), items, running) for name, items in entries.items()}}


_MAPS = LookUp(_maps, _maps_too)


def _map_with(there: _Map, entries: Sequence[ConfigObject], running: Config) -> _Map:
    """The map with these entries appended."""
    by_peer: dict[str, list[ConfigObject]] = {}
    unread: list[tuple[int, int, Unread]] = []
    read: list[tuple[IPv4Network, tuple[int, int, tuple[Selector, ...]]]] = []
    for place, entry in enumerate(entries, there.count):
        number = int(entry.groups["sequence"])
        for peer in dict.fromkeys(entry.peers):
            by_peer.setdefault(peer, []).append(entry)
        theirs = () if entry.dynamic else selectors_or_line(running, entry)
        if isinstance(theirs, Unread):
            unread.append((place, number, theirs))
        else:
            read += [(target, (place, number, theirs)) for target in dict.fromkeys(pair[1] for pair in theirs)]
    return _Map(
        joined(there.by_peer, {peer: tuple(items) for peer, items in by_peer.items()}),
        there.taken.union(int(entry.groups["sequence"]) for entry in entries),
        (*there.dynamic, *(int(entry.groups["sequence"]) for entry in entries if entry.dynamic)),
        (*there.unread, *unread),
        there.by_target.with_more(read),
        there.count + len(entries),
    )


def map_of(member: Member, access_list: str, running: Config) -> tuple[str, str]:
    """(name of the crypto map, a sentence for the plan): the map that is bound to the interface, or a new one.

    Raises ChangeError if the map that the intent names would replace a bound one, or if its ``access_list`` is a number.
    """
    _refuse_number(member, access_list)
    return _map(member, running, member.nameif or member.local.interface)


def place_in(
    crypto_map: str, member: Member, access_list: str, running: Config, approved: int | None, there: ExistingTunnel | None
) -> tuple[int, str]:
    """(sequence number in the crypto map, a sentence for the plan). The ``approved`` number is kept if it is still free.

    Raises ChangeError if no number below the dynamic entries is free, or if another entry matches, or may match, the traffic.
    """
    if there:
        sequence, said = int(there.tunnel.groups["sequence"]), ""
    else:
        sequence, said = _sequence(member, crypto_map, access_list, running, approved)
    _refuse_overlap(member, crypto_map, sequence, running)
    return sequence, said


def asks_clients(crypto_map: str, running: Config) -> bool:
    """True if a crypto map has XAUTH: peers are asked for a user unless their pre-shared key has ``no-xauth``."""
    return any(match["map"] == crypto_map for match in _lines(_XAUTH, running))


def _refuse_number(end: Side, access_list: str) -> None:
    if access_list.isdigit():
        raise ChangeError(
            f"{end.local.host}: cisco.access_list {access_list} is a number; a numbered list is shown and removed "
            "differently from a named one, so give it a name"
        )


def _lines(pattern: re.Pattern[str], running: Config) -> list[re.Match[str]]:
    return [match for line in running.map_lines if (match := pattern.fullmatch(line))]


def _map(end: Side, running: Config, interface: str) -> tuple[str, str]:
    wanted = end.local.cisco.crypto_map
    bound = running.get("crypto-map-binding", interface)
    if bound:
        name = bound.map_name
        if wanted and wanted != name:
            raise ChangeError(
                f"{end.local.host}: {interface} has crypto map {name}; binding {wanted} would replace it and drop its tunnels. "
                f"Leave cisco.crypto_map out, or name {name}"
            )
        return name, f"crypto map {name} is on {interface} already and is used: an interface has one map"
    taken = {item.groups["map"] for item in running.of("crypto-map-entry")}
    taken |= {match["map"] for match in _lines(_ENTRY, running)}
    # A map that is bound and has no entry yet would be put to work there as well.
    taken |= {item.map_name for item in running.of("crypto-map-binding")}
    if wanted in taken:
        raise ChangeError(
            f"{end.local.host}: crypto map {wanted} exists and is not on {interface}; its other entries would come along"
        )
    name = wanted or next(name for name in ("NR-MAP", *(f"NR-MAP-{n}" for n in range(2, 100))) if name not in taken)
    return name, f"crypto map {name} is new: {interface} has none"


def _sequence(end: Side, crypto_map: str, access_list: str, running: Config, approved: int | None) -> tuple[int, str]:
    there = running.kept(_MAPS).get(crypto_map, _EMPTY)
    dynamic = [int(match["sequence"]) for match in _lines(_DYNAMIC, running) if match["map"] == crypto_map]
    dynamic += there.dynamic
    limit = min(dynamic, default=65536)
    for entry in there.by_peer.get(str(end.remote.outside_ip), ()):
        # An entry with our transform set and no access list is what an interrupted change leaves; planning it again shows that.
        if len(entry.peers) == 1 and entry.child("match address") in (access_list, None):
            return int(entry.groups["sequence"]), ""
    other = [int(match["sequence"]) for match in _lines(_ENTRY, running) if match["map"] == crypto_map]
    taken = there.taken.union(other)
    wanted = end.local.cisco.map_sequence
    if wanted is not None:
        if wanted in taken or wanted > limit:
            why = "is taken" if wanted in taken else f"is above dynamic entry {limit}, which takes every peer first"
            raise ChangeError(
                f"{end.local.host}: sequence {wanted} of crypto map {crypto_map} {why}; leave cisco.map_sequence out"
            )
        return wanted, f"sequence {wanted} of {crypto_map}, as the intent says"
    last = max(filter(limit.__gt__, taken), default=0)
    candidates = chain([approved] if approved else [], [last + 10], range(last + 1, limit), range(1, limit))
    free = next((number for number in candidates if number < limit and number not in taken), None)
    if free is None:
        raise ChangeError(f"{end.local.host}: crypto map {crypto_map} has no free sequence below its dynamic entry {limit}")
    below = f", below dynamic entry {limit}" if dynamic else ""
    return free, f"sequence {free} of {crypto_map}: the next free one{below}"


def _refuse_overlap(end: Side, crypto_map: str, sequence: int, running: Config) -> None:
    ours = end.selectors
    there = running.kept(_MAPS).get(crypto_map, _EMPTY)
    for number, theirs in there.meeting(ours):
        if number == sequence:
            continue
        if isinstance(theirs, Unread):
            raise ChangeError(
                f"{end.local.host}: the selectors of entry {number} of crypto map {crypto_map} cannot be parsed reliably "
                f"({theirs}), so it may take this tunnel's traffic, or lose its own"
            )
        both = overlap(ours, theirs)
        if both:
            (source, target), (other_source, other_target) = both
            raise ChangeError(
                f"{end.local.host}: {source} to {target} overlaps {other_source} to {other_target} of entry {number} "
                f"of crypto map {crypto_map}; the lower sequence would take the traffic of both"
            )
    for match in _lines(_ENTRY, running):
        if match["map"] == crypto_map and not _DYNAMIC.fullmatch(match[0]):
            raise ChangeError(
                f"{end.local.host}: {match[0]!r} is an entry of a kind that nr-run does not read, so it may take this tunnel's "
                "traffic, or lose its own"
            )
