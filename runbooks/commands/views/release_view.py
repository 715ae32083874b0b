"""What a person sees of a release check: what has to be done first, a block a service, wrapped at the ends of words."""

from __future__ import annotations

from collections.abc import Iterator, Sequence

from rich.console import Group, RenderableType
from rich.text import Text

from ....checks.release_check import Hit
from ....inventory.errors import Exit
from ....inventory.models.release_rules import EFFECTS
from ...release.check import ReleaseCheck, ServiceRelease
from .wrapped import wrapped

_STYLES = {"refuses": "bold red", "drops": "bold red", "replaces": "yellow", "warns": "yellow"}
_WORD = max(map(len, EFFECTS))
_INDENT = " " * 4


def release_view(made: ReleaseCheck, code: Exit, *, width: int) -> RenderableType:
    """All of it."""
    head = f"RELEASE {made.host}: {made.present.model}, {made.present.release} to {made.target.release}"
    parts: list[Text] = [Text(head, style="bold")]
    if made.unread:
        parts += wrapped(f"not read: {made.unread}", width, "", style="bold yellow")
    for service in sorted(made.services, key=lambda one: (not one.must_change, not one.hits)):
        parts += _block(service, width)
    if made.besides:
        parts.append(Text("no service of the inventory", style="bold"))
        parts += _hits(made.besides, width)
    parts += [line for words in made.notes for line in wrapped(f"notice: {words}", width, "", style="yellow")]
    if made.order:
        parts.append(Text("order of work", style="bold"))
        parts += [line for number, words in enumerate(made.order, 1) for line in wrapped(f"{number}. {words}", width, "  ")]
    count = len(made.besides) + sum(len(one.hits) for one in made.services)
    total = f"{count} line{'' if count == 1 else 's'} to look at" if count else "nothing to do"
    total = "nothing is known" if made.unread else total
    parts += wrapped(f"{total}. Nothing was changed.   exit {int(code)} ({code.word})", width, "", style="bold")
    return Group(*parts)


def _block(service: ServiceRelease, width: int) -> Iterator[Text]:
    yield Text(service.name, style="bold" if service.hits else "green")
    yield from wrapped(service.title, width, "  ", style="dim")
    if not service.hits:
        yield from wrapped("nothing to do", width, "  ", style="green")
    yield from _hits(service.hits, width)
    for line in service.far:
        where = f"{line.under}: {line.line}" if line.under else line.line
        yield from wrapped(f"with it at {line.host}: {where}", width, _INDENT)
    if service.instead:
        yield from wrapped(f"instead, on both ends: {service.instead}", width, _INDENT, style="green")
    yield from (text for words in service.told for text in wrapped(words, width, _INDENT, style="yellow"))


def _hits(found: Sequence[Hit], width: int) -> Iterator[Text]:
    """Lines, the gravest first; a reason that several of them have stands once, behind them."""
    reasons: dict[tuple[str, str, str], list[Hit]] = {}
    for hit in sorted(found, key=lambda one: -EFFECTS.index(one.effect)):
        reasons.setdefault((hit.effect, hit.sentence, hit.source), []).append(hit)
    for (effect, sentence, source), of in reasons.items():
        for hit in of:
            where = f"{hit.under}: {hit.line}" if hit.under else hit.line
            default = " (its default, not shown)" if hit.implied else ""
            yield from wrapped(f"{effect:<{_WORD}} {where}{default}", width, "  ", style=_STYLES[effect])
        yield from wrapped(f"{sentence} ({source})", width, _INDENT, style="dim")
