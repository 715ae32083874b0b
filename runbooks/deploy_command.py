"""nr-run deploy-l2l and nr-run remove-l2l: tunnels of the intent, built and proved, or removed and proved gone."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

import click

from ..inventory.errors import Exit
from .command import (
    ACCEPT_UNSAVED,
    DEBUG,
    INVENTORY,
    JSON,
    LAB,
    PLAN_AND_YES,
    ROLLOUT,
    RUNS,
    WAITS,
    Talk,
    ended,
    rollout_of,
    waits_of,
    with_options,
)
from .deploy_l2l import building, removing
from .opening import Wanted, open_run
from .runbook import Planner, run_tunnels

_OPTIONS = with_options(PLAN_AND_YES, JSON, LAB, INVENTORY, RUNS, ACCEPT_UNSAVED, ROLLOUT, WAITS, DEBUG)


def _run(runbook: str, planner: Callable[..., Planner], names: tuple[str, ...], options: dict[str, Any]) -> Exit:
    talk = Talk(runbook, plan_only=options["plan_only"], yes=options["yes"], as_json=options["as_json"])
    waits = waits_of(options)
    wanted = Wanted(runbook, names, options["inventory"], options["runs"], options["lab"], options["debug"], waits)
    with open_run(wanted, talk.progress) as opened, talk.progress, talk.concluding(opened.context):
        for warning in opened.warnings:
            talk.progress.say(f"warning: {warning}")
        plan = planner(accept_unsaved=options["accept_unsaved"])
        show, rollout = talk.show(), rollout_of(options)
        outcomes = run_tunnels(opened.context, opened.tunnels, opened.runs, plan, show, talk.approval, rollout)
        return talk.finish(opened.context, outcomes, opened.warnings)


def _deploy(tunnels: tuple[str, ...], **options: Any) -> Exit:
    """Build LAN-to-LAN tunnels on both ends, prove them with traffic, and save; or take both ends back.

    Without TUNNEL all active tunnels of the intent. A tunnel that is there already is only proved.

    \b
    nr-run deploy-l2l hq-branch --plan     look: exit 2 when there is something to do
    nr-run deploy-l2l hq-branch            look, confirm, do
    nr-run deploy-l2l --yes --json         all active tunnels, from a timer
    nr-run deploy-l2l --lab                the same on simulated routers
    """
    return _run("deploy-l2l", building, tunnels, options)


def _remove(tunnels: tuple[str, ...], **options: Any) -> Exit:
    """Remove LAN-to-LAN tunnels from both ends, prove them gone and every other tunnel as it was, and save.

    What other tunnels or VPN clients of the box use stays, and is named. To undo one run exactly, use nr-run rollback.

    \b
    nr-run remove-l2l hq-branch --plan     look: exit 2 when there is something to do
    nr-run remove-l2l hq-branch            look, confirm, do
    """
    return _run("remove-l2l", removing, tunnels, options)


deploy_command = click.command("deploy-l2l")(
    click.argument("tunnels", nargs=-1, metavar="[TUNNEL]...")(_OPTIONS(ended("deploy-l2l", _deploy)))
)
remove_command = click.command("remove-l2l")(
    click.argument("tunnels", nargs=-1, required=True, metavar="TUNNEL...")(_OPTIONS(ended("remove-l2l", _remove)))
)
