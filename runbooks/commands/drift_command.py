"""``nr-run drift``: intended against running, line by line, and nothing pushed."""

from __future__ import annotations

from typing import Any

import click

from ...inventory.errors import Exit
from .completion import names_of_all
from .console import DEBUG, INVENTORY, JSON, LIMIT, RUNS, SCHEDULER, ended, with_options
from .read_only_command import asked_by, look_only
from .verify_command import DEADLINE, LAB

_HELP = """\
Compare the running configurations with the intent, service by service and line by line. Nothing is changed.

Logs in to each device once and sends only show commands: no configuration mode, no ping. Shows the lines that a deploy would
add (+), change (~) or remove (-); who typed them, if the device has kept that; services of ours that nobody intends; and lines
that the release adds on its own, which are not drift. A key that a device shows masked or encrypted cannot be compared: the
report says so, and it is not drift.

\b
nr-run drift                            all that is active
nr-run drift hq-branch                  one of them
nr-run drift --limit site=berlin        those on some devices
nr-run drift --json

\b
Exit codes: 0 all is as intended; 2 something differs; 11 a device was not
reached or not read; 65 an intent is refused; 66 no such service or host.
"""
_OPTIONS = with_options(LIMIT, DEADLINE, JSON, INVENTORY, RUNS, LAB, SCHEDULER, DEBUG)


def _drift(names: tuple[str, ...], **options: Any) -> Exit:
    from ..drift.drift import FILE, FOLDER, find_drift
    from .views.drift_view import drift_view

    asked = asked_by(names, options["limits"], options, FOLDER)
    return look_only(
        "drift",
        asked,
        FILE,
        find_drift,
        lambda made, folder, code, width: drift_view(made, folder, code, width=width),
        as_json=options["as_json"],
    )


_drift.__doc__ = _HELP
drift_command: click.Command = click.command("drift", help=_HELP)(
    click.argument("names", nargs=-1, metavar="[NAME]...", shell_complete=names_of_all())(_OPTIONS(ended("drift", _drift)))
)
