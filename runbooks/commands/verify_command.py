"""``nr-run verify``: the truth about every service, and nothing changed for it."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

import click

from ...inventory.errors import Exit
from .completion import names_of_all
from .console import DEBUG, INVENTORY, JSON, LIMIT, RUNS, SCHEDULER, ended, print_json, with_options
from .numbers import Number
from .paths import PathOf
from .verify_outputs import OUTPUTS, leave

if TYPE_CHECKING:
    from ...checks.verdict import Verification
    from ..verify.opening import Asked

_HELP = """\
Report for every service of the inventory whether it works. Nothing is changed.

Logs in to each device once and sends show commands, then pings through each tunnel unless --no-probe is given. A service is up,
idle (no traffic asks for it, which is not a fault), degraded, down, unencrypted (it passes in clear), missing, or unverified
(nr-run could not tell, which is never a pass).

\b
nr-run verify                           all that is active
nr-run verify hq-branch                 one of them
nr-run verify --limit site=berlin       those on some devices
nr-run verify --no-probe --json         from tables and counters alone
nr-run verify --since 7f3a              and what has changed since then

\b
Exit codes: 0 all is healthy; 2 all works, and a configuration differs from the
intent; 11 no device could be reached; 12 something is down, degraded, missing,
unencrypted or unverified; 66 no such service, host or run.
"""
_NO_PROBE = click.option("--no-probe", is_flag=True, help="Send no pings; judge from tables and counters alone.")
_SINCE = click.option("--since", metavar="RUN", help="Show what has changed since that verification or run.")
DEADLINE = click.option(
    "--deadline",
    type=Number(min=1),
    default=300.0,
    show_default=True,
    metavar="SECONDS",
    help="Stop after this time, whatever the devices do; what was not read by then is unverified.",
)
LAB = click.option(
    "--lab", is_flag=True, help="Use the simulated devices of the running lab, or of a lab for this command alone."
)
_PROVIDER_LOG = click.option(
    "--provider-log",
    type=PathOf(),
    metavar="FILE",
    help="Log of the far end's gateway (AWS, Alibaba Cloud, Tencent Cloud), to combine with what our end shows.",
)
_OPTIONS = with_options(LIMIT, _NO_PROBE, _SINCE, _PROVIDER_LOG, DEADLINE, JSON, OUTPUTS, INVENTORY, RUNS, LAB, SCHEDULER, DEBUG)


def _verify(names: tuple[str, ...], **options: Any) -> Exit:
    from ..reports.document import document
    from ..run.kept_runs import runs_folder
    from ..verify.kept import kept
    from ..verify.opening import open_verification
    from ..verify.outcome import exit_of
    from ..verify.since import before, changed
    from ..verify.verify import verify

    then = before(runs_folder(options["runs"]), options["since"]) if options["since"] else None
    asked, progress = _asked(names, options), progress_of()
    with open_verification(asked, progress) as opened, progress:
        made = verify(opened)
        unkept = (opened.unkept,) if opened.unkept else kept(opened.folder, made)
        folder = "" if opened.unkept else str(opened.folder.path)
        progress.pause()
        left = leave(made, exit_of(made), opened.runs, opened.secrets.hide, options, rehearsal=asked.lab).after(unkept)
        code = left.code
        news = changed(then, made, whole=not names and not asked.limits) if then else ()
        report = {
            **document(made, code),
            "folder": folder,
            "warnings": list(left.warnings),
        }
        if then:
            report["since"] = {"run": then.run, "of": then.of, "changed": [item.as_dict() for item in news]}
        if options["as_json"]:
            print_json(report)
        else:
            since = [f"since {then.of} {then.run}: {'; '.join(map(str, news)) or 'nothing has changed'}"] if then else []
            _show(made, folder, code, since)
        for warning in left.warnings:
            progress.say(f"nr-run: {warning}")
    return code


def _asked(names: tuple[str, ...], options: dict[str, Any]) -> Asked:
    from ..verify.opening import Asked

    return Asked(
        names,
        options["limits"],
        options["inventory"],
        options["runs"],
        probe=not options["no_probe"],
        deadline=options["deadline"],
        lab=options["lab"],
        debug=options["debug"],
        provider_log=options["provider_log"],
        scheduler=options["scheduler"],
    )


def _show(made: Verification, folder: str, code: Exit, since: list[str]) -> None:
    from .views.screen import console
    from .views.verify_view import WIDTH, verification_view

    screen = console()
    width = screen.width if screen.is_terminal else WIDTH
    screen.print(verification_view(made, folder, code, since, width=width))


def progress_of() -> Any:
    """What tells a person on standard error how far it is."""
    from .views.live_progress import LiveProgress
    from .views.progress import PlainProgress
    from .views.screen import console

    screen = console(stderr=True)
    return LiveProgress(screen) if screen.is_terminal else PlainProgress()


_verify.__doc__ = _HELP
verify_command: click.Command = click.command("verify", help=_HELP)(
    click.argument("names", nargs=-1, metavar="[NAME]...", shell_complete=names_of_all())(_OPTIONS(ended("verify", _verify)))
)
