"""Checks of the user's own: what is wrong with one before a device is touched, and what an answer says of it. Pure.

An answer that was refused, is not whole or was not understood is no answer: the check is unverified, and never a pass. So is an
answer without a line where a text is looked for.
"""

from __future__ import annotations

import typing
from collections.abc import Callable, Iterable, Iterator, Mapping
from ipaddress import IPv4Address, IPv4Network, IPv6Address, IPv6Network, ip_address, ip_network
from typing import Any

from msgspec import Struct

from ..changes.configurations.refusals import is_refused
from ..inventory.errors import DeviceRefused, ParseError
from ..inventory.files.did_you_mean import hint
from ..inventory.intents.own_checks import OwnCheck, Range, Wanted, said
from ..inventory.intents.safe_pattern import lines_with
from ..inventory.models.platforms import Platform
from ..parsers import parse
from ..parsers.catalogue import of
from ..parsers.fields.export import as_data
from ..parsers.fields.shape import fields_of, record_of, records_in
from .finding import Evidence, Finding, Status

CHECK = "own-check"
#: Records, and characters of a text, that a sentence tells of what was found instead.
_TOLD, _WIDTH = 3, 160


def problems(check: OwnCheck, platforms: Mapping[str, Platform]) -> Iterator[tuple[str, str]]:
    """What is wrong with a check on these devices, which are the own ends: the field, and a sentence on it."""
    if check.host is not None and check.host not in platforms:
        yield "host", f"{check.host!r} is no end of ours{hint(check.host, platforms)}"
        return
    if not check.parsed:
        return
    for os in dict.fromkeys(platform.os for host, platform in platforms.items() if check.asked_on(host)):
        record = record_of(os, check.command)
        if record is None:
            near = hint(check.command, (command.name for command in of(os) if command.name.startswith("show ")))
            yield "command", f"no parser reads {check.command!r} of {os}{near}; look for text with contains or matches"
            continue
        for name, wanted in (check.holds or {}).items():
            if problem := _of_field(record, name, wanted):
                yield f"holds.{name}", f"{problem} (what {check.command!r} of {os} is read into: docs/reference/parser-fields.md)"


def _of_field(record: type, name: str, wanted: Wanted) -> str:
    """What is wrong with one field, as a sentence; empty where it is there and can have the value."""
    here: type | None = record
    kind: Any = None
    for part in name.split("."):
        fields = fields_of(here) if here else {}
        if part not in fields:
            return f"there is no field {part!r}" + (
                f" in {here.__name__}{hint(part, fields)}" if here else " below a single value"
            )
        kind = fields[part]
        here = next(records_in(kind), None)
    if here is not None:
        return (
            f"is a record of its own: name one of its fields{hint(f'{name}.', [f'{name}.{inner}' for inner in fields_of(here)])}"
        )
    kinds = set(_kinds(kind))
    if isinstance(wanted, Range):
        return "" if kinds & {int, float} else "is no number, so it has one value and no range"
    if wanted is None:
        return "" if type(None) in kinds else "always has a value, and is never null"
    kinds.discard(type(None))
    if isinstance(wanted, bool):
        quoted = f"; a text that reads {said(wanted)} stands in quotes" if str in kinds else ""
        return "" if bool in kinds else f"is {_in_words(kinds)}, and never {said(wanted)}{quoted}"
    if isinstance(wanted, int | float):
        return "" if kinds - {bool} else f"is true or false, and never {wanted}"
    if kinds <= {int, float, bool} and not _is_annotated(kind):
        return f"is {_in_words(kinds)}, and never the text {wanted!r}"
    return _of_address(kinds, wanted)


#: What is printed in one form only, and how it is read.
_ADDRESSES: Mapping[str, tuple[frozenset[type], Callable[[str], object]]] = {
    "an address": (frozenset({IPv4Address, IPv6Address}), ip_address),
    "a network with its prefix length": (frozenset({IPv4Network, IPv6Network}), ip_network),
}


def _of_address(kinds: set[type], wanted: str) -> str:
    """What is wrong with a text where only an address, or a network, can stand."""
    for what, (those, read) in _ADDRESSES.items():
        if kinds and kinds <= those:
            try:
                form = str(read(wanted))
            except ValueError:
                return f"is {what}, and never the text {wanted!r}"
            return "" if form == wanted else f"is shown as {form}, and never as {wanted!r}"
    return ""


def _in_words(kinds: Iterable[type]) -> str:
    """Kinds of values for people: what is no number and no truth is written as text."""
    words = {bool: "true or false", int: "a number", float: "a number"}
    return " or ".join(sorted({words.get(kind, "text") for kind in kinds}))


def _kinds(hint_: Any) -> Iterator[type]:
    if isinstance(hint_, type) and not typing.get_args(hint_):
        yield hint_
    for inner in typing.get_args(hint_):
        yield from _kinds(inner)


def _is_annotated(hint_: Any) -> bool:
    """True for a number that is shown as text, an SPI."""
    return hasattr(hint_, "__metadata__") or any(_is_annotated(inner) for inner in typing.get_args(hint_))


class Answer(Struct, frozen=True):
    """What one device answered to the command of a check; ``text`` is None where it was not asked, or the session was lost.

    ``time`` is UTC (ISO 8601).
    """

    host: str
    os: str
    text: str | None
    time: str


def judged(check: OwnCheck, answer: Answer) -> Finding:
    """What an answer says of a check."""
    if answer.text is None:
        return _finding(
            check, answer, Status.UNVERIFIED, f"{check.command} was not answered, so it is not known whether {_it(check)}"
        )
    if words := is_refused(answer.text):
        return _finding(check, answer, Status.UNVERIFIED, f"{check.command} was answered with {words!r}, so {_open(check)}")
    return _by_records(check, answer) if check.parsed else _by_text(check, answer)


def _it(check: OwnCheck) -> str:
    return f"it holds: {check}"


def _open(check: OwnCheck) -> str:
    return f"it is not known whether {_it(check)}"


def _by_text(check: OwnCheck, answer: Answer) -> Finding:
    text = answer.text or ""
    if not text.strip():
        return _finding(check, answer, Status.UNVERIFIED, f"{check.command} showed no line, so {_open(check)}")
    if check.matches is not None:
        found = lines_with(check.matches, text)
    else:
        found = tuple(line for line in text.splitlines() if (check.contains or "") in line)
    if found:
        return _finding(check, answer, Status.OK, f"holds: {check}", found[0].strip()[:_WIDTH])
    lines = [line.strip() for line in text.splitlines() if line.strip()]
    shown = " / ".join(lines[:_TOLD])[:_WIDTH]
    left = len(lines) - _TOLD
    more = f" and {left} line{'' if left == 1 else 's'} more" if left > 0 else ""
    return _finding(check, answer, Status.FAILED, f"does not hold: {check}; found instead: {shown}{more}", shown)


def _by_records(check: OwnCheck, answer: Answer) -> Finding:
    text = answer.text or ""
    # The prompt came behind the answer, so its last line is a whole one; and silence between two prompts is an answer.
    whole = f"{text}\n" if text.strip() else f"{answer.host}#{check.command}\n{answer.host}#"
    try:
        parsed = parse(answer.os, check.command, whole)
    except (ParseError, DeviceRefused) as error:
        return _finding(check, answer, Status.UNVERIFIED, f"{error}; so {_open(check)}")
    if not parsed.complete:
        first = parsed.problems[0]
        why = f"line {first.line} of {check.command} was not understood ({first.why})"
        return _finding(check, answer, Status.UNVERIFIED, f"{why}, so {_open(check)}")
    data = as_data(parsed.state)
    records = data if isinstance(data, list) else [data]
    fitting = [record for record in records if _fits(check, record)]
    least = check.count or Range(at_least=1)
    shown = f"{len(fitting)} of {len(records)} record{'' if len(records) == 1 else 's'}"
    if least.has(len(fitting)):
        return _finding(check, answer, Status.OK, f"holds: {check} ({shown})", shown)
    instead = _instead(check, fitting if fitting else records)
    return _finding(check, answer, Status.FAILED, f"does not hold: {check}; found instead: {shown}{instead}", shown)


def _fits(check: OwnCheck, record: Mapping[str, Any]) -> bool:
    return all(any(_is(value, wanted) for value in _values(record, name)) for name, wanted in (check.holds or {}).items())


def _values(data: Any, name: str) -> list[Any]:
    """The values at ``a.b`` of a record; of a list those of each of its items, of an empty one none."""
    found = [data]
    for part in name.split("."):
        found = [item[part] for item in found if isinstance(item, Mapping) and part in item]
        found = [inner for item in found for inner in (item if isinstance(item, list) else [item])]
    return found


def _is(value: Any, wanted: Wanted) -> bool:
    """Numbers are numbers and true is true; a number that stands in quotes is text, and fits what is printed as that."""
    if isinstance(wanted, Range):
        return isinstance(value, int | float) and not isinstance(value, bool) and wanted.has(value)
    if isinstance(wanted, bool) or isinstance(value, bool) or wanted is None or value is None:
        return value is wanted
    return value == wanted or str(value) == str(wanted)


def _instead(check: OwnCheck, records: list[Any]) -> str:
    """The values of the wanted fields in the records that are nearest: those that fit in most fields first."""
    names = list(check.holds or {})
    if not names or not records:
        return ""

    def alike(record: Any) -> int:
        return -sum(any(_is(value, (check.holds or {})[name]) for value in _values(record, name)) for name in names)

    def told(record: Any) -> str:
        return ", ".join(f"{name} {'/'.join(map(said, _values(record, name))) or 'none'}" for name in names)

    return f" ({'; '.join(told(record) for record in sorted(records, key=alike)[:_TOLD])})"


def _finding(check: OwnCheck, answer: Answer, status: Status, sentence: str, value: str = "") -> Finding:
    evidence = (Evidence(answer.host, check.command, "answer", value, answer.time),) if value else ()
    said_of_it = f"own check not known: {sentence}" if status is Status.UNVERIFIED else f"own check {sentence}"
    return Finding(CHECK, answer.host, status, said_of_it, evidence)
