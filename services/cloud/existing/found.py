"""Connections as firewalls have them, and the intent has not: found by the names of their objects, taken away by them. Pure.

The tunnel interfaces of a connection are ``NR-<name>-1`` and ``NR-<name>-2`` by their nameif, with the IPsec profile
``NR-<name>``; its lists of prefixes are ``NR-<name>-IN`` and ``NR-<name>-OUT``. Which route the circuit had before the cut-over
stands nowhere any more where all is dropped without a tunnel: then it goes on being dropped, and a person gives it back.
"""

from __future__ import annotations

import json
import re
from collections.abc import Collection, Iterator, Mapping
from ipaddress import IPv4Address, IPv4Interface, IPv4Network
from typing import Any

from ....changes.families.bgp_told import network_of
from ....changes.families.uses import destination
from ....changes.objects import Config, ConfigObject, read
from ....inventory.errors import ChangeError, NothingMatched
from ....inventory.hiding.references import SCHEMES
from ....inventory.models.platforms import Platform
from ...l2l.existing.found import addresses
from ..intents.intent import Cloud
from ..placing.names import draft, own_name, routes_to
from ..verdicts.routes_there import OWN_DISTANCE

_NAMEIF = re.compile(r"NR-(?P<connection>[A-Za-z0-9][A-Za-z0-9_.-]*)-(?P<number>[12])")
#: What a record has to have and no firewall tells: addresses that nobody has (RFC 5737).
_NO_CIRCUIT = {"interface": "not-known", "address": "192.0.2.2", "next_hop": "192.0.2.1"}
_NO_ENDS = ("192.0.2.10", "192.0.2.11"), ("192.0.2.20", "192.0.2.21")
_SYSTEM = 65535


def tunnels_on(config: Config) -> Iterator[tuple[str, int, ConfigObject]]:
    """Name of each connection that a run has built, the number of one of its tunnels, and the interface."""
    for item in config.of("tunnel-interface"):
        match = _NAMEIF.fullmatch(item.child("nameif") or "")
        words = (item.child("tunnel protection ipsec profile") or "").split()
        if match and words[:1] == [f"NR-{match['connection']}"]:
            yield match["connection"], int(match["number"]), item


def found_connection(name: str, texts: Mapping[str, str], platforms: Mapping[str, Platform]) -> Cloud:
    """The connection of this name that one of these firewalls (host to running configuration) has, as a record to remove it by.

    Raises NothingMatched where none has it, ChangeError where several have, or its networks cannot be read.
    """
    there = [
        host for host, text in texts.items() if any(found == name for found, _, _ in tunnels_on(read(platforms[host].os, text)))
    ]
    if not there:
        raise NothingMatched(
            f"{', '.join(texts) or 'no firewall'} has no connection {name}: there is no tunnel interface NR-{name}-1 or "
            f"NR-{name}-2 with the IPsec profile NR-{name}"
        )
    if len(there) > 1:
        raise ChangeError(f"{' and '.join(there)} have a connection {name}, and it is on one firewall: name it with --host")
    (host,) = there
    return _record(name, host, platforms[host], texts[host])


def _record(name: str, host: str, platform: Platform, text: str) -> Cloud:
    config = read(platform.os, text)
    own = dict(addresses(platform, text))
    tunnels = {number: item for found, number, item in tunnels_on(config) if found == name}
    taken, told = (list(_networks(config, f"NR-{name}-{way}")) for way in ("IN", "OUT"))
    if not taken or not told:
        raise ChangeError(f"{host}: the networks of {name} cannot be read from NR-{name}-IN and NR-{name}-OUT: remove it by hand")
    behind = [item for item in routes_to(config, taken) if item.groups["nameif"] != "Null0"]
    circuit = _circuit(behind, own)
    data: dict[str, Any] = {
        "name": name,
        "status": "disabled",
        "provider": "alibaba",
        "host": host,
        "lan_interface": _lan(config, told),
        "lan_prefixes": [str(network) for network in told],
        "cloud_prefixes": [str(network) for network in taken],
        "cloud_hosts": [str(next(network.hosts(), network.network_address)) for network in taken],
        "circuit": {**circuit, "aggregates": [str(network.supernet()) for network in told]},
        "bgp": _systems(config),
        "first": _gateway(tunnels.get(1), own, 0),
        "second": _gateway(tunnels.get(2), own, 1),
        "ike": {"encryption_algorithm": "aes-256-cbc", "authentication_algorithm": "hmac-sha256", "group": 14},
        "esp": {"encryption_algorithm": "aes-256-cbc", "authentication_algorithm": "hmac-sha256"},
        "encryption_mandatory": not behind,
        "on_total_loss": "open" if behind else "closed",
        "on_removal": "open" if behind else "closed",
        "fallback_distance": next((int(item.groups["distance"]) for item in behind if item.groups["distance"].isdigit()), 30),
    }
    return Cloud.model_validate_json(json.dumps(data))


def _networks(config: Config, name: str) -> Iterator[IPv4Network]:
    for item in config.of("prefix-list"):
        if item.groups["name"] == name:
            yield IPv4Network(item.groups["rule"].split()[1])


def _circuit(behind: Collection[ConfigObject], own: Mapping[str, IPv4Address]) -> dict[str, str]:
    """The private line, where a route over it stands behind BGP."""
    first = next(iter(behind), None)
    if first is None:
        return _NO_CIRCUIT
    nameif = first.groups["nameif"]
    return {"interface": nameif, "address": str(own.get(nameif, _NO_CIRCUIT["address"])), "next_hop": first.groups["hop"]}


def _lan(config: Config, told: Collection[IPv4Network]) -> str:
    """The interface of the hosts, where one of our routes leads to them."""
    return next((item.groups["nameif"] for item in own_routes(config, told)), "not-known-lan")


def own_routes(config: Config, networks: Collection[IPv4Network]) -> Iterator[ConfigObject]:
    """Static routes of ours, known by their distance, to exactly these networks."""
    for item in config.of("static-route"):
        if item.groups["distance"] == str(OWN_DISTANCE) and destination(item) in networks:
            yield item


def _systems(config: Config) -> dict[str, int]:
    routers = [int(item.groups["system"]) for item in config.of("bgp")]
    ours = routers[0] if routers else _SYSTEM
    return {"local_system": ours, "cloud_system": _SYSTEM - 1 if ours != _SYSTEM - 1 else _SYSTEM}


def _gateway(tunnel: ConfigObject | None, own: Mapping[str, IPv4Address], place: int) -> dict[str, str]:
    """One tunnel as its interface has it; the cloud has the lower address inside."""
    inner = ((tunnel.child("ip address") if tunnel else "") or "").split()
    network = IPv4Interface("/".join(inner)).network if len(inner) == 2 else IPv4Network(f"169.254.25{place}.252/30")
    source = ((tunnel.child("tunnel source") if tunnel else "") or "interface not-known").removeprefix("interface ")
    near, far = _NO_ENDS[place]
    return {
        "source_interface": source,
        "source_ip": str(own.get(source, near)),
        "address": tunnel.peers[0] if tunnel and len(tunnel.peers) == 1 else far,
        "tunnel_prefix": str(network),
        "preshared_key_ref": f"{next(iter(SCHEMES))}:not-known",
    }


def present_of(site: Cloud, config: Config) -> tuple[ConfigObject, ...]:
    """What a firewall has of a connection that only it knows; whether something else uses it too is asked afterwards."""
    own, far = own_name(site), {str(end.inner[1]) for _, end in site.tunnels}
    peers = {str(end.address) for _, end in site.tunnels}
    gateways = [IPv4Network(end.address) for _, end in site.tunnels]
    told = {str(network) for network in site.lan_prefixes}
    return (
        *(item for found, _, item in tunnels_on(config) if found == site.name),
        *(item for item in (config.get(family, own) for family in _NAMED) if item is not None),
        *(item for item in (config.get("tunnel-group", peer) for peer in sorted(peers)) if item is not None),
        *own_routes(config, gateways),
        *own_routes(config, site.lan_prefixes),
        *(item for item in config.of("prefix-list") if item.groups["name"] in draft(site).lists),
        *(item for family in _OF_BGP for item in config.of(family) if item.groups["neighbour"] in far),
        *(item for item in config.of("bgp-network") if str(network_of(item)) in told),
    )


_NAMED = ("ipsec-profile", "ipsec-proposal", "group-policy")
_OF_BGP = ("bgp-neighbour", "bgp-neighbour-setting")
#: What is of the whole firewall.
STAYS = "IKEv2 policies stay, and on which interfaces IKEv2 answers: which of these this connection used cannot be determined"


def told(
    connections: Mapping[str, Cloud], platforms: Mapping[str, Platform], texts: Mapping[str, str], besides: Collection[str]
) -> Iterator[str]:
    """A sentence for each connection that these firewalls have and the intent has not, or not as active, or elsewhere."""
    for host, text in texts.items():
        for name in dict.fromkeys(found for found, _, _ in tunnels_on(read(platforms[host].os, text))):
            known = connections.get(name)
            if name in besides or (known is not None and known.status == "active" and known.host == host):
                continue
            if known is None:
                yield f"{host} has a connection {name}, which no intent has: nr-run remove-cloud {name} --host {host}"
            elif known.host != host:
                yield f"{host} has a connection {name}, which the intent has on {known.host}: remove it by hand"
            else:
                yield f"{host} has a connection {name}, which the intent has as {known.status}: nr-run remove-cloud {name}"
