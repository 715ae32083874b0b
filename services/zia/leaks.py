"""What of the hosts' packets the route map lets past the tunnels, though both are up and the primary leads; and probes that go
past them. Pure.

A clause before ours is asked first, and what it takes never comes to ours. And what no list of ours permits is not led at all:
IOS sends what a route map does not match, or denies, by the routing table (Cisco IOS IP Routing: Protocol-Independent
Configuration Guide, "Policy-Based Routing"). A list that is not there, or has no lines, permits everything.
"""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from itertools import pairwise

from ...changes.objects import ConfigObject, read_desired
from ...checks.finding import Finding, Status
from ...checks.observations.looks import Look
from ...checks.observations.observation import Observation, spis
from ...checks.observations.questions import IPSEC
from ...templates.environment import fill
from .causes import through
from .gates import View, clauses_of
from .intent import Edge, Zia
from .names import ExistingSite, draft
from .words import leading_words

#: By what a probe that goes past its tunnel is known.
PROBE_PATH = "probe-path"
#: A counter may miss so many packets of a burst: one can be in flight at each reading.
TOLERATED_PACKETS = 2
#: The place of our clause.
OURS = 10
#: Protocols of a line that says nothing of TCP, which is all that is led where ``traffic`` is web.
_NO_WEB = frozenset({"udp", "icmp", "gre", "esp", "ahp"})


def past_by_the_map(view: View) -> Iterator[str]:
    """A sentence for each thing in the route map by which packets that have to be led are not."""
    inner = {edge.inner[1] for _, edge in view.site.edges}
    for clause in sorted(clauses_of(view), key=lambda clause: clause.sequence):
        if clause.sequence >= OURS:
            break
        before = f"clause {clause.sequence} of the route map is asked before ours and"
        if not clause.permits:
            yield f"{before} denies: what it matches goes by the routing table"
        elif clause.first_up is not None and clause.first_up.next_hop not in inner:
            yield f"{before} leads to {clause.first_up.next_hop}, which is no tunnel of the site"
        elif clause.first_up is None and not clause.drops:
            yield f"{before} leads into no tunnel"
    yield from _past_by_the_list(view)


def _past_by_the_list(view: View) -> Iterator[str]:
    clause = view.running.objects.get("route-map-clause", draft(view.site).own, str(OURS))
    if clause is None:
        return
    narrow = [line for line in clause.children if line.startswith("match ") and not line.startswith("match ip address ")]
    if narrow:
        yield f"clause {OURS} of the route map has {narrow[0]!r}: what that does not match goes by the routing table"
    lists = [line.split()[3:] for line in clause.children if line.startswith("match ip address ")]
    for names in lists:
        told = [_lets_past(view, name) for name in names]
        if all(told):
            yield f"access list {names[0]} {told[0]}: it goes by the routing table"


def answered_past(view: View, role: str, edge: Edge, there: ExistingSite, looks: Sequence[Look]) -> Iterator[Finding]:
    """A finding where the last pings to the target of a probe were answered, and the tunnel that they have to go through counted
    none of them: the probe is answered past it as well, so that its track stays up whatever becomes of the tunnel."""
    burst = next(((a, b) for a, b in reversed(tuple(pairwise(looks))) if through(edge) in b.pings), None)
    if burst is None:
        return
    probe, counts = burst[1].pings[through(edge)], [_counted(look.seen, edge, there) for look in burst]
    early, late = counts
    # New SAs may have begun to count anew; more than was sent may be traffic of hosts.
    if early is None or late is None or early[0] != late[0] or late[1] < early[1] or not probe.received:
        return
    if late[1] - early[1] < max(1, probe.received - TOLERATED_PACKETS):
        words = f"{role}: {edge.probe_address} answered {probe.received} pings, of which Tunnel{there.tunnel} carried "
        words += f"{late[1] - early[1] or 'none'}: the probe goes past the tunnel, and its track says nothing of it"
        yield view.finding(PROBE_PATH, Status.FAILED, words, IPSEC, f"+{late[1] - early[1]}")


def _counted(seen: Observation, edge: Edge, there: ExistingSite) -> tuple[tuple[int, ...], int] | None:
    """SPIs and packets encrypted of the tunnel of an edge; None where it has no SAs, or they were not read whole."""
    answer = seen.answer(IPSEC)
    if answer is None or not answer.complete:
        return None
    flows = [flow for flow in seen.flows if flow.interface == f"Tunnel{there.tunnel}" and flow.peer == edge.address]
    numbers = tuple(spi for flow in flows for spi in spis(flow, "outbound"))
    return (numbers, sum(flow.encapsulated_packets for flow in flows)) if numbers else None


def wanted_list(site: Zia, os: str) -> ConfigObject:
    """The list of what is led into the tunnels."""
    (item,) = read_desired(os, fill("ios/zia_leading.j2", **leading_words(site, draft(site)))).of("access-list")
    return item


def _lets_past(view: View, name: str) -> str:
    """What a list keeps from being led that has to be; empty where it leads all of it, and maybe more."""
    site, os = view.site, view.running.os
    there = view.running.objects.get("access-list", name)
    if there is None:
        heads = (f"access-list {name} ", f"ip access-list standard {name}")
        odd = any(f"{node.line} ".startswith(heads) for node in view.running.nodes)
        return "is a list whose matches are not known with certainty" if odd else ""
    lines = [line for line in there.canonical_children if not line.startswith("remark ")]
    if not lines:
        return ""
    wanted = wanted_list(site, os).canonical_children
    for line in lines:
        if line.startswith("deny ") and line not in wanted and not (site.traffic == "web" and line.split()[1] in _NO_WEB):
            return f"has {line!r}, which the intent has not"
    missing = _missing(wanted, lines)
    return f"does not lead {missing!r}" if missing else ""


def _missing(wanted: Sequence[str], lines: Sequence[str]) -> str:
    """A line of what is to be led that nothing here says as well."""
    if "permit ip any any" in lines:
        return ""
    return next((line for line in wanted if line.startswith("permit ") and line not in lines), "")
