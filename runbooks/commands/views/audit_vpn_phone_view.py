"""What a person sees of an audit of head-ends for IP phones: causes first, each with its lines and what fixes it."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from typing import Any

from rich.console import Group, RenderableType
from rich.text import Text

from ....checks.phones.audit import Audit
from ....checks.phones.finding import PhoneFinding, Severity
from ....checks.phones.renewal import Renewal
from ....inventory.errors import Exit
from ...phones.audit import Audited
from ...phones.fix import Fixed, FixPlan
from ...phones.renew_certificate import Bound, Stands
from .wrapped import wrapped

_STYLES = {Severity.CAUSE: "bold red", Severity.RISK: "yellow", Severity.NOTE: "cyan"}
_INDENT = " " * 4


def audit_view(made: Audited, folder: str, told: Sequence[str], width: int) -> RenderableType:
    """All of it."""
    parts: list[Text] = []
    for one in made.audits:
        parts += _device(one, width)
    for host, why in made.unreached.items():
        parts.append(Text(host, style="bold"))
        parts += wrapped(f"not read: {why}", width, "  ", style="bold yellow")
    for host in made.left_out:
        parts += wrapped(f"{host}: it takes no clients, and was not audited (name it to have it audited)", width, "", style="dim")
    parts += [line for words in told for line in wrapped(words, width, "", style="yellow")]
    last = f"Nothing was changed.   exit {int(made.code)} ({made.code.word})"
    parts += wrapped(last, width, "", style="bold")
    if folder:
        parts.append(Text(f"record: {folder}/", style="dim"))
    return Group(*parts)


def _device(made: Audit, width: int) -> Iterator[Text]:
    yield Text.assemble((made.host, "bold"), f"  {made.platform}")
    where = [f"phones connect to {made.interface or 'an interface that is not known'}"]
    where += [f"tunnel group {made.group}"] if made.group else []
    where += [f"group policy {made.policy.name}"] if made.policy else []
    yield from wrapped(", ".join(where), width, "  ", style="dim")
    for finding in made.findings:
        yield from _finding(finding, width)
    for words in made.unread:
        yield from wrapped(f"not known: {words}", width, "  ", style="bold yellow")
    for words in made.notes:
        yield from wrapped(f"note: {words}", width, "  ", style="cyan")
    if made.phones:
        yield from wrapped(f"connected now: {', '.join(made.phones)}", width, "  ", style="green")
    if made.policy is not None:
        yield Text("  the effective group policy, and where each value comes from", style="dim")
        for value in made.policy.values:
            shown = "?" if value.value is None else value.value
            yield from wrapped(f"{value.attribute:<26}{shown:<30} {value.origin.value}", width, _INDENT, style="dim")
    yield from wrapped(f"{made.host}: {made.verdict}", width, "  ", style="bold")


def _finding(finding: PhoneFinding, width: int) -> Iterator[Text]:
    style = _STYLES[finding.severity]
    yield from wrapped(f"{finding.severity.value} {finding.id}: {finding.sentence}", width, "  ", style=style)
    for line in finding.evidence:
        yield from wrapped(f"shown by {line}", width, _INDENT, style="dim")
    yield from wrapped(f"remedy: {finding.remedy.sentence}", width, _INDENT)
    for text in finding.remedy.lines:
        yield Text(f"{_INDENT}  {text}")
    if finding.remedy.wide:
        yield from wrapped(f"concerns {finding.remedy.wide}", width, _INDENT, style="yellow")


def fix_view(plan: FixPlan, width: int) -> RenderableType:
    """What would be typed, what undoes it, and whom it concerns."""
    parts: list[Text] = [Text.assemble((plan.host, "bold"), f"  fix {plan.finding.id}")]
    parts += _finding(plan.finding, width)
    for title, text in (("will be typed", plan.change.forward_text), ("undone by", plan.change.inverse_text)):
        parts.append(Text(f"  {title}", style="bold"))
        parts += [Text(f"{_INDENT}{line}") for line in text.splitlines()]
    words = "If nr-run does not confirm the change in time, the device rolls itself back. It is audited again before that."
    parts += wrapped(words, width, "  ", style="magenta")
    return Group(*parts)


def fixed_as_dict(made: Fixed) -> dict[str, Any]:
    """Plain values, for JSON."""
    plan = made.plan
    return {
        "host": plan.host,
        "finding": plan.finding.as_dict(),
        "forward": plan.change.forward_text,
        "inverse": plan.change.inverse_text,
        "run": made.run,
        "after": made.after.as_dict() if made.after else None,
    }


def renewal_view(made: Renewal, code: Exit | None, width: int, *, confirms: bool = False) -> RenderableType:
    """The stages in their order, each with what shows it, and what comes next; ``confirms``: a person may say so."""
    parts: list[Text] = [Text.assemble((made.host, "bold"), f"  renewal of the certificate to trustpoint {made.trustpoint}")]
    words = {True: ("done", "green"), False: ("open", "yellow"), None: ("not known", "bold yellow")}
    for number, stage in enumerate(made.stages, 1):
        word, style = words[stage.done]
        parts += wrapped(f"{number}. {stage.name}: {word}: {stage.sentence}", width, "  ", style=style)
        for line in stage.evidence:
            parts += wrapped(f"shown by {line}", width, _INDENT, style="dim")
        if confirms and stage.done is None and stage.confirm:
            parts += wrapped(f"when it is done, and nothing shows it: --confirm {stage.confirm}", width, _INDENT, style="cyan")
    parts += wrapped(made.verdict, width, "  ", style="bold red" if made.too_early else "bold")
    if code is not None:
        parts += wrapped(f"Nothing was changed.   exit {int(code)} ({code.word})", width, "", style="bold")
    return Group(*parts)


def binding_view(stands: Stands, wait: float, width: int) -> RenderableType:
    """What would be typed, what undoes it, whom it concerns, and by what it is kept."""
    assert stands.change is not None
    parts: list[RenderableType] = [renewal_view(stands.renewal, None, width)]
    lines: list[Text] = []
    for title, text in (("will be typed", stands.change.forward_text), ("undone by", stands.change.inverse_text)):
        lines.append(Text(f"  {title}", style="bold"))
        lines += [Text(f"{_INDENT}{line}") for line in text.splitlines()]
    for words in stands.change.blast_radius:
        lines += wrapped(f"concerns {words}", width, "  ", style="yellow")
    words = (
        f"It is kept when, within {wait:.0f} seconds, a phone has come in again and all that are in now are in ("
        f"{len(stands.sessions)}); else it is rolled back. Restart one phone that is outside when it waits for that."
    )
    lines += wrapped(words, width, "  ", style="magenta")
    return Group(*parts, *lines)


def bound_words(made: Bound) -> str:
    """What was done, and what comes later."""
    stands = made.stands
    trustpoint, former = stands.renewal.trustpoint, ", ".join(stands.former)
    back = made.back.sentence if made.back else ""
    later = (
        f" The former certificate ({former}) stays: take it from the VPN gateway at the call manager, and its trustpoint from the"
        " ASA, when no phone needs it to be undone."
        if former
        else ""
    )
    undo = f" Undo it: nr-run rollback {made.folder.name}" if made.folder else ""
    return f"{stands.host}: {trustpoint} is bound and saved; {back}.{later}{undo}"
