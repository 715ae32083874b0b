"""Records made by code of their own: one function for a record class and what was captured for it, written when it pays.

`convert.build` sorts out a record field by field, and says what is wrong with it. Of thousands of records nearly all have the
same captures and nothing wrong: for these a function is written that does the same in a straight line. It refuses everything
odd with a ValueError, and then `build` decides as ever; so it is never asked what a record means, only how to make it faster.

The record is called once, with a value for each field.
"""

from __future__ import annotations

from collections.abc import Callable, Sequence
from typing import Any

from msgspec import Struct

from .columns import NO_NAME, hexadecimal, name_or_none
from .convert import Field, inherited
from .vocabulary import refuse_no_address

Make = Callable[..., Any]
"""(raw records of the groups above, captured values in the order of the shape) -> record; ValueError where anything is odd."""

#: What reads numbers only: text with dots is refused anyway.
_NUMBERS: tuple[object, ...] = (int, hexadecimal)


def maker(record: type[Struct], fields: Sequence[Field], shape: Sequence[str], judged: frozenset[str]) -> Make | None:
    """The function that makes `record` where exactly `shape` was captured; None where it would always lack a field.

    fields: as `convert.fields_of` has them, with the step of a child list as its conversion. judged: as in `convert.Plan`.
    """
    if any(item.required and not item.inherit and item.source not in shape for item in fields):
        return None
    scope: dict[str, Any] = {"record": record, "inherited": inherited, "refuse_no_address": refuse_no_address, "no_name": NO_NAME}
    lines = [f"def make(above{''.join(f', s{number}' for number in range(len(shape)))}):"]
    lines += _judging(fields, shape, judged)
    values = []
    for number, item in enumerate(fields):
        scope[f"c{number}"], scope[f"d{number}"] = item.convert, item.default
        before, value = _value(number, item, shape)
        lines += before
        values.append(f"{item.name}={value}")
    lines.append(f"    return record({', '.join(values)})")
    exec("\n".join(lines), scope)  # noqa: S102 - of names of fields alone
    made: Make = scope["make"]
    return made


def fits(record: type[Struct]) -> bool:
    """True for a class that does nothing of its own when a record is made: what it raised would not be told from an odd value."""
    return not hasattr(record, "__post_init__")


def _judging(fields: Sequence[Field], shape: Sequence[str], judged: frozenset[str]) -> list[str]:
    """Four numbers with dots are an address or nothing, in whatever was captured and no conversion refuses."""
    readers: dict[str, list[object]] = {}
    for item in fields:
        readers.setdefault(item.source, []).append(item.convert)
    doubtful = [
        number
        for number, source in enumerate(shape)
        if source not in judged and not any(each in _NUMBERS for each in readers.get(source, ()))
    ]
    return [f"    if s{n}.__class__ is str and '.' in s{n} and s{n}.count('.') > 2: refuse_no_address(s{n})" for n in doubtful]


def _value(number: int, item: Field, shape: Sequence[str]) -> tuple[list[str], str]:
    """Lines that come before, and the value of one field."""
    captured = f"s{shape.index(item.source)}" if item.source in shape else ""
    if item.inherit:
        first = f"{captured} or " if captured else ""
        lines, captured = [f"    i{number} = {first}inherited(above, {item.source!r})"], f"i{number}"
    else:
        lines = []
    default = repr(item.default) if item.default in (None, False, True, ()) else f"d{number}"
    if not captured:
        return lines, default
    if item.required:
        return [*lines, f"    if not {captured}: raise ValueError"], _converted(number, item, captured)
    return lines, f"{_converted(number, item, captured)} if {captured} else {default}"


def _converted(number: int, item: Field, captured: str) -> str:
    if item.convert is str.strip:
        return f"{captured}.strip()"
    if item.convert is name_or_none:
        return f"(None if (name := {captured}.strip()) in no_name else name)"
    return f"int({captured})" if item.convert is int else f"c{number}({captured})"
