"""`packet-tracer`: the way of one packet, as each release of the ASA tells it.

Sources: captures of ASAs in public parser collections and Cisco's troubleshooting documents.
"""

from __future__ import annotations

from ipaddress import IPv4Address

from ...core.negotiation.protector import Protector
from ...core.records import Interface, Route
from ..box import AsaBox
from ..meaning.translation import Rule


def packet_tracer(box: AsaBox, nameif: str, source: IPv4Address, destination: IPv4Address) -> list[str]:
    """The way of one packet: route, translation, VPN. One that needs a tunnel which is not there starts IKE and is dropped."""
    meaning = box.reading()
    route = meaning.route_to(destination)
    phases: list[tuple[str, str, bool, list[str], list[str]]] = []
    if route is None:
        return _traced(box, phases, nameif, None, "no-route", "No route to host")
    phases.append(_routed(box, route))
    rule = meaning.rule_for(nameif, route.interface.name, source, destination)
    after = meaning.translated(route.interface, source, destination)
    if rule is not None:
        phases += _translation(box, rule, source, after, route.interface, destination)
    wanted = _wanted(box, route.interface, after, destination)
    if wanted is None:
        return _traced(box, phases, nameif, route.interface, "", "")
    up = box.crypto.carrying(wanted.name, wanted.seq, after, destination) is not None and wanted.complete
    phases.append(("VPN", "encrypt", up, [], []))
    if up:
        return _traced(box, phases, nameif, route.interface, "", "")
    selector = wanted.selector_for(after, destination) if wanted.complete else None
    if selector is not None and box.network.ike is not None:
        box.network.ike.need(box, wanted, selector)
    return _traced(box, phases, nameif, route.interface, "acl-drop", "Flow is denied by configured rule")


def _wanted(box: AsaBox, out: Interface, source: IPv4Address, destination: IPv4Address) -> Protector | None:
    """The entry that a packet ends at: one that protects it, or an incomplete one, which drops it."""
    for entry in box.meaning.protectors().on.get(out.name, []):
        if not (entry.peers and entry.lines) or entry.selector_for(source, destination) is not None:
            return entry
    return None


Phase = tuple[str, str, bool, list[str], list[str]]


def _routed(box: AsaBox, route: Route) -> Phase:
    if box.modern:
        hop = route.via or "directly connected"
        found = f"found next-hop {hop} using egress ifc  {route.interface.name}"
        return "ROUTE-LOOKUP", "Resolve Egress Interface", True, [], [found]
    net, mask = route.network.network_address, route.network.netmask
    return "ROUTE-LOOKUP", "input", True, [], [f"in   {net!s:<15} {mask!s:<15} {route.interface.name}"]


def _translation(
    box: AsaBox, rule: Rule, source: IPv4Address, after: IPv4Address, out: Interface, destination: IPv4Address
) -> list[Phase]:
    if rule.how == "exempt":
        if box.old:
            return [("NAT-EXEMPT", "", True, [], [])]
        divert = [f"NAT divert to egress interface {out.name}", f"Untranslate {destination}/0 to {destination}/0"]
        return [
            ("UN-NAT", "static", True, [rule.text], divert),
            ("NAT", "", True, [rule.text], [f"Static translate {source}/0 to {source}/0"]),
        ]
    tail = " using netmask 255.255.255.255" if box.old else ""
    return [("NAT", "" if box.old else rule.how, True, [rule.text], [f"Dynamic translate {source}/0 to {after}/1{tail}"])]


def _traced(box: AsaBox, phases: list[Phase], came: str, out: Interface | None, code: str, reason: str) -> list[str]:
    lines: list[str] = []
    if not code:
        created = f"New flow created with id {len(box.logged) + 1}, packet dispatched to next module"
        phases = [*phases, ("FLOW-CREATION", "", True, [], [created])]
    for number, (kind, subtype, allowed, config, information) in enumerate(phases, start=1):
        lines += ["", f"Phase: {number}", f"Type: {kind}", f"Subtype: {subtype}", f"Result: {'ALLOW' if allowed else 'DROP'}"]
        lines += [*(["Elapsed time: 9216 ns"] if box.modern else []), "Config:", *config, "Additional Information:", *information]
    tail = "(vrfid:0)" if box.modern else ""
    lines += ["", "Result:", f"input-interface: {came}{tail}", "input-status: up", "input-line-status: up"]
    if out is not None:
        lines += [f"output-interface: {out.name}{tail}", "output-status: up", "output-line-status: up"]
    lines.append(f"Action: {'drop' if code else 'allow'}")
    if box.modern:
        lines.append(f"Time Taken: {9216 * len(phases)} ns")
    if code:
        where = ", Drop-location: frame 0x0000564c2f0ce4b8 flow (NA)/NA" if box.modern else ""
        lines.append(f"Drop-reason: ({code}) {reason}{where}")
    return [*lines, ""]
