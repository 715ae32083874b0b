"""May a connection be built on this firewall now? What the vendor's document takes for granted is asked here.

Each row of interfaces, routes and translation is left as it is: where one stands in the way, a person fixes it.
"""

from __future__ import annotations

import re
from collections.abc import Iterator, Mapping

from ...changes.configurations.nameif import AsaInterface, interfaces
from ...changes.objects import read
from ...checks.finding import Finding, Status
from ...checks.readiness.asa_precheck import ROUTE, RUNNING, TWICE_NAT
from ...checks.readiness.device_facts import Device, doubt, say
from ...checks.readiness.precheck import nvram
from ...checks.routing.route_table import RouteTable, route_table
from ...checks.routing.static_routes import after
from ...checks.translation.asa_nat import Way, asa_translations
from ..common.prechecks import of_every_change
from ..service import Sight
from .intents.intent import Cloud
from .placing.names import draft
from .verdicts.routes_there import is_there

_PATHS = re.compile(r"maximum-paths (?P<paths>\d+)")


def precheck(sight: Sight[Cloud], outputs: Mapping[str, str], time: str, *, accept_unsaved: bool) -> tuple[Finding, ...]:
    """What every change needs, and: one context, the interfaces, the ways to gateways and hosts, translation."""
    device = Device(sight.member.host, sight.platform, outputs, sight.change, time)
    site = sight.member.wants
    table = route_table(sight.platform.os, ROUTE, outputs[ROUTE])
    own = (
        *_interfaces(device, site),
        *_gateways(device, site, table),
        *_hosts(device, site, table),
        *_equal_ways(device),
        *_translation(device, site),
        *_access(device),
        *_identity(device),
        *nvram(device),
    )
    return (*of_every_change(sight, outputs, time, accept_unsaved=accept_unsaved), *own)


def _named(device: Device) -> dict[str, AsaInterface]:
    return {item.nameif: item for item in interfaces(device.nodes) if item.nameif}


def _interfaces(device: Device, site: Cloud) -> Iterator[Finding]:
    """The sources have the addresses that are registered, and the circuit has ours and not the cloud's."""
    there, circuit = _named(device), site.circuit
    wanted = [("source", end.source_interface, end.source_ip) for _, end in site.tunnels]
    for check, nameif, address in (*dict.fromkeys(wanted), ("circuit", circuit.interface, circuit.address)):
        found = there.get(nameif)
        has = found.address.ip if found and found.address else None
        state = "is shut down" if found and found.shutdown else f"has {has or 'no address'}" if found else "is not there"
        good = has == address and found is not None and not found.shutdown
        words = f"{nameif} {state}" + ("" if good else f", and the intent says {address}")
        if check == "circuit" and has == circuit.next_hop:
            words = (
                f"{nameif} has {has}, which the intent gives to the cloud's router: the two addresses of the circuit are "
                "swapped, on the interface or in the intent"
            )
        yield say(device, check, good, words, RUNNING, f"interface {nameif}", has or "none")
        if check == "circuit" and good and found is not None and found.address is not None:
            fits = circuit.next_hop in found.address.network
            words = f"{circuit.next_hop} is {'' if fits else 'not '}in {found.address.network} of {nameif}"
            yield say(device, "circuit-next-hop", fits, words, RUNNING, f"interface {nameif}", found.address.network)
    lan = there.get(site.lan_interface)
    yield say(
        device,
        "inside",
        lan is not None and not lan.shutdown,
        f"{site.lan_interface} {'is there' if lan and not lan.shutdown else 'is not there, or shut down'}",
        RUNNING,
        f"interface {site.lan_interface}",
        lan.hardware if lan else "none",
    )


def _not_known(device: Device, table: RouteTable, check: str, what: str) -> Finding | None:
    if table.is_whole:
        return None
    line = table.parsed.problems[0].line if table.parsed.problems else 0
    words = f"{what} is not known: line {line} of the routing table was not understood, or has a name for a network"
    return doubt(device, check, Status.UNVERIFIED, words, ROUTE, "line", line)


def _gateways(device: Device, site: Cloud, table: RouteTable) -> Iterator[Finding]:
    """Each gateway is reached by the interface from which its tunnel starts: an ASA answers IKE at no other one's address."""
    if unknown := _not_known(device, table, "gateway-route", "by which way the gateways are reached"):
        yield unknown
        return
    ways = after(table.ways, device.change)
    for role, end in site.tunnels:
        out = ways.to(end.address)
        good = out == {end.source_interface}
        words = f"{role}: {end.address} is reached by {' and '.join(sorted(out)) or 'no route'}"
        if not good:
            words += (
                f", and the tunnel starts from {end.source_interface}: IKE that comes in by another interface is not answered at "
                f"{end.source_ip}; give {role} a next_hop on {end.source_interface}"
            )
        yield say(device, "gateway-route", good, words, ROUTE, str(end.address), ", ".join(sorted(out)) or "none")


def _hosts(device: Device, site: Cloud, table: RouteTable) -> Iterator[Finding]:
    """What BGP is to tell is in the routing table with exactly its mask, by the interface of the hosts."""
    if unknown := _not_known(device, table, "lan-route", "whether BGP can tell the networks of the hosts"):
        yield unknown
        return
    running = read(device.platform.os, device.outputs[RUNNING])
    ways = after(table.ways, device.change)
    built = {route.network for route in draft(site).to_hosts}
    shown = device.outputs[ROUTE]
    for network in site.lan_prefixes:
        there = network in built or is_there(network, running, device.nodes, shown)
        words = f"{network} is in the routing table, or comes with the change"
        if not there:
            words = (
                f"{network} is not in the routing table with exactly this mask, so BGP would not tell it and the cloud would "
                "answer over the circuit: write lan_next_hop, or give it a route"
            )
        yield say(device, "lan-exact", there, words, ROUTE, str(network), "there" if there else "none")
        host = next(network.hosts(), network.network_address)
        out = ways.to(host)
        good = out == {site.lan_interface}
        words = f"{network} is reached by {' and '.join(sorted(out)) or 'no route'}"
        words += "" if good else f", and the intent says {site.lan_interface}"
        yield say(device, "lan-route", good, words, ROUTE, str(host), ", ".join(sorted(out)) or "none")
    if site.lan_next_hop is not None:
        lan = _named(device).get(site.lan_interface)
        fits = lan is not None and lan.address is not None and site.lan_next_hop in lan.address.network
        words = f"lan_next_hop {site.lan_next_hop} is {'' if fits else 'not '}in the network of {site.lan_interface}"
        yield say(device, "lan-next-hop", fits, words, RUNNING, f"interface {site.lan_interface}", site.lan_next_hop)


def _equal_ways(device: Device) -> Iterator[Finding]:
    """A router that is there may share packets between both tunnels, and an ASA drops what comes back by the other one."""
    lines = (line for node in device.nodes if node.line.startswith("router bgp ") for line in node.children)
    paths = next((int(match["paths"]) for line in lines if (match := _PATHS.fullmatch(line))), 1)
    words = (
        f"BGP uses {paths} way(s) at a time"
        if paths == 1
        else (
            f"maximum-paths {paths} would share packets between both tunnels, which are in no traffic zone: what comes back by "
            "the other one is dropped; type no maximum-paths in the address family"
        )
    )
    yield say(device, "equal-ways", paths == 1, words, RUNNING, "maximum-paths", paths)


def _translation(device: Device, site: Cloud) -> Iterator[Finding]:
    """What is translated on its way into a tunnel comes from a network that the cloud is not told of."""
    twice = device.platform.release >= TWICE_NAT
    for called in draft(site).tunnels:
        for local in site.lan_prefixes:
            for remote in site.cloud_prefixes:
                way = Way(site.lan_interface, called.nameif)
                for line, free in asa_translations(device.nodes, (local, remote), way, twice=twice):
                    words = f"{line!r} {'leaves' if free else 'may translate'} {local} to {remote}"
                    words += " alone" if free else ", and the cloud knows the hosts by their own addresses: exempt it"
                    yield say(device, "nat", free, words, RUNNING, line, "exempt" if free else "not certainly exempt")


def _access(device: Device) -> Iterator[Finding]:
    """What comes out of a tunnel passes the lists of interfaces by default; without that none is there for the tunnels."""
    off = any(node.line in ("no sysopt connection permit-vpn", "no sysopt connection permit-ipsec") for node in device.nodes)
    words = "traffic that leaves a tunnel is permitted"
    if off:
        words = "sysopt connection permit-vpn is off, and the tunnels have no list of their own: their traffic would be dropped"
    yield say(device, "permit-vpn", not off, words, RUNNING, "sysopt connection permit-vpn", "off" if off else "on")


def _identity(device: Device) -> Iterator[Finding]:
    """What the firewall calls itself, one setting for every peer; without the line, or with auto, it is the address."""
    head = "crypto isakmp identity "
    said = next((node.line.removeprefix(head) for node in device.nodes if node.line.startswith(head)), "auto")
    good = said.split()[0] in ("auto", "address")
    words = f"IKE says who it is by {said.split()[0]}"
    words += "" if good else f": the cloud knows it by its address; {head}{said} is for every peer of the device"
    yield say(device, "identity-kind", good, words, RUNNING, head.strip(), said)
