"""The parts of a row: at which step it is tried, what the tunnel has to look like, and what speaks for it.

A row by configuration fits where a comparison gives evidence; a row by what was seen fits where the states say so, unless the
configurations rule its cause out.
"""

from __future__ import annotations

from collections.abc import Callable

from ....checks.finding import Evidence
from ....checks.observations.questions import IPSEC, Question
from ....checks.signatures import Signature
from ..endpoint import Watched
from .case import Case
from .causes import CAUSES
from .differences import FINE, Asked

Test = Callable[[Case], bool]
Fits = Callable[[Case], tuple[Evidence, ...]]


def row(cause: str, stage: int, fits: Fits, needs: tuple[Question, ...] = ()) -> Signature[Case]:
    """One way in which a cause shows. Nothing fits where nobody asked for the tunnel."""
    return Signature(CAUSES[cause], stage, needs, lambda case: fits(case) if case.tried else ())


def always(_case: Case) -> bool:
    """Whatever is seen of it."""
    return True


def of(versions: tuple[int, ...], test: Test) -> Test:
    """The same for these versions of IKE only."""
    return lambda case: case.version in versions and test(case)


def open_by(asked: Asked, test: Test) -> Test:
    """The same unless the configurations say that this is not it."""
    return lambda case: test(case) and asked(case) != FINE


# What the tunnel looks like


def no_ike(case: Case) -> bool:
    """IKE is not up."""
    return not case.ike_is_up


def no_sas(case: Case) -> bool:
    """IKE is up, and there is no SA for the traffic of one pair at least."""
    return case.ike_is_up and (not case.ipsec_is_up or bool(case.left_out))


def not_up(case: Case) -> bool:
    """IKE is not up, or there is no SA."""
    return not case.ike_is_up or not case.ipsec_is_up


def sas(case: Case) -> bool:
    """IKE and SAs are there."""
    return case.ike_is_up and case.ipsec_is_up


# What speaks for it


def seen(gate: Test, test: Test) -> Fits:
    """By what was seen: the states of IKE while it is not up, the flows as well from there on."""
    return lambda case: _shown(case) if gate(case) and test(case) else ()


def _shown(case: Case) -> tuple[Evidence, ...]:
    if not case.ike_is_up:
        return case.evidence()
    return case.evidence(IPSEC) if case.ipsec_is_up else (*case.evidence(), *case.evidence(IPSEC))


def configured(gate: Test, asked: Asked, test: Test = always) -> Fits:
    """By the configurations, with what was seen beside it."""
    return lambda case: (*found, *_shown(case)) if gate(case) and test(case) and (found := asked(case)) else ()


def at(which: Callable[[Case], tuple[Watched, ...]], ask: Callable[[Case, Watched], tuple[Evidence, ...] | None]) -> Asked:
    """A question that is asked of some ends only."""

    def asked(case: Case) -> tuple[Evidence, ...] | None:
        answers = [ask(case, watched) for watched in which(case)]
        found = tuple(item for answer in answers if answer for item in answer)
        return found or (None if None in answers else FINE)

    return asked
