"""``nr-run verify-reconnect``: did a client come back by IKEv2 auto-reconnect? Judged on outputs that a person has taken."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

import click

from ....inventory.errors import Exit, UsageError
from ..console import JSON, ended, with_options
from .input_files import FILE, bundle_of, explained, text_of

if TYPE_CHECKING:
    from pathlib import Path

    from ....checks.client_logs.absence import Absence
    from ....checks.client_logs.explanation import Explanation

_HELP = """\
Judge whether a Secure Client resumed its session by IKEv2 auto-reconnect, from outputs of its head-end (IOS-XE) before and
after it slept.

Each file has, pasted one after the other: show clock, show crypto session detail, show crypto ikev2 session detailed, show
crypto ikev2 stats reconnect, show clock. No device is contacted.

It is a reconnect if the session has the capability R; the client was authenticated by PSK (its session token), with its session
id as identity; the address is the same as before; the counters rose; no inactive entry was left; and the client was not away
for longer than the timeout. Missing evidence is never taken as good.

\b
nr-run verify-reconnect before.txt after.txt --timeout 900
nr-run verify-reconnect before.txt after.txt --client-log AnyConnectVPN.txt
nr-run verify-reconnect before.txt after.txt --client 192.0.2.5 --json

\b
Exit codes: 0 it came back by a reconnect; 12 it did not, or that is not verified;
65 a file is not what it should be; 66 no client, or several that could be meant.
"""
_CLIENT = click.option("--client", default="", metavar="ADDRESS", help="The client to judge, by its assigned address.")
_TIMEOUT = click.option(
    "--timeout",
    type=int,
    metavar="SECONDS",
    help="The reconnect timeout of the IKEv2 profile; by default it is read from the files.",
)
_LOG = click.option(
    "--client-log", type=FILE, metavar="FILE", help="The client's log (text or DART ZIP), which shows how long it was away."
)


def checked_timeout(timeout: int | None) -> int | None:
    """A timeout that a head-end can have. Raises UsageError for any other."""
    from ....checks.client_logs.absence import TIMEOUT_RANGE

    least, most = TIMEOUT_RANGE
    if timeout is not None and not least <= timeout <= most:
        raise UsageError(f"--timeout {timeout}: reconnect timeout is {least} to {most} seconds")
    return timeout


def _judge(before: Path, after: Path, client: str, timeout: int | None, client_log: Path | None, **options: Any) -> Exit:
    timeout = checked_timeout(timeout)

    def make() -> Explanation:
        from ....checks.client_logs.head_end import shown
        from ....checks.client_logs.reconnect import judge
        from ....parsers.printed.pasted import read_pasted

        texts = [text_of(path) for path in (before, after)]
        old, new = (shown(read_pasted(name, "ios", text), text) for name, text in _named_apart(texts))
        absence = _absence_in(client_log, texts)
        return judge(old, new, client=client, timeout=timeout, absence=absence)

    return explained("verify-reconnect", make, as_json=options["as_json"])


def _named_apart(texts: list[tuple[str, str]]) -> list[tuple[str, str]]:
    """Two files of one name in two folders are told apart."""
    (old, first), (new, second) = texts
    return [(f"{old} (before)", first), (f"{new} (after)", second)] if old == new else texts


def _absence_in(client_log: Path | None, texts: list[tuple[str, str]]) -> Absence | None:
    """What the client's log tells; where none is given, one that was pasted below the outputs."""
    from ....checks.client_logs.client_story import absence_of, story_of
    from ....inventory.errors import ParseError
    from ....parsers.logs.bundle import Bundle, Part
    from ....parsers.logs.client import read_client_log

    if client_log is not None:
        bundle = bundle_of(client_log)
        return absence_of(story_of(bundle, read_client_log(bundle)))
    for name, text in reversed(texts):
        bundle = Bundle(name, (Part(name, text),), (), zipped=False)
        try:
            return absence_of(story_of(bundle, read_client_log(bundle)))
        except ParseError:
            continue
    return None


_judge.__doc__ = _HELP
verify_reconnect_command: click.Command = click.command("verify-reconnect", help=_HELP)(
    click.argument("before", type=FILE)(
        click.argument("after", type=FILE)(with_options(_CLIENT, _TIMEOUT, _LOG, JSON)(ended("verify-reconnect", _judge)))
    )
)
