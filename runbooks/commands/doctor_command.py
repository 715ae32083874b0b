"""nr-run doctor: is a device ready for changes, and what would stop one?"""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

import click

from ...inventory.errors import Exit
from .completion import host_names
from .console import DEBUG, INVENTORY, JSON, LIMIT, RUNS, SCHEDULER, ended, print_json, with_options
from .verify_command import LAB

if TYPE_CHECKING:
    from ..engine.doctor import Examination

_HELP = """\
Examine devices before a change: all of the inventory, or those that you name. Nothing is changed.

Checks the login and its SSH algorithms; the prompts; whether the device is the one that the inventory means; whether its
configuration is saved and has room; whether it would boot its startup configuration; pending timers; how it would roll itself
back (archive path, flash, clock); whether every show command is understood; and what a newer release warns about. For a device
that IP phones connect to: whether its release and its licences allow that. Configuration mode is entered once and left without
typing anything; a router records that as its last change.

\b
nr-run doctor
nr-run doctor --limit site=berlin       those of a site
nr-run doctor hq branch --json

\b
Exit codes: 0 all are ready for a change; 11 a device was not reached or not read;
13 a device is not ready; 66 no such host.
"""
#: Word and style of each status, worst first.
_MARKS = {
    "failed": ("failed", "bold red"),
    "unverified": ("unknown", "bold red"),
    "warning": ("warning", "yellow"),
    "ok": ("ok", "green"),
    "skipped": ("skipped", "dim"),
}


_OPTIONS = with_options(LIMIT, JSON, INVENTORY, RUNS, LAB, SCHEDULER, DEBUG)


def _doctor(hosts: tuple[str, ...], **options: Any) -> Exit:
    from ..engine.doctor import FILE, Asked, examine_all, open_devices, readied_in
    from ..verify.kept import keep_record
    from .views.progress import PlainProgress

    progress = PlainProgress()
    places = options["inventory"], options["runs"], options["lab"], options["debug"], options["scheduler"]
    asked = Asked(hosts, options["limits"], *places)
    services = readied_in(options["inventory"])
    with open_devices(asked, progress) as ready:
        found = examine_all(ready, progress, services)
        devices = [patient.as_dict() for patient in found.patients]
        head = {"runbook": "doctor", "outcome": found.code.word, "exit_code": int(found.code)}
        report: dict[str, Any] = {**head, "devices": devices, "told": list(found.told)}
        folder = ""
        if ready.folder is not None:
            folder = str(ready.folder.path)
            keep_record(ready.folder, FILE, report)
            report["folder"] = folder
    if options["as_json"]:
        print_json(report)
    else:
        _show(found, folder)
    return found.code


def _show(found: Examination, folder: str) -> None:
    """Those that are not ready first, each with what speaks against it before what is in order."""
    from rich.text import Text

    from .views.screen import console

    screen = console()
    for patient in sorted(found.patients, key=lambda one: (one.reached, not one.failed, one.host)):
        screen.print(Text.assemble((patient.host, "bold"), f"  {patient.platform}"))
        for finding in sorted(patient.findings, key=lambda one: list(_MARKS).index(one.status.value)):
            word, style = _MARKS[finding.status.value]
            screen.print(Text.assemble("  ", (f"{word:8}", style), f" {finding.check}: {finding.sentence}"))
    for words in found.told:
        screen.print(Text(words, style="yellow"))
    ready = sum(patient.reached and not patient.failed for patient in found.patients)
    words = f"{ready} of {len(found.patients)} devices are ready   exit {int(found.code)} ({found.code.word})"
    screen.print(Text(words, style="dim"))
    if folder:
        screen.print(Text(f"record: {folder}/", style="dim"), soft_wrap=True)


doctor_command: click.Command = click.command("doctor", help=_HELP)(
    click.argument("hosts", nargs=-1, metavar="[HOST]...", shell_complete=host_names)(_OPTIONS(ended("doctor", _doctor)))
)
