"""Find on devices what is not in the intent: what a removal names, and what nobody asked for."""

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
    """Deployments that are only on devices and are to be removed. The devices are read again once the run has locked them.

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
    """Why it was searched on devices: the intent has no such name."""
    return "" if intended.has(name) else f"{intended.not_there(name)}; "


def notice_strays(context: Context, snapshots: Mapping[str, Snapshot], besides: Collection[str]) -> None:
    """Add a notice for each instance that these devices have and no intent names, except those of this run.

    A run without an intent tells of none.
    """
    if context.intended is not None:
        texts = {host: Known(snapshots).text(host) for host in snapshots}
        context.notices.extend(context.intended.strays(texts, besides))
