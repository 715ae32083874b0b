"""What Alibaba Cloud and an ASA take of such a connection, as published: one row a rule, with what breaks it and its source.

A connection that breaks one comes up never, or carries traffic in clear, and nothing on the firewall says why: so an intent is
held to them.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable, Iterator, Mapping
from ipaddress import IPv4Network
from typing import TYPE_CHECKING

from msgspec import Struct

if TYPE_CHECKING:
    from .intent import Cloud, Gateway

_PAGE = "Alibaba Cloud VPN Gateway, Encrypt private connections over Express Connect circuits (static and BGP routing)"
_CONSOLE = "Alibaba Cloud VPN Gateway, Create and manage an IPsec-VPN connection in dual-tunnel mode"
_API = "Alibaba Cloud VPN Gateway, DescribeVpnConnection and CreateVpnAttachment"
_ASA = "Cisco ASA command reference and general configuration guide 9.19, chapters BGP, Traffic zones and static routes"

#: Values of the console, in the words of the intent. It takes DES, triple DES and MD5: never built, or under a waiver.
ENCRYPTION = frozenset({"aes-128-cbc", "aes-192-cbc", "aes-256-cbc", "3des-cbc", "des-cbc"})
INTEGRITY = frozenset({"hmac-md5", "hmac-sha1", "hmac-sha256", "hmac-sha384", "hmac-sha512"})
GROUPS = frozenset({1, 2, 5, 14})
LINK_LOCAL = IPv4Network("169.254.0.0/16")
#: Taken by the cloud itself.
RESERVED = tuple(IPv4Network(f"169.254.{text}/30") for text in (*(f"{third}.0" for third in range(7)), "169.252"))
#: The distance of what another system tells.
EXTERNAL_BGP = 20


#: The states that the cloud says of a connection (DescribeVpnConnection): phase 1 alone carries nothing, so one of four is up.
STATES: Mapping[str, str] = {
    "ike_sa_not_established": "phase 1 failed: values, key or identity differ, or nothing arrives",
    "ike_sa_established": "phase 1 is there and phase 2 has not been judged: not up",
    "ipsec_sa_not_established": "phase 2 failed: its values differ",
    "ipsec_sa_established": "up",
}
UP_STATE = "ipsec_sa_established"


class Limit(Struct, frozen=True):
    """One rule: what it says, where that stands, and the sentences on what breaks it."""

    name: str
    says: str
    source: str
    broken: Callable[[Cloud], Iterator[str]]


def _version(site: Cloud) -> Iterator[str]:
    if site.ike_version != 2:
        yield f"ike_version {site.ike_version} is not built: IKEv1 takes one pair of networks, and both tunnels carry any to any"


def _values(site: Cloud) -> Iterator[str]:
    for what, value, taken in (
        ("ike.encryption_algorithm", site.ike.encryption_algorithm, ENCRYPTION),
        ("ike.authentication_algorithm", site.ike.authentication_algorithm, INTEGRITY),
        ("ike.group", site.ike.group, GROUPS),
        ("esp.encryption_algorithm", site.esp.encryption_algorithm, ENCRYPTION),
        ("esp.authentication_algorithm", site.esp.authentication_algorithm, INTEGRITY),
        ("esp.pfs_group", site.esp.pfs_group, GROUPS | {None}),
    ):
        if value not in taken:
            listed = ", ".join(str(one) for one in sorted(taken - {None}, key=str))
            yield f"{what} {value} is not in the console: it takes one of {listed}"


def _tunnel_prefixes(site: Cloud) -> Iterator[str]:
    for role, end in site.tunnels:
        prefix = end.tunnel_prefix
        if prefix.prefixlen != 30 or not prefix.subnet_of(LINK_LOCAL):
            yield f"{role}.tunnel_prefix {prefix} is no /30 of {LINK_LOCAL}"
        elif prefix in RESERVED:
            yield f"{role}.tunnel_prefix {prefix} is reserved by the cloud"
    if site.first.tunnel_prefix == site.second.tunnel_prefix:
        yield f"first and second have the same tunnel_prefix {site.second.tunnel_prefix}"


def _gateways(site: Cloud) -> Iterator[str]:
    first, second = site.first, site.second
    if first.address == second.address:
        yield f"first and second go to the same gateway {first.address}, so one loss takes both"
    for role, end in site.tunnels:
        if end.address == end.source_ip:
            yield f"{role}: address and source_ip are both {end.address}"
        yield from _next_hop(role, end)


def _next_hop(role: str, end: Gateway) -> Iterator[str]:
    if end.next_hop is not None and end.next_hop in (end.source_ip, end.address):
        yield f"{role}.next_hop {end.next_hop} is an end of the tunnel itself: it is the router between the two"


def _circuit(site: Cloud) -> Iterator[str]:
    circuit = site.circuit
    if circuit.address == circuit.next_hop:
        yield (
            f"circuit.address and circuit.next_hop are both {circuit.next_hop}: one is ours (the data centre side of the VBR) "
            "and one the cloud's"
        )
    if circuit.distance >= EXTERNAL_BGP and site.on_total_loss == "open":
        yield f"circuit.distance {circuit.distance} gives way to BGP ({EXTERNAL_BGP}) already: there would be nothing to cut over"
    if circuit.interface in (site.lan_interface,):
        yield f"circuit.interface and lan_interface are both {circuit.interface}"


def _longer(site: Cloud) -> Iterator[str]:
    """The cloud takes the longer prefix; with the same length it answers over the circuit, in clear."""
    for lan in site.lan_prefixes:
        for aggregate in site.circuit.aggregates:
            if lan.supernet_of(aggregate):
                yield (
                    f"lan_prefixes {lan} is not longer than {aggregate}, which the cloud's router has over the circuit: it would "
                    "answer in clear"
                )
        if not any(lan.subnet_of(aggregate) for aggregate in site.circuit.aggregates):
            yield f"lan_prefixes {lan} is in none of circuit.aggregates, so the hosts were not reached over the circuit before"


def _underlay(site: Cloud) -> Iterator[str]:
    """What tells the cloud of an end of a tunnel leads its answers into that tunnel."""
    for role, end in site.tunnels:
        for lan in site.lan_prefixes:
            if end.source_ip in lan:
                yield (
                    f"lan_prefixes {lan} has {role}.source_ip {end.source_ip}: told to the cloud, it would lead the tunnel into "
                    "itself"
                )
        for cloud in site.cloud_prefixes:
            if end.address in cloud:
                yield (
                    f"cloud_prefixes {cloud} has {role}.address {end.address}: taken from BGP, it would lead the tunnel into "
                    "itself"
                )


def _apart(site: Cloud) -> Iterator[str]:
    yield from _overlaps("lan_prefixes", site.lan_prefixes, "cloud_prefixes", site.cloud_prefixes)
    for name, networks in (("lan_prefixes", site.lan_prefixes), ("cloud_prefixes", site.cloud_prefixes)):
        for number, one in enumerate(networks):
            for other in networks[:number]:
                if one.overlaps(other):
                    yield f"{name} {one} overlaps {other}"
        yield from _overlaps(name, networks, "169.254.0.0/16", (LINK_LOCAL,))


def _overlaps(name: str, networks: Iterable[IPv4Network], other: str, others: Iterable[IPv4Network]) -> Iterator[str]:
    others = tuple(others)
    for one in networks:
        for two in others:
            if one.overlaps(two):
                yield f"{name} {one} overlaps {other}" + ("" if str(two) == other else f" {two}")


def _hosts(site: Cloud) -> Iterator[str]:
    for host in site.cloud_hosts:
        if not any(host in prefix for prefix in site.cloud_prefixes):
            yield f"cloud_hosts {host} is in none of cloud_prefixes"
    for prefix in site.cloud_prefixes:
        if not any(host in prefix for host in site.cloud_hosts):
            yield f"cloud_prefixes {prefix} has none of cloud_hosts, so nothing would verify its way"


def _bgp(site: Cloud) -> Iterator[str]:
    bgp = site.bgp
    if bgp.local_system == bgp.cloud_system:
        yield f"bgp.local_system and bgp.cloud_system are both {bgp.cloud_system}: two systems speak external BGP"
    if bgp.hold_seconds < 3 * bgp.keepalive_seconds:
        yield f"bgp.hold_seconds {bgp.hold_seconds} is less than three times keepalive_seconds {bgp.keepalive_seconds}"
    if bgp.maximum_prefixes < len(site.cloud_prefixes):
        yield f"bgp.maximum_prefixes {bgp.maximum_prefixes} ends the session: the cloud has {len(site.cloud_prefixes)} networks"


def _zone(site: Cloud) -> Iterator[str]:
    if site.bgp.maximum_paths > 1:
        yield (
            f"bgp.maximum_paths {site.bgp.maximum_paths} needs a traffic zone: an ASA knows a connection by its interface, and "
            "drops what comes back by the other tunnel; no release is known to take a tunnel interface into a zone. Write 1"
        )


#: Every rule, by its name.
LIMITS: Mapping[str, Limit] = {
    limit.name: limit
    for limit in (
        Limit("ike-version", "IKEv1 has one pair of networks a connection, IKEv2 several", _CONSOLE, _version),
        Limit("one-value", "one value each for encryption, authentication and DH group", _CONSOLE, _values),
        Limit("tunnel-prefix", "a /30 of 169.254.0.0/16 for each tunnel, eight are reserved", _PAGE, _tunnel_prefixes),
        Limit("gateways", "two tunnels with a gateway each", _CONSOLE, _gateways),
        Limit("circuit", "the VBR has an address on the cloud's side and one on the data centre's", _PAGE, _circuit),
        Limit("longer", "what is announced through the tunnels is longer than what the VBR has", _PAGE, _longer),
        Limit("underlay", "no route to an end of a tunnel goes through a tunnel", _PAGE, _underlay),
        Limit("apart", "the networks of the two sides do not overlap", _PAGE, _apart),
        Limit("hosts", "the way of each network is verified by a host in it", _PAGE, _hosts),
        Limit("bgp", "two autonomous systems, and a hold time of three messages", _API, _bgp),
        Limit("zone", "equal ways over several interfaces need a traffic zone", _ASA, _zone),
    )
}


def problems_of(site: Cloud) -> tuple[str, ...]:
    """A sentence for each rule that a connection breaks."""
    return tuple(sentence for limit in LIMITS.values() for sentence in limit.broken(site))
