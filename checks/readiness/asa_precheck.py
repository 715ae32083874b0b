"""May a tunnel be built on this ASA now? What an ASA asks for besides what every device is asked for.

Sources: ASA 8.2 to 9.19 configuration guides (management-access, sysopt connection permit-vpn, names, crypto map).
"""

from __future__ import annotations

import re
from collections.abc import Iterator
from ipaddress import IPv4Address, IPv4Network

from ...changes.configurations.nameif import AsaInterface, find_interface, interfaces
from ...changes.configurations.nodes_after import nodes_after
from ...changes.selectors import Selector
from ...inventory.kept import kept_by_text
from ...inventory.models.release import Release
from ...parsers.records.asa_system import AsaRoute
from ..finding import Finding
from ..observations.show_commands import COMMANDS
from ..routing.route_table import route_table
from ..routing.routes import routes, way_out
from ..routing.ways import Ways
from ..translation.asa_nat import Way, asa_translations, exemption
from .device_facts import EndFacts, say

RUNNING = COMMANDS["asa"].running
ROUTE = COMMANDS["asa"].route
#: Brings twice NAT, and takes nat 0, static and nat-control away (ASA 8.3 release notes).
TWICE_NAT = Release.parse("8.3(1)")


def addresses(facts: EndFacts) -> Iterator[Finding]:
    """The outside address is on the interface that the intent names, and pings can start at the probe address."""
    local = facts.end.local
    found = find_interface(facts.nodes, local.interface)
    if found is None or found.nameif is None:
        words = f"interface {local.interface} has no nameif" if found else f"there is no interface {local.interface}"
        yield say(facts, "outside", False, words, RUNNING, "interface", "none")
    else:
        yield _outside(facts, found)
    yield from _probe(facts)


def _outside(facts: EndFacts, found: AsaInterface) -> Finding:
    local = facts.end.local
    address = found.address.ip if found.address else "none"
    works = address == local.outside_ip and not found.shutdown
    state = "is shut down" if found.shutdown else f"has address {address}"
    wanted = "" if works else f"; the tunnel needs {local.outside_ip}"
    what = f"{found.hardware} ({found.nameif})"
    return say(facts, "outside", works, f"{what} {state}{wanted}", RUNNING, f"interface {found.hardware}", address)


def _probe(facts: EndFacts) -> Iterator[Finding]:
    """An ASA sends its own packets into a tunnel only from the interface that ``management-access`` names."""
    wanted = facts.end.local.probe_address
    holder = next((item for item in interfaces(facts.nodes) if item.address and item.address.ip == wanted), None)
    own = holder is not None and holder.nameif is not None and not holder.shutdown
    words = f"{wanted} is {'an' if holder else 'no'} address of the device"
    if holder and not own:
        words += f", and {holder.hardware} {'is shut down' if holder.shutdown else 'has no nameif'}"
    words += f": pings {'can' if own else 'cannot'} start there"
    yield say(facts, "probe-address", own, words, RUNNING, "ip address", wanted)
    if holder is None or not own:
        return
    named = next((node.line.split()[1] for node in facts.nodes if node.line.startswith("management-access ")), "none")
    through = named == holder.nameif
    words = f"management-access names {named}"
    if not through:
        words += f": pings from {wanted} would not go through the tunnel, which cannot be verified without them; "
        words += f"type management-access {holder.nameif}"
    yield say(facts, "management-access", through, words, RUNNING, "management-access", named)


_NAME = re.compile(r"name (?P<address>\d\S+) (?P<name>\S+).*")


def names(facts: EndFacts) -> Iterator[Finding]:
    """With ``names`` on, an ASA prints a name in the place of an address, also in access lists and in the SAs."""
    if not any(node.line == "names" for node in facts.nodes):
        return
    end = facts.end
    nets = {*end.local.protected_prefixes, *end.remote.protected_prefixes}
    wanted = {end.local.outside_ip, end.remote.outside_ip, *(net.network_address for net in nets)}
    for node in facts.nodes:
        match = _NAME.fullmatch(node.line)
        if match and _is_one_of(match["address"], wanted):
            words = f"the device prints {match['name']} instead of {match['address']}, so its answers cannot be compared; "
            words += f"type no {node.line}"
            yield say(facts, "names", False, words, RUNNING, "name", node.line)


def _is_one_of(text: str, wanted: set[IPv4Address]) -> bool:
    try:
        return IPv4Address(text) in wanted
    except ValueError:
        return False


def permit_vpn(facts: EndFacts) -> Iterator[Finding]:
    """The default lets what comes out of a tunnel past the access lists of the interface; it is shown only when it is off."""
    off = any(node.line in ("no sysopt connection permit-vpn", "no sysopt connection permit-ipsec") for node in facts.nodes)
    words = "traffic that leaves a tunnel passes the access lists of the interface"
    if off:
        words = (
            "sysopt connection permit-vpn is off: the access list of the outside interface would drop what comes out of the "
            "tunnel; type sysopt connection permit-vpn, or permit it there and build this tunnel by hand"
        )
    yield say(facts, "permit-vpn", not off, words, RUNNING, "sysopt connection permit-vpn", "off" if off else "on")


def route(facts: EndFacts) -> Iterator[Finding]:
    """The packet for the far side must leave by the interface that has the map; else it leaves in clear, or not at all."""
    found = find_interface(facts.nodes, facts.end.local.interface)
    if found is None or found.nameif is None:
        return
    table = route_table("asa", ROUTE, facts.outputs[ROUTE])
    texts = (*(problem.text.strip() for problem in table.parsed.problems), *_strange(facts.outputs[ROUTE]))
    yield from routes(facts, table.ways, found.nameif, ROUTE, ("not read", texts[0]) if texts else None)


@kept_by_text()
def _strange(shown: str) -> tuple[str, ...]:
    """What stands in the place of a network in the table of a tunnel's packets."""
    rows = route_table("asa", ROUTE, shown).parsed.state
    return tuple(str(item.prefix) for item in rows if not isinstance(item.prefix, IPv4Network) and _is_data(item))


def _is_data(route_: AsaRoute) -> bool:
    """IPv6 prefixes and those of the management table are no way for a tunnel's packets; a name may stand for one that is."""
    return isinstance(route_.prefix, str) and route_.table is None


def nat(facts: EndFacts) -> Iterator[Finding]:
    """Translation comes before the crypto map, and the pings of the device itself do not meet it: so it is read, not tried."""
    found = find_interface(facts.nodes, facts.end.local.interface)
    if found is None or found.nameif is None:
        return
    ways = route_table("asa", ROUTE, facts.outputs[ROUTE]).ways
    twice = facts.platform.release >= TWICE_NAT
    for pair in facts.end.selectors:
        way = Way(_behind(ways, pair[0], found.nameif), way_out(facts, found.nameif))
        yield from _of_pair(facts, pair, way, twice=twice)


def _behind(ways: Ways, local: IPv4Network, outside: str) -> str | None:
    """The one interface behind which hosts of a prefix are, None if it is not one; a default route to the outside has none."""
    found = ways.behind((local,)) - {outside}
    return next(iter(found)) if len(found) == 1 else None


def _of_pair(facts: EndFacts, pair: Selector, way: Way, *, twice: bool) -> Iterator[Finding]:
    local, remote = pair
    # The change may hold an exemption of its own.
    nodes = nodes_after(facts.nodes, facts.change.created)
    said = tuple(asa_translations(nodes, pair, way, twice=twice))
    lines = "; ".join(exemption(pair, way, facts.nodes, twice=twice))
    for line, free in said:
        words = f"{line!r} {'leaves' if free else 'may translate'} {local} to {remote}"
        words += " alone" if free else f", which then misses the map; exempt it: {lines}"
        yield say(facts, "nat", free, words, RUNNING, line, "exempt" if free else "not certainly exempt")
