"""A site as a deployment: one router, two edges that are not ours, and four stages of which the last one moves traffic."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from ..service import Deployment, Foreign, Member, Stage
from .confirmations import credential_of
from .features import CUT_OVER, LEADING, PROBES, TUNNELS
from .gates import leading, led, probes, tunnels
from .intent import Edge, Zia

SERVICE = "zia"
#: Seconds in which both tunnels come up: some tries of IKE, each of half a minute.
TUNNELS_SECONDS = 120.0
#: Seconds for what is asked after the last line: nothing has to come up any more.
CUT_OVER_SECONDS = 30.0


def probes_seconds(site: Zia) -> float:
    """How long the probes may take: two tries, the time of one, the delay of the track, and some for the questions."""
    watch = site.watch
    return 2.0 * watch.frequency_seconds + watch.timeout_milliseconds / 1000 + watch.up_seconds + 30.0


def foreign_of(site: Zia) -> tuple[Foreign, ...]:
    """Both edges, with what a person has to have seen in the portal."""
    return tuple(
        Foreign(f"{role} {edge.datacenter}", (edge.address,), (), _preconditions(site, edge), _played(site, edge))
        for role, edge in site.edges
    )


def _played(site: Zia, edge: Edge) -> Mapping[str, Any]:
    """How a rehearsal plays an edge: it takes any to any, and what is probed answers behind it."""
    ike, esp = site.ike, site.esp
    offer = {"encryption": ike.encryption_algorithm, "integrity": ike.authentication_algorithm, "group": ike.group}
    return {
        "peer": str(site.wan_ip),
        "version": 2,
        "key_ref": site.preshared_key_ref,
        "ike": [{**offer, "lifetime": ike.sa_lifetime}],
        "esp": [{"encryption": esp.encryption_algorithm, "integrity": esp.authentication_algorithm}],
        "esp_lifetime": esp.sa_lifetime_seconds,
        "pfs": esp.pfs_group or 0,
        "selectors": [[f"{edge.probe_address}/32", str(network)] for network in (edge.tunnel_prefix, *site.lan_prefixes)],
        "tunnel_interface": True,
        "answers": [str(edge.probe_address)],
    }


def _preconditions(site: Zia, edge: Edge) -> tuple[str, ...]:
    """What has to be so there, and shows itself in a gate; what shows itself nowhere is a confirmation."""
    esp = site.esp
    subscribed = ("AES in phase 2 is subscribed",) if site.encryption_subscription else ()
    return (
        f"a tunnel from {site.wan_ip} with the credential {credential_of(site)} is taken",
        *subscribed,
        f"UDP 500, UDP 4500 and ESP pass between {site.wan_ip} and {edge.address}",
        f"phase 2 is {esp.encryption_algorithm} {esp.authentication_algorithm or ''}".strip(),
    )


def deployment_of(site: Zia) -> Deployment[Zia]:
    """Built, verified up, probed, and only then the line that leads traffic; on the way back that line goes first.

    What would lead packets has a stage of its own: where it leads them already, another probe is good before it is asked.
    """
    stages = (
        Stage("tunnels", (TUNNELS,), tunnels(site), settle_seconds=max(TUNNELS_SECONDS, probes_seconds(site)), undo=4),
        Stage("probes", (PROBES,), probes(site), settle_seconds=probes_seconds(site), undo=3),
        Stage("leading", (LEADING,), leading(site), settle_seconds=CUT_OVER_SECONDS, undo=2),
        Stage("cut-over", (CUT_OVER,), led(site), settle_seconds=CUT_OVER_SECONDS, undo=1),
    )
    return Deployment(
        site.name, SERVICE, site, (Member(site.host, "site", site),), foreign_of(site), (site.host,), stages, found=False
    )
