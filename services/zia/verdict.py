"""The verdict on a site: does what its hosts send go through a tunnel that works, and is it encrypted where that is asked. Pure.

Both tunnels, both probes and the primary in the lead are up; one of two is degraded; and where encryption is mandatory, whatever
lets packets of the hosts past the tunnels, or through one without a cipher, is worse than down, even if every ping is answered.
"""

from __future__ import annotations

from collections.abc import Iterator, Sequence

from msgspec.structs import replace

from ...checks.finding import FULL_SIZE, Cause, Finding, Status
from ...checks.observations.looks import Look
from ...checks.observations.observation import Flow, Observation, spis
from ...checks.observations.questions import Question
from ...checks.verdict import Configured, EndState, FlowState, KnownBy, Operating, Verdict
from ..common.configured_axis import findings, of_members, stated, unseen
from ..common.large_packets_lost import MTU, large_lost
from ..common.verifying import Seeing, unanswered
from ..service import Deployment
from .causes import KNOWN, causes_of, through
from .gates import (
    OF_EDGES,
    OF_PROBES,
    View,
    algorithms_in,
    clauses_of,
    edges_of,
    is_bound,
    path_of,
    route_map_of,
    tunnel_of,
    unshown,
    whole_flows,
)
from .intent import Zia
from .leaks import PROBE_PATH, answered_past, past_by_the_map
from .limits import NULL

ASKED: tuple[Question, ...] = (*OF_EDGES, *OF_PROBES)


def verdict_of(deployment: Deployment[Zia], seeing: Seeing, title: str) -> Verdict:
    """The verdict on one site, which is on one router."""
    site = deployment.wanted
    (configured,) = of_members(deployment, seeing).values()
    view, why = _view(site, seeing)
    looks = seeing.of(site.host).looks
    large = [found for role, edge in site.edges for found in large_lost(site.host, role, through(edge), looks)] if view else []
    past = [one for role, edge, there in edges_of(view) for one in answered_past(view, role, edge, there, looks)] if view else []
    operating, known_by, sentence, own = _operating(view, why, configured, [*large, *past])
    if operating is Operating.UNKNOWN and seeing.changing:
        sentence = "; ".join(seeing.changing)
    return replace(
        stated(deployment, seeing, title, configured, (operating, known_by, sentence)),
        findings=(*findings(deployment, seeing), *own),
        ends=tuple(_ends(site, view, configured)),
        untested=unseen(deployment, seeing),
        causes=_causes(view, looks[-1], [*large, *past]) if view and configured is not Configured.ABSENT else (),
        reach="" if view else f"{site.host} could not be read",
        sites=(site.host, *(edge.datacenter for _, edge in site.edges)),
    )


def _causes(view: View, look: Look, aside: Sequence[Finding]) -> tuple[Cause, ...]:
    failed = {item.check for item in aside if item.status is Status.FAILED}
    beside = ((PROBE_PATH, KNOWN["probe-past-tunnel"]), (FULL_SIZE, MTU))
    found = (*causes_of(view, look), *(cause for check, cause in beside if check in failed))
    return tuple(dict.fromkeys(found))


def _view(site: Zia, seeing: Seeing) -> tuple[View | None, str]:
    """What the router shows now, or why that is not known."""
    shown = seeing.of(site.host)
    if shown.running is None or not shown.looks:
        return None, shown.why_not or f"{site.host} did not show its configuration"
    seen = shown.looks[-1].seen
    if unread := unanswered(site.host, seen, ASKED):
        return None, unread
    view = View(site, site.host, shown.running, seen, ())
    doubt = next(unshown(view), "")
    return (None, doubt) if doubt else (view, "")


def _operating(
    view: View | None, why: str, configured: Configured, aside: Sequence[Finding]
) -> tuple[Operating, KnownBy, str, tuple[Finding, ...]]:
    if view is None:
        return Operating.UNKNOWN, KnownBy.NOTHING, why, ()
    site = view.site
    works: list[str] = []
    own: list[Finding] = []
    for role, edge, there in edges_of(view):
        found = (*tunnel_of(view, role, edge, there), *path_of(view, role, edge, there))
        own += found
        works += [role] if all(item.status is Status.OK for item in found) else []
    own += (*route_map_of(view), *aside)
    own += tuple(view.finding("led", Status.FAILED, words) for words in past_by_the_map(view)) if is_bound(view) else ()
    if leak := "" if configured is Configured.ABSENT else _leak(view):
        return Operating.UNENCRYPTED, KnownBy.TABLES, leak, tuple(own)
    bad = [item.sentence for item in own if item.status is not Status.OK]
    lead = _lead(view)
    if not is_bound(view):
        return Operating.DOWN, KnownBy.TABLES, f"{site.lan_interface} of {site.host} is not led into the tunnels", tuple(own)
    if not any(item.status is Status.FAILED for item in own) and bad:
        return Operating.UNKNOWN, KnownBy.NOTHING, "; ".join(bad), tuple(own)
    if lead not in works:
        ends = "is dropped" if site.on_total_loss == "closed" else "goes by the routing table, in clear"
        words = f"no tunnel that works has the lead, and what the hosts send {ends}: {'; '.join(bad)}"
        return Operating.DOWN, KnownBy.TABLES, words, tuple(own)
    if bad:
        return Operating.DEGRADED, KnownBy.TABLES, f"the {lead} leads; {'; '.join(bad)}", tuple(own)
    # The router's own probes went through both tunnels, each by a route of its own.
    return Operating.UP, KnownBy.PROBE, f"both tunnels work, and the {lead} leads", tuple(own)


def _lead(view: View) -> str:
    """The edge to which packets of the hosts go now; empty where none is known to."""
    hops = [clause.first_up for clause in clauses_of(view)]
    return next((role for role, edge in view.site.edges for hop in hops if hop and hop.next_hop == edge.inner[1]), "")


def _leak(view: View) -> str:
    """What lets packets of the hosts out in clear where encryption is mandatory; empty where nothing does."""
    site = view.site
    if not site.encryption_mandatory:
        return ""
    ciphers = {cipher for _, edge, there in edges_of(view) for cipher, _ in algorithms_in(whole_flows(view, edge, there))}
    if NULL in ciphers:
        return f"a tunnel of {site.host} is up and encrypts nothing, where encryption is mandatory"
    if not is_bound(view):
        return f"{site.lan_interface} of {site.host} has not the route map: what the hosts send goes past the tunnels, in clear"
    if past := next(past_by_the_map(view), ""):
        return f"{past}, in clear"
    clauses = clauses_of(view)
    drops = bool(clauses) and all(clause.drops for clause in clauses)
    if not drops and not _lead(view):
        return f"no tunnel has the lead, and the route map of {site.host} does not drop: what the hosts send goes in clear"
    return ""


def _ends(site: Zia, view: View | None, configured: Configured) -> Iterator[EndState]:
    for role, edge in site.edges:
        rows = view.shown.rows(edge.address, version=2) if view else ()
        up = [row for row in rows if row.up]
        row = next(iter(up or rows), None)
        yield EndState(
            host=site.host,
            role=role,
            peer=str(edge.address),
            configured=configured,
            ike=row.state if row else "",
            ike_up=bool(up) if view else None,
            ike_id=str(row.number or "") if row else "",
            ike_age_seconds=row.age_seconds if row else None,
            flows=tuple(_states(view.shown, edge.address)) if view else (),
        )


def _states(seen: Observation, peer: object) -> Iterator[FlowState]:
    flows: Sequence[Flow] = [flow for flow in seen.flows if flow.peer == peer]
    for flow in flows:
        out = spis(flow, "outbound")
        yield FlowState(str(flow.local_ident.network), str(flow.remote_ident.network), bool(out), spis=out)
