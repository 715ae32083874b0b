"""What the portal of Zscaler has to have for a site, in the portal's words and order: for whoever sets it, without the key.

Pages and fields are those of the ZIA Admin Portal (Zscaler help: About VPN Credentials; Configuring an IPSec VPN Tunnel; About
Locations) and, for a program, of ``POST /vpnCredentials``.
"""

from __future__ import annotations

import json

from ..sheet import KEY, Rows, Sheet
from .features import transforms_of
from .intent import Sites, Zia
from .limits import CHILD_SAS, NULL, is_private

#: The words of the table of phase 1 and phase 2 in Zscaler's help.
_WORDS = {
    "aes-256-cbc": "AES-256",
    "aes-192-cbc": "AES-192",
    "aes-128-cbc": "AES-128",
    "3des-cbc": "3DES",
    "aes-256-gcm": "AES-256-GCM",
    "aes-192-gcm": "AES-192-GCM",
    "aes-128-gcm": "AES-128-GCM",
    NULL: "NULL",
    "hmac-sha1": "SHA-1",
    "hmac-sha256": "SHA-256",
    "hmac-sha384": "SHA-384",
    "hmac-sha512": "SHA-512",
}


def sheet_of(sites: Sites, name: str) -> Sheet:
    """The sheet of a site, whatever its status. Raises NothingMatched for a name that is not there."""
    (site,) = sites.chosen((name,), any_status=True)
    return Sheet(
        f"Zscaler for site {site.name}: what the ZIA Admin Portal has to have",
        (("site", site.name), ("partner", "Zscaler")),
        (
            *((("Administration > Static IPs & GRE Tunnels", _static(site)),) if site.identity.credential == "ip" else ()),
            ("Administration > VPN Credentials > Add VPN Credential", _credential(site)),
            ("Administration > Location Management > Add Location", _location(site)),
            ("Tunnels", _tunnels(site)),
            ("Phase 1", _phase_1(site)),
            ("Phase 2", _phase_2(site)),
            ("Forwarding", _forwarding(site)),
        ),
        (("The credential for a program (POST /vpnCredentials; preSharedKey is left out here)", _request(site)),),
    )


def _static(site: Zia) -> Rows:
    return (("Static IP Address", (str(site.identity.address),)),)


def _credential(site: Zia) -> Rows:
    identity = site.identity
    if identity.credential == "fqdn":
        user, _, domain = str(identity.fqdn).partition("@")
        who: Rows = (("Authentication Type", ("FQDN",)), ("User ID", (f"{user} @ {domain}",)))
    else:
        who = (("Authentication Type", ("IP",)), ("IP Address", (str(identity.address),)))
    return (*who, ("New Pre-Shared Key", (KEY,)), ("Comments", (f"site {site.name}, router {site.host}",)))


def _location(site: Zia) -> Rows:
    identity = site.identity
    by_address = (("Static IP Addresses", (str(identity.address),)),) if identity.credential == "ip" else ()
    called = str(identity.fqdn or identity.address)
    return (("Name", (f"{site.name}, or what you call it",)), *by_address, ("VPN Credentials", (called,)))


def _request(site: Zia) -> str:
    """Neither the type of a credential nor its name can be changed later: another one is made."""
    identity, comments = site.identity, f"site {site.name}, router {site.host}"
    who = {"type": "UFQDN", "fqdn": identity.fqdn} if identity.fqdn else {"type": "IP", "ipAddress": str(identity.address)}
    return json.dumps({**who, "comments": comments}, indent=2)


def _tunnels(site: Zia) -> Rows:
    edges = tuple((f"{role} VPN host", (f"{edge.address} ({edge.datacenter})",)) for role, edge in site.edges)
    nat = ("in front of the router: UDP 4500 is used",) if is_private(site.wan_ip) else ("not expected",)
    return (
        *edges,
        ("router", (f"{site.host} at {site.wan_ip}",)),
        ("address translation", nat),
        ("let through", ("UDP 500, UDP 4500 and ESP, both ways",)),
        ("probed addresses", tuple(f"{edge.probe_address} (in no PAC file)" for _, edge in site.edges)),
    )


def _phase_1(site: Zia) -> Rows:
    ike = site.ike
    return (
        ("IKE version", ("2",)),
        ("Encryption", (_WORDS[ike.encryption_algorithm],)),
        ("Integrity", (_WORDS[ike.authentication_algorithm],)),
        ("Authentication", ("Pre-Shared Key",)),
        ("DH group", (str(ike.group),)),
        ("Lifetime", (f"{ike.sa_lifetime} seconds",)),
        ("DPD", (f"every {site.dpd.interval_seconds} seconds, {site.dpd.retries} retries",)),
        ("NAT keepalive", (f"{site.nat_keepalive_seconds} seconds",)),
    )


def _phase_2(site: Zia) -> Rows:
    esp = site.esp
    own = "none beside the cipher (GCM has its own)"
    subscription = ("not needed: nothing is encrypted",) if esp.encryption_algorithm == NULL else ("AES in phase 2",)
    return (
        ("Protocol", ("ESP in tunnel mode",)),
        ("Encryption", (_WORDS[esp.encryption_algorithm],)),
        ("Authentication", (_WORDS[esp.authentication_algorithm] if esp.authentication_algorithm else own,)),
        ("PFS", (f"group {esp.pfs_group}" if esp.pfs_group else "disabled",)),
        ("Lifetime", (f"{esp.sa_lifetime_seconds} seconds",)),
        ("Selectors", (f"0.0.0.0/0 to 0.0.0.0/0, one child SA of at most {CHILD_SAS} in each tunnel",)),
        ("Subscription", subscription),
        ("On the router", (transforms_of(site),)),
    )


def _forwarding(site: Zia) -> Rows:
    led = "everything that is not private" if site.traffic == "all" else "TCP to ports 80 and 443"
    return (
        ("Networks of the hosts", tuple(map(str, site.lan_prefixes))),
        ("Led into the tunnels", (led,)),
        ("Never led", (*map(str, site.exempt), "private addresses (RFC 1918)")),
        ("Without a tunnel", ("dropped",) if site.on_total_loss == "closed" else ("by the routing table, in clear",)),
    )
