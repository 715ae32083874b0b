"""Both ends as one change: armed, pushed, proved, disarmed and saved together, or taken back together.

Every step is in the journal before it is taken. The far end goes first: should the near end then be refused, the box that
is harder to reach is the one that was just reachable. What is taken back is computed from what the box has at that moment.
"""

from __future__ import annotations

from collections.abc import Sequence

from ...changes.configuration import Configuration
from ...checks.finding import Finding, proved
from ...checks.read_back import read_back
from ...inventory.errors import DeviceRefused, Exit, NrRunError
from ...services.l2l.proof import untested
from ...tasks.answers import running, running_again
from ...tasks.arming import look_anew
from ...tasks.gather import now
from ...tasks.push import push
from ...tasks.save import Saved, save
from .automatic_rollback import defect_of, take_back
from .change_state import NotProved, Progressing, rows
from .context import Context
from .nornir_run import run_on_all, run_on_one
from .outcome import Result, TunnelOutcome
from .planning import EndPlan, TunnelPlan
from .postchecks import BUILD, Goal, cause_of, good
from .rollback_timers import arm_ends, disarm_ends, ensure_time


def change_tunnel(context: Context, plan: TunnelPlan, goal: Goal = BUILD) -> TunnelOutcome:
    """Carry the change out on both ends; on anything else than success, take both back. Never leaves without an outcome."""
    so_far = Progressing(goal)
    try:
        arm_ends(context, plan, so_far)
        _apply(context, plan, so_far)
        prove(context, plan, so_far)
        finish(context, plan, so_far)
    except NrRunError as error:
        return take_back(context, plan, so_far, error)
    except Exception as error:  # noqa: BLE001 - a defect of ours must not leave a box half-changed, nor a person without a word
        return take_back(context, plan, so_far, defect_of(context, plan, error))
    except BaseException as error:
        # The process is to end: that is raised again when the boxes are as they were.
        take_back(context, plan, so_far, NrRunError(type(error).__name__))
        raise
    return success(plan, so_far)


def success(plan: TunnelPlan, so_far: Progressing) -> TunnelOutcome:
    """The outcome when everything is done."""
    left = untested(so_far.proof.ends) if so_far.proof and not plan.removal else ()
    return TunnelOutcome(
        plan.tunnel.name,
        Result.PROVED,
        Exit.OK,
        True,
        so_far.goal.sentence + untested_words(left),
        rows(plan, so_far, saved=True),
        so_far.all_findings,
        untested=left,
        stays=tuple(f"{end.host}: {sentence}" for end in plan.ends for sentence in end.change.stays),
    )


def untested_words(left: Sequence[str]) -> str:
    """The end of a sentence on a proof that leaves something open."""
    return f"; {len(left)} of its selectors could not be tested" if left else ""


def _apply(context: Context, plan: TunnelPlan, so_far: Progressing) -> None:
    for end in reversed(plan.ends):
        if not end.change:
            continue
        context.stop.check()
        context.progress.phase(end.host, f"push {sum(len(step.lines) for step in end.change.forward)} lines")
        context.folder.note("applying", tunnel=plan.tunnel.name, host=end.host)
        so_far.touched.append(end)
        arguments = {"change": end.change, "stop": context.stop, "note": context.folder.note}
        after: Configuration = run_on_one(context.nornir, push, end.host, **arguments)
        findings = _read_back(context, end, after)
        context.folder.write(f"{plan.tunnel.name}/{end.host}/running-after.cfg", after.text + "\n")
        so_far.findings += findings
        if not proved(findings):
            raise NotProved(findings, cause_of(findings))
        context.folder.note("applied", tunnel=plan.tunnel.name, host=end.host)


def _read_back(context: Context, end: EndPlan, after: Configuration) -> tuple[Finding, ...]:
    """Findings on what the box runs; what speaks against it is judged on two readings that agree. Raises NotKnown."""
    findings = read_back(end.change, end.snapshot.running, after, now())
    if proved(findings) and not after.is_doubtful_beside(end.snapshot.running):
        return findings
    context.progress.phase(end.host, "read it again over a fresh login")
    again: Configuration = run_on_one(context.nornir, running_again, end.host, first=after)
    return read_back(end.change, end.snapshot.running, again.behind(end.snapshot.running), now())


def prove(context: Context, plan: TunnelPlan, so_far: Progressing) -> None:
    """Prove the goal. Raises NotProved."""
    so_far.proof = so_far.goal.prove(context, plan)
    if not so_far.proof.good:
        raise NotProved(so_far.proof.findings, so_far.proof.cause)


def finish(context: Context, plan: TunnelPlan, so_far: Progressing) -> None:
    """See that there is time, decide, call the dead-man off on both ends at once, look again, save both ends last."""
    folder = context.folder
    ensure_time(context, plan, so_far)
    folder.note("commit-decided", tunnel=plan.tunnel.name)
    _disarm(context, plan, so_far)
    for end in reversed(plan.ends):
        if end.change:
            _save(context, plan, end, so_far)
    folder.note("done", tunnel=plan.tunnel.name)


def _disarm(context: Context, plan: TunnelPlan, so_far: Progressing) -> None:
    """Call off what is ours, and judge what the boxes show at that moment: the tunnel, and the configuration to be saved."""
    unarmed = [end for end in plan.ends if end not in so_far.armed]
    seen = disarm_ends(context, plan, so_far) if so_far.armed else {}
    # Where nothing was armed, a new login is asked for all the same, and the box is looked at.
    seen |= run_on_all(context.nornir, look_anew, {end.host: {} for end in unarmed}) if unarmed else {}
    again = [item for end in so_far.touched if end.host in seen for item in _kept(context, end, seen[end.host][1], so_far)]
    if len(seen) == len(plan.ends):
        again += so_far.goal.still(plan, {host: observation for host, (observation, _) in seen.items()})
    so_far.findings += again
    if not good(tuple(again)):
        raise NotProved(again, cause_of(tuple(again)))


def _kept(context: Context, end: EndPlan, shown: Configuration | None, so_far: Progressing) -> tuple[Finding, ...]:
    """Findings on the configuration that is about to be saved, or was: the change is in it, and nothing else is new.

    ``shown`` is None where the box did not show it whole: then it is asked again. Raises NotKnown.
    """
    found: Configuration = shown or run_on_one(context.nornir, running, end.host)
    findings = _read_back(context, end, found)
    return tuple(finding for finding in findings if finding.check == "read-back" or not so_far.resumed)


def _save(context: Context, plan: TunnelPlan, end: EndPlan, so_far: Progressing) -> None:
    context.progress.phase(end.host, "save")
    context.folder.note("saving", tunnel=plan.tunnel.name, host=end.host)
    so_far.saved.append(end)
    saved: Saved = run_on_one(context.nornir, save, end.host)
    if not saved.equal:
        raise DeviceRefused(f"{end.host}: the startup configuration is not the running one after saving")
    findings = _kept(context, end, saved.running, so_far)
    if not good(findings):
        so_far.findings += findings
        raise NotProved(findings, cause_of(findings))
    context.folder.note("saved", tunnel=plan.tunnel.name, host=end.host)
