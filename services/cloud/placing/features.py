"""What is built for a connection, stage by stage, as text: the tunnels, BGP with what it needs, and the line that cuts over.

Never part of it: addresses and access groups of the interfaces that are there, settings of the whole device, and the identity of
IKE, which an ASA has one of for all peers. A network is told only if the routing table has exactly it, so what is missing there
is built with BGP.
"""

from __future__ import annotations

from collections.abc import Callable, Collection, Iterator, Mapping
from ipaddress import IPv4Network
from typing import Any

from msgspec import Struct
from msgspec.structs import replace

from ....changes.families.bgp_told import network_of
from ....changes.families.uses import destination
from ....changes.objects import Config, ConfigObject, Key, read_desired
from ....changes.plans.removal import freed
from ....changes.plans.replacing import Replacing
from ....inventory.errors import ChangeError
from ....inventory.models.platforms import Platform
from ....inventory.models.release import Release
from ....inventory.systems import system_of
from ....templates.environment import fill
from ...common.asa_ikev2_policies import policy_in
from ...service import Site
from ..existing.in_place import (
    of_tunnel,
    old_hosts_routes,
    old_neighbours,
    out_of_use,
    profile_in_use,
    profile_name,
    refuse_both_inside,
)
from ..intents.intent import Cloud
from ..verdicts.routes_there import OWN_DISTANCE
from .names import LAST_DISTANCE, CloudNames, StaticRoute, allocate, draft, own_name, routes_to

#: Told of a change of what both tunnels share.
_BESIDE = "{profile} is built beside what is in use, and each tunnel is switched to it alone, while the other one carries traffic"
#: Tunnel interfaces with IKEv2 (ASA 9.8(1) release notes); BGP came with 9.2(1).
SINCE = Release.parse("9.8(1)")


def refuse_platform(site: Cloud, platform: Platform) -> None:
    """Raises ChangeError for what the release of the firewall cannot do, or is not known to do."""
    suite = platform.suites.get(2)
    if suite is None or system_of(platform).ikev2_policy != "number" or platform.release < SINCE:
        raise ChangeError(f"{site.host}: this is built on ASA {SINCE} and later, and this is {platform}")
    ike, esp = site.ike, site.esp
    lacking = [
        *([ike.encryption_algorithm] if ike.encryption_algorithm not in suite.ike_encryption else []),
        *([ike.authentication_algorithm] if ike.authentication_algorithm not in suite.ike_integrity else []),
        *([f"group {ike.group}"] if ike.group not in suite.ike_groups else []),
        *([f"{esp.encryption_algorithm} for ESP"] if esp.encryption_algorithm not in suite.esp_encryption else []),
        *([f"{esp.authentication_algorithm} for ESP"] if esp.authentication_algorithm not in suite.esp_integrity else []),
        *([f"PFS group {esp.pfs_group}"] if esp.pfs_group not in {*suite.pfs_groups, None} else []),
    ]
    if lacking:
        raise ChangeError(f"{site.host} ({platform}) cannot do {', '.join(lacking)}, or is not known to")
    longest = system_of(platform).longest_nameif
    if longest and len(f"{own_name(site)}-1") > longest:
        raise ChangeError(
            f"{site.host}: {own_name(site)}-1 is too long for the nameif of a tunnel interface ({longest} characters): give the "
            "connection a shorter name"
        )


def left_routes(site: Cloud) -> tuple[StaticRoute, ...]:
    """What the cut-over leaves of static routes to the cloud: over the circuit behind BGP, or into nothing."""
    circuit = site.circuit
    if site.on_total_loss == "open":
        return tuple(StaticRoute(circuit.interface, net, circuit.next_hop, site.fallback_distance) for net in site.cloud_prefixes)
    return nowhere(site)


def clear_routes(site: Cloud) -> tuple[StaticRoute, ...]:
    """The static routes over the circuit as they are without the tunnels."""
    circuit = site.circuit
    return tuple(StaticRoute(circuit.interface, net, circuit.next_hop, circuit.distance) for net in site.cloud_prefixes)


def nowhere(site: Cloud) -> tuple[StaticRoute, ...]:
    """What drops where no better route leads."""
    return tuple(StaticRoute("Null0", net, None, LAST_DISTANCE) for net in site.cloud_prefixes)


def removal_routes(site: Cloud, networks: Collection[IPv4Network]) -> tuple[StaticRoute, ...]:
    """What becomes of networks without the tunnels: over the circuit as before them, or into nothing."""
    without = site.model_copy(update={"cloud_prefixes": tuple(networks)})
    return clear_routes(without) if site.on_removal == "open" else nowhere(without)


def routes_text(routes: tuple[StaticRoute, ...]) -> str:
    """Static routes in the words of the firewall."""
    return fill("asa/cloud_routes.j2", routes=routes)


def _words(place: Site[Cloud], names: CloudNames) -> Mapping[str, Any]:
    wants = place.member.wants
    return {
        "site": wants,
        "names": names,
        "tunnels": [(end, called) for (_, end), called in zip(wants.tunnels, names.tunnels, strict=True)],
        "keys": place.keys,
        "gateway_routes": [
            [route for route in names.to_gateways if route.network == IPv4Network(end.address)] for _, end in wants.tunnels
        ],
        "bare_pfs_group": place.platform.bare_pfs_group,
        "back": removal_routes(wants, names.left),
        "left": left_routes(wants),
    }


def _bgp_replaced(site: Cloud, names: CloudNames, running: Config) -> Replacing:
    """Settings of our neighbours are changed in place; networks that are told no more go, with their rules and routes.

    What another neighbour of the firewall is told as well stays, with its route: no line names it, and without it that one's
    cloud would answer in clear.
    """
    refuse_both_inside(site, names, running)
    far = {str(end.inner[1]) for _, end in site.tunnels}
    settings = {item.key for item in running.of("bgp-neighbour-setting") if item.groups["neighbour"] in far}
    wanted = {(rule.name, rule.rule) for rule in names.rules}
    rules = tuple(item for item in running.of("prefix-list") if _is_old(item, names, wanted))
    before = {item.groups["rule"].split()[1] for item in rules}
    told, stays = freed(running, _told_no_more(site, before, running), {item.key for item in rules})
    left = tuple(item for item in routes_to(running, names.left) if _is_of_cut_over(site, names, item))
    old = (*old_hosts_routes(site, running), *old_neighbours(site, names, running))
    gone = {item.key: item for item in (*rules, *told, *left, *old)}
    return Replacing(frozenset((*settings, *(item.key for item in left))), tuple(gone.values()), stays)


def _is_of_cut_over(site: Cloud, names: CloudNames, route: ConfigObject) -> bool:
    """True for what the cut-over has left to a network that is the cloud's no more."""
    nameif, hop = route.groups["nameif"], route.groups["hop"]
    ours = (nameif, hop) in {("Null0", str(LAST_DISTANCE)), (site.circuit.interface, str(site.circuit.next_hop))}
    return ours and destination(route) in names.left


def _is_old(rule: ConfigObject, names: CloudNames, wanted: Collection[tuple[str, str]]) -> bool:
    return rule.groups["name"] in names.lists and (rule.groups["name"], rule.groups["rule"]) not in wanted


def _told_no_more(site: Cloud, before: Collection[str], running: Config) -> Iterator[ConfigObject]:
    kept = {str(network) for network in site.lan_prefixes}
    for item in running.of("bgp-network"):
        if str(network_of(item)) in {*before} - kept:
            yield item
    for item in running.of("static-route"):
        ours = item.groups["distance"] == str(OWN_DISTANCE) and item.groups["nameif"] == site.lan_interface
        if ours and str(destination(item)) in {*before} - kept:
            yield item


def _cut_over_replaced(site: Cloud, names: CloudNames, running: Config) -> Replacing:
    """The routes over the circuit give way, in place or for good. Raises ChangeError for one that only a person knows."""
    circuit, editable, retired = site.circuit, set[Key](), list[ConfigObject]()
    for item in routes_to(running, site.cloud_prefixes):
        nameif, hop, distance = (item.groups[word] for word in ("nameif", "hop", "distance"))
        if nameif == "Null0":
            if hop != str(LAST_DISTANCE):
                raise ChangeError(f"{site.host}: {item.header!r} drops traffic for the cloud: remove it first")
            # One to a part is of before the network was made wider.
            part = destination(item) not in site.cloud_prefixes
            retired += [item] if site.on_total_loss == "open" or part else []
            continue
        whole = destination(item) in site.cloud_prefixes
        if (nameif, hop) != (circuit.interface, str(circuit.next_hop)) or not whole:
            raise ChangeError(
                f"{site.host}: {item.header!r} leads to a part of the cloud, or by another way than circuit: it would win "
                "over BGP, in clear; remove it, or write it into the intent"
            )
        if int(distance or 1) not in (circuit.distance, site.fallback_distance):
            raise ChangeError(
                f"{site.host}: {item.header!r} has the distance {distance}, and circuit.distance is {circuit.distance}"
            )
        if site.on_total_loss == "open":
            editable.add(item.key)
        else:
            retired.append(item)
    return Replacing(frozenset(editable), (*retired, *out_of_use(names, running).retired))


def _first_replaced(site: Cloud, names: CloudNames, running: Config) -> Replacing:
    refuse_both_inside(site, names, running)
    return of_tunnel(site.first, names.tunnels[0], names, running)


def _second_replaced(site: Cloud, names: CloudNames, running: Config) -> Replacing:
    return of_tunnel(site.second, names.tunnels[1], names, running)


class Part(Struct, frozen=True):
    """One feature of a connection: a template, the families that it makes, and what it takes the place of."""

    name: str
    families: tuple[str, ...]
    template: str
    replaced: Callable[[Cloud, CloudNames, Config], Replacing]

    def draft(self, site: Site[Cloud]) -> CloudNames:
        """Names before the firewall is known. Raises ChangeError for a release on which this is not built."""
        refuse_platform(site.member.wants, site.platform)
        return draft(site.member.wants)

    def names(self, site: Site[Cloud], wanted: Config, running: Config) -> CloudNames:  # noqa: ARG002 - all parts have the same names
        """Names on this firewall. Raises ChangeError where there is no safe place."""
        wants = site.member.wants
        text = FIRST.text(site, draft(wants))
        names = allocate(site, policy_in(text), running)
        profile = profile_name(names, read_desired(system_of(site.platform).os, text), running)
        # Which IKEv2 policy is used, and what is built beside what, is a decision of the first tunnel, and is told once.
        said = () if profile in (names.own, profile_in_use(names.tunnels[0], running)) else (_BESIDE.format(profile=profile),)
        names = replace(names, profile=profile, decisions=(*names.decisions, *said) if self is FIRST else ())
        return replace(names, replacing=self.replaced(wants, names, running))

    def text(self, site: Site[Cloud], names: CloudNames) -> str:
        """The desired configuration, whole lines of it."""
        return f"{fill(self.template, **_words(site, names)).rstrip()}\n"


FIRST = Part(
    "cloud-first",
    (
        *("ikev2-policy", "ikev2-enable", "ipsec-proposal", "ipsec-profile", "group-policy", "tunnel-group"),
        *("tunnel-interface", "static-route"),
    ),
    "asa/cloud_first.j2",
    _first_replaced,
)
SECOND = Part(
    "cloud-second",
    ("ikev2-enable", "tunnel-group", "tunnel-interface", "static-route"),
    "asa/cloud_second.j2",
    _second_replaced,
)
ROUTING = Part(
    "cloud-bgp",
    ("static-route", "prefix-list", "bgp", "bgp-neighbour", "bgp-neighbour-setting", "bgp-network"),
    "asa/cloud_bgp.j2",
    _bgp_replaced,
)
CUT_OVER = Part("cloud-cut-over", ("static-route",), "asa/cloud_cut_over.j2", _cut_over_replaced)
PARTS: tuple[Part, ...] = (FIRST, SECOND, ROUTING, CUT_OVER)
