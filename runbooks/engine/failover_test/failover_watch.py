"""Watch traffic move to the backup and come back, by what the devices show; what is judged is the service's.

Each look is timed on this machine and told in seconds of the devices, whose clocks run fast in a rehearsal.
"""

from __future__ import annotations

import time

from msgspec import Struct

from ....checks.finding import Finding, against, proved
from ....checks.observations.observation import Observation
from ....checks.other_tunnels import NOTHING_LEAVES, Leaving, beside, taken_down
from ....inventory.errors import NrRunError, answers_of
from ....services.besides import Carrying, WithBackup
from ....services.service import Seen, Service, Traffic
from ....tasks.observe import observe
from ..change_state import ChangeState, NotVerified
from ..context import Context
from ..nornir_run import run_on_all
from ..plans.planning import DeploymentPlan, MemberPlan, keep_outputs
from .failover_record import FailoverTest, Span


class NotMoved(NotVerified):
    """Traffic did not go where it had to."""

    def __init__(self, findings: tuple[Finding, ...], words: str) -> None:
        """``words`` say what was awaited."""
        super().__init__(findings, None)
        worst = against(findings)
        self.args = (f"{words}: {worst[0].sentence}" if worst else words,)


class Look(Struct, frozen=True):
    """What all members showed at one moment."""

    seen: tuple[Seen, ...]
    observations: dict[str, Observation]

    def whole(self, plan: DeploymentPlan) -> tuple[Finding, ...]:
        """Does all hold that a deployment has to: every gate, and the tunnels beside it. Raises NotKnown."""
        gates = [stage.gate for stage in plan.deployment.stages if not isinstance(stage.gate, Traffic)]
        with answers_of(" and ".join(plan.deployment.hosts)):
            found = tuple(finding for gate in gates for finding in gate.judge(self.seen, removed=False))
        return (*found, *self.beside(plan, own=False))

    def beside(self, plan: DeploymentPlan, *, own: bool) -> tuple[Finding, ...]:
        """The tunnels that had SAs when the change was planned; with ``own`` without those that the test takes down.

        A far end may have other tunnels with the same device: those are watched, whatever their peer.
        """
        return tuple(
            beside(m.host, m.snapshot.observation, self.observations[m.host], _down(m) if own else NOTHING_LEAVES)
            for m in plan.members
        )


def _down(member: MemberPlan) -> Leaving:
    """The tunnels that the test has put out of use on a device."""
    return taken_down(member.change, member.snapshot.running.objects)


def look(context: Context, plan: DeploymentPlan, moment: str) -> Look:
    """Ask every member what the gates ask; what they said is kept under this moment. Raises the first error."""
    gates = [stage.gate for stage in plan.deployment.stages if not isinstance(stage.gate, Traffic)]
    asks = {
        m.host: tuple(dict.fromkeys(line for gate in gates for line in gate.asks(m.member, m.platform))) for m in plan.members
    }
    readings = run_on_all(context.nornir, observe, {host: {"also": lines} for host, lines in asks.items()})
    for host, (_, outputs) in readings.items():
        keep_outputs(context, f"{plan.name}/{host}/{moment}", outputs)
    seen = tuple(Seen(m.member, m.platform, readings[m.host][1], readings[m.host][0].time) for m in plan.members)
    return Look(seen, {host: shown for host, (shown, _) in readings.items()})


def with_backup(service: Service) -> WithBackup:
    """The service as one whose deployments have two paths. Raises NrRunError: no command asks this of another one."""
    if not isinstance(service, WithBackup):
        raise NrRunError(f"service {service.name} says nothing of a backup")
    return service


def _carrying(context: Context, plan: DeploymentPlan, test: FailoverTest, now: Look) -> Carrying:
    service = with_backup(context.service)
    with answers_of(test.paths.host):
        return service.carrying(plan.deployment, test.before or now.seen, now.seen)


def _lost(context: Context, plan: DeploymentPlan, test: FailoverTest, now: Look) -> tuple[str, ...]:
    return with_backup(context.service).lost(plan.deployment, test.before, now.seen) if test.before else ()


def _blur(context: Context, asking: float) -> float:
    """What two looks and the pauses behind them take, in seconds of the devices: more exactly nothing is known.

    Where clocks run fast that is long, and no fault of the service's.
    """
    return 2 * (asking + context.timeouts.poll) / context.timeouts.scale


def watch_away(context: Context, plan: DeploymentPlan, change_state: ChangeState, test: FailoverTest) -> None:
    """Wait until traffic goes by the backup. Raises NotMoved when it takes too long, or the backup fails meanwhile."""
    scale, paths = context.timeouts.scale, test.paths
    began, ended = test.down or (time.monotonic(),) * 2
    not_yet, looks, asking = ended, 0, 0.0
    context.folder.note("watching", tunnel=plan.name, towards="backup")
    while True:
        context.stop.check()
        context.progress.phase(paths.host, f"watch traffic move to {paths.backup}")
        started, looks = time.monotonic(), looks + 1
        now = look(context, plan, "away")
        asking = max(asking, time.monotonic() - started)
        found = _carrying(context, plan, test, now)
        others = now.beside(plan, own=True)
        if hopeless := against((*found.backup, *others)):
            change_state.findings += (*found.backup, *others)
            raise NotMoved(hopeless, "the test was stopped, because the path that should carry traffic does not")
        if proved(found.moved):
            test.away = Span((not_yet - ended) / scale, (time.monotonic() - began) / scale, paths.away_seconds, looks)
            test.lost.append(f"for {test.away.at_least:.0f} to {test.away.at_most:.0f} seconds what was sent {paths.meanwhile}")
            change_state.findings += found.moved
            context.folder.note("moved", tunnel=plan.name, **test.away.as_dict())
            return
        if (started - ended) / scale > paths.away_seconds + _blur(context, asking):
            change_state.findings += found.moved
            waited = f"{(started - ended) / scale:.0f} seconds after {paths.primary} was taken down"
            raise NotMoved(
                found.moved, f"traffic has not moved to {paths.backup} {waited} (documented: {paths.away_seconds:.0f})"
            )
        not_yet = started
        context.stop.wait(context.timeouts.poll)


def watch_back(context: Context, plan: DeploymentPlan, change_state: ChangeState, test: FailoverTest) -> tuple[str, list[str]]:
    """Wait until traffic goes by the primary again and all holds that held before: a sentence, and what a person has to look at.

    The primary is up again in the configuration, and nobody's wish to stop makes that known sooner: it is waited for. What cannot
    be read is asked again until the time is over.
    """
    scale, paths = context.timeouts.scale, test.paths
    began, ended = test.up or (time.monotonic(),) * 2
    not_yet, looks, worst, asking = ended, 0, "", 0.0
    context.folder.note_if_possible("watching", tunnel=plan.name, towards="primary")
    while True:
        context.progress.phase(paths.host, f"watch traffic come back to {paths.primary}")
        started, looks = time.monotonic(), looks + 1
        try:
            now = look(context, plan, "back")
            found, whole = _carrying(context, plan, test, now), now.whole(plan)
        except NrRunError as error:
            worst = str(error)
        else:
            test.leaderless += not found.leads
            if test.back is None and proved(found.back):
                test.back = Span((not_yet - ended) / scale, (time.monotonic() - began) / scale, paths.back_seconds, looks)
                context.folder.note_if_possible("back", tunnel=plan.name, **test.back.as_dict())
            bad = against(whole if test.back else found.back)
            worst = bad[0].sentence if bad else ""
            if test.back is not None and proved(whole):
                test.whole = True
                change_state.findings += whole
                _count_lost(context, plan, test, now)
                return f", and traffic is back on {paths.primary} after {test.back}", []
        asking = max(asking, time.monotonic() - started)
        if (started - ended) / scale > paths.back_seconds + _blur(context, asking):
            return _not_as_before(test, worst)
        not_yet = started
        time.sleep(context.timeouts.poll)


def _count_lost(context: Context, plan: DeploymentPlan, test: FailoverTest, now: Look) -> None:
    if test.leaderless:
        test.lost.append(f"at {test.leaderless} looks during the return no path was known to carry traffic")
    test.lost += _lost(context, plan, test, now)


def _not_as_before(test: FailoverTest, worst: str) -> tuple[str, list[str]]:
    paths = test.paths
    if test.back is not None:
        return f", and traffic is back on {paths.primary} after {test.back}; but {worst}", []
    words = (
        f"{paths.host} is as before, and traffic is not back on {paths.primary} after {paths.back_seconds:.0f} seconds: {worst}"
    )
    return "", [words]
