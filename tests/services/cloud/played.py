"""The lab in this process: the firewall and both gateways of an example, as a rehearsal plays them, without a port or a login."""

from __future__ import annotations

import asyncio
import time
from collections.abc import Callable, Iterator, Mapping, Sequence
from contextlib import contextmanager

from nr_run.changes.configurations.configuration import Configuration
from nr_run.changes.plans.plan import plan
from nr_run.checks.finding import Finding, Status, proved
from nr_run.checks.observations.looks import Look, Shown
from nr_run.checks.observations.observation import Probe
from nr_run.checks.proof import Traffic
from nr_run.checks.verdict import Verdict
from nr_run.lab.rehearsal import Rehearsal
from nr_run.runbooks.engine.rehearsal.rehearsal_lab import orders
from nr_run.services.cloud.deployment import deployment_of
from nr_run.services.cloud.intents.intent import Cloud
from nr_run.services.cloud.placing.places import place_of
from nr_run.services.cloud.verdicts.questions import survey_of
from nr_run.services.cloud.verdicts.verdict import verdict_of
from nr_run.services.cloud.verdicts.view import Watched
from nr_run.services.common.building import build
from nr_run.services.common.intended_state import standing
from nr_run.services.common.verifying import Seeing
from nr_run.services.service import Seen, Site
from nr_run.tasks.look import observed

from .sites import HOST, PLATFORM

KEYS = {"credential:ali-1": "Key-4-the-lab-1", "credential:ali-2": "Key-4-the-lab-2"}
GATEWAYS = ("ali-gateway-1", "ali-gateway-2")
TIME = "2026-11-01T00:00:00Z"
RUNNING = "more system:running-config"
DEADLINE_SECONDS = 60.0


class Played:
    """One firewall with its gateways. ``site`` is what is wanted of it."""

    def __init__(self, site: Cloud) -> None:
        self.take(site)
        self._loop = asyncio.new_event_loop()
        credentials = dict.fromkeys(("device-password", "enable-secret"), "Secret-4-the-lab")
        credentials |= {ref.removeprefix("credential:"): key for ref, key in KEYS.items()}
        played = orders({HOST: PLATFORM}, [place_of(site)], self.deployment.foreign)
        self.lab = self._loop.run_until_complete(self._made(played, credentials))

    @staticmethod
    async def _made(played: dict[str, object], credentials: dict[str, str]) -> Rehearsal:
        return Rehearsal(played, 100.0, credentials)  # type: ignore[arg-type]

    def take(self, site: Cloud) -> None:
        """Want this of it from now on."""
        self.site, self.deployment = site, deployment_of(site)
        gates = {stage.name: stage.gate for stage in self.deployment.stages}
        self.gates: dict[str, Watched] = {name: gate for name, gate in gates.items() if isinstance(gate, Watched)}
        assert gates.keys() == self.gates.keys()

    def close(self) -> None:
        """End what negotiates."""
        self._loop.run_until_complete(self.lab.close())
        self._loop.close()

    def exec(self, command: str) -> str:
        """What the firewall answers."""
        return self._loop.run_until_complete(self.lab.execute(HOST, command))

    def configure(self, *lines: str) -> None:
        """Type configuration lines, none of which is refused."""
        said = self.exec("\n".join(("configure terminal", *lines)))
        assert "ERROR" not in said, said
        assert "%" not in said, said

    @contextmanager
    def with_lines(self, *lines: str, back: Sequence[str]) -> Iterator[None]:
        """The firewall with these lines typed, and rolled back at the end."""
        self.configure(*lines)
        try:
            yield
        finally:
            self.configure(*back)

    @contextmanager
    def with_fault(self, fault: str, *arguments: str, at: Sequence[str] = GATEWAYS) -> Iterator[None]:
        """Gateways with a fault, fixed at the end."""
        for name in at:
            self._loop.run_until_complete(self.lab.fault(name, fault, arguments, on=True))
        try:
            yield
        finally:
            for name in at:
                self._loop.run_until_complete(self.lab.fault(name, fault, (), on=False))
            self.until(lambda: proved(self.judged("cut-over")))

    def running(self) -> str:
        """What it runs."""
        return self.exec(RUNNING)

    def seen(self, commands: Sequence[str]) -> Seen:
        """What it shows."""
        (member,) = self.deployment.members
        return Seen(member, PLATFORM, {command: self.exec(command) for command in commands}, TIME)

    def judged(self, name: str, *, removed: bool = False) -> tuple[Finding, ...]:
        """What a gate says now."""
        gate, (member,) = self.gates[name], self.deployment.members
        return gate.judge([self.seen(gate.asks(member, PLATFORM))], removed=removed)

    def against(self, name: str) -> str:
        """What keeps a gate from holding, a line each."""
        return "\n".join(item.sentence for item in self.judged(name) if item.status is not Status.OK)

    def until(self, holds: Callable[[], bool]) -> None:
        """Wait, with a generous deadline."""
        deadline = time.monotonic() + DEADLINE_SECONDS
        while not holds():
            assert time.monotonic() < deadline, self.against("cut-over")
            self._loop.run_until_complete(asyncio.sleep(0.02))

    def wait(self, seconds: float) -> None:
        """Let so many real seconds pass: a hundred times as many there."""
        self._loop.run_until_complete(asyncio.sleep(seconds))

    def start(self, name: str) -> str:
        """Type the lines of a stage; gives its inverse."""
        (member,) = self.deployment.members
        stage = next(stage for stage in self.deployment.stages if stage.name == name)
        running = self.running()
        made = build(stage, Site(member, PLATFORM, running, KEYS, None))
        change = plan(HOST, "asa", made.text, running, made.replacing)
        self.configure(*typed(change.forward_text))
        return change.inverse_text

    def build(self) -> list[str]:
        """Type the stages, each when the gate of the one before holds; gives the inverse of each, the last stage first."""
        inverse: list[str] = []
        for name in self.gates:
            inverse.insert(0, self.start(name))
            self.until(lambda name=name: proved(self.judged(name)))  # type: ignore[misc]
        return inverse

    def verdict(
        self,
        pings: Mapping[Traffic, tuple[Probe, Probe]] | None = None,
        /,
        later: Mapping[str, str] | None = None,
        **shown: str,
    ) -> Verdict:
        """What a verification says now; ``shown`` are answers, by command, in the place of those of the firewall.

        ``pings`` are what came back of small packets and of those of full size, ``later`` answers of the second look alone.
        """
        (member,) = self.deployment.members
        questions = survey_of(self.site)
        commands = [command for question in questions for command in question.commands("asa")]
        outputs = {**self.seen((RUNNING, *commands)).outputs, **shown}
        running = Configuration(HOST, "asa", RUNNING, outputs[RUNNING])
        small, large = ({traffic: both[place] for traffic, both in (pings or {}).items()} for place in (0, 1))
        first, last = (observed(HOST, "asa", texts, questions) for texts in (outputs, {**outputs, **(later or {})}))
        looks = (*((Look(first),) if pings or later else ()), Look(last, small, large))
        shown = Shown(HOST, PLATFORM, looks, running)
        stands = {HOST: standing(self.deployment, member, PLATFORM, running, dict(KEYS), outputs["show route"])}
        return verdict_of(self.deployment, Seeing({HOST: shown}, stands, TIME, probing=True), "a connection")


def typed(text: str) -> list[str]:
    """Lines of a change as they are typed."""
    return [line for line in text.splitlines() if line not in ("configure terminal", "end") and not line.startswith("!")]
