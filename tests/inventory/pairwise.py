"""Every tunnel of a device against every other one, as a person would compare them: what the look-up has to agree with."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from ipaddress import IPv4Network

from nr_run.inventory.intents.intent import Intent, Side, Tunnel, TunnelTermination


def pairwise(intent: Intent, tunnels: Sequence[Tunnel]) -> Iterator[tuple[Tunnel, str]]:
    """What tunnels want from the same device that it cannot give to both. Each pair of tunnels is named once."""
    chosen = {tunnel.name: index for index, tunnel in enumerate(tunnels)}
    active = [tunnel for tunnel in intent.tunnels.values() if tunnel.status == "active" or tunnel.name in chosen]
    at: dict[str, list[tuple[Tunnel, Side]]] = {}
    for tunnel in active:
        for end in tunnel.sides:
            at.setdefault(end.local.host, []).append((tunnel, end))
    for tunnel in tunnels:
        for end in tunnel.sides:
            for other, theirs in at.get(end.local.host, []):
                if other.name == tunnel.name or chosen.get(other.name, len(chosen)) < chosen[tunnel.name]:
                    continue
                for problem in (*_collision(tunnel, end, other, theirs), *_same_peer(intent, tunnel, end, other, theirs)):
                    yield tunnel, problem


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
    names = [end.cisco.access_list or f"NR-{record.name}" for record, end in ((tunnel, mine), (other, theirs))]
    if names[0] == names[1]:
        yield f"on {mine.host} tunnel {other.name} has the same access_list {names[0]}"
    number = mine.cisco.tunnel_interface
    if number is not None and number == theirs.cisco.tunnel_interface:
        yield f"on {mine.host} tunnel {other.name} has the same tunnel_interface {number}"
    same_map = (mine.interface, mine.cisco.crypto_map) == (theirs.interface, theirs.cisco.crypto_map)
    if same_map and mine.cisco.map_sequence is not None and mine.cisco.map_sequence == theirs.cisco.map_sequence:
        yield f"on {mine.host} tunnel {other.name} has the same map_sequence {mine.cisco.map_sequence}"


def _overlap(some: Sequence[IPv4Network], others: Sequence[IPv4Network]) -> bool:
    return any(one.overlaps(other) for one in some for other in others)
