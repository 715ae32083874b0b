"""``nr-run check-release``: what another release would do to the services of a device, told before the upgrade."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

import click

from ...inventory.errors import Exit
from .completion import host_names
from .console import DEBUG, INVENTORY, JSON, RUNS, SCHEDULER, ended, with_options
from .paths import PathOf
from .read_only_command import asked_by, look_only
from .verify_command import DEADLINE, LAB

if TYPE_CHECKING:
    from pathlib import Path

_HELP = """\
Show which lines of a device's services another release warns about, refuses, drops or replaces, before you upgrade it.

Reads the running configuration of the device, and of the far ends that are ours, and changes nothing. Shows each line with the
reason and its source, the lines of the far ends that must change with it, the strongest proposal that both ends could use
instead, and the order of work: the tunnel first, then the upgrade.

\b
nr-run check-release hq --to 17.12.4
nr-run check-release hq --to '9.20(2)' --json
nr-run check-release hq --to 17.12.4 --config hq.cfg    without the device

\b
Exit codes: 0 nothing to do; 2 something to do; 11 the device was not read; 65 its
model has no such release, or it is older than the present one; 66 no such host.
"""
_TO = click.option(
    "--to", "release", required=True, metavar="RELEASE", help="Release to check, as show version prints it: 17.12.4, 9.20(2)."
)
_CONFIG = click.option(
    "--config",
    type=PathOf(dir_okay=False),
    metavar="FILE",
    help="Read this running configuration instead of the device; nr-run then connects to nothing.",
)


def _check_release(host: str, release: str, config: Path | None, **options: Any) -> Exit:
    from ...inventory.files.hosts import load_nornir
    from ..engine.run_setup import inventory_folder
    from ..release.check import FILE, FOLDER, check_release, target_of
    from .views.release_view import release_view

    if config is not None:
        options["scheduler"] = ""  # nothing is connected to, by nobody
    nornir = load_nornir(inventory_folder(options["inventory"]))
    _, target = target_of(nornir, host, release)
    asked = asked_by((), (f"host={host}",), options, FOLDER, may_be_none=True)
    return look_only(
        "check-release",
        asked,
        FILE,
        lambda opened: check_release(opened, host, target, config),
        lambda made, _folder, code, width: release_view(made, code, width=width),
        as_json=options["as_json"],
    )


_check_release.__doc__ = _HELP
check_release_command: click.Command = click.command("check-release", help=_HELP)(
    click.argument("host", shell_complete=host_names)(
        with_options(_TO, _CONFIG, DEADLINE, JSON, INVENTORY, RUNS, LAB, SCHEDULER, DEBUG)(ended("check-release", _check_release))
    )
)
