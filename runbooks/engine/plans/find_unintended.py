"""Read devices to find what the intent has not: what is to be removed, and what nobody asked for."""

from __future__ import annotations

from collections.abc import Collection, Mapping

from ....inventory.errors import ChangeError, NothingMatched
from ....services.service import Deployment, Intended
from ....tasks.gather import Snapshot, gather
from ...locking.locks import refuse_held
from ..context import Context
from ..nornir_run import run_on
from ..run_setup import OpenRun
from .planning import Known


def find_missing(opened: OpenRun) -> tuple[Deployment, ...]:
    """What is to go and only devices know, read from those. They are read again when the run has them locked.

    Raises NothingMatched when no device that could be read has it, ChangeError when its members cannot be told.
    """
    context = opened.context
    if not opened.missing or context.intended is None:
        return ()
    refuse_held(context, opened.runs, opened.hosts)
    for host in opened.hosts:
        context.progress.phase(host, "look for " + " and ".join(opened.missing))
    snapshots, errors = run_on(context.nornir, gather, {host: {"platform": context.platforms[host]} for host in opened.hosts})
    texts = {host: Known(snapshots).text(host) for host in snapshots}
    found = []
    for name in opened.missing:
        try:
            found.append(context.intended.find(name, texts))
        except (ChangeError, NothingMatched) as error:
            unread = "".join(f"; {problem}" for problem in errors.values())
            raise type(error)(f"{_unknown(context.intended, name)}{error}{unread}") from None
    for deployment in found:
        where, sign = " and ".join(deployment.hosts), context.service.found_by.format(name=deployment.name)
        context.progress.say(f"{deployment.name} is not in the intent and was found on {where} by {sign}")
    return tuple(found)


def _unknown(intended: Intended, name: str) -> str:
    """Why it was looked for at all, where the intent has no such name."""
    return "" if intended.has(name) else f"{intended.not_there(name)}; "


def notice_strays(context: Context, snapshots: Mapping[str, Snapshot], besides: Collection[str]) -> None:
    """Tell of what these devices have and no intent wants, but for that of the run itself.

    A run without an intent tells of none.
    """
    if context.intended is not None:
        texts = {host: Known(snapshots).text(host) for host in snapshots}
        context.notices.extend(context.intended.strays(texts, besides))
