"""What a person sees of the history: the estate at a glance, and one service over time. Lines end at the ends of words."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterator, Sequence

from rich.console import Group, RenderableType
from rich.text import Text

from ....checks.verdict import Word
from ....inventory.errors import Exit
from ...history.condition import DIFFERS
from ...history.moments import age, moment
from ...history.read import DevicePast, EndPast, Estate, Flap, Look, ServicePast
from .wrapped import WIDTH, wrapped

_STYLES = {
    Word.UP.value: "green",
    Word.IDLE.value: "green",
    Word.UNVERIFIED.value: "bold yellow",
    Word.DEGRADED.value: "bold yellow",
    Word.MISSING.value: "bold red",
    Word.DOWN.value: "bold red",
    Word.UNENCRYPTED.value: "bold white on red",
}
_WORD = max(len(word.value) for word in Word)
_INDENT = " " * (_WORD + 2)
#: One letter a look in the time line.
_LETTERS = {"up": "#", "idle": "=", "unverified": "?", "degraded": "+", "missing": "0", "down": ".", "unencrypted": "!"}
#: So many changes and flaps of a service are shown; --json has all.
SHOWN = 10


def estate_view(estate: Estate, now: int, old: str, code: Exit, width: int = WIDTH) -> RenderableType:
    """The estate at its last verification; ``old`` says that it was too long ago, or is empty."""
    parts = [Text(f"ESTATE as of {estate.finished}, {age(now - moment(estate.finished))} ago", style="bold")]
    if old:
        parts += wrapped(old, width, "", style="bold yellow")
    if estate.partial:
        parts += wrapped("the last verification covered some services only; the others are shown as last known", width, "")
    for past in estate.services:
        parts += _line(past, estate, now, width)
    parts += [line for device in estate.devices if device.problem for line in _device(device, now, width)]
    parts += [line for notice in estate.notices for line in wrapped(f"notice: {notice}", width, "", style="yellow")]
    parts += wrapped(_total(estate.services), width, "", style="bold")
    parts += wrapped(f"exit {int(code)} ({code.word})   verification: {estate.run}", width, "", style="dim")
    return Group(*parts)


def _line(past: ServicePast, estate: Estate, now: int, width: int) -> Iterator[Text]:
    held = f"for {age(now - moment(past.since))}" if moment(past.since) < now else "now"
    flaps = f", {past.flaps_day} flap{'' if past.flaps_day == 1 else 's'} in a day" if past.flaps_day else ""
    seen = "" if past.last_seen >= estate.finished or not estate.partial else f", seen {age(now - moment(past.last_seen))} ago"
    yield from _headed(past, f"{held}{_differs(past)}{flaps}{seen}", width)
    if not past.healthy:
        yield from wrapped(str(past.verdict.get("sentence", "")), width, _INDENT)
        for cause in past.verdict.get("causes", ()):
            yield from wrapped(f"probable cause: {cause['sentence']}", width, _INDENT, style="yellow")


def _headed(past: ServicePast, rest: str, width: int) -> Iterator[Text]:
    head = Text.assemble((f"{past.word:<{_WORD}}", _STYLES[past.word]), "  ", (past.name, "bold"))
    if len(head.plain) + 2 + len(rest) <= width:
        yield Text.assemble(head, "  ", rest)
    else:
        yield head
        yield from wrapped(rest, width, _INDENT)


def _differs(past: ServicePast) -> str:
    return ", differs from the intent" if past.condition == DIFFERS else ""


def _device(device: DevicePast, now: int, width: int) -> Iterator[Text]:
    last = f", last {age(now - moment(device.last_reached))} ago" if device.last_reached else ", never before"
    words = f"not read: {device.problem} (for {age(now - moment(device.since))}{last})"
    yield from wrapped(words, width, "", style="bold yellow")


def _total(pasts: Sequence[ServicePast]) -> str:
    counts = Counter(past.word for past in pasts)
    said = ", ".join(f"{counts[word.value]} {word.value}" for word in reversed(Word) if counts[word.value])
    return f"{len(pasts)} service{'' if len(pasts) == 1 else 's'}: {said or 'none is known'}."


def past_view(past: ServicePast, now: int, width: int = WIDTH) -> RenderableType:
    """One service over time."""
    gone = f"; in no intent since {past.gone}" if past.gone else ""
    parts = [Text.assemble((past.name, "bold"), f"  {past.title}")]
    parts += wrapped(f"{past.word}{_differs(past)} since {past.since} ({age(now - moment(past.since))}){gone}", width, "  ")
    parts += wrapped(f"last seen {past.last_seen}, first {past.first_seen}", width, "  ")
    parts += wrapped(f"last verified by traffic {past.last_proof or 'never'}, last up {past.last_up or 'never'}", width, "  ")
    if past.key_changed:
        parts += wrapped(f"key changed {past.key_changed}, {age(now - moment(past.key_changed))} ago", width, "  ")
    counts = f"{past.flaps_day} in a day, {past.flaps_week} in a week, {past.flaps_kept} in all"
    parts += wrapped(f"flaps, expected rekeys left out: {counts}", width, "  ")
    for end in past.ends:
        ike = f", this one at the earliest {end.ike_since}" if end.ike_since else ""
        sas = f"; its SAs were {age(end.sa_age_seconds)} old" if end.sa_age_seconds is not None else ""
        words = f"{_place(end)}: IKE began again unexpectedly {end.generation} times{ike}; expected rekeys: {end.rekeys}{sas}"
        parts += wrapped(words, width, "  ")
    parts += _time_line(past.looks, width)
    parts += _listed("changes", [f"{item.time}  {item.before} -> {item.word}: {item.sentence}" for item in past.changes], width)
    where = [f"{item.time}  {f'{_place(item)}: ' if item.host else ''}{item.reason}" for item in past.flaps]
    parts += _listed("flaps", where, width)
    return Group(*parts)


def _place(of: EndPast | Flap) -> str:
    return f"{of.host} ({of.role})" if of.role else of.host


def _time_line(looks: Sequence[Look], width: int) -> Iterator[Text]:
    shown = looks[-(width - 4) :]
    if len(shown) > 1:
        yield Text(f"  the last {len(shown)} verifications, oldest first, from {shown[0].time}:")
        yield Text("  " + "".join(_LETTERS[look.word] for look in shown))
        used = dict.fromkeys(look.word for look in shown)
        yield from wrapped(", ".join(f"{_LETTERS[word]} {word}" for word in used), width, "  ", style="dim")


def _listed(name: str, lines: Sequence[str], width: int) -> Iterator[Text]:
    if lines:
        more = f", newest {SHOWN} of {len(lines)}" if len(lines) > SHOWN else ""
        yield Text(f"  {name}{more}:")
        for line in lines[:SHOWN]:
            yield from wrapped(line, width, "    ")
