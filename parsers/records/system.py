"""State of an IOS device that is not cryptography: release, interfaces, routes, translations, reachability."""

from __future__ import annotations

from dataclasses import dataclass

from ..fields.columns import Address, Network, column, duration, network, squeezed


def _interface_address(text: str) -> Address | None:
    return None if text.lower() in {"unassigned", "unset"} else network(text).network_address


@dataclass(frozen=True, slots=True, kw_only=True)
class Storage:
    """One `16384K bytes of processor board System flash (Read/Write)` line of `show version`."""

    kilobytes: int
    what: str


@dataclass(frozen=True, slots=True, kw_only=True)
class IosVersion:
    """`show version` of IOS and IOS-XE.

    version is the release of the IOS part ("12.2(8)T", "17.9.4a"); xe_version the one of the IOS-XE around it.
    experimental: the device says so of its build, which is no release. patched: an SMU is in effect (IOS-XE).
    image_id holds k9 where the image has strong ciphers. Memory in kilobytes as printed (processor / I/O). storage is
    every `K bytes of` line, NVRAM and flash among them; nvram and flash are picked out of it.
    """

    version: str
    image_id: str | None = None
    release: str | None = column(lambda text: text.strip(", \n\t") or None, default=None)
    experimental: bool = column(lambda text: bool(text.strip()), default=False)
    xe_version: str | None = None
    patched: bool = column(default=False)
    hostname: str
    uptime_seconds: int = column(duration)
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


@dataclass(frozen=True, slots=True, kw_only=True)
class InterfaceBrief:
    """One row of `show ip interface brief`. status: up, down, administratively down, deleted."""

    interface: str
    address: Address | None = column(_interface_address, default=None)  # noqa: RUF009 - column() makes a dataclasses.field
    ok: bool
    method: str
    status: str = column(lambda text: " ".join(text.split()))
    protocol: str


@dataclass(frozen=True, slots=True, kw_only=True)
class NextHop:
    """One way of a route. interface None: to be resolved; gateway None: directly connected or summary.

    overrides: a next hop of NHRP that comes before the one of the routing protocol ("[NHO]", DMVPN phase 3).
    """

    distance: int | None = None
    metric: int | None = None
    gateway: Address | None = None
    overrides: bool = column(lambda text: bool(text.strip()), source="overridden", default=False)
    vrf: str | None = column(lambda text: text.strip(" ()"), source="hop_vrf", default=None)
    age_seconds: int | None = column(lambda text: duration(text.strip(" ,")), default=None)
    interface: str | None = column(lambda text: text.strip(" ,"), default=None)


@dataclass(frozen=True, slots=True, kw_only=True)
class Route:
    """One route. code as printed ("S*", "O E2", "B"); vrf None: the global table."""

    vrf: str | None = None
    code: str = column(squeezed)
    prefix: Network
    connected: bool = False
    next_hops: tuple[NextHop, ...] = column(source="hop", default=())


@dataclass(frozen=True, slots=True, kw_only=True)
class NatTranslation:
    """One row of `show ip nat translations`; protocol None for a static or address-only entry, `---` sides None.

    The four sides are `address` or `address:port` as printed.
    """

    protocol: str | None = None
    inside_global: str | None = None
    inside_local: str | None = None
    outside_local: str | None = None
    outside_global: str | None = None


@dataclass(frozen=True, slots=True, kw_only=True)
class PingResult:
    """The result of `ping`. marks: the lines of signs, one sign per probe (! answered, . timed out, U unreachable, ...).

    Round-trip times in milliseconds, None where nothing came back.
    """

    target: Address | None = None
    size_bytes: int | None = None
    timeout_seconds: int | None = None
    source: Address | None = None
    marks: tuple[str, ...] = column(source="mark", default=())
    success_percent: int
    received: int
    sent: int
    rtt_min_milliseconds: int | None = None
    rtt_average_milliseconds: int | None = None
    rtt_max_milliseconds: int | None = None
