"""``nr-run rotate-psk``: another pre-shared key for what has these names, of whatever service; verified, or the old one back."""

from __future__ import annotations

import inspect
from collections.abc import Callable
from typing import TYPE_CHECKING, Any

import click

from ...inventory.errors import Exit, NothingMatched, UsageError
from ...services.registry import Declaration, declared
from .completion import names_in
from .console import (
    ACCEPT_UNSAVED,
    CONFIRM,
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
    ended,
    with_options,
)
from .old_names import is_called
from .service_command import building, opened_run

if TYPE_CHECKING:
    from ..engine.key_rotation import Rotations

NAME = "rotate-psk"
_TEXT = """\
Give what is named another pre-shared key, verify it by an authentication with that key, and let the old one go.

NAME is that of a tunnel, a site, a connection: what has it is found in the inventory. The key is made by nr-run (40 letters and
digits) and takes the place of the old one in the file of its reference, once it is verified. If anything fails, the devices roll
back to the old key. Several names are done one after the other, in one run. Where the key is kept in a vault, in a variable or
by a command, keep the new one under another reference, and name that with --to. Over the workers of a Dask cluster the key is
never sent: they read it under --to, or beside the old one where they share its folder.

\b
nr-run rotate-psk hq-branch --plan       look
nr-run rotate-psk hq-branch              look, confirm, do
nr-run rotate-psk hq-branch --to env:NEW_KEY --yes
nr-run rotate-psk shop                   an end is not ours: the next key is made
nr-run rotate-psk shop --confirm far-key that end has it: look, say yes, do
"""
_TO = click.option(
    "--to", default="", metavar="REFERENCE", help="Where the new key is kept already, as a reference (env:NAME, command:...)."
)
_KEY = click.option(
    "--key", default="", metavar="REFERENCE", help="Which key is changed, by its reference, where it has several."
)


def _rotate(names: tuple[str, ...], **options: Any) -> Exit:
    from ..engine.key_rotation import Rotations
    from ..engine.plans.service_by_name import service_by_name

    for option in ("to", "key"):
        if options[option] and len(names) > 1:
            raise UsageError(f"--{option} is about one key: name one of {', '.join(names)}")
    rotating = declared().rotating
    found = service_by_name(names, options["inventory"], options["service"], able=lambda service: service in rotating)
    if found.rotates is None:
        raise NothingMatched(
            f"{names[0]} is a {found.noun}, whose key is not rotated by nr-run: change what its reference holds, and deploy"
        )
    keeps = not options["lab"] and not options["plan_only"]
    return _rotated(found, names, Rotations(options["to"], keeps, options["key"], options["lab"]), options)


def _rotated(service: Declaration, names: tuple[str, ...], rotations: Rotations, options: dict[str, Any]) -> Exit:
    """The run: whatever ends it, the place of each key is settled by what became of its deployment."""
    from ..engine.runbook import run_deployments

    with opened_run(service, NAME, names, options, rotations=rotations) as (opened, console):
        planner = building(accept_unsaved=options["accept_unsaved"])
        arguments = (opened.deployments, opened.runs, planner, console.show(), console.approval)
        try:
            outcomes = run_deployments(opened.context, *arguments)
        except BaseException:
            rotations.stopped(opened.context.folder.path, opened.runs)
            for sentence in rotations.told:
                console.progress.say(f"warning: {sentence}")
            raise
        try:
            rotations.end(outcomes, opened.runs)
        finally:
            # Where the file of one key cannot be replaced, what became of the others is said all the same.
            opened.context.notices.extend(rotations.told)
            for notice in opened.context.notices:
                console.progress.say(f"warning: {notice}")
        return console.finish(opened.context, outcomes, opened.warnings)


def _text() -> str:
    """The help of the command, with what each service says of its keys."""
    own = [f"A {service.noun}. {service.rotates.text}" for service in declared().rotating.values() if service.rotates]
    return "\n".join((inspect.cleandoc(_TEXT), "", *own))


def _command(name: str, decorate: Callable[[Any], Any], *, hidden: bool = False) -> click.Command:
    sections = (service.section for service in declared().rotating.values())
    names = click.argument("names", nargs=-1, required=True, metavar="NAME...", shell_complete=names_in(*sections))
    options = with_options(
        *(_TO, _KEY, CONFIRM, decorate, NO_LIMIT, PLAN_AND_YES, JSON, LAB, INVENTORY, RUNS, ACCEPT_UNSAVED),
        *(PROCESSES, SCHEDULER, TIMEOUTS, DEBUG, OTHER_NAMES),
    )
    made: click.Command = click.command(name, help=_text(), hidden=hidden)(names(options(ended(NAME, _rotate))))
    return made


rotate_psk_command = _command(NAME, SERVICE)


def former_command(service: Declaration, name: str) -> click.Command:
    """The command of one service that did this one release ago: hidden, and each use says what to write now."""
    value = click.option(
        "--service", hidden=True, default=service.name, type=click.Choice([service.name]), callback=is_called(NAME)
    )
    return _command(name, value, hidden=True)
