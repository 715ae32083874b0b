"""nr-run deploy-l2l and nr-run remove-l2l: tunnels of the intent, built and proved, or removed and proved gone."""

from __future__ import annotations

from contextlib import contextmanager
from typing import TYPE_CHECKING, Any

import click

from ...inventory.errors import Exit
from .completion import tunnel_names
from .console import (
    ACCEPT_UNSAVED,
    DEBUG,
    ELSEWHERE,
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

if TYPE_CHECKING:
    from collections.abc import Iterator, Sequence

    from ...inventory.intent import Tunnel
    from ..engine.run_setup import Opened
    from ..engine.runbook import Planner

_OPTIONS = with_options(PLAN_AND_YES, JSON, LAB, INVENTORY, RUNS, ACCEPT_UNSAVED, ROLLOUT, WAITS, DEBUG, ELSEWHERE)
_HOST = click.option(
    "--host", "hosts", multiple=True, metavar="HOST", help="Where to look for a tunnel that has left the intent (give both ends)."
)


@contextmanager
def _opened(runbook: str, names: tuple[str, ...], options: dict[str, Any], **more: Any) -> Iterator[tuple[Opened, Talk]]:
    """A run that is ready to begin, and how it speaks; it is closed on the spot when it is refused as a whole."""
    from ..engine.run_setup import Wanted, open_run

    talk = Talk(runbook, plan_only=options["plan_only"], yes=options["yes"], as_json=options["as_json"])
    waits = waits_of(options)
    wanted = Wanted(runbook, names, options["inventory"], options["runs"], options["lab"], options["debug"], waits, **more)
    with open_run(wanted, talk.progress) as opened, talk.progress, talk.concluding(opened.context):
        for warning in opened.warnings:
            talk.progress.say(f"warning: {warning}")
        yield opened, talk


def _run(opened: Opened, talk: Talk, planner: Planner, tunnels: Sequence[Tunnel], options: dict[str, Any]) -> Exit:
    from ..engine.runbook import run_tunnels

    rollout = rollout_of(options)
    outcomes = run_tunnels(opened.context, tunnels, opened.runs, planner, talk.show(), talk.approval, rollout)
    for notice in opened.context.notices:
        talk.progress.say(f"warning: {notice}")
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
    from .deploy_l2l import building

    with _opened("deploy-l2l", tunnels, options) as (opened, talk):
        planner = building(accept_unsaved=options["accept_unsaved"])
        return _run(opened, talk, planner, opened.tunnels, options)


def _remove(tunnels: tuple[str, ...], **options: Any) -> Exit:
    """Remove LAN-to-LAN tunnels from both ends, prove them gone and every other tunnel as it was, and save.

    What other tunnels or VPN clients of the box use stays, and is named. To undo one run exactly, use nr-run rollback.

    A tunnel may also be disabled in the intent, or have left it: then it is found on the devices by its access list, NR-TUNNEL.

    \b
    nr-run remove-l2l hq-branch --plan     look: exit 2 when there is something to do
    nr-run remove-l2l hq-branch            look, confirm, do
    nr-run remove-l2l old --host a --host b    one that is in the intent no more
    """
    from ..engine.find_tunnels import find_missing
    from .deploy_l2l import removing

    with _opened("remove-l2l", tunnels, options, removal=True, hosts=options["hosts"]) as (opened, talk):
        gone = find_missing(opened)
        planner = removing(accept_unsaved=options["accept_unsaved"], by_name={tunnel.name for tunnel in gone})
        for tunnel in opened.tunnels:
            if tunnel.status == "active":
                words = f"the intent has {tunnel.name} as active: the next deploy-l2l builds it again unless it is disabled there"
                opened.context.notices.append(words)
        return _run(opened, talk, planner, (*opened.tunnels, *gone), options)


_TUNNELS = click.argument("tunnels", nargs=-1, metavar="[TUNNEL]...", shell_complete=tunnel_names)
_TUNNELS_NEEDED = click.argument("tunnels", nargs=-1, required=True, metavar="TUNNEL...", shell_complete=tunnel_names)
deploy_command = click.command("deploy-l2l")(_TUNNELS(_OPTIONS(ended("deploy-l2l", _deploy))))
remove_command = click.command("remove-l2l")(_TUNNELS_NEEDED(_HOST(_OPTIONS(ended("remove-l2l", _remove)))))
