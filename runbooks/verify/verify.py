"""One verification: all devices are looked at in one phase, and every service gets its verdict, whatever becomes of them."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from datetime import UTC, datetime
from importlib.metadata import version

from ...changes.configurations.configuration import Configuration
from ...checks.finding import Finding, Status
from ...checks.observations.looks import Shown
from ...checks.verdict import Configured, DeviceState, KnownBy, Operating, Verdict, Verification
from ...inventory.errors import NrRunError
from ...services.common.cut_short import at_first, is_answered, not_to_the_end
from ...services.common.intended_state import ComparedMember, standing
from ...services.common.own_checks import with_own_checks
from ...services.common.verifying import Seeing
from ...services.registry import find
from ...services.service import Deployment
from .deadline import too_short
from .opening import Opened, Refused
from .provider_log import concerning, strange
from .reading import read_all, unfinished


def verify(opened: Opened) -> Verification:
    """Look and judge; keeping it is another matter (`kept`). Raises Interrupted when the operator stops."""
    started = _now()
    shown = read_all(opened)
    many = len(opened.selected.deployments)
    opened.progress.say(f"judging {many} service{'' if many == 1 else 's'}")
    return Verification(
        run=opened.folder.id,
        tool=version("nr-run"),
        started=started,
        finished=_now(),
        probed=opened.asked.probe,
        verdicts=tuple(_verdicts(opened, shown)),
        devices=tuple(_device(one) for one in shown.values()),
        notices=tuple(dict.fromkeys(_notices(opened, shown))),
        partial=bool(opened.asked.names or opened.asked.limits),
    )


def _now() -> str:
    return datetime.now(UTC).strftime("%Y-%m-%dT%H:%M:%SZ")


def _verdicts(opened: Opened, shown: Mapping[str, Shown]) -> Iterator[Verdict]:
    for deployment in opened.selected.deployments:
        try:
            yield _verdict(opened, deployment, shown)
        except Exception as error:  # noqa: BLE001 - a defect in one judgement is no reason for the others to have none
            why = str(error) if isinstance(error, NrRunError) else f"{type(error).__name__}, which is a defect of nr-run"
            yield unverified(deployment.service, deployment.name, find(deployment.service).title(deployment), why)
    for refused in opened.selected.refused:
        yield unverified(refused.service, refused.name, refused.name, _why(refused))


def _why(refused: Refused) -> str:
    return f"its intent is refused: {refused.why}"


def unverified(service: str, name: str, title: str, why: str) -> Verdict:
    """The verdict where nothing could be told."""
    finding = Finding("verified", name, Status.UNVERIFIED, why)
    return Verdict(service, name, title, _now(), Configured.UNKNOWN, Operating.UNKNOWN, KnownBy.NOTHING, why, findings=(finding,))


def _verdict(opened: Opened, deployment: Deployment, shown: Mapping[str, Shown]) -> Verdict:
    service = find(deployment.service)
    keys = {reference: opened.keys[reference] for reference in service.references(deployment)}
    standings: dict[str, ComparedMember] = {}
    for member in deployment.members:
        running = shown[member.host].running
        if running is not None:
            platform, routes = opened.platforms[member.host], shown[member.host].routes
            standings[member.host] = standing(deployment, member, platform, running, keys, routes)
    provider = concerning(opened.provider, deployment, alone=len(opened.selected.deployments) == 1)
    seeing = Seeing({host: shown[host] for host in deployment.hosts}, standings, _now(), opened.asked.probe, provider)
    answered = [
        member.host
        for member in deployment.members
        if shown[member.host].late
        and is_answered(shown[member.host], service.stimulus(deployment, member, at_first(shown[member.host])))
    ]
    verdict = not_to_the_end(service.verdict(deployment, seeing), deployment.hosts, seeing, answered)
    return with_own_checks(verdict, deployment, seeing)


def _device(one: Shown) -> DeviceState:
    return DeviceState(
        one.host, str(one.platform), one.why_not, one.trips or None, round(one.seconds, 2) if one.seconds else None
    )


def _notices(opened: Opened, shown: Mapping[str, Shown]) -> Iterator[str]:
    """What was seen besides, a sentence each."""
    yield from opened.selected.told
    yield from filter(None, [strange(opened.provider, opened.selected.deployments)])
    yield from (one.changing for one in shown.values() if one.changing)
    yield from too_short(opened.asked.deadline, shown.values())
    yield from unfinished(opened)
    texts = {host: one.running.text for host, one in shown.items() if isinstance(one.running, Configuration)}
    verified = [deployment.name for deployment in opened.selected.deployments]
    for intended in opened.intended.values():
        yield from intended.strays(texts, verified)
    yield from opened.folder.told
