"""May a site be built on this router now? What the vendor's page takes for granted is asked here.

Each row of interfaces, routes and lists is left as it is: where one stands in the way, a person fixes it.
"""

from __future__ import annotations

import re
from collections.abc import Iterator, Mapping
from ipaddress import IPv4Address, IPv4Network

from ...changes.configurations.tree import Node
from ...changes.objects import read
from ...checks.finding import Finding, Status
from ...checks.path.acl import Flow, ios_list
from ...checks.path.transit import IKE, NAT_T, is_interface, list_findings
from ...checks.readiness.device_facts import Device, doubt, say
from ...checks.readiness.precheck import ROUTE, RUNNING, nvram
from ...checks.routing.ways import ios_ways
from ...inventory.systems import system_of
from ...parsers import parse
from ..common.prechecks import of_every_change
from ..service import Sight
from .intent import Zia
from .limits import is_private
from .names import called_on, standing

_ADDRESS = re.compile(r"ip address (?P<ip>\d\S+) (?P<mask>\d\S+)")
_GROUP_IN = re.compile(r"ip access-group (?P<name>\S+) in")


def precheck(sight: Sight[Zia], outputs: Mapping[str, str], time: str, *, accept_unsaved: bool) -> tuple[Finding, ...]:
    """What every change needs, and: both interfaces, the ways to the edges and the probes, lists before them, translation."""
    device = Device(sight.member.host, sight.platform, outputs, sight.change, time)
    site = sight.member.wants
    own = (
        *_interfaces(device, site),
        *_edges(device, site),
        *_probes(device, site),
        *_lists(device, site),
        *_translation(device, site),
        *nvram(device),
    )
    return (*of_every_change(sight, outputs, time, accept_unsaved=accept_unsaved), *own)


def _section(device: Device, interface: str) -> Node | None:
    return next((node for node in device.nodes if is_interface(node, interface)), None)


def _interfaces(device: Device, site: Zia) -> Iterator[Finding]:
    for check, interface, wanted in (
        ("outside", site.wan_interface, (IPv4Network(site.wan_ip),)),
        ("inside", site.lan_interface, site.lan_prefixes),
    ):
        node = _section(device, interface)
        lines = node.children if node is not None else ()
        address = next((match["ip"] for line in lines if (match := _ADDRESS.fullmatch(line))), "")
        fits = bool(address) and any(IPv4Address(address) in network for network in wanted)
        state = "is shut down" if "shutdown" in lines else f"has {address or 'no address'}" if node else "is not there"
        words = f"{interface} {state}" + ("" if fits else f", and the intent says {', '.join(map(str, wanted))}")
        yield say(device, check, fits and "shutdown" not in lines, words, RUNNING, f"interface {interface}", address or "none")


def _own_tunnels(device: Device, site: Zia) -> frozenset[str]:
    config = read(system_of(device.platform).os, device.outputs[RUNNING])
    there = (standing(edge.own, config).tunnel for edge in called_on(site, config))
    return frozenset(f"Tunnel{number}" for number in there if number is not None)


def _edges(device: Device, site: Zia) -> Iterator[Finding]:
    """Each edge is reached by the outside interface, and by no tunnel: one that leads to its own end goes down with it."""
    table = parse(system_of(device.platform).os, ROUTE, device.outputs[ROUTE])
    if not table.complete:
        words = f"by which way the edges are reached is not known: line {table.problems[0].line} was not understood"
        yield doubt(device, "edge-route", Status.UNVERIFIED, words, ROUTE, "line", table.problems[0].line)
        return
    ways = ios_ways(table.state)
    for role, edge in site.edges:
        out = ways.to(edge.address)
        good = out == {site.wan_interface}
        words = f"{role}: {edge.address} is reached by {', '.join(sorted(out)) or 'no route'}"
        words += "" if good else f", and the tunnel comes from {site.wan_interface}"
        yield say(device, "edge-route", good, words, ROUTE, str(edge.address), ", ".join(sorted(out)) or "none")


def _probes(device: Device, site: Zia) -> Iterator[Finding]:
    """A second route to the target of a probe would share its packets, and the probe would prove neither way."""
    ours = _own_tunnels(device, site)
    for role, edge in site.edges:
        head = f"ip route {edge.probe_address} 255.255.255.255 "
        others = [node.line for node in device.nodes if node.line.startswith(head) and node.line.split()[4] not in ours]
        words = (
            f"{role}: {others[0]!r} leads the probe elsewhere" if others else f"{role}: no other route for {edge.probe_address}"
        )
        yield say(device, "probe-route", not others, words, RUNNING, head.strip(), others[0] if others else "none")


def _lists(device: Device, site: Zia) -> Iterator[Finding]:
    """A list of the outside interface lets IKE, NAT traversal and ESP of both edges in."""
    node = _section(device, site.wan_interface)
    config = read(system_of(device.platform).os, device.outputs[RUNNING])
    for match in (found for line in (node.children if node else ()) if (found := _GROUP_IN.fullmatch(line))):
        for _, edge in site.edges:
            peer, own = IPv4Network(edge.address), IPv4Network(site.wan_ip)
            ports = (Flow("udp", peer, own, NAT_T),) if is_private(site.wan_ip) else (Flow("esp", peer, own),)
            for flow in (Flow("udp", peer, own, IKE), *ports):
                where = f"{match[0]!r} below interface {site.wan_interface}"
                yield from list_findings(device, ios_list(config, match["name"], flow), where, match["name"], flow)


def _translation(device: Device, site: Zia) -> Iterator[Finding]:
    """What does not go into a tunnel leaves with its own address, unless the router translates."""
    private = [str(network) for network in site.lan_prefixes if is_private(network.network_address)]
    in_clear = bool(site.exempt) or site.on_total_loss == "open" or site.traffic == "web"
    translates = any(node.line.startswith("ip nat inside source ") for node in device.nodes)
    if private and in_clear and not translates:
        words = (
            f"the router translates nothing: what of {', '.join(private)} goes past the tunnels leaves with its private address"
        )
        yield doubt(device, "nat", Status.WARNING, words, RUNNING, "ip nat inside source", "none")
