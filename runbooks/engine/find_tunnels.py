"""Read devices to find tunnels that the intent has not: those that are to be removed, and those that nobody asked for."""

from __future__ import annotations

from collections.abc import Collection, Mapping

from ...inventory.errors import ChangeError, NothingMatched
from ...inventory.intent import Tunnel
from ...tasks.gather import Snapshot, gather
from ..commands.remove_by_name import not_in_intent, strays, tunnel_of
from ..locking.locks import refuse_held
from .context import Context
from .nornir_run import run_on
from .planning import Known
from .run_setup import Opened


def find_missing(opened: Opened) -> tuple[Tunnel, ...]:
    """The tunnels that are to go and that only devices know, read from those. They are read again when the run has them locked.

    Raises NothingMatched when no device that could be read has such a tunnel, ChangeError when its ends cannot be told.
    """
    context = opened.context
    if not opened.missing:
        return ()
    refuse_held(context, opened.runs, opened.hosts)
    for host in opened.hosts:
        context.progress.phase(host, "look for " + " and ".join(opened.missing))
    snapshots, errors = run_on(context.nornir, gather, {host: {"platform": context.platforms[host]} for host in opened.hosts})
    texts = {host: Known(snapshots).text(host) for host in snapshots}
    found = []
    for name in opened.missing:
        try:
            found.append(tunnel_of(name, texts, context.platforms))
        except (ChangeError, NothingMatched) as error:
            unread = "".join(f"; {problem}" for problem in errors.values())
            known = "" if name in context.intent.tunnels else f"{not_in_intent(name, context.intent)}; "
            raise type(error)(f"{known}{error}{unread}") from None
    for tunnel in found:
        near, far = (end.host for end in tunnel.own)
        context.progress.say(
            f"{tunnel.name} is not in the intent and was found on {near} and {far} by its access list NR-{tunnel.name}"
        )
    return tuple(found)


def notice_strays(context: Context, snapshots: Mapping[str, Snapshot], besides: Collection[str]) -> None:
    """Tell of tunnels that these devices have and that no intent wants, but for those of the run itself.

    A run without an intent tells of none.
    """
    if context.intent.tunnels:
        texts = {host: Known(snapshots).text(host) for host in snapshots}
        context.notices.extend(strays(context.intent, context.platforms, texts, besides))
