"""The nr-run command: finds the subcommand, and turns every error into one sentence and its exit code.

Subcommands are imported when they are used, so that --help and shell completion do not pay for Netmiko or TTP.
"""

from __future__ import annotations

import gc
import importlib
import sys
from functools import cache
from typing import TYPE_CHECKING

import click

from ...inventory.errors import Exit, NrRunError

if TYPE_CHECKING:
    from click.shell_completion import CompletionItem

    from ...services.registry import Declared

#: How many objects have to be made, beyond those that went, before Python looks for cycles of them that nobody holds.
GARBAGE = 200_000, 20, 20
#: Name: module (relative to this folder), attribute, and what --help says of it.
OWN: dict[str, tuple[str, str, str]] = {
    "verify": (".verify_command", "verify_command", "Report for every service whether it works; nothing is changed."),
    "drift": (".drift_command", "drift_command", "Compare the running configurations with the intent, line by line."),
    "failover-test": (
        ".failover_command",
        "failover_command",
        "Take a primary path down for a short time, and measure the failover and the return.",
    ),
    "status": (".offline.history_command", "status_command", "Show the estate at its last verification; no device is contacted."),
    "history": (
        ".offline.history_command",
        "history_command",
        "Show one service over time: since when, flaps, last proof by traffic.",
    ),
    "init": (".offline.init_command", "init_command", "Write a starting inventory for your devices."),
    "doctor": (".doctor_command", "doctor_command", "Examine whether devices are ready for a change; nothing is changed."),
    "check-release": (
        ".check_release_command",
        "check_release_command",
        "Show what another release would do to a device's services.",
    ),
    "import-sample": (
        ".offline.import_sample_command",
        "import_sample_command",
        "Judge a provider's sample for Cisco, and write an intent for it.",
    ),
    "partner-sheet": (
        ".offline.sheet_command",
        "sheet_command",
        "Print what an end that is not ours has to set, without the key.",
    ),
    "verify-reconnect": (
        ".offline.verify_reconnect_command",
        "verify_reconnect_command",
        "Judge a client's reconnect from outputs before and after its suspend.",
    ),
    "explain-dart": (
        ".offline.explain_dart_command",
        "explain_dart_command",
        "Explain a client's reconnect from its log or DART bundle.",
    ),
    "explain-phone": (
        ".offline.explain_phone_command",
        "explain_phone_command",
        "Explain why an IP phone cannot connect, from its log and the syslog.",
    ),
    "audit-vpn-phone": (
        ".audit_vpn_phone_command",
        "audit_vpn_phone_command",
        "Find out why IP phones cannot connect to an ASA.",
    ),
    "renew-phone-certificate": (
        ".renew_phone_certificate_command",
        "renew_phone_certificate_command",
        "Move IP phones to another certificate, in the order that cuts none off.",
    ),
    "rotate-psk": (
        ".rotate_psk_command",
        "rotate_psk_command",
        "Give a service another pre-shared key, verified, or restore the old one.",
    ),
    "rollback": (".past_commands", "rollback_command", "Undo a finished run, exactly, from its run folder."),
    "resume": (".past_commands", "resume_command", "Finish a run that was killed or cut off: verified, or rolled back."),
    "runs": (".offline.runs_command", "runs_command", "List the runs and how they ended, or prune them."),
    "show": (".past_commands", "show_command", "Show one run again."),
    "parse": (".offline.parse", "parse_command", "Parse the output of a show command into typed state."),
    "schema": (".offline.schema_command", "schema_command", "Print the JSON Schema of an intent file, for editors."),
    "lab": (".lab_command", "lab", "Run simulated devices: up, status, down, exec, fault, client."),
}


@cache
def commands() -> dict[str, str]:
    """Name of every command, those of the services first, and what --help says of it."""
    services = _declared().services.values()
    return {
        **{command.name: command.help for service in services for command in service.commands},
        **{name: words for name, (_, _, words) in OWN.items()},
    }


def _declared() -> Declared:
    """The services: what is read of every installed package for them is left alone where a command of our own is called."""
    from ...services.registry import declared

    return declared()


EXIT_CODES = """\b
Exit codes:
  0   done, or nothing to do       20  rolled back, as it was before
  1   error                        21  rollback incomplete
  2   changes pending (--plan);    64  wrong command line
      devices differ from intent   65  inventory or intent is wrong
  10  some done, some failed       66  no such service, host, run or lab
  11  unreachable, or not read     75  another run holds a device
  12  a service is not verified    130 stopped before any change
  13  a pre-check failed; nothing
      was changed"""


class LazyGroup(click.Group):
    """A group whose commands are imported when they are called."""

    def list_commands(self, ctx: click.Context) -> list[str]:  # noqa: ARG002 - click's signature
        """Names, in the order of the table."""
        return list(commands())

    def get_command(self, ctx: click.Context, cmd_name: str) -> click.Command | None:  # noqa: ARG002 - click's signature
        """Import and return one command."""
        if cmd_name not in OWN:
            return _of_a_service(cmd_name)
        module, attribute, _ = OWN[cmd_name]
        command = getattr(importlib.import_module(module, __package__), attribute)
        if not isinstance(command, click.Command):
            raise TypeError(f"{module}.{attribute} is no command")
        return command

    def shell_complete(self, ctx: click.Context, incomplete: str) -> list[CompletionItem]:
        """Names and what they do, from the table; click would import each command for its help."""
        from click.shell_completion import CompletionItem

        names = [CompletionItem(name, help=words) for name, words in commands().items() if name.startswith(incomplete)]
        return [*names, *click.Command.shell_complete(self, ctx, incomplete)]

    def resolve_command(self, ctx: click.Context, args: list[str]) -> tuple[str | None, click.Command | None, list[str]]:
        """As click does, with the nearest match in the error."""
        name = args[0]
        if name not in OWN and not name.startswith("-") and not _is_of_a_service(name):
            ctx.fail(f"there is no command {name!r}{_meant(name)}")
        return super().resolve_command(ctx, args)

    def format_commands(self, ctx: click.Context, formatter: click.HelpFormatter) -> None:  # noqa: ARG002 - click's signature
        """The list in --help, without importing any of them."""
        with formatter.section("Commands"):
            formatter.write_dl(list(commands().items()))
        for sentence in _declared().broken.values():
            formatter.write_text(sentence)


def _is_of_a_service(name: str) -> bool:
    return _declared().of_command(name) is not None or _declared().of_former(name) is not None


def _of_a_service(name: str) -> click.Command | None:
    former, service = _declared().of_former(name), _declared().of_command(name)
    if former is not None:
        from .rotate_psk_command import former_command

        return former_command(former, name)
    if service is None:
        return None
    from .service_command import command_of

    return command_of(*service)


def _meant(name: str) -> str:
    """The end of a sentence on a command that is none: those that begin with it, as ``deploy`` does, or the one most like it."""
    from difflib import get_close_matches

    words = [command for command in commands() if command.startswith(f"{name}-")] or get_close_matches(name, commands(), n=1)
    return f"; did you mean {', '.join(words[:-1])}{' or ' if words[1:] else ''}{words[-1]}?" if words else ""


def _without_hidden(error: click.NoSuchOption) -> click.NoSuchOption:
    """The same without the options that --help does not show, as those under their old names: they are nobody's advice."""
    command = error.ctx.command if error.ctx else cli
    hidden = {name for option in command.params if isinstance(option, click.Option) and option.hidden for name in option.opts}
    shown = [name for name in error.possibilities or () if name not in hidden]
    return click.NoSuchOption(error.option_name, error.message, shown, error.ctx)


def _version(context: click.Context, _option: click.Parameter, asked: bool) -> None:
    if asked and not context.resilient_parsing:
        from ...services.installed import version_of

        click.echo(f"nr-run, version {version_of('nr-run')}")
        context.exit()


@click.group(cls=LazyGroup, epilog=EXIT_CODES, context_settings={"help_option_names": ["-h", "--help"]})
@click.option("--version", is_flag=True, expose_value=False, is_eager=True, callback=_version, help="Show the version and exit.")
def cli() -> None:
    """Change VPN tunnels on Cisco routers and firewalls, and verify the change.

    After a run every tunnel is verified up with the new configuration on every end that is ours, or verified rolled back,
    or reported as rollback-incomplete with the manual steps, with the evidence.
    """


def main() -> None:
    """Entry point: run the command line and exit with its code."""
    # Nearly all that is made while modules are imported stays; by default it is looked through 200 times for what may go.
    gc.set_threshold(*GARBAGE)
    try:
        code = cli.main(prog_name="nr-run", standalone_mode=False)
    except click.ClickException as error:
        (_without_hidden(error) if isinstance(error, click.NoSuchOption) else error).show()
        code = Exit.USAGE if isinstance(error, click.UsageError) else Exit.ERROR
    except click.exceptions.Abort:
        click.echo("stopped", err=True)
        code = Exit.INTERRUPTED
    except NrRunError as error:
        from .views.printable import printable

        click.echo(printable(f"nr-run: {error}"), err=True)
        code = error.exit_code
    except BrokenPipeError:
        sys.stderr.close()
        code = Exit.ERROR
    sys.exit(int(code or 0))
