"""nr-run deploy-l2l: the command around the runbook."""

from __future__ import annotations

import json
import sys
from collections.abc import Sequence
from pathlib import Path
from typing import Any

import click

from ..inventory.errors import Exit, NrRunError, UsageError
from .context import Waits
from .deploy_l2l import deploy
from .opening import Opened, Wanted, asking, open_run
from .outcome import TunnelOutcome, exit_code
from .planning import TunnelPlan
from .progress import LiveProgress, PlainProgress
from .run_folder import plain
from .view import console, plan_view, recap_view

RUNBOOK = "deploy-l2l"


@click.command(RUNBOOK)
@click.argument("tunnels", nargs=-1, metavar="[TUNNEL]...")
@click.option("--plan", "plan_only", is_flag=True, help="Show what would be done and how it is undone; touch nothing.")
@click.option("--yes", is_flag=True, help="Do not ask. Needed where there is no terminal.")
@click.option("--json", "as_json", is_flag=True, help="One JSON document on standard output.")
@click.option("--lab", is_flag=True, help="Rehearse on a throw-away lab that is started for this run.")
@click.option("--inventory", type=click.Path(path_type=Path), help="Inventory folder [$NR_RUN_INVENTORY, ./inventory].")
@click.option("--runs", type=click.Path(path_type=Path), help="Where run folders are kept [$NR_RUN_RUNS, ./runs].")
@click.option("--accept-unsaved", is_flag=True, help="Go on though a device runs what it has not saved; it will be saved too.")
@click.option("--ike-wait", type=click.FloatRange(min=1), default=Waits().ike, show_default=True, help="Seconds to wait for IKE.")
@click.option(
    "--poll", type=click.FloatRange(min=0.05), default=Waits().poll, show_default=True, help="Seconds between two looks."
)
@click.option(
    "--reconnect-wait",
    type=click.FloatRange(min=0),
    default=Waits().reconnect,
    show_default=True,
    help="Seconds to try to log in again when a session is lost.",
)
@click.option(
    "--dead-man",
    type=click.IntRange(min=0, max=1440),
    default=Waits().dead_man_minutes,
    show_default=True,
    metavar="MINUTES",
    help="A device that this run does not come back to reloads after so long; 0 for no such timer.",
)
@click.option("--debug", is_flag=True, help="Keep all that passes, without its secrets, in debug.log of the run folder.")
def deploy_command(tunnels: tuple[str, ...], **options: Any) -> None:
    """Build LAN-to-LAN tunnels on both ends, prove them with traffic, and save; or take both ends back.

    Without TUNNEL all active tunnels of the intent. A tunnel that is there already is only proved.

    \b
    nr-run deploy-l2l hq-branch --plan     look: exit 2 when there is something to do
    nr-run deploy-l2l hq-branch            look, confirm, do
    nr-run deploy-l2l --yes --json         all active tunnels, from a timer
    nr-run deploy-l2l --lab                the same on simulated routers
    """
    try:
        code = _run(tunnels, **options)
    except NrRunError as error:
        if not options["as_json"]:
            raise
        _print_json(
            {"runbook": RUNBOOK, "outcome": _word(error.exit_code), "exit_code": int(error.exit_code), "error": str(error)}
        )
        code = error.exit_code
    click.get_current_context().exit(int(code))


def _run(names: tuple[str, ...], **options: Any) -> Exit:
    plan_only, yes, as_json = options["plan_only"], options["yes"], options["as_json"]
    if plan_only and yes:
        raise UsageError("--plan looks and --yes does: say one of them")
    if not plan_only and not yes and (as_json or not (sys.stdin.isatty() and sys.stdout.isatty())):
        raise UsageError("there is nobody to ask here: say --yes to carry it out, or --plan to look")
    out, err = console(), console(stderr=True)
    progress = LiveProgress(err) if err.is_terminal and not as_json else PlainProgress()
    waits = Waits(
        ike=options["ike_wait"],
        poll=options["poll"],
        reconnect=options["reconnect_wait"],
        dead_man_minutes=options["dead_man"],
    )
    wanted = Wanted(RUNBOOK, names, options["inventory"], options["runs"], options["lab"], options["debug"], waits)

    def show(plans: Sequence[TunnelPlan], _refused: Sequence[TunnelOutcome]) -> None:
        progress.pause()
        if not as_json:
            out.print(plan_view(plans, waits.dead_man_minutes))

    def approve() -> bool:
        if yes:
            return True
        with asking():
            return click.confirm("Carry this out?", err=True)

    with open_run(wanted, progress) as opened, progress:
        for warning in opened.warnings:
            progress.say(f"warning: {warning}")
        outcomes = deploy(
            opened.context,
            opened.tunnels,
            opened.runs,
            show,
            approve=None if plan_only else approve,
            asked=not yes,
            accept_unsaved=options["accept_unsaved"],
        )
        report = _report(opened, outcomes)
        opened.context.folder.forgiving = True
        opened.context.folder.write_json("run.json", report)
        progress.pause()
        _finish(opened, outcomes, report, as_json=as_json)
    return exit_code(outcomes)


def _finish(opened: Opened, outcomes: Sequence[TunnelOutcome], report: dict[str, Any], *, as_json: bool) -> None:
    folder = opened.context.folder
    recap = recap_view(folder.id, RUNBOOK, str(folder.path), outcomes)
    keeper = console()
    with keeper.capture() as kept:
        keeper.print(recap)
    folder.write("recap.txt", click.unstyle(kept.get()))
    if as_json:
        _print_json(report)
    else:
        console().print(recap)
    for complaint in folder.complaints:
        click.echo(f"nr-run: {complaint}", err=True)


def _report(opened: Opened, outcomes: Sequence[TunnelOutcome]) -> dict[str, Any]:
    folder, code = opened.context.folder, exit_code(outcomes)
    return {
        "run": folder.id,
        "runbook": RUNBOOK,
        "outcome": _word(code),
        "exit_code": int(code),
        "changed": any(outcome.changed for outcome in outcomes),
        "folder": str(folder.path),
        "warnings": list(opened.warnings),
        "tunnels": [outcome.as_dict() for outcome in outcomes],
    }


def _word(code: Exit) -> str:
    return code.name.lower().replace("_", "-")


def _print_json(value: object) -> None:
    click.echo(json.dumps(value, default=plain, indent=2, ensure_ascii=False))
