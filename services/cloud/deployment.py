"""A connection as a deployment: one firewall, two gateways that are not ours, four stages of which the last moves traffic."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from ..service import Deployment, Foreign, Member, Stage
from .intents.intent import Cloud, Gateway
from .placing.features import CUT_OVER, FIRST, ROUTING, SECOND
from .verdicts.gates import first_tunnel, tunnels
from .verdicts.gates_routing import cut_over, routing

SERVICE = "cloud"
#: Seconds in which both tunnels come up: an ASA negotiates for a tunnel interface by itself, some tries of half a minute.
TUNNELS_SECONDS = 120.0
#: Seconds for what is asked after the last line: BGP has learned everything already.
CUT_OVER_SECONDS = 60.0


def routing_seconds(site: Cloud) -> float:
    """How long BGP may take: a session begins within the time of a try, and tells what it has within another."""
    return 120.0 + site.bgp.hold_seconds


def one_tunnel_seconds(site: Cloud) -> float:
    """How long one tunnel may take: IKE, and in a change in place its neighbour as well, before the other one is touched."""
    return TUNNELS_SECONDS + routing_seconds(site)


def foreign_of(site: Cloud) -> tuple[Foreign, ...]:
    """Both gateways, with what a person has to have seen in the console."""
    return tuple(
        Foreign(f"{site.name} gateway {number}", (end.address,), (), _preconditions(site, number, end), _played(site, end))
        for number, (_, end) in enumerate(site.tunnels, 1)
    )


def _played(site: Cloud, end: Gateway) -> Mapping[str, Any]:
    """How a rehearsal plays a gateway: any to any, a BGP speaker in the tunnel, and hosts of the cloud that answer behind it."""
    ike, esp, bgp = site.ike, site.esp, site.bgp
    return {
        "peer": str(end.source_ip),
        "version": 2,
        "key_ref": end.preshared_key_ref,
        "ike": [
            {
                "encryption": ike.encryption_algorithm,
                "integrity": ike.authentication_algorithm,
                "group": ike.group,
                "lifetime": ike.sa_lifetime,
            }
        ],
        "esp": [{"encryption": esp.encryption_algorithm, "integrity": esp.authentication_algorithm}],
        "esp_lifetime": esp.sa_lifetime_seconds,
        "pfs": esp.pfs_group or 0,
        "selectors": [["0.0.0.0/0", "0.0.0.0/0"]],
        "tunnel_interface": True,
        "expects": {"kind": "address", "value": str(end.source_ip)},
        "answers": [str(host) for host in site.cloud_hosts],
        "bgp": {
            "as": bgp.cloud_system,
            "address": f"{end.inner[1]}/{end.tunnel_prefix.prefixlen}",
            "peer_as": bgp.local_system,
            "prefixes": [str(network) for network in site.cloud_prefixes],
            "keepalive": bgp.keepalive_seconds,
            "hold": bgp.hold_seconds,
        },
    }


def _preconditions(site: Cloud, number: int, end: Gateway) -> tuple[str, ...]:
    """What has to be so there, and shows itself in a gate; what shows itself nowhere is a confirmation."""
    circuit = site.circuit
    return (
        f"customer gateway {number} has the address {end.source_ip} and the ASN {site.bgp.local_system}",
        f"tunnel {number} of the connection has that customer gateway, the same pre-shared key, the tunnel CIDR block "
        f"{end.tunnel_prefix} and the local BGP address {end.inner[1]}",
        f"the VBR has {circuit.next_hop} on the cloud's side and {circuit.address} on ours",
        f"nothing between {end.source_ip} and {end.address} translates addresses, and UDP 500, UDP 4500 and ESP pass",
    )


def deployment_of(site: Cloud) -> Deployment[Cloud]:
    """Built, verified up, routed, and only then the line that moves traffic; on the way back the clear route comes first."""
    stages = (
        Stage("first tunnel", (FIRST,), first_tunnel(site), settle_seconds=one_tunnel_seconds(site), undo=4),
        Stage("tunnels", (SECOND,), tunnels(site), settle_seconds=one_tunnel_seconds(site), undo=3),
        Stage("bgp", (ROUTING,), routing(site), settle_seconds=routing_seconds(site), undo=2),
        Stage("cut-over", (CUT_OVER,), cut_over(site), settle_seconds=CUT_OVER_SECONDS, undo=1),
    )
    return Deployment(
        site.name, SERVICE, site, (Member(site.host, "site", site),), foreign_of(site), (site.host,), stages, found=False
    )
