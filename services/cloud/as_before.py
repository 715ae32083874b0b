"""The form that a connection had before it was changed in place, read from what the firewall ran. Pure."""

from __future__ import annotations

from collections.abc import Iterator
from ipaddress import IPv4Network

from ...changes.objects import Config
from .intent import Cloud
from .names import draft, routes_to


def as_before(site: Cloud, running: Config) -> Cloud:
    """The record with the networks that the lists of this configuration have, and with what its static routes do.

    Where it has no list of ours there was no connection, or not all of it: then it is the record of now.
    """
    taken, told = (tuple(_networks(running, name)) for name in draft(site).lists)
    if not taken or not told:
        return site
    hosts = tuple(host for host in site.cloud_hosts if any(host in network for network in taken))
    drops = any(item.groups["nameif"] == "Null0" for item in routes_to(running, taken))
    distances = {item.groups["distance"] for item in routes_to(running, taken) if item.groups["nameif"] != "Null0"}
    behind = {int(text) for text in distances if text.isdigit()} - {site.circuit.distance}
    return site.model_copy(
        update={
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
