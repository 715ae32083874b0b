"""What has to hold before the next stage of a site begins: both tunnels, then the probes, then what is led where.

A tunnel is up by its SAs, never by its interface alone; a probe is good by its track, for as long as its delay says; and what is
up without encryption where encryption is mandatory is worse than down, whatever answers.
"""

from __future__ import annotations

import re
from collections.abc import Callable, Iterator, Sequence
from ipaddress import IPv4Address

from msgspec import Struct
from msgspec.structs import replace

from ...changes.configurations.configuration import Configuration
from ...changes.plans.change import Change
from ...changes.plans.steps import Edit
from ...checks import ike_agreed
from ...checks.finding import Evidence, Finding, Status
from ...checks.observations.observation import Flow, Observation, hexadecimal, spis
from ...checks.observations.questions import IKEV2, IPSEC, ROUTE_MAP, SLA, TRACK, Question
from ...checks.path.watching import ClauseRow, ProbeRow, TrackRow
from ...inventory.errors import DeviceRefused, ParseError
from ...inventory.models.platforms import Platform
from ...inventory.systems import system_of
from ...parsers import parse
from ..service import Member, Seen
from .intent import Edge, Zia
from .limits import NULL
from .names import ExistingSite, called_on, draft, standing

OF_EDGES = (IKEV2, IPSEC)
OF_PROBES = (TRACK, SLA, ROUTE_MAP)


class View(Struct, frozen=True):
    """What the router of a site shows: its configuration, the answers that were read whole, and what was not."""

    site: Zia
    host: str
    running: Configuration
    shown: Observation
    unread: tuple[str, ...]

    def finding(self, check: str, status: Status, sentence: str, question: Question | None = None, value: object = "") -> Finding:
        """One finding on this router."""
        evidence: tuple[Evidence, ...] = ()
        if question is not None:
            evidence = (self.shown.evidence(question, check, value),)
        return Finding(check, self.host, status, sentence, evidence)


Judge = Callable[[View], Iterator[Finding]]


class Watched(Struct, frozen=True):
    """A gate: what it asks beside the running configuration, and the judgements on what was built and on what has to be gone."""

    site: Zia
    questions: tuple[Question, ...]
    there: Judge
    gone: Judge
    #: Of what a stage has changed, the peers that have to agree on SAs again.
    anew: Callable[[Zia, Change], tuple[IPv4Address, ...]] = lambda _site, _change: ()

    def stale(self, change: Change) -> tuple[IPv4Address, ...]:
        """Peers whose SAs say nothing of what was changed."""
        return self.anew(self.site, change)

    def turns(self, change: Change) -> tuple[tuple[IPv4Address, ...], ...]:
        """The backup first, while the primary carries; then the primary, while the backup does."""
        peers = self.stale(change)
        first = (self.site.backup.address, *_left_for(self.site.backup, change))
        backup = tuple(peer for peer in peers if peer in first)
        return tuple(turn for turn in (backup, tuple(peer for peer in peers if peer not in backup)) if turn)

    def agreed(self, seen: Sequence[Seen], peers: Sequence[IPv4Address]) -> tuple[Finding, ...]:
        """The tunnels to these edges are up, and so are their probes, where the router has some already."""
        return tuple(finding for item in seen for finding in self._agreed(self.view(item), peers))

    def _agreed(self, view: View, peers: Sequence[IPv4Address]) -> Iterator[Finding]:
        for words in view.unread:
            yield view.finding("answers", Status.UNVERIFIED, words)
        for role, edge, there in edges_of(view) if not view.unread else ():
            if edge.address not in peers:
                continue
            yield from tunnel_of(view, role, edge, there)
            if there.track is not None and there.sla is not None:
                yield from path_of(view, role, edge, there)

    def asks(self, member: Member, platform: Platform) -> tuple[str, ...]:  # noqa: ARG002 - one member
        """The whole configuration, which tells the numbers, and the answers to the questions."""
        system = system_of(platform)
        return (system.running, *(command for question in self.questions if (command := question.command(system))))

    def judge(self, seen: Sequence[Seen], *, removed: bool) -> tuple[Finding, ...]:
        """Findings on the router. Raises NotKnown for a configuration that is not whole."""
        return tuple(finding for item in seen for finding in self._judge(self.view(item, removed=removed), removed))

    def _judge(self, view: View, removed: bool) -> Iterator[Finding]:
        if removed:
            yield from self.gone(view)
            return
        for words in view.unread:
            yield view.finding("answers", Status.UNVERIFIED, words)
        if not view.unread:
            yield from self.there(view)

    def view(self, seen: Seen, *, removed: bool = False) -> View:
        """What is gone is gone from the configuration; what a router without it answers to the questions is not asked."""
        host, system = seen.member.host, system_of(seen.platform)
        answers, unread = {}, []
        for question in () if removed else self.questions:
            command = question.command(system)
            if command is None or command not in seen.outputs:
                unread.append(f"{host} was not asked for {question}")
                continue
            text = seen.outputs[command]
            # An empty answer stands between echo and prompt, where silence is an answer.
            try:
                parsed = parse(system.os, command, f"{text}\n" if text.strip() else f"{host}#{command}\n{host}#")
            except (ParseError, DeviceRefused) as error:
                unread.append(f"{command}: {error}")
                continue
            answers[question.name] = parsed
            if not parsed.complete:
                unread.append(f"{command}: line {parsed.problems[0].line} was not understood: {parsed.problems[0].why}")
        running = Configuration(host, system.os, system.running, seen.outputs[system.running])
        view = View(self.site, host, running, Observation(host, seen.time, system.os, answers), tuple(unread))
        return view if removed else replace(view, unread=(*unread, *unshown(view)))


def unshown(view: View) -> Iterator[str]:
    """Answers without what the configuration has: IOS shows each probe, track and route map that it has, in whatever state.

    So nothing follows from such an answer: it is of another moment, or not whole.
    """
    asked = [question for question in OF_PROBES if view.shown.answer(question) is not None]
    operations = {row.operation for row in view.shown.view(SLA)} if SLA in asked else set()
    tracks = {row.number for row in view.shown.view(TRACK)} if TRACK in asked else set()
    for role, _, there in edges_of(view):
        if SLA in asked and there.sla is not None and there.sla not in operations:
            yield f"{role}: {view.host} has probe {there.sla}, and does not show it"
        if TRACK in asked and there.track is not None and there.track not in tracks:
            yield f"{role}: {view.host} has track {there.track}, and does not show it"
    own = draft(view.site).own
    if ROUTE_MAP in asked and view.running.objects.get("route-map-clause", own, "10") is not None and not clauses_of(view):
        yield f"{view.host} has the route map {own}, and does not show it"


def edges_of(view: View) -> Iterator[tuple[str, Edge, ExistingSite]]:
    """Both edges with their fields, and the numbers that the router has of them."""
    for (role, edge), called in zip(view.site.edges, called_on(view.site, view.running.objects), strict=True):
        yield role, edge, standing(called.own, view.running.objects)


def tunnel_of(view: View, role: str, edge: Edge, there: ExistingSite) -> tuple[Finding, Finding]:
    """The IKE SA and the pair of IPsec SAs of one edge."""
    return _ike(view, role, edge), _sas(view, role, edge, there)


def _tunnels_up(view: View) -> Iterator[Finding]:
    for role, edge, there in edges_of(view):
        yield from tunnel_of(view, role, edge, there)


def _ike(view: View, role: str, edge: Edge) -> Finding:
    rows = view.shown.rows(edge.address, version=2)
    up = [row for row in rows if row.up]
    state = ", ".join(row.state for row in rows) or "no IKEv2 SA"
    words = f"{role}: {edge.address} {'is up' if up else 'is not up'} ({state})"
    if not up:
        return view.finding("ike", Status.FAILED, words, IKEV2, state)
    wanted = suite_of(view.site)
    if others := ike_agreed.others(rows, wanted):
        got = " and ".join(dict.fromkeys(map(ike_agreed.printed, others)))
        words = f"{role}: the IKE SA with {edge.address} has {got}, and the intent {wanted}: an old SA, or another proposal won"
        return view.finding("ike", Status.FAILED, words, IKEV2, got)
    if ike_agreed.untold(rows, wanted):
        words += ", and with which algorithms is not shown"
        return view.finding("ike", Status.UNVERIFIED, words, IKEV2, state)
    return view.finding("ike", Status.OK, words, IKEV2, state)


def suite_of(site: Zia) -> ike_agreed.Suite:
    """Phase 1 as it is intended."""
    return ike_agreed.Suite(site.ike.encryption_algorithm, site.ike.authentication_algorithm, site.ike.group)


def _sas(view: View, role: str, edge: Edge, there: ExistingSite) -> Finding:
    """Both directions, on our tunnel interface, with the cipher of the intent."""
    name = f"Tunnel{there.tunnel}"
    if there.tunnel is None:
        return view.finding("esp", Status.FAILED, f"{role}: there is no tunnel interface for {edge.address}")
    whole = whole_flows(view, edge, there)
    if not whole:
        return view.finding("esp", Status.FAILED, f"{role}: {name} has no pair of SAs with {edge.address}", IPSEC, "none")
    wanted = view.site.esp
    got = algorithms_in(whole)
    if view.site.encryption_mandatory and any(cipher == NULL for cipher, _ in got):
        words = f"{role}: {name} is up and encrypts nothing, where encryption is mandatory"
        return view.finding("encrypted", Status.FAILED, words, IPSEC, sorted(map(str, got)))
    if got != {(wanted.encryption_algorithm, wanted.authentication_algorithm)}:
        words = f"{role}: {name} has {_named(got)}, and the intent {wanted.encryption_algorithm}"
        return view.finding("esp", Status.FAILED, words, IPSEC, _named(got))
    words = f"{role}: {name} has SAs both ways with {edge.address}, {_named(got)}"
    return view.finding("esp", Status.OK, words, IPSEC, hexadecimal(spis(whole[0], "outbound")))


def whole_flows(view: View, edge: Edge, there: ExistingSite) -> list[Flow]:
    """The flows of the tunnel interface of an edge that have SAs both ways."""
    flows = (flow for flow in view.shown.flows if flow.interface == f"Tunnel{there.tunnel}" and flow.peer == edge.address)
    return [flow for flow in flows if spis(flow, "inbound") and spis(flow, "outbound")]


def algorithms_in(flows: Sequence[Flow]) -> set[tuple[str, str | None]]:
    """Cipher and integrity of all ESP SAs; one without a cipher has that of nothing."""
    return {(sa.encryption or NULL, sa.integrity) for flow in flows for sa in flow.sas if sa.protocol == "esp"}


def _named(algorithms: set[tuple[str, str | None]]) -> str:
    return " and ".join(sorted(" ".join(filter(None, pair)) for pair in algorithms))


def _tunnels_gone(view: View) -> Iterator[Finding]:
    for role, edge, there in edges_of(view):
        left = there.tunnel is not None
        words = f"{role}: Tunnel{there.tunnel} to {edge.address} is there" if left else f"{role}: no tunnel to {edge.address}"
        yield view.finding("tunnel", Status.FAILED if left else Status.OK, words)


def _probes_good(view: View) -> Iterator[Finding]:
    for role, edge, there in edges_of(view):
        yield from path_of(view, role, edge, there)


def path_of(view: View, role: str, edge: Edge, there: ExistingSite) -> tuple[Finding, Finding]:
    """The probe and the track of one edge."""
    tracks: dict[int, TrackRow] = {row.number: row for row in view.shown.view(TRACK)}
    probes: dict[int, ProbeRow] = {row.operation: row for row in view.shown.view(SLA)}
    probe = probes.get(there.sla) if there.sla is not None else None
    track = tracks.get(there.track) if there.track is not None else None
    good = track is not None and track.up and track.steady and track.operation == there.sla
    state = "is not there" if track is None else f"is {track.state}"
    said = view.finding("track", Status.OK if good else Status.FAILED, f"{role}: its track {state}", TRACK, state)
    return _probe(view, role, edge, probe), said


def _probe(view: View, role: str, edge: Edge, probe: ProbeRow | None) -> Finding:
    if probe is None:
        return view.finding("probe", Status.FAILED, f"{role}: there is no probe of {edge.probe_address}", SLA, "none")
    good = probe.working and probe.answered is True
    words = f"{role}: {edge.probe_address} {'answers' if good else 'does not answer'} ({probe.code or 'has not been asked'})"
    return view.finding("probe", Status.OK if good else Status.FAILED, words, SLA, probe.code)


def clauses_of(view: View) -> list[ClauseRow]:
    """The clauses of our route map."""
    return [clause for clause in view.shown.view(ROUTE_MAP) if clause.name == draft(view.site).own]


def route_map_of(view: View) -> Iterator[Finding]:
    """The route map as it stands: one clause, the primary leads, and without a tunnel it ends as the intent says."""
    clauses = clauses_of(view)
    if len(clauses) != 1:
        yield view.finding("route-map", Status.FAILED, f"the route map has {len(clauses)} clauses, and one is built", ROUTE_MAP)
        return
    (clause,) = clauses
    lead, wanted = clause.first_up, view.site.primary.inner[1]
    good = lead is not None and lead.next_hop == wanted
    words = f"the route map leads to {lead.next_hop if lead else 'no next hop'}, and the primary is {wanted}"
    yield view.finding("route-map", Status.OK if good else Status.FAILED, words, ROUTE_MAP, lead.next_hop if lead else "none")
    closed = view.site.on_total_loss == "closed"
    drops = "drops" if clause.drops else "sends by the routing table"
    words = f"with both tunnels lost it {drops}, and the intent says {view.site.on_total_loss}"
    yield view.finding("total-loss", Status.OK if clause.drops is closed else Status.FAILED, words, ROUTE_MAP, clause.interfaces)


def _probes_gone(view: View) -> Iterator[Finding]:
    for role, _, there in edges_of(view):
        left = there.sla is not None or there.track is not None
        words = f"{role}: its probe or track is there" if left else f"{role}: no probe and no track"
        yield view.finding("probe", Status.FAILED if left else Status.OK, words)


def _leading_gone(view: View) -> Iterator[Finding]:
    own = draft(view.site).own
    left = view.running.objects.get("route-map-clause", own, "10") is not None
    words = f"route map {own} is {'there' if left else 'gone'}"
    yield view.finding("route-map", Status.FAILED if left else Status.OK, words)


def _led(view: View) -> Iterator[Finding]:
    yield from _tunnels_up(view)
    yield from _probes_good(view)
    yield from route_map_of(view)
    good = is_bound(view)
    words = f"{view.site.lan_interface} {'has' if good else 'has not'} the route map {draft(view.site).own}"
    yield view.finding("cut-over", Status.OK if good else Status.FAILED, words)


def is_bound(view: View) -> bool:
    """True if the interface of the hosts has our route map."""
    found = view.running.objects.get("policy-binding", view.site.lan_interface)
    return found is not None and found.groups["map"] == draft(view.site).own


def _not_led(view: View) -> Iterator[Finding]:
    left = is_bound(view)
    words = f"{view.site.lan_interface} has {'still' if left else 'no'} route map{' of ours' if left else ''}"
    yield view.finding("cut-over", Status.FAILED if left else Status.OK, words)


#: What of a tunnel is agreed with the edge; its address inside and its sizes are not.
_AGREED = ("tunnel source", "tunnel destination", "tunnel protection")


def agreed_anew(site: Zia, change: Change) -> tuple[IPv4Address, ...]:
    """The edges that a change of the tunnels concerns, with the address of before: the key is that of both.

    What a policy offers is of both as well, be it that the proposal of before goes or stays for others; where the site is new
    there is nothing of before. What is of one edge alone has its address in it; what has none is of both.
    """
    found: list[IPv4Address] = []
    made = {item.family.name for item in (*change.created, *change.removed)}
    both = bool(made & {"ikev2-offer", "ikev2-proposal"}) and not any(
        item.family.name == "ikev2-keyring" for item in change.created
    )
    for (_, edge), called in zip(site.edges, draft(site).edges, strict=True):
        mine = [edit for edit in change.edited if _concerns(edit, called.own)]
        found += [IPv4Address(peer) for edit in mine for peer in edit.before.peers]
        found += [_address_in(mine, called.own) or edge.address] if mine or both else []
    return tuple(dict.fromkeys(found))


def _address_in(edits: Sequence[Edit], own: str) -> IPv4Address | None:
    """The address of an edge in what is changed of it."""
    words = (rf"match identity remote address (\S+) .+|peer {re.escape(own)}: address (\S+)|tunnel destination (\S+)",)
    found = (re.fullmatch(form, line) for edit in edits for line in edit.after.canonical_children for form in words)
    return next((IPv4Address(match[match.lastindex or 0]) for match in found if match), None)


def _left_for(edge: Edge, change: Change) -> tuple[IPv4Address, ...]:
    """The edges that the tunnel to this one went to before."""
    edits = [edit for edit in change.edited if str(edge.address) in edit.after.peers]
    return tuple(IPv4Address(peer) for edit in edits for peer in edit.before.peers)


def _concerns(edit: Edit, own: str) -> bool:
    lines = {*edit.before.canonical_children} ^ {*edit.after.canonical_children}
    if edit.before.family.name == "ikev2-keyring":
        return any(line.startswith(f"peer {own}: ") for line in lines)
    if edit.before.family.name == "tunnel-interface":
        protected = f"tunnel protection ipsec profile {own}"
        return protected in edit.after.children and any(line.startswith(_AGREED) for line in lines)
    return edit.key[1] == (own,)


def tunnels(site: Zia) -> Watched:
    """Both tunnels are up, encrypted as the intent says."""
    return Watched(site, (*OF_EDGES, TRACK, SLA), _tunnels_up, _tunnels_gone, agreed_anew)


def probes(site: Zia) -> Watched:
    """Both probes are answered, and both tracks up for as long as their delay says."""
    return Watched(site, (TRACK, SLA), _probes_good, _probes_gone)


def leading(site: Zia) -> Watched:
    """The primary would lead, and without a tunnel it ends as the intent says."""
    return Watched(site, (ROUTE_MAP,), route_map_of, _leading_gone)


def led(site: Zia) -> Watched:
    """All of that holds still, and the interface of the hosts has the route map."""
    return Watched(site, (*OF_EDGES, *OF_PROBES), _led, _not_led)
