"""State of an ASA that is not IKE or IPsec: release and licences, routes, BGP neighbors, SSL, the way of a packet."""

from __future__ import annotations

import re
from ipaddress import ip_network
from typing import Annotated

from msgspec import Struct

from ..fields.columns import Address, Column, Network, duration, duration_or_none, name_or_none, squeezed
from ..fields.vocabulary import BGP_STATE, one_of
from .asa_vpn import host


def uptime(text: str) -> int:
    """Seconds of `41 days 19 hours`, `1 year 97 days` or `5 mins 3 secs`."""
    return duration(re.sub(r"\bmin(s?)\b", r"minute\1", re.sub(r"\bsec(s?)\b", r"second\1", text.strip())))


def _term(text: str) -> str | None:
    return squeezed(text) or None


def _enabled(text: str) -> bool | None:
    return {"enabled": True, "disabled": False}.get(text.lower())


def _number(text: str) -> int | None:
    return int(text.split(",")[0]) if text[0].isdigit() else None


def _megabytes(text: str) -> int | None:
    found = re.search(r"(\d+) MB RAM", text)
    return int(found[1]) if found else None


class AsaLicense(Struct, frozen=True, kw_only=True):
    """One licensed feature. scope: the heading above it ("Licensed features for this platform").

    value as printed ("Enabled", "Disabled", "Unlimited", a number, "Active/Standby"); enabled None: it is a number or a
    mode. term: what stands behind the value ("perpetual", "56 days"), None up to 8.2, which prints none.
    """

    scope: Annotated[str, Column(lambda text: text.strip(" :"), source="scope", inherit=True)]
    name: str
    value: str
    enabled: Annotated[bool | None, Column(_enabled, source="value")] = None
    count: Annotated[int | None, Column(_number, source="value")] = None
    term: Annotated[str | None, Column(_term)] = None


class AsaVersion(Struct, frozen=True, kw_only=True):
    """`show version` of an ASA, 8.0 to 9.19. version as printed ("9.8(3)21").

    platform_license: the name of the licence in "This platform has a(n) ... license.". licenses: this unit's first, then
    those of the failover cluster where they are printed. Activation keys are not kept.
    """

    version: str
    context: Annotated[str | None, Column(lambda text: text.strip(" <>"))] = None
    device_manager_version: str | None = None
    chassis_version: str | None = None
    image_file: str | None = None
    hostname: str | None = None
    uptime_seconds: Annotated[int | None, Column(uptime)] = None
    cluster_uptime_seconds: Annotated[int | None, Column(uptime)] = None
    hardware: Annotated[str | None, Column(lambda text: text.split(",")[0].strip())] = None
    memory_megabytes: Annotated[int | None, Column(_megabytes, source="hardware")] = None
    model_id: str | None = None
    serial: str | None = None
    platform_license: str | None = None
    license_mode: str | None = None
    configuration_register: str | None = None
    last_change: str | None = None
    licenses: Annotated[tuple[AsaLicense, ...], Column(source="license")] = ()


class AsaNextHop(Struct, frozen=True, kw_only=True):
    """One way of a route of an ASA; interface None: BGP prints none, to be resolved by the gateway."""

    distance: int | None = None
    metric: int | None = None
    gateway: Annotated[Address | str | None, Column(host)] = None
    age_seconds: Annotated[int | None, Column(lambda text: duration(text.strip(" ,")))] = None
    interface: Annotated[str | None, Column(lambda text: text.strip(" ,"))] = None
    tunneled: Annotated[bool, Column(lambda text: "tunneled" in text)] = False


def prefix(text: str) -> Network | str:
    """`10.0.0.0 255.0.0.0` as a network; `Server1 255.255.255.255`, where a name stands for the address, as text.

    A mask that is no mask (a capture that somebody edited) leaves the text as it stands.
    """
    plain = " ".join(text.split())
    try:
        return ip_network(plain.replace(" ", "/"), strict=False)
    except ValueError:
        return plain


class AsaRoute(Struct, frozen=True, kw_only=True):
    """One route of `show route`. code as printed ("S*", "O IA", "V" for reverse route injection); table None: the data
    routing table, else the name behind "Routing Table:". prefix is text where the ASA prints a name for the address.
    """

    table: str | None = None
    code: Annotated[str, Column(squeezed)]
    prefix: Annotated[Network | str, Column(prefix)]
    connected: bool = False
    by_vpn: Annotated[bool, Column(lambda _: True)] = False
    next_hops: Annotated[tuple[AsaNextHop, ...], Column(source="hop")] = ()


class AsaBgpNeighbor(Struct, frozen=True, kw_only=True):
    """One neighbor of `show bgp neighbors`. Prefix counters are of its address families together, None before a session.

    state: Established, Idle, Active, ... link: external or internal. last_reset None: never.
    last_read_seconds: age of the last message that came. keepalives_received counts over all sessions of the neighbor.
    """

    address: Address
    context: Annotated[str | None, Column(lambda text: text.strip(" ,").split()[-1])] = None
    remote_as: str
    link: str
    description: str | None = None
    version: int | None = None
    router_id: Address | None = None
    state: Annotated[str, Column(one_of(BGP_STATE))]
    established_seconds: Annotated[int | None, Column(lambda text: duration_or_none(text.split(" for ")[-1]))] = None
    last_read_seconds: Annotated[int | None, Column(duration_or_none)] = None
    hold_seconds: int | None = None
    keepalive_seconds: int | None = None
    keepalives_received: int | None = None
    prefixes_sent: int | None = None
    prefixes_received: int | None = None
    connections_established: int | None = None
    connections_dropped: int | None = None
    last_reset: Annotated[str | None, Column(lambda text: None if text.startswith("never") else text)] = None


def classful(text: str) -> Network:
    """`10.1.0.0/16` as a network; without a length it has the mask of its class, as BGP prints it."""
    first = int(text.split(".")[0])
    usual = 8 if first < 128 else 16 if first < 192 else 24
    # The default route has no class.
    return ip_network(text if "/" in text else f"{text}/{usual if first else 0}", strict=False)


class BgpPath(Struct, frozen=True, kw_only=True):
    """One route to a network that is announced to a neighbor, or accepted from it; ours has the next hop 0.0.0.0.

    best: the one that is used for BGP; rib_failure: the routing table has a better route to the network.
    """

    network: Annotated[Network, Column(classful)]
    next_hop: Address
    best: Annotated[bool, Column(lambda text: ">" in text, source="marks")]
    rib_failure: Annotated[bool, Column(lambda text: text.startswith("r"), source="marks")]


class SslTrustPoint(Struct, frozen=True, kw_only=True):
    """The certificate that an interface presents; interface None: the default of the others.

    kind as printed ("RSA 2048 bits RSA-SHA256"), from 9.4 on.
    """

    interface: str | None = None
    name: str
    kind: Annotated[str | None, Column(lambda text: text.strip(" ()") or None)] = None


class AsaSsl(Struct, frozen=True, kw_only=True):
    """`show ssl`. enabled_ciphers: in order of preference, and disabled_ciphers: up to 9.3(1), in the words of that time.

    accept and start: what the sentences say of versions. From 9.3(2) on the ciphers are in `show ssl ciphers`.
    """

    accept: str
    start: str | None = None
    enabled_ciphers: Annotated[tuple[str, ...], Column(source="enabled")] = ()
    disabled_ciphers: Annotated[tuple[str, ...], Column(source="disabled")] = ()
    dh_group: str | None = None
    ecdh_group: str | None = None
    trust_points: Annotated[tuple[SslTrustPoint, ...], Column(source="trust_point")] = ()
    certificate_authentication: Annotated[bool | None, Column(lambda text: "not" not in text)] = None


class TracePhase(Struct, frozen=True, kw_only=True):
    """One phase of `packet-tracer`. result: ALLOW or DROP. config and information: the lines below those headings."""

    number: int
    kind: str
    subtype: Annotated[str | None, Column(name_or_none)] = None
    result: Annotated[str, Column(str.upper)]
    elapsed_nanoseconds: int | None = None
    config: tuple[str, ...] = ()
    information: tuple[str, ...] = ()


class PacketTrace(Struct, frozen=True, kw_only=True):
    """The answer of `packet-tracer`: what would happen to a packet, phase by phase. action: allow or drop."""

    phases: Annotated[tuple[TracePhase, ...], Column(source="phase")] = ()
    input_interface: str | None = None
    input_up: Annotated[bool | None, Column(lambda text: text == "up", source="input_status")] = None
    output_interface: str | None = None
    output_up: Annotated[bool | None, Column(lambda text: text == "up", source="output_status")] = None
    action: Annotated[str, Column(str.lower)]
    drop_code: str | None = None
    drop_reason: str | None = None
    drop_location: Annotated[str | None, Column(lambda text: text.removeprefix(", Drop-location: "))] = None
