"""What a verification sends through a tunnel: a ping for each pair of selectors in which the device has an address. Pure."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from ipaddress import IPv4Address, IPv4Network

from msgspec.structs import replace

from ....changes.configurations.configuration import Configuration
from ....changes.configurations.tree import Node, kept, parse, starting
from ....changes.objects import Config, read
from ....checks.observations.looks import Shown, Stimulus
from ....checks.proof import Traffic
from ....checks.routing.tunnel_interfaces import TunnelInterface, tunnel_interface
from ....inventory.prefix_index import PrefixIndex
from ....inventory.systems import any_of
from ...service import Deployment, Member
from ..endpoint import IKE_SECONDS, Endpoint, Pair, suite_of
from ..records import WantedEnd, WantedTunnel
from .uncut_size import full_bytes, nodes_of
from .verdict_flow import Aimed, read_of


def endpoint_of(deployment: Deployment, member: Member, running: Configuration | None) -> Endpoint:
    """One end as it has to be, with the tunnel interface that the device has for it. Where it has none, it is found nowhere."""
    return endpoint_on(deployment, member, running.objects if running else None)


def endpoint_on(deployment: Deployment, member: Member, running: Config | None) -> Endpoint:
    """The same on the objects of a configuration."""
    wanted: WantedTunnel = deployment.wanted
    wants: WantedEnd = member.wants
    crypto = wanted.crypto
    made = Endpoint.of(wants.end, crypto.ipsec_proposals[:1], crypto.ike_version, _interface(wants, running))
    lifetime = next((item.sa_lifetime for item in crypto.ike_proposals if item.sa_lifetime), IKE_SECONDS)
    return replace(made, ike_seconds=lifetime if made.far_host else None, suite=suite_of(crypto))


def _interface(wants: WantedEnd, running: Config | None) -> TunnelInterface | None:
    if wants.tunnel is None:
        return None
    peer = wants.end.remote.outside_ip
    there = running.tunnels_to.get(str(peer), ()) if running else ()
    own = wants.own_lines | _sources(wants.end.local.interface, running)
    found = tunnel_interface(((item.header, item.children) for item in there), peer, own)
    # One with the same peer that has nothing else of what is wanted is another tunnel, whatever became of this one.
    return TunnelInterface("Tunnel") if found is None or own.isdisjoint(found.lines) else found


def _sources(outside: str, running: Config | None) -> frozenset[str]:
    """How an ASA says that a tunnel interface begins at an interface: by the name that it gave to that."""
    named = kept(running.nodes, _nameifs).get(outside) if running else None
    return frozenset({f"tunnel source interface {named}"} if named else ())


def _nameifs(nodes: Sequence[Node]) -> dict[str, str]:
    """Interface to what an ASA calls it elsewhere."""
    words = ((node.line, line.split()) for node in starting(nodes, "interface") for line in node.children)
    return {
        header.removeprefix("interface ").strip(): line[1] for header, line in words if line[:1] == ["nameif"] and len(line) > 1
    }


def traffics(end: Endpoint, running: Configuration | None, os: str) -> dict[Pair, Aimed]:
    """Pair to what can be sent through it from the device; of the others nothing is known but what its tables show.

    Where packets of the device itself do not enter a tunnel from any interface, it is the one pair of the probe address.
    """
    anywhere = any_of(os).tunnels_own_packets
    own = kept(running.nodes, _addresses) if running else _NOT_KNOWN
    made: dict[Pair, Aimed] = {}
    for pair in end.flow_pairs:
        if pair == end.probed:
            if not anywhere or running is None or own.at(IPv4Network(end.source)):
                made[pair] = Aimed(Traffic(end.source, end.aim), end.target is not None)
            continue
        sources = own.within(pair[0]) if anywhere and not end.tunnel else ()
        if sources:
            made[pair] = Aimed(Traffic(sources[0], next(pair[1].hosts(), pair[1].network_address)), answers=False)
    return made


def _addresses(nodes: Sequence[Node]) -> PrefixIndex[IPv4Address]:
    """Addresses of the interfaces of a router that are not shut down."""
    sections = (node for node in starting(nodes, "interface") if "shutdown" not in node.children)
    lines = (line.split() for node in sections for line in node.children)
    there = (address for words in lines if words[:2] == ["ip", "address"] and len(words) > 3 for address in _read(words[2]))
    return PrefixIndex((IPv4Network(address), address) for address in there)


def _read(word: str) -> tuple[IPv4Address, ...]:
    try:
        return (IPv4Address(word),)
    except ValueError:
        return ()


_NOT_KNOWN: PrefixIndex[IPv4Address] = PrefixIndex(())


def of_full_size(deployment: Deployment, member: Member, os: str, running: str) -> tuple[Stimulus, ...]:
    """A ping to what answers behind the far end, of the size that the configuration has room for."""
    end = endpoint_on(deployment, member, read(os, running))
    full = full_bytes(end, parse(running)) if end.target is not None else None
    return (Stimulus(Traffic(end.source, end.aim), likely=True, full_bytes=full),) if full else ()


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
            full = full_bytes(end, nodes_of(shown.running)) if aim.answers else None
            made.append(Stimulus(aim.traffic, likely, waits=not likely and not first, full_bytes=full))
    return tuple(made)
