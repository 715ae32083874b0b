"""What the commands share: their options, the question, the report, and one way to end."""

from __future__ import annotations

import functools
import os
import sys
from collections.abc import Callable, Iterator, Sequence
from contextlib import contextmanager, suppress
from typing import TYPE_CHECKING, Any

import click

from ...inventory.errors import Exit, NrRunError, UsageError
from ..engine import wait_defaults
from .numbers import Number, Whole
from .old_names import old_options
from .paths import PathOf

if TYPE_CHECKING:
    from pathlib import Path

    from ..engine.context import Context
    from ..engine.outcome import TunnelOutcome
    from ..engine.plans.planning import DeploymentPlan
    from ..engine.rollout import Rollout
    from ..engine.runbook import Approval
    from ..engine.waits import Timeouts
    from .views.progress import PlainProgress

#: What a push, the pings and the readings of a proof take at most, beside the wait for IKE.
PUSH_SECONDS = 50
_SECONDS = Number(min=0.05)


def with_options(*options: Callable[[Any], Any]) -> Callable[[Any], Any]:
    """Several click options as one decorator; --help shows them in this order."""
    return lambda function: functools.reduce(lambda made, option: option(made), reversed(options), function)


PLAN_AND_YES = with_options(
    click.option("--plan", "plan_only", is_flag=True, help="Preview the change and how it is undone; change nothing."),
    click.option("--yes", is_flag=True, help="Apply without asking. Required where there is no terminal."),
    click.option("--detail", is_flag=True, help="Show every line of the plan with its reason, not only the summary."),
)
JSON = click.option("--json", "as_json", is_flag=True, help="Print one JSON document on standard output.")
RUNS = click.option("--runs", type=PathOf(), help="Folder of the run folders [$NR_RUN_RUNS, ./runs].")
INVENTORY = click.option("--inventory", type=PathOf(), help="Inventory folder [$NR_RUN_INVENTORY, ./inventory].")
LAB = click.option(
    "--lab",
    is_flag=True,
    help="Rehearse on simulated devices: those of the running lab, if it has them, else of a lab for this run.",
)
ACCEPT_UNSAVED = click.option(
    "--accept-unsaved",
    is_flag=True,
    help="Continue although the running configuration has unsaved changes; they are saved with the change.",
)
TIMEOUTS = with_options(
    click.option(
        "--ike-timeout",
        type=_SECONDS,
        default=wait_defaults.IKE,
        show_default=True,
        metavar="SECONDS",
        help="How long to wait for a tunnel to come up.",
    ),
    click.option(
        "--poll-interval",
        type=_SECONDS,
        default=wait_defaults.POLL,
        show_default=True,
        metavar="SECONDS",
        help="Time between two looks.",
    ),
    click.option(
        "--reconnect-timeout",
        type=Number(min=0),
        default=wait_defaults.RECONNECT,
        show_default=True,
        metavar="SECONDS",
        help="How long to try to log in again after a session is lost.",
    ),
    click.option(
        "--revert-in",
        type=Whole(min=0, max=1440),
        default=wait_defaults.REVERT_IN_MINUTES,
        show_default=True,
        metavar="MINUTES",
        help="Each device rolls itself back if nr-run has not confirmed the change by then; 0 disables it.",
    ),
    click.option(
        "--boot-timeout",
        type=Number(min=0),
        default=wait_defaults.BOOT,
        show_default=True,
        metavar="SECONDS",
        help="How long a device takes to boot, if it rolls back by a reload.",
    ),
    *old_options(_SECONDS),
)
PROCESSES = click.option(
    "--processes",
    type=Whole(min=0),
    default=0,
    metavar="N",
    help="Talk to the devices from N processes; 0: one for each core if there are many devices.",
)
ROLLOUT = with_options(
    click.option("--canary", type=Whole(min=0), default=0, metavar="N", help="Deploy N tunnels first, one by one."),
    click.option(
        "--soak",
        type=Number(min=0),
        default=0.0,
        metavar="SECONDS",
        help="Then wait, and verify the canaries again before the others.",
    ),
    click.option(
        "--workers",
        type=Whole(min=1),
        default=wait_defaults.WORKERS,
        show_default=True,
        metavar="N",
        help="Work on up to N tunnels at a time, never on two of one device.",
    ),
    PROCESSES,
    click.option("--batch", "workers", type=Whole(min=1), hidden=True),
    click.option(
        "--max-failures",
        type=Whole(min=0),
        default=0,
        metavar="N",
        help="Begin no further tunnel once N have failed; 0: no limit.",
    ),
)


def _elsewhere(_context: click.Context, option: click.Parameter, value: object) -> None:
    """What other tools call it."""
    if value:
        words = f"there is no {option.opts[0]}: --plan previews the change of what you name, and changes nothing"
        raise click.UsageError(words)


def _hidden(name: str, *, is_flag: bool = True) -> Callable[[Any], Any]:
    return click.option(name, is_flag=is_flag, hidden=True, expose_value=False, callback=_elsewhere)


def _from_here(context: click.Context, _option: click.Parameter, value: object) -> None:
    """Of a command that stands in FROM_HERE."""
    from .from_here import refusal

    if value:
        raise click.UsageError(refusal(str(context.info_name)))


def _one_of_the_services(_context: click.Context, _option: click.Parameter, value: str) -> str:
    """The name of an installed service, or nothing."""
    from ...inventory.files.did_you_mean import hint
    from ...services.registry import declared

    known = declared().services
    if value and value not in known:
        raise click.UsageError(f"there is no service {value!r}{hint(value, known)}: installed are {', '.join(known)}")
    return value


#: The environment says it for those that can; here it would be believed.
_NO_SCHEDULER = click.option("--scheduler", hidden=True, expose_value=False, callback=_from_here)

CONFIRM = click.option(
    "--confirm",
    multiple=True,
    metavar="NAME",
    help="Confirm what no device can show, by the name in the plan; recorded with your name and the time.",
)
SERVICE = click.option(
    "--service",
    default="",
    metavar="SERVICE",
    callback=_one_of_the_services,
    help="Which service it is of, where two have one of this name.",
)
LIMIT = click.option(
    "--limit",
    "limits",
    multiple=True,
    metavar="WORD=VALUE",
    help="Only what is on these devices: host, group, or a key of their data (site=berlin); all conditions must match.",
)
#: What other tools have, and what is called otherwise here; and the same for commands that reach the devices from here alone.
OTHER_NAMES = with_options(*map(_hidden, ("--check", "--diff", "--dry-run")))
FROM_HERE_ONLY = with_options(OTHER_NAMES, _NO_SCHEDULER)
NO_LIMIT = _hidden("--limit", is_flag=False)
SCHEDULER = click.option(
    "--scheduler",
    default="",
    envvar="NR_RUN_SCHEDULER",
    metavar="tls://HOST:PORT",
    help="Reach the devices from the workers of a Dask cluster [$NR_RUN_SCHEDULER].",
)
DEBUG = click.option("--debug", is_flag=True, help="Write the full session log, secrets masked, to debug.log in the run folder.")


def timeouts_of(options: dict[str, Any]) -> Timeouts:
    """The times that the command line asks for. Raises UsageError for a rollback timer that would fire during the proof."""
    if 0 < 60 * options["revert_in"] < options["ike_timeout"] + PUSH_SECONDS:
        raise UsageError(
            f"--revert-in {options['revert_in']} would fire before --ike-timeout {options['ike_timeout']:.0f} is over"
        )
    from ..engine.waits import Timeouts

    return Timeouts(
        ike=options["ike_timeout"],
        poll=options["poll_interval"],
        reconnect=options["reconnect_timeout"],
        reconnect_pause=min(wait_defaults.RECONNECT_PAUSE, options["poll_interval"] * 2),
        revert_in_minutes=options["revert_in"],
        boot=options["boot_timeout"],
    )


def rollout_of(options: dict[str, Any]) -> Rollout:
    """The order of many tunnels that the command line asks for; a command of one tunnel has no such options."""
    from ..engine.rollout import ONE_BY_ONE, Rollout

    if "workers" not in options:
        return ONE_BY_ONE
    return Rollout(options["canary"], options["soak"], options["workers"], options["max_failures"])


def _progress(*, as_json: bool) -> PlainProgress:
    from .views.progress import PlainProgress

    if as_json:
        return PlainProgress()
    from .views.live_progress import LiveProgress
    from .views.screen import console

    screen = console(stderr=True)
    return LiveProgress(screen) if screen.is_terminal else PlainProgress()


class CommandConsole:
    """How a command speaks with a person or a program: plan, question, progress, recap or JSON."""

    def __init__(self, runbook: str, *, plan_only: bool, yes: bool, as_json: bool, detail: bool = False) -> None:
        """Raises UsageError when nobody can be asked and nobody has said --yes or --plan."""
        if plan_only and yes:
            raise UsageError("--plan and --yes exclude each other")
        if not plan_only and not yes and (as_json or not is_attended()):
            raise UsageError("no terminal to ask on: use --yes to apply or --plan to preview")
        self.runbook, self.as_json = runbook, as_json
        self._plan_only, self._yes, self._detail = plan_only, yes, detail
        self.progress = _progress(as_json=as_json)

    @property
    def approval(self) -> Approval:
        """Whether to stop after the plan, ask, or go on."""
        from ..engine.runbook import Approval

        return Approval(None if self._plan_only else self._ask, takes_time=not self._yes)

    def _ask(self) -> bool:
        if self._yes:
            return True
        from ..engine.signals import asking

        with asking():
            return click.confirm("Apply this plan?", err=True)

    def show(self) -> Callable[[Sequence[DeploymentPlan], Sequence[TunnelOutcome]], None]:
        """Shows plans to a person."""
        from .views.plan_view import plan_view
        from .views.screen import console

        def shown(plans: Sequence[DeploymentPlan], refused: Sequence[TunnelOutcome]) -> None:
            self.progress.pause()
            if not self.as_json:
                _tell(lambda: console().print(plan_view(plans, refused, detail=self._detail)))

        return shown

    @contextmanager
    def concluding(self, context: Context) -> Iterator[None]:
        """A run that is refused as a whole is closed on the spot: its folder says why, and nobody is told to resume it."""
        try:
            yield
        except NrRunError as error:
            # Another run may have taken the devices over in the midst of the work; then it is not over.
            if _has_ended(context.folder.path):
                self._keep(context, error.exit_code, [], error=str(error))
            raise

    def _keep(
        self, context: Context, code: Exit, outcomes: Sequence[TunnelOutcome], warnings: Sequence[str] = (), error: str = ""
    ) -> tuple[dict[str, Any], str]:
        """Report, and recap as the screen has it, which are in the run folder then; the journal says how the run has ended."""
        from ..run.open_runs import unmark
        from .views.screen import console
        from .views.view import recap_view

        folder = context.folder
        told = sorted(folder.told)  # the devices speak at once
        report = {
            "run": folder.id,
            "runbook": self.runbook,
            "outcome": code.word,
            "exit_code": int(code),
            "changed": any(outcome.changed for outcome in outcomes),
            "folder": str(folder.path),
            "warnings": [*warnings, *told],
            "tunnels": [outcome.as_dict() for outcome in outcomes],
            **({"error": error} if error else {}),
        }
        view = recap_view(folder.id, self.runbook, str(folder.path), outcomes, code, error, told)
        keeper = console()
        with keeper.capture() as kept:
            keeper.print(view)
        recap = kept.get()
        with folder.forgiving():
            document = folder.write_report(report, click.unstyle(recap))
            folder.note("ended", outcome=code.word, exit_code=int(code))
        if _has_ended(folder.path):
            unmark(folder.path)
        return document, recap

    def finish(self, context: Context, outcomes: Sequence[TunnelOutcome], warnings: Sequence[str] = ()) -> Exit:
        """Report into the run folder and to the person; the exit code."""
        from ..engine.outcome import exit_code
        from .views.printable import json_text

        folder, code = context.folder, exit_code(outcomes)
        document, recap = self._keep(context, code, outcomes, [*warnings, *context.notices])
        self.progress.pause()
        _tell(lambda: click.echo(json_text(document, indent=2)) if self.as_json else print(recap, end=""))
        for complaint in folder.complaints:
            self.progress.say(f"nr-run: {complaint}")
        return code


def _has_ended(run: Path) -> bool:
    """False also where the journal cannot be verified any more: what became of the devices is shown all the same."""
    from ..run.journal_states import open_tunnels

    try:
        return not open_tunnels(run)
    except NrRunError:
        return False


def _tell(words: Callable[[], None]) -> None:
    """Print, if anybody is there to read: the exit code and the run folder tell it as well."""
    try:
        words()
        sys.stdout.flush()
    except (OSError, ValueError, AttributeError):
        with suppress(OSError):
            sys.stdout = open(os.devnull, "w", encoding="utf8")  # noqa: SIM115, PTH123 - for the rest of the process


def is_attended() -> bool:
    """True if somebody sits at a terminal; a timer may have closed these streams altogether."""
    return all(stream is not None and stream.isatty() for stream in (sys.stdin, sys.stdout))


def quiet_libraries() -> None:
    """Nornir logs tracebacks of failed tasks; without a handler Python would print them on standard error."""
    import logging

    logging.getLogger().addHandler(logging.NullHandler())


def ended(runbook: str, work: Callable[..., Exit]) -> Callable[..., None]:
    """A command's function: exits with the code of ``work``; with --json an error is a document too."""

    @functools.wraps(work)
    def command(*arguments: Any, **options: Any) -> None:
        quiet_libraries()
        try:
            code = work(*arguments, **options)
        except NrRunError as error:
            if not options.get("as_json"):
                raise
            code = error.exit_code
            print_json({"runbook": runbook, "outcome": code.word, "exit_code": int(code), "error": str(error)})
        click.get_current_context().exit(int(code))

    return command


def print_json(value: object) -> None:
    """One JSON document on standard output."""
    from ..run.folder import plain_values
    from ..run.json_names import document
    from .views.printable import json_text

    click.echo(json_text(document(plain_values(value)), indent=2))
