"""Fix one cause that an audit found, with lock, journal and rollback timer; a second audit decides whether the change is kept.

The lines go to one object, the phones' group policy or tunnel group, and its other lines are not touched. The inverse is exact: a
value that was inherited is inherited again, not set to `none`.
"""

from __future__ import annotations

from pathlib import Path

from msgspec import Struct

from ...changes.configurations.configuration import Configuration
from ...changes.plans.change import Change
from ...changes.plans.settings import plan_settings
from ...checks.phones.audit import Audit, audit
from ...checks.phones.case import AuditAsked
from ...checks.phones.finding import PhoneFinding
from ...checks.phones.shown import HeadEnd
from ...inventory.errors import ChangeError, DriftError, Exit, NothingMatched, NrRunError
from ...inventory.files.did_you_mean import hint
from ...tasks.device import Stop
from ...tasks.gather import Snapshot, gather
from ..engine.context import Progress
from ..engine.doctor import Ready
from ..engine.nornir_run import run_on_one
from ..engine.signals import heard
from ..safe_change import SafeChange, stoppable_change
from .audit import Audited, audit_all, read
from .ready import refuse_not_ready

#: Minutes after which the device rolls itself back unless this run comes back.
MINUTES = 15


class NotFixed(NrRunError):
    """The change was rolled back: the second audit still found the cause, or a new one."""

    exit_code = Exit.ROLLED_BACK


class Stranded(NrRunError):
    """The change could not be rolled back."""

    exit_code = Exit.ROLLBACK_INCOMPLETE


class FixPlan(Struct, frozen=True):
    """The planned lines for one device, and the lines that undo them."""

    host: str
    finding: PhoneFinding
    change: Change
    before: Audit


class Fixed(Struct, frozen=True):
    """The result: the audit before and, if the fix was applied, the one after; ``folder`` is the run folder."""

    plan: FixPlan
    code: Exit
    after: Audit | None = None
    folder: Path | None = None

    @property
    def run(self) -> str:
        """The id of the run, by which it is undone."""
        return self.folder.name if self.folder else ""


def plan_fix(ready: Ready, cause: str, asked: AuditAsked, progress: Progress) -> FixPlan:
    """Plan the fix of one cause. Raises NothingMatched if the audit did not find it, DriftError if only a person can fix it."""
    if len(ready.hosts) != 1:
        raise NothingMatched(f"--fix fixes one cause on one device: name it ({', '.join(ready.hosts)})")
    (host,) = ready.hosts
    made = audit_all(ready, ready.hosts, asked, progress)
    finding = _finding(made, host, cause)
    if not finding.remedy.is_ours:
        lines = f"; manual steps: {' / '.join(line.strip() for line in finding.remedy.lines)}" if finding.remedy.is_ready else ""
        whom = f", which concerns {finding.remedy.wide}" if lines and finding.remedy.wide else ""
        raise DriftError(f"{host}: {cause} is for a person to fix: {finding.remedy.sentence}{whom}{lines}")
    progress.phase(host, "plan")
    snapshot: Snapshot = run_on_one(ready.nornir, gather, host, platform=ready.platforms[host])
    change = _change(finding, snapshot.running)
    refuse_not_ready(ready.platforms[host], snapshot, change)
    return FixPlan(host, finding, change, made.audits[0])


def _finding(made: Audited, host: str, cause: str) -> PhoneFinding:
    if made.unreached:
        raise NrRunError(made.unreached[host])
    found = {finding.id: finding for finding in made.audits[0].findings}
    if cause not in found:
        raise NothingMatched(f"{host}: {cause!r} was not found{hint(cause, found)}; found: {', '.join(found) or 'nothing'}")
    return found[cause]


def _change(finding: PhoneFinding, running: Configuration) -> Change:
    change = plan_settings(running.host, running.os, finding.remedy.lines, running.text)
    if not change:
        raise ChangeError(f"{running.host}: the lines that fix {finding.id} are there already")
    return change


def apply_with_rollback(ready: Ready, plan: FixPlan, asked: AuditAsked, runs: Path, progress: Progress) -> Fixed:
    """Apply the fix and audit again. Keep it if the cause is gone and no new one is found, else roll back.

    Raises NotFixed if it was rolled back, Stranded if the rollback failed.
    """
    held: SafeChange | None = None
    try:
        with (
            heard(Stop(), progress) as stop,
            stoppable_change(stop, ready.nornir, [plan.host], runs=runs, minutes=MINUTES) as held,
        ):
            progress.phase(plan.host, "push")
            refuse_not_ready(ready.platforms[plan.host], held.before[plan.host], plan.change)
            _push(held, plan)
            progress.phase(plan.host, "audit again")
            after = _audited(ready, plan.host, asked)
            stop.check()
            _refuse_not_fixed(plan, after)
            progress.phase(plan.host, "keep")
    except NrRunError as error:
        raise what_became(held, error) from error
    return Fixed(plan, Exit.OK, after, held.folder)


def _push(held: SafeChange, plan: FixPlan) -> None:
    """Apply the plan that was shown. Raises DriftError if the device would need another one by now."""
    change = _change(plan.finding, held.before[plan.host].running)
    if (change.forward_text, change.inverse_text) != (plan.change.forward_text, plan.change.inverse_text):
        raise DriftError(f"{plan.host} has changed since the plan was shown, and the plan would now be another one")
    held.apply_with_rollback({plan.host: change}, {plan.host: "\n".join(plan.finding.remedy.lines) + "\n"})


def _audited(ready: Ready, host: str, asked: AuditAsked) -> Audit:
    shown, errors = read(ready, [host], asked, again=True)
    if host in errors:
        raise errors[host]
    device: HeadEnd = shown[host]
    return audit(device, asked)


def _refuse_not_fixed(plan: FixPlan, after: Audit) -> None:
    known = {finding.id for finding in plan.before.findings}
    new = [finding.id for finding in after.causes if finding.id not in known]
    left = [finding for finding in after.findings if finding.id == plan.finding.id]
    unread = [words for words in after.unread if words not in plan.before.unread]
    if left:
        raise NotFixed(f"{plan.host}: {plan.finding.id} is still there: {left[0].sentence}")
    if new:
        raise NotFixed(f"{plan.host}: {', '.join(new)} came with it")
    if unread:
        raise NotFixed(f"{plan.host}: whether it has fixed {plan.finding.id} is not known: {unread[0]}")


def what_became(held: SafeChange | None, error: NrRunError) -> NrRunError:
    """The error to raise, with the state that the device is in now."""
    if held is None or not held.changes:
        return error
    if held.undone and held.is_rolled_back:
        return NotFixed(f"{error}; it was rolled back, and the device is as it was before; see {held.folder}")
    return Stranded(f"{error}; see {held.folder}")
