"""What an access list says of a flow: all of it permitted, all or part of it denied, or not to be read for certain.

Rules are asked in their order and the first that matches decides; what no rule matches is denied, but an IOS list that has no
rules, or is not there, permits everything. Sources: Cisco IOS Security Configuration Guide, "Access control lists: overview";
ASA CLI configuration guide, "Access control lists".
"""

from __future__ import annotations

import re
from collections.abc import Callable, Iterable
from enum import Enum
from ipaddress import IPv4Network

from msgspec import Struct

from ...changes.objects import Config
from ...changes.selectors import asa_networks, network

Networks = tuple[IPv4Network, ...]


class Says(Enum):
    """Of a whole flow. ``PART``: it denies some protocols or ports of it, or permits no others."""

    PERMIT = "permits"
    DENY = "denies"
    PART = "denies a part of"
    UNREAD = "cannot be parsed reliably about"


class Flow(Struct, frozen=True):
    """Packets: protocol (``ip`` for all), from, to, and the destination port where it is UDP."""

    protocol: str
    source: IPv4Network
    target: IPv4Network
    port: int = 0

    @property
    def reversed(self) -> Flow:
        """The packets of the other direction."""
        return Flow(self.protocol, self.target, self.source, self.port)


class Rule(Struct, frozen=True):
    """One line: what it does, with which protocol, from where to where, and whether something narrows it further."""

    line: str
    action: str
    protocol: str
    source: Networks
    target: Networks
    #: Conditions behind the addresses (ports, flags, times); of a destination port alone the words of it.
    narrow: bool = False
    port: str = ""


class Verdict(Struct, frozen=True):
    """What a list says, and the line that says it; without a line it is the end of the list, where all else is denied."""

    says: Says
    line: str = ""


_PROTOCOLS = {"1": "icmp", "6": "tcp", "17": "udp", "47": "gre", "50": "esp", "51": "ahp", "ah": "ahp", "ipv4": "ip"}
_PORTS = {"isakmp": 500, "non500-isakmp": 4500}

_IOS_ADDRESS = r"(any|host \d\S+|\d+\.\d\S+ \d+\.\d\S+)"
_IOS_PORT = r"((?:(?:eq|gt|lt|neq) [a-z\d-]+|range \S+ \S+)(?: (?!host|any)[a-z\d-]+(?!\.))*? )?"
_IOS_EXTENDED = re.compile(rf"(permit|deny) +([a-z\d]+) {_IOS_ADDRESS} {_IOS_PORT}{_IOS_ADDRESS}( .*)?")
_IOS_STANDARD = re.compile(r"(permit|deny) +(any|host \d\S+|\d+\.\d\S+ \d+\.\d\S+|\d+\.\d\S+)(?:,? wildcard bits \S+)?(?: log)?")
_ASA_ADDRESS = r"(any4?|host \S+|object \S+|object-group \S+|\S+ \d+\.\d\S+)"
_ASA_PORT = r"((?:(?:eq|gt|lt|neq) \S+|range \S+ \S+) )?"
_ASA_EXTENDED = re.compile(rf"extended (permit|deny) ([a-z\d]+) {_ASA_ADDRESS} {_ASA_PORT}{_ASA_ADDRESS}( .*)?")
#: Words behind the addresses that narrow nothing.
_WIDE = re.compile(r"(?: log(?:-input)?(?: \S+)*)?")
_PORT = re.compile(r" eq (\S+)(?: log.*)?")


def ios_list(config: Config, name: str, flow: Flow) -> Verdict:
    """What the list of this name says of the flow on IOS."""
    lines = [line for line in config.lists.get(name, ()) if not line.startswith("remark")]
    return judge(lines, flow, _ios_rule) if lines else Verdict(Says.PERMIT)


def asa_lists(config: Config, names: Iterable[str], flow: Flow) -> Verdict:
    """What several lists say of the flow on an ASA, one asked after the other."""
    lines = [line for name in names for line in config.lists.get(name, ())]
    active = [line for line in lines if not line.startswith("remark") and not line.endswith(" inactive")]
    return judge(active, flow, lambda line: _asa_rule(config, line))


def judge(lines: Iterable[str], flow: Flow, read: Callable[[str], Rule | None]) -> Verdict:
    """The verdict of lines on a flow. A line that cannot be read leaves it open, unless all was decided before."""
    parts: list[Rule] = []
    for line in lines:
        rule = read(line)
        if rule is None:
            return Verdict(Says.UNREAD, line)
        hit = _hit(rule, flow)
        if rule.action == "deny" and hit in (_ALL, _SOME_ADDRESSES):
            return Verdict(Says.PART if any(part.action == "permit" for part in parts) else Says.DENY, line)
        if hit == _ALL:
            denied = next((part.line for part in parts if part.action == "deny"), "")
            return Verdict(Says.PART, denied) if denied else Verdict(Says.PERMIT, line)
        if hit != _NOTHING:
            parts.append(rule)
    permitted = [part for part in parts if part.action == "permit"]
    return Verdict(Says.PART if permitted else Says.DENY)


#: How much of a flow a rule matches.
_NOTHING, _SOME, _SOME_ADDRESSES, _ALL = range(4)


def _hit(rule: Rule, flow: Flow) -> int:
    if not _overlaps(rule.source, flow.source) or not _overlaps(rule.target, flow.target):
        return _NOTHING
    same = rule.protocol in ("ip", flow.protocol)
    if not same and flow.protocol != "ip":
        return _NOTHING
    if rule.port and flow.port:
        port = _PORTS.get(rule.port) or (int(rule.port) if rule.port.isdigit() else 0)
        if port != flow.port:
            return _NOTHING
    elif rule.narrow or rule.port or not same:
        return _SOME
    return _ALL if _holds(rule.source, flow.source) and _holds(rule.target, flow.target) else _SOME_ADDRESSES


def _overlaps(nets: Networks, side: IPv4Network) -> bool:
    return any(net.overlaps(side) for net in nets)


def _holds(nets: Networks, side: IPv4Network) -> bool:
    return any(side.subnet_of(net) for net in nets)


def _ios_rule(line: str) -> Rule | None:
    """A line of a list on IOS, with its addresses as networks; None where it cannot be parsed reliably."""
    match = _IOS_EXTENDED.fullmatch(line)
    if match is None:
        return _ios_standard(line)
    action, protocol, source, source_port, target, rest = match.groups()
    ends = network(source), network(target)
    if ends[0] is None or ends[1] is None:
        return None
    return _rule(line, action, protocol, (ends[0],), (ends[1],), source_port or "", rest or "")


def _ios_standard(line: str) -> Rule | None:
    match = _IOS_STANDARD.fullmatch(line)
    if match is None:
        return None
    words = match[2] if " " in match[2] or match[2] == "any" else f"host {match[2]}"
    source = network(words)
    return Rule(line, match[1], "ip", (source,), (IPv4Network("0.0.0.0/0"),)) if source else None


def _asa_rule(config: Config, line: str) -> Rule | None:
    """The same on an ASA, where objects stand for networks."""
    match = _ASA_EXTENDED.fullmatch(line)
    if match is None:
        return None
    action, protocol, source, source_port, target, rest = match.groups()
    ends = asa_networks(config, source), asa_networks(config, target)
    if ends[0] is None or ends[1] is None:
        return None
    return _rule(line, action, protocol, ends[0], ends[1], source_port or "", rest or "")


def _rule(line: str, action: str, protocol: str, source: Networks, target: Networks, source_port: str, rest: str) -> Rule:
    port = _PORT.fullmatch(rest)
    name = _PROTOCOLS.get(protocol, protocol)
    # IKE has one port for both ends.
    if port and source_port.strip() in ("", f"eq {port[1]}"):
        return Rule(line, action, name, source, target, port=port[1])
    return Rule(line, action, name, source, target, narrow=bool(source_port) or not _WIDE.fullmatch(rest))
