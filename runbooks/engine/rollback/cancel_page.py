"""``cancel-timer.txt``: how to see and cancel the timer of an armed device without nr-run; written before it is armed."""

from __future__ import annotations

import os
from collections.abc import Iterable
from datetime import UTC, datetime, timedelta
from pathlib import Path

from ....tasks.rollback_timers import ROLLBACK_TIMERS
from ..context import Context
from ..plans.planning import DeploymentPlan, MemberPlan

PAGE = "cancel-timer.txt"
#: The first words of a page whose timer is gone.
CANCELLED = "CANCELLED"

_TEXT = """\
A TIMER IS ARMED on {host} ({address}) for run {run}, {noun} {tunnel}.

armed   {armed} UTC, or a little later
fires   {fires} UTC, {minutes} minutes after it was armed: the device {sentence}
{after}
With nr-run and this run folder: nr-run resume {run}   does all of this{everywhere}. Without it, at the privileged prompt:

1. See it:
{see}
2. To KEEP the change: only if {devices} {run_it} and traffic passes both ways. Cancel the timer{who}:
{cancel}
   See step 1 again: nothing may be left. Then:
     write memory
3. To UNDO the change: {undo}
   Compare the running configuration with {before}
   Only then cancel the timer, as in step 2, and do not save if startup and running configuration are one already.
   To do nothing is also to undo: the device rolls itself back when the timer fires.
4. {others}
5. When {devices} {are} in order: nr-run resume {run} --close   lets other runs work there again.
"""


def of_others(plan: DeploymentPlan, host: str) -> dict[str, str]:
    """What a page says of the other devices of the change, and of ends that are not ours."""
    hosts = [member.host for member in plan.members]
    others = " and ".join(name for name in hosts if name != host)
    words = (
        f"{others} {'have pages of their' if len(hosts) > 2 else 'has a page of its'} own beside this one: all have to end alike."
    )
    foreign = "".join(f" {end.name} is not ours: nothing was sent to it." for end in plan.deployment.foreign)
    return {
        "everywhere": f", on {' and '.join(hosts)}" if others else "",
        "devices": " and ".join(hosts),
        "run_it": "run it" if others else "runs it",
        "are": "are" if others else "is",
        "others": (words if others else "No other device is part of this change.") + foreign,
    }


def write_page(context: Context, plan: DeploymentPlan, end: MemberPlan) -> None:
    """Write the page of a device that is about to be armed, on the disk when this returns. Raises NrRunError."""
    if end.method is None:
        return
    timer, folder = ROLLBACK_TIMERS[end.method.name], context.folder
    hand, place = timer.by_hand.filled(folder.tag), folder.path.absolute() / plan.name / end.host
    now, minutes = datetime.now(UTC), end.method.minutes
    host = context.nornir.inventory.hosts[end.host]
    paste = f"paste {place / 'rollback.cfg'}, with the keys that it asks for."
    undo = f"type {' and '.join(hand.undo)}. If that is refused, {paste}" if hand.undo else paste
    last = timer.seconds(minutes, 0.0) / 60
    latest = f"latest  {now + timedelta(minutes=last):%Y-%m-%d %H:%M} UTC, {last:.0f} minutes: a reload behind it\n"
    folder.write(
        f"{plan.name}/{end.host}/{PAGE}",
        _TEXT.format(
            host=end.host,
            address=f"{host.hostname} port {host.port}" if host.port else host.hostname,
            run=folder.id,
            noun=context.service.noun,
            tunnel=plan.name,
            **of_others(plan, end.host),
            armed=f"{now:%Y-%m-%d %H:%M:%S}",
            fires=f"{now + timedelta(minutes=minutes):%Y-%m-%d %H:%M}",
            minutes=minutes,
            sentence=timer.sentence(minutes),
            after=latest if last > minutes + 1 else "",
            see=_lines(hand.see),
            who=f" {hand.who}" if hand.who else "",
            cancel=_lines(hand.cancel),
            undo=undo,
            before=place / "running-before.cfg",
        ),
        durable=True,
    )


def mark_cancelled(context: Context, hosts: Iterable[str], how: str = "by nr-run, and seen gone") -> None:
    """Mark the pages of these devices as cancelled. A full disk is ignored: then a page only warns of a timer that is gone."""
    with context.folder.forgiving():
        for host in hosts:
            for page in _pages_of(context.folder.path, host):
                if is_armed(page):
                    name = str(page.relative_to(context.folder.path))
                    words = (
                        f"{CANCELLED} {datetime.now(UTC):%Y-%m-%d %H:%M:%S} UTC {how}. Nothing of this run is armed on {host}.\n"
                    )
                    context.folder.write(name, words, durable=True)


def _pages_of(run: Path, host: str) -> list[Path]:
    """The pages of one device, of all deployments of a run; none where the run folder cannot be read.

    Looked for by name: this is asked for each device of a fleet, and a pattern would have each folder's kind looked up again.
    """
    try:
        names = os.listdir(run)  # noqa: PTH208 - names
    except OSError:
        return []
    return [run / name / host / PAGE for name in names if os.path.exists(f"{run}/{name}/{host}/{PAGE}")]  # noqa: PTH110 - texts


def armed_pages(run: Path) -> list[Path]:
    """The pages of a run on which a timer is still armed, as far as is known."""
    return [page for page in sorted(run.glob(f"*/*/{PAGE}")) if is_armed(page)]


def is_armed(page: Path) -> bool:
    """False for a page that says that its timer is gone."""
    try:
        return not page.read_text(encoding="utf8", errors="replace").startswith(CANCELLED)
    except OSError:
        return True


def table() -> str:
    """The steps of every rollback timer as a table, for the documents; ``ID`` is the id of the run."""
    rows = ["| rollback method | see it | cancel it | roll back now |", "|---|---|---|---|"]
    for timer in ROLLBACK_TIMERS.values():
        hand = timer.by_hand.filled("nr-ID")
        undo = _cell(hand.undo) or "paste `rollback.cfg`"
        rows.append(f"| {timer.name} | {_cell(hand.see)} | {_cell(hand.cancel)}{f' {hand.who}' if hand.who else ''} | {undo} |")
    return "".join(f"{row}\n" for row in rows)


def _cell(lines: Iterable[str]) -> str:
    return ", ".join(f"`{line}`" for line in lines)


def _lines(lines: Iterable[str]) -> str:
    return "\n".join(f"     {line}" for line in lines)


if __name__ == "__main__":
    print(table(), end="")
