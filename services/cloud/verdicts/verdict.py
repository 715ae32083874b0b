"""The verdict on a connection: does what goes to the cloud go through a tunnel that works, and nothing of it in clear? Pure.

Both tunnels, both neighbours and the way of every host: up. One of two: degraded. And while the hosts of the cloud are reached
over the circuit in clear, that is worse than down, even if every ping is answered.
"""

from __future__ import annotations

from collections.abc import Iterator, Sequence

from msgspec.structs import replace

from ....changes.configurations import tree
from ....checks.finding import Finding, Status
from ....checks.observations.looks import Shown, Stimulus
from ....checks.observations.observation import spis
from ....checks.verdict import Configured, EndState, FlowState, KnownBy, Operating, Verdict
from ...common.configured_axis import findings, of_members, stated, unseen
from ...common.large_packets_lost import MTU, large_lost
from ...common.verifying import Seeing, unanswered
from ...l2l.verdicts.uncut_size import full_through, nodes_of
from ...service import Deployment
from ..intents.intent import Cloud
from ..placing.names import draft, tunnel_named
from .alive import by_signs, findings_of, signs_of, through
from .gates import NONE, algorithms_in, tunnel_up
from .gates_routing import (
    neighbour_good,
    no_part_past,
    one_static,
    one_way,
    past_the_tunnels,
    said_of,
    underlay_apart,
    ways_to_hosts,
)
from .questions import told_of
from .view import OF_ROUTING, OF_TUNNELS, View
from .whole_table import ends_unseen, missing_rows

#: Checks of what the cloud is told: what goes there goes through the tunnel all the same.
_OF_THE_WAY_BACK = frozenset({"advertised", "underlay-told"})
#: Where no row behind those of the cloud is known to be there.
_END = "that the routing table was shown to its end is not verified: a route behind those of the cloud may not have been shown"
#: What the firewall does not show of the other side.
_UNTOLD = "whether the cloud answers by the tunnel that it was asked through is not seen from the firewall"


def verdict_of(deployment: Deployment[Cloud], seeing: Seeing, title: str) -> Verdict:
    """The verdict on one connection, which is on one firewall."""
    site = deployment.wanted
    (configured,) = of_members(deployment, seeing).values()
    view, why = _view(site, seeing)
    looks = seeing.of(site.host).looks
    large = [item for role, end in site.tunnels for item in large_lost(site.host, role, through(end), looks)] if view else []
    operating, known_by, sentence, own = _operating(view, why, configured, large)
    if operating is Operating.UP:
        signs = signs_of(site, looks)
        operating, known_by, sentence = by_signs(signs, sentence)
        own += tuple(findings_of(site.host, signs, looks[-1].seen))
    if operating is Operating.UNKNOWN and seeing.changing:
        sentence = "; ".join(seeing.changing)
    return replace(
        stated(deployment, seeing, title, configured, (operating, known_by, sentence)),
        findings=(*findings(deployment, seeing), *own),
        causes=(MTU,) if any(item.status is Status.FAILED for item in large) else (),
        ends=tuple(_ends(site, view, configured)),
        untested=(*unseen(deployment, seeing), *((_UNTOLD,) if view else ()), *((_END,) if view and ends_unseen(view) else ())),
        reach="" if view else f"{site.host} could not be read",
        sites=(site.host, *(str(end.address) for _, end in site.tunnels)),
    )


def of_full_size(site: Cloud, running: str) -> tuple[Stimulus, ...]:
    """Through each tunnel, to the other end inside of it."""
    nodes = tree.parse(running)
    made = []
    for (_, end), called in zip(site.tunnels, draft(site).tunnels, strict=True):
        number = tunnel_named(called.nameif, nodes)
        full = full_through(f"Tunnel{number}", "", nodes) if number is not None else None
        made += [Stimulus(through(end), likely=True, full_bytes=full)] if full else []
    return tuple(made)


def stimuli(site: Cloud, shown: Shown) -> tuple[Stimulus, ...]:
    """A ping through each tunnel that has SAs, of full size too."""
    view, _ = _looked(site, shown)
    if view is None:
        return ()
    return tuple(
        Stimulus(through(end), likely=True, full_bytes=full_through(f"Tunnel{number}", "", nodes_of(shown.running)))
        for _, end, called in view.tunnels
        if view.whole_flows(end, called) and (number := tunnel_named(called.nameif, view.running.nodes)) is not None
    )


def _view(site: Cloud, seeing: Seeing) -> tuple[View | None, str]:
    """What the firewall shows now, or why that is not known."""
    return _looked(site, seeing.of(site.host))


def _looked(site: Cloud, shown: Shown) -> tuple[View | None, str]:
    if shown.running is None or not shown.looks:
        return None, shown.why_not or f"{site.host} did not show its configuration"
    look = shown.looks[-1]
    if unread := unanswered(site.host, look.seen, (*OF_TUNNELS, *OF_ROUTING)):
        return None, unread
    view = View(site, site.host, shown.running, look.seen, told_of(site, look.seen))
    short = next(missing_rows(view), "")
    return (None, short) if short else (view, "")


def _operating(
    view: View | None, why: str, configured: Configured, large: Sequence[Finding]
) -> tuple[Operating, KnownBy, str, tuple[Finding, ...]]:
    if view is None:
        return Operating.UNKNOWN, KnownBy.NOTHING, why, ()
    site = view.site
    works: list[str] = []
    own: list[Finding] = []
    for role, end, called in view.tunnels:
        found = (*tunnel_up(view, role, end, called), *neighbour_good(view, role, end))
        own += found
        carries = [item for item in found if item.check not in _OF_THE_WAY_BACK]
        works += [role] if all(item.status is Status.OK for item in carries) else []
    own += (*underlay_apart(view), *ways_to_hosts(view), *no_part_past(view), *one_static(view), *one_way(view), *large)
    bad = [item.sentence for item in own if item.status is not Status.OK]
    if leak := "" if configured is Configured.ABSENT else _leak(view):
        return Operating.UNENCRYPTED, KnownBy.TABLES, leak, tuple(own)
    if unread := [item.sentence for item in own if item.status is Status.UNVERIFIED]:
        return Operating.UNKNOWN, KnownBy.NOTHING, "; ".join(unread), tuple(own)
    # BGP holds a session, and its routes, for a while when the tunnel below it has died.
    alive = {called.nameif for _, end, called in view.tunnels if view.whole_flows(end, called)}
    lost = [str(host) for host in site.cloud_hosts if not view.shown.ways.to(host) & alive]
    if lost or not works:
        ends = "is dropped" if site.on_total_loss == "closed" else "goes over the circuit, in clear"
        led = any(view.shown.ways.to(host) & view.nameifs for host in site.cloud_hosts)
        words = f"no tunnel {'that is up ' if led else ''}leads to {', '.join(lost)}" if lost else "no tunnel works"
        ends = "is lost in a tunnel that is down" if lost and led else ends
        return Operating.DOWN, KnownBy.TABLES, f"{words}, and what is for it {ends}: {'; '.join(bad)}", tuple(own)
    if bad:
        return Operating.DEGRADED, KnownBy.TABLES, f"{' and '.join(works)} of two tunnels; {'; '.join(bad)}", tuple(own)
    # A session lives on for as long as it waits for the next message, whatever has become of the tunnel below it.
    return Operating.UP, KnownBy.TABLES, "both tunnels work, and every host of the cloud is reached through them", tuple(own)


def _leak(view: View) -> str:
    """What goes to the cloud in clear; empty where nothing does."""
    site, out = view.site, {host: view.shown.ways.to(host) for host in view.site.cloud_hosts}
    for role, end, called in view.tunnels:
        if any(cipher == NONE for cipher, _ in algorithms_in(view.whole_flows(end, called))):
            return f"{role}: {called.nameif} is up and encrypts nothing"
    clear = [str(host) for host, names in out.items() if site.circuit.interface in names]
    if clear:
        return f"{', '.join(clear)} {'is' if len(clear) == 1 else 'are'} reached over {site.circuit.interface}, in clear"
    past = {str(host): names - view.nameifs - {"Null0"} for host, names in out.items()}
    if found := {host: names for host, names in past.items() if names}:
        said = ", ".join(f"{host} is reached by {' and '.join(sorted(names))}" for host, names in found.items())
        return f"{said}, past the tunnels"
    if parts := past_the_tunnels(view):
        return said_of(parts, view)
    untold = [
        role
        for role, end, _ in view.tunnels
        if (row := view.row(end)) is not None
        and row.up
        and (told := view.told.get(end.inner[1])) is not None
        and told.advertised is not None
        and not {*site.lan_prefixes} <= told.advertised
    ]
    ups = [role for role, end, _ in view.tunnels if (row := view.row(end)) is not None and row.up]
    if ups and untold == ups:
        return (
            f"the cloud does not receive all of {', '.join(map(str, site.lan_prefixes))}, so it answers over the circuit, in "
            "clear, whatever goes through the tunnels"
        )
    return ""


def _ends(site: Cloud, view: View | None, configured: Configured) -> Iterator[EndState]:
    for role, end in site.tunnels:
        rows = view.shown.rows(end.address, version=2) if view else ()
        up = [row for row in rows if row.up]
        row = next(iter(up or rows), None)
        flows = [flow for flow in view.shown.flows if flow.peer == end.address] if view else []
        yield EndState(
            host=site.host,
            role=role,
            peer=str(end.address),
            configured=configured,
            ike=row.state if row else "",
            ike_up=bool(up) if view else None,
            ike_id=str(row.number or "") if row else "",
            ike_age_seconds=row.age_seconds if row else None,
            flows=tuple(
                FlowState(str(flow.local_ident.network), str(flow.remote_ident.network), bool(out), spis=out)
                for flow in flows
                for out in (spis(flow, "outbound"),)
            ),
        )
