"""Why a site is not as it has to be: causes with what confirms and what fixes them, by what its router shows. Pure.

What nothing tells apart is named together. Sources: Cisco IOS Interface and Hardware Component guide (a tunnel whose end is
reached through a tunnel is taken down: RECURDOWN); RFC 7296 (a peer whose identity or key is not accepted is told
AUTHENTICATION_FAILED); Zscaler help, Understanding IPSec VPNs (a credential works only when it is attached to a location).
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from ipaddress import IPv4Address, IPv4Network

from ...changes.configurations import tree
from ...changes.configurations.configuration import Configuration
from ...changes.objects import read
from ...checks.finding import Cause, Status
from ...checks.observations.looks import Look, Stimulus
from ...checks.observations.observation import Observation
from ...checks.proof import Traffic
from ..l2l.verdicts.uncut_size import full_through
from .gates import View, edges_of, path_of, tunnel_of
from .intent import Edge, Zia
from .names import called_on, draft, standing

KNOWN: Mapping[str, Cause] = {
    cause.id: cause
    for cause in (
        Cause(
            "end-in-tunnel",
            "the way to the end of the tunnel leads into a tunnel, which then carries its own packets and is taken down",
            "high",
            "show ip route EDGE, and show logging (looks for: RECURDOWN)",
            "remove the route that leads the service edge into a tunnel",
        ),
        Cause(
            "credential",
            "the service edge does not take the site: identity or key are not those of the VPN credential in the portal, or that "
            "is attached to no location",
            "medium",
            "the log of tunnels in the portal, or debug crypto ikev2 on the router (looks for: AUTHENTICATION_FAILED)",
            "make identity, key and location in the portal those of the intent",
        ),
        Cause(
            "ike-kept-out",
            "IKE does not reach the service edge, or its answers do not come back: UDP 500 or 4500 is kept out on the way",
            "medium",
            "the access list of the outside interface, and the firewall in front of the router",
            "let UDP 500, UDP 4500 and ESP pass between the router and the service edge",
        ),
        Cause(
            "edge-away",
            "the service edge does not answer: it, or the way to it, is down",
            "medium",
            "ping the service edge, and the status page of the provider",
            "wait for it, or name another service edge in the intent",
        ),
        Cause(
            "behind-the-edge",
            "the tunnel works, and what its probe asks for behind the service edge is not answered",
            "high",
            "show ip sla statistics, and the page of the probe from a host by the other tunnel",
            "ask the provider; until it answers, traffic goes by the other tunnel",
        ),
        Cause(
            "probe-past-tunnel",
            "the probe is answered, and not through its tunnel: it goes past it, and its track proves nothing",
            "high",
            "show ip route PROBE, and show ip cef exact-route",
            "remove the route that leads the target of the probe past its tunnel",
        ),
    )
}


def stimuli(site: Zia, seen: Observation, running: Configuration | None = None) -> tuple[Stimulus, ...]:
    """A ping to each service edge without an IKE SA: one that answers pings and no IKE is not away. And through each tunnel that
    has one, to the target of its probe, of full size too: nothing but that tells that large packets are lost."""
    made = []
    named = called_on(site, running.objects) if running is not None else draft(site).edges
    for (_, edge), called in zip(site.edges, named, strict=True):
        if not any(row.up for row in seen.rows(edge.address, version=2)):
            made.append(Stimulus(Traffic(site.wan_ip, edge.address), likely=False))
        elif running is not None and (number := standing(called.own, running.objects).tunnel) is not None:
            full = full_through(f"Tunnel{number}", site.wan_interface, running.nodes)
            made.append(Stimulus(through(edge), likely=True, full_bytes=full))
    return tuple(made)


def of_full_size(site: Zia, running: str) -> tuple[Stimulus, ...]:
    """Through each tunnel, to the target of its probe."""
    config, nodes = read("ios", running), tree.parse(running)
    made = []
    for (_, edge), called in zip(site.edges, called_on(site, config), strict=True):
        number = standing(called.own, config).tunnel
        full = full_through(f"Tunnel{number}", site.wan_interface, nodes) if number is not None else None
        made += [Stimulus(through(edge), likely=True, full_bytes=full)] if full else []
    return tuple(made)


def through(edge: Edge) -> Traffic:
    """Pings through the tunnel of an edge."""
    return Traffic(edge.inner[0], edge.probe_address)


def causes_of(view: View, look: Look) -> tuple[Cause, ...]:
    """All that fits, each once, in the order in which packets would meet it."""
    return tuple({cause.id: cause for cause in _causes(view, look)}.values())


def _causes(view: View, look: Look) -> Iterator[Cause]:
    for role, edge, there in edges_of(view):
        ike, esp = tunnel_of(view, role, edge, there)
        probe, _ = path_of(view, role, edge, there)
        if esp.status is not Status.OK and probe.status is Status.OK:
            yield KNOWN["probe-past-tunnel"]
        if ike.status is not Status.OK:
            yield from _of_ike(view, edge, look)
        elif esp.status is Status.OK and probe.status is not Status.OK:
            yield KNOWN["behind-the-edge"]


def _of_ike(view: View, edge: Edge, look: Look) -> Iterator[Cause]:
    if _into_a_tunnel(view, edge.address):
        yield KNOWN["end-in-tunnel"]
        return
    ping = look.pings.get(Traffic(view.site.wan_ip, edge.address))
    if ping is None or not ping.received:
        yield KNOWN["edge-away"]
    if ping is None or ping.received:
        # Both tunnels have one credential: where the other one is up, it is right.
        if not any(row.up for _, other in view.site.edges for row in view.shown.rows(other.address, version=2)):
            yield KNOWN["credential"]
        yield KNOWN["ike-kept-out"]


def _into_a_tunnel(view: View, address: IPv4Address) -> bool:
    """True if the longest static route to an address goes out of a tunnel interface."""
    found: list[tuple[int, bool]] = []
    for node in tree.starting(view.running.nodes, "ip route"):
        words = node.line.split()
        network = _network(words[2], words[3]) if len(words) > 4 else None
        if network is not None and address in network:
            found.append((network.prefixlen, words[4].startswith("Tunnel")))
    return max(found, default=(0, False))[1]


def _network(address: str, mask: str) -> IPv4Network | None:
    """None for a route of a VRF, or with a mask that is none."""
    try:
        return IPv4Network(f"{address}/{mask}")
    except ValueError:
        return None
