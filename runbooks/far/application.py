"""A whole deployment in another process: planned there, and applied when approved, by the same engine with a context of its own.

| of a run | where it is done |
|---|---|
| planning a deploy, where no other deployment is on its devices | there; the plan comes back, and texts of its files |
| planning anything else, and where a process is lost or a plan cannot travel | here |
| deploy, remove, canaries too | there, where no other deployment of the run is on its devices and one process has them all |
| the same on a hub, or with an end that has moved | here, each task where the session is: deployments share a device |
| verifying canaries after the soak | here, as above: it is short, and changes nothing |
| rotate-psk | here: a store over there has other values under its references |
| rollback, resume, failover-test, safe_change | here: they go on from records, or apply in a way of their own |
| over the workers of a Dask cluster | here: the run folder is read over there, and a worker has none |

Of a Context over there: ``nornir`` has the hosts of the deployment with the sessions of that process, ``secrets`` and ``stop``
are those of that process, ``folder`` calls home (distant_folder.py). ``progress``, ``notices`` and ``visit`` call home too, and
``intended`` where it is asked to find something. ``readings`` are empty, since what they keep is for devices that are shared.
``left_behind`` goes along. What comes back is the outcome; without one, finishing.py finishes what was begun.
"""

from __future__ import annotations

from collections import UserList
from collections.abc import Callable, Iterable, Mapping, Sequence
from concurrent.futures import ThreadPoolExecutor
from typing import TYPE_CHECKING, Any, cast

from msgspec import Struct
from msgspec.structs import replace

from ...inventory.errors import Locked, NrRunError, UsageError
from ...services.registry import find_built
from ..engine.context import Context
from ..engine.outcome import TunnelOutcome
from ..engine.plans.planners import Building, Removing
from ..engine.plans.planning import Known, texts_of
from .carrying import OneWay, pack
from .distant_folder import DistantFolder, FolderCalls, Writing
from .elsewhere import alone_on
from .finishing import finish
from .outcome import Failed

if TYPE_CHECKING:
    from nornir.core import Nornir

    from ...inventory.hiding.secrets import Secrets
    from ...inventory.models.platforms import Platform
    from ...services.service import Deployment, Intended
    from ...tasks.device import Stop
    from ...tasks.gather import Snapshot
    from ..engine.plans.planning import DeploymentPlan
    from ..engine.rollback.left_behind import LeftBehind
    from ..engine.runbook import Planner
    from ..engine.verifying.confirmations import Confirming
    from ..engine.waits import Timeouts
    from ..run.folder import RunFolder


class Approved(Struct, frozen=True):
    """What is applied, all of it records: nothing in it may call anything."""

    plan: DeploymentPlan
    planner: Planner
    stale: bool
    platforms: Mapping[str, Platform]
    timeouts: Timeouts
    confirming: Confirming | None
    left_behind: LeftBehind


class Application(Struct, frozen=True):
    """One deployment as it is sent: an `Approved` as bytes, and what calls home."""

    approved: bytes
    service: str
    folder: FolderCalls
    phase: Callable[[str, str], None]
    say: Callable[[str], None]
    notice: Callable[[str], None]
    visit: Callable[[Deployment], None]
    #: As Intended.find(); None where a run has none.
    find: Callable[[str, Mapping[str, str]], Deployment] | None


class Wanted(Struct, frozen=True):
    """What is planned, all of it records."""

    deployments: tuple[Deployment, ...]
    planner: Planner
    snapshots: Mapping[str, Snapshot]
    platforms: Mapping[str, Platform]
    timeouts: Timeouts
    confirming: Confirming | None


class ToPlan(Struct, frozen=True):
    """Deployments as they are sent: a `Wanted` as bytes."""

    wanted: bytes
    service: str


class Planned(Struct, frozen=True):
    """One plan or its refusal, and the texts of a plan by their names."""

    made: DeploymentPlan | Failed
    texts: Mapping[str, str]

    def plan(self) -> DeploymentPlan:
        """Raises what refused it."""
        if isinstance(self.made, Failed):
            raise self.made.error
        return self.made


def plan_there(
    context: Context, deployments: Sequence[Deployment], planner: Planner, snapshots: Mapping[str, Snapshot]
) -> dict[str, Planned]:
    """Plans by the names of their deployments, made in the processes that have their devices; others have to be made here."""
    if not isinstance(getattr(planner, "planner", planner), Building) or context.secrets.given:
        return {}
    alone = alone_on([one.hosts for one in deployments])
    able = [one for one, free in zip(deployments, alone, strict=True) if free and all(host in snapshots for host in one.hosts)]
    groups = context.nornir.runner.by_process([one.hosts for one in able])  # type: ignore[attr-defined]
    if not groups:
        return {}
    with ThreadPoolExecutor(len(groups)) as pool:
        parts = pool.map(lambda numbers: _part(context, [able[number] for number in numbers], planner, snapshots), groups)
        return {name: made for part in parts for name, made in part.items()}


def _part(
    context: Context, deployments: Sequence[Deployment], planner: Planner, snapshots: Mapping[str, Snapshot]
) -> dict[str, Planned]:
    """Those of one process; nothing where it is lost, or where something that stays in its process would have to travel."""
    hosts = [host for one in deployments for host in one.hosts]
    platforms, seen = {host: context.platforms[host] for host in hosts}, {host: snapshots[host] for host in hosts}
    wanted = Wanted(tuple(deployments), planner, seen, platforms, context.timeouts, context.confirming)
    try:
        given = ToPlan(pack(wanted), context.service.name)
        made = context.nornir.runner.together([context.nornir.inventory.hosts[host] for host in hosts], planned, given)  # type: ignore[attr-defined]
    except UsageError:
        return {}  # whoever applies it is told why
    if not isinstance(made, list):
        return {}
    return {one.name: _restored(part, one, context, snapshots) for one, part in zip(deployments, made, strict=True)}


def planned(to_plan: ToPlan, nornir: Nornir, secrets: Secrets, stop: Stop, read: Callable[[bytes], Any]) -> list[Planned]:
    """Over there: plan each. What is no refusal ends all of them: it comes again where they are planned instead."""
    wanted: Wanted = read(to_plan.wanted)
    nothing_is_written = cast("RunFolder", None)
    service, silent = find_built(to_plan.service), _Progress(lambda _host, _words: None, lambda _words: None)
    context = Context(
        *(nornir, service, None, dict(wanted.platforms), secrets, nothing_is_written, stop, silent, wanted.timeouts),
        confirming=wanted.confirming,
    )
    found: list[Planned] = []
    for deployment in wanted.deployments:
        try:
            plan = wanted.planner(context, deployment, Known(wanted.snapshots))
        except NrRunError as error:
            found.append(Planned(Failed.of(error, secrets.hide_known), {}))
        else:
            found.append(Planned(_stripped(plan), texts_of(plan)))
    return found


def _stripped(plan: DeploymentPlan) -> DeploymentPlan:
    """Without what the other side has."""
    members = tuple(replace(member, snapshot=cast("Snapshot", None)) for member in plan.members)
    return replace(plan, members=members)


def _restored(part: Planned, deployment: Deployment, context: Context, snapshots: Mapping[str, Snapshot]) -> Planned:
    if isinstance(part.made, Failed):
        return part
    pairs = zip(part.made.members, deployment.members, strict=True)
    members = tuple(
        replace(made, member=member, platform=context.platforms[member.host], snapshot=snapshots[member.host])
        for made, member in pairs
    )
    return replace(part, made=replace(part.made, deployment=deployment, members=members))


def apply_there(context: Context, plan: DeploymentPlan, planner: Planner, *, stale: bool) -> TunnelOutcome | None:
    """The outcome of a plan that is applied in the process that has its devices; None where it has to be applied from here.

    Raises Locked where another run has taken the devices over.
    """
    hosts = [context.nornir.inventory.hosts[end.host] for end in plan.members]
    if not may_go(context, plan, planner):
        return None
    writing = Writing(context.folder, context.secrets)
    try:
        application = _application(context, plan, planner, writing, stale=stale)
        made = context.nornir.runner.together(hosts, applied, application)  # type: ignore[attr-defined]
    except UsageError as error:  # a record of a service that stays in its process
        context.folder.tell(f"{plan.name} was applied by the first process alone: {error}")
        return None
    if made is None or isinstance(made, TunnelOutcome):
        return made
    writing.close()
    if isinstance(made, Locked):
        raise made
    if isinstance(made, Exception):
        return finish(context, plan, planner, made if isinstance(made, NrRunError) else NrRunError(str(made)))
    return finish(context, plan, planner, NrRunError(f"{plan.name}: {type(made).__name__} came back, and no outcome"))


def may_go(context: Context, plan: DeploymentPlan, planner: Planner) -> bool:
    """Whether all that the plan rests on can go elsewhere, and nothing else of the run is on its devices."""
    inner = getattr(planner, "planner", planner)
    alone = context.readings.shared.isdisjoint(end.host for end in plan.members)
    return alone and isinstance(inner, Building | Removing) and not context.secrets.given


def _application(context: Context, plan: DeploymentPlan, planner: Planner, writing: Writing, *, stale: bool) -> Application:
    """Raises UsageError where a record of it cannot be sent."""
    hosts = [end.host for end in plan.members]
    platforms = {host: context.platforms[host] for host in hosts}
    left = context.left_behind.on(hosts)
    approved = Approved(plan, planner, stale, platforms, context.timeouts, context.confirming, left)
    return Application(
        pack(approved),
        context.service.name,
        FolderCalls.of(context.folder, writing, plan.name),
        OneWay(context.progress.phase),
        OneWay(context.progress.say),
        OneWay(context.notices.append),
        context.visit,
        context.intended.find if context.intended is not None else None,
    )


def applied(
    application: Application, nornir: Nornir, secrets: Secrets, stop: Stop, read: Callable[[bytes], Any]
) -> TunnelOutcome:
    """Over there: apply it. Raises Locked as run_deployments() does; ``read`` reads what was packed."""
    from ..engine.runbook import apply_approved

    approved: Approved = read(application.approved)
    folder = DistantFolder(application.folder, secrets)
    context = Context(
        nornir,
        find_built(application.service),
        cast("Intended", _Intended(application.find)) if application.find is not None else None,
        dict(approved.platforms),
        secrets,
        cast("RunFolder", folder),
        stop,
        _Progress(application.phase, application.say),
        approved.timeouts,
        application.visit,
        approved.confirming,
        cast("list[str]", _Notices(application.notice)),
        left_behind=approved.left_behind,
    )
    outcome = apply_approved(context, approved.plan, approved.planner, (approved.plan,), stale=approved.stale)
    folder.settle()
    return outcome


class _Intended(Struct, frozen=True):
    """What a plan asks of an intent."""

    find: Callable[[str, Mapping[str, str]], Deployment]


class _Progress(Struct, frozen=True):
    phase: Callable[[str, str], None]
    say: Callable[[str], None]

    def ended(self, name: str, word: str, number: int, total: int) -> None:
        """Told where all are counted."""


class _Notices(UserList[str]):
    """Told at home as they come: who is lost afterwards has told them."""

    def __init__(self, tell: Callable[[str], None]) -> None:
        super().__init__()
        self._tell = tell

    def append(self, item: str) -> None:
        super().append(item)
        self._tell(item)

    def extend(self, other: Iterable[str]) -> None:
        for item in other:
            self.append(item)
