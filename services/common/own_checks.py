"""Checks of the user's own in a deployment of any service: what is asked for them, and what they say. Pure.

A deploy rolls all back where one does not hold. In a verification one that does not hold degrades what works, and one that is not
known leaves it unverified.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator, Mapping, Sequence

from msgspec.structs import replace

from ...checks.finding import Finding, Status
from ...checks.own_checks import Answer, judged, problems
from ...checks.verdict import Configured, KnownBy, Operating, Verdict
from ...inventory.errors import IntentError
from ...inventory.intents.own_checks import OwnCheck, When
from ...inventory.models.platforms import Platform
from ..service import Deployment
from .verifying import Seeing


def refuse_wrong(what: str, checks: Sequence[OwnCheck], ends: Mapping[str, Platform], place: Callable[[str], str]) -> None:
    """Raise IntentError for what these checks ask that these devices, the own ends of ``what``, cannot answer.

    ``place`` gives ``file:line`` of a field such as ``checks[0].holds.prefix``.
    """
    said = [
        f"{place(f'checks[{number}].{field}')}: {what}: checks[{number}].{field}: {sentence}"
        for number, check in enumerate(checks)
        for field, sentence in problems(check, ends)
    ]
    if said:
        raise IntentError("\n".join(said))


def nearest_place(places: Mapping[str, str], name: str) -> Callable[[str], str]:
    """Where a field of the record of this name is written: the nearest part around it that has a place."""

    def place(field: str) -> str:
        parts = f"{name}.{field}"
        while parts not in places and len(parts) > len(name):
            parts = parts[: max(parts.rfind("."), len(name))]
        return places.get(parts, name)

    return place


def commands(deployment: Deployment, host: str, when: When) -> tuple[str, ...]:
    """What one member is asked for its checks, each once."""
    asked = (check.command for check in deployment.checks if when in check.when and check.asked_on(host))
    return tuple(dict.fromkeys(asked))


def findings(
    deployment: Deployment,
    when: When,
    systems: Mapping[str, str],
    shown: Mapping[str, Mapping[str, str]],
    time: Mapping[str, str],
) -> tuple[tuple[OwnCheck, Finding], ...]:
    """Each check with what each device that it asks said; ``systems``, ``shown`` (by command) and ``time`` are by host."""
    return tuple(
        (check, judged(check, Answer(host, systems[host], shown.get(host, {}).get(check.command), time.get(host, ""))))
        for check in deployment.checks
        if when in check.when
        for host in deployment.hosts
        if check.asked_on(host)
    )


def with_own_checks(verdict: Verdict, deployment: Deployment, seeing: Seeing) -> Verdict:
    """The verdict of a service, with what the checks of the user's own say of what was shown last."""
    found = tuple(finding for _, finding in _seen(deployment, seeing))
    if not found:
        return verdict
    operating, known_by, sentence = _operating(verdict, found, seeing)
    return replace(verdict, operating=operating, known_by=known_by, sentence=sentence, findings=(*verdict.findings, *found))


def _seen(deployment: Deployment, seeing: Seeing) -> Iterator[tuple[OwnCheck, Finding]]:
    last = {host: seeing.of(host).looks[-1] for host in deployment.hosts if seeing.of(host).looks}
    systems = {host: seeing.of(host).platform.os for host in deployment.hosts}
    outputs = {host: {} if seeing.of(host).problem else look.outputs for host, look in last.items()}
    yield from findings(deployment, "verify", systems, outputs, {host: look.seen.time for host, look in last.items()})


def _operating(verdict: Verdict, found: Sequence[Finding], seeing: Seeing) -> tuple[Operating, KnownBy, str]:
    """What is worse already stays; on a device that is being changed what does not hold is not known to be wrong."""
    now = verdict.operating, verdict.known_by, verdict.sentence
    if verdict.configured is Configured.ABSENT or verdict.operating not in (Operating.UP, Operating.IDLE, Operating.DEGRADED):
        return now
    failed = _words(found, Status.FAILED)
    open_ = _words(found, Status.UNVERIFIED)
    if failed and not seeing.changing:
        return Operating.DEGRADED, verdict.known_by, f"{failed}; {verdict.sentence}"
    words = "; ".join(filter(None, (failed, open_)))
    if words and verdict.operating is not Operating.DEGRADED:
        return Operating.UNKNOWN, KnownBy.NOTHING, "; ".join((words, *(seeing.changing if failed else ()), verdict.sentence))
    return now


def _words(found: Sequence[Finding], status: Status) -> str:
    said = (f"{finding.subject}: {finding.sentence}" for finding in found if finding.status is status)
    return "; ".join(dict.fromkeys(said))
