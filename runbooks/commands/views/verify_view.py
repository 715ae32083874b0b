"""What a person sees of a verification: failures first, a block a service, wrapped at the ends of words."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterator, Sequence

from rich.console import Group, RenderableType
from rich.text import Text

from ....checks.finding import Finding, against
from ....checks.verdict import UNSENT, Configured, KnownBy, Verdict, Verification, Word
from ....inventory.errors import Exit
from .wrapped import WIDTH, wrapped

__all__ = ["WIDTH", "verification_view"]

_STYLES = {
    Word.UP: "bold green",
    Word.IDLE: "green",
    Word.UNVERIFIED: "bold yellow",
    Word.DEGRADED: "bold yellow",
    Word.MISSING: "bold red",
    Word.DOWN: "bold red",
    Word.UNENCRYPTED: "bold white on red",
}
_WORD = max(len(word.value) for word in Word)
_SHOWN_ALONE = (KnownBy.TABLES, KnownBy.NOTHING)
#: So many findings of a failure are shown; all of them are in the record.
_FINDINGS = 4


def verification_view(
    made: Verification, folder: str, code: Exit, since: Sequence[str] = (), *, width: int = WIDTH
) -> RenderableType:
    """The whole verification. ``since`` are sentences on what has changed, where that was asked for; ``folder`` is empty where
    the record could not be kept."""
    parts: list[Text] = [Text(f"VERIFICATION {made.run}  {made.finished}", style="bold")]
    for verdict in made.worst_first():
        parts += _block(verdict, width)
    unread = [device for device in made.devices if device.problem]
    parts += [line for device in unread for line in wrapped(f"not read: {device.problem}", width, "", style="bold yellow")]
    parts += [line for notice in made.notices for line in wrapped(f"notice: {notice}", width, "", style="yellow")]
    parts += [line for words in since for line in wrapped(words, width, "", style="bold")]
    parts += wrapped(_total(made), width, "", style="bold")
    parts += wrapped(f"exit {int(code)} ({code.word})   record: {f'{folder}/' if folder else 'not kept'}", width, "", style="dim")
    return Group(*parts)


def _block(verdict: Verdict, width: int) -> Iterator[Text]:
    word = verdict.word
    head = Text.assemble((f"{word.value:<{_WORD}}", _STYLES[word]), "  ", (verdict.name, "bold"))
    rest = f"{verdict.title}  ({_known(verdict)})"
    if len(head.plain) + 2 + len(rest) <= width:
        yield Text.assemble(head, "  ", rest)
    else:
        yield head
        yield from wrapped(rest, width, " " * (_WORD + 2))
    yield from wrapped(verdict.sentence, width, " " * (_WORD + 2), style="dim" if verdict.healthy else "")
    if not verdict.healthy:
        yield from _trouble(verdict, width)
    # Where traffic has shown nothing, why it has not; that none was to be sent stands below all of them.
    told = verdict.untested if verdict.known_by in _SHOWN_ALONE else ()
    left = [said for said in told if said != UNSENT and said not in verdict.sentence]
    yield from (line for said in left[:_FINDINGS] for line in wrapped(said, width, " " * (_WORD + 2), style="dim"))
    if verdict.reach:
        yield from wrapped(verdict.reach, width, " " * (_WORD + 2), style="yellow")


def _known(verdict: Verdict) -> str:
    known = f"known by {verdict.known_by.value}"
    return known if verdict.configured is Configured.AS_INTENDED else f"{known}; configuration: {verdict.configured.value}"


def _trouble(verdict: Verdict, width: int) -> Iterator[Text]:
    """Why, how to see that it is that, what fixes it, and what was found."""
    indent = " " * (_WORD + 2)
    for cause in verdict.causes:
        yield from wrapped(f"probable cause: {cause.sentence} (confidence: {cause.confidence})", width, indent, style="yellow")
        yield from wrapped(f"to confirm: {cause.confirm}", width, indent, style="dim")
        yield from wrapped(f"remedy: {cause.remedy}", width, indent, style="dim")
    found = [finding for finding in against(verdict.findings) if finding.sentence not in verdict.sentence]
    for said in list(dict.fromkeys(_said(finding, verdict.name) for finding in found))[:_FINDINGS]:
        yield from wrapped(said, width, indent, style="red")
    lines = [evidence for finding in verdict.findings if finding.check == "configured" for evidence in finding.evidence]
    for evidence in lines[: 2 * _FINDINGS]:
        yield from wrapped(f"{evidence.device} {evidence.field}: {evidence.value}", width, indent, style="dim")
    if len(lines) > 2 * _FINDINGS:
        yield from wrapped(f"and {len(lines) - 2 * _FINDINGS} more lines, in the record", width, indent, style="dim")


def _said(finding: Finding, name: str) -> str:
    """One finding, with the device that it is about where its sentence does not name it."""
    names_it = finding.subject == name or finding.subject in finding.sentence
    return f"{finding.status.value}: {'' if names_it else f'{finding.subject}: '}{finding.sentence}"


def _total(made: Verification) -> str:
    counts = Counter(verdict.word for verdict in made.verdicts)
    said = ", ".join(f"{counts[word]} {word.value}" for word in reversed(Word) if counts[word])
    differs = sum(verdict.configured is Configured.DIFFERS for verdict in made.verdicts)
    more = f"; {differs} differ{'s' if differs == 1 else ''} from the intent" if differs else ""
    sent = "" if made.probed else "; nothing was sent"
    unread = sum(bool(device.problem) for device in made.devices)
    sent += f"; {unread} device{' was' if unread == 1 else 's were'} not read" if unread else ""
    return f"{len(made.verdicts)} service{'' if len(made.verdicts) == 1 else 's'}: {said}{more}{sent}."
