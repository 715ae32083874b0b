"""The IOS and IOS-XE commands about the box, its paths and what watches them.

Which template group is which record, and which counts must balance.
"""

from __future__ import annotations

import re
from collections.abc import Iterator

from ..command import Command, many, one
from ..convert import build
from ..machine import Raw
from ..records import (
    AccessEntry,
    AccessList,
    ArchivedConfig,
    ArchiveStatus,
    BgpNeighbor,
    BgpSummary,
    Clock,
    InterfaceBrief,
    IosVersion,
    NatTranslation,
    NextHop,
    PingResult,
    ReloadStatus,
    Route,
    RouteMapEntry,
    SlaStatistics,
    SlaSummary,
    Storage,
    Track,
    VerifiedNextHop,
)


def _version_ends(version: IosVersion, _raw: Raw) -> Iterator[str]:
    """The configuration register is the last thing that every release prints."""
    if version.configuration_register is None:
        yield "the output is cut short: no configuration register was printed"


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


def _track(track: Track, _raw: Raw) -> Iterator[str]:
    """A track of an IP SLA operation prints the return code of the operation."""
    if track.object.upper().startswith("IP SLA") and track.return_code is None:
        yield "the track that begins here is cut short: no return code was printed"


def _operation(operation: SlaStatistics, raw: Raw) -> Iterator[str]:
    """Every operation ends with its time to live."""
    if raw.get("time_to_live_seconds") is None:
        yield f"operation {operation.operation} is cut short: no time to live was printed"


def _last_of_each(raw: Raw) -> tuple[SlaStatistics, ...]:
    """tuple of operation"""
    return tuple({item.operation: item for item in raw.get("operation", ())}.values())


def _reload(raw: Raw, _above: list[Raw]) -> None:
    raw["scheduled"] = "yes" if raw.get("scheduled") else "no"
    raw["by"] = (raw.get("by") or "").strip().removeprefix("by ")


def _archive(raw: Raw, _above: list[Raw]) -> None:
    raw["enabled"] = "no" if raw.get("off") else "yes"


def _archived(archive: ArchiveStatus, raw: Raw) -> Iterator[str]:
    """As many files are listed as are said to be saved, in slots that count up from one."""
    slots = [file.number for file in archive.files] + [int(slot["slot"]) for slot in raw.get("slot", ())]
    if slots != list(range(1, len(slots) + 1)) or (slots and not archive.enabled):
        yield f"the slots of the archive do not count up: {slots}"
    if archive.saved is not None and archive.saved != len(archive.files):
        yield f"{archive.saved} archived configurations are counted and {len(archive.files)} were read"
    if archive.enabled and archive.next_name is None:
        yield "the output is cut short: no name of the next archive file was printed"


COMMANDS: tuple[Command, ...] = (
    Command(
        os="ios",
        name="show version",
        records={"version": IosVersion, "version.storage": Storage},
        prepare={"version": _version},
        validate={"version": _version_ends},
        state=one("version"),
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
    Command(os="ios", name="show clock", arguments="detail", records={"clock": Clock}, state=one("clock")),
    Command(
        os="ios",
        name="show track",
        arguments=r"\d+",
        records={"track": Track},
        state=many("track"),
        validate={"track": _track},
        silent_when_empty=True,
    ),
    Command(
        os="ios",
        name="show ip sla statistics",
        arguments=r"\d+",
        records={"operation": SlaStatistics},
        state=_last_of_each,
        validate={"operation": _operation},
        silent_when_empty=True,
    ),
    Command(
        os="ios",
        name="show ip sla summary",
        records={"operation": SlaSummary},
        state=many("operation"),
        silent_when_empty=True,
    ),
    Command(
        os="ios",
        name="show ip bgp summary",
        aliases=("show bgp summary", "show ip bgp all summary", "show bgp all summary"),
        records={"summary": BgpSummary, "summary.neighbor": BgpNeighbor},
        state=many("summary"),
        silent_when_empty=True,
    ),
    Command(
        os="ios",
        name="show access-lists",
        aliases=("show ip access-lists",),
        arguments=r"\S+",
        records={"list": AccessList, "list.entry": AccessEntry},
        state=many("list"),
        silent_when_empty=True,
    ),
    Command(
        os="ios",
        name="show route-map",
        arguments=r"\S+",
        records={"entry": RouteMapEntry, "entry.set.next_hop": VerifiedNextHop},
        state=many("entry"),
        silent_when_empty=True,
    ),
    Command(
        os="ios",
        name="show reload",
        records={"reload": ReloadStatus},
        prepare={"reload": _reload},
        state=one("reload"),
    ),
    Command(
        os="ios",
        name="show archive",
        records={"archive": ArchiveStatus, "archive.file": ArchivedConfig},
        prepare={"archive": _archive},
        validate={"archive": _archived},
        state=one("archive"),
    ),
)
