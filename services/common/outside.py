"""The interface that clients come to: while it is shut nobody comes in, and nobody who is connected tells of it. Pure."""

from __future__ import annotations

from ...checks.finding import Finding, Status
from ...checks.observations.observation import Observation
from ...checks.observations.questions import INTERFACES


def outside(host: str, interface: str, seen: Observation) -> Finding:
    """Whether it is up, by what the device shows of its interfaces."""
    answer = seen.answer(INTERFACES)
    if answer is None or not answer.complete:
        words = f"whether {interface} is up is not known: {INTERFACES} was not read whole"
        return Finding("outside", host, Status.UNVERIFIED, words)
    row = next((row for row in seen.view(INTERFACES) if row.name == interface), None)
    state = row.state if row is not None else "not there"
    up = row is not None and row.up
    words = f"{interface} is {state}" + ("" if up else ": no client comes in")
    evidence = (seen.evidence(INTERFACES, f"status of {interface}", state),)
    return Finding("outside", host, Status.OK if up else Status.FAILED, words, evidence)
