"""What a verification sends through a tunnel: a ping for each pair of selectors in which the device has an address. Pure."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from dataclasses import replace
from ipaddress import IPv4Address

from ...changes.configuration import Configuration
from ...checks.looking import Shown, Stimulus
from ...checks.proof import Traffic
from ...checks.tunnel_interfaces import TunnelInterface, tunnel_interface
from ...inventory.systems import any_of
from ..service import Deployment, Member
from .endpoint import IKE_SECONDS, Endpoint, Pair
from .records import WantedEnd, WantedTunnel
from .verdict_flow import Aimed, read_of


def endpoint_of(deployment: Deployment, member: Member, running: Configuration | None) -> Endpoint:
    """One end as it has to be, with the tunnel interface that the device has for it. Where it has none, it is found nowhere."""
    wanted: WantedTunnel = deployment.wanted
    wants: WantedEnd = member.wants
    crypto = wanted.crypto
    made = Endpoint.of(wants.end, crypto.ipsec_proposals[:1], crypto.ike_version, _interface(wants, running))
    lifetime = next((item.sa_lifetime for item in crypto.ike_proposals if item.sa_lifetime), IKE_SECONDS)
    return replace(made, ike_seconds=lifetime if made.far_host else None)


def _interface(wants: WantedEnd, running: Configuration | None) -> TunnelInterface | None:
    if wants.tunnel is None:
        return None
    there = running.objects.of("tunnel-interface") if running else ()
    found = tunnel_interface(((item.header, item.children) for item in there), wants.end.remote.outside_ip)
    return found or TunnelInterface("Tunnel")


def traffics(end: Endpoint, running: Configuration | None, os: str) -> dict[Pair, Aimed]:
    """Pair to what can be sent through it from the device; of the others nothing is known but what its tables show.

    Where packets of the device itself do not enter a tunnel from any interface, it is the one pair of the probe address.
    """
    anywhere = any_of(os).tunnels_own_packets
    own = tuple(_addresses(running)) if running else ()
    made: dict[Pair, Aimed] = {}
    for pair in end.flow_pairs:
        if pair == end.probed:
            if not anywhere or running is None or end.source in own:
                made[pair] = Aimed(Traffic(end.source, end.aim), end.target is not None)
            continue
        source = next((address for address in own if address in pair[0]), None) if anywhere and not end.tunnel else None
        if source is not None:
            made[pair] = Aimed(Traffic(source, next(pair[1].hosts(), pair[1].network_address)), answers=False)
    return made


def _addresses(running: Configuration) -> Iterator[IPv4Address]:
    """Addresses of the interfaces of a router that are not shut down."""
    for node in running.nodes:
        if not node.line.startswith("interface ") or "shutdown" in node.children:
            continue
        for line in node.children:
            words = line.split()
            if words[:2] == ["ip", "address"] and len(words) > 3:
                try:
                    yield IPv4Address(words[2])
                except ValueError:
                    continue


def stimulus(deployment: Deployment, member: Member, shown: Shown) -> tuple[Stimulus, ...]:
    """What is still to be sent. Where counters rose both ways by the traffic of users, that is proof enough."""
    end = endpoint_of(deployment, member, shown.running)
    aims: Mapping[Pair, Aimed] = traffics(end, shown.running, shown.platform.os)
    made: list[Stimulus] = []
    read = {seen.pair: seen for seen in read_of(end, shown, aims, listed=False)}
    for pair, aim in aims.items():
        seen = read.get(pair)
        moved = seen.moved if seen and seen.has_sas else None
        if moved is None or moved.out <= 0 or moved.back <= 0:
            likely, first = bool(seen and seen.has_sas), member.host == deployment.members[0].host
            made.append(Stimulus(aim.traffic, likely, waits=not likely and not first))
    return tuple(made)
