"""Which neighbours a network of BGP is told to, and which networks are told at all: no line of a configuration names either.

A neighbour without a list is told everything (Cisco ASA command reference, neighbor prefix-list), and has asked for nothing: what
came for another one and goes with it is as before for it. A list that lets a network through by its name has asked for it.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from ipaddress import IPv4Network
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from ..objects import Config, ConfigObject, Key


def network_of(item: ConfigObject) -> IPv4Network | None:
    """The network of a line ``network``, whose mask is not shown where it is that of the class; None where it is none."""
    first = int(item.groups["network"].split(".")[0])
    mask = item.groups.get("mask") or ("8" if first < 128 else "16" if first < 192 else "24")
    try:
        return IPv4Network(f"{item.groups['network']}/{mask}", strict=False)
    except ValueError:
        return None


def told_to(_config: Config, target: ConfigObject, others: Mapping[Key, ConfigObject]) -> Iterator[str]:
    """Titles of the neighbours among ``others`` whose list lets the network through."""
    network = network_of(target)
    for neighbour in others.values() if network is not None else ():
        if neighbour.family.name != "bgp-neighbour":
            continue
        lists = {
            item.groups["list"]
            for item in others.values()
            if item.family.name == "bgp-neighbour-setting"
            and item.groups["neighbour"] == neighbour.groups["neighbour"]
            and item.groups["way"] == "out"
        }
        rules = [item.groups["rule"] for item in others.values() if _is_of(item, lists)]
        if any(_lets_through(rule, network) for rule in rules):
            yield neighbour.title


def _is_of(item: ConfigObject, lists: set[str]) -> bool:
    return item.family.name == "prefix-list" and item.groups["name"] in lists


def _lets_through(rule: str, network: IPv4Network | None) -> bool:
    """True for a rule that permits the network, or may: longer ones with le or ge count as well."""
    action, prefix, *more = rule.split()
    there = IPv4Network(prefix, strict=False)
    return action == "permit" and network is not None and (network == there or (bool(more) and network.subnet_of(there)))


def in_the_table_for(config: Config, network: IPv4Network | None, others: Mapping[Key, ConfigObject]) -> Iterator[str]:
    """Titles of the lines ``network`` among ``others`` for exactly this: without a route to it, it is told to nobody."""
    for key, item in others.items():
        stays = item.family.name == "bgp-network" and config.within.get(key) in others
        if stays and network is not None and network_of(item) == network:
            yield item.title
