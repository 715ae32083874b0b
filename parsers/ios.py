"""The IOS and IOS-XE commands: which template group is which record, and which counts have to balance."""

from __future__ import annotations

import re
from collections.abc import Callable, Iterable, Iterator
from typing import Any

from .command import Command, Conserve, Note, many, one
from .convert import build
from .machine import Raw
from .records import (
    CryptoMapEntry,
    EngineConnection,
    InterfaceBrief,
    IosVersion,
    IpsecFlow,
    IpsecSa,
    IsakmpPolicy,
    IsakmpSa,
    NatTranslation,
    NextHop,
    PingResult,
    Route,
    Storage,
)

_SECTIONS = frozenset((way, protocol) for way in ("inbound", "outbound") for protocol in ("esp", "ah", "pcp"))


def balances(pattern: str, what: str, count: Callable[[Any], int]) -> Conserve:
    """As many lines begin with `pattern` as `count` finds in the state."""
    expression = re.compile(r"\n[ \t]*" + pattern, re.IGNORECASE)

    def conserve(state: Any, text: str) -> Iterator[str]:
        printed, read = sum(1 for _ in expression.finditer(text)), count(state)
        if printed != read:
            yield f"{printed} {what} were printed and {read} were read"

    return conserve


def _version_ends(version: IosVersion, _raw: Raw) -> Iterator[str]:
    """The configuration register is the last thing that every release prints."""
    if version.configuration_register is None:
        yield "the output is cut short: no configuration register was printed"


def _flow(flow: IpsecFlow, raw: Raw) -> Iterator[str]:
    """A flow ends with six headings; the SAs of a pair have one transform; the current SPI is one of them."""
    seen = {(section["direction"].lower(), section["protocol"].lower()) for section in raw.get("section", ())}
    if seen != _SECTIONS:
        missing = ", ".join(sorted(f"{way} {protocol} sas" for way, protocol in _SECTIONS - seen))
        yield f"the flow that begins here is cut short: {missing} not printed"
    inbound = {sa.transform for sa in flow.sas if sa.direction == "inbound" and sa.protocol == "esp"}
    outbound = {sa.transform for sa in flow.sas if sa.direction == "outbound" and sa.protocol == "esp"}
    if inbound and outbound and not inbound & outbound:
        yield f"the flow contradicts itself: inbound {sorted(inbound)}, outbound {sorted(outbound)}"
    spis = {sa.spi for sa in flow.sas if sa.direction == "outbound"}
    if flow.current_outbound_spi and flow.current_outbound_spi not in spis:
        yield f"the flow contradicts itself: current outbound SPI {flow.current_outbound_spi:#x} has no SA"
    yield from _decimal(flow.current_outbound_spi, raw.get("current_outbound_decimal"))


def _sa(sa: IpsecSa, raw: Raw) -> Iterator[str]:
    """An SPI is printed twice, and an SA has a lifetime."""
    yield from _decimal(sa.spi, raw.get("spi_decimal"))
    if sa.remaining_seconds is None:
        yield "the SA that begins here is cut short: no remaining lifetime"


def _decimal(spi: int, text: str | None) -> Iterator[str]:
    digits = (text or "").strip(" ()")
    if digits and digits != str(spi):
        yield Note(f"the SPI {spi:#x} has another decimal form beside it, {digits}: the hexadecimal form is taken")


def _sa_count(state: Iterable[IpsecFlow]) -> int:
    return sum(len(flow.sas) for flow in state)


def _route(raw: Raw, above: list[Raw]) -> None:
    """The first next hop stands on the line of the route; a mask may stand on the line of the network above it."""
    tables, networks = above[0].get("vrf"), above[0].get("subnetted")
    if tables:
        raw["vrf"] = tables[-1]["vrf"]
    if "/" not in raw["prefix"] and ":" not in raw["prefix"] and networks and "/" in networks[-1]["subnetted"]:
        raw["prefix"] += "/" + networks[-1]["subnetted"].split("/")[1]
    if raw.get("gateway") or raw.get("interface"):
        raw["hop"] = [build(NextHop, raw, []), *raw.get("hop", ())]


def _version(raw: Raw, _above: list[Raw]) -> None:
    """NVRAM and flash are two of the storage lines; IOS-XE prints its release above or below that of the IOS part."""
    xe = re.search(r"Version:?\s+(\S+)", raw.get("banner") or "")
    raw["xe_version"] = raw.pop("banner_xe", None) or (xe.group(1) if xe else None)
    for item in raw.get("storage", ()):
        if re.search(r"non-volatile|NVRAM", item.what, re.IGNORECASE):
            raw.setdefault("nvram_kilobytes", item.kilobytes)
        elif re.search(r"flash", item.what, re.IGNORECASE) and item.kilobytes and "USB" not in item.what:
            raw.setdefault("flash_kilobytes", item.kilobytes)


COMMANDS: tuple[Command, ...] = (
    Command(
        os="ios",
        name="show version",
        records={"version": IosVersion, "version.storage": Storage},
        prepare={"version": _version},
        validate={"version": _version_ends},
        state=one("version"),
    ),
    Command(os="ios", name="show crypto isakmp sa", records={"sa": IsakmpSa}, state=many("sa"), arguments=r"vrf \S+"),
    Command(os="ios", name="show crypto isakmp policy", records={"policy": IsakmpPolicy}, state=many("policy")),
    Command(
        os="ios",
        name="show crypto ipsec sa",
        arguments=r"(?:(?:peer|interface|address|map|vrf|identity) ?\S* ?)?(?:detail)?",
        records={"interface.map.flow": IpsecFlow, "interface.map.flow.section.sa": IpsecSa},
        state=many("flow"),
        validate={"interface.map.flow": _flow, "interface.map.flow.section.sa": _sa},
        conserve=(
            balances("spi:", "SPIs", _sa_count),
            balances("local +ident", "flows", len),
        ),
    ),
    Command(
        os="ios",
        name="show crypto engine connections active",
        aliases=("show crypto engine connection active",),
        records={"connection": EngineConnection},
        state=many("connection"),
    ),
    Command(
        os="ios",
        name="show crypto map",
        arguments=r"(?:interface|tag) \S+",
        records={"entry": CryptoMapEntry},
        state=many("entry"),
        silent_when_empty=True,
    ),
    Command(
        os="ios",
        name="show ip route",
        arguments=r"(?:vrf \S+)?",
        records={"route": Route, "route.hop": NextHop},
        state=many("route"),
        prepare={"route": _route},
    ),
    Command(
        os="ios",
        name="show ip interface brief",
        arguments=r"\S+",
        records={"interface": InterfaceBrief},
        state=many("interface"),
    ),
    Command(
        os="ios",
        name="show ip nat translations",
        arguments=r"(?:vrf \S+ ?)?(?:verbose)?",
        records={"translation": NatTranslation},
        state=many("translation"),
        silent_when_empty=True,
    ),
    Command(os="ios", name="ping", arguments=r".+", records={"ping": PingResult}, state=one("ping")),
)
