"""Names and numbers for a connection on its firewall, found by looking at the firewall.

What is ours is known by its name: a tunnel interface by its nameif, lists by their names, a static route by a distance that
nobody types by chance. A rule of a list keeps its number for as long as it says the same.
"""

from __future__ import annotations

import re
from collections.abc import Collection, Iterator, Sequence
from ipaddress import IPv4Address, IPv4Network

from msgspec import Struct
from msgspec.structs import replace

from ....changes.configurations import tree
from ....changes.families.uses import destination
from ....changes.objects import Config, ConfigObject
from ....changes.plans.replacing import NOTHING, Replacing
from ....inventory.errors import ChangeError
from ....inventory.systems import system_of
from ...common.asa_ikev2_policies import policy_number
from ...service import Site
from ..intents.intent import Cloud, Gateway
from ..verdicts.routes_there import OWN_DISTANCE, is_there

_TUNNEL = re.compile(r"interface Tunnel(?P<number>\d+)")
_ROUTER = re.compile(r"router bgp (?P<system>\d+)")
_RULE = re.compile(r"prefix-list (?P<list>\S+) seq (?P<number>\d+) (?P<rule>.+)")
#: The distance of a route to nowhere: every other one is better.
LAST_DISTANCE = 250


class TunnelNames(Struct, frozen=True):
    """What belongs to one tunnel: the name (nameif) and the number of its interface."""

    nameif: str
    number: int


class Rule(Struct, frozen=True):
    """One rule of a list of prefixes."""

    name: str
    number: int
    rule: str


class StaticRoute(Struct, frozen=True):
    """A static route that is built: an interface by its nameif."""

    nameif: str
    network: IPv4Network
    next_hop: IPv4Address | None
    distance: int


class CloudNames(Struct, frozen=True):
    """What the objects of one connection are called, with a sentence for each decision. ``tunnels`` are the first and the second.

    ``own`` names the group policy. ``router_is_new``: the firewall speaks no BGP yet. ``to_gateways`` and
    ``to_hosts`` are routes that are built; ``left`` are networks that were the cloud's before, and are no more.
    """

    own: str
    #: Of the IPsec proposal and profile of both tunnels: ``own``, or a later version of it.
    profile: str
    policy_number: int
    tunnels: tuple[TunnelNames, TunnelNames]
    rules: tuple[Rule, ...]
    router_is_new: bool = True
    to_gateways: tuple[StaticRoute, ...] = ()
    to_hosts: tuple[StaticRoute, ...] = ()
    left: tuple[IPv4Network, ...] = ()
    decisions: tuple[str, ...] = ()
    replacing: Replacing = NOTHING

    @property
    def lists(self) -> tuple[str, str]:
        """Names of the lists of what is taken and of what is told."""
        return f"{self.own}-IN", f"{self.own}-OUT"


def own_name(site: Cloud) -> str:
    """The name of what both tunnels share."""
    return f"NR-{site.name}"


def wanted_rules(site: Cloud) -> Iterator[tuple[str, str]]:
    """The list and the rule of each network that is taken, or told."""
    longest, own = site.bgp.longest_prefix, own_name(site)
    for network in site.cloud_prefixes:
        more = f" le {longest}" if longest > network.prefixlen else ""
        yield f"{own}-IN", f"permit {network}{more}"
    for network in site.lan_prefixes:
        yield f"{own}-OUT", f"permit {network}"


def draft(site: Cloud) -> CloudNames:
    """Names before the firewall is known: the first of each number, and every route that the intent may ask for."""
    own = own_name(site)
    return CloudNames(
        own,
        own,
        1,
        (TunnelNames(f"{own}-1", 1), TunnelNames(f"{own}-2", 2)),
        tuple(_numbered(site, ())),
        to_gateways=tuple(_to_gateways(site)),
        to_hosts=tuple(_to_hosts(site)),
    )


def allocate(place: Site[Cloud], policy: Collection[str], running: Config) -> CloudNames:
    """Names that are free, or ours already; ``policy`` are the lines of the IKEv2 policy. Raises ChangeError."""
    site = place.member.wants
    names, nodes = draft(site), tree.parse(place.running)
    number, said = policy_number(site.host, policy, nodes)
    table = place.outputs.get(system_of(place.platform).route)
    return replace(
        names,
        policy_number=number,
        tunnels=_tunnels(names, nodes),
        rules=tuple(_numbered(site, nodes)),
        router_is_new=_router_is_new(site, nodes),
        to_gateways=tuple(route for route in names.to_gateways if not _is_others(route, running, nodes, table)),
        to_hosts=tuple(route for route in names.to_hosts if not _is_others(route, running, nodes, table)),
        left=tuple(_left(names, site, running)),
        decisions=(said,) if said else (),
    )


def _left(names: CloudNames, site: Cloud, running: Config) -> Iterator[IPv4Network]:
    """Networks that are taken from BGP until now, and are in no network of the cloud any more."""
    for item in running.of("prefix-list"):
        if item.groups["name"] == names.lists[0]:
            network = IPv4Network(item.groups["rule"].split()[1])
            if not any(network.subnet_of(wanted) for wanted in site.cloud_prefixes):
                yield network


def _is_others(route: StaticRoute, running: Config, nodes: Sequence[tree.Node], table: str | None) -> bool:
    """True if the network is in the routing table by something that is not ours."""
    return is_there(route.network, running, nodes, table)


def _to_gateways(site: Cloud) -> Iterator[StaticRoute]:
    for _, end in site.tunnels:
        if end.next_hop is not None:
            yield StaticRoute(end.source_interface, IPv4Network(end.address), end.next_hop, OWN_DISTANCE)


def _to_hosts(site: Cloud) -> Iterator[StaticRoute]:
    if site.lan_next_hop is not None:
        for network in site.lan_prefixes:
            yield StaticRoute(site.lan_interface, network, site.lan_next_hop, OWN_DISTANCE)


def _tunnels(names: CloudNames, nodes: Sequence[tree.Node]) -> tuple[TunnelNames, TunnelNames]:
    taken = {int(match["number"]): node for node in nodes if (match := _TUNNEL.fullmatch(node.line))}
    found: list[TunnelNames] = []
    for tunnel in names.tunnels:
        there = tunnel_named(tunnel.nameif, nodes)
        free = next(number for number in range(1, len(taken) + 3) if number not in {*taken, *(one.number for one in found)})
        found.append(TunnelNames(tunnel.nameif, free if there is None else there))
    first, second = found
    return first, second


def tunnel_named(nameif: str, nodes: Sequence[tree.Node]) -> int | None:
    """The number of the tunnel interface of this name, None where there is none."""
    tunnels = ((node, match) for node in nodes if (match := _TUNNEL.fullmatch(node.line)))
    return next((int(match["number"]) for node, match in tunnels if f"nameif {nameif}" in node.children), None)


def _numbered(site: Cloud, nodes: Sequence[tree.Node]) -> Iterator[Rule]:
    """Each rule under the number that it has, or the next one in fives."""
    there: dict[tuple[str, str], int] = {}
    taken: dict[str, set[int]] = {}
    for match in (found for node in nodes if (found := _RULE.fullmatch(node.line))):
        there[match["list"], match["rule"]] = int(match["number"])
        taken.setdefault(match["list"], set()).add(int(match["number"]))
    for name, rule in wanted_rules(site):
        numbers = taken.setdefault(name, set())
        number = there.get((name, rule), max(numbers, default=0) // 5 * 5 + 5)
        numbers.add(number)
        yield Rule(name, number, rule)


def _router_is_new(site: Cloud, nodes: Sequence[tree.Node]) -> bool:
    """False where the firewall speaks BGP in our system. Raises ChangeError where it does in another one: it has one only."""
    there = next((match["system"] for node in nodes if (match := _ROUTER.fullmatch(node.line))), None)
    if there is not None and int(there) != site.bgp.local_system:
        raise ChangeError(
            f"{site.host}: it runs BGP as AS {there}, a firewall has one, and the intent says {site.bgp.local_system}"
        )
    return there is None


def routes_to(running: Config, networks: Collection[IPv4Network]) -> Iterator[ConfigObject]:
    """Static routes of a configuration to these networks, or to a part of one."""
    for item in running.of("static-route"):
        found = destination(item)
        if found is not None and any(found.subnet_of(network) for network in networks):
            yield item


def gateway_routes(end: Gateway, running: Config) -> tuple[ConfigObject, ...]:
    """Static routes to exactly a gateway."""
    return tuple(item for item in running.of("static-route") if destination(item) == IPv4Network(end.address))
