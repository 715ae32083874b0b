"""Finish an interrupted run, by what its journal says was done and what the devices run now.

journal says                 devices are                       done
--------------------------   -------------------------------   -----------------------------------------
nothing was sent             as before                         cancelled
commit decided               as changed, both                  verified again (*), cancelled, saved
anything else                before, changed or in between     rolled back on both ends, read back
                             as changed, saved by somebody     left as it is, and a person is told (rollback/made_since.py)

(*) What only somebody outside can bring up, such as a client's session, was verified before the decision: it is not waited for.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from pathlib import Path
from typing import Any

from msgspec.structs import replace

from ...changes.configurations.configuration import Configuration
from ...inventory.errors import DriftError, Exit, NrRunError
from ...tasks.answers import running, startup
from ...tasks.arming import pending
from ..locking.lock_records import advice
from ..run.authentic import journal_of
from ..run.journal_lines import hosts_named, is_damaged, places_in
from ..run.journal_states import ENDED, begun, is_unfinished, open_tunnels
from ..run.old_files import rollback_file
from ..run.open_runs import open_runs
from ..run.run_names import run_names
from ..run.saved_plan import FILE, SavedPlan
from .change_state import ChangeState
from .context import Context
from .failover_test.failover import paths_of
from .failover_test.failover_record import FailoverTest
from .nornir_run import run_on, run_on_all
from .outcome import Result, TunnelOutcome, refused
from .rollback.automatic_rollback import defect_of, roll_back
from .rollback.cancel_page import PAGE
from .rollback.made_since import is_changed
from .rollback.rollback_timers import arming_of, marks_in
from .transaction import finish, prove, success
from .verifying.gates import postcheck_of


def refuse_unfinished(runs: Path, hosts: Mapping[str, str], besides: str) -> None:
    """Raise DriftError when an earlier run did not finish on one of these devices: nobody knows what it left there.

    ``hosts``: name to where it is reached; the earlier run may have called the device by another name.
    """
    for folder in open_runs(runs, is_unfinished):
        if folder.name != besides:
            places = _places(folder)
            touched = {host for names in open_tunnels(folder).values() for host in names}
            held = {host for host in touched if host in hosts or places.get(host) in hosts.values()}
            if held:
                raise DriftError(f"run {folder.name} is unfinished on {', '.join(sorted(held))}: {advice(runs, folder.name)}")


def _places(folder: Path) -> dict[str, str]:
    """Where the devices of a run are reached, as its journal has it."""
    return {host: place for line in journal_of(folder) for host, place in places_in(line).items()}


def refuse_overtaken(runs: Path, folder: Path, hosts: Iterable[str]) -> None:
    """Raise DriftError when a later run has changed one of these devices: what this run left is not what is there now."""
    wanted = set(hosts)
    for later in (name for name in run_names(runs) if name > folder.name):
        lines = journal_of(runs / later)
        named = hosts_named(lines) if is_damaged(lines) else {line.get("host") for line in lines if line["state"] == "applying"}
        touched = named & wanted
        if touched:
            names = ", ".join(sorted(str(host) for host in touched))
            raise DriftError(
                f"run {later} has changed {names} since; look at the device, and close this run with "
                f"nr-run resume {folder.name} --close"
            )


def unfinished(journal: Sequence[Mapping[str, Any]], records: Mapping[str, SavedPlan]) -> list[str]:
    """Tunnels that were begun and did not end, in the order in which they were begun."""
    states = {name: begun(journal, name) for name in records}
    return [name for name in records if "recorded" in states[name] and not states[name] & ENDED]


def without_record(context: Context, records: Mapping[str, SavedPlan]) -> list[TunnelOutcome]:
    """Outcomes of tunnels that were begun and did not end, and of which no record was read: they are not passed over in silence.

    Either somebody has taken the record away, or the run wrote it while this resume was beginning.
    """
    path, made = context.folder.path, []
    for name, hosts in open_tunnels(path).items():
        if name in records:
            continue
        if (path / name / FILE).exists():
            by_hand = [f"the run has come to {name} since this resume began: nr-run resume {path.name} again"]
        else:
            pages = {host: path / name / host for host in sorted(hosts)}
            by_hand = [f"on {host}, paste {rollback_file(page)}, and follow {PAGE} beside it" for host, page in pages.items()]
            by_hand += [f"when the devices are in order, nr-run resume {path.name} --close lets other runs go on"]
        context.folder.note("rollback-incomplete", tunnel=name, by_hand=by_hand)
        sentence = f"{path / name / FILE} was not read, so nothing was sent to its devices: manual steps below"
        code = Exit.ROLLBACK_INCOMPLETE
        made.append(TunnelOutcome(name, Result.ROLLBACK_INCOMPLETE, code, True, sentence, by_hand=tuple(by_hand)))
    return made


def not_recorded(path: Path, journal: Sequence[Mapping[str, Any]], records: Mapping[str, SavedPlan]) -> list[TunnelOutcome]:
    """Outcomes of tunnels that a run has changed and kept, and of which no record is there: nothing can undo them."""
    done = dict.fromkeys(str(line["tunnel"]) for line in journal if line["state"] == "done" and "tunnel" in line)
    return [
        refused(name, NrRunError(f"{path / name / FILE} is gone, so it was not undone: paste rollback.cfg of each device there"))
        for name in done
        if name not in records
    ]


def resume(
    context: Context, names: Sequence[str], records: Mapping[str, SavedPlan], journal: Sequence[Mapping[str, Any]]
) -> list[TunnelOutcome]:
    """Finish each unfinished tunnel, verified or rolled back; one outcome per tunnel. The devices are locked by the caller."""
    context.folder.note("resuming", tunnels=list(names))
    outcomes = ((finish_begun(context, records[name], journal), records[name].plan) for name in names)
    done = [replace(outcome, confirmations=plan.confirmations) for outcome, plan in outcomes]
    return [*done, *without_record(context, records)]


def finish_begun(
    context: Context, record: SavedPlan, journal: Sequence[Mapping[str, Any]], *, because: NrRunError | None = None
) -> TunnelOutcome:
    """Finish one tunnel; ``because`` is why who had begun it has ended, where that is known. Returns as roll_back() does."""
    plan = record.plan
    change_state, away = _situation(context, record, journal)
    if away:
        return roll_back(context, plan, change_state, next(iter(away.values())))
    if "commit-decided" not in begun(journal, plan.name):
        ended = because or NrRunError(f"the run ended before {plan.everywhere} {plan.were} verified")
        return roll_back(context, plan, change_state, ended)
    try:
        _refuse_half(context, change_state)
        prove(context, plan, change_state)
        finish(context, plan, change_state)
    except NrRunError as error:
        return roll_back(context, plan, change_state, error)
    except Exception as error:  # noqa: BLE001 - as in change_members
        return roll_back(context, plan, change_state, defect_of(context, plan, error))
    return success(plan, change_state)


def _situation(
    context: Context, record: SavedPlan, journal: Sequence[Mapping[str, Any]]
) -> tuple[ChangeState, dict[str, NrRunError]]:
    """What the devices are now: armed by this run, changed, saved; and errors of those that cannot be reached.

    Of a device that cannot be reached only the journal is known: it counts as armed and touched, and as saved if that was begun.
    """
    changing = [end for end in record.plan.members if end.change]
    of_tunnel = [line for line in journal if line.get("tunnel") == record.plan.name]
    begun_on = {line.get("host") for line in of_tunnel if line["state"] == "applying"}
    change_state = ChangeState(
        postcheck=postcheck_of(record.plan, decided="commit-decided" in begun(journal, record.plan.name)),
        touched=changing,
        unsent=frozenset(end.host for end in changing if end.host not in begun_on),
        marks=marks_in(journal, record.plan.name),
        resumed=True,
        test=FailoverTest(paths_of(context, record.plan.deployment)) if record.plan.trial else None,
    )
    timed = [end for end in changing if end.method]
    armed, away = (
        run_on(context.nornir, pending, {end.host: arming_of(context, end, change_state) for end in timed}, at_all_costs=True)
        if timed
        else ({}, {})
    )
    here = [end for end in changing if end.host not in away]
    asked: dict[str, dict[str, Any]] = {end.host: {} for end in here}
    starting, lost = run_on(context.nornir, startup, asked, at_all_costs=True) if here else ({}, {})
    away, here = {**away, **lost}, [end for end in here if end.host not in lost]
    change_state.armed = [end for end in timed if armed.get(end.host, True)]
    # A key that was saved is not seen in a startup configuration that masks it, nor is that of a device that is away; the
    # journal has it.
    change_state.saving = {str(line.get("host")) for line in of_tunnel if line["state"] == "saving"}
    saved = {end.host for end in here if not starting[end.host].same(end.snapshot.startup)}
    change_state.saved = [end for end in changing if end.host in change_state.saving | saved]
    return change_state, away


def _refuse_half(context: Context, change_state: ChangeState) -> None:
    """Raise NrRunError unless every end runs the change, whole; what somebody else did meanwhile is not asked here."""
    texts: dict[str, Configuration] = run_on_all(context.nornir, running, {end.host: {} for end in change_state.touched})
    reverted = [end.host for end in change_state.touched if not is_changed(end, texts[end.host])]
    if reverted:
        raise NrRunError(f"{', '.join(reverted)} no longer runs the change")
