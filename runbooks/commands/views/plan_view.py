"""The plan as a person sees it before anything is touched: a summary that fits a screen, or every line of it (``--detail``).

Everything here is made of the plan that is applied, and holds no secret.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Sequence

from rich.console import Group, RenderableType
from rich.text import Text

from ....changes.family import Phase
from ....changes.plans.change import Change
from ....checks.finding import Finding, Status
from ....services.registry import find_built
from ....services.service import Foreign
from ....tasks.rollback_timers import ROLLBACK_TIMERS
from ...engine.outcome import TunnelOutcome
from ...engine.plans.planning import DeploymentPlan, Hold, MemberPlan, Push
from ...engine.verifying.confirmations import Asked

#: So many neighbours are named one by one, with every line and in the summary.
TOUCHES, FEW = 8, 2
_FOR_A_TEST = "a test only: rolled back once traffic has moved, or fails to move; then the return of traffic is watched"
_MARKS = {Phase.BUILD: ("+", "green"), Phase.ACTIVATE: ("~", "yellow"), Phase.CLEAN: ("-", "red")}


def plan_view(plans: Sequence[DeploymentPlan], refused: Sequence[TunnelOutcome] = (), *, detail: bool = True) -> RenderableType:
    """What would be done, on which device, in which order, what it touches and how it is undone; ``refused`` have no plan.

    Without ``detail`` the objects stand in the place of their lines, and why a name was taken is left out.
    """
    parts: list[RenderableType] = []
    for plan in plans:
        service = find_built(plan.deployment.service)
        title = f"{plan.name}  {service.title(plan.deployment)}"
        notes = [Text(f"   {line}", style="dim") for line in service.for_people(plan.deployment)]
        notes += [Text(f"   {_FOR_A_TEST}", style="magenta")] if plan.trial else []
        parts += [Text(title, style="bold"), *notes, *_foreign(plan.deployment.foreign)]
        parts += [*_confirmations(plan.confirmations), *_views(plan, detail=detail)]
    if any(end.change and end.method for plan in plans for end in plan.members):
        words = "If nr-run does not confirm the change in time, each device rolls itself back as shown above."
        parts.append(Text(words, style="magenta"))
    if not detail and any(end.change for plan in plans for end in plan.members):
        parts.append(Text("Every line, and why it is so: --detail", style="dim"))
    return Group(*parts, _plan_total(plans, refused))


def _foreign(ends: Sequence[Foreign]) -> Iterable[Text]:
    """What has to be so at ends that are not ours; a person confirms it, and nothing here touches them."""
    for end in ends:
        where = ", ".join(map(str, end.addresses))
        yield Text(
            f"   not ours: {end.name} ({where}) is not touched, and the tunnel is verified from this side only", style="yellow"
        )
        yield from (Text(f"   there: {sentence}", style="yellow") for sentence in end.preconditions)


def _confirmations(asked: Iterable[Asked]) -> Iterable[Text]:
    """What only a person can know, and whether one has said it."""
    for item in asked:
        if item.by:
            yield Text(f"   confirmed: {item.name}, by {item.by}: {item.sentence}", style="green")
        else:
            words = f"   to confirm before a change on the network: {item.sentence} ({item.why}): --confirm {item.name}"
            yield Text(words, style="bold yellow")


def _views(plan: DeploymentPlan, *, detail: bool) -> Iterable[RenderableType]:
    """The list that is applied, item by item; in one stage a device has one place in it, so all of it stands there."""
    if any(member.change.stages for member in plan.members):
        yield from _staged(plan, detail=detail)
        return
    for order, member in enumerate(plan.pushing, 1):
        yield _end_view(plan.name, member, order, [item for item in plan.walk if isinstance(item, Push)], detail=detail)


def _staged(plan: DeploymentPlan, *, detail: bool) -> Iterable[RenderableType]:
    """Each stage with its members and the gate behind it; then what concerns each member as a whole."""
    for order, item in enumerate(plan.walk, 1):
        if isinstance(item, Hold):
            words = f"{order}. gate: {item.title} must hold before the next step; if it does not, everything is rolled back"
            yield Text(words, style="bold magenta")
        else:
            lines = _steps(item) if detail else _objects(item.change)
            yield Group(Text(f"{order}. {item.member.host}: {item.title}", style="bold cyan"), *lines)
    for member in plan.pushing:
        yield Group(Text(member.host, style="bold cyan"), *_around(plan.name, member, detail=detail))


def _steps(item: Push) -> Iterable[Text]:
    for step in item.change.forward:
        mark, style = _MARKS[step.phase]
        yield Text(f"     ! {step.purpose}", style="dim")
        yield from (Text(f"   {mark} {line}", style=style) for line in step.text.splitlines())


def _objects(change: Change) -> Iterator[Text]:
    """What comes, is changed in place, goes, and is used as it is, by the names of the objects."""
    of_kind = (
        ("+", "green", [item.title for item in change.created]),
        ("~", "yellow", [edit.after.title for edit in change.edited]),
        ("-", "red", [item.title for item in change.removed]),
        ("=", "dim", [item.title for item in change.reused]),
    )
    yield from (Text(f"   {mark} {', '.join(titles)}", style=style) for mark, style, titles in of_kind if titles)


def _end_view(name: str, end: MemberPlan, order: int, walk: Iterable[Push], *, detail: bool) -> RenderableType:
    head = Text(f"{order}. {end.host}", style="bold cyan")
    if not end.change:
        head.append("  nothing to change", style="green")
    if not detail:
        return Group(head, *_objects(end.change), *_around(name, end, detail=False))
    same = [Text.assemble(("   = ", "dim"), (item.title, "dim"), ("  as it is", "dim")) for item in end.change.reused]
    steps = [line for item in walk if item.member is end for line in _steps(item)]
    return Group(head, *same, *steps, *_around(name, end, detail=True))


def _around(name: str, end: MemberPlan, *, detail: bool) -> Iterable[Text]:
    """Why, what it touches, how it is undone, and what speaks against it."""
    lines: list[Text] = []
    if end.change:
        if detail:
            lines += [Text(f"   because: {sentence}", style="dim") for sentence in end.decisions]
        touched = _folded(name, end, TOUCHES if detail else FEW)
        lines += [Text(f"   affects: {sentence}", style="magenta") for sentence in touched]
        lines += [Text(f"   leaves: {sentence}", style="dim") for sentence in end.change.stays if sentence not in end.decisions]
        lines += _timer_lines(end)
        count = sum(len(step.lines) for step in end.change.inverse)
        lines.append(Text(f"   undone by: {count} lines, in {name}/{end.host}/rollback.cfg of the run folder", style="dim"))
    lines += [
        Text(f"   {_against(finding)}: {finding.sentence}", style="bold red")
        for finding in end.prechecks
        if finding.status not in (Status.OK, Status.SKIPPED)
    ]
    return lines


def _against(finding: Finding) -> str:
    return "warning" if finding.status is Status.WARNING else f"blocked by pre-check {finding.check}"


def _timer_lines(end: MemberPlan) -> list[Text]:
    if end.method is None:
        return []
    words = ROLLBACK_TIMERS[end.method.name].sentence(end.method.minutes)
    why = f" ({'; '.join(end.method.because)})" if end.method.because else ""
    return [Text(f"   automatic rollback: {words}{why}", style="magenta")]


def _folded(name: str, end: MemberPlan, most: int) -> Sequence[str]:
    """What is touched, as far as a person reads it: a hub has hundreds of neighbours, which all say the same."""
    touched = end.change.blast_radius
    if len(touched) <= most:
        return touched
    return (*touched[:most], f"and {len(touched) - most} more, in {name}/{end.host}/blast-radius.txt of the run folder")


def _plan_total(plans: Sequence[DeploymentPlan], refused: Sequence[TunnelOutcome]) -> Text:
    ends = [end for plan in plans for end in plan.members]
    add = sum(len(end.change.created) for end in ends)
    same = sum(len(end.change.reused) for end in ends)
    remove = sum(len(end.change.removed) for end in ends)
    edit = sum(len(end.change.edited) for end in ends)
    boxes = len({end.host for end in ends if end.change})
    count = len(refused)
    without = f"; no plan for {count} tunnel{'' if count == 1 else 's'}, refused" if count else ""
    if not plans and without:
        return Text(f"Plan: none{without}.", style="bold red")
    if not boxes:
        return Text(f"Plan: nothing to change{without}.", style="green")
    on = f"on {boxes} device{'' if boxes == 1 else 's'}"
    words = f"Plan: {add} to add, {edit} to change, {remove} to remove {on}; {same} used as they are{without}."
    return Text(words, style="bold")
