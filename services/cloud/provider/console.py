"""What the console of Alibaba Cloud has to have for a connection, in its words and order, and as a fragment of Terraform.

Never with a key. Pages and fields are those of the VPN Gateway, Express Connect and CEN consoles (Alibaba Cloud, Encrypt private
connections over Express Connect circuits; Create and manage an IPsec-VPN connection in dual-tunnel mode), and of the resources
``alicloud_vpn_customer_gateway``, ``alicloud_vpn_gateway_vpn_attachment`` and ``alicloud_cen_transit_router_route_entry``.
"""

from __future__ import annotations

from ....templates.environment import fill
from ...sheet import KEY, Rows, Sheet
from ..intents.intent import Cloud, Gateway
from ..intents.intent_file import Connections
from ..intents.limits import STATES, UP_STATE

#: Words of the console, which the API and Terraform have as well.
ENCRYPTION = {"aes-128-cbc": "aes", "aes-192-cbc": "aes192", "aes-256-cbc": "aes256", "3des-cbc": "3des"}
INTEGRITY = {"hmac-sha1": "sha1", "hmac-sha256": "sha256", "hmac-sha384": "sha384", "hmac-sha512": "sha512"}


def sheet_of(connections: Connections, name: str) -> Sheet:
    """The sheet of a connection, whatever its status. Raises NothingMatched for a name that is not there."""
    (site,) = connections.chosen((name,), any_status=True)
    return Sheet(
        f"Alibaba Cloud for connection {site.name}: what the console has to have",
        (("connection", site.name), ("partner", "Alibaba Cloud")),
        (
            ("Express Connect > Virtual Border Routers (VBRs)", _vbr(site)),
            *((f"VPN > Customer Gateways > {number}", _customer(site, end)) for number, end in _numbered(site)),
            ("VPN > IPsec Connections > Create VPN Connection", _connection(site)),
            *((f"Tunnel {number}", _tunnel(site, number, end)) for number, end in _numbered(site)),
            ("CEN > Transit Router > Route Table > Route Entry", _entries(site)),
            ("CEN > Transit Router > Route Table > Route Maps", _policy(site)),
            ("Then", _states(site)),
        ),
        (("The same for Terraform (the keys are variables that you set)", terraform(site)),),
    )


def _numbered(site: Cloud) -> tuple[tuple[int, Gateway], ...]:
    return tuple(enumerate((end for _, end in site.tunnels), 1))


def _vbr(site: Cloud) -> Rows:
    circuit = site.circuit
    return (
        ("IPv4 Address (Alibaba Cloud Side)", (str(circuit.next_hop),)),
        ("IPv4 Address (Data Center Side)", (str(circuit.address),)),
        ("Custom Route Entry", tuple(f"{net} to the Express Connect circuit" for net in circuit.aggregates)),
        ("No entry as long as", tuple(map(str, site.lan_prefixes))),
    )


def _customer(site: Cloud, end: Gateway) -> Rows:
    return (("IP Address", (str(end.source_ip),)), ("ASN", (str(site.bgp.local_system),)))


def _connection(site: Cloud) -> Rows:
    return (
        ("Associate Resource", ("CEN",)),
        ("Gateway Type", ("Private",)),
        ("Routing Mode", ("Destination Routing Mode",)),
        ("Enable BGP", ("yes",)),
        ("Local ASN", (str(site.bgp.cloud_system),)),
        ("Effective Immediately", ("yes",)),
    )


def _tunnel(site: Cloud, number: int, end: Gateway) -> Rows:
    ike, esp = site.ike, site.esp
    return (
        ("Customer Gateway", (f"customer gateway {number}, {end.source_ip}",)),
        ("Gateway IP Address", (f"{end.address}, as the console has given it",)),
        ("Pre-Shared Key", (KEY,)),
        ("IKE Version", ("ikev2",)),
        ("IKE Encryption Algorithm", (ENCRYPTION[ike.encryption_algorithm],)),
        ("IKE Authentication Algorithm", (INTEGRITY[ike.authentication_algorithm],)),
        ("IKE DH Group", (f"group{ike.group}",)),
        ("IKE SA Life Cycle (seconds)", (str(ike.sa_lifetime),)),
        ("LocalId", (str(end.address),)),
        ("RemoteId", (str(end.source_ip),)),
        ("IPsec Encryption Algorithm", (ENCRYPTION[esp.encryption_algorithm],)),
        ("IPsec Authentication Algorithm", (INTEGRITY[esp.authentication_algorithm],)),
        ("IPsec DH Group", (f"group{esp.pfs_group}" if esp.pfs_group else "disabled",)),
        ("IPsec SA Life Cycle (seconds)", (str(esp.sa_lifetime_seconds),)),
        ("Tunnel CIDR Block", (str(end.tunnel_prefix),)),
        ("Local BGP IP address", (str(end.inner[1]),)),
        ("DPD", ("on",)),
        ("NAT Traversal", ("on",)),
    )


def _entries(site: Cloud) -> Rows:
    found = dict.fromkeys(f"{end.source_ip}/32" for _, end in site.tunnels)
    return (("Destination CIDR", tuple(found)), ("Blackhole Route", ("no",)), ("Next Hop", ("the VBR attachment",)))


def _policy(site: Cloud) -> Rows:
    found = dict.fromkeys(f"{end.source_ip}/32" for _, end in site.tunnels)
    return (
        ("Direction", ("Export from Regional Gateway",)),
        ("Destination Instance", ("the IPsec-VPN connection",)),
        ("Route Prefix", tuple(found)),
        ("Action", ("Deny",)),
    )


def _states(site: Cloud) -> Rows:
    return (
        ("Connection status", tuple(f"{word}: {says}" for word, says in STATES.items())),
        ("Up is", (f"{UP_STATE}, of both tunnels",)),
        ("Built on our side by", (f"nr-run deploy-cloud {site.name}",)),
    )


def terraform(site: Cloud) -> str:
    """The customer gateways, the connection and the routes to the ends of the tunnels, with keys and ids as variables."""
    tunnels = [(number, end) for number, end in _numbered(site)]
    words = {"encryption": ENCRYPTION, "integrity": INTEGRITY, "called": site.name.replace(".", "_")}
    return fill("cloud_terraform.j2", site=site, tunnels=tunnels, **words)
