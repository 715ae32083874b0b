"""State of an IOS device that is not cryptography: release, interfaces, routes, translations, reachability."""

from __future__ import annotations

from typing import Annotated

from msgspec import Struct

from ..fields.columns import Address, Column, Network, duration, network, squeezed


def _interface_address(text: str) -> Address | None:
    return None if text.lower() in {"unassigned", "unset"} else network(text).network_address


class Storage(Struct, frozen=True, kw_only=True):
    """One `16384K bytes of processor board System flash (Read/Write)` line of `show version`."""

    kilobytes: int
    what: str


class IosVersion(Struct, frozen=True, kw_only=True):
    """`show version` of IOS and IOS-XE.

    version is the release of the IOS part ("12.2(8)T", "17.9.4a"); xe_version the one of the IOS-XE around it.
    experimental: the device says so of its build, which is no release. patched: an SMU is in effect (IOS-XE).
    image_id holds k9 where the image has strong ciphers. Memory in kilobytes as printed (processor / I/O). storage is
    every `K bytes of` line, NVRAM and flash among them; nvram and flash are picked out of it.
    """

    version: str
    image_id: str | None = None
    release: Annotated[str | None, Column(lambda text: text.strip(", \n\t") or None)] = None
    experimental: Annotated[bool, Column(lambda text: bool(text.strip()))] = False
    xe_version: str | None = None
    patched: bool = False
    hostname: str
    uptime_seconds: Annotated[int, Column(duration)]
    reload_reason: str | None = None
    image_file: str | None = None
    model: str | None = None
    serial: str | None = None
    memory_kilobytes: int | None = None
    io_memory_kilobytes: int | None = None
    nvram_kilobytes: int | None = None
    flash_kilobytes: int | None = None
    storage: tuple[Storage, ...] = ()
    configuration_register: str | None = None
    next_configuration_register: str | None = None


class InterfaceBrief(Struct, frozen=True, kw_only=True):
    """One row of `show ip interface brief`. status: up, down, administratively down, deleted."""

    interface: str
    address: Annotated[Address | None, Column(_interface_address)] = None
    ok: bool
    method: str
    status: Annotated[str, Column(lambda text: " ".join(text.split()))]
    protocol: str


class NextHop(Struct, frozen=True, kw_only=True):
    """One way of a route. interface None: to be resolved; gateway None: directly connected or summary.

    overrides: a next hop of NHRP that comes before the one of the routing protocol ("[NHO]", DMVPN phase 3).
    """

    distance: int | None = None
    metric: int | None = None
    gateway: Address | None = None
    overrides: Annotated[bool, Column(lambda text: bool(text.strip()), source="overridden")] = False
    vrf: Annotated[str | None, Column(lambda text: text.strip(" ()"), source="hop_vrf")] = None
    age_seconds: Annotated[int | None, Column(lambda text: duration(text.strip(" ,")))] = None
    interface: Annotated[str | None, Column(lambda text: text.strip(" ,"))] = None


class Route(Struct, frozen=True, kw_only=True):
    """One route. code as printed ("S*", "O E2", "B"); vrf None: the global table."""

    vrf: str | None = None
    code: Annotated[str, Column(squeezed)]
    prefix: Network
    connected: bool = False
    next_hops: Annotated[tuple[NextHop, ...], Column(source="hop")] = ()


class NatTranslation(Struct, frozen=True, kw_only=True):
    """One row of `show ip nat translations`; protocol None for a static or address-only entry, `---` sides None.

    The four sides are `address` or `address:port` as printed.
    """

    protocol: str | None = None
    inside_global: str | None = None
    inside_local: str | None = None
    outside_local: str | None = None
    outside_global: str | None = None


class PingResult(Struct, frozen=True, kw_only=True):
    """The result of `ping`. marks: the lines of signs, one sign per probe (! answered, . timed out, U unreachable, ...).

    Round-trip times in milliseconds, None where nothing came back.
    """

    target: Address | None = None
    size_bytes: int | None = None
    timeout_seconds: int | None = None
    source: Address | None = None
    marks: Annotated[tuple[str, ...], Column(source="mark")] = ()
    success_percent: int
    received: int
    sent: int
    rtt_min_milliseconds: int | None = None
    rtt_average_milliseconds: int | None = None
    rtt_max_milliseconds: int | None = None
