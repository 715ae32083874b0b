"""What a person sees of an explanation: the conclusion, what it rests on, the causes with their remedies, then the timeline."""

from __future__ import annotations

from collections.abc import Iterator, Sequence

from rich.console import Group, RenderableType
from rich.text import Text

from ....checks.client_logs.explanation import Explanation, Moment
from ....checks.finding import Finding, Status
from ....inventory.errors import Exit
from .wrapped import wrapped

_STYLES = {Status.FAILED: "bold red", Status.UNVERIFIED: "bold yellow", Status.WARNING: "yellow", Status.OK: "green"}
_ORDER = (Status.FAILED, Status.UNVERIFIED, Status.WARNING, Status.OK, Status.SKIPPED)
_WORD = max(len(status.value) for status in Status)
#: So many moments are shown to a person; --json has more.
SHOWN = 60
FINDINGS = 40


def explanation_view(made: Explanation, code: Exit, *, width: int) -> RenderableType:
    """All of it, failures first."""
    parts: list[Text] = [*wrapped(f"{made.about}: {made.conclusion}", width, "", style="bold green" if made.good else "bold red")]
    findings = sorted(made.findings, key=lambda one: _ORDER.index(one.status))
    for finding in findings[:FINDINGS]:
        parts += _finding(finding, width)
    if len(findings) > FINDINGS:
        parts.append(Text(f"  {len(findings) - FINDINGS} more findings are in --json", style="dim"))
    for cause in made.causes:
        parts += wrapped(f"cause: {cause.sentence} (confidence: {cause.confidence})", width, "", style="bold")
        parts += wrapped(f"to confirm: {cause.confirm}", width, "  ")
        parts += wrapped(f"remedy: {cause.remedy}", width, "  ")
    parts += _timeline(made.timeline, width)
    if made.facts:
        parts.append(Text("found", style="bold"))
    parts += [line for what, value, where in made.facts for line in wrapped(f"{what} = {value} ({where})", width, "  ")]
    parts += [line for words in made.notices for line in wrapped(f"notice: {words}", width, "", style="yellow")]
    parts.append(Text(f"Nothing was asked of a device.   exit {int(code)} ({code.word})", style="bold"))
    return Group(*parts)


def _finding(finding: Finding, width: int) -> Iterator[Text]:
    words = f"{finding.status.value:<{_WORD}} {finding.check}: {finding.sentence}"
    yield from wrapped(words, width, "  ", style=_STYLES.get(finding.status, "dim"))
    if finding.status in (Status.FAILED, Status.UNVERIFIED):
        for evidence in finding.evidence[:6]:
            yield from wrapped(str(evidence), width, "      ", style="dim")


def _timeline(moments: Sequence[Moment], width: int) -> Iterator[Text]:
    """The last ones where there are too many: what a person asks about has happened last."""
    if not moments:
        return
    left = len(moments) - SHOWN
    yield Text("timeline", style="bold")
    if left > 0:
        yield Text(f"  {left} earlier moments are in --json", style="dim")
    for moment in moments[-SHOWN:]:
        yield from wrapped(f"{moment.time or '-'}  {moment.sentence} ({moment.place})", width, "  ")
        if moment.quote:
            yield from wrapped(moment.quote, width, "      ", style="dim")
