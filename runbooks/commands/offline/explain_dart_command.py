"""``nr-run explain-dart``: what a VPN client did when it should have reconnected, from its log."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

import click

from ....inventory.errors import Exit
from ..console import JSON, ended, with_options
from .input_files import FILE, bundle_of, explained
from .verify_reconnect_command import checked_timeout

if TYPE_CHECKING:
    from pathlib import Path

    from ....checks.client_logs.explanation import Explanation

_HELP = """\
Explain a reconnect of Cisco Secure Client (AnyConnect) from its log: what the client did, when, and why it failed.

FILE is a DART bundle (ZIP), its AnyConnectVPN.txt, an export of the Windows event log (text, XML or table), or the client's
lines in a syslog; - is standard input. Shows suspends and resumes, attempts with their reasons, versions, and the settings of
the profile and those in use, each with file and line. No device is contacted, and no secret in the log is shown.

\b
nr-run explain-dart DARTBundle_0313.zip
nr-run explain-dart AnyConnectVPN.txt --timeout 900
journalctl -t vpnagentd -o short-iso | nr-run explain-dart - --json

\b
Exit codes: 0 every reconnect worked; 12 one did not, or that is not verified;
65 FILE is another kind of file.
"""
_TIMEOUT = click.option(
    "--timeout",
    type=int,
    metavar="SECONDS",
    help="The reconnect timeout of the head-end, to compare with the time that the client was away.",
)


def _explain(source: Path, timeout: int | None, **options: Any) -> Exit:
    timeout = checked_timeout(timeout)

    def make() -> Explanation:
        from ....checks.client_logs.client_story import explain_client, story_of
        from ....parsers.logs.client import read_client_log

        bundle = bundle_of(source)
        return explain_client(bundle.name, story_of(bundle, read_client_log(bundle)), timeout)

    return explained("explain-dart", make, as_json=options["as_json"])


_explain.__doc__ = _HELP
explain_dart_command: click.Command = click.command("explain-dart", help=_HELP)(
    click.argument("source", metavar="FILE", type=FILE)(with_options(_TIMEOUT, JSON)(ended("explain-dart", _explain)))
)
