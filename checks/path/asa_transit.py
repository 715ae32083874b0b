"""What an ASA does to packets that come through it, and to a tunnel by what it inherits; its own pings do not meet that.

Each finding names the line. Sources: ASA CLI configuration guide (access-group: a list of an interface, then the global one;
without either a packet passes only to a lower security level, or to an equal one where that is switched on), command reference
(sysopt connection permit-vpn: what comes out of a tunnel passes the lists; group-policy: what is not said is inherited from
DfltGrpPolicy).
"""

from __future__ import annotations

import re
from collections.abc import Iterator
from ipaddress import IPv4Network

from ...changes.configurations.nameif import find_interface, interfaces
from ...changes.families.tunnel_group import INHERITED
from ...changes.objects import Config, read
from ..finding import Finding
from ..observations.show_commands import COMMANDS
from ..readiness.device_facts import EndFacts, say
from ..routing.route_table import route_table
from ..routing.routes import way_out
from .acl import Flow, Says, Verdict, asa_lists
from .transit import IKE, list_findings

RUNNING = COMMANDS["asa"].running
ROUTE = COMMANDS["asa"].route
_GROUP = re.compile(r"access-group (?P<list>\S+) (?:(?P<way>in|out) interface (?P<nameif>\S+)|global)(?P<more> .*)?")
DEFAULT = "group-policy DfltGrpPolicy"


def transit(facts: EndFacts) -> Iterator[Finding]:
    """Lists on the way out of the inside, and out of the outside."""
    found = find_interface(facts.nodes, facts.end.local.interface)
    if found is None or found.nameif is None:
        return
    config = read("asa", facts.outputs[RUNNING])
    way = way_out(facts, found.nameif)
    for nameif in sorted(_inside(facts, found.nameif) - {way}):
        yield from _from_inside(facts, config, nameif, way)
    yield from _to_the_box(facts, config, found.nameif)
    out = [match for match in _groups(facts) if match["way"] == "out" and match["nameif"] == way]
    for match in out:
        for flow in _flows(facts):
            verdict = asa_lists(config, (match["list"],), flow)
            yield from list_findings(facts, verdict, repr(match[0]), match["list"], flow)


def _flows(facts: EndFacts) -> Iterator[Flow]:
    return (Flow("ip", local, remote) for local, remote in facts.end.selectors)


def _groups(facts: EndFacts, *, control: bool = False) -> list[re.Match[str]]:
    """Lists at interfaces: for what passes through, or for what is sent to the firewall itself (``control-plane``)."""
    found = (match for node in facts.nodes if (match := _GROUP.fullmatch(node.line)))
    return [match for match in found if ("control-plane" in (match["more"] or "").split()) is control]


def _to_the_box(facts: EndFacts, config: Config, outside: str) -> Iterator[Finding]:
    """IKE and ESP of the peer are for the firewall itself. Whether such a list denies what no line permits is not known."""
    own, peer = (IPv4Network(end.outside_ip) for end in (facts.end.local, facts.end.remote))
    for match in (group for group in _groups(facts, control=True) if group["nameif"] == outside):
        for flow in (Flow("udp", peer, own, IKE), Flow("esp", peer, own)):
            verdict = asa_lists(config, (match["list"],), flow)
            if not verdict.line:
                verdict = Verdict(Says.UNREAD)
            yield from list_findings(facts, verdict, repr(match[0]), match["list"], flow)


def _inside(facts: EndFacts, outside: str) -> frozenset[str]:
    """Names of the interfaces behind which hosts of the own prefixes are, and of the one with the probe address."""
    local = facts.end.local
    ways = route_table("asa", ROUTE, facts.outputs[ROUTE]).ways
    own = (
        item.nameif
        for item in interfaces(facts.nodes)
        if item.nameif and item.address and (item.address.ip == local.probe_address or _meets(item.address.network, facts))
    )
    return frozenset((*ways.behind(local.protected_prefixes), *own)) - {outside}


def _meets(net: IPv4Network, facts: EndFacts) -> bool:
    return any(net.overlaps(prefix) for prefix in facts.end.local.protected_prefixes)


def _from_inside(facts: EndFacts, config: Config, nameif: str, outside: str) -> Iterator[Finding]:
    groups = _groups(facts)
    own = [match for match in groups if match["way"] == "in" and match["nameif"] == nameif]
    asked = [*own, *(match for match in groups if match["way"] is None)]
    if not asked:
        yield from _by_level(facts, nameif, outside)
        return
    where = " and ".join(repr(match[0]) for match in asked)
    for flow in _flows(facts):
        verdict = asa_lists(config, [match["list"] for match in asked], flow)
        yield from list_findings(facts, verdict, where, asked[0]["list"], flow)


def _by_level(facts: EndFacts, nameif: str, outside: str) -> Iterator[Finding]:
    """Without a list a packet passes from a higher level to a lower one."""
    ours, theirs = (_level(facts, name) for name in (nameif, outside))
    equal = any(node.line == "same-security-traffic permit inter-interface" for node in facts.nodes)
    if ours < theirs or (ours == theirs and not equal):
        words = (
            f"{nameif} has security-level {ours} and {outside} {theirs}, and no list permits anything: what comes in by {nameif} "
        )
        yield say(facts, "security-level", False, f"{words}does not pass to {outside}", RUNNING, nameif, f"security-level {ours}")


def _level(facts: EndFacts, nameif: str) -> int:
    section = next((node for node in facts.nodes if f"nameif {nameif}" in node.children), None)
    line = next((line for line in section.children if line.startswith("security-level ")), "0") if section else "0"
    return int(line.split()[-1])


#: Lines of DfltGrpPolicy that only announce something.
_ANNOUNCED = re.compile(r"vpn-(?:idle|session)-timeout alert-interval .*")


def inherited(facts: EndFacts) -> Iterator[Finding]:
    """What the policy of the tunnel does not say itself must not be set in the default policy where it can stop a tunnel."""
    items = (*facts.change.created, *(edit.after for edit in facts.change.edited), *facts.change.reused)
    policies = [item for item in items if item.family.name == "group-policy"]
    said = {child.removeprefix("attributes: ").split()[0] for item in policies for child in item.children}
    default = read("asa", facts.outputs[RUNNING]).get("group-policy", "DfltGrpPolicy")
    for child in default.children if default else ():
        line = child.removeprefix("attributes: ")
        word = line.split()[0]
        if word in said or _ANNOUNCED.fullmatch(line) or not (word in INHERITED or word.startswith("vpn-") or word == "vlan"):
            continue
        words = f"{line!r} of {DEFAULT} would be inherited by the tunnel, whose own policy does not say it"
        yield say(facts, "inherited-policy", False, words, RUNNING, DEFAULT, line)
