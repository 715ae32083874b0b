"""May this change be made on this device now? Pure functions of intent and what the device showed, before anything is touched."""

from __future__ import annotations

import re
from collections.abc import Callable, Iterator, Mapping, Sequence

from ...changes.configurations import tree
from ...changes.configurations.nodes_after import nodes_after
from ...changes.implicit_references import users
from ...changes.objects import read
from ...inventory.errors import IntentError
from ...inventory.models.release import Release
from ...parsers import parse
from ..finding import Finding, Status
from ..path import asa_transit, transit
from ..routing.route_table import route_table
from ..routing.router_interfaces import holder_of, section_of
from ..routing.routes import routes
from ..routing.tunnel_interfaces import tunnel_of
from ..translation.nat import translations
from ..translation.nat_page import exemption_page, said
from . import asa_precheck
from .device_facts import EndFacts, Facts, say
from .failover_pair import one_unit
from .ike_ground import easy_vpn, ike_is_on, other_takers

#: A startup configuration may fill this part of the NVRAM: a full NVRAM cuts the configuration at the next save.
NVRAM_PART = 0.9
RUNNING = "show running-config"
ROUTE = "show ip route"
#: Brings default IKE policies, which are offered where none is configured (Cisco IOS Security Command Reference, crypto isakmp
#: default policy).
DEFAULT_POLICIES = Release.parse("12.4(20)T")
_LOCAL_ADDRESS = re.compile(r"crypto map (?P<map>\S+) local-address (?P<interface>\S+)")


def precheck(facts: EndFacts, *, accept_unsaved: bool = False) -> tuple[Finding, ...]:
    """All findings; the change may be made if none failed and none is unverified."""
    before, after = _CHECKS[facts.platform.os]
    findings = (
        *identity(facts),
        *(finding for check in before for finding in check(facts)),
        saved(facts, accept_unsaved),
        *(finding for check in after for finding in check(facts)),
    )
    # Two pairs of networks may meet the same line.
    return tuple(dict.fromkeys(findings))


def identity(facts: Facts) -> Iterator[Finding]:
    """It is the device that the inventory means: by its name, and by the release that it runs."""
    version = parse(facts.platform.os, "show version", facts.outputs["show version"]).state
    name = name_in(facts.nodes)
    same = is_named(facts.host, name)
    words = f"the device calls itself {name}" + ("" if same else f", the inventory calls it {facts.host}")
    yield say(facts, "identity", same, words, RUNNING, "hostname", name)
    fits = _is_release(version.version, facts.platform.release)
    words = f"it runs {version.version}" + (
        "" if fits else f", the inventory says {facts.platform.release}: correct the inventory"
    )
    yield say(facts, "release", fits, words, "show version", "version", version.version)


def name_in(nodes: Sequence[tree.Node]) -> str:
    """What a device calls itself in its configuration; empty where it does not say."""
    return next((node.line.split()[1] for node in tree.starting(nodes, "hostname") if re.match(r"hostname \S", node.line)), "")


def is_named(host: str, name: str) -> bool:
    """True if the name of a device is that of the inventory, whatever domain either has."""
    return name.split(".")[0].lower() == host.split(".")[0].lower()


def _is_release(shown: str, release: Release) -> bool:
    """IOS-XE pads its numbers in one line of show version and not in the next: 17.09.04a is 17.9.4a."""
    try:
        return Release.parse(shown) == release
    except IntentError:  # a special build, which the inventory can only repeat
        return shown == str(release)


def _interface_lines(facts: EndFacts, interface: str) -> tuple[str, ...] | None:
    section = section_of(facts.nodes, interface)
    return section.children if section else None


def _addresses(facts: EndFacts) -> Iterator[Finding]:
    local = facts.end.local
    lines = _interface_lines(facts, local.interface)
    if lines is None:
        yield say(facts, "outside", False, f"there is no interface {local.interface}", RUNNING, "interface", "none")
        return
    # Secondary addresses are shown before the primary one, which is the one that IKE answers from.
    addresses = [line.split()[2] for line in lines if line.startswith("ip address ") and not line.endswith(" secondary")]
    address = addresses[0] if addresses else "none"
    works = address == str(local.outside_ip) and "shutdown" not in lines
    state = "is shut down" if "shutdown" in lines else f"has address {address}"
    wanted = "" if works else f"; the tunnel needs {local.outside_ip}"
    yield say(facts, "outside", works, f"{local.interface} {state}{wanted}", RUNNING, f"interface {local.interface}", address)
    holder = holder_of(facts.nodes, local.probe_address)
    own = holder is not None and "shutdown" not in holder.children
    words = f"{local.probe_address} is {'an' if holder else 'no'} address of the device"
    if holder and not own:
        words += f", and {holder.line} is shut down"
    words += f": pings {'can' if own else 'cannot'} start there"
    yield say(facts, "probe-address", own, words, RUNNING, "ip address", local.probe_address)


def _local_address(facts: EndFacts) -> Iterator[Finding]:
    """A map may have the address of another interface for all of its tunnels (crypto map, local-address)."""
    maps = {item.groups["map"] for item in facts.change.entries if "map" in item.groups}
    interface = facts.end.local.interface
    for match in tree.kept(facts.nodes, _local_address_lines):
        if match["map"] in maps and match["interface"] != interface:
            words = f"{match[0]!r}: every tunnel of the map comes from the address of {match['interface']}, not of {interface}"
            yield say(facts, "local-address", False, words, RUNNING, "local-address", match["interface"])


def _local_address_lines(nodes: tree.Nodes) -> tuple[re.Match[str], ...]:
    there = (_LOCAL_ADDRESS.fullmatch(node.line) for node in tree.starting(nodes, "crypto map"))
    return tuple(match for match in there if match)


def _default_policies(facts: EndFacts) -> Iterator[Finding]:
    """IOS offers policies of its own only as long as nobody has configured one: the first one takes them from other peers."""
    if facts.platform.release < DEFAULT_POLICIES or "no crypto isakmp default policy" in (
        node.line for node in tree.starting(facts.nodes, "no crypto isakmp")
    ):
        return
    running = read("ios", facts.outputs[RUNNING])
    policy = next((item for item in facts.change.created if item.family.name == "isakmp-policy"), None)
    if policy is None or running.of("isakmp-policy"):
        return
    own = {*facts.change.keys, *(item.key for item in facts.change.reused)}
    others = users(running, policy, besides=own)
    if others:
        words = (
            f"the device has no isakmp policy, so it offers its default ones to others ({others[0]}), and none of them once it "
            f"has {policy.title}; configure the policies that they need first"
        )
        yield say(facts, "default-policies", False, words, RUNNING, "crypto isakmp policy", "none")


def saved(facts: Facts, accept_unsaved: bool) -> Finding:
    """It runs what it has saved; with ``accept_unsaved`` a difference is a warning."""
    running, startup = (tree.normalise(facts.outputs[f"show {which}-config"]).split("\n") for which in ("running", "startup"))
    differing = len(set(running) ^ set(startup))
    if running == startup:
        return say(facts, "saved", True, "startup and running configuration are one", "show startup-config", "difference", 0)
    words = f"the running configuration is not saved ({differing or 'the order of'} lines differ)"
    if accept_unsaved:
        words += "; saving the tunnel will save that as well, as you asked"
        return Finding("saved", facts.host, Status.WARNING, words)
    words += "; saving the tunnel would save that as well. Save it, revert it, or use --accept-unsaved"
    return say(facts, "saved", False, words, "show startup-config", "lines that differ", differing)


def nvram(facts: Facts) -> Iterator[Finding]:
    """Will the configuration fit into what the device saves it in?"""
    if facts.platform.nvram_bytes is None:
        return
    size = len(facts.outputs[RUNNING].encode()) + len(facts.change.forward_text.encode())
    room = int(facts.platform.nvram_bytes * NVRAM_PART)
    words = f"the configuration will need about {size} of {room} bytes that may be used of the NVRAM"
    if size >= room:
        words += f", which has {facts.platform.nvram_bytes}: a full one cuts the configuration at the next save"
    yield say(facts, "nvram", size < room, words, RUNNING, "bytes", size)


def _route(facts: EndFacts) -> Iterator[Finding]:
    """The packet for the far side must leave by the interface that has the map; else it leaves in clear, or not at all."""
    table = route_table("ios", ROUTE, facts.outputs[ROUTE])
    parsed = table.parsed
    unread = (f"line {parsed.problems[0].line}", parsed.problems[0].text.strip()) if not parsed.complete else None
    yield from routes(facts, table.ways, facts.end.local.interface, ROUTE, unread)


def _nat(facts: EndFacts) -> Iterator[Finding]:
    """Address translation comes before the crypto map: what it takes no longer matches the selectors.

    It is of the outside interface: what leaves by a tunnel interface meets it only where that is outside of translation too.
    """
    tunnel = tunnel_of(facts.change, facts.end.remote.outside_ip)
    if tunnel and "ip nat outside" not in tunnel.lines:
        return
    # The change may hold an exemption of its own.
    nodes = nodes_after(facts.nodes, facts.change.created)
    for local, remote in facts.end.selectors:
        for line, free in translations(nodes, (local, remote)):
            words = f"{line!r} {'leaves' if free else 'may translate'} {local} to {remote}"
            words += " alone" if free else f", which then misses the map{said(exemption_page(nodes, line, facts.end.selectors))}"
            yield say(facts, "nat", free, words, RUNNING, line, "exempt" if free else "not certainly exempt")


def path(facts: EndFacts) -> tuple[Finding, ...]:
    """What traffic meets on its way through the device: addresses, routes, access lists, translation. Needs what the device runs
    and its routing table, and nothing else; so it can be asked of a tunnel that nobody is about to change."""
    return tuple(dict.fromkeys(finding for check in _PATH[facts.platform.os] for finding in check(facts)))


Check = Callable[[EndFacts], Iterator[Finding]]
_PATH: Mapping[str, tuple[Check, ...]] = {
    "ios": (_addresses, _local_address, _route, transit.transit, _nat),
    "asa": (asa_precheck.addresses, asa_precheck.permit_vpn, asa_precheck.route, asa_transit.transit, asa_precheck.nat),
}
#: What is asked of each operating system besides its identity, before and after the question whether it is saved.
_CHECKS: Mapping[str, tuple[tuple[Check, ...], tuple[Check, ...]]] = {
    "ios": (
        (_addresses, _local_address, ike_is_on, easy_vpn, other_takers, _default_policies),
        (nvram, _route, transit.transit, _nat),
    ),
    "asa": (
        (one_unit, asa_precheck.addresses, asa_precheck.names, asa_precheck.permit_vpn),
        (asa_precheck.route, asa_transit.transit, asa_transit.inherited, asa_precheck.nat),
    ),
}
