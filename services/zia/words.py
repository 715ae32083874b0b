"""What the text of a site's route map and list is filled with. Pure."""

from __future__ import annotations

from collections.abc import Mapping
from ipaddress import IPv4Network
from typing import Any

from .intent import Zia
from .limits import PRIVATE
from .names import SiteNames


def never_led(site: Zia) -> tuple[IPv4Network, ...]:
    """Destinations that are not led into the tunnels: private ones, the networks of the hosts, the router, what is exempt."""
    networks = (*PRIVATE, *site.lan_prefixes, IPv4Network(site.wan_ip), *site.exempt)
    within = [net for net in networks if not any(net != other and net.subnet_of(other) for other in networks)]
    return tuple(dict.fromkeys(within))


def leading_words(site: Zia, names: SiteNames) -> Mapping[str, Any]:
    """What says which packets are led, and where."""
    edges = [(edge, called) for (_, edge), called in zip(site.edges, names.edges, strict=True)]
    return {"site": site, "names": names, "edges": edges, "never": never_led(site)}
