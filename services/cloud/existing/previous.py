"""The form that a connection had before it was changed in place, read from what the firewall ran. Pure."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from ipaddress import IPv4Address, IPv4Interface, IPv4Network
from typing import Any

from ....changes.objects import Config, ConfigObject
from ....templates.words import ASA_IKEV2_ENCRYPTION, ASA_IKEV2_INTEGRITY
from ...l2l.existing.found import addresses
from ...l2l.existing.tunnel_facts import proposal_of
from ...service import Sight
from ..intents.intent import Cloud, Gateway
from ..placing.names import TunnelNames, draft, routes_to
from .in_place import interface_of


def as_before(site: Cloud, sight: Sight[Cloud]) -> Cloud | None:
    """The record with what the firewall had: both tunnels, the networks that its lists have, and what its static routes do.

    Where it has no list of ours there was no connection, or not all of it: then it is the record of now. None where it stood and
    cannot be parsed reliably.
    """
    running = sight.before.objects
    taken, told = (tuple(_networks(running, name)) for name in draft(site).lists)
    if not taken or not told:
        return site
    tunnels = _tunnels(site, running, sight)
    if tunnels is None:
        return None
    hosts = tuple(host for host in site.cloud_hosts if any(host in network for network in taken))
    drops = any(item.groups["nameif"] == "Null0" for item in routes_to(running, taken))
    distances = {item.groups["distance"] for item in routes_to(running, taken) if item.groups["nameif"] != "Null0"}
    behind = {int(text) for text in distances if text.isdigit()} - {site.circuit.distance}
    return site.model_copy(
        update={
            **tunnels,
            "lan_prefixes": told,
            "cloud_prefixes": taken,
            "cloud_hosts": hosts or site.cloud_hosts,
            "on_total_loss": "closed" if drops else "open" if behind else site.on_total_loss,
            "fallback_distance": min(behind, default=site.fallback_distance),
        }
    )


def _networks(running: Config, name: str) -> Iterator[IPv4Network]:
    for item in running.of("prefix-list"):
        if item.groups["name"] == name:
            yield IPv4Network(item.groups["rule"].split()[1])


def _tunnels(site: Cloud, running: Config, sight: Sight[Cloud]) -> dict[str, Any] | None:
    """Both gateways, and what was agreed with them."""
    there = [interface_of(called, running) for called in draft(site).tunnels]
    if not all(there):
        return {}  # not all of it stood, so no gate held before
    own = dict(addresses(sight.platform, sight.before.text))
    ends = [_gateway(end, called, running, own) for (_, end), called in zip(site.tunnels, draft(site).tunnels, strict=True)]
    first = there[0]
    esp = proposal_of(running, first) if first is not None else None
    ike = _ike(running, sight)
    if None in ends or esp is None or ike is None:
        return None
    words = {
        "encryption_algorithm": esp.encryption_algorithm,
        "authentication_algorithm": esp.authentication_algorithm,
    }
    found = {"first": ends[0], "second": ends[1], "esp": site.esp.model_copy(update=words)}
    return {**found, "ike": site.ike.model_copy(update=ike)}


def _gateway(end: Gateway, called: TunnelNames, running: Config, own: Mapping[str, IPv4Address]) -> Gateway | None:
    item = interface_of(called, running)
    inner = ((item.child("ip address") if item else "") or "").split()
    source = ((item.child("tunnel source") if item else "") or "").removeprefix("interface ")
    if item is None or len(item.peers) != 1 or len(inner) != 2 or source not in own:
        return None
    found = {
        "address": IPv4Address(item.peers[0]),
        "tunnel_prefix": IPv4Interface("/".join(inner)).network,
        "source_interface": source,
        "source_ip": own[source],
    }
    return end.model_copy(update=found)


def _ike(running: Config, sight: Sight[Cloud]) -> dict[str, Any] | None:
    """Phase 1 as it was: that of now where this change has brought no policy, else that of the one policy which was there.

    Of several nothing tells which one the gateways took.
    """
    if not any(item.family.name == "ikev2-policy" for item in sight.change.created):
        return {}
    found = [_suite(item) for item in running.of("ikev2-policy")]
    return found[0] if len(found) == 1 else None


def _suite(policy: ConfigObject) -> dict[str, Any] | None:
    cipher, integrity, group = (policy.child(word) or "" for word in ("encryption", "integrity", "group"))
    names = (_named(ASA_IKEV2_ENCRYPTION, cipher), _named(ASA_IKEV2_INTEGRITY, integrity))
    if None in names or not group.isdigit():
        return None
    return {"encryption_algorithm": names[0], "authentication_algorithm": names[1], "group": int(group)}


def _named(table: Mapping[str, str], word: str) -> str | None:
    return next((name for name, shown in table.items() if shown == word), None)
