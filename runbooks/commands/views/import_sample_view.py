"""What a person sees of an imported sample: what speaks against lines first, then what is left to fill in, then the intent."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Sequence

from rich.console import Group, RenderableType
from rich.text import Text

from ....checks.samples.sample_line import LineVerdict, LineWord
from ...samples.importing import Imported, shown
from .printable import printable
from .wrapped import wrapped

#: In this order: what a person has to do, what the device does not take, what others would notice.
_ORDER: tuple[tuple[LineWord, str], ...] = (
    ("placeholder", "magenta"),
    ("refused", "bold red"),
    ("wrong", "red"),
    ("shared", "yellow"),
    ("weak", "yellow"),
    ("unknown", "yellow"),
    ("accepted", "green"),
)
_WORD = max(len(word) for word, _ in _ORDER)
_INDENT = " " * 4


def import_view(made: Imported, *, width: int, detail: bool) -> RenderableType:
    """All of it; with ``detail`` each line that is accepted, too."""
    kind = {"ios": "commands for IOS", "asa": "commands for an ASA"}.get(made.sample.os, f"parameters ({made.sample.shape})")
    head = f"SAMPLE {made.name}: {made.sample.provider.title}, {kind}, for {made.host} ({made.platform})"
    parts: list[Text] = [*wrapped(printable(head), width, "", style="bold")]
    if not made.compared:
        told = (
            f"the configuration of {made.host} is not known, so neither is what the lines would change there: give --config FILE"
        )
        parts += wrapped(told, width, "", style="yellow")
    for word, style in _ORDER:
        of = [one for one in made.lines if one.word == word]
        parts += _accepted(of, width) if word == "accepted" and not detail else _group(of, word, style, width)
    parts += _left_out(made, width)
    parts += _draft(made, width)
    return Group(*parts)


def _group(of: Sequence[LineVerdict], word: str, style: str, width: int) -> Iterator[Text]:
    """Lines of one word; a reason that several of them have stands once, behind them."""
    reasons: dict[tuple[str, str], list[LineVerdict]] = {}
    for one in of:
        reasons.setdefault((one.reason, one.source), []).append(one)
    for (reason, source), lines in reasons.items():
        for one in lines:
            yield from wrapped(printable(f"{word:<{_WORD}} {one.line:>4}: {shown(one.text)}"), width, "  ", style=style)
        if reason:
            yield from wrapped(printable(f"{reason}{f' ({source})' if source else ''}"), width, _INDENT, style="dim")


def _accepted(of: Sequence[LineVerdict], width: int) -> Iterator[Text]:
    numbers = sorted({one.line for one in of})
    if numbers:
        yield from wrapped(f"{'accepted':<{_WORD}} {_ranges(numbers)}", width, "  ", style="green")


def _ranges(numbers: Iterable[int]) -> str:
    """``3-9, 12``."""
    found: list[list[int]] = []
    for number in numbers:
        if found and number == found[-1][-1] + 1:
            found[-1].append(number)
        else:
            found.append([number])
    return ", ".join(str(run[0]) if len(run) == 1 else f"{run[0]}-{run[-1]}" for run in found)


def _left_out(made: Imported, width: int) -> Iterator[Text]:
    if made.left_out:
        yield Text("not in the intent", style="bold")
    for why, numbers in made.left_out:
        yield from wrapped(f"{_ranges(numbers)}: {why}", width, "  ")


def _draft(made: Imported, width: int) -> Iterator[Text]:
    draft = made.draft
    for words in draft.told:
        yield from wrapped(printable(f"notice: {words}"), width, "", style="yellow")
    if draft.missing:
        yield Text("to be filled in before there is an intent", style="bold")
        for number, one in enumerate(draft.missing, 1):
            yield from wrapped(printable(f"{number}. {one}"), width, "  ")
    else:
        yield Text("the intent", style="bold")
        if made.written is None:
            yield from (Text(line) for line in draft.text.splitlines())
        for reference in draft.keep:
            told = (
                "is kept now" if reference in made.kept else "is there already" if made.written else "is kept when --out is given"
            )
            yield from wrapped(f"the key {reference} {told}", width, "  ")
    yield from wrapped(printable(_end(made)), width, "", style="bold")


def _end(made: Imported) -> str:
    end = f"exit {int(made.code)} ({made.code.word})"
    if made.written is not None:
        names = " ".join(made.draft.names[:1])
        return (
            f"{made.written} is written: {names}, with {len(made.draft.peers)} peer{'s' * (len(made.draft.peers) > 1)}.   {end}"
        )
    return f"No file was written, and no device was asked.   {end}"
