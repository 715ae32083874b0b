"""May this change be made on this box now? Pure functions of intent and what the box showed, before anything is touched."""

from __future__ import annotations

import re
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from ipaddress import IPv4Address, IPv4Network

from ..changes import tree
from ..changes.objects import read
from ..changes.plan import Change
from ..changes.selectors import network
from ..inventory.intent import End
from ..inventory.platforms import Platform
from ..parsers import parse
from ..parsers.records.system import Route
from .finding import Evidence, Finding, Status

#: A startup configuration may fill this part of the NVRAM: a full NVRAM cuts the configuration at the next save.
NVRAM_PART = 0.9
RUNNING = "show running-config"
_NAT = re.compile(r"ip nat inside source (?:list|route-map) (?P<name>\S+) .*")
_RULE = re.compile(r"(?P<action>permit|deny) +ip (?P<source>any|host \S+|\S+ \S+) (?P<target>any|host \S+|\S+ \S+)(?: log)?")


@dataclass(frozen=True, slots=True)
class Box:
    """One end before the change: what is wanted, what the inventory says it is, and what it showed."""

    end: End
    platform: Platform
    outputs: Mapping[str, str]
    change: Change
    time: str

    @property
    def host(self) -> str:
        """Name in the inventory."""
        return self.end.local.host

    @property
    def nodes(self) -> tuple[tree.Node, ...]:
        """The running configuration as a tree."""
        return tree.parse(self.outputs[RUNNING])


def precheck(box: Box, *, accept_unsaved: bool = False) -> tuple[Finding, ...]:
    """All findings; the change may be made if none failed and none is unverified."""
    return (
        *_identity(box),
        *_addresses(box),
        _saved(box, accept_unsaved),
        *_nvram(box),
        _route(box),
        *_nat(box),
    )


def _say(box: Box, check: str, passed: bool, sentence: str, command: str, field: str, value: object) -> Finding:
    status = Status.OK if passed else Status.FAILED
    return Finding(check, box.host, status, sentence, (Evidence(box.host, command, field, str(value), box.time),))


def _identity(box: Box) -> Iterator[Finding]:
    version = parse(box.platform.os, "show version", box.outputs["show version"]).state
    name = next((node.line.split()[1] for node in box.nodes if node.line.startswith("hostname ")), "")
    same = name.split(".")[0].lower() == box.host.split(".")[0].lower()
    words = f"the box calls itself {name}" + ("" if same else f", the inventory calls it {box.host}")
    yield _say(box, "identity", same, words, RUNNING, "hostname", name)
    fits = version.version == str(box.platform.release)
    words = f"it runs {version.version}" + ("" if fits else f", the inventory says {box.platform.release}: correct the inventory")
    yield _say(box, "release", fits, words, "show version", "version", version.version)


def _interface_lines(box: Box, interface: str) -> tuple[str, ...] | None:
    return next((node.children for node in box.nodes if node.line == f"interface {interface}"), None)


def _addresses(box: Box) -> Iterator[Finding]:
    local = box.end.local
    lines = _interface_lines(box, local.interface)
    if lines is None:
        yield _say(box, "outside", False, f"there is no interface {local.interface}", RUNNING, "interface", "none")
        return
    address = next((line.split()[2] for line in lines if line.startswith("ip address ")), "none")
    works = address == str(local.outside_ip) and "shutdown" not in lines
    state = "is shut down" if "shutdown" in lines else f"has address {address}"
    wanted = "" if works else f"; the tunnel needs {local.outside_ip}"
    yield _say(box, "outside", works, f"{local.interface} {state}{wanted}", RUNNING, f"interface {local.interface}", address)
    own = any(line.startswith(f"ip address {local.probe_address} ") for node in box.nodes for line in node.children)
    words = f"{local.probe_address} is {'an' if own else 'no'} address of the box: pings {'can' if own else 'cannot'} start there"
    yield _say(box, "probe-address", own, words, RUNNING, "ip address", local.probe_address)


def _saved(box: Box, accept_unsaved: bool) -> Finding:
    running, startup = (tree.normalise(box.outputs[f"show {which}-config"]).splitlines() for which in ("running", "startup"))
    differing = len(set(running) ^ set(startup))
    if running == startup:
        return _say(box, "saved", True, "startup and running configuration are one", "show startup-config", "difference", 0)
    words = f"the running configuration is not saved ({differing or 'the order of'} lines differ)"
    if accept_unsaved:
        words += "; saving the tunnel will save that as well, as you asked"
        return Finding("saved", box.host, Status.WARNING, words)
    words += "; saving the tunnel would save that as well. Save it, revert it, or say --accept-unsaved"
    return _say(box, "saved", False, words, "show startup-config", "lines that differ", differing)


def _nvram(box: Box) -> Iterator[Finding]:
    if box.platform.nvram_bytes is None:
        return
    size = len(box.outputs[RUNNING].encode()) + len(box.change.forward_text.encode())
    room = int(box.platform.nvram_bytes * NVRAM_PART)
    words = f"the configuration will need about {size} of {room} bytes that may be used of the NVRAM"
    yield _say(box, "nvram", size < room, words, RUNNING, "bytes", size)


def _route(box: Box) -> Finding:
    """The packet for the far side must leave by the interface that has the map; else it leaves in clear, or not at all."""
    target, interface = box.end.remote.probe_address, box.end.local.interface
    parsed = parse(box.platform.os, "show ip route", box.outputs["show ip route"])
    leaves_by = egress(parsed.state, target)
    good = leaves_by == interface
    words = f"{target} leaves by {leaves_by or 'no interface'}" + (
        "" if good else f"; it must leave by {interface}, which has the map"
    )
    return _say(box, "route", good, words, "show ip route", f"egress of {target}", leaves_by)


def egress(table: Sequence[Route], target: IPv4Address, depth: int = 4) -> str | None:
    """Interface by which ``target`` leaves by the global table, following next hops; None if there is no route."""
    routes = [route for route in table if route.vrf is None and target in route.prefix]
    if not routes or depth == 0:
        return None
    best = max(routes, key=lambda route: route.prefix.prefixlen)
    for hop in best.next_hops:
        if hop.interface:
            return hop.interface
        if isinstance(hop.gateway, IPv4Address):
            return egress(table, hop.gateway, depth - 1)
    return None


def _nat(box: Box) -> Iterator[Finding]:
    """Address translation comes before the crypto map: what it takes no longer matches the selectors."""
    for node in box.nodes:
        match = _NAT.fullmatch(node.line)
        if not match:
            continue
        for local, remote in box.end.selectors:
            free = _exempt(box, match["name"], local, remote)
            words = f"{node.line!r} {'leaves' if free else 'may translate'} {local} to {remote}" + (
                " alone" if free else ", which then misses the map"
            )
            yield _say(box, "nat", free, words, RUNNING, "ip nat inside source", match["name"])


def _exempt(box: Box, name: str, local: IPv4Network, remote: IPv4Network) -> bool:
    """True if the first rule of the list that touches the pair denies all of it."""
    config = read(box.platform.os, box.outputs[RUNNING])
    named = config.get("access-list", name)
    numbered = f"access-list {name} "
    lines = (
        named.children
        if named
        else tuple(node.line.removeprefix(numbered) for node in box.nodes if node.line.startswith(numbered))
    )
    for line in lines:
        match = _RULE.fullmatch(line)
        if match is None:
            return False
        source, target = network(match["source"]), network(match["target"])
        if source is None or target is None:
            return False
        if source.overlaps(local) and target.overlaps(remote):
            return match["action"] == "deny" and local.subnet_of(source) and remote.subnet_of(target)
    return False
