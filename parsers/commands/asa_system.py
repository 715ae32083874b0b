"""The ASA commands about the device, its routes, its SSL server and the way of a packet.

Which template group is which record, and which counts must balance.
"""

from __future__ import annotations

import re
from collections.abc import Iterator

from msgspec.structs import replace

from ..balance import balances
from ..command import Command, many, one
from ..fields.convert import build
from ..line_rules.machine import Raw
from ..records.asa_system import (
    AsaBgpNeighbor,
    AsaLicense,
    AsaNextHop,
    AsaRoute,
    AsaSsl,
    AsaVersion,
    BgpPath,
    PacketTrace,
    SslTrustPoint,
    TracePhase,
)
from ..records.system import InterfaceBrief, PingResult
from ..records.tracking import BgpNeighbor, BgpSummary, ReloadStatus, Track
from .ios_system import answers_counted, neighbors_counted


def _scopes(version: AsaVersion) -> list[str]:
    return list(dict.fromkeys(item.scope for item in version.licenses))


def _version_ends(version: AsaVersion, _raw: Raw) -> Iterator[str]:
    """Every release ends with who changed the configuration last; inside a context nothing stands below the licences."""
    if version.last_change is None and version.context is not None:
        tables = [[item.name for item in version.licenses if item.scope == scope] for scope in _scopes(version)]
        if not tables or any(names != tables[0] for names in tables[1:]):
            yield "the output is cut short: the licences of the cluster are not those of the unit"
    elif version.last_change is None:
        yield "the output is cut short: nothing about the last change of the configuration was printed"
    if version.hostname is None:
        yield "the output is cut short: no uptime was printed"


def _licensed(version: AsaVersion, text: str) -> Iterator[str]:
    """Below each heading of licences there are some, and each heading is printed once."""
    scopes = re.findall(r"\n[ \t]*([A-Za-z -]*licensed features for[^\n:]*):", text, re.IGNORECASE)
    read = {item.scope for item in version.licenses}
    for scope in scopes:
        if scope.strip() not in read:
            yield f"the output is cut short: no licence was printed below {scope.strip()!r}"


def _route(raw: Raw, above: list[Raw]) -> None:
    """The first next hop stands on the line of the route, or the rest of the route on the line below it."""
    tables = above[0].get("table")
    if tables:
        raw["table"] = tables[-1]["table"]
    rest = raw.pop("rest", [])
    for item in rest:
        raw.update(item)
    if raw.get("gateway") or raw.get("interface"):
        raw["hop"] = [build(AsaNextHop, raw, []), *raw.get("hop", ())]


def _route_is_whole(route: AsaRoute, _raw: Raw) -> Iterator[str]:
    if not route.next_hops and not route.by_vpn:
        yield "the route that begins here is cut short: it leads nowhere"


def _legends(_state: tuple[AsaRoute, ...], text: str) -> Iterator[str]:
    """Below the legend of a table stands its gateway of last resort, or that it is not set."""
    legends, gateways = (len(re.findall(rf"\n[ \t]*{words}", text)) for words in ("Codes:", "Gateway of last resort"))
    if legends != gateways:
        yield f"the output is cut short: {legends} legends and {gateways} gateways of last resort were printed"


def _track(track: Track, raw: Raw) -> Iterator[str]:
    """An ASA tracks SLA operations, and prints the return code of each and who tracks it."""
    if raw.get("tracked") and not track.tracked_by:
        yield "the track that begins here is cut short: nothing stands below 'Tracked by'"
    if track.return_code is None:
        yield "the track that begins here is cut short: no return code was printed"


def _reload(raw: Raw, _above: list[Raw]) -> None:
    raw["scheduled"] = "yes" if raw.get("scheduled") else "no"
    raw["by"] = (raw.get("by") or "").strip().removeprefix("by ")


def _ssl(raw: Raw, _above: list[Raw]) -> None:
    for name in ("enabled", "disabled"):
        raw[name] = (raw.get(name) or "").split()


def _ssl_is_whole(ssl: AsaSsl, raw: Raw) -> Iterator[str]:
    """The last line says whether certificates authenticate clients."""
    if ssl.certificate_authentication is None:
        yield "the output is cut short: nothing about certificate authentication was printed"
    if raw.get("trust_heading") is None:
        yield "the output is cut short: no trust-points were printed"


def _phase(raw: Raw, _above: list[Raw]) -> None:
    """The lines of a phase belong to the heading above them."""
    raw["kind"] = raw.get("phase_kind")
    below = ""
    for item in raw.pop("line", []):
        if item.get("heading"):
            below = "config" if item["heading"].lower().startswith("config") else "information"
        elif below:
            raw.setdefault(below, []).append(item["line"].strip())


def _trace(raw: Raw) -> PacketTrace:
    """PacketTrace"""
    verdicts = raw.get("verdict") or ()
    if not verdicts:
        raise LookupError("verdict")
    trace: PacketTrace = verdicts[-1]
    return replace(trace, phases=tuple(raw.get("phase", ())))


def _trace_is_whole(trace: PacketTrace, _text: str) -> Iterator[str]:
    """Phases count up from one, and the last one drops exactly where the packet is dropped."""
    numbers = [phase.number for phase in trace.phases]
    if not numbers or numbers != list(range(1, len(numbers) + 1)):
        yield f"the phases do not count up from one: {numbers}"
    dropped = [phase.number for phase in trace.phases if phase.result == "DROP"]
    if dropped and trace.action != "drop":
        yield f"phase {dropped[0]} drops the packet and the result says {trace.action}"
    if trace.action == "drop" and trace.drop_code is None:
        yield "the output is cut short: no reason of the drop was printed"


def _neighbor(raw: Raw, _above: list[Raw]) -> None:
    """Prefix counters come once per address family."""
    for name in ("prefixes_sent", "prefixes_received"):
        values = [int(item[name]) for item in raw.get("prefixes", ())]
        if values:
            raw[name] = str(sum(values))


def _neighbor_is_whole(neighbor: AsaBgpNeighbor, _raw: Raw) -> Iterator[str]:
    if neighbor.connections_established is None:
        yield "the neighbor that begins here is cut short: no count of connections was printed"
    if neighbor.state == "Established" and neighbor.prefixes_received is None:
        yield "the neighbor that begins here is cut short: it is up, and its prefixes were not counted"


def _path(raw: Raw, _above: list[Raw]) -> None:
    """A network that is too long stands alone, and its way on the line below."""
    for item in raw.pop("wrapped", []):
        raw.update(item)


def _paths_counted(state: tuple[BgpPath, ...], text: str) -> Iterator[str]:
    """Behind the last way they are counted, also where there is none."""
    totals = re.findall(r"\n[ \t]*Total number of prefixes (\d+)", text, re.IGNORECASE)
    if not totals and not re.search(r"\n[ \t]*% ?(?:BGP not active|No such neighbor)", text, re.IGNORECASE):
        yield "the output is cut short: the prefixes are not counted"
    if totals and int(totals[-1]) != len(state):
        yield f"{totals[-1]} prefixes are counted and {len(state)} were read"


def _summary_is_whole(summary: BgpSummary, raw: Raw) -> Iterator[str]:
    if not raw.get("columns") or not summary.neighbors:
        yield "the output is cut short: no table of neighbors was printed"


COMMANDS: tuple[Command, ...] = (
    Command(
        os="asa",
        name="show version",
        kinds={"version": AsaVersion, "version.table.license": AsaLicense},
        validate={"version": _version_ends},
        conserve=(_licensed,),
        state=one("version"),
    ),
    Command(
        os="asa",
        name="ping",
        arguments=("REST",),
        kinds={"ping": PingResult},
        validate={"ping": answers_counted},
        state=one("ping"),
    ),
    Command(
        os="asa",
        name="show route",
        arguments=("REST",),
        kinds={"route": AsaRoute, "route.hop": AsaNextHop},
        prepare={"route": _route},
        validate={"route": _route_is_whole},
        state=many("route"),
        conserve=(_legends,),
    ),
    Command(
        os="asa",
        name="show bgp summary",
        aliases=("show bgp ipv4 unicast summary",),
        kinds={"summary": BgpSummary, "summary.neighbor": BgpNeighbor},
        validate={"summary": _summary_is_whole},
        state=many("summary"),
        conserve=(neighbors_counted,),
    ),
    Command(
        os="asa",
        name="show bgp neighbors",
        arguments=("ADDRESS",),
        kinds={"neighbor": AsaBgpNeighbor},
        prepare={"neighbor": _neighbor},
        validate={"neighbor": _neighbor_is_whole},
        state=many("neighbor"),
        conserve=(balances("BGP neighbor is ", "neighbors", len),),
    ),
    Command(
        os="asa",
        name="show bgp neighbors routes",
        aliases=tuple(f"show bgp neighbors ADDRESS {what}" for what in ("advertised-routes", "routes")),
        kinds={"route": BgpPath},
        prepare={"route": _path},
        state=many("route"),
        conserve=(_paths_counted,),
    ),
    Command(
        os="asa",
        name="show interface ip brief",
        kinds={"interface": InterfaceBrief},
        state=many("interface"),
    ),
    Command(
        os="asa",
        name="show track",
        arguments=("NUMBER",),
        kinds={"track": Track},
        validate={"track": _track},
        state=many("track"),
        silent_when_empty=True,
    ),
    Command(
        os="asa",
        name="show ssl",
        kinds={"ssl": AsaSsl, "ssl.trust_point": SslTrustPoint},
        prepare={"ssl": _ssl},
        validate={"ssl": _ssl_is_whole},
        state=one("ssl"),
    ),
    Command(
        os="asa",
        name="packet-tracer",
        arguments=("input REST",),
        kinds={"verdict": PacketTrace, "phase": TracePhase},
        prepare={"phase": _phase},
        state=_trace,
        conserve=(_trace_is_whole,),
    ),
    Command(
        os="asa",
        name="show reload",
        kinds={"reload": ReloadStatus},
        prepare={"reload": _reload},
        state=one("reload"),
    ),
)
