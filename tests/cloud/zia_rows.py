"""The errors of the vendor's guide for a site behind Zscaler, planted one by one.

Source: Zscaler, IPSec VPN Configuration Guide for Cisco 881 ISR, and the page Understanding IPSec VPNs.
"""

from __future__ import annotations

from collections.abc import Callable
from functools import partial
from typing import Any

from nr_run.inventory.models.platforms import platform_for

from ..services.zia.planned import built, deployed, staged
from ..services.zia.sites import site
from ..services.zia.test_prechecks import ROUTES
from .rows import Place, Row, Said
from .zia_walk import Scene, walk

XE_SHIELD = platform_for("C8000V", "17.12.1")
NULL: dict[str, Any] = {
    "esp": {"encryption_algorithm": "null", "authentication_algorithm": "hmac-sha256"},
    "encryption_mandatory": False,
    "encryption_subscription": False,
}
BY_IP = {"credential": "ip", "fqdn": None}
WAIVER = {"until": "2099-01-01", "ticket": "T", "reason": "r"}
CLAUSE_HOPS = (
    " set ip next-hop verify-availability 192.168.253.2 10 track 1\n"
    " set ip next-hop verify-availability 192.168.253.6 20 track 2\n"
)
CLAUSE_SHOWN = (
    "route-map NR-branch-zia, permit, sequence 10\n  Match clauses:\n    ip address (access-lists): NR-branch-zia-PBR \n"
    "  Set clauses:\n{sets}  Policy routing matches: 0 packets, 0 bytes\n"
)


def _never(*patterns: str) -> Callable[[], list[Said]]:
    """What nothing that we build holds, in any form of the intent; found where it does, it is said under another place."""

    def plant() -> list[Said]:
        forms: list[dict[str, Any]] = [
            {},
            {"traffic": "all"},
            {**NULL, "on_total_loss": "open"},
            {"watch": {"kind": "tcp", "cloud": None}},
        ]
        lines = [line for form in forms for stage in built(site(**form)) for line in stage.text.splitlines()]
        found = [line for line in lines if any(pattern in line for pattern in patterns)]
        return [Said("verify", line) for line in found] or [Said("never built", ", ".join(patterns))]

    return plant


def _no_edit() -> list[Said]:
    """Another target on a router that has the site: what was scheduled is left alone until another one has its place."""
    changes = [change for _, change in staged(site(primary={"probe_address": "203.0.113.99"}), deployed(site()))]
    edited = [edit.before.title for change in changes for edit in change.edited if edit.before.family.name == "sla-operation"]
    made = [item.title for change in changes for item in change.created if item.family.name == "sla-operation"]
    if edited or not made:
        return [Said("verify", f"edited: {edited}, made: {made}")]
    return [Said("never built", "no probe is edited: another one takes its place")]


def _row(error: str, has: str, place: Place, sentence: str, **scene: Any) -> Row:
    return Row(error, has, place, sentence, partial(walk, Scene(**scene)))


def _unbuilt(error: str, has: str, *patterns: str) -> Row:
    return Row(error, has, "never built", ", ".join(patterns), _never(*patterns))


_OUTSIDE = " ip nat outside\n"
_HEAD = "interface Vlan1\n ip address 172.17.0.1"
_WEB_LIST = "ip access-list extended WEB\n permit tcp any any eq www\n permit tcp any any eq 443\nline vty"
_ESP_LIST = "ip access-list extended OUT\n permit udp any any eq isakmp\n permit esp any any\nline vty"
_FIRST_TRACK = "track 1 ip sla 1 reachability\n"

ROWS: tuple[Row, ...] = (
    _row(
        *("E1-1", "GCM with an HMAC beside it", "intent", "authentication_algorithm is not allowed with a GCM cipher"),
        wanted={"esp": {"encryption_algorithm": "aes-256-gcm", "authentication_algorithm": "hmac-sha1"}},
    ),
    _unbuilt("E1-1", "words that IOS has not", "esp-aes-gcm", "esp-aes128"),
    _row(
        *("E1-2", "GCM on the engine of an 881", "intent", "cannot do aes-256-gcm for ESP, or is not known to"),
        wanted={"esp": {"encryption_algorithm": "aes-256-gcm", "authentication_algorithm": None}},
    ),
    _row(
        *("E1-2", "NULL where the shield refuses it", "intent", "cannot do null for ESP"),
        wanted={**NULL, "on_total_loss": "closed"},
        platform=XE_SHIELD,
    ),
    _row(
        *("E1-3", "the web list on the outside interface", "precheck", "from 198.51.100.10"),
        before=((_OUTSIDE, f" ip access-group WEB in\n{_OUTSIDE}"), ("line vty", _WEB_LIST)),
    ),
    _unbuilt("E1-3", "access groups from the guide", "access-group"),
    _row(
        *("E1-3", "a route map on the LAN already", "plan", "an interface has one route map"),
        before=((_HEAD, f"interface Vlan1\n ip policy route-map SDM\n{_HEAD.partition(chr(10))[2]}"),),
    ),
    _row(
        *("E1-4", "an exempt host without host or mask", "intent", "is not an IPv4 network with its prefix length"),
        wanted={"exempt": ["192.0.2.80"]},
    ),
    _row(
        *("E1-5", "permit ip any any before the private nets", "verify", "NR-branch-zia-PBR"),
        after=((" deny ip any 10.0.0.0 0.255.255.255\n", " permit ip any any\n deny ip any 10.0.0.0 0.255.255.255\n"),),
    ),
    _row(
        *("E1-6", "set interface T1 T2, tracks that lead nothing", "gate", "the route map leads to no next hop"),
        after=((f"{CLAUSE_HOPS} set interface Null0\n", " set interface Tunnel1 Tunnel2\n"),),
        shows={"more": {"show route-map": CLAUSE_SHOWN.format(sets="    interface Tunnel1 Tunnel2\n")}},
    ),
    _row(
        *("E1-6", "a track that the clause names and nobody made", "gate", "the route map leads to 192.168.253.6"),
        shows={"hops": {1: "undefined", 2: "up"}},
    ),
    _row(
        *("E1-7", "track by state, which a late answer takes down", "verify", "track 1"),
        after=((_FIRST_TRACK, "track 1 ip sla 1 state\n"),),
    ),
    _row(
        *("E1-7", "a threshold beyond the timeout", "intent", "frequency > timeout >= threshold"),
        wanted={"watch": {"threshold_milliseconds": 6000}},
    ),
    _unbuilt("E1-8", "a heading as a command", "config IP SLA"),
    _row(
        *("E1-9", "NAT without a rule that translates", "precheck", "leaves with its private address"),
        before=(("ip nat inside source list NAT interface FastEthernet4 overload\n", ""),),
    ),
    _row(
        *("E1-10", "the outside address of the guide", "precheck", "FastEthernet4 has 10.96.19.244, and the intent says"),
        before=(("ip address 10.96.19.2 ", "ip address 10.96.19.244 "),),
    ),
    _unbuilt("E1-10", "addresses of interfaces that are there", "ip address 10.96", "ip address 172.17", "$ES_WAN$", "duplex"),
    _unbuilt("E1-11", "settings of the whole device", "crypto ikev2 dpd", "crypto ikev2 nat", "crypto ipsec fragmentation"),
    _unbuilt("E1-12", "the profile twice at the tunnel", "tunnel protection ipsec profile NR-branch-zia-P ikev2-profile"),
    _row(
        *("E1-13", "a request that a prompt has eaten", "verify", "sla-operation 1"),
        after=(("  User-Agent: Cisco IP SLA\\r\\n\n", ""),),
    ),
    Row("E1-14", "a scheduled probe, edited", "never built", "no probe is edited: another one takes its place", _no_edit),
    _row(*("E1-15", "IKEv1 for a new tenant", "intent", "new tenants cannot establish IKEv1"), wanted={"ike_version": 1}),
    _row(*("E1-15", "no IKEv2 SA on the router", "gate", "is not up (no IKEv2 SA)"), shows={"ike": {2: "READY"}}),
    _row(
        *("E1-16", "SAs of another cipher than was built", "gate", "and the intent aes-256-cbc"),
        shows={"transform": "esp-aes esp-sha-hmac"},
    ),
    _row(
        *("E1-16", "SAs that encrypt nothing", "gate", "is up and encrypts nothing"),
        shows={"transform": "esp-null esp-md5-hmac"},
    ),
    _row(
        *("E1-17", "a half-open exchange shown as right", "gate", "is not up (IN-NEG)"), shows={"ike": {1: "IN-NEG", 2: "READY"}}
    ),
    _row(
        *("E1-18", "a private address with an IP credential", "intent", "or the negotiation fails"),
        wanted={"identity": {**BY_IP, "address": "10.96.19.2"}},
    ),
    _row(
        *("E1-18", "port 500 alone, with NAT in front", "precheck", "denies IKE and ESP (UDP 4500) from 198.51.100.10"),
        before=((_OUTSIDE, f" ip access-group OUT in\n{_OUTSIDE}"), ("line vty", _ESP_LIST)),
    ),
    _row(*("E1-19", "a probe that has not asked", "gate", "does not answer (Unknown)"), shows={"codes": {1: "OK", 2: "Unknown"}}),
    _row(
        *("E1-20", "two policies for every peer", "plan", "which one is used is not certain"),
        before=(
            (
                "line vty",
                "crypto ikev2 policy A\n match fvrf any\n proposal X\n"
                "crypto ikev2 policy B\n match fvrf any\n proposal Y\nline vty",
            ),
        ),
    ),
    _row(
        *("fact 8", "SHA-384 or SHA-512 beside another group", "intent", "goes with group 14 only"),
        wanted={"ike": {"authentication_algorithm": "hmac-sha512", "group": 19}},
    ),
    _row(
        *("fact 8", "triple DES beside another group than 2", "intent", "goes with group 2"),
        wanted={"ike": {"encryption_algorithm": "3des-cbc"}, "waiver": WAIVER},
    ),
    _row(*("fact 8", "DH group 2 as recommended", "intent", "group 2 needs a waiver"), wanted={"ike": {"group": 2}}),
    _row(
        *("fact 8", "MD5 as recommended for NULL", "intent", "hmac-md5 is never built"),
        wanted={"esp": {"authentication_algorithm": "hmac-md5"}},
    ),
    _unbuilt("fact 8", "extended sequence numbers", "esn"),
    _row(
        *("fact 8", "AES in phase 2 without its subscription", "intent", "needs a subscription"),
        wanted={"encryption_subscription": False},
    ),
    _row(
        *("fact 8", "a lifetime of a day in phase 2", "intent", "longer than the 28800 seconds"),
        wanted={"esp": {"sa_lifetime_seconds": 86400}},
    ),
    _row(
        *("fact 8", "one data centre for both", "intent", "so one loss takes both"),
        wanted={"backup": {"datacenter": "FRA4"}},
    ),
    _row(
        *("fact 8", "an FQDN that is no user@domain", "intent", "has a character"),
        wanted={"identity": {"fqdn": "branch.example.com"}},
    ),
    _unbuilt("fact 8", "HTTP/1.1 in a raw request", "HTTP/1.1"),
    _row(*("fact 9", "failing open, implicitly", "intent", "open sends in clear"), drops=("on_total_loss",)),
    _row(
        *("fact 9", "failing open where encryption is mandatory", "intent", "sends in clear without a tunnel"),
        wanted={"on_total_loss": "open"},
    ),
    _row(
        *("fact 9", "failing open, as was asked", "intent", "goes by the routing table, in clear"),
        wanted={**NULL, "on_total_loss": "open"},
        shows={"transform": "esp-null esp-sha256-hmac", "end": ""},
    ),
    _row(
        *("fact 9", "a second clause for Null0, never reached", "gate", "the route map has 2 clauses"),
        shows={
            "more": {
                "show route-map": CLAUSE_SHOWN.format(
                    sets="".join(
                        f"    ip next-hop verify-availability 192.168.253.{4 * n - 2} {10 * n} track {n}  [up]\n" for n in (1, 2)
                    )
                )
                + CLAUSE_SHOWN.format(sets="    interface Null0\n").replace("sequence 10", "sequence 20")
            }
        },
    ),
    _row(
        *("fact 9", "a clause that ends in nothing", "gate", "it sends by the routing table, and the intent says closed"),
        shows={"end": ""},
        after=((" set interface Null0\n", ""),),
    ),
    _row(
        *("2.d", "the tunnel's end routed into the tunnel", "precheck", "is reached by Tunnel9, and the tunnel comes from"),
        routes=f"{ROUTES}S        198.51.100.0/24 is directly connected, Tunnel9\n",
    ),
    _row(
        *("2.d", "the probe's target by a second way", "precheck", "leads the probe elsewhere"),
        before=(("line vty", "ip route 203.0.113.20 255.255.255.255 10.96.19.1\nline vty"),),
    ),
    _row(
        *("2.d", "the probe's target is the tunnel's end", "intent", "lead that tunnel into itself"),
        wanted={"primary": {"probe_address": "198.51.100.20"}},
    ),
    _row(
        *("2.a", "APIPA inside the tunnel", "intent", "169.254 is not taken"),
        wanted={"primary": {"tunnel_prefix": "169.254.9.0/30"}},
    ),
    _row(*("2.a", "an MSS that does not fit the MTU", "intent", "does not fit mtu 1400"), wanted={"mss": 1400}),
)
