"""What a process has begun that is lost: finished from here by what the journal says and what the devices run, as a resume does.

journal says of the deployment    done
------------------------------    ------------------------------------------------------------
not recorded                      applied anew from here: nothing was sent but what only reads
done                              looked at again, since what it was verified by is lost
rolled back                       told as that: it was compared before it was noted
anything else                     as `nr-run resume` (engine/resume.py)

The process that is lost types nothing more when this begins, and nothing more of it is written.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import TYPE_CHECKING, Any

from msgspec.structs import replace

from ...inventory.errors import Exit, Locked, NrRunError
from ..engine.context import Context
from ..engine.outcome import Result, TunnelOutcome
from ..engine.resume import finish_begun
from ..run.authentic import journal_of
from ..run.journal_states import begun
from ..run.saved_plan import FILE, read_record

if TYPE_CHECKING:
    from ..engine.plans.planning import DeploymentPlan
    from ..engine.runbook import Planner


def finish(context: Context, approved: DeploymentPlan, planner: Planner, lost: NrRunError) -> TunnelOutcome:
    """The outcome of a deployment that was applied by a process that is lost; ``lost`` is the sentence that names it."""
    from ..engine.runbook import apply_approved, as_done

    name = approved.name
    try:
        journal = journal_of(context.folder.path)
        states = begun(journal, name)
        if "recorded" not in states:
            context.progress.say(f"{lost}; nothing was sent, and it is applied from here")
            return apply_approved(context, approved, planner, (approved,), stale=True)
        if "rolled-back" in states:
            return _rolled_back(name, journal, lost)
        record = read_record(context.folder.path / name / FILE)
        if "done" in states:
            plan = replace(record.plan, members=as_done(record.plan), confirmations=approved.confirmations)
            return _done(lost, apply_approved(context, plan, planner, (), stale=True))
        context.folder.note("resuming", tunnels=[name])
        return finish_begun(context, record, journal, because=lost)
    except Locked:
        raise
    except NrRunError as error:
        return _by_hand(context, name, lost, error)


def _done(lost: NrRunError, seen: TunnelOutcome) -> TunnelOutcome:
    """It was changed, verified and saved, and this is what was seen of it afterwards."""
    sentence = f"{seen.sentence}; it was verified and saved before: {lost}"
    gone = seen.result is Result.UNCHANGED  # what was removed is not there
    return replace(seen, result=Result.VERIFIED if gone else seen.result, changed=True, sentence=sentence)


def _rolled_back(name: str, journal: Sequence[Mapping[str, Any]], lost: NrRunError) -> TunnelOutcome:
    touched = any(line["state"] == "applying" and line.get("tunnel") == name for line in journal)
    if not touched:
        return TunnelOutcome(name, Result.REFUSED, lost.exit_code, False, f"{lost}; nothing was touched")
    sentence = f"{lost}; it had rolled the change back, and seen that the devices were as before"
    return TunnelOutcome(name, Result.ROLLED_BACK, Exit.ROLLED_BACK, False, sentence)


def _by_hand(context: Context, name: str, lost: NrRunError, error: NrRunError) -> TunnelOutcome:
    """What was begun is not known here: nobody goes on, and no later run touches these devices before a person has looked."""
    todo = (
        f"{error}: look at the devices of {name}, undo by hand with rollback.cfg where needed, and say "
        f"nr-run resume {context.folder.id} --close",
    )
    sentence = f"{lost}; what it had begun cannot be finished from here: manual steps below"
    return TunnelOutcome(name, Result.ROLLBACK_INCOMPLETE, Exit.ROLLBACK_INCOMPLETE, True, sentence, by_hand=todo)
