"""nr-run history and nr-run status: what verifications found before, without asking any device."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

import click

from ....inventory.errors import Exit
from ..completion import service_names
from ..console import JSON, RUNS, ended, print_json, with_options
from ..numbers import Number

if TYPE_CHECKING:
    from rich.console import Console

#: A verification of so many hours ago is said to be old, where nobody says what is.
OLD_HOURS = 24.0


def _status(**options: Any) -> Exit:
    """Show the estate at its last verification: failures first, since when, and how old that is. No device is contacted.

    The exit code is that of the verification. With --max-age, an older verification ends with 12, because nothing is verified
    then.

    \b
    nr-run status
    nr-run status --max-age 15 --json    for a job that runs every five minutes
    """
    from ...history.file import reading
    from ...history.moments import age, moment, now
    from ...history.read import estate
    from ...run.kept_runs import runs_folder
    from ..views.past_views import estate_view

    time = now()
    with reading(runs_folder(options["runs"])) as connection:
        found = estate(connection, time)
    passed = time - moment(found.finished)
    limit = 60 * options["max_age"] if options["max_age"] is not None else 3600 * OLD_HOURS
    is_old = passed > limit
    old = f"this is old: nothing was verified for {age(passed)}, and what has become of it since is not known" if is_old else ""
    code = Exit.VERIFY_FAILED if is_old and options["max_age"] is not None else Exit(found.exit_code)
    if options["as_json"]:
        print_json(
            {**found.as_dict(), "age_seconds": max(0, passed), "old": is_old, "outcome": code.word, "exit_code": int(code)}
        )
    else:
        screen = _screen()
        screen.print(estate_view(found, time, old, code, width=_width(screen)))
    return code


def _history(name: str, **options: Any) -> Exit:
    """Show one service over time: its present state and since when, flaps (without expected rekeys), its last proof by traffic,
    its changes.

    \b
    nr-run history hq-branch
    nr-run history hq-branch --json
    """
    from ...history.file import reading
    from ...history.moments import now
    from ...history.read import service_past
    from ...run.kept_runs import runs_folder
    from ..views.past_views import past_view

    time = now()
    with reading(runs_folder(options["runs"])) as connection:
        found = service_past(connection, name, time)
    if options["as_json"]:
        print_json([past.as_dict() for past in found])
    else:
        screen = _screen()
        for past in found:
            screen.print(past_view(past, time, width=_width(screen)))
    return Exit.OK


def _screen() -> Console:
    from ..views.screen import console

    return console()


def _width(screen: Console) -> int:
    from ..views.wrapped import WIDTH

    return screen.width if screen.is_terminal else WIDTH


_MAX_AGE = click.option(
    "--max-age", type=Number(min=0), metavar="MINUTES", help="Exit with 12 if the last verification is older than this."
)
status_command = click.command("status")(with_options(_MAX_AGE, JSON, RUNS)(ended("status", _status)))
history_command = click.command("history")(
    click.argument("name", metavar="NAME", shell_complete=service_names)(with_options(JSON, RUNS)(ended("history", _history)))
)
