"""``nr-run check-release``: what another release would do to the services of a device, told before the upgrade."""

from __future__ import annotations

from pathlib import Path
from typing import Any

import click

from ...inventory.errors import Exit
from .completion import host_names
from .console import DEBUG, INVENTORY, JSON, RUNS, ended, with_options
from .looking import asked_by, look_only
from .verify_command import DEADLINE, LAB

_HELP = """\
Say which lines of a device's services another release warns at, refuses, drops or replaces, before it is upgraded.

The device is asked for its running configuration, and so are the far ends that are ours; nothing is changed. Told are the lines
with the reason and its source, the lines of the far ends that have to change with them, the strongest proposal that both ends
could have instead, and the order of work: the tunnel first, then the upgrade.

\b
nr-run check-release hq --to 17.12.4
nr-run check-release hq --to '9.20(2)' --json
nr-run check-release hq --to 17.12.4 --config hq.cfg    without the device

\b
Exit codes: 0 nothing to do; 2 something; 11 the device was not read; 65 no such
release of its model, or an older one; 66 no such host.
"""
_TO = click.option("--to", "release", required=True, metavar="RELEASE", help="As show version writes it: 17.12.4, 9.20(2).")
_CONFIG = click.option(
    "--config",
    type=click.Path(dir_okay=False, path_type=Path),
    metavar="FILE",
    help="A running configuration that stands in for the device's; nothing is connected then.",
)


def _check_release(host: str, release: str, config: Path | None, **options: Any) -> Exit:
    from ...inventory.files.hosts import load_nornir
    from ..engine.run_setup import inventory_folder
    from ..release.check import FOLDER, check_release, target_of
    from .views.release_view import release_view

    nornir = load_nornir(inventory_folder(options["inventory"]))
    _, target = target_of(nornir, host, release)
    asked = asked_by((), (f"host={host}",), options, FOLDER, may_be_none=True)
    return look_only(
        "check-release",
        asked,
        lambda opened: check_release(opened, host, target, config),
        lambda made, _folder, width: release_view(made, width=width),
        as_json=options["as_json"],
    )


_check_release.__doc__ = _HELP
check_release_command: click.Command = click.command("check-release", help=_HELP)(
    click.argument("host", shell_complete=host_names)(
        with_options(_TO, _CONFIG, DEADLINE, JSON, INVENTORY, RUNS, LAB, DEBUG)(ended("check-release", _check_release))
    )
)
