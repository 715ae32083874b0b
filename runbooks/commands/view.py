"""What a person sees: the plan before, the recap after. Everything here is made of plan and outcome, and holds no secret."""

from __future__ import annotations

from collections.abc import Iterable, Sequence

from rich import box
from rich.console import Group, RenderableType
from rich.table import Table
from rich.text import Text

from ...changes.family import Phase
from ...checks.finding import Status
from ...inventory.errors import Exit
from ...services.registry import find
from ...services.service import Foreign
from ...tasks.rollback_timers import FENCES
from ..engine.outcome import DeviceRow, Result, TunnelOutcome
from ..engine.planning import DeploymentPlan, Hold, MemberPlan, Push

#: So many neighbours are named one by one in the plan.
TOUCHES = 8
_MARKS = {Phase.BUILD: ("+", "green"), Phase.SWITCH: ("~", "yellow"), Phase.CLEAN: ("-", "red")}
_STYLES = {
    Result.PROVED: "bold green",
    Result.SAS_UP: "bold yellow",
    Result.UNCHANGED: "green",
    Result.PENDING: "yellow",
    Result.NOT_PROVED: "bold red",
    Result.ROLLED_BACK: "bold yellow",
    Result.QUARANTINED: "bold white on red",
    Result.REFUSED: "bold red",
}


def plan_view(plans: Sequence[DeploymentPlan], refused: Sequence[TunnelOutcome] = ()) -> RenderableType:
    """What would be done, on which box, in which order, what it touches and how it is undone; ``refused`` have no plan."""
    parts: list[RenderableType] = []
    for plan in plans:
        service = find(plan.deployment.service)
        title = f"{plan.name}  {service.title(plan.deployment)}"
        notes = (Text(f"   {line}", style="dim") for line in service.for_people(plan.deployment))
        parts += [Text(title, style="bold"), *notes, *_foreign(plan.deployment.foreign), *_views(plan)]
    if any(end.change and end.fence for plan in plans for end in plan.members):
        words = "Dead-man: each device goes back by itself, as its plan says, unless this run comes back and calls it off."
        parts.append(Text(words, style="magenta"))
    return Group(*parts, _plan_total(plans, refused))


def _foreign(ends: Sequence[Foreign]) -> Iterable[Text]:
    """What has to be so at ends that are not ours; a person confirms it, and nothing here touches them."""
    for end in ends:
        where = ", ".join(map(str, end.addresses))
        yield Text(f"   not ours: {end.name} ({where}) is not touched, and the proof is what this side shows", style="yellow")
        yield from (Text(f"   there: {sentence}", style="yellow") for sentence in end.preconditions)


def _views(plan: DeploymentPlan) -> Iterable[RenderableType]:
    """The list that is carried out, item by item; in one stage a device has one place in it, so all of it stands there."""
    if any(member.change.stages for member in plan.members):
        yield from _staged(plan)
        return
    for order, member in enumerate(plan.pushing, 1):
        yield _end_view(plan.name, member, order, (item for item in plan.walk if isinstance(item, Push)))


def _staged(plan: DeploymentPlan) -> Iterable[RenderableType]:
    """Each stage with its members and the gate behind it; then what concerns each member as a whole."""
    for order, item in enumerate(plan.walk, 1):
        if isinstance(item, Hold):
            words = f"{order}. {item.title} has to hold before anything that follows; if it does not, all is taken back"
            yield Text(words, style="bold magenta")
        else:
            yield Group(Text(f"{order}. {item.member.host}: {item.title}", style="bold cyan"), *_steps(item))
    for member in plan.pushing:
        yield Group(Text(member.host, style="bold cyan"), *_around(plan.name, member))


def _steps(item: Push) -> Iterable[Text]:
    for step in item.change.forward:
        mark, style = _MARKS[step.phase]
        yield Text(f"     ! {step.purpose}", style="dim")
        yield from (Text(f"   {mark} {line}", style=style) for line in step.text.splitlines())


def _end_view(name: str, end: MemberPlan, order: int, walk: Iterable[Push]) -> RenderableType:
    head = Text(f"{order}. {end.host}", style="bold cyan")
    if not end.change:
        head.append("  nothing to change", style="green")
    same = [Text.assemble(("   = ", "dim"), (item.title, "dim"), ("  as it is", "dim")) for item in end.change.reused]
    steps = [line for item in walk if item.member is end for line in _steps(item)]
    return Group(head, *same, *steps, *_around(name, end))


def _around(name: str, end: MemberPlan) -> Iterable[Text]:
    """Why, what it touches, how it is undone, and what speaks against it."""
    lines: list[Text] = []
    if end.change:
        lines += [Text(f"   because: {sentence}", style="dim") for sentence in end.decisions]
        lines += [Text(f"   touches: {sentence}", style="magenta") for sentence in _folded(name, end)]
        lines += [Text(f"   leaves: {sentence}", style="dim") for sentence in end.change.stays if sentence not in end.decisions]
        lines += _fence_lines(end)
        count = sum(len(step.lines) for step in end.change.inverse)
        lines.append(Text(f"   undone by: {count} lines, in {name}/{end.host}/inverse.cfg of the run folder", style="dim"))
    lines += [
        Text(f"   {'objection' if finding.status is not Status.WARNING else 'warning'}: {finding.sentence}", style="bold red")
        for finding in end.prechecks
        if finding.status not in (Status.OK, Status.SKIPPED)
    ]
    return lines


def _fence_lines(end: MemberPlan) -> list[Text]:
    if end.fence is None:
        return []
    words = FENCES[end.fence.name].sentence(end.fence.minutes)
    why = f" ({'; '.join(end.fence.because)})" if end.fence.because else ""
    return [Text(f"   dead-man: {words}{why}", style="magenta")]


def _folded(name: str, end: MemberPlan) -> Sequence[str]:
    """What is touched, as far as a person reads it: a hub has hundreds of neighbours, which all say the same."""
    touched = end.change.blast_radius
    if len(touched) <= TOUCHES:
        return touched
    return (*touched[:TOUCHES], f"and {len(touched) - TOUCHES} more, in {name}/{end.host}/touches.txt of the run folder")


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


def recap_view(
    run: str,
    runbook: str,
    folder: str,
    outcomes: Sequence[TunnelOutcome],
    code: Exit,
    error: str = "",
    told: Sequence[str] = (),
) -> RenderableType:
    """Failures first and with their evidence, everything else a line an end.

    ``error`` is why the run was refused as a whole, ``told`` what the devices said beside all that.
    """
    ordered = sorted(outcomes, key=lambda outcome: outcome.result in (Result.PROVED, Result.UNCHANGED, Result.PENDING))
    parts: list[RenderableType] = [Text(f"RUN {run} {runbook}", style="bold")]
    rows = [outcome for outcome in ordered if outcome.devices]
    if rows:
        parts.append(_device_table(rows))
    parts += [Text(sentence, style="yellow") for sentence in told]
    for outcome in ordered:
        words = Text.assemble(
            (outcome.tunnel, "bold"), ": ", (outcome.result.value, _STYLES[outcome.result]), f", {outcome.sentence}"
        )
        parts += [words, *_details(outcome)]
    if error:
        parts += [Text(f"nothing was changed: {line}", style="bold red") for line in error.splitlines()]
    parts.append(Text(f"exit {int(code)} ({code.word})   report: {folder}/", style="dim"))
    return Group(*parts)


def _details(outcome: TunnelOutcome) -> Iterable[Text]:
    if outcome.cause:
        cause = outcome.cause
        yield Text(f"  probable cause: {cause.sentence} (confidence: {cause.confidence})", style="yellow")
        yield Text(f"  to confirm: {cause.confirm}", style="dim")
        yield Text(f"  remedy: {cause.remedy}", style="dim")
    for finding in outcome.against:
        yield Text(f"  {finding.status.value}: {finding.subject}: {finding.sentence}", style="red")
        for evidence in finding.evidence[:3]:
            yield Text(f"    {evidence}", style="dim")
    if outcome.reach:
        yield Text(f"  {outcome.reach}", style="yellow")
    for sentence in outcome.untested:
        yield Text(f"  not proved: {sentence}", style="yellow")
    for sentence in outcome.stays:
        yield Text(f"  {sentence}", style="yellow")
    for sentence in outcome.by_hand:
        yield Text(f"  by hand: {sentence}", style="bold red")


def _device_table(outcomes: Sequence[TunnelOutcome]) -> Table:
    table = Table(box=box.SIMPLE, pad_edge=False, collapse_padding=True, header_style="bold")
    for name in ("tunnel", "device", "result", "phase 1", "phase 2", "encaps/decaps", "saved"):
        table.add_column(name)
    for outcome in outcomes:
        for row in outcome.devices:
            counters = "-" if row.encaps is None else f"{row.encaps}/{row.decaps}"
            result = _fate(row, outcome.result)
            table.add_row(outcome.tunnel, row.host, result, row.phase_1, row.phase_2, counters, "yes" if row.saved else "no")
    return table


def _fate(row: DeviceRow, result: Result) -> str:
    """What became of one device, in the word of its tunnel."""
    if not row.touched:
        return "not touched"
    return result.value if result in (Result.ROLLED_BACK, Result.QUARANTINED) else "changed"
