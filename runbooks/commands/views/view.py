"""The recap of a run, as a person sees it: failures first, with their evidence. It is made of outcomes, and holds no secret."""

from __future__ import annotations

from collections.abc import Iterable, Sequence

from rich import box
from rich.console import Group, RenderableType
from rich.table import Table
from rich.text import Text

from ....inventory.errors import Exit
from ...engine.outcome import DeviceRow, Result, TunnelOutcome

_STYLES = {
    Result.VERIFIED: "bold green",
    Result.SAS_UP: "bold yellow",
    Result.DEGRADED: "bold red",
    Result.UNCHANGED: "green",
    Result.PENDING: "yellow",
    Result.NOT_VERIFIED: "bold red",
    Result.ROLLED_BACK: "bold yellow",
    Result.ROLLBACK_INCOMPLETE: "bold white on red",
    Result.REFUSED: "bold red",
}


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
    ordered = sorted(outcomes, key=lambda outcome: outcome.result in (Result.VERIFIED, Result.UNCHANGED, Result.PENDING))
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
    for asked in outcome.confirmations:
        if asked.by:
            yield Text(f"  confirmed by {asked.by} at {asked.at}: {asked.sentence}", style="dim")
        elif outcome.result is Result.PENDING:
            yield Text(f"  to confirm: {asked.sentence}; use --confirm {asked.name}", style="yellow")
    for sentence in (*outcome.untested, *outcome.untried):
        yield Text(f"  not verified: {sentence}", style="yellow")
    for sentence in outcome.stays:
        yield Text(f"  {sentence}", style="yellow")
    for sentence in outcome.by_hand:
        yield Text(f"  manual step: {sentence}", style="bold red")


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
    return result.value if result in (Result.ROLLED_BACK, Result.ROLLBACK_INCOMPLETE) else "changed"
