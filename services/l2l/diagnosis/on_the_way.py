"""What on a device keeps packets from the tunnel, or the tunnel's own packets from it, by its configuration and its routes.

Interfaces, the map that is bound to one, address translation, access lists, routes, other entries of the map, and the policy that
an ASA applies to a tunnel. Each question once; the answers are those of differences.py.
"""

from __future__ import annotations

import re
from collections.abc import Iterator
from ipaddress import IPv4Network

from ....changes.config_object import ConfigObject
from ....changes.families.tunnel_group import INHERITED
from ....changes.families.uses import destination
from ....changes.selectors import overlap, selectors_of
from ....checks.finding import Evidence
from ....checks.observations.questions import ROUTE
from ....checks.path.acl import Flow, Says
from ....inventory.systems import any_of
from ..endpoint import Watched
from ..placing.map_entries import MapEntries
from .case import Case
from .configured_end import ConfiguredEnd
from .configured_systems import reading_of
from .differences import FINE, Asked, Said, each_end

_IKE, _NAT_T = 500, 4500


@each_end
def map_bound(there: ConfiguredEnd) -> Said:
    """Is the map of the tunnel at work on the outside interface? If not, its traffic leaves in clear."""
    if there.end.tunnel or there.entry is None or there.outside in there.bound:
        return FINE
    where = ", ".join(there.bound) or "no interface"
    return (there.evidence(f"interfaces with crypto map {there.entry.groups['map']}", where),)


@each_end
def interface_up(there: ConfiguredEnd) -> Said:
    """Are the interface outside and the tunnel interface in service, by their lines?"""
    if there.outside_lines is None:
        return None
    return (there.evidence(f"{there.outside} or its tunnel interface", "shutdown"),) if there.shut else FINE


@each_end
def into_itself(there: ConfiguredEnd) -> Said:
    """Is the peer routed by hand into the tunnel interface that is to reach it? Once that is down, no routing table shows it."""
    tunnel = there.end.tunnel
    if tunnel is None:
        return FINE
    found: list[tuple[int, Evidence | None]] = []
    for item in there.config.of("static-route"):
        net = destination(item)
        if net is not None and there.end.peer in net:
            by_it = tunnel.known_as in (item.groups.get("nameif"), item.groups.get("hop"))
            found.append((net.prefixlen, there.evidence("route to the peer", item.header) if by_it else None))
    longest = max((length for length, _ in found), default=0)
    return tuple(said for length, said in found if length == longest and said is not None)


@each_end
def earlier_entry(there: ConfiguredEnd) -> Said:
    """Does an entry with a lower number take the traffic of the tunnel to another peer, or a dynamic one take the peer?"""
    entry, wanted = there.entry, there.end.selectors
    if there.end.tunnel or entry is None:
        return FINE
    number = int(entry.groups["sequence"])
    found: list[Evidence] = []
    for item in there.config.of("crypto-map-entry"):
        if not _is_before(item, entry):
            continue
        pairs = selectors_of(there.config, item)
        if pairs and overlap(pairs, wanted) and str(there.end.peer) not in item.peers:
            words = f"{item.groups['sequence']} before {number}, to {', '.join(item.peers) or 'no peer'}"
            found.append(there.evidence("entry for the same traffic", words))
    return tuple(found) + tuple(_dynamic_before(there, number))


@each_end
def taken_before(there: ConfiguredEnd) -> Said:
    """Does the list of an entry with a lower number, to another peer, permit packets of the tunnel? Those go to that peer.

    What it takes may be a part only, beside which the tunnel and all pings through it work.
    """
    entry = there.entry
    if there.end.tunnel or entry is None:
        return FINE
    found: list[Evidence] = []
    for item, pairs in there.config.kept(MapEntries).near(str(there.end.peer), there.end.selectors):
        name = item.child("match address")
        # IOS leaves an entry without a peer disabled, and says so; an ASA drops what it matches.
        takes_none = str(there.end.peer) in item.peers or (not item.peers and not there.system.has_nameif)
        if name is None or takes_none or not _is_before(item, entry) or not overlap(pairs, there.end.selectors):
            continue
        for source, target in there.end.selectors:
            verdict = reading_of(there).listed(there, name, Flow("ip", source, target))
            if verdict.says in (Says.PERMIT, Says.PART):
                to = ", ".join(item.peers) or "no peer"
                words = f"entry {item.groups['sequence']} to {to}, before {entry.groups['sequence']}, by access list {name}"
                found.append(there.evidence(f"entry that takes packets of {source} to {target}", words))
    return tuple(found)


def _is_before(item: ConfigObject, entry: ConfigObject) -> bool:
    """True for an entry of the same map that is asked before this one."""
    return item.groups["map"] == entry.groups["map"] and int(item.groups["sequence"]) < int(entry.groups["sequence"])


def _dynamic_before(there: ConfiguredEnd, number: int) -> Iterator[Evidence]:
    assert there.entry is not None
    form = re.compile(rf"crypto map {re.escape(there.entry.groups['map'])} (?P<number>\d+) ipsec-isakmp dynamic \S+.*")
    for node in there.running.nodes:
        match = form.fullmatch(node.line)
        if match and int(match["number"]) < number:
            yield there.evidence("dynamic entry before the tunnel's", node.line)


@each_end
def taken_out(there: ConfiguredEnd) -> Said:
    """Does the list of the map entry deny what it has to protect? What it denies passes by the entry, and leaves in clear."""
    name = there.entry.child("match address") if there.entry and not there.end.tunnel else None
    if name is None:
        return FINE
    found: list[Evidence] = []
    for source, target in there.end.selectors:
        flow = Flow("ip", source, target)
        verdict = reading_of(there).listed(there, name, flow)
        if verdict.says in (Says.DENY, Says.PART) and verdict.line:
            found.append(there.evidence(f"access list {name}, for {source} to {target}", verdict.line))
    return tuple(found)


def translated(case: Case, watched: Watched) -> Said:
    """Does address translation of this end take packets of the tunnel? What may be taken counts."""
    there = case.of(watched)
    if there is None:
        return None
    found: list[Evidence] = []
    for pair in watched.end.selectors:
        for line, free in reading_of(there).translated(there, pair):
            if not free:
                found.append(there.evidence(f"translation of {pair[0]} to {pair[1]}", line))
    return tuple(dict.fromkeys(found))


def led_elsewhere(case: Case, watched: Watched) -> Said:
    """Does the routing table lead packets for the far prefixes by another interface than the one with the map?

    Where interfaces have names of their own, what that one is called stands in the configuration only.
    """
    seen, end, there = watched.after, watched.end, case.of(watched)
    if end.tunnel or seen.answer(ROUTE) is None or (there is None and any_of(seen.os).has_nameif):
        return FINE if end.tunnel else None
    outside = there.outside if there else end.interface
    ways = seen.ways.to(end.aim)
    if ways == {outside}:
        return FINE
    return (seen.evidence(ROUTE, f"egress of {end.aim}", " and ".join(sorted(ways)) or "none"),)


def lists(protocol: str) -> Asked:
    """The question whether an access list at the outside interface denies IKE, NAT traversal or ESP of the peer."""
    port = {"ike": _IKE, "4500": _NAT_T}.get(protocol, 0)

    @each_end
    def asked(there: ConfiguredEnd) -> Said:
        peer, own = (IPv4Network(address) for address in (there.end.peer, there.end.address))
        flow = Flow("esp" if protocol == "esp" else "udp", peer, own, port)
        found: list[Evidence] = []
        for name, verdict in reading_of(there).filtered(there, flow):
            if verdict.says is Says.UNREAD:
                return None
            if verdict.says not in (Says.PERMIT, Says.PART):
                line = verdict.line or "the end of the list"
                found.append(there.evidence(f"access list {name}, in {there.outside}, for {protocol} of {peer[0]}", line))
        return tuple(found)

    return asked


#: What a policy of an ASA may say that lets no tunnel come up, or ends it.
_CLOSED = {"vpn-simultaneous-logins 0"}


@each_end
def policy_admits(there: ConfiguredEnd) -> Said:
    """Does the group policy that the tunnel has, or inherits, let it come up and stay?"""
    found = []
    for where, line in _effective(there):
        spoken = line.split()[1:] if line.startswith("vpn-tunnel-protocol ") else None
        wanted = {"ikev2"} if there.end.ike_version == 2 else {"ikev1", "ipsec", "IPSec", "l2l"}
        if line in _CLOSED or (spoken is not None and not wanted & set(spoken)):
            found.append(there.evidence(where, line))
    return tuple(found)


@each_end
def policy_filters(there: ConfiguredEnd) -> Said:
    """Does the group policy that the tunnel has, or inherits, filter what passes?"""
    return tuple(
        there.evidence(where, line)
        for where, line in _effective(there)
        if line.startswith("vpn-filter ") and line.split()[-1] != "none"
    )


def _effective(there: ConfiguredEnd) -> Iterator[tuple[str, str]]:
    """Name of the policy and line, for all that the tunnel's own policy says and that it inherits from DfltGrpPolicy.

    Where there are no tunnel groups and no group policies, as on IOS, there is nothing.
    """
    group = there.config.get("tunnel-group", str(there.end.peer))
    named = (group.child("general-attributes: default-group-policy") if group else None) or "DfltGrpPolicy"
    said: set[str] = set()
    for name in dict.fromkeys((named, "DfltGrpPolicy")):
        policy = there.config.get("group-policy", name)
        lines = [line.removeprefix("attributes: ") for line in policy.children] if policy else []
        for line in lines:
            word = line.split()[0]
            if word in INHERITED and word not in said:
                yield f"group-policy {name}", line
        said |= {line.split()[0] for line in lines}
