"""nr-run runs: the runs that are kept, and how old ones go."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

import click

from ....inventory.errors import Exit, UsageError
from ...run.kept_runs import runs_folder
from ..console import JSON, RUNS, ended, is_attended, print_json, with_options
from ..numbers import Number, Whole

if TYPE_CHECKING:
    from ...run.prune import Pruning

#: So many are listed without a wish: what somebody looks for is among the newest.
LISTED = 50
#: How many of those that stay are named in full.
NAMED = 10


@click.group("runs", invoke_without_command=True)
@click.option("--last", type=Whole(min=1), default=LISTED, show_default=True, metavar="N", help="List the newest N.")
@click.option("--all", "every", is_flag=True, help="List all stored runs.")
@with_options(JSON, RUNS)
@click.pass_context
def runs_command(context: click.Context, /, **options: Any) -> None:
    """List the stored runs, newest last, with their outcome.

    unfinished: run nr-run resume. running: still at work. interrupted: killed before it sent anything.

    \b
    nr-run runs --all
    nr-run runs prune --days 90 --keep 200
    """
    if context.invoked_subcommand is None:
        ended("runs", _list)(**options)
    elif options["as_json"] or options["runs"]:
        raise click.UsageError(f"give --json and --runs after {context.invoked_subcommand}")


def _list(**options: Any) -> Exit:
    from ...run.summary import summaries, table

    found, older = summaries(runs_folder(options["runs"]), None if options["every"] else options["last"])
    if options["as_json"]:
        print_json([summary.as_dict() for summary in found])
    elif found:
        table(found)
    else:
        click.echo("no runs")
    if older and not options["as_json"]:
        click.echo(f"{older} older: --all shows them, nr-run runs prune lets old ones go", err=True)
    return Exit.OK


def _prune(days: float, keep: int, **options: Any) -> Exit:
    """Delete old runs, but none that resume, rollback or another run still needs.

    Deletes a run that is older than --days and not among the newest --keep, unless it is unfinished, is at work, or is the
    newest that changed a tunnel. Lists the old runs that it keeps.

    \b
    nr-run runs prune --plan           look
    nr-run runs prune --days 30 --yes  for a timer
    """
    from datetime import UTC, datetime

    from ...run.prune import Policy, pruning, remove, remove_leftovers

    if options["plan_only"] and options["yes"]:
        raise UsageError("--plan and --yes exclude each other")
    if not (options["plan_only"] or options["yes"]) and (options["as_json"] or not is_attended()):
        raise UsageError("no terminal to ask on: use --yes to apply or --plan to preview")
    runs = runs_folder(options["runs"])
    found = pruning(runs, Policy(days, keep), datetime.now(UTC))
    _tell(found, as_json=options["as_json"], done=options["yes"])
    if options["plan_only"]:
        return Exit.PENDING if found.going else Exit.OK
    if found.going and not options["yes"] and not click.confirm("Remove them?", err=True):
        return Exit.PENDING
    remove_leftovers(runs)
    for run in found.going:
        remove(run)
    return Exit.OK


def _tell(found: Pruning, *, as_json: bool, done: bool) -> None:
    if as_json:
        going = [path.name for path in found.going]
        print_json({"going": going, "needed": {item.run: item.why for item in found.needed}, "total": found.total, "done": done})
        return
    count, left = len(found.going), found.total - len(found.going)
    which = f": {found.going[0].name} to {found.going[-1].name}" if count > 1 else f": {found.going[0].name}" if count else ""
    click.echo(f"{count} of {found.total} runs go{which}; {left} stay")
    for item in found.needed[:NAMED]:
        click.echo(f"  stays: {item.run}: {item.why}")
    if len(found.needed) > NAMED:
        click.echo(f"  and {len(found.needed) - NAMED} more that are needed; --json names all")


_POLICY = with_options(
    click.option(
        "--days",
        type=Number(min=0),
        default=90.0,
        show_default=True,
        metavar="N",
        help="Delete runs that are older than this.",
    ),
    click.option(
        "--keep",
        type=Whole(min=0),
        default=100,
        show_default=True,
        metavar="N",
        help="Keep the newest N, however old.",
    ),
    click.option("--plan", "plan_only", is_flag=True, help="List the runs that would be deleted; delete nothing."),
    click.option("--yes", is_flag=True, help="Delete without asking. Required where there is no terminal."),
)
runs_command.add_command(
    click.command("prune", short_help="Delete old runs that nothing needs any more.")(
        with_options(_POLICY, JSON, RUNS)(ended("runs prune", _prune))
    )
)
