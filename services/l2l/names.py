"""Names and numbers of a tunnel's objects on one box, found by looking at the box.

Rules: a tunnel that is there keeps its place, and what changes is built beside what is in use; a crypto
map that is bound to the interface is used, never replaced; a static entry stands below the lowest dynamic
one; an identical ISAKMP policy is used again and an existing one never edited; ``no-xauth`` where the map asks VPN clients
for a user; global dead peer detection is set only where there is none.
"""

from __future__ import annotations

import re
from dataclasses import dataclass, replace
from itertools import chain

from ...changes.objects import Config, ConfigObject
from ...changes.replacing import NOTHING, Replacing
from ...changes.selectors import Unread, overlap, selectors_or_line
from ...inventory.errors import ChangeError
from ...inventory.intent import Dpd, Side
from .existing_tunnel import Standing, find, list_name, refuse_strange, replacing, set_name
from .features import NatExemption, Route

#: Of an ISAKMP policy on IOS, and on an ASA (command references, crypto isakmp policy).
HIGHEST_POLICY, HIGHEST_POLICY_ASA = 10000, 65535
_DYNAMIC = re.compile(r"crypto map (?P<map>\S+) (?P<sequence>\d+) ipsec-isakmp dynamic (?P<dynamic>\S+)(?: discover)?")
_ENTRY = re.compile(r"crypto map (?P<map>\S+) (?P<sequence>\d+) .+")
_XAUTH = re.compile(r"crypto map (?P<map>\S+) client authentication list \S+")


@dataclass(frozen=True, slots=True)
class Allocation:
    """What the objects of one tunnel are called on one box, with a sentence for each decision."""

    transform_set: str
    access_list: str
    policy_number: int
    crypto_map: str
    map_sequence: int
    no_xauth: bool
    keepalive: Dpd | None
    decisions: tuple[str, ...]
    #: Where its traffic is kept from being translated; None where that is not wanted or not needed.
    nat: NatExemption | None = None
    #: Static routes beside the map.
    routes: tuple[Route, ...] = ()
    #: What the box has of the same tunnel in another form.
    replacing: Replacing = NOTHING


def draft(name: str, end: Side, dpd: Dpd | None) -> Allocation:
    """Names before the box is known, to render the desired configuration a first time and see what it holds."""
    cisco = end.local.cisco
    return Allocation(cisco.transform_set or f"NR-{name}", cisco.access_list or f"NR-{name}", 1, "NR-MAP", 1, False, dpd, ())


def allocate(
    name: str,
    end: Side,
    dpd: Dpd | None,
    wanted: Config,
    running: Config,
    *,
    approved_sequence: int | None = None,
    interface: str | None = None,
) -> Allocation:
    """Names and numbers for tunnel ``name`` at this end; ``approved_sequence`` is taken again where it is still free.

    ``wanted`` is the desired configuration under the names of draft(); ``running`` is the box; ``interface`` is what a map is
    bound to where that is not the interface of the intent (an ASA's nameif). Raises ChangeError when there is no safe place: no
    free number, another map on the interface, selectors that another entry of the map already takes.
    """
    names = draft(name, end, dpd)
    _refuse_number(end, names.access_list)
    (policy,) = wanted.of("isakmp-policy")
    crypto_map, on_map = _map(end, running, interface or end.local.interface)
    there = find(end.local.host, running, crypto_map, names.access_list)
    sequence, on_sequence = _place(end, crypto_map, names.access_list, running, approved_sequence, there)
    _refuse_overlap(end, crypto_map, sequence, running)
    number, on_policy = _policy(end.local.host, policy, running)
    asked = any(match["map"] == crypto_map for match in _lines(_XAUTH, running))
    key = running.key_of(str(end.remote.outside_ip))
    # Without clients on the map it says nothing, and it may have been put there for clients that come or have gone.
    no_xauth = asked or bool(key is not None and key.groups.get("xauth"))
    keepalive, on_keepalive = keepalive_of(dpd, wanted, running)
    on_xauth = (f"no-xauth on the key: map {crypto_map} asks VPN clients for a user",) if asked else ()
    decisions = (on_map, on_sequence, on_policy, *on_xauth, *on_keepalive)
    made = replace(
        names,
        policy_number=number,
        crypto_map=crypto_map,
        map_sequence=sequence,
        no_xauth=no_xauth,
        keepalive=keepalive,
        decisions=tuple(filter(None, decisions)),
    )
    return _beside(made, there, wanted, running, end) if there else made


def _refuse_number(end: Side, access_list: str) -> None:
    if access_list.isdigit():
        raise ChangeError(
            f"{end.local.host}: cisco.access_list {access_list} is a number; a numbered list is shown and taken away "
            "otherwise than a named one, so give it a name"
        )


def map_place(
    end: Side, access_list: str, running: Config, approved: int | None, interface: str
) -> tuple[str, int, tuple[str, ...]]:
    """The crypto map of an interface and the place in it, with the decisions. Raises ChangeError as allocate() does."""
    _refuse_number(end, access_list)
    crypto_map, on_map = _map(end, running, interface)
    there = find(end.local.host, running, crypto_map, access_list)
    sequence, on_sequence = _place(end, crypto_map, access_list, running, approved, there)
    _refuse_overlap(end, crypto_map, sequence, running)
    return crypto_map, sequence, (on_map, on_sequence)


def free_policy(host: str, wanted: Config, running: Config) -> tuple[int, str]:
    """Number of the IKEv1 policy that ``wanted`` holds, with the decision. Raises ChangeError where none is free."""
    (policy,) = wanted.of("isakmp-policy")
    return _policy(host, policy, running)


def keepalive_of(dpd: Dpd | None, wanted: Config, running: Config) -> tuple[Dpd | None, tuple[str, ...]]:
    """Dead peer detection of IKEv1: the tunnel's own where it has a group, else the box's, set only where there is none."""
    per_tunnel = any(item.family.name == "tunnel-group" for item in wanted.objects.values())
    return (dpd, ()) if per_tunnel else _keepalive(dpd, running)


def _beside(names: Allocation, there: Standing, wanted: Config, running: Config, end: Side) -> Allocation:
    """Names for a tunnel that is there: its own where they hold what is wanted, new versions beside them where not."""
    (policy,), (acl,), (transforms,) = (wanted.of(family) for family in ("isakmp-policy", "access-list", "transform-set"))
    refuse_strange(end.local.host, there, str(end.remote.outside_ip), acl)
    bases = (names.access_list, names.transform_set)
    access_list = list_name(there, bases[0], acl, running)
    named = end.local.cisco.transform_set is not None
    transform_set = set_name(there, bases[1], transforms, running, named=named)
    new = [name for name in (access_list, transform_set) if name not in _in_use(there)]
    said = tuple(f"{name} is built beside what is in use, and the entry is switched to it" for name in dict.fromkeys(new))
    return replace(
        names,
        access_list=access_list,
        transform_set=transform_set,
        decisions=(*names.decisions, *said),
        replacing=replacing(there, running, bases, str(end.remote.outside_ip), policy),
    )


def _in_use(there: Standing) -> set[str]:
    return {there.access_list.groups["name"], *(item.groups["name"] for item in there.transform_sets)}


def _place(
    end: Side, crypto_map: str, access_list: str, running: Config, approved: int | None, there: Standing | None
) -> tuple[int, str]:
    if there:
        return int(there.entry.groups["sequence"]), ""
    return _sequence(end, crypto_map, access_list, running, approved)


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
    entries = [item for item in running.of("crypto-map-entry") if item.groups["map"] == crypto_map]
    dynamic = [int(match["sequence"]) for match in _lines(_DYNAMIC, running) if match["map"] == crypto_map]
    dynamic += [int(item.groups["sequence"]) for item in entries if item.dynamic]
    limit = min(dynamic, default=65536)
    peer = str(end.remote.outside_ip)
    for entry in entries:
        # An entry with our transform set and no access list is what an interrupted change leaves; planning it again shows that.
        if entry.peers == (peer,) and entry.child("match address") in (access_list, None):
            return int(entry.groups["sequence"]), ""
    other = [int(match["sequence"]) for match in _lines(_ENTRY, running) if match["map"] == crypto_map]
    taken = {*(int(entry.groups["sequence"]) for entry in entries), *other}
    wanted = end.local.cisco.map_sequence
    if wanted is not None:
        if wanted in taken or wanted > limit:
            why = "is taken" if wanted in taken else f"is above dynamic entry {limit}, which takes every peer first"
            raise ChangeError(
                f"{end.local.host}: sequence {wanted} of crypto map {crypto_map} {why}; leave cisco.map_sequence out"
            )
        return wanted, f"sequence {wanted} of {crypto_map}, as the intent says"
    last = max((number for number in taken if number < limit), default=0)
    candidates = chain([approved] if approved else [], [last + 10], range(last + 1, limit), range(1, limit))
    free = next((number for number in candidates if number < limit and number not in taken), None)
    if free is None:
        raise ChangeError(f"{end.local.host}: crypto map {crypto_map} has no free sequence below its dynamic entry {limit}")
    below = f", below dynamic entry {limit}" if dynamic else ""
    return free, f"sequence {free} of {crypto_map}: the next free one{below}"


def _refuse_overlap(end: Side, crypto_map: str, sequence: int, running: Config) -> None:
    ours = end.selectors
    for entry in running.of("crypto-map-entry"):
        number = int(entry.groups["sequence"])
        if entry.groups["map"] != crypto_map or number == sequence or entry.dynamic:
            continue
        theirs = selectors_or_line(running, entry)
        if isinstance(theirs, Unread):
            raise ChangeError(
                f"{end.local.host}: the selectors of entry {number} of crypto map {crypto_map} cannot be read for certain "
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


def _policy(host: str, wanted: ConfigObject, running: Config) -> tuple[int, str]:
    existing = {int(item.groups["number"]): item for item in running.of("isakmp-policy")}
    same = [number for number, item in sorted(existing.items()) if item.meaning[1] == wanted.meaning[1]]
    if same:
        return same[0], f"isakmp policy {same[0]} has these values already and is used"
    highest = HIGHEST_POLICY_ASA if "ike" in wanted.groups else HIGHEST_POLICY
    last = max([0, *existing])
    # A peer with a pre-shared key is never agreed with by a policy of another kind, so those may stand behind.
    keyed = max([0, *(number for number, item in existing.items() if _by_key(item))])
    tens = (number for start in (last, keyed) for number in range((start // 10 + 1) * 10, highest + 1, 10))
    behind = (*tens, *range(keyed + 1, highest + 1))
    number = next((number for number in behind if number not in existing), None)
    if number is not None:
        why = f"isakmp policy {number}: last, so that other peers are offered what they were before"
        return number, why if existing else ""
    number = next((number for number in range(highest, 0, -1) if number not in existing), None)
    if number is None:
        raise ChangeError(f"{host}: there is no free isakmp policy number")
    return number, (
        f"isakmp policy {number}: the highest free number; policy {keyed} has the last one, so a peer that takes both is offered "
        f"{number} first"
    )


def _by_key(policy: ConfigObject) -> bool:
    return "authentication pre-share" in policy.meaning[1]


def _keepalive(dpd: Dpd | None, running: Config) -> tuple[Dpd | None, tuple[str, ...]]:
    if dpd is None:
        return None, ()
    present = running.get("isakmp-keepalive")
    if present is None:
        return dpd, (
            f"dead peer detection {dpd.interval_seconds}/{dpd.retries} is set for every IKE peer of the box: it has none",
        )
    wanted = f"crypto isakmp keepalive {dpd.interval_seconds} {dpd.retries}"
    if present.header == wanted:
        return dpd, ()
    return None, (f"{present.header!r} stays: it is global, and other peers rely on it",)
