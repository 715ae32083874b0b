"""The commands of the services: what an intent asks for, built and verified, or removed and verified gone.

Which commands there are, and how they are told to a person, a service declares; what they do is the same for all of them.
"""

from __future__ import annotations

import importlib
import inspect
import threading
from contextlib import contextmanager, suppress
from typing import TYPE_CHECKING, Any

import click

from ...inventory.errors import Exit
from .completion import names_in
from .console import (
    ACCEPT_UNSAVED,
    CONFIRM,
    DEBUG,
    INVENTORY,
    JSON,
    LAB,
    LIMIT,
    NO_LIMIT,
    OTHER_NAMES,
    PLAN_AND_YES,
    ROLLOUT,
    RUNS,
    SCHEDULER,
    TIMEOUTS,
    CommandConsole,
    ended,
    rollout_of,
    timeouts_of,
    with_options,
)

if TYPE_CHECKING:
    from collections.abc import Iterator, Sequence

    from ...services.registry import Command, Declaration
    from ...services.service import Deployment
    from ..engine.run_setup import OpenRun
    from ..engine.runbook import Planner

_OPTIONS = with_options(
    *(PLAN_AND_YES, JSON, LAB, INVENTORY, RUNS, ACCEPT_UNSAVED, ROLLOUT, SCHEDULER, TIMEOUTS, DEBUG, OTHER_NAMES)
)


def command_of(service: Declaration, command: Command) -> click.Command:
    """The click command that a service declares."""
    work = _WORK[command.does](service, command)
    work.__doc__ = command.text
    noun, decorate = service.noun.upper().replace(" ", "-"), with_options(NO_LIMIT, _OPTIONS)
    shown: dict[str, Any] = {"metavar": f"[{noun}]..."}
    if command.does == "deploy":
        decorate = with_options(LIMIT, _OPTIONS)
    if command.does == "remove":
        shown = {"metavar": f"{noun}...", "required": True}
    names = click.argument("names", nargs=-1, shell_complete=names_in(service.section), **shown)
    if command.does == "remove":
        told = f"Find a {service.noun} that is no longer in the intent on this device (give each of its devices)."
        host = click.option("--host", "hosts", multiple=True, metavar="HOST", help=told)
        decorate = with_options(host, decorate)
    if command.confirms:
        decorate = with_options(CONFIRM, decorate)
    made: click.Command = click.command(command.name, help=inspect.cleandoc(command.text))(
        names(decorate(ended(command.name, work)))
    )
    return made


@contextmanager
def opened_run(
    service: Declaration, runbook: str, names: tuple[str, ...], options: dict[str, Any], **more: Any
) -> Iterator[tuple[OpenRun, CommandConsole]]:
    """A run that is ready to begin, and how it speaks; it is closed on the spot when it is refused as a whole."""
    from ..engine.run_setup import RunRequest, open_run

    console = CommandConsole(runbook, **{name: options[name] for name in ("plan_only", "yes", "as_json", "detail")})
    timeouts = timeouts_of(options)
    places = options["inventory"], options["runs"], options["lab"], options["debug"]
    more |= {"confirm": options.get("confirm", ()), "processes": options.get("processes", 1)}
    more |= {"scheduler": options.get("scheduler", "")}
    wanted = RunRequest(service.name, runbook, names, *places, timeouts, **more)
    with open_run(wanted, console.progress) as opened, console.progress, console.concluding(opened.context):
        for warning in opened.warnings:
            console.progress.say(f"warning: {warning}")
        yield opened, console


def _run(
    opened: OpenRun, console: CommandConsole, planner: Planner, deployments: Sequence[Deployment], options: dict[str, Any]
) -> Exit:
    from ..engine.runbook import run_deployments

    rollout = rollout_of(options)
    # Nobody waits for these while the devices are being logged in to; at the end somebody would.
    threading.Thread(target=_import_views, name="nr-run-views", daemon=True).start()
    outcomes = run_deployments(opened.context, deployments, opened.runs, planner, console.show(), console.approval, rollout)
    for notice in opened.context.notices:
        console.progress.say(f"warning: {notice}")
    return console.finish(opened.context, outcomes, opened.warnings)


def _import_views() -> None:
    """What shows plan and recap; where it cannot be imported, they say so."""
    with suppress(ImportError):
        for name in ("plan_view", "view"):
            importlib.import_module(f".views.{name}", __package__)


def building(*, accept_unsaved: bool) -> Planner:
    """The planner of a command that deploys."""
    from ..engine.plans.planners import Building

    return Building(accept_unsaved)


def removing(*, accept_unsaved: bool) -> Planner:
    """The planner of a command that removes."""
    from ..engine.plans.planners import Removing

    return Removing(accept_unsaved)


def _deploying(service: Declaration, command: Command) -> Any:
    def work(names: tuple[str, ...], **options: Any) -> Exit:
        with opened_run(service, command.name, names, options, limits=options["limits"]) as (opened, console):
            planner = building(accept_unsaved=options["accept_unsaved"])
            return _run(opened, console, planner, opened.deployments, options)

    return work


def _removing(service: Declaration, command: Command) -> Any:
    def work(names: tuple[str, ...], **options: Any) -> Exit:
        from ..engine.plans.find_unintended import find_missing

        with opened_run(service, command.name, names, options, removal=True, hosts=options["hosts"]) as (opened, console):
            gone = find_missing(opened)
            planner = removing(accept_unsaved=options["accept_unsaved"])
            intended = opened.context.intended
            told = [intended.still_wanted(deployment) for deployment in opened.deployments] if intended else []
            opened.context.notices.extend(words for words in told if words)
            return _run(opened, console, planner, (*opened.deployments, *gone), options)

    return work


_WORK = {"deploy": _deploying, "remove": _removing}
