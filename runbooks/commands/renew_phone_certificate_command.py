"""``nr-run renew-phone-certificate``: another certificate for the phones of an ASA, in the order that cuts none off."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

import click

from ...inventory.errors import Exit
from .audit_vpn_phone_command import GROUP, INTERFACE, PHONE, opened, phone_files
from .completion import host_names
from .console import (
    CONFIRM,
    DEBUG,
    FROM_HERE_ONLY,
    INVENTORY,
    JSON,
    PLAN_AND_YES,
    RUNS,
    CommandConsole,
    ended,
    print_json,
    with_options,
)
from .from_here import help_text
from .numbers import Number
from .verify_command import LAB

if TYPE_CHECKING:
    from ..engine.doctor import Ready
    from ..phones.renew_certificate import Bound

_HELP = """\
Move the IP phones of an ASA to the certificate of another trustpoint, in the order that cuts none of them off.

Phones trust the digest of one certificate. Run this command after each step, over days: it reads from the ASA and from the
phones' own files how far the renewal has come, and says what comes next and who does it. What neither shows, a person confirms
once; that is stored with name and time, for this certificate alone: call-manager (it hands out the new digest beside the old
one) and phones (every phone, including those that are off now, has loaded its file). Then this command binds the certificate,
with a plan, a lock, a journal and a rollback timer. It keeps the change only if a phone connects again with it and no connected
phone is lost.

\b
nr-run renew-phone-certificate fw --to NEW --plan
nr-run renew-phone-certificate fw --to NEW --phone-config SEP00005E005301.cnf.xml
nr-run renew-phone-certificate fw --to NEW --confirm call-manager --plan
nr-run renew-phone-certificate fw --to NEW --confirm phones --phone-timeout 900

\b
Exit codes: 0 bound, verified and saved, or it was bound before; 2 something is left to
do, or --plan, or you said no; 11 not reached, or not all is known; 12 it is
bound, and phones do not trust it; 13 for a person to do; 20 rolled back, as
it was before; 21 manual steps are needed; 65 a file cannot be read; 66 no such host.

"""
_HELP += help_text("renew-phone-certificate")
_TO = click.option("--to", "trustpoint", required=True, metavar="TRUSTPOINT", help="Trustpoint with the new certificate.")
_WAIT = click.option(
    "--phone-timeout",
    type=Number(min=1, max=3600),
    default=600.0,
    show_default=True,
    metavar="SECONDS",
    help="Roll back if no phone connects with the new certificate within this time.",
)
_OPTIONS = with_options(
    *(_TO, PHONE, CONFIRM, _WAIT, GROUP, INTERFACE, PLAN_AND_YES, JSON, INVENTORY, RUNS, LAB, DEBUG), FROM_HERE_ONLY
)


def _renew(host: str, **options: Any) -> Exit:
    from ...checks.phones.case import AuditAsked
    from ..phones.confirmed import FILE, FOLDER, said_now
    from ..phones.renew_certificate import Bound, Wanted, apply_with_rollback, look
    from ..run.kept_runs import runs_folder
    from ..verify.kept import keep_record
    from .views.audit_vpn_phone_view import binding_view, bound_words, renewal_view
    from .views.screen import console
    from .views.wrapped import WIDTH

    command_console = CommandConsole(FOLDER, **{name: options[name] for name in ("plan_only", "yes", "as_json", "detail")})
    phones = phone_files(options["phone_configs"])
    asked = AuditAsked(phones[0] if phones else None, None, options["tunnel_group"], options["interface"])
    wanted = Wanted(options["trustpoint"], phones, asked, said_now(options["confirm"]), options["phone_timeout"])
    screen = console()
    width = screen.width if screen.is_terminal else WIDTH
    with opened((host,), options, command_console.progress, FOLDER) as ready:
        runs = runs_folder(options["runs"])
        stands = look(ready, wanted, runs, command_console.progress)
        made, code = Bound(stands, stands.code), stands.code
        unkept: tuple[str, ...] = ()
        if ready.folder is not None:
            # What was confirmed is on the disk before anything rests on it.
            keep_record(ready.folder, FILE, _report(made))
        if stands.change is not None:
            if not options["as_json"]:
                screen.print(binding_view(stands, wanted.wait, width))
            if command_console.approval.ask is not None and command_console.approval.ask():
                made = apply_with_rollback(ready, wanted, stands, runs, command_console.progress)
                code, unkept = _kept(ready, made)
    report = {**_report(made), "outcome": code.word, "exit_code": int(code), **({"warnings": [*unkept]} if unkept else {})}
    for words in unkept:
        command_console.progress.say(f"nr-run: {words}")
    if options["as_json"]:
        print_json(report)
    elif made.back is not None:
        screen.print(bound_words(made), soft_wrap=True)
    elif stands.change is None:
        screen.print(renewal_view(stands.renewal, made.code, width, confirms=True))
    return code


def _kept(ready: Ready, made: Bound) -> tuple[Exit, tuple[str, ...]]:
    """The exit code, and a sentence where the disk did not take the record, which hides nothing of what was done."""
    from ..phones.confirmed import FILE
    from ..verify.kept import code_after, kept_record

    unkept = kept_record(ready.folder, FILE, _report(made)) if ready.folder is not None else ()
    return code_after(made.code, unkept), unkept


def _report(made: Bound) -> dict[str, Any]:
    from ..phones.confirmed import FOLDER

    return {"runbook": FOLDER, "outcome": made.code.word, "exit_code": int(made.code), **made.as_dict()}


_renew.__doc__ = _HELP
renew_phone_certificate_command: click.Command = click.command("renew-phone-certificate", help=_HELP)(
    click.argument("host", metavar="HOST", shell_complete=host_names)(_OPTIONS(ended("renew-phone-certificate", _renew)))
)
