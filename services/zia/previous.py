"""A site as its router has it, read back from its configuration to be verified again when a change was rolled back. Pure.

Only what a gate looks at is read; the rest is as it is wanted now.
"""

from __future__ import annotations

import re
from collections.abc import Mapping
from ipaddress import IPv4Address, IPv4Interface
from typing import Any

from ...changes.objects import Config, ConfigObject
from ...templates.words import IKEV2_ENCRYPTION, IKEV2_INTEGRITY
from ..l2l.existing.tunnel_facts import proposal_of
from .intent import Edge, Zia
from .limits import NULL
from .names import draft, standing

_TARGET = re.compile(r"(?:icmp-echo|tcp-connect|http (?:raw|get) http://)\s?(?P<target>\d+\.\d+\.\d+\.\d+).*")
_UP = re.compile(r"delay (?:.* )?up (?P<seconds>\d+)(?: .*)?")


def site_before(site: Zia, config: Config) -> Zia | None:
    """The site that stands on a router; None where a part of it is not there, or cannot be parsed reliably."""
    called = draft(site)
    clause = config.get("route-map-clause", called.own, "10")
    edges = [_edge(edge, own, config) for (_, edge), own in zip(site.edges, _by_lead(site, clause, config), strict=True)]
    bound = [item.groups["interface"] for item in config.of("policy-binding") if item.groups["map"] == called.own]
    esp, ike = _esp(site, config), _ike(site, config)
    if None in edges or clause is None or len(bound) != 1 or esp is None or ike is None:
        return None
    closed = "set interface Null0" in clause.children
    return site.model_copy(
        update={
            "primary": edges[0],
            "backup": edges[1],
            "lan_interface": bound[0],
            "esp": site.esp.model_copy(update=esp),
            "ike": site.ike.model_copy(update=ike),
            "on_total_loss": "closed" if closed else "open",
            "encryption_mandatory": site.encryption_mandatory and closed and esp["encryption_algorithm"] != NULL,
            "watch": site.watch.model_copy(update=_watch(called.edges[0].own, config)),
        }
    )


def _by_lead(site: Zia, clause: ConfigObject | None, config: Config) -> list[str]:
    """The names of both edges, that which leads first: roles may have changed since they were named."""
    hops = {words[4]: int(words[5]) for line in (clause.children if clause else ()) if len(words := line.split()) > 7}
    order = {edge.own: _order(edge.own, hops, config) for edge in draft(site).edges}
    return sorted(order, key=lambda own: order[own])


def _order(own: str, hops: Mapping[str, int], config: Config) -> int:
    """Where the far end inside the tunnel of this name stands in the clause; one that does not comes last."""
    tunnel = _tunnel(own, config)
    inner = (tunnel.child("ip address") or "").split() if tunnel else []
    network = IPv4Interface("/".join(inner)).network if len(inner) == 2 else ()
    return min((order for hop, order in hops.items() if IPv4Address(hop) in network), default=max(hops.values(), default=0) + 1)


def _tunnel(own: str, config: Config) -> ConfigObject | None:
    number = standing(own, config).tunnel
    return config.get("tunnel-interface", f"Tunnel{number}")


def _edge(edge: Edge, own: str, config: Config) -> Edge | None:
    tunnel, probe = _tunnel(own, config), config.get("sla-operation", str(standing(own, config).sla))
    if tunnel is None or probe is None or len(tunnel.peers) != 1:
        return None
    inner = (tunnel.child("ip address") or "").split()
    targets = [match["target"] for line in probe.children if (match := _TARGET.fullmatch(line))]
    if len(inner) != 2 or len(targets) != 1:
        return None
    prefix = IPv4Interface("/".join(inner)).network
    addresses = {"address": IPv4Address(tunnel.peers[0]), "tunnel_prefix": prefix, "probe_address": IPv4Address(targets[0])}
    return edge.model_copy(update=addresses)


def _esp(site: Zia, config: Config) -> dict[str, Any] | None:
    """Cipher and integrity of both tunnels, which have one transform set."""
    tunnel = _tunnel(draft(site).edges[0].own, config)
    proposal = proposal_of(config, tunnel) if tunnel is not None else None
    if proposal is not None:
        return {
            "encryption_algorithm": proposal.encryption_algorithm,
            "authentication_algorithm": proposal.authentication_algorithm,
        }
    sets = [item for item in config.of("transform-set") if " esp-null" in item.header]
    # NULL is no proposal that anything else builds.
    return {"encryption_algorithm": NULL} if sets else None


def _ike(site: Zia, config: Config) -> dict[str, Any] | None:
    """Phase 1 as the policy of the outside address offers it; of several offers that which is wanted now, if it is one of them.

    None where that cannot be told: which one an edge would take stands in no configuration.
    """
    mine = [item for item in config.of("ikev2-policy") if f"match address local {site.wan_ip}" in item.children]
    free = [item for item in config.of("ikev2-policy") if not any(line.startswith("match address") for line in item.children)]
    offers = [line.split()[1] for item in mine or free for line in item.children if line.startswith("proposal ")]
    found = [_suite(item) for name in offers if (item := config.get("ikev2-proposal", name)) is not None]
    wanted = {
        "encryption_algorithm": site.ike.encryption_algorithm,
        "authentication_algorithm": site.ike.authentication_algorithm,
        "group": site.ike.group,
    }
    return found[0] if len(found) == 1 else wanted if wanted in found else None


def _suite(proposal: ConfigObject) -> dict[str, Any] | None:
    cipher, integrity, group = (proposal.child(word) or "" for word in ("encryption", "integrity", "group"))
    names = (_named(IKEV2_ENCRYPTION, cipher), _named(IKEV2_INTEGRITY, integrity))
    if None in names or not group.isdigit():
        return None
    return {"encryption_algorithm": names[0], "authentication_algorithm": names[1], "group": int(group)}


def _named(table: Mapping[str, str], word: str) -> str | None:
    return next((name for name, shown in table.items() if shown == word), None)


def _watch(own: str, config: Config) -> dict[str, int]:
    """How often it is asked, and how long it has to be good: as long may a gate take."""
    there = standing(own, config)
    probe, track = config.get("sla-operation", str(there.sla)), config.get("track", str(there.track))
    frequency = (probe.child("frequency") if probe else None) or "60"
    ups = [match["seconds"] for line in (track.children if track else ()) if (match := _UP.fullmatch(line))]
    return {"frequency_seconds": int(frequency), "up_seconds": int(ups[0]) if ups else 1}
