"""What a verdict begins with, the same for every service: the axis *configured*, and the record with what was answered. Pure."""

from __future__ import annotations

from collections.abc import Iterable

from ...checks.finding import Finding, Status
from ...checks.observations.looks import Shown
from ...checks.verdict import Configured, KnownBy, Operating, Verdict
from ..service import Deployment
from .verifying import Seeing


def configured_of(words: Iterable[Configured]) -> Configured:
    """One word for all members: what one lacks differs, and what nobody has is absent; who was not read leaves it open."""
    found = set(words)
    if len(found) == 1:
        return found.pop()
    if found & {Configured.DIFFERS, Configured.ABSENT}:
        # Where the only member that was read has nothing, the others may have it.
        return Configured.DIFFERS
    return Configured.UNKNOWN


#: A check by how what it looked at works; all else has failed.
_STATUS = {Operating.UP: Status.OK, Operating.IDLE: Status.OK, Operating.UNKNOWN: Status.UNVERIFIED}


def status_of(operating: Operating) -> Status:
    """Up and idle are in order, what is not known is unverified, and all else has failed."""
    return _STATUS.get(operating, Status.FAILED)


def stated(
    deployment: Deployment, seeing: Seeing, title: str, configured: Configured, answer: tuple[Operating, KnownBy, str]
) -> Verdict:
    """The verdict as far as it is the same for all: ``answer`` is how it works, what that rests on, and one line for people."""
    operating, known_by, sentence = answer
    return Verdict(deployment.service, deployment.name, title, seeing.time, configured, operating, known_by, sentence)


def unshown(shown: Shown, what: str) -> str:
    """Why nothing is known of a device: what it told, else that it did not show this (its flows) so that it could be read."""
    return shown.why_not or f"{shown.host} did not show its {what} so that they could be read"


def of_members(deployment: Deployment, seeing: Seeing) -> dict[str, Configured]:
    """Host to its word; unknown where its configuration was not read."""
    return {
        host: seeing.standing[host].configured if host in seeing.standing else Configured.UNKNOWN for host in deployment.hosts
    }


def findings(deployment: Deployment, seeing: Seeing) -> tuple[Finding, ...]:
    """A finding for each member."""
    made: list[Finding] = []
    for host in deployment.hosts:
        standing = seeing.standing.get(host)
        if standing is None:
            why = seeing.of(host).why_not or f"{host} did not show its configuration"
            made.append(Finding("configured", host, Status.UNVERIFIED, why))
        else:
            made.append(standing.finding(seeing.time))
    return tuple(made)


def unseen(deployment: Deployment, seeing: Seeing) -> tuple[str, ...]:
    """What could not be compared, a sentence each."""
    return tuple(words for host in deployment.hosts if host in seeing.standing for words in seeing.standing[host].unseen)
