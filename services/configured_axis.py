"""The axis *configured* of a deployment, out of how each of its members stands. Pure, and the same for every service."""

from __future__ import annotations

from collections.abc import Iterable

from ..checks.finding import Finding, Status
from ..checks.verdict import Configured
from .service import Deployment
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
