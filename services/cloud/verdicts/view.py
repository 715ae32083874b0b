"""What a firewall shows of a connection: its configuration, its answers that were read whole, and what was not.

The prefixes that a neighbour is told and has told are asked for each neighbour by its address, so they stand beside the questions
that every device is asked.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator, Mapping, Sequence
from ipaddress import IPv4Address, IPv4Network

from msgspec import Struct, field

from ....changes.configurations.configuration import Configuration
from ....changes.plans.change import Change
from ....checks.finding import Evidence, Finding, Status
from ....checks.observations.observation import Flow, Observation, spis
from ....checks.observations.questions import BGP, IKEV2, IPSEC, ROUTE, Question
from ....checks.routing.bgp import BgpRow, advertised_command, prefixes, received_command, row_of
from ....inventory.errors import DeviceRefused, NotKnown, ParseError
from ....inventory.models.platforms import Platform
from ....inventory.systems import System, system_of
from ....parsers import parse
from ...service import Member, Seen
from ..intents.intent import Cloud, Gateway
from ..placing.names import TunnelNames, draft, tunnel_named

OF_TUNNELS = (IKEV2, IPSEC)
OF_ROUTING = (ROUTE, BGP)


class Told(Struct, frozen=True):
    """The prefixes that one neighbour is told, and that were taken from it; None where that was not read whole."""

    advertised: frozenset[IPv4Network] | None
    received: frozenset[IPv4Network] | None


class View(Struct, frozen=True):
    """One firewall. ``unread`` has a sentence for each answer that is none, or not whole."""

    site: Cloud
    host: str
    running: Configuration
    shown: Observation
    told: Mapping[IPv4Address, Told] = field(default_factory=dict)
    unread: tuple[str, ...] = ()

    def finding(self, check: str, good: bool, sentence: str, question: Question | str = "", value: object = "") -> Finding:
        """One finding on this firewall."""
        evidence: tuple[Evidence, ...] = (self.shown.evidence(question, check, value),) if question else ()
        return Finding(check, self.host, Status.OK if good else Status.FAILED, sentence, evidence)

    def row(self, end: Gateway) -> BgpRow | None:
        """The neighbour in one tunnel."""
        return row_of(self.shown.view(BGP), end.inner[1])

    @property
    def tunnels(self) -> Iterator[tuple[str, Gateway, TunnelNames]]:
        """Both tunnels with their fields and names."""
        for (role, end), called in zip(self.site.tunnels, draft(self.site).tunnels, strict=True):
            yield role, end, called

    @property
    def nameifs(self) -> frozenset[str]:
        """Names of both tunnel interfaces."""
        return frozenset(called.nameif for _, _, called in self.tunnels)

    def is_built(self, called: TunnelNames) -> bool:
        """True if the firewall has the tunnel interface."""
        return tunnel_named(called.nameif, self.running.nodes) is not None

    def whole_flows(self, end: Gateway, called: TunnelNames) -> list[Flow]:
        """The flows of a tunnel interface that have SAs both ways."""
        flows = (flow for flow in self.shown.flows if flow.interface == called.nameif and flow.peer == end.address)
        return [flow for flow in flows if spis(flow, "inbound") and spis(flow, "outbound")]


Judge = Callable[[View], Iterator[Finding]]


class Watched(Struct, frozen=True):
    """A gate: what it asks beside the running configuration, and the judgements on what was built and on what has to be gone."""

    site: Cloud
    questions: tuple[Question, ...]
    there: Judge
    gone: Judge
    #: What of the questions is asked of what has to be gone as well.
    behind: tuple[Question, ...] = ()
    #: Of what a stage has changed, the peers that have to agree on SAs again.
    anew: Callable[[Cloud, Change], tuple[IPv4Address, ...]] = lambda _site, _change: ()

    def stale(self, change: Change) -> tuple[IPv4Address, ...]:
        """Peers whose SAs say nothing of what was changed."""
        return self.anew(self.site, change)

    def asks(self, member: Member, platform: Platform) -> tuple[str, ...]:  # noqa: ARG002 - one member
        """The whole configuration, the answers to the questions, and with BGP what goes each way."""
        system = system_of(platform)
        own = tuple(command for question in self.questions if (command := question.command(system)))
        return (system.running, *own, *(told_commands(self.site) if BGP in self.questions else ()))

    def judge(self, seen: Sequence[Seen], *, removed: bool) -> tuple[Finding, ...]:
        """Findings on the firewall. Raises NotKnown for a configuration that is not whole."""
        return tuple(finding for item in seen for finding in self._judge(item, removed))

    def _judge(self, seen: Seen, removed: bool) -> Iterator[Finding]:
        view = view_of(self.site, seen, self.behind if removed else self.questions)
        for words in view.unread:
            yield Finding("answers", view.host, Status.UNVERIFIED, words)
        if not view.unread:
            yield from (self.gone if removed else self.there)(view)


def told_commands(site: Cloud) -> tuple[str, ...]:
    """What asks for the prefixes of both neighbours, each way."""
    return tuple(ask(end.inner[1]) for _, end in site.tunnels for ask in (advertised_command, received_command))


def view_of(site: Cloud, seen: Seen, questions: Sequence[Question]) -> View:
    """What is gone is gone from the configuration; what a firewall without it answers to the questions is not asked."""
    host, system = seen.member.host, system_of(seen.platform)
    answers, unread = {}, []
    for question in questions:
        command = question.command(system)
        if command is None or command not in seen.outputs:
            unread.append(f"{host} was not asked for {question}")
            continue
        try:
            parsed = parse(system.os, command, echoed(host, command, seen.outputs[command]))
        except (ParseError, DeviceRefused) as error:
            unread.append(f"{command}: {error}")
            continue
        answers[question.name] = parsed
        if not parsed.complete:
            unread.append(f"{command}: line {parsed.problems[0].line} was not understood: {parsed.problems[0].why}")
    running = Configuration(host, system.os, system.running, seen.outputs[system.running])
    shown = Observation(host, seen.time, system.os, answers)
    told = told_in(site, system, host, seen.outputs) if BGP in questions else {}
    return View(site, host, running, shown, told, tuple(unread))


def echoed(host: str, command: str, text: str) -> str:
    """An answer; an empty one stands between echo and prompt, where silence is an answer."""
    return f"{text}\n" if text.strip() else f"{host}#{command}\n{host}#"


def told_in(site: Cloud, system: System, host: str, outputs: Mapping[str, str]) -> dict[IPv4Address, Told]:
    """By neighbour, what goes each way."""
    return {
        end.inner[1]: Told(
            *(_prefixes(system, host, ask(end.inner[1]), outputs) for ask in (advertised_command, received_command))
        )
        for _, end in site.tunnels
    }


def _prefixes(system: System, host: str, command: str, outputs: Mapping[str, str]) -> frozenset[IPv4Network] | None:
    if command not in outputs:
        return None
    try:
        return prefixes(parse(system.os, command, echoed(host, command, outputs[command])))
    except (ParseError, DeviceRefused, NotKnown):
        return None
