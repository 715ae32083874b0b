"""``nr-run audit-vpn-phone``: why do IP phones not connect to this ASA?"""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from typing import TYPE_CHECKING, Any

import click

from ...inventory.errors import Exit, UsageError
from .completion import host_names
from .console import (
    DEBUG,
    INVENTORY,
    JSON,
    LIMIT,
    OTHER_NAMES,
    PLAN_AND_YES,
    RUNS,
    SCHEDULER,
    CommandConsole,
    ended,
    print_json,
    with_options,
)
from .from_here import help_text, refusal
from .paths import PathOf
from .verify_command import LAB

if TYPE_CHECKING:
    from pathlib import Path

    from ...checks.phones.case import AuditAsked
    from ...checks.phones.phone_file import PhoneFile
    from ...inventory.models.platforms import Platform
    from ..engine.context import Progress
    from ..engine.doctor import Ready

_HELP = """\
Find out why IP phones cannot connect to an ASA by AnyConnect. Without HOST, audits all ASAs of the inventory.

It checks release, licences, webvpn on the interface, CSD or Hostscan without without-csd, the group URL, the tunnel group, the
effective group policy and the source of each value, ciphers and versions of TLS and DTLS, the certificate (dates, names, which
one is shown), its digest against the phone's own file, load balancing, and dynamic access policies (dap.xml). Each finding has
the lines of the device that show it, and the remedy. Nothing is changed without --fix.

\b
nr-run audit-vpn-phone fw
nr-run audit-vpn-phone fw --phone-config SEP00005E005301.cnf.xml
nr-run audit-vpn-phone fw --phone-model 8861 --tunnel-group VPNPhone --json
nr-run audit-vpn-phone --lab            a head-end with documented mistakes
nr-run audit-vpn-phone fw --renew-to NEW --phone-config SEP00005E005301.cnf.xml
nr-run audit-vpn-phone fw --fix csd     fix one cause, if it is in the phones' own profile

\b
Exit codes: 0 no cause was found on this device (which does not mean that phones connect);
11 no cause, but a device was not reached or not fully read; 12 a cause was found; 65 the
phone's file cannot be read; 66 no such host.
With --renew-to: 0 the renewal is complete; 2 something is left to do; 12 the new certificate
is bound, and phones do not trust it.
With --fix: 0 fixed, verified and saved; 2 --plan, or you said no; 13 for a person to do;
20 rolled back, as it was before; 21 manual steps are needed; 66 no such finding.

"""
_HELP += help_text("audit-vpn-phone --fix")
PHONE = click.option(
    "--phone-config",
    "phone_configs",
    multiple=True,
    type=PathOf(dir_okay=False),
    metavar="FILE",
    help="The file that a phone loads from its TFTP server (SEP....cnf.xml): its URLs and the digest that it trusts.",
)
_MODEL = click.option(
    "--phone-model",
    metavar="MODEL",
    help="Model of the phone, such as 7962 or 8861; by default from its firmware, or all models.",
)
GROUP = click.option(
    "--tunnel-group", default="", metavar="NAME", help="Tunnel group that phones use, where nothing else says it."
)
INTERFACE = click.option("--interface", default="", metavar="NAME", help="Interface that phones connect to, by its nameif.")
_JUNIT = click.option(
    "--junit",
    type=PathOf(dir_okay=False),
    metavar="FILE",
    help="Write a JUnit report: one test case for each head-end, an error if something is not known.",
)
_FIX = click.option(
    "--fix",
    "cause",
    default="",
    metavar="ID",
    help="Fix this cause on one device, with plan, approval and rollback timer; verified by another audit, or rolled back.",
)
_RENEW = click.option(
    "--renew-to",
    default="",
    metavar="TRUSTPOINT",
    help="Show how far the renewal to this trustpoint's certificate has come and what is next; --phone-config may be repeated.",
)
_OPTIONS = with_options(
    *(PHONE, _MODEL, GROUP, INTERFACE, _FIX, _RENEW, _JUNIT, PLAN_AND_YES, LIMIT, JSON, INVENTORY, RUNS, LAB, SCHEDULER, DEBUG),
    OTHER_NAMES,
)


def _audit(hosts: tuple[str, ...], **options: Any) -> Exit:
    from ..phones.audit import FOLDER, audit_all
    from .views.audit_vpn_phone_view import audit_view
    from .views.progress import PlainProgress
    from .views.screen import console
    from .views.wrapped import WIDTH

    phones = phone_files(options["phone_configs"])
    if len(phones) > 1 and not options["renew_to"]:
        raise UsageError("an audit is of one phone: say --phone-config once (several belong to --renew-to)")
    what = asked_of(options, phones)
    if options["cause"]:
        if options["scheduler"]:
            raise UsageError(refusal("audit-vpn-phone --fix"))
        return _fix(hosts, what, options)
    if options["yes"] or options["plan_only"]:
        raise UsageError("--plan and --yes belong to --fix ID: an audit alone changes nothing")
    progress = PlainProgress()
    if options["renew_to"]:
        return _renew(hosts, phones, what, options, progress)
    with opened(hosts, options, progress) as ready:
        made = audit_all(ready, ready.hosts, what, progress, named=bool(hosts))
        head = {"runbook": FOLDER, "outcome": made.code.word, "exit_code": int(made.code)}
        report: dict[str, Any] = {**head, **made.as_dict(), "told": sorted(ready.told)}
        code = keep_in(ready, report, made.code, progress)
        if ready.folder is not None:
            report["folder"] = str(ready.folder.path)
    if options["junit"] is not None:
        from ..phones.junit import junit
        from ..reports.writing import write_report

        write_report(options["junit"], junit(made))
    if options["as_json"]:
        print_json(report)
    else:
        screen = console()
        width = screen.width if screen.is_terminal else WIDTH
        screen.print(audit_view(made, report.get("folder", ""), sorted(ready.told), width))
    return code


@contextmanager
def opened(hosts: tuple[str, ...], options: dict[str, Any], progress: Progress, kind: str = "") -> Iterator[Ready]:
    """The head-ends that are meant; ``kind`` is the folder of the records, by default that of an audit."""
    from ..engine.doctor import Asked, open_devices
    from ..phones.audit import FOLDER, firewalls

    places = options["inventory"], options["runs"], options["lab"], options["debug"], options.get("scheduler", "")
    asked = Asked(hosts, options.get("limits", ()), *places)

    def only(platforms: Mapping[str, Platform], chosen: tuple[str, ...]) -> tuple[str, ...]:
        return firewalls(platforms, chosen, named=bool(hosts))

    with open_devices(asked, progress, only=only, folder=kind or FOLDER) as ready:
        yield ready


def _fix(hosts: tuple[str, ...], what: AuditAsked, options: dict[str, Any]) -> Exit:
    from ..phones.audit import FOLDER
    from ..phones.fix import Fixed, apply_with_rollback, plan_fix
    from ..run.kept_runs import runs_folder
    from .views.audit_vpn_phone_view import fix_view, fixed_as_dict
    from .views.screen import console
    from .views.wrapped import WIDTH

    command_console = CommandConsole(FOLDER, **{name: options[name] for name in ("plan_only", "yes", "as_json", "detail")})
    screen = console()
    width = screen.width if screen.is_terminal else WIDTH
    with opened(hosts, options, command_console.progress) as ready:
        plan = plan_fix(ready, options["cause"], what, command_console.progress)
        if not options["as_json"]:
            screen.print(fix_view(plan, width))
        if command_console.approval.ask is None or not command_console.approval.ask():
            made = Fixed(plan, Exit.PENDING)
        else:
            made = apply_with_rollback(ready, plan, what, runs_folder(options["runs"]), command_console.progress)
        report = {"runbook": FOLDER, "outcome": made.code.word, "exit_code": int(made.code), **fixed_as_dict(made)}
        code = keep_in(ready, report, made.code, command_console.progress)
    if options["as_json"]:
        print_json(report)
    elif made.after is not None:
        words = f"{plan.host}: {plan.finding.id} is fixed and saved; {made.after.verdict}. Undo it: nr-run rollback {made.run}"
        screen.print(words, soft_wrap=True)
    return code


def _renew(
    hosts: tuple[str, ...], phones: tuple[PhoneFile, ...], what: AuditAsked, options: dict[str, Any], progress: Progress
) -> Exit:
    from ..phones.audit import FOLDER
    from ..phones.renewal import renew
    from .views.audit_vpn_phone_view import renewal_view
    from .views.screen import console
    from .views.wrapped import WIDTH

    with opened(hosts, options, progress) as ready:
        made = renew(ready, options["renew_to"], phones, what, progress)
        report = {"runbook": FOLDER, "outcome": made.code.word, "exit_code": int(made.code), **made.as_dict()}
        code = keep_in(ready, report, made.code, progress)
    if options["as_json"]:
        print_json(report)
    else:
        screen = console()
        screen.print(renewal_view(made.renewal, code, screen.width if screen.is_terminal else WIDTH))
    return code


def keep_in(ready: Ready, report: dict[str, Any], code: Exit, progress: Progress) -> Exit:
    """Keep what was found or done, and return the exit code: a disk that does not take it keeps nobody from that, and is told.

    The report has that code then too.
    """
    from ..phones.audit import FILE
    from ..verify.kept import code_after, kept_record

    unkept = kept_record(ready.folder, FILE, report) if ready.folder is not None else ()
    for words in unkept:
        progress.say(f"nr-run: {words}")
    after = code_after(code, unkept)
    if unkept:
        report.update(outcome=after.word, exit_code=int(after), warnings=list(unkept))
    return after


def phone_files(paths: tuple[Path, ...]) -> tuple[PhoneFile, ...]:
    """The files of phones. Raises IntentError for one that cannot be read, or is none of a phone."""
    from ...services.phones.files import phone_file_at

    return tuple(phone_file_at(path) for path in paths)


def asked_of(options: dict[str, Any], phones: tuple[PhoneFile, ...]) -> AuditAsked:
    """What the command line says of phones. Raises UsageError for a model that is not known."""
    from ...checks.phones.case import AuditAsked
    from ...checks.phones.models import model_named

    model = model_named(options["phone_model"]) if options["phone_model"] else None
    return AuditAsked(phones[0] if phones else None, model, options["tunnel_group"], options["interface"])


_audit.__doc__ = _HELP
audit_vpn_phone_command: click.Command = click.command("audit-vpn-phone", help=_HELP)(
    click.argument("hosts", nargs=-1, metavar="[HOST]...", shell_complete=host_names)(_OPTIONS(ended("audit-vpn-phone", _audit)))
)
