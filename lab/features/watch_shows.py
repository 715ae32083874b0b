"""`show track`, `show ip sla statistics`, `show route-map` and `show ip policy` as IOS 15.4 and IOS-XE print them.

The forms are those of sessions in public repositories: an operation that failed shows no round trip time, a track object names
who follows it, and a next hop the state of its track.
"""

from __future__ import annotations

from typing import TYPE_CHECKING

from ..core.configuration.forms import ExecForm
from . import watch_forms
from .watch import RTT, Tracked

if TYPE_CHECKING:
    from ..core.box import Box
    from ..core.configuration.store import Entry
    from ..ios.commands.execs import Call, Handler

EXECS = (
    ExecForm("show track [<1-1000:n>]", "show_track", 1),
    ExecForm("show ip sla statistics [<1-2147483647:n>]", "show_sla_statistics", 1),
    ExecForm("show route-map [<word:name>]", "show_route_map", 1),
    ExecForm("show ip policy", "show_ip_policy", 1),
)
#: What 12.4 has and does not play, and these play.
REPLACED = ("show track", "show route-map", "show ip policy")


def _ago(seconds: float) -> str:
    whole = int(seconds)
    return f"{whole // 3600:02}:{whole // 60 % 60:02}:{whole % 60:02}"


def track(box: Box, number: str = "") -> list[str]:
    """`show track`."""
    box.watch.settle()
    lines: list[str] = []
    for entry in box.store.all("track"):
        if number in ("", entry.key[0]):
            lines += _track(box, entry, box.watch.tracks[entry.key[0]])
    return lines


def _track(box: Box, entry: Entry, state: Tracked) -> list[str]:
    now, aspect, operation = box.clock.now(), entry.values["aspect"], entry.values["operation"]
    wait = entry.child("delay")
    values = {way: int(wait.values.get(way, "0")) for way in ("up", "down")} if wait is not None else {}
    pending = ""
    if state.other_since is not None:
        left = max(1, int(values.get("down" if state.up else "up", 0) - (now - state.other_since)))
        pending = f", delayed {'Down' if state.up else 'Up'} ({left} sec{'' if left == 1 else 's'} remaining)"
    lines = [
        f"Track {entry.key[0]}",
        f"  IP SLA {operation} {aspect}",
        f"  {aspect.capitalize()} is {'Up' if state.up else 'Down'}{pending}",
        f"    {state.changes} change{'' if state.changes == 1 else 's'}, last change {_ago(now - state.since)}",
    ]
    if any(values.values()):
        shown = [f"{way} {seconds} sec{'' if seconds == 1 else 's'}" for way, seconds in values.items() if seconds]
        lines.append(f"  Delay {', '.join(shown)}")
    probe = box.watch.probes.get(operation)
    lines.append(f"  Latest operation return code: {probe.code if probe is not None else 'Unknown'}")
    if probe is not None and probe.code in ("OK", "Over threshold"):
        lines.append(f"  Latest RTT (millisecs) {RTT}")
    followers = sum(
        line.values.get("track") == entry.key[0] for clause in box.store.all("route-map") for line in clause.all("verify")
    )
    return [*lines, "  Tracked by:", *["    ROUTE-MAP 0"] * bool(followers)]


def sla_statistics(box: Box, number: str = "") -> list[str]:
    """`show ip sla statistics`."""
    box.watch.settle()
    lines = ["IPSLAs Latest Operation Statistics", ""]
    for entry in box.store.all("sla"):
        if number in ("", entry.key[0]):
            lines += [f"IPSLA operation id: {entry.key[0]}", *_statistics(box, entry), "", ""]
    return lines


def _statistics(box: Box, entry: Entry) -> list[str]:
    probe, schedule = box.watch.probes.get(entry.key[0]), watch_forms.scheduled(box.store, entry.key[0])
    if probe is None or schedule is None:
        return ["Number of successes: Unknown", "Number of failures: Unknown", "Operation time to live: 0"]
    good = probe.code in ("OK", "Over threshold")
    begun = box.clock.wall(box.profile.clock) if probe.last == 0 else box.wall()
    star = "" if box.clock_set else "*"
    return [
        f"        Latest RTT: {f'{RTT} milliseconds' if good else 'NoConnection/Busy/Timeout'}",
        f"Latest operation start time: {star}{begun:%H:%M:%S} UTC {begun:%a %b} {begun.day} {begun.year}",
        f"Latest operation return code: {probe.code}",
        f"Number of successes: {probe.successes}",
        f"Number of failures: {probe.failures}",
        f"Operation time to live: {'Forever' if 'forever' in schedule.text.split() else 3600}",
    ]


def route_map(box: Box, name: str = "") -> list[str]:
    """`show route-map`."""
    box.watch.settle()
    lines: list[str] = []
    for entry in box.store.all("route-map"):
        if name not in ("", entry.values["name"]):
            continue
        lines += [
            f"route-map {entry.values['name']}, {entry.values['action']}, sequence {entry.values['seq']}",
            "  Match clauses:",
        ]
        lists = " ".join(line.values["acl"] for line in entry.all("match ip address"))
        lines += [f"    ip address (access-lists): {lists} "] if lists else []
        lines.append("  Set clauses:")
        lines += [f"    ip next-hop verify-availability {_hop(box, line)}" for line in _in_order(entry)]
        lines += [f"    ip next-hop {line.values['via']}" for line in entry.all("set ip next-hop")]
        lines += [f"    interface {line.values['name']}" for line in entry.all("set interface")]
        packets = box.watch.matched.get((entry.values["name"], entry.values["seq"]), 0)
        lines.append(f"  Policy routing matches: {packets} packets, {packets * 114} bytes")
    return lines or ([f"route-map {name} not found"] if name else [])


def _in_order(entry: Entry) -> list[Entry]:
    return sorted(entry.all("verify"), key=lambda line: int(line.values["order"]))


def _hop(box: Box, line: Entry) -> str:
    number = line.values["track"]
    state = "undefined" if box.store.get("track", number) is None else "up" if box.watch.is_up(number) else "down"
    return f"{line.values['via']} {line.values['order']} track {number}  [{state}]"


def ip_policy(box: Box) -> list[str]:
    """`show ip policy`: the interfaces with a route map."""
    bound = [(entry.key[0], line.values["map"]) for entry in box.store.all("interface") for line in entry.all("policy")]
    return [f"{'Interface':<15}Route map", *(f"{interface:<15}{name}" for interface, name in bound)]


async def _show_track(call: Call) -> list[str]:
    return track(call.box, call.values.get("n", ""))


async def _show_statistics(call: Call) -> list[str]:
    return sla_statistics(call.box, call.values.get("n", ""))


async def _show_route_map(call: Call) -> list[str]:
    return route_map(call.box, call.values.get("name", ""))


async def _show_policy(call: Call) -> list[str]:
    return ip_policy(call.box)


HANDLERS: dict[str, Handler] = {
    "show_track": _show_track,
    "show_sla_statistics": _show_statistics,
    "show_route_map": _show_route_map,
    "show_ip_policy": _show_policy,
}
