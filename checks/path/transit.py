"""What a router does to packets that come through it, and not to its own pings: lists, policy routing, zones, VRFs.

Each finding names the line. Sources: Cisco IOS, "NAT order of operation" (where lists, policy routing and the crypto map stand);
12.3(8)T, "Crypto access check on clear-text packets" (from then on a list of the outside sees a tunnel's packets encrypted
only); IP routing guide, policy based routing; zone-based policy firewall design guide (no packet passes from a zone to another
without a pair, nor between a zone and an interface in none); VRF-aware IPsec.
"""

from __future__ import annotations

import re
from collections.abc import Iterator
from ipaddress import IPv4Network

from ...changes.configurations.tree import Node, starting
from ...changes.objects import Config, read
from ...inventory.models.release import Release
from ..finding import Finding, Status
from ..observations.show_commands import COMMANDS
from ..readiness.device_facts import EndFacts, Facts, doubt, say
from ..routing.route_table import route_table
from ..routing.router_interfaces import section_of, sections_meeting
from ..routing.routes import way_out
from ..routing.tunnel_interfaces import tunnel_of
from ..routing.ways import Ways
from .acl import Flow, Says, Verdict, ios_list
from .route_maps import clauses_for
from .zones import zone_findings

RUNNING = "show running-config"
#: From here on a list of an interface does not see packets of a tunnel in clear.
CLEAR_UNSEEN = Release.parse("12.3(8)T")
_GROUP = re.compile(r"ip access-group (?P<name>\S+) (?P<way>in|out)")
_VRF = re.compile(r"(?:ip )?vrf forwarding (?P<name>\S+)")
IKE, NAT_T = 500, 4500


def transit(facts: EndFacts) -> Iterator[Finding]:
    """All findings on what packets of the tunnel meet on their way through the router."""
    config = read("ios", facts.outputs[RUNNING])
    ways = route_table("ios", "show ip route", facts.outputs["show ip route"]).ways
    outside = section_of(facts.nodes, facts.end.local.interface)
    here = inside_interfaces(facts, ways)
    yield from _vrfs(facts, (outside, *here))
    tunnel = tunnel_of(facts.change, facts.end.remote.outside_ip)
    # Nothing comes in by a loopback interface.
    inside = tuple(node for node in here if not node.line.startswith("interface Loopback"))
    for node in inside:
        yield from _inside_lists(facts, config, node)
        yield from _policy_routing(facts, config, ways, node, f"below {node.line}")
    local = starting(facts.nodes, "ip local policy")
    router = Node("", tuple(node.line.replace("ip local policy", "ip policy", 1) for node in local))
    yield from _policy_routing(facts, config, ways, router, "for packets of the router itself")
    if outside is not None:
        yield from _outside_lists(facts, config, outside)
        yield from zone_findings(facts, config, inside, Node(f"interface {tunnel.name}", tunnel.lines) if tunnel else outside)


def is_interface(node: Node, interface: str) -> bool:
    """True for the section of this interface, with or without its kind behind the name."""
    return node.line.startswith("interface ") and node.line.split()[1] == interface


def inside_interfaces(facts: EndFacts, ways: Ways) -> tuple[Node, ...]:
    """Sections of the interfaces by which packets of the own prefixes come in: those with a network of theirs, or with the probe
    address, and those by which a route to a part of them leaves."""
    local = facts.end.local
    meeting = sections_meeting(facts.nodes, (*local.protected_prefixes, IPv4Network(local.probe_address)))
    routed = (section_of(facts.nodes, name) for name in sorted(ways.behind(local.protected_prefixes)))
    working = (node for node in routed if node is not None and "shutdown" not in node.children)
    here = dict.fromkeys((*meeting, *working))
    return tuple(node for node in here if not is_interface(node, local.interface))


def _vrfs(facts: EndFacts, nodes: tuple[Node | None, ...]) -> Iterator[Finding]:
    for node in nodes:
        for line in node.children if node else ():
            match = _VRF.fullmatch(line)
            if match and node:
                words = f"{node.line} is in VRF {match['name']} ({line!r}); nr-run builds tunnels in the global table only"
                yield say(facts, "vrf", False, words, RUNNING, node.line, line)


def _inside_lists(facts: EndFacts, config: Config, node: Node) -> Iterator[Finding]:
    for match in (found for line in node.children if (found := _GROUP.fullmatch(line))):
        for local, remote in facts.end.selectors:
            flow = Flow("ip", local, remote)
            verdict = ios_list(config, match["name"], flow if match["way"] == "in" else flow.reversed)
            yield from list_findings(facts, verdict, f"{match[0]!r} below {node.line}", match["name"], flow)


def _outside_lists(facts: EndFacts, config: Config, node: Node) -> Iterator[Finding]:
    own, peer = (IPv4Network(end.outside_ip) for end in (facts.end.local, facts.end.remote))
    # What goes by a tunnel interface is in clear there, and encrypted on the outside.
    old = facts.platform.release < CLEAR_UNSEEN and way_out(facts, facts.end.local.interface) == facts.end.local.interface
    for match in (found for line in node.children if (found := _GROUP.fullmatch(line))):
        where, name, inbound = f"{match[0]!r} below {node.line}", match["name"], match["way"] == "in"
        clear = [Flow("ip", local, remote) for local, remote in facts.end.selectors] if old else []
        for flow in clear:
            yield from list_findings(facts, ios_list(config, name, flow.reversed if inbound else flow), where, name, flow)
        if inbound:
            for flow in (Flow("esp", peer, own), Flow("udp", peer, own, IKE)):
                yield from list_findings(facts, ios_list(config, name, flow), where, name, flow)
            verdict = ios_list(config, name, Flow("udp", peer, own, NAT_T))
            if verdict.says is not Says.PERMIT:
                words = f"{where} {verdict.says.value} UDP {NAT_T} from {peer.network_address}{_line(verdict)}: "
                words += "behind address translation the tunnel would not come up"
                yield doubt(facts, "access-list", Status.WARNING, words, RUNNING, name, verdict.line)


def list_findings(facts: Facts, verdict: Verdict, where: str, name: str, flow: Flow) -> Iterator[Finding]:
    """What the verdict of a list on packets of the tunnel means: nothing, a warning for a part of them, or an objection."""
    if verdict.says is Says.PERMIT:
        return
    what = f"{_PROTOCOL.get((flow.protocol, flow.port), flow.protocol)} from {flow.source} to {flow.target}"
    words = f"{where} {verdict.says.value} {what}{_line(verdict)}"
    status = {Says.DENY: Status.FAILED, Says.PART: Status.WARNING, Says.UNREAD: Status.UNVERIFIED}[verdict.says]
    running = COMMANDS[facts.platform.os].running
    yield doubt(facts, "access-list", status, words, running, f"access list {name}", verdict.line or "end of the list")


_PROTOCOL = {("ip", 0): "packets", ("esp", 0): "ESP", ("udp", IKE): "IKE (UDP 500)", ("udp", NAT_T): "IKE and ESP (UDP 4500)"}


def _line(verdict: Verdict) -> str:
    return f" with {verdict.line!r}" if verdict.line else ", which no line of it permits"


def _policy_routing(facts: EndFacts, config: Config, ways: Ways, node: Node, where: str) -> Iterator[Finding]:
    """A route map may send packets of the tunnel another way than the routing table, past the interface with the map."""
    for line in node.children:
        if not line.startswith("ip policy route-map "):
            continue
        name = line.split()[3]
        for local, remote in facts.end.selectors:
            for clause, says in clauses_for(config, facts.nodes, name, Flow("ip", local, remote)):
                if clause is None:
                    continue
                moved = next(
                    (text for text in clause.children if _leads_away(text, ways, way_out(facts, facts.end.local.interface))), ""
                )
                if moved:
                    words = f"{line!r} {where}: {clause.line!r} sends {local} to {remote} past the tunnel with {moved!r}"
                    status = Status.FAILED if says is Says.PERMIT else Status.UNVERIFIED
                    yield doubt(facts, "policy-routing", status, words, RUNNING, clause.line, moved)


_HOP = re.compile(r"set ip (?:default )?next-hop (?:verify-availability )?(?P<hops>\d[\d. ]*)(?: track \d+)?")
_BY = re.compile(r"set (?:default )?interface (?P<names>.+)")
#: What a route map may set that leaves the way of a packet alone.
_HARMLESS = re.compile(r"set (?:ip (?:df|precedence|tos|dscp)|cos|qos-group|tag|metric) ?.*")


def _leads_away(line: str, ways: Ways, outside: str) -> bool:
    """True unless a line of a clause certainly leaves the way of a packet alone, or sends it out of the outside."""
    if not line.startswith("set ") or _HARMLESS.fullmatch(line):
        return False
    hop, by = _HOP.fullmatch(line), _BY.fullmatch(line)
    if hop:
        # A number behind an address is its place, when its availability is looked at.
        hops = [IPv4Network(word) for word in hop["hops"].split() if "." in word]
        return any(ways.to(net.network_address) != {outside} for net in hops)
    return not by or by["names"].split() != [outside]
