"""One change on all members: armed, pushed, verified, disarmed and saved together, or rolled back together.

Every step is in the journal before it is taken. The deployment says in which order its
members go; between two stages a gate has to hold. What is rolled back is computed from what a device has at that moment.
"""

from __future__ import annotations

from collections.abc import Callable, Sequence

from msgspec.structs import replace

from ...changes.configurations.configuration import Configuration
from ...changes.plans.change import Change
from ...checks.finding import Finding, proved
from ...checks.read_back import read_back
from ...inventory.errors import DeviceRefused, Exit, NrRunError
from ...tasks.answers import running, running_again
from ...tasks.arming import reconnect_and_observe
from ...tasks.gather import Snapshot, now
from ...tasks.push import push
from ...tasks.save import Saved, save
from .change_state import ChangeState, NotVerified, rows
from .context import Context
from .device_files import place_files, take_left
from .nornir_run import run_on, run_on_all, run_on_one
from .outcome import Result, TunnelOutcome
from .plans.planning import DeploymentPlan, Hold, MemberPlan, Push
from .rollback.automatic_rollback import defect_of, roll_back
from .rollback.rollback_timers import arm_ends, disarm_ends, ensure_time_left
from .verifying.attended import send_away
from .verifying.gates import hold, negotiate_anew, still
from .verifying.large_pings import small_only
from .verifying.postchecks import PostCheck, cause_of, good
from .verifying.reach import WHOLE

Work = Callable[[Context, DeploymentPlan, ChangeState], None]


def change_members(context: Context, plan: DeploymentPlan, postcheck: PostCheck) -> TunnelOutcome:
    """Apply the change on all members; roll all back on any failure. Always returns an outcome."""
    return apply_with_rollback(context, plan, ChangeState(postcheck), _change)


def _change(context: Context, plan: DeploymentPlan, change_state: ChangeState) -> None:
    """The work of a change that is kept."""
    arm_ends(context, plan, change_state)
    walk_stages(context, plan, change_state)
    prove(context, plan, change_state)
    finish(context, plan, change_state)


def apply_with_rollback(context: Context, plan: DeploymentPlan, change_state: ChangeState, work: Work) -> TunnelOutcome:
    """Do ``work``; roll all members back on any failure. Always returns an outcome."""
    try:
        work(context, plan, change_state)
    except NrRunError as error:
        return roll_back(context, plan, change_state, error)
    except Exception as error:  # noqa: BLE001 - a defect of ours must not leave a device half-changed, nor a person without a word
        return roll_back(context, plan, change_state, defect_of(context, plan, error))
    except BaseException as error:
        # The process is to end: that is raised again when the devices are as they were.
        roll_back(context, plan, change_state, NrRunError(type(error).__name__))
        raise
    return success(plan, change_state)


def success(plan: DeploymentPlan, change_state: ChangeState) -> TunnelOutcome:
    """The outcome of a change that succeeded."""
    left = change_state.proof.untested if change_state.proof else ()
    reach = change_state.proof.reach if change_state.proof else WHOLE
    made = TunnelOutcome(
        plan.name,
        Result.VERIFIED if reach.traffic else Result.SAS_UP,
        Exit.OK,
        True,
        change_state.postcheck.sentence(plan.everywhere, reach) + untested_words(left),
        rows(plan, change_state, saved=True),
        change_state.all_findings,
        untested=left,
        stays=tuple(f"{end.host}: {sentence}" for end in plan.members for sentence in end.change.stays),
        reach=reach.sentence,
    )
    return with_full_size(made)


def with_full_size(outcome: TunnelOutcome) -> TunnelOutcome:
    """The same, or degraded where small packets pass and those of full size are lost: no run ends in plain "verified" then."""
    lost = small_only(outcome.findings)
    if lost is None:
        return outcome
    sentence = f"{outcome.sentence}, but for small packets alone: {lost.subject}: {lost.sentence}"
    return replace(outcome, result=Result.DEGRADED, exit_code=Exit.VERIFY_FAILED, sentence=sentence, cause=lost.cause)


def untested_words(left: Sequence[str]) -> str:
    """The end of a sentence on a proof that leaves something open."""
    return f"; {len(left)} of its selectors could not be tested" if left else ""


def walk_stages(context: Context, plan: DeploymentPlan, change_state: ChangeState) -> None:
    """Push the stages and check the gates, in the order shown. Raises NotVerified for lines not taken or a failed gate."""
    place_files(context, plan)
    if plan.removal:
        send_away(context, plan, [end for end in plan.members if end.change])
    for item in plan.walk:
        context.stop.check()
        if isinstance(item, Hold):
            hold(context, plan, item, change_state)
        else:
            _push(context, plan, item, change_state)
    # Gates that no stage follows are asked with all others, in the proof.
    order = plan.order
    for place, number in enumerate(order) if plan.back else ((len(order) - 1, order[-1]),):
        negotiate_anew(context, plan, place, plan.deployment.stages[number])


def _push(context: Context, plan: DeploymentPlan, item: Push, change_state: ChangeState) -> None:
    end, staged = item.member, {"stage": item.title} if item.member.change.stages else {}
    of_stage = f" of {item.title}" if staged else ""
    context.progress.phase(end.host, f"push {sum(len(step.lines) for step in item.change.forward)} lines{of_stage}")
    context.folder.note("applying", tunnel=plan.name, host=end.host, **staged)
    if end not in change_state.touched:
        change_state.touched.append(end)
    arguments = {"change": item.change, "stop": context.stop, "note": context.folder.note}
    after: Configuration = run_on_one(context.nornir, push, end.host, **arguments)
    findings = _read_back(context, end, after, end.change.up_to(item.stage))
    context.folder.write(f"{plan.name}/{end.host}/running-after.cfg", after.text + "\n")
    change_state.findings += findings
    if not proved(findings):
        raise NotVerified(findings, cause_of(findings))
    context.folder.note("applied", tunnel=plan.name, host=end.host, **staged)


def _read_back(context: Context, end: MemberPlan, after: Configuration, change: Change) -> tuple[Finding, ...]:
    """Findings on what the device runs after ``change``; what speaks against it is judged on two readings that agree.

    Raises NotKnown.
    """
    findings = read_back(change, end.snapshot.running, after, now())
    if proved(findings) and after.counted is not False:
        return findings
    context.progress.phase(end.host, "read it again over a fresh login")
    earlier, serial = end.snapshot.running, end.snapshot.serial
    again: Configuration = run_on_one(context.nornir, running_again, end.host, first=after, earlier=earlier, serial=serial)
    return read_back(change, earlier, again, now())


def prove(context: Context, plan: DeploymentPlan, change_state: ChangeState) -> None:
    """Prove the postcheck. Raises NotVerified."""
    change_state.proof = change_state.postcheck.prove(context, plan)
    if not change_state.proof.good:
        raise NotVerified(change_state.proof.findings, change_state.proof.cause)


def finish(context: Context, plan: DeploymentPlan, change_state: ChangeState) -> None:
    """Commit: check the time left, note the decision, cancel all rollback timers, check again, save."""
    folder = context.folder
    ensure_time_left(context, plan, change_state)
    folder.note("commit-decided", tunnel=plan.name)
    _disarm(context, plan, change_state)
    changed = [end for end in plan.pushing if end.change]
    if changed:
        for snapshot in _save(context, plan, changed, change_state):
            context.readings.keep(snapshot)
    take_left(context, plan)
    folder.note("done", tunnel=plan.name)


def _disarm(context: Context, plan: DeploymentPlan, change_state: ChangeState) -> None:
    """Cancel our timers, and judge what the devices show then: the tunnel and the configuration. Raises NotVerified."""
    unarmed = [end for end in plan.members if end not in change_state.armed]
    seen = disarm_ends(context, plan, change_state) if change_state.armed else {}
    # Where nothing was armed, a new login is asked for all the same, and the device is looked at.
    seen |= run_on_all(context.nornir, reconnect_and_observe, {end.host: {} for end in unarmed}) if unarmed else {}
    again = [
        item for end in change_state.touched if end.host in seen for item in _kept(context, end, seen[end.host][1], change_state)
    ]
    again += still(context, plan, change_state, {host: observation for host, (observation, _) in seen.items()})
    change_state.findings += again
    if not good(tuple(again)):
        raise NotVerified(again, cause_of(tuple(again)))


def _kept(context: Context, end: MemberPlan, shown: Configuration | None, change_state: ChangeState) -> tuple[Finding, ...]:
    """Findings on a configuration before or after it is saved: it has the change and nothing else that is new.

    ``shown`` is None where the device did not show it whole: then it is asked again. Raises NotKnown.
    """
    found: Configuration = shown or run_on_one(context.nornir, running, end.host)
    findings = _read_back(context, end, found, end.change)
    return tuple(finding for finding in findings if finding.check == "read-back" or not change_state.resumed)


def _save(context: Context, plan: DeploymentPlan, ends: Sequence[MemberPlan], change_state: ChangeState) -> list[Snapshot]:
    """Save these devices at the same time; verify on each that startup equals running configuration.

    Returns what else was read of them. Raises the first error after all were checked, so that a rollback knows which were saved.
    """
    for end in ends:
        context.progress.phase(end.host, "save")
        context.folder.note("saving", tunnel=plan.name, host=end.host)
        change_state.saved.append(end)
        change_state.saving.add(end.host)
    # What a later deployment of the run is planned on is read along with what shows that the saving went well.
    arguments = {end.host: {"platform": end.platform} if end.host in context.readings.shared else {} for end in ends}
    saved, errors = run_on(context.nornir, save, arguments, at_all_costs=True)
    for end in ends:
        if end.host not in errors:
            try:
                _see_saved(context, plan, end, saved[end.host], change_state)
            except NrRunError as error:
                errors[end.host] = error
    if errors:
        raise next(errors[end.host] for end in ends if end.host in errors)
    return [snapshot for value in saved.values() if (snapshot := value.snapshot) is not None]


def _see_saved(context: Context, plan: DeploymentPlan, end: MemberPlan, saved: Saved, change_state: ChangeState) -> None:
    if not saved.equal:
        raise DeviceRefused(f"{end.host}: the startup configuration is not the running one after saving")
    findings = _kept(context, end, saved.running, change_state)
    if not good(findings):
        change_state.findings += findings
        raise NotVerified(findings, cause_of(findings))
    context.folder.note("saved", tunnel=plan.name, host=end.host)
