"""``nr-run failover-test``: does traffic move to the backup when the primary is lost, and does it come back, and how fast."""

from __future__ import annotations

import inspect
from typing import TYPE_CHECKING, Any

import click

from ...inventory.errors import Exit
from .completion import service_names
from .console import (
    DEBUG,
    INVENTORY,
    JSON,
    LAB,
    NO_LIMIT,
    OTHER_NAMES,
    PLAN_AND_YES,
    PROCESSES,
    RUNS,
    SCHEDULER,
    SERVICE,
    TIMEOUTS,
    CommandConsole,
    ended,
    timeouts_of,
    with_options,
)

if TYPE_CHECKING:
    from pathlib import Path

NAME = "failover-test"
_OUTSIDE = click.option(
    "--outside-window", is_flag=True, help="Test although no maintenance window of the intent is open; the journal records it."
)


def _failover_test(names: tuple[str], **options: Any) -> Exit:
    """Take the primary path of a service down for a short time, and measure how long traffic takes to move to the backup and
    back.

    The test is a planned change: approved, with a rollback timer, a journal and resume. It is always rolled back. It is refused
    if anything of the service is not verified beforehand, above all the backup, and outside the maintenance windows of the
    intent. What is sent between the loss and the move is lost, as when the primary really fails.

    \b
    nr-run failover-test branch-zia --plan    what would be taken down, and how it comes back
    nr-run failover-test branch-zia           preview, ask, apply
    nr-run failover-test branch-zia --yes --json

    \b
    Exit codes: 0 traffic moved and came back within the documented time; 12 it
    did, but something of the service is not as before; 13 refused: no window,
    or not all is verified; 20 it did not move, and all is as before; 21 it did
    not come back: manual steps are needed.
    """
    from ..engine.failover_test.failover import Rules, planner_of, run_test
    from ..engine.run_setup import RunRequest, open_run
    from ..engine.runbook import run_deployments

    console = CommandConsole(NAME, **{name: options[name] for name in ("plan_only", "yes", "as_json", "detail")})
    rules = Rules(options["outside_window"], options["plan_only"], options["lab"])
    places = options["inventory"], options["runs"], options["lab"], options["debug"]
    service = _service_of(options["inventory"], names[0], options["service"])
    elsewhere = {name: options[name] for name in ("processes", "scheduler")}
    wanted = RunRequest(service, NAME, names, *places, timeouts_of(options), **elsewhere)
    with open_run(wanted, console.progress) as opened, console.progress, console.concluding(opened.context):
        if options["outside_window"]:
            opened.context.folder.note("outside-window", tunnels=list(names))
        arguments = opened.context, opened.deployments, opened.runs, planner_of(rules), console.show(), console.approval
        outcomes = run_deployments(*arguments, apply=run_test)
        notices = list(dict.fromkeys(opened.context.notices))
        opened.context.notices[:] = notices
        for notice in notices:
            console.progress.say(f"warning: {notice}")
        return console.finish(opened.context, outcomes, opened.warnings)


def _service_of(inventory: Path | None, name: str, given: str) -> str:
    """The service with a backup that has an instance of this name. Raises NothingMatched, and UsageError where two have one."""
    from ...inventory.errors import NothingMatched
    from ...services.besides import WithBackup
    from ...services.registry import find
    from ..engine.plans.service_by_name import service_by_name

    found = service_by_name([name], inventory, given, able=lambda service: isinstance(find(service), WithBackup))
    if not isinstance(find(found.name), WithBackup):
        raise NothingMatched(f"{name} is a {found.noun}, which has one path: there is no backup to move to")
    return found.name


def _one(_context: click.Context, _option: click.Parameter, value: str) -> tuple[str]:
    return (value,)


failover_command: click.Command = click.command(NAME, help=inspect.cleandoc(_failover_test.__doc__ or ""))(
    click.argument("names", nargs=1, metavar="NAME", callback=_one, shell_complete=service_names)(
        with_options(
            *(PLAN_AND_YES, _OUTSIDE, SERVICE, JSON, LAB, INVENTORY, RUNS, PROCESSES, SCHEDULER, TIMEOUTS, NO_LIMIT, DEBUG),
            OTHER_NAMES,
        )(ended(NAME, _failover_test))
    )
)
