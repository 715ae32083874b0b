"""The safe sequence for a runbook of one's own: lock, journal, rollback timer, push, and the way back where anything fails.

    with safe_change(nornir, ["hq", "branch"], runs=Path("runs")) as change:
        change.push({"hq": TEXT, "branch": TEXT})
        if not verified:
            raise RuntimeError("no tunnel")         # everything is rolled back, the timers are cancelled

Where the block ends well, the timers are cancelled over fresh logins and the devices are saved. Where this process dies in
it, ``nr-run resume`` rolls the change back from the run folder; where nobody does, each device rolls itself back when its timer
ends.
"""

from __future__ import annotations

import dataclasses
from collections.abc import Iterable, Iterator, Mapping
from contextlib import contextmanager
from enum import Enum
from pathlib import Path
from typing import TYPE_CHECKING, Any

from msgspec import Struct, field
from msgspec.structs import replace
from pydantic import TypeAdapter

from ..changes.plans.change import Change
from ..changes.plans.plan import plan
from ..checks.finding import Status
from ..checks.readiness.device_facts import Device
from ..checks.readiness.failover_pair import one_unit
from ..checks.readiness.one_device import one_device
from ..checks.readiness.rollback_methods import SelectedMethod, choose, timer_findings
from ..inventory.errors import DriftError, Exit, NothingMatched, NrRunError, SessionLost, UsageError
from ..inventory.files.did_you_mean import hint
from ..inventory.files.unknown_host import refuse_unknown
from ..inventory.hiding.secrets import Secrets
from ..inventory.models.platforms import Platform
from ..services.registry import find_built
from ..tasks import arming, gather, push, save
from ..tasks.access.credentials import login_of
from ..tasks.device import CONNECTION, Stop, log_in_by
from ..tasks.nornir_tasks import PATIENCE_SECONDS, PAUSE_SECONDS, with_tokens
from ..tasks.platform_of import platform_of
from ..tasks.rollback_timers import AnotherReload, Arming, NotArmed
from ..tasks.undo import Undoing, Undone, undo
from .engine.change_state import ChangeState
from .engine.context import Context, Progress, Quiet, Timeouts
from .engine.nornir_run import run_on, run_on_all
from .engine.plans.planning import DeploymentPlan, MemberPlan
from .engine.resume import refuse_unfinished
from .engine.rollback.restore_startup import restore_startup
from .engine.rollback.rollback_timers import never_in
from .engine.signals import undisturbed
from .locking.locks import locked
from .locking.machine_locks import endpoints_of
from .run.folder import RunFolder
from .run.open_runs import mark, unmark
from .run.run_secrets import encrypt_secrets
from .run.saved_plan import write_record

if TYPE_CHECKING:
    from nornir.core import Nornir
    from nornir.core.task import Result, Task


#: What it is called in a journal and a record: by this `services.registry` finds how it is rolled back.
NAME = "safe-change"
#: Minutes after which a device rolls itself back unless the change is kept.
MINUTES = 15


class _Run(Struct, frozen=True):
    """What locks and steps of a safe change share; it belongs to no service."""

    nornir: Nornir
    platforms: dict[str, Platform]
    folder: RunFolder
    stop: Stop
    progress: Progress
    timeouts: Timeouts


class Rollback(Enum):
    """What became of one device when a change was rolled back, in the words of the exit codes."""

    ROLLED_BACK = Exit.ROLLED_BACK.word
    INCOMPLETE = Exit.ROLLBACK_INCOMPLETE.word


class HostRollback(Struct, frozen=True):
    """One device after a rollback: ``state``, and in ``message`` what a person has to know where it is incomplete."""

    state: Rollback
    message: str = ""

    @property
    def complete(self) -> bool:
        """True if the device is what it was."""
        return self.state is Rollback.ROLLED_BACK

    def __str__(self) -> str:
        """For a journal and a person."""
        return ": ".join(filter(None, (self.state.value, self.message)))


class SafeChange(Struct):
    """The devices of one safe change: locked, read, and gone back to what they were unless the block ends well."""

    context: _Run
    minutes: int
    #: What each device was: nr_run.gather's record.
    before: Mapping[str, gather.Snapshot]
    changes: dict[str, Change] = field(default_factory=dict)
    #: Host to its timer and what that is armed with.
    armed: dict[str, tuple[SelectedMethod, Arming]] = field(default_factory=dict)
    #: What is on the disk for a resume: the run as the engine knows it, and its members.
    recorded: tuple[Context, tuple[MemberPlan, ...]] | None = None
    #: Whether a line of the change may have been sent.
    pushed: bool = False
    #: Whether saving was begun.
    saving: bool = False
    #: What became of each device when the change was rolled back; empty while it was not.
    undone: dict[str, HostRollback] = field(default_factory=dict)

    @property
    def folder(self) -> Path:
        """The run folder, with the journal and the texts."""
        return self.context.folder.path

    def push(self, desired: Mapping[str, str]) -> dict[str, bool]:
        """Bring a text to each device: plan all, arm all, then push all at once. Host to whether it was changed.

        Raises ChangeError or DriftError before anything is touched, and the error of a device that refused something.
        """
        self._refuse_twice()
        return self.apply_with_rollback({host: self._planned(host, text) for host, text in desired.items()}, desired)

    def _refuse_twice(self) -> None:
        if self.changes:
            raise NrRunError("a safe change pushes once: what each device gets goes into one call of push()")

    def apply_with_rollback(self, planned: Mapping[str, Change], desired: Mapping[str, str]) -> dict[str, bool]:
        """As push(), with changes that were planned on what the devices were (``before``); ``desired`` is kept for the record."""
        self._refuse_twice()
        folder = self.context.folder
        chosen = {host: self._timer(host, change) for host, change in planned.items() if change}
        for host, change in planned.items():
            folder.write(f"{host}/change.cfg", change.forward_text)
            folder.write(f"{host}/rollback.cfg", change.inverse_text, durable=True)
            folder.write(f"{host}/running-before.cfg", self.before[host].running.text, durable=True)
        self.changes.update({host: change for host, change in planned.items() if change})
        if self.changes:
            self._record(desired, chosen)
        self._arm(chosen)
        self.pushed = bool(self.changes)
        for host in self.changes:
            folder.note("applying", tunnel=NAME, host=host)
        arguments = {
            host: {"change": change, "stop": self.context.stop, "note": folder.note} for host, change in self.changes.items()
        }
        after = run_on_all(self.context.nornir, push.push, arguments) if arguments else {}
        for host, running in after.items():
            folder.write(f"{host}/running-after.cfg", running.text)
            folder.note("applied", tunnel=NAME, host=host)
        return {host: bool(change) for host, change in planned.items()}

    def _record(self, desired: Mapping[str, str], chosen: Mapping[str, SelectedMethod | None]) -> None:
        """Write what ``nr-run resume`` needs to roll the change back, before the first line."""
        service, context = find_built(NAME), self.context
        deployment = service.deployment(TypeAdapter(service.wanted).validate_python({"hosts": tuple(self.changes)}))
        members = tuple(
            MemberPlan(
                member,
                context.platforms[member.host],
                self.before[member.host],
                desired[member.host],
                (),
                self.changes[member.host],
                (),
                chosen[member.host],
            )
            for member in deployment.members
        )
        logins = [login_of(context.nornir.inventory.hosts[host]) for host in self.changes]
        secrets = Secrets.of_all(login.secrets for login in logins)
        run = (context.folder, context.stop, context.progress, context.timeouts)
        told = Context(context.nornir, service, None, context.platforms, secrets, *run)
        write_record(told, DeploymentPlan(deployment, members))
        self.recorded = told, members
        encrypt_secrets(context.folder, secrets)
        mark(context.folder.path)
        context.folder.note("recorded", tunnel=NAME, removal=False)

    def _planned(self, host: str, text: str) -> Change:
        if host not in self.before:
            raise NothingMatched(f"{host} is not among the devices of this change{hint(host, self.before)}")
        tokens = with_tokens(login_of(self.context.nornir.inventory.hosts[host]).secrets, text)
        return plan(host, self.context.platforms[host].os, tokens, self.before[host].running.text)

    def _timer(self, host: str, change: Change) -> SelectedMethod | None:
        snapshot, platform = self.before[host], self.context.platforms[host]
        found = choose(platform, snapshot.outputs, self.minutes, change.inverse)
        device = Device(host, platform, snapshot.outputs, change, snapshot.observation.time)
        for finding in (*one_unit(device), *timer_findings(device, found)):
            if finding.status is not Status.OK:
                raise DriftError(f"{host}: {finding.sentence}")
        return found

    def _arm(self, chosen: Mapping[str, SelectedMethod | None]) -> None:
        folder = self.context.folder
        for host, timer in chosen.items():
            if timer is not None:
                before = self.before[host].running
                made = Arming(host, self.context.platforms[host], timer.minutes, folder.tag, self.changes[host], before)
                folder.note("arming", tunnel=NAME, host=host, method=timer.name, minutes=timer.minutes)
                self.armed[host] = (timer, made)
        arguments = self._arguments()
        if arguments:
            marks, errors = run_on(self.context.nornir, arming.arm, arguments, at_all_costs=True)
            # Kept also where another device was not armed: by its mark a timer is known as ours when it is cancelled.
            self.armed = {
                host: (timer, _after(made, marks.get(host, ""), errors.get(host)))
                for host, (timer, made) in self.armed.items()
                if not (isinstance(errors.get(host), NotArmed) or never_in(errors.get(host)))
            }
            if errors:
                raise next(errors[host] for host in arguments if host in errors)
            folder.note("armed", tunnel=NAME, hosts=sorted(marks), marks=marks)

    def _arguments(self) -> dict[str, dict[str, Any]]:
        return {host: {"method": timer.name, "arming": made} for host, (timer, made) in self.armed.items()}

    def keep(self) -> None:
        """Call the timers off over fresh logins, and save. Raises the first error; the changes are then still to be undone."""
        if arguments := self._arguments():
            run_on_all(self.context.nornir, arming.disarm, arguments)
            self.armed.clear()
            self.context.folder.note("disarmed", hosts=sorted(arguments))
        if self.changes:
            self.saving = True
            for host in self.changes:
                self.context.folder.note("saving", tunnel=NAME, host=host)
            saved = run_on_all(self.context.nornir, save.save, {host: {} for host in self.changes})
            different = sorted(host for host, held in saved.items() if not held.equal)
            if different:
                raise NrRunError(f"{', '.join(different)}: the startup configuration is not what runs, though it was saved")
            self.context.folder.note("saved", hosts=sorted(saved))

    def roll_back(self) -> bool:
        """Undo on every device, whatever happens on another, and cancel the timers; True if each is what it was."""
        folder = self.context.folder
        with folder.forgiving():
            folder.note("undoing", hosts=sorted(self.changes))
        arguments = {
            host: {
                "undoing": Undoing(change, self.before[host].running, True, folder.note_if_possible),
                "patience_seconds": PATIENCE_SECONDS,
                "pause_seconds": PAUSE_SECONDS,
            }
            for host, change in self.changes.items()
        }
        done, errors = run_on(self.context.nornir, undo, arguments, at_all_costs=True) if self.pushed else ({}, {})
        clean = {host for host, result in done.items() if result.clean} if self.pushed else set(self.changes)
        self.undone = {
            host: _whole() if host in clean else _incomplete("something of the change is left") for host in self.changes
        }
        self.undone.update({host: _incomplete(str(error)) for host, error in errors.items()})
        left = {host: words for host, words in self._arguments().items() if host in clean}
        if left:
            _, lost = run_on(self.context.nornir, arming.cancel_leftovers, left, at_all_costs=True)
            self.undone.update({host: _incomplete(f"its timer may still run: {error}") for host, error in lost.items()})
        self._save_again(done)
        with folder.forgiving():
            folder.note("undone", hosts={host: str(found) for host, found in self.undone.items()})
        return self.is_rolled_back

    @property
    def is_rolled_back(self) -> bool:
        """True if every device that was to be changed is what it was."""
        return all(found.complete for found in self.undone.values())

    def _save_again(self, done: Mapping[str, Undone]) -> None:
        """See that no startup configuration of what was rolled back holds the change: it would come again with a reload."""
        if self.recorded is None:
            return
        context, members = self.recorded
        for member in members:
            if self.undone[member.host].complete:
                change_state = ChangeState(touched=[member], saved=[member] if self.saving else [])
                todo = restore_startup(context, change_state, done)
                if todo:
                    self.undone[member.host] = _incomplete(todo[0])


def _after(arming: Arming, mark: str, error: NrRunError | None) -> Arming:
    """By what its timer is known; where the session was lost it may have been armed without our seeing its mark."""
    lost, another = isinstance(error, SessionLost), isinstance(error, AnotherReload)
    return replace(arming, mark=mark, trusting=lost, after_another=another)


def _whole() -> HostRollback:
    return HostRollback(Rollback.ROLLED_BACK)


def _incomplete(message: str) -> HostRollback:
    return HostRollback(Rollback.INCOMPLETE, message)


@contextmanager
def safe_change(
    nornir: Nornir, hosts: Iterable[str], *, runs: Path, minutes: int = MINUTES, timeouts: Timeouts | None = None
) -> Iterator[SafeChange]:
    """Hold ``hosts`` for one change. All of it is kept where the block ends well, and rolled back where it raises.

    ``runs`` is where run folders and locks lie; ``minutes`` after which a device rolls itself back, 0 for no timer. Raises
    Locked when another run holds a device, Unreachable, DriftError when a device has a timer of somebody else or a run that did
    not finish, and NrRunError that names the devices which need manual steps.
    """
    with stoppable_change(Stop(), nornir, hosts, runs=runs, minutes=minutes, timeouts=timeouts) as change:
        yield change


@contextmanager
def stoppable_change(
    stop: Stop, nornir: Nornir, hosts: Iterable[str], *, runs: Path, minutes: int = MINUTES, timeouts: Timeouts | None = None
) -> Iterator[SafeChange]:
    """safe_change() for who hears of signals through ``stop``: from its beginning until all is kept, or rolled back."""
    names = list(dict.fromkeys(hosts))
    refuse_unknown(names, nornir.inventory.hosts)
    if getattr(nornir.runner, "elsewhere", False):
        raise UsageError("safe_change() reaches devices from here alone: use a Nornir with another runner than dask")
    if not names:
        raise NothingMatched("no device was named")
    platforms: dict[str, Platform] = run_on_all(nornir, _platform, {name: {} for name in names})
    folder = RunFolder.make(runs, "safe-change", Secrets(()))
    try:
        for name in names:
            host = nornir.inventory.hosts[name]
            login = dataclasses.replace(login_of(host), tag=folder.tag, tell=folder.tell)
            if CONNECTION in host.connections:
                host.close_connection(CONNECTION)
            log_in_by(host, login)
        context = _Run(nornir, platforms, folder, stop, Quiet(), timeouts or Timeouts(revert_in_minutes=minutes))
        with locked(context, runs, names):
            places = endpoints_of(context, names)
            folder.note("locked", hosts=names, at=places)
            refuse_unfinished(runs, places, besides=folder.id)
            before = run_on_all(nornir, gather.gather, {name: {"platform": platforms[name]} for name in names})
            for error in one_device({name: (platforms[name].os, seen.outputs) for name, seen in before.items()}).values():
                raise error
            change = SafeChange(context, minutes, before)
            yield from _held(change)
    finally:
        folder.close()


def _held(change: SafeChange) -> Iterator[SafeChange]:
    folder = change.context.folder
    try:
        yield change
        change.keep()
        if change.changes:
            folder.note("done", tunnel=NAME)
    except BaseException as error:
        with undisturbed(change.context.stop, change.context.progress):
            whole = _rolled_back(change)
        if whole:
            raise
        words = "; ".join(f"{host}: {found}" for host, found in change.undone.items() if not found.complete)
        raise NrRunError(f"{error}; {words}; see {folder.path}") from error
    folder.note_if_possible("finished", outcome="ok")
    unmark(folder.path)


def _rolled_back(change: SafeChange) -> bool:
    """Roll back, and say in the journal what came of it; True if each device is what it was."""
    folder, whole = change.context.folder, change.roll_back()
    outcome = "rolled-back" if whole else "rollback-incomplete"
    folder.note_if_possible(outcome, **({"tunnel": NAME} if change.changes else {}))
    folder.note_if_possible("finished", outcome=outcome)
    if whole:
        unmark(folder.path)
    return whole


def _platform(task: Task) -> Result:
    from nornir.core.task import Result

    return Result(host=task.host, result=platform_of(task))
