"""The IOS and IOS-XE commands about the device, its paths and what watches them.

Which template group is which record, and which counts must balance.
"""

from __future__ import annotations

import re
from collections.abc import Iterator
from functools import lru_cache
from ipaddress import IPv4Network
from typing import TYPE_CHECKING

from ..command import Command, Note, many, one, record
from ..fields.convert import build, maker_of
from ..line_rules.machine import IncompleteRecord, Make, Raw
from ..subnets import bounds_of, counted, holds_number, number_of

if TYPE_CHECKING:
    from ..records import (
        ArchiveStatus,
        BgpSummary,
        IosVersion,
        NatTranslation,
        PingResult,
        RouteMapEntry,
        SlaStatistics,
        Track,
    )


def _version_ends(version: IosVersion, raw: Raw) -> Iterator[str]:
    """The configuration register is the last thing that every release prints, but a standby member does not."""
    if version.experimental:
        yield Note(f"{version.version} is an unreleased build: the device says 'Experimental Version'")
    if version.configuration_register is None and len(raw.get("member", ())) == 1:
        yield Note("no configuration register was printed, as on a standby member")
    elif version.configuration_register is None:
        yield "the output is cut short: no configuration register was printed"


def _table(_raw: Raw, above: list[Raw]) -> None:
    """The headings of the table before say nothing about the routes of this one."""
    for heading in above[0].get("subnetted", ()):
        heading["over"] = True


def _route(raw: Raw, above: list[Raw]) -> None:
    """The first next hop stands on the line of the route; a mask may stand on the heading of the network above it."""
    tables, headings = above[0].get("vrf"), above[0].get("subnetted")
    if tables:
        raw["vrf"] = tables[-1]["vrf"]
    _below_heading(raw, headings[-1] if headings else {"over": True})
    if raw.get("gateway") or raw.get("interface"):
        raw["hop"] = [build(record("system.NextHop"), raw, []), *raw.get("hop", ())]


def _below_heading(raw: Raw, heading: Raw) -> None:
    """The mask of a route without one is that of the heading that holds it."""
    raw["prefix"] = str(_with_mask(raw["prefix"], heading))


@lru_cache(maxsize=256)
def _given(subnetted: str, how: str) -> tuple[int, int, int, int]:
    """What a heading gives to the networks below it: the first and last address, the bits of a host, and the length of the mask.

    Where it gives no mask the first address is behind the last one.
    """
    bounds, mask = bounds_of(subnetted), subnetted.partition("/")[2]
    if bounds is None or not mask.isdigit() or int(mask) > 32 or how.lower().startswith("variably"):
        return 1, 0, 0, 0
    return *bounds, (1 << (32 - int(mask))) - 1, int(mask)


def _with_mask(prefix: str, heading: Raw) -> str | IPv4Network:
    """The prefix with the mask of the heading that holds it, where it has none; below another network no heading holds any.

    The network itself, not its text, where it is plain: thousands need not be read again.
    """
    if "over" not in heading and "/" not in prefix:
        first, last, host, length_below = _given(heading["subnetted"], heading["how"])
        number = number_of(prefix)
        if number is not None and first <= number <= last and not number & host:
            return IPv4Network((number, length_below))
    address, _, length = prefix.partition("/")
    over = heading.get("over")
    number = None if over and length else number_of(address)
    if not over and not holds_number(heading["subnetted"], number):
        over = heading["over"] = True
    if length or ":" in address:
        return prefix
    mask = heading.get("subnetted", "").partition("/")[2]
    if over or not mask or heading["how"].lower().startswith("variably"):
        raise IncompleteRecord(f"no heading gives a mask for the route to {address}")
    if (number or 0) & ((1 << (32 - int(mask))) - 1):
        raise IncompleteRecord(f"{address} is no network with the /{mask} of its heading")
    return f"{prefix}/{mask}"


def _route_made(names: tuple[str, ...]) -> Make | None:
    """A route on one line, with its first next hop: what `_route` and the two records would make of it, without a dictionary."""
    own = ("code", "prefix", *(name for name in names if name == "connected"))
    if names[: len(own)] != own:
        return None
    many = len(own)
    make = maker_of(record("system.Route"), (*own, "hop"))
    make_in_vrf = maker_of(record("system.Route"), (*own, "hop", "vrf"))
    make_hop = maker_of(record("system.NextHop"), names[many:])
    if make is None or make_in_vrf is None or make_hop is None:
        return None
    # Where the ways of the packets stand, the same one twice where there is one; a route with neither has no next hop yet.
    ways = [names.index(name) for name in ("gateway", "interface") if name in names]
    way, other = (ways[0], ways[-1]) if ways else (0, 0)

    def made(above: list[Raw], *values: str) -> object:
        tables, headings = above[0].get("vrf"), above[0].get("subnetted")
        try:
            prefix = _with_mask(values[1], headings[-1] if headings else {"over": True})
        except IncompleteRecord as error:
            raise ValueError from error
        hops = (make_hop(above, *values[many:]),) if ways and (values[way] or values[other]) else ()
        if tables:
            return make_in_vrf(above, values[0], prefix, *values[2:many], hops, tables[-1]["vrf"])
        return make(above, values[0], prefix, *values[2:many], hops)

    return made


def _version(raw: Raw, _above: list[Raw]) -> None:
    """NVRAM and flash are two of the storage lines; IOS-XE prints its release above or below that of the IOS part."""
    banner = raw.get("banner") or ""
    xe = re.search(r"Version:?\s+(\S+)", banner)
    raw["xe_version"] = raw.pop("banner_xe", None) or (xe.group(1) if xe else None)
    raw["patched"] = "yes" if "SMU-PATCHED" in banner.upper() else "no"
    for item in raw.get("storage", ()):
        if re.search(r"non-volatile|NVRAM", item.what, re.IGNORECASE):
            raw.setdefault("nvram_kilobytes", item.kilobytes)
        elif re.search(r"flash", item.what, re.IGNORECASE) and item.kilobytes and "USB" not in item.what:
            raw.setdefault("flash_kilobytes", item.kilobytes)


def _entry(raw: Raw, _above: list[Raw]) -> None:
    """The counters of an entry stand on a line that may have clauses below it."""
    for policy in raw.pop("policy", []):
        raw.update(policy)


_DYNAMIC = re.compile(
    r"\n[ \t]*DYNAMIC routemaps[ \t]*(?=\n)(.*?)\n[ \t]*Current active dynamic routemaps = (\d+)", re.IGNORECASE | re.DOTALL
)
_ROUTE_MAP = re.compile(r"\n[ \t]*route-map (\S+), ", re.IGNORECASE)


def _dynamic(_state: tuple[RouteMapEntry, ...], text: str) -> Iterator[str]:
    """As many dynamic route maps are printed as are counted below them."""
    if len(re.findall(r"\n[ \t]*DYNAMIC routemaps", text, re.IGNORECASE)) != len(_DYNAMIC.findall(text)):
        yield "the output is cut short: the dynamic route maps are not counted"
    for maps, count in _DYNAMIC.findall(text):
        names = _ROUTE_MAP.findall(maps)
        if int(count) not in {len(names), len(set(names))}:
            yield f"{count} dynamic route maps are counted and {len(set(names))} were printed"


def answers_counted(ping: PingResult, raw: Raw) -> Iterator[str]:
    """One sign a probe, `!` for each answer, and no more probes than were announced."""
    signs = "".join(ping.marks)
    if signs and (len(signs), signs.count("!")) != (ping.sent, ping.received):
        yield f"{len(signs)} signs with {signs.count('!')} answers were printed, and {ping.received} of {ping.sent} are counted"
    if ping.sent > int(raw.get("planned") or ping.sent) or ping.received > ping.sent:
        yield f"{ping.received} of {ping.sent} probes are counted and {raw.get('planned')} were announced"


def _translations(state: tuple[NatTranslation, ...], text: str) -> Iterator[str]:
    """IOS-XE counts the translations below the last one."""
    for count in re.findall(r"\n[ \t]*Total number of translations:[ \t]*(\d+)", text, re.IGNORECASE):
        if int(count) != len(state):
            yield f"{count} translations are counted and {len(state)} were read"


_LISTENING = re.compile(r"\n[ \t]*(?:Total dynamically|Dynamically) created neighbors:?[ \t]*(\d+)", re.IGNORECASE)

_NEIGHBORS = re.compile(r"\n[ \t]*Neighbor[ \t]+V[ \t]+AS\b", re.IGNORECASE)
_SUMMARY = re.compile(r"\n[ \t]*BGP router identifier", re.IGNORECASE)
_DYNAMIC_NEIGHBOR = re.compile(r"\n[ \t]*\*[0-9A-Fa-f]+[.:]")


def neighbors_counted(_state: tuple[BgpSummary, ...], text: str) -> Iterator[str]:
    """A row stands below each head of a table, and dynamic neighbors have a star and are counted."""
    heads, summaries = len(_NEIGHBORS.findall(text)), len(_SUMMARY.findall(text))
    if heads != summaries:
        yield f"{summaries} summaries begin and {heads} tables of neighbors were printed"
    stars = len(_DYNAMIC_NEIGHBOR.findall(text))
    counts = {int(count) for count in _LISTENING.findall(text)}
    if summaries == 1 and counts and counts != {stars}:
        yield f"{max(counts)} dynamic neighbors are counted and {stars} were printed"


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


_PROTOCOLS = ("bgp", "connected", "eigrp", "isis", "local", "mobile", "nhrp", "odr", "ospf", "rip", "static", "NUMBER")
"""What `show ip route` can be limited to; the heading of a network still counts all its subnets."""

_BGP_SUMMARIES = (
    "show bgp summary",
    *(
        f"show {ip}bgp {family} summary"
        for ip in ("", "ip ")
        for family in (
            "all",
            "ipv4 unicast",
            "ipv4 unicast vrf WORD",
            "ipv6 unicast",
            "ipv6 unicast vrf WORD",
            "vpnv4 all",
            "vpnv4 vrf WORD",
            "vpnv4 unicast all",
            "vpnv4 unicast vrf WORD",
            "vpnv6 unicast all",
            "vpnv6 unicast vrf WORD",
            "vrf WORD",
        )
    ),
)

COMMANDS: tuple[Command, ...] = (
    Command(
        os="ios",
        name="show version",
        kinds={"version": "system.IosVersion", "version.storage": "system.Storage"},
        prepare={"version": _version},
        validate={"version": _version_ends},
        state=one("version"),
    ),
    Command(
        os="ios",
        name="show ip route",
        arguments=("vrf WORD", *_PROTOCOLS),
        parts=frozenset(_PROTOCOLS),
        kinds={"route": "system.Route", "route.hop": "system.NextHop"},
        state=many("route"),
        prepare={"route": _route, "vrf": _table},
        straight={"route": _route_made},
        conserve_whole=(counted,),
        # The legend of codes stands above every table, and below it how packets go for which no route is known.
        unfinished=r"Codes:.*|Routing Table:.*|[A-Za-z*+%&][A-Za-z0-9]? - [A-Za-z].*",
    ),
    Command(
        os="ios",
        name="show ip interface brief",
        arguments=("INTERFACE",),
        kinds={"interface": "system.InterfaceBrief"},
        state=many("interface"),
    ),
    Command(
        os="ios",
        name="show ip nat translations",
        arguments=("vrf WORD", "verbose", "inside", "outside", "icmp", "tcp", "udp", "esp", "pptp"),
        parts=frozenset({"vrf WORD", "inside", "outside", "icmp", "tcp", "udp", "esp", "pptp"}),
        kinds={"translation": "system.NatTranslation"},
        state=many("translation"),
        conserve_whole=(_translations,),
        silent_when_empty=True,
    ),
    Command(
        os="ios",
        name="ping",
        arguments=("REST",),
        kinds={"ping": "system.PingResult"},
        validate={"ping": answers_counted},
        state=one("ping"),
    ),
    Command(os="ios", name="show clock", arguments=("detail",), kinds={"clock": "tracking.Clock"}, state=one("clock")),
    Command(
        os="ios",
        name="show track",
        arguments=("NUMBER",),
        kinds={"track": "tracking.Track"},
        state=many("track"),
        validate={"track": _track},
        silent_when_empty=True,
    ),
    Command(
        os="ios",
        name="show ip sla statistics",
        arguments=("NUMBER", "details"),
        kinds={"operation": "tracking.SlaStatistics"},
        state=_last_of_each,
        validate={"operation": _operation},
        silent_when_empty=True,
    ),
    Command(
        os="ios",
        name="show ip sla summary",
        kinds={"operation": "tracking.SlaSummary"},
        state=many("operation"),
        silent_when_empty=True,
    ),
    Command(
        os="ios",
        name="show ip bgp summary",
        aliases=_BGP_SUMMARIES,
        kinds={"summary": "tracking.BgpSummary", "summary.neighbor": "tracking.BgpNeighbor"},
        state=many("summary"),
        conserve=(neighbors_counted,),
        silent_when_empty=True,
    ),
    Command(
        os="ios",
        name="show access-lists",
        aliases=("show ip access-lists", "show ipv6 access-list"),
        arguments=("WORD",),
        kinds={"list": "tracking.AccessList", "list.entry": "tracking.AccessEntry"},
        state=many("list"),
        silent_when_empty=True,
    ),
    Command(
        os="ios",
        name="show route-map",
        arguments=("all", "dynamic", "WORD"),
        kinds={"entry": "tracking.RouteMapEntry", "entry.set.next_hop": "tracking.VerifiedNextHop"},
        prepare={"entry": _entry},
        conserve=(_dynamic,),
        state=many("entry"),
        silent_when_empty=True,
    ),
    Command(
        os="ios",
        name="show reload",
        kinds={"reload": "tracking.ReloadStatus"},
        prepare={"reload": _reload},
        state=one("reload"),
    ),
    Command(
        os="ios",
        name="show archive",
        kinds={"archive": "tracking.ArchiveStatus", "archive.file": "tracking.ArchivedConfig"},
        prepare={"archive": _archive},
        validate={"archive": _archived},
        state=one("archive"),
    ),
)
