"""What two tunnels want from the same device that it cannot give to both: looked up by what they want, not pair by pair."""

from __future__ import annotations

from collections.abc import Hashable, Iterable, Iterator, Mapping, Sequence
from ipaddress import IPv4Network

from msgspec import Struct, field

from ..prefix_index import PrefixIndex
from .intent import Intent, Side, Tunnel, TunnelTermination


def collisions(intent: Intent, tunnels: Sequence[Tunnel]) -> Iterator[tuple[Tunnel, str]]:
    """Each of ``tunnels`` with what it and another one, chosen or active, want of a device. Each pair of tunnels is named once.

    What it costs grows with the tunnels and with the sentences, not with the pairs of tunnels.
    """
    chosen = {tunnel.name: index for index, tunnel in enumerate(tunnels)}
    boxes = _boxes(intent, chosen)
    for tunnel in tunnels:
        for number, end in enumerate(tunnel.sides):
            box = boxes[end.local.host]
            for place in sorted(box.rivals(box.places[tunnel.name, number])):
                other, theirs = box.ends[place]
                if chosen.get(other.name, len(chosen)) > chosen[tunnel.name]:
                    for problem in (*_collision(tunnel, end, other, theirs), *_same_peer(intent, tunnel, end, other, theirs)):
                        yield tunnel, problem


def _boxes(intent: Intent, chosen: Mapping[str, int]) -> dict[str, _Box]:
    """Each device of the chosen tunnels with all ends on it, in the order of the files."""
    hosts = {end.host for name in chosen for end in intent.tunnels[name].own}
    boxes = {host: _Box() for host in hosts}
    for tunnel in intent.tunnels.values():
        if tunnel.status == "active" or tunnel.name in chosen:
            for number, end in enumerate(tunnel.sides):
                if end.local.host in hosts:
                    box = boxes[end.local.host]
                    box.places[tunnel.name, number] = len(box.ends)
                    box.ends.append((tunnel, end))
    for box in boxes.values():
        box.index(intent, chosen)
    return boxes


class _Peer(Struct):
    """The ends on one device that go to one peer."""

    intent: Intent
    by_key: dict[str, list[int]] = field(default_factory=dict)
    tunnels: dict[int, Tunnel] = field(default_factory=dict)
    _found_by_it: set[int] | None = None

    def rivals(self, place: int) -> set[int]:
        """Those that cannot be there beside this one."""
        if len(self.tunnels) == 1:
            return set()
        if _by_peer(self.intent, self.tunnels[place]):
            return {*self.tunnels}
        if self._found_by_it is None:
            self._found_by_it = {other for other, tunnel in self.tunnels.items() if _by_peer(self.intent, tunnel)}
        key = self.tunnels[place].preshared_key_ref
        return self._found_by_it.union(*(places for other, places in self.by_key.items() if other != key))


class _Box(Struct):
    """All ends of tunnels on one device. A place is one in ``ends``."""

    ends: list[tuple[Tunnel, Side]] = field(default_factory=list)
    #: By name of the tunnel and number of the end.
    places: dict[tuple[str, int], int] = field(default_factory=dict)
    _given: dict[Hashable, list[int]] = field(default_factory=dict)
    _peers: dict[Hashable, _Peer] = field(default_factory=dict)
    _tunnel_prefixes: PrefixIndex[int] = field(default_factory=lambda: PrefixIndex(()))
    _same_traffic: dict[int, set[int]] = field(default_factory=dict)

    def index(self, intent: Intent, chosen: Mapping[str, int]) -> None:
        """Once all ends are there."""
        for place, (tunnel, end) in enumerate(self.ends):
            peer = self._peers.setdefault(end.remote.outside_ip, _Peer(intent))
            peer.tunnels[place] = tunnel
            peer.by_key.setdefault(tunnel.preshared_key_ref, []).append(place)
            for given in _given(tunnel, end.local):
                self._given.setdefault(given, []).append(place)
        prefixes = ((tunnel.tunnel_prefix, place) for place, (tunnel, _) in enumerate(self.ends))
        self._tunnel_prefixes = PrefixIndex((prefix, place) for prefix, place in prefixes if prefix is not None)
        self._index_traffic({place for place, (tunnel, _) in enumerate(self.ends) if tunnel.name in chosen})

    def _index_traffic(self, chosen: set[int]) -> None:
        """Pairs of which one at least is chosen, each found from the end whose far prefix is within the other's."""
        selectors = [(far, near, place) for place, (_, end) in enumerate(self.ends) for near, far in end.selectors]
        all_ends = _Traffic(selectors)
        ours = _Traffic(selector for selector in selectors if selector[2] in chosen)
        for far, near, place in selectors:
            for other in (all_ends if place in chosen else ours).around(far, near):
                self._same_traffic.setdefault(place, set()).add(other)
                self._same_traffic.setdefault(other, set()).add(place)

    def rivals(self, place: int) -> set[int]:
        """Places of the ends that want something for themselves that this one wants as well; itself may be among them."""
        tunnel, end = self.ends[place]
        found = self._peers[end.remote.outside_ip].rivals(place)
        found.update(self._same_traffic.get(place, ()), *(self._given[given] for given in _given(tunnel, end.local)))
        if tunnel.tunnel_prefix is not None:
            found.update(_meeting(self._tunnel_prefixes, tunnel.tunnel_prefix))
        return found


class _Traffic:
    """Ends by what they select: by the prefix at the far end, and for each of these by the prefix at this end."""

    def __init__(self, selectors: Iterable[tuple[IPv4Network, IPv4Network, int]]) -> None:
        by_far: dict[IPv4Network, list[tuple[IPv4Network, int]]] = {}
        for far, near, place in selectors:
            by_far.setdefault(far, []).append((near, place))
        self._by_far = PrefixIndex((far, PrefixIndex(nears)) for far, nears in by_far.items())

    def around(self, far: IPv4Network, near: IPv4Network) -> Iterator[int]:
        """Places of the ends that select some of this, by a far prefix that holds all of this one."""
        for group in self._by_far.around(far):
            for nears in group:
                yield from _meeting(nears, near)


def _meeting(index: PrefixIndex[int], prefix: IPv4Network) -> Iterator[int]:
    """All that overlaps a prefix: of two that overlap, one is within the other."""
    for group in index.around(prefix):
        yield from group
    yield from index.within(prefix)


def _given(tunnel: Tunnel, end: TunnelTermination) -> Iterator[Hashable]:
    """Names and numbers that there can be only one of on a device."""
    yield "access_list", _access_list(tunnel, end)
    if end.cisco.tunnel_interface is not None:
        yield "tunnel_interface", end.cisco.tunnel_interface
    if end.cisco.map_sequence is not None:
        yield "map_sequence", *_map_entry(end)


def _access_list(tunnel: Tunnel, end: TunnelTermination) -> str:
    # A tunnel is known on a device by its list, so a name that the other one gets by default counts as well.
    return end.cisco.access_list or f"NR-{tunnel.name}"


def _map_entry(end: TunnelTermination) -> tuple[str, str | None, int | None]:
    return end.interface, end.cisco.crypto_map, end.cisco.map_sequence


def _collision(tunnel: Tunnel, end: Side, other: Tunnel, theirs: Side) -> Iterator[str]:
    host = end.local.host
    for far in end.remote.protected_prefixes:
        for other_far in theirs.remote.protected_prefixes:
            if far.overlaps(other_far) and _overlap(end.local.protected_prefixes, theirs.local.protected_prefixes):
                yield f"on {host} the traffic to {far} is also that of tunnel {other.name} (to {other_far})"
    same_peer = end.remote.outside_ip == theirs.remote.outside_ip
    if same_peer and tunnel.preshared_key_ref != other.preshared_key_ref:
        peer = end.remote.outside_ip
        yield f"on {host} tunnel {other.name} has another preshared_key_ref for the same peer {peer}, which has one key"

    prefixes = (tunnel.tunnel_prefix, other.tunnel_prefix)
    if prefixes[0] is not None and prefixes[1] is not None and prefixes[0].overlaps(prefixes[1]):
        yield f"on {host} tunnel {other.name} has the same tunnel_prefix {other.tunnel_prefix}"
    yield from _name_collision(tunnel, end.local, other, theirs.local)


def _same_peer(intent: Intent, tunnel: Tunnel, end: Side, other: Tunnel, theirs: Side) -> Iterator[str]:
    """Two tunnels to one peer: an IKEv2 profile and a tunnel interface are found by the peer's address, of which there is one."""
    peer, host = end.remote.outside_ip, end.local.host
    if peer == theirs.remote.outside_ip and any(_by_peer(intent, record) for record in (tunnel, other)):
        yield (
            f"on {host} tunnel {other.name} has the same peer {peer}: two tunnels to one peer are built with crypto maps and "
            "IKE version 1 only; put all prefixes into one tunnel"
        )


def _by_peer(intent: Intent, tunnel: Tunnel) -> bool:
    may_be_vti = tunnel.cisco.style == "vti" or (tunnel.cisco.style == "auto" and tunnel.tunnel_prefix is not None)
    return may_be_vti or intent.resolve(tunnel).ike_version == 2


def _name_collision(tunnel: Tunnel, mine: TunnelTermination, other: Tunnel, theirs: TunnelTermination) -> Iterator[str]:
    """Names and numbers that the intent gives to two tunnels of one device."""
    if (name := _access_list(tunnel, mine)) == _access_list(other, theirs):
        yield f"on {mine.host} tunnel {other.name} has the same access_list {name}"
    number = mine.cisco.tunnel_interface
    if number is not None and number == theirs.cisco.tunnel_interface:
        yield f"on {mine.host} tunnel {other.name} has the same tunnel_interface {number}"
    if mine.cisco.map_sequence is not None and _map_entry(mine) == _map_entry(theirs):
        yield f"on {mine.host} tunnel {other.name} has the same map_sequence {mine.cisco.map_sequence}"


def _overlap(some: Sequence[IPv4Network], others: Sequence[IPv4Network]) -> bool:
    return any(one.overlaps(other) for one in some for other in others)
