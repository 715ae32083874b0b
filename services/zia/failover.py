"""The two paths of a site: how the primary is taken away for a test, how long traffic may take, and by which one it goes. Pure.

The tunnel interface of the primary is shut down. That is one line on our own router, which a reload rolls back as well; the probe
cannot leak past it, since its route is permanent; and what is tested is what a loss of the edge does: no SA, no probe, a track
that goes down, and a route map that leads to the backup. Until the track is down the route map leads into the primary: what the
hosts send for so long is lost, as it is when the edge is lost.
"""

from __future__ import annotations

from collections.abc import Iterator, Sequence

from msgspec.structs import replace

from ...changes.objects import Config
from ...changes.plans.steps import Edit
from ...checks.finding import Finding, Status
from ...checks.observations.questions import IPSEC, ROUTE_MAP, SLA, TRACK
from ...checks.path.watching import ProbeRow, TrackRow
from ...inventory.errors import ChangeError
from ..besides import Carrying, Failover
from ..service import Deployment, Seen
from .gates import View, clauses_of, edges_of, led, path_of, tunnel_of, whole_flows
from .intent import Edge, Zia
from .names import ExistingSite, called_on, standing

#: Seconds in which IKE comes up again with an edge that is there: its tries are half a minute to a minute apart.
IKE_SECONDS = 60.0


def failover_of(deployment: Deployment[Zia]) -> Failover:
    """Both paths. Away: the next probe, its loss, and the delay of the track; back: IKE, and the same with the other delay."""
    site = deployment.wanted
    watch = site.watch
    noticed = watch.frequency_seconds + watch.timeout_milliseconds / 1000
    lost = "is lost" if site.on_total_loss == "closed" else "is lost, or sent by the routing table"
    names = [f"{role} {edge.datacenter} {edge.address}" for role, edge in site.edges]
    return Failover(
        site.host,
        names[0],
        names[1],
        noticed + watch.down_seconds,
        IKE_SECONDS + noticed + watch.up_seconds,
        lost,
        site.maintenance_windows,
    )


def taken_down(deployment: Deployment[Zia], running: Config) -> tuple[Edit, ...]:
    """The tunnel interface of the primary with ``shutdown``. Raises ChangeError where there is none."""
    site = deployment.wanted
    there = standing(called_on(site, running)[0].own, running)
    item = running.get("tunnel-interface", f"Tunnel{there.tunnel}")
    if item is None:
        raise ChangeError(f"{site.host}: there is no tunnel interface of the primary")
    return (Edit(item, replace(item, children=(*item.children, "shutdown"))),)


def carrying(deployment: Deployment[Zia], before: Sequence[Seen], seen: Sequence[Seen]) -> Carrying:
    """By which tunnel the hosts go now, by tracks, SAs, counters and the route map."""
    views = _views(deployment, seen)
    unread = tuple(view.finding("answers", Status.UNVERIFIED, words) for view in views for words in view.unread)
    if unread:
        return Carrying(unread, (), unread, leads=True)  # what is not known is nothing lost
    (view,), (then,) = views, _views(deployment, before)
    (_, first, primary), (role, second, backup) = edges_of(view)
    alone = (*tunnel_of(view, role, second, backup), *path_of(view, role, second, backup))
    moved = (*_down(view, first, primary), *alone, _lead(view, role, second), _rising(then, view, second, backup))
    works = (*tunnel_of(view, "primary", first, primary), *path_of(view, "primary", first, primary))
    back = (*works, _lead(view, "primary", first))
    leads = any(clause.first_up is not None for clause in clauses_of(view))
    return Carrying(moved, tuple(item for item in alone if item.status is not Status.OK), back, leads)


def _views(deployment: Deployment[Zia], seen: Sequence[Seen]) -> list[View]:
    gate = led(deployment.wanted)
    return [gate.view(item) for item in seen]


def _down(view: View, edge: Edge, there: ExistingSite) -> Iterator[Finding]:
    """The primary is really away: no pair of SAs, and its track has noticed."""
    up = bool(whole_flows(view, edge, there))
    words = f"primary: Tunnel{there.tunnel} has {'still SAs' if up else 'no SAs any more'} with {edge.address}"
    yield view.finding("primary-down", Status.FAILED if up else Status.OK, words, IPSEC, "there" if up else "none")
    tracks: dict[int, TrackRow] = {row.number: row for row in view.shown.view(TRACK)}
    track = tracks.get(there.track) if there.track is not None else None
    gone = track is not None and not track.up
    state = "is not there" if track is None else f"is {track.state}"
    yield view.finding("primary-down", Status.OK if gone else Status.FAILED, f"primary: its track {state}", TRACK, state)


def _lead(view: View, role: str, edge: Edge) -> Finding:
    """The route map leads to the far end inside this tunnel."""
    hops = [clause.first_up for clause in clauses_of(view)]
    lead = next((hop.next_hop for hop in hops if hop is not None), None)
    good = lead == edge.inner[1]
    words = f"the route map leads to {lead or 'no next hop'}, and the {role} is {edge.inner[1]}"
    return view.finding("lead", Status.OK if good else Status.FAILED, words, ROUTE_MAP, lead or "none")


def _rising(then: View, now: View, edge: Edge, there: ExistingSite) -> Finding:
    """Both counters of the backup have risen: it encrypts and it is answered. SAs that are new begin at nothing."""
    (out, back), (old_out, old_back) = _counted(now, edge, there), _counted(then, edge, there)
    if out < old_out or back < old_back:
        old_out = old_back = 0
    good = out > old_out and back > old_back
    words = f"backup: {out - old_out} packets out and {back - old_back} back through Tunnel{there.tunnel} since the test began"
    return now.finding("carries", Status.OK if good else Status.FAILED, words, IPSEC, f"{out} out, {back} back")


def _counted(view: View, edge: Edge, there: ExistingSite) -> tuple[int, int]:
    flows = whole_flows(view, edge, there)
    return sum(flow.encapsulated_packets for flow in flows), sum(flow.decapsulated_packets for flow in flows)


def lost(deployment: Deployment[Zia], before: Sequence[Seen], seen: Sequence[Seen]) -> tuple[str, ...]:
    """Tries of both probes between two looks, and how many of them were lost."""
    views, then = _views(deployment, seen), _views(deployment, before)
    if any(view.unread for view in (*views, *then)):
        return ("how many probes were lost was not read",)
    return tuple(words for now, old in zip(views, then, strict=True) for words in _probes_lost(old, now))


def _probes_lost(then: View, now: View) -> Iterator[str]:
    for role, edge, there in edges_of(now):
        old, new = _counts(then, there.sla), _counts(now, there.sla)
        if old is None or new is None or new[0] < old[0] or new[1] < old[1]:
            yield f"{role}: its probe does not say how often it was answered"
            continue
        answered, missed = new[0] - old[0], new[1] - old[1]
        yield f"{role}: {missed} of {answered + missed} probes of {edge.probe_address} were lost"


def _counts(view: View, number: int | None) -> tuple[int, int] | None:
    probes: dict[int, ProbeRow] = {row.operation: row for row in view.shown.view(SLA)}
    probe = probes.get(number) if number is not None else None
    if probe is None or probe.successes is None or probe.failures is None:
        return None
    return probe.successes, probe.failures
