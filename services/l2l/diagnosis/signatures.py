"""How each cause shows on our ends: the failure signatures of IKEv1, IKEv2 and IPsec on IOS and ASA, as rows.

The order is that of a person who looks for the cause: is the configuration there, does anything leave, is IKE up, is there an SA,
do packets pass. The rows stand in signatures_ike.py and signatures_ipsec.py; what two configurations differ in, in differences.py
and on_the_way.py.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence

from ....changes.configurations.configuration import Configuration
from ....checks.finding import Cause
from ....checks.observations.observation import Observation, Probe
from ....checks.observations.questions import Question
from ....checks.signatures import Match, Signature, matches, one_of
from ..endpoint import Watched
from . import signatures_ike, signatures_ipsec
from .case import Case
from .configured_end import ConfiguredEnd

__all__ = ["SIGNATURES", "Case", "case_of", "fitting", "found", "probable_cause"]

SIGNATURES: tuple[Signature[Case], ...] = (*signatures_ike.ROWS, *signatures_ipsec.ROWS)


Running = Mapping[str, Configuration]
Pings = Mapping[str, Probe | None]


def case_of(
    ends: Sequence[Watched], during: Sequence[Observation] = (), running: Running | None = None, large: Pings | None = None
) -> Case:
    """What is at hand of a tunnel; ``running`` are the running configurations of its ends as far as they were read, by host."""
    configured = {
        watched.host: ConfiguredEnd(watched.end, running[watched.host], watched.after.time)
        for watched in ends
        if running and watched.host in running
    }
    return Case(tuple(ends), tuple(during), configured, large or {})


def fitting(case: Case) -> tuple[Match, ...]:
    """The causes that fit what our ends show, with the evidence; none when nothing is wrong or nothing fits."""

    def answered(question: Question) -> bool:
        return any(watched.after.answer(question) is not None for watched in case.ends)

    return matches(SIGNATURES, case, answered)


def found(
    ends: Sequence[Watched], during: Sequence[Observation] = (), running: Running | None = None, large: Pings | None = None
) -> tuple[Match, ...]:
    """The same of what is at hand."""
    return fitting(case_of(ends, during, running, large))


def probable_cause(
    ends: Sequence[Watched], during: Sequence[Observation] = (), running: Running | None = None, large: Pings | None = None
) -> Cause | None:
    """The cause that fits; where several do and nothing tells them apart, all of them in one."""
    return one_of(match.cause for match in found(ends, during, running, large))
