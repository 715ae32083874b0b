"""What a person sees of drift: what differs first, a block a service, wrapped at the ends of words."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterator

from rich.console import Group, RenderableType
from rich.text import Text

from ....checks.verdict import Configured
from ....inventory.errors import Exit
from ....services.common.drift import DeviceDrift, DriftLine, Kind
from ...drift.drift import Drift, ServiceDrift
from .wrapped import WIDTH, wrapped

__all__ = ["WIDTH", "drift_view"]

#: Word and style of each state, worst first.
_WORDS = {
    Configured.DIFFERS: ("differs", "bold red"),
    Configured.ABSENT: ("absent", "bold red"),
    Configured.UNKNOWN: ("not read", "bold yellow"),
    Configured.AS_INTENDED: ("as intended", "green"),
}
_WORD = max(len(word) for word, _ in _WORDS.values())
_SIGNS = {Kind.MISSING: ("+", "green"), Kind.CHANGED: ("~", "yellow"), Kind.SURPLUS: ("-", "red")}
_INDENT = " " * 4


def drift_view(made: Drift, folder: str, code: Exit, *, width: int = WIDTH) -> RenderableType:
    """All of it. ``folder`` is empty where the record could not be kept."""
    parts: list[Text] = [Text(f"DRIFT {made.run}  {made.time}", style="bold")]
    for service in sorted(made.services, key=lambda one: list(_WORDS).index(_shown(one))):
        parts += _block(service, width)
    parts += [line for words in made.strays for line in wrapped(f"not intended: {words}", width, "", style="bold red")]
    parts += [line for words in made.by_release for line in wrapped(f"by the release: {words}", width, "", style="dim")]
    parts += [line for words in made.notices for line in wrapped(f"notice: {words}", width, "", style="yellow")]
    parts += wrapped(_total(made), width, "", style="bold")
    parts += wrapped(f"exit {int(code)} ({code.word})   record: {f'{folder}/' if folder else 'not kept'}", width, "", style="dim")
    return Group(*parts)


def _shown(service: ServiceDrift) -> Configured:
    """What the reader is to see first: a device that is not read does not hide that another one differs."""
    words = {device.configured for device in service.devices}
    return next((word for word in (Configured.DIFFERS, Configured.ABSENT) if word in words), service.configured)


def _block(service: ServiceDrift, width: int) -> Iterator[Text]:
    word, style = _WORDS[_shown(service)]
    head = Text.assemble((f"{word:<{_WORD}}", style), "  ", (service.name, "bold"))
    if len(head.plain) + 2 + len(service.title) <= width:
        yield Text.assemble(head, "  ", service.title)
    else:
        yield head
        yield from wrapped(service.title, width, " " * (_WORD + 2))
    if service.refused:
        yield from wrapped(service.refused, width, "  ", style="yellow")
    for device in service.devices:
        if device.configured is not Configured.AS_INTENDED or device.unseen:
            yield from _device(device, width)


def _device(device: DeviceDrift, width: int) -> Iterator[Text]:
    yield from wrapped(device.sentence, width, "  ", style="yellow" if device.configured is Configured.UNKNOWN else "")
    header = ""
    for line in device.lines:
        if line.under and line.under != header:
            yield from wrapped(line.under, width, _INDENT, style="dim")
        header = line.under or (line.line if line.kind is not Kind.CHANGED else "")
        yield from _line(line, width)
    yield from (text for words in device.unseen for text in wrapped(f"not compared: {words}", width, _INDENT, style="yellow"))
    if device.configured in (Configured.DIFFERS, Configured.ABSENT):
        if device.last_change:
            yield from wrapped(f"last change of {device.host}: {device.last_change}", width, _INDENT, style="dim")
        if device.without_log:
            yield from wrapped(device.without_log, width, _INDENT, style="dim")


def _line(line: DriftLine, width: int) -> Iterator[Text]:
    sign, style = _SIGNS[line.kind]
    inner = " " if line.under else ""
    if line.kind is Kind.CHANGED:
        yield from wrapped(f"{sign} {inner}was:     {line.was}", width, _INDENT, style=style)
        yield from wrapped(f"{sign} {inner}will be: {line.line}", width, _INDENT, style=style)
    else:
        yield from wrapped(f"{sign} {inner}{line.line}", width, _INDENT, style=style)
    for words in line.by:
        yield from wrapped(words, width, f"{_INDENT}    ", style="dim")


def _total(made: Drift) -> str:
    counts = Counter("refused" if one.refused else _WORDS[_shown(one)][0] for one in made.services)
    said = ", ".join(f"{count} {word}" for word, count in sorted(counts.items()))
    strays = f"; {len(made.strays)} not intended" if made.strays else ""
    return f"{len(made.services)} service{'' if len(made.services) == 1 else 's'}: {said}{strays}. Nothing was changed."
