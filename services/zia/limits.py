"""What Zscaler takes of a tunnel, as published: one row a rule, with what breaks it and where it stands.

A tunnel that breaks one comes up never, or later never again, and nothing on the router says why: so an intent is held to them.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator, Mapping
from ipaddress import IPv4Address, IPv4Network
from typing import TYPE_CHECKING, Final

from msgspec import Struct

if TYPE_CHECKING:
    from .intent import Zia

_PAGE = "Zscaler help, Understanding IPSec VPNs"
_GUIDE = "Zscaler, IPSec VPN Configuration Guide for Cisco 881 ISR"
#: Phase 1 and phase 2, in the words of the intent (the table of that page).
IKE_ENCRYPTION = frozenset({"aes-256-cbc", "aes-192-cbc", "aes-128-cbc", "3des-cbc"})
IKE_INTEGRITY = frozenset({"hmac-sha512", "hmac-sha384", "hmac-sha256", "hmac-sha1"})
GROUPS = frozenset({2, 5, 14, 19, 20, 21})
ESP_ENCRYPTION = frozenset({"aes-256-gcm", "aes-192-gcm", "aes-128-gcm", "aes-256-cbc", "aes-192-cbc", "aes-128-cbc", "null"})
#: Seconds: 24 hours and 8 hours.
IKE_LIFETIME, ESP_LIFETIME = 86400, 28800
#: Pairs of selectors; a tunnel interface has one, for every address.
CHILD_SAS = 8
PRIVATE = tuple(IPv4Network(text) for text in ("10.0.0.0/8", "172.16.0.0/12", "192.168.0.0/16"))
#: What is written into a cipher's place where nothing is encrypted.
NULL: Final = "null"


def is_private(address: IPv4Address) -> bool:
    """True for an address of RFC 1918, which nobody reaches over the Internet."""
    return any(address in network for network in PRIVATE)


class Limit(Struct, frozen=True):
    """One rule: what it says, where that stands, and the sentences on what breaks it."""

    name: str
    says: str
    source: str
    broken: Callable[[Zia], Iterator[str]]


def _version(site: Zia) -> Iterator[str]:
    if site.ike_version != 2:
        yield f"ike_version {site.ike_version} is not taken: new tenants cannot establish IKEv1 tunnels"


def _ike(site: Zia) -> Iterator[str]:
    ike = site.ike
    for what, value, taken in (
        ("encryption_algorithm", ike.encryption_algorithm, IKE_ENCRYPTION),
        ("authentication_algorithm", ike.authentication_algorithm, IKE_INTEGRITY),
        ("group", ike.group, GROUPS),
    ):
        if value not in taken:
            yield f"ike.{what} {value} is not taken in phase 1: it takes {_listed(taken)}"


def _listed(values: frozenset[str] | frozenset[int]) -> str:
    return ", ".join(str(value) for value in sorted(values, key=str))


def _sha2_with_14(site: Zia) -> Iterator[str]:
    word = site.ike.authentication_algorithm
    if word in ("hmac-sha384", "hmac-sha512") and site.ike.group != 14:
        yield f"ike.authentication_algorithm {word} goes with group 14 only, and group is {site.ike.group}"


def _triple_des(site: Zia) -> Iterator[str]:
    ike = site.ike
    fits = ike.group == 2 and ike.authentication_algorithm in ("hmac-sha1", "hmac-sha256")
    if ike.encryption_algorithm == "3des-cbc" and not fits:
        yield "ike.encryption_algorithm 3des-cbc goes with group 2 and hmac-sha1 or hmac-sha256 only"


def _lifetimes(site: Zia) -> Iterator[str]:
    if site.ike.sa_lifetime > IKE_LIFETIME:
        yield f"ike.sa_lifetime {site.ike.sa_lifetime} is longer than the {IKE_LIFETIME} seconds of the far end"
    if site.esp.sa_lifetime_seconds > ESP_LIFETIME:
        yield f"esp.sa_lifetime_seconds {site.esp.sa_lifetime_seconds} is longer than the {ESP_LIFETIME} seconds of the far end"


def _pfs(site: Zia) -> Iterator[str]:
    if site.esp.pfs_group is not None and site.esp.pfs_group not in GROUPS:
        yield f"esp.pfs_group {site.esp.pfs_group} is not taken: it takes {_listed(GROUPS)}, or none, which is recommended"


def _esp(site: Zia) -> Iterator[str]:
    cipher = site.esp.encryption_algorithm
    if cipher not in ESP_ENCRYPTION:
        yield f"esp.encryption_algorithm {cipher} is not taken in phase 2: it takes {_listed(ESP_ENCRYPTION)}"


def _subscription(site: Zia) -> Iterator[str]:
    if site.esp.encryption_algorithm in ESP_ENCRYPTION - {NULL} and not site.encryption_subscription:
        yield (
            f"esp.encryption_algorithm {site.esp.encryption_algorithm} needs a subscription that is paid for: write "
            "encryption_subscription: true when you have it"
        )


def _identity(site: Zia) -> Iterator[str]:
    identity = site.identity
    if identity.credential == "fqdn" and (identity.fqdn is None or identity.address is not None):
        yield "identity: a credential of the kind fqdn has a fqdn (user@domain) and no address"
    if identity.credential == "ip" and (identity.address is None or identity.fqdn is not None):
        yield "identity: a credential of the kind ip has the address that is registered in the portal, and no fqdn"
    if identity.credential == "ip" and identity.address is not None and is_private(identity.address):
        yield (
            f"identity.address {identity.address} is private: with a credential of the kind ip it is the public address that is "
            "registered in the portal, or the negotiation fails"
        )
    elif identity.address is not None and not is_private(site.wan_ip) and identity.address != site.wan_ip:
        yield f"identity.address {identity.address} is not wan_ip {site.wan_ip}, from which the tunnels come"


def _edges(site: Zia) -> Iterator[str]:
    for role, edge in site.edges:
        if is_private(edge.address) or edge.address.is_link_local:
            yield f"{role}.address {edge.address} is no public address"
    first, second = site.primary, site.backup
    if first.address == second.address:
        yield f"primary and backup have the same address {first.address}"
    if first.datacenter == second.datacenter:
        yield f"primary and backup are in the same data centre {first.datacenter}, so one loss takes both"


def _probes(site: Zia) -> Iterator[str]:
    targets = [edge.probe_address for _, edge in site.edges]
    if targets[0] == targets[1]:
        yield f"primary and backup have the same probe_address {targets[0]}: each has a route of its own into one tunnel"
    for role, edge in site.edges:
        if edge.probe_address in [other.address for _, other in site.edges]:
            yield (
                f"{role}.probe_address {edge.probe_address} is the end of a tunnel: a route to it into a tunnel would lead that "
                "tunnel into itself"
            )


def _inside(site: Zia) -> Iterator[str]:
    prefixes = [(f"{role}.tunnel_prefix", edge.tunnel_prefix) for role, edge in site.edges]
    for what, prefix in prefixes:
        if not any(prefix.subnet_of(network) for network in PRIVATE):
            yield f"{what} {prefix} is not private (RFC 1918), and 169.254 is not taken either"
        for lan in site.lan_prefixes:
            if prefix.overlaps(lan):
                yield f"{what} {prefix} overlaps {lan}, which is behind the router"
        if site.wan_ip in prefix:
            yield f"{what} {prefix} has wan_ip {site.wan_ip}"
    if prefixes[0][1].overlaps(prefixes[1][1]):
        yield f"primary and backup have the same tunnel_prefix {prefixes[1][1]}"


def _mss(site: Zia) -> Iterator[str]:
    if site.mss > site.mtu - 40:
        yield f"mss {site.mss} does not fit mtu {site.mtu}: the headers of IP and TCP take 40 bytes of it"


#: Every rule, by its name.
LIMITS: Mapping[str, Limit] = {
    limit.name: limit
    for limit in (
        Limit("ike-version", "IKEv2 only: new tenants cannot establish IKEv1 tunnels", _PAGE, _version),
        Limit("phase-1", "phase 1 takes AES in CBC mode or triple DES, SHA, groups 2, 5, 14, 19, 20, 21", _PAGE, _ike),
        Limit("sha2-group", "SHA-384 and SHA-512 in phase 1 go with group 14", _PAGE, _sha2_with_14),
        Limit("triple-des", "triple DES in phase 1 goes with group 2 and SHA-1 or SHA-256", _PAGE, _triple_des),
        Limit("lifetimes", "24 hours for phase 1 and 8 hours for phase 2", _PAGE, _lifetimes),
        Limit("pfs", "groups for PFS as in phase 1; disabled is recommended", _PAGE, _pfs),
        Limit("phase-2", "phase 2 takes AES in GCM or CBC mode, or NULL", _PAGE, _esp),
        Limit("subscription", "AES in phase 2 is a subscription that is paid for; without it NULL", _PAGE, _subscription),
        Limit("identity", "a private address, or none, goes with a credential by FQDN only", _PAGE, _identity),
        Limit("edges", "two public service edges in different data centres", _GUIDE, _edges),
        Limit("probes", "each probe has a target of its own behind one tunnel", _GUIDE, _probes),
        Limit("inside", "addresses of tunnel interfaces are private and not APIPA", _GUIDE, _inside),
        Limit("mss", "MSS fits the MTU (1360 and 1400)", _PAGE, _mss),
    )
}


def problems_of(site: Zia) -> tuple[str, ...]:
    """A sentence for each rule that a site breaks."""
    return tuple(sentence for limit in LIMITS.values() for sentence in limit.broken(site))
