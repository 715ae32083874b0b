"""Where the firewall of a connection stands, for a rehearsal: the interfaces that the intent names, and the clear route.

A firewall of the lab has interfaces that are called outside and inside; the others are given to it.
"""

from __future__ import annotations

from collections.abc import Iterator
from ipaddress import IPv4Address, IPv4Interface, IPv4Network

from ...service import Place
from ..intents.intent import Cloud, Gateway
from .features import clear_routes, routes_text

#: What the lab's interface to the outside is, and the first of those that no device of the lab has by itself.
_OUTSIDE, _FIRST_PORT = "GigabitEthernet0/0", 2
#: The intent names addresses, no masks: a network is so long here, and a circuit is as long as the cloud makes it.
_LENGTH, _CIRCUIT_LENGTH = 24, 30


def place_of(site: Cloud) -> Place:
    """Its interfaces with their addresses, the routers beside them, and the route over the circuit as it is before."""
    there = _interfaces(site)
    outside, inside = there.get("outside"), there.get("inside")
    return Place(
        site.host,
        _OUTSIDE if outside else "",
        outside.ip if outside else site.first.source_ip,
        (inside,) if inside else (),
        tuple(_lines(site, there)),
        tuple(_routers(site, there)),
    )


def _interfaces(site: Cloud) -> dict[str, IPv4Interface]:
    """By nameif."""
    circuit = site.circuit
    found = {end.source_interface: IPv4Interface((end.source_ip, _LENGTH)) for _, end in site.tunnels}
    line = IPv4Interface((circuit.address, _CIRCUIT_LENGTH))
    found.setdefault(circuit.interface, line if circuit.next_hop in line.network else IPv4Interface((circuit.address, _LENGTH)))
    found.setdefault(site.lan_interface, _lan(site))
    return found


def _lan(site: Cloud) -> IPv4Interface:
    """In the network of the router before the hosts, or in the first network of the hosts."""
    if site.lan_next_hop is None:
        network = site.lan_prefixes[0]
        return IPv4Interface((next(network.hosts()), network.prefixlen))
    around = IPv4Interface((site.lan_next_hop, _LENGTH)).network
    return IPv4Interface((_free(around, site.lan_next_hop), _LENGTH))


def _free(network: IPv4Network, taken: IPv4Address) -> IPv4Address:
    return next(address for address in network.hosts() if address != taken)


def _router_of(end: Gateway, there: dict[str, IPv4Interface]) -> IPv4Interface:
    """The router between a source and its gateway."""
    own = there[end.source_interface]
    hop = end.next_hop or _free(own.network, own.ip)
    return IPv4Interface((hop, own.network.prefixlen))


def _routers(site: Cloud, there: dict[str, IPv4Interface]) -> Iterator[IPv4Interface]:
    yield from dict.fromkeys(_router_of(end, there) for _, end in site.tunnels)
    yield IPv4Interface((site.circuit.next_hop, there[site.circuit.interface].network.prefixlen))


def _lines(site: Cloud, there: dict[str, IPv4Interface]) -> Iterator[str]:
    own = [nameif for nameif in there if nameif not in ("outside", "inside")]
    for port, nameif in enumerate(own, _FIRST_PORT):
        yield f"interface GigabitEthernet0/{port}"
        yield f" nameif {nameif}"
        yield f" security-level {100 if nameif == site.lan_interface else 0}"
        yield f" ip address {there[nameif].ip} {there[nameif].netmask}"
    yield from (line for line in routes_text(clear_routes(site)).splitlines() if line.startswith("route "))
    for _, end in site.tunnels:
        if end.next_hop is None:
            yield f"route {end.source_interface} {end.address} 255.255.255.255 {_router_of(end, there).ip} 1"
    if site.lan_next_hop is None:
        hop = _free(site.lan_prefixes[0], there[site.lan_interface].ip)
        for network in site.lan_prefixes[1:]:
            yield f"route {site.lan_interface} {network.network_address} {network.netmask} {hop} 1"
