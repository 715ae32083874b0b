"""nr-run resume, rollback and show: what to do with a run that is over, or should be."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

import click

from ...inventory.errors import Exit, NothingMatched
from ..run.kept_runs import find_run, runs_folder
from .completion import names_of_runs
from .console import (
    ACCEPT_UNSAVED,
    CONFIRM,
    DEBUG,
    JSON,
    NO_LIMIT,
    OTHER_NAMES,
    PLAN_AND_YES,
    RUNS,
    SCHEDULER,
    TIMEOUTS,
    CommandConsole,
    ended,
    print_json,
    timeouts_of,
    with_options,
)

if TYPE_CHECKING:
    from pathlib import Path

    from ...services.service import Deployment
    from ..engine.context import Context
    from ..engine.plans.planning import DeploymentPlan, Known
    from ..engine.stored_run import StoredRun

_RUN = click.argument("run", required=False, metavar="[RUN]", shell_complete=names_of_runs)


def _resume(run: str | None, **options: Any) -> Exit:
    """Finish a run that was killed, cut off, or stopped by a full disk.

    Reads from the journal how far the run came, and from the devices what they run. Afterwards every end that is ours is
    verified with the change, or rolled back. Needs only the run folder. Without RUN, finishes the newest unfinished run.

    \b
    nr-run resume            finish the newest unfinished run
    nr-run resume 7f3a       a run by the end of its id
    nr-run resume 7f3a --close   already repaired by hand: send nothing, release the devices for other runs
    """
    from ..engine.close_run import close_run
    from ..run.journal_states import is_unfinished
    from ..run.open_runs import mark

    console = CommandConsole("resume", plan_only=False, yes=True, as_json=options["as_json"])
    runs = runs_folder(options["runs"])
    path = find_run(runs, run) if run else _newest_open(runs)
    if options["close"]:
        close_run(path, runs, console.progress, timeouts_of(options))
        click.echo(f"run {path.name} is closed: nothing was sent to any device", err=True)
        return Exit.OK
    if is_unfinished(path):
        mark(path)  # it may have been copied here
    return _finish(console, path, runs, options)


def _finish(console: CommandConsole, path: Path, runs: Path, options: dict[str, Any]) -> Exit:
    """Finish what a run has left open. Raises NothingMatched if there is nothing."""
    from ..engine.key_rotation import left_to_rotate
    from ..engine.resume import refuse_overtaken, resume, unfinished
    from ..engine.stored_run import reopen
    from ..far.let_go import note_elsewhere, wait_until_gone
    from ..locking.locks import locked
    from ..run.authentic import journal_of
    from ..run.journal_states import open_tunnels

    progress, by = console.progress, {"debug": options["debug"], "scheduler": options["scheduler"]}
    with reopen(path, "resume", progress, timeouts_of(options), new_run_in=None, **by) as opened, progress:
        hosts = [end.host for record in opened.records.values() for end in record.plan.members]
        with locked(opened.context, runs, hosts):
            # Read again now that nobody else can be at work on it: the run may have ended while we were starting.
            journal = journal_of(path)
            if not open_tunnels(path):
                raise NothingMatched(f"run {path.name} has finished; there is nothing to resume")
            refuse_overtaken(runs, path, hosts)
            wait_until_gone(journal, progress.say)
            if opened.scheduler:
                note_elsewhere(opened.context.folder, opened.scheduler)
            outcomes = resume(opened.context, unfinished(journal, opened.records), opened.records, journal)
            opened.context.notices.extend(left_to_rotate(journal, outcomes))
            _warn(console, opened.context)
            return console.finish(opened.context, outcomes)


def _newest_open(runs: Path) -> Path:
    """The newest run that did not finish. Raises NothingMatched."""
    from ..run.journal_states import is_unfinished
    from ..run.open_runs import open_runs

    found = open_runs(runs, is_unfinished) if runs.is_dir() else []
    if not found:
        raise NothingMatched(f"{runs} holds no unfinished run")
    return found[-1]


def _rollback(run: str | None, **options: Any) -> Exit:
    """Undo a finished run, exactly, from its run folder alone, with the same protection as the run itself.

    Refused if what the run made was changed since, or is used by something newer. If the rollback would send in clear what must
    be encrypted, it asks for --confirm, as a removal does. If it restores a former key and one end is not ours, it asks whether
    that end has the former key again.

    \b
    nr-run rollback 7f3a --plan     look
    nr-run rollback 7f3a            preview, ask, apply
    nr-run rollback                 the newest run that changed something
    """
    from msgspec.structs import replace

    from ..engine.key_rotation import tell_of_keys
    from ..engine.plans.planning_removal import plan_rollback
    from ..engine.resume import not_recorded
    from ..engine.runbook import run_deployments
    from ..engine.stored_run import reopen
    from ..engine.verifying.confirmations import confirming
    from ..run.journal_states import has_changed, is_rehearsal

    console = CommandConsole("rollback", **{name: options[name] for name in ("plan_only", "yes", "as_json", "detail")})
    runs, timeouts = runs_folder(options["runs"]), timeouts_of(options)
    path = find_run(runs, run, has_changed)
    with (
        reopen(
            *(path, "rollback", console.progress, timeouts),
            new_run_in=runs,
            debug=options["debug"],
            scheduler=options["scheduler"],
        ) as opened,
        console.progress,
        console.concluding(opened.context),
    ):
        names = _left_changed(opened, path, runs)
        opened.context.folder.note("undoing-run", run=path.name, tunnels=names)

        def planner(context: Context, deployment: Deployment, known: Known) -> DeploymentPlan:
            plan = plan_rollback(context, opened.records[deployment.name], known, accept_unsaved=options["accept_unsaved"])
            tell_of_keys(context, plan)
            return plan

        deployments = [opened.records[name].plan.deployment for name in reversed(names)]
        said = confirming(
            *(options["confirm"], opened.context.service, deployments),
            removal=any(not record.plan.removal for record in opened.records.values()),
            rehearsal=is_rehearsal(path),
            undoing=True,
        )
        context = replace(opened.context, confirming=said)
        outcomes = run_deployments(context, deployments, runs, planner, console.show(), console.approval)
        outcomes = (*outcomes, *not_recorded(path, opened.journal, opened.records))
        _warn(console, context)
        return console.finish(context, outcomes)


def _left_changed(opened: StoredRun, path: Path, runs: Path) -> list[str]:
    """Names of what a run changed and left so. Raises NothingMatched for none, and for a run that has not ended."""
    from ..locking.lock_records import advice
    from ..run.journal_states import begun, open_tunnels

    if open_tunnels(path):
        raise NothingMatched(f"run {path.name} has not ended: {advice(runs, path.name)}")
    names = [name for name in opened.records if "done" in begun(opened.journal, name)]
    if not names:
        raise NothingMatched(f"run {path.name} left nothing changed, so there is nothing to undo")
    return names


def _warn(console: CommandConsole, context: Context) -> None:
    for notice in context.notices:
        console.progress.say(f"warning: {notice}")


def _show(run: str | None, **options: Any) -> Exit:
    """Show one run: its recap, or how far it came. Without RUN, the newest."""
    from ..engine.rollback.cancel_page import armed_pages
    from ..locking.lock_records import advice
    from ..run.summary import RUNNING, UNFINISHED, Summary, recap_of
    from .views.printable import printable

    runs = runs_folder(options["runs"])
    path: Path = find_run(runs, run)
    summary = Summary.of(path)
    if options["as_json"]:
        print_json(summary.as_dict())
    elif (recap := recap_of(path)) is not None:
        click.echo(printable(recap), nl=False)
    else:
        click.echo(f"run {path.name} is {summary.outcome}; its last step was: {summary.last}")
        if summary.outcome in (RUNNING, UNFINISHED):
            click.echo(advice(runs, path.name))
            for page in armed_pages(path):
                click.echo(f"{page.parent.name} is armed, as far as is known; manual steps: {page}")
    return Exit.OK


_CLOSE = click.option(
    "--close", is_flag=True, help="Send nothing; record that a person has repaired the devices, and release them for other runs."
)
resume_command = click.command("resume")(
    _RUN(with_options(_CLOSE, JSON, RUNS, TIMEOUTS, DEBUG, SCHEDULER)(ended("resume", _resume)))
)
_OF_ROLLBACK = (PLAN_AND_YES, CONFIRM, JSON, RUNS, ACCEPT_UNSAVED, TIMEOUTS, DEBUG, SCHEDULER, OTHER_NAMES, NO_LIMIT)
rollback_command = click.command("rollback")(_RUN(with_options(*_OF_ROLLBACK)(ended("rollback", _rollback))))
show_command = click.command("show")(_RUN(with_options(JSON, RUNS)(ended("show", _show))))
