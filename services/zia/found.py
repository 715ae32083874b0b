"""Sites as routers have them, and the intent has not: found by the names of their objects, and taken away by them. Pure.

A tunnel interface of a site has the IPsec profile ``NR-<name>-P`` or ``-B``, whose IKEv2 profile names the keyring ``NR-<name>``
of both; its route map is ``NR-<name>``. What a removal does not ask and no router tells (the data centres, the credential of the
portal) stands for itself in the record.
"""

from __future__ import annotations

import json
import re
from collections.abc import Collection, Iterator, Mapping
from ipaddress import IPv4Address, IPv4Interface, IPv4Network
from typing import Any

from msgspec.structs import replace

from ...changes.objects import Config, ConfigObject, read
from ...changes.plans.removal import owned
from ...inventory.errors import ChangeError, NothingMatched
from ...inventory.hiding.references import SCHEMES
from ...inventory.models.platforms import Platform
from ..l2l.existing.found import addresses
from ..service import Removal
from .in_place import standing_of
from .intent import Zia
from .limits import NULL, PRIVATE
from .names import SiteNames, called_on, draft, standing

_PROFILE = re.compile(r"NR-(?P<site>[A-Za-z0-9][A-Za-z0-9_.-]*)-(?P<edge>[PB])")
_MAP = re.compile(r"NR-(?P<site>[A-Za-z0-9][A-Za-z0-9_.-]*)")
#: What a record has to have and no router tells: addresses that nobody has (RFC 5737, RFC 2544).
_NO_EDGE, _NO_PROBE = ("192.0.2.253", "192.0.2.254"), ("198.51.100.253", "198.51.100.254")
_NO_ADDRESS, _NO_LAN = "192.0.2.252", "198.18.0.0/24"


def names_on(config: Config) -> Iterator[str]:
    """Names of the sites that a run has built on this router, or of which something is left that leads traffic; each once."""
    found: dict[str, None] = {}
    for item in config.of("tunnel-interface"):
        words = (item.child("tunnel protection ipsec profile") or "").split()
        match = _PROFILE.fullmatch(words[0]) if words else None
        profile = config.get("ikev2-profile", words[0]) if match else None
        if match and profile is not None and profile.child("keyring local") == f"NR-{match['site']}":
            found[match["site"]] = None
    for item in config.of("route-map-clause"):
        match = _MAP.fullmatch(item.key[1][0])
        if match and any("verify-availability" in line for line in item.children):
            found[match["site"]] = None
    yield from found


def found_site(name: str, texts: Mapping[str, str], platforms: Mapping[str, Platform]) -> Zia:
    """The site of this name that one of these routers (host to running configuration) has, as a record to remove it by.

    Raises NothingMatched where none has it, ChangeError where several have.
    """
    there = [host for host, text in texts.items() if name in names_on(read(platforms[host].os, text))]
    if not there:
        raise NothingMatched(
            f"{', '.join(texts) or 'no router'} has no site {name}: there is no tunnel interface with an IPsec profile "
            f"NR-{name}-P or NR-{name}-B, and no route map NR-{name} that follows tracks"
        )
    if len(there) > 1:
        raise ChangeError(f"{' and '.join(there)} have a site {name}, and a site is on one router: name it with --host")
    (host,) = there
    return _record(name, host, platforms[host], texts[host])


def _record(name: str, host: str, platform: Platform, text: str) -> Zia:
    config = read(platform.os, text)
    own = dict(addresses(platform, text))
    tunnels = [config.get("tunnel-interface", f"Tunnel{standing(f'NR-{name}-{edge}', config).tunnel}") for edge in "PB"]
    clause = config.get("route-map-clause", f"NR-{name}", "10")
    drops = clause is not None and "set interface Null0" in clause.children
    null = any(f"NR-{name}" in item.header and " esp-null" in item.header for item in config.of("transform-set"))
    wan = next((found for item in tunnels if item and (found := item.child("tunnel source"))), "unknown")
    lan = next(
        (item.groups["interface"] for item in config.of("policy-binding") if item.groups["map"] == f"NR-{name}"), "unknown"
    )
    data: dict[str, Any] = {
        "name": name,
        "status": "disabled",
        "host": host,
        "wan_interface": wan,
        "wan_ip": str(own.get(wan, _NO_ADDRESS)),
        "lan_interface": lan,
        "lan_prefixes": [_NO_LAN],
        "identity": {"credential": "fqdn", "fqdn": "not-known@example.com"},
        "preshared_key_ref": f"{next(iter(SCHEMES))}:not-known",
        "primary": _edge(tunnels[0], 0),
        "backup": _edge(tunnels[1], 1),
        "esp": {
            "encryption_algorithm": NULL if null else "aes-256-cbc",
            "authentication_algorithm": "hmac-sha256",
        },
        "encryption_subscription": True,
        "encryption_mandatory": drops and not null,
        "on_total_loss": "closed" if drops else "open",
        "traffic": "all",
        "watch": {"kind": "icmp"},
    }
    return Zia.model_validate_json(json.dumps(data))


def _edge(tunnel: ConfigObject | None, place: int) -> dict[str, str]:
    """One edge as its tunnel interface has it."""
    inner = ((tunnel.child("ip address") if tunnel else "") or "").split()
    network = IPv4Interface("/".join(inner)).network if len(inner) == 2 else IPv4Network(f"10.255.255.{240 + 4 * place}/30")
    private = any(network.subnet_of(whole) for whole in PRIVATE) and network.prefixlen in (30, 31)
    peer = tunnel.peers[0] if tunnel and len(tunnel.peers) == 1 else _NO_EDGE[place]
    return {
        "address": str(IPv4Address(peer)),
        "datacenter": ("primary", "backup")[place],
        "tunnel_prefix": str(network if private else IPv4Network(f"10.255.255.{240 + 4 * place}/30")),
        "probe_address": _NO_PROBE[place],
    }


def removal_by_name(site: Zia, platform: Platform, text: str) -> Removal:
    """What goes of a site that only its router knows."""
    config = read(platform.os, text)
    names = _names(site, config)
    there = {item.key: item for item in (*standing_of(names, config), *_policy(site, config))}
    items, stays = owned(config, tuple(there.values()))
    left = tuple(item for item in there.values() if item not in items)
    going = {item.key for item in items}
    others = [item for item in config.of("ikev2-policy") if item.key not in going]
    said = ("what IKEv2 policies offer stays: which of these this site used cannot be determined",) if others and items else ()
    return Removal(items, (*stays, *said), left)


def _names(site: Zia, config: Config) -> SiteNames:
    """Its names with the numbers that the router has; -1 where it has none."""
    names = draft(site)
    edges = [replace(edge, tunnel=_number(standing(edge.own, config).tunnel)) for edge in called_on(site, config)]
    return replace(names, edges=(edges[0], edges[1]))


def _number(found: int | None) -> int:
    return -1 if found is None else found


def _policy(site: Zia, config: Config) -> Iterator[ConfigObject]:
    """The IKEv2 policy that is called by the outside address, with its proposals; where others use them they stay."""
    policy = config.get("ikev2-policy", f"NR-{site.wan_ip}")
    if policy is not None:
        yield policy
        for line in policy.children:
            proposal = config.get("ikev2-proposal", line.split()[1]) if line.startswith("proposal NR-") else None
            if proposal is not None:
                yield proposal


def told(
    sites: Mapping[str, Zia], platforms: Mapping[str, Platform], texts: Mapping[str, str], besides: Collection[str]
) -> Iterator[str]:
    """A sentence for each site that these routers have and the intent has not, or not as active, or on another router."""
    for host, text in texts.items():
        for name in names_on(read(platforms[host].os, text)):
            known = sites.get(name)
            if name in besides or (known is not None and known.status == "active" and known.host == host):
                continue
            if known is None:
                yield f"{host} has a site {name}, which no intent has: nr-run remove-zia {name} --host {host}"
            elif known.host != host:
                yield f"{host} has a site {name}, which the intent has on {known.host}: remove it by hand"
            else:
                yield f"{host} has a site {name}, which the intent has as {known.status}: nr-run remove-zia {name}"
