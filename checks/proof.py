"""Proofs: which questions are asked, which traffic has to pass, and the judgement. Pure; others ask and send.

The questions stand on the proof itself, so that what is gathered and what is judged cannot drift apart.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from ipaddress import IPv4Address
from typing import Protocol

from msgspec import Struct, field

from ..changes.configurations.configuration import Configuration
from .finding import Cause, Finding, Status
from .observations.observation import Observation, Probe
from .observations.questions import Question


class Traffic(Struct, frozen=True):
    """Pings from an address of a device of ours to an address behind the far end."""

    source: IPv4Address
    target: IPv4Address

    def __str__(self) -> str:
        return f"ping {self.target} from {self.source}"


class Watch(Struct, frozen=True):
    """What was seen of the devices of a proof, by host: before the pings, after them, before the change, and on the way.

    ``probes`` has None where no ping was sent. ``running`` are the running configurations, and ``large`` pings of full size that
    may not be cut in pieces: both are asked for only where something is not verified, and either may be missing.
    """

    before: Mapping[str, Observation]
    after: Mapping[str, Observation]
    probes: Mapping[str, Probe | None] = field(default_factory=dict)
    baseline: Mapping[str, Observation] = field(default_factory=dict)
    during: Sequence[Observation] = ()
    running: Mapping[str, Configuration] = field(default_factory=dict)
    large: Mapping[str, Probe | None] = field(default_factory=dict)


class Proof(Protocol):
    """How a deployment is verified on our devices."""

    @property
    def hosts(self) -> tuple[str, ...]:
        """Devices that are observed; traffic from the first one brings the deployment up."""

    @property
    def asks(self) -> tuple[Question, ...]:
        """What each of them is asked."""

    def stimulus(self, host: str) -> Traffic | None:
        """The traffic that a device has to send, or None."""

    def settled(self, seen: Mapping[str, Observation]) -> bool:
        """True if, by those devices that were seen, it is worth while to send the traffic that is counted."""

    def judge(self, watch: Watch) -> tuple[Finding, ...]:
        """All findings."""

    @property
    def asks_why(self) -> tuple[Question, ...]:
        """What each of them is asked besides when it is not verified, to find out why."""

    def explain(self, watch: Watch) -> Cause | None:
        """The probable cause, None if nothing is wrong or no signature fits."""


def understood(host: str, questions: Iterable[Question], readings: Sequence[Observation | None]) -> tuple[Finding, ...]:
    """A finding for each question whose answer was not understood in one of the readings, or is missing in the last one.

    ``readings`` are in order of time. Every one counts: what was not read in the first would look as if it had risen since, or
    was not there to lose.
    """
    found: list[Finding] = []
    seen = tuple(reading for reading in readings if reading is not None)
    for question in questions:
        if seen and seen[-1].answer(question) is None:
            words = f"{question} are not known: the device was not asked, or did not answer"
            found.append(Finding("output-understood", host, Status.UNVERIFIED, words))
            continue
        answered = ((reading, reading.answer(question)) for reading in reversed(seen))
        unclear = next(((reading, parsed) for reading, parsed in answered if parsed and not parsed.complete), None)
        if unclear is None:
            continue
        reading, parsed = unclear
        first = parsed.problems[0]
        found.append(
            Finding(
                "output-understood",
                host,
                Status.UNVERIFIED,
                f"{parsed.command} was not understood at {len(parsed.problems)} places, first in line {first.line}: {first.why}",
                (reading.evidence(question, f"line {first.line}", first.text.strip()),),
            )
        )
    return tuple(found)
