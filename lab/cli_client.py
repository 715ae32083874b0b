"""`nr-run lab client`: have a scripted VPN client connect, send, stay idle or disconnect."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

import click

from .core.errors import LabError
from .paths import PathOf

if TYPE_CHECKING:
    from pathlib import Path


def sentence(name: str, told: dict[str, Any]) -> str:
    """One line for a person."""
    state = f"connected as {told['address']}" if told["connected"] else "not connected"
    sent = f", {told['answered']} of {told['sent']} answered" if "sent" in told else ""
    why = f" ({told['failed']}): {told['says']}" if told["failed"] else ""
    return f"{name}: {state}{sent}{why}"


def _secret(_context: click.Context, _option: click.Parameter, path: Path | None) -> str:
    """The first line of a file: a secret does not stand on a command line."""
    if path is None:
        return ""
    try:
        return path.read_text(encoding="utf8").partition("\n")[0].strip()
    except (OSError, ValueError) as error:
        raise click.BadParameter(f"{path} cannot be read: {error}") from None


_FILE = PathOf(dir_okay=False)


@click.command()
@click.argument("name")
@click.argument("action", type=click.Choice(["connect", "send", "idle", "suspend", "resume", "disconnect", "status"]))
@click.argument("what", required=False)
@click.option("--secure", is_flag=True, help="A Secure Client: IKEv2 with a user and a password, without a group.")
@click.option("--group", default="", help="The client group.")
@click.option("--group-key", type=_FILE, callback=_secret, help="A file with the key of the group.")
@click.option("--user", default="", help="Who logs in.")
@click.option("--password", type=_FILE, callback=_secret, help="A file with the password of the user.")
@click.option("--count", type=click.IntRange(1, 1000), default=5, show_default=True, help="How many packets are sent.")
@click.option("--json", "as_json", is_flag=True, help="Print JSON.")
@click.option("--directory", type=PathOf(file_okay=False), help="Folder of the lab.")
def client(
    *,
    name: str,
    action: str,
    what: str | None,
    secure: bool,
    group: str,
    group_key: str,
    user: str,
    password: str,
    count: int,
    as_json: bool,
    directory: Path | None,
) -> None:
    """Make the VPN client NAME do something. A client exists as soon as you name it.

    A Secure Client can also sleep (suspend) and resume its session (resume). WHAT is the device or address to connect to, the
    address to send to, or the lab seconds to be idle. Exit code 1 if it could not connect, or got no answer.

    \b
    Examples:
      nr-run lab client home connect vpn2611 --group staff --group-key key.txt --user jane --password password.txt
      nr-run lab client home send 10.10.10.10
      nr-run lab client home idle 600
      nr-run lab client home disconnect
      nr-run lab client laptop connect xe-remote --secure --user anna --password password.txt
      nr-run lab client laptop suspend
    """
    words: dict[str, str | int] = {}
    if action == "connect" and secure:
        action, words = "connect-secure", {"host": what or "", "user": user, "password": password}
    elif action == "connect":
        words = {"host": what or "", "group": group, "key": group_key, "user": user, "password": password}
    elif action == "send":
        words = {"to": what or "", "count": count}
    elif action == "idle":
        words = {"seconds": what or ""}
    elif what:
        raise click.UsageError(f"{action} takes nothing more.")
    from . import entry

    try:
        told = entry.attach(directory or entry.default_directory()).client(name, action, **words)
    except LabError as error:
        click.echo(str(error), err=True)
        raise SystemExit(error.exit_code) from None
    import json

    click.echo(json.dumps(told, indent=2) if as_json else sentence(name, told))
    if told["failed"] or told.get("answered", 1) == 0:
        raise SystemExit(1)
