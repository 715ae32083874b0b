"""Records made by code of their own: one function for a record class and what was captured for it, written when it pays.

`convert.build` sorts out a record field by field, and says what is wrong with it. Of thousands of records nearly all have the
same captures and nothing wrong: for these a function is written that does the same in a straight line. It refuses everything
odd with a ValueError, and then `build` decides as ever; so it is never asked what a record means, only how to make it faster.

A frozen record sets each field through `object.__setattr__`, which takes longer than to read the field. Here the fields are set
on a twin of its class, with the same slots and not frozen, which then becomes the record.
"""

from __future__ import annotations

import dataclasses
from collections.abc import Callable, Sequence
from typing import Any

from .columns import NO_NAME, hexadecimal, name_or_none
from .convert import Field, inherited
from .vocabulary import refuse_no_address

Make = Callable[..., Any]
"""(raw records of the groups above, captured values in the order of the shape) -> record; ValueError where anything is odd."""

#: What reads numbers only: text with dots is refused anyway.
_NUMBERS: tuple[object, ...] = (int, hexadecimal)


def maker(record: type, fields: Sequence[Field], shape: Sequence[str], judged: frozenset[str]) -> Make | None:
    """The function that makes `record` where exactly `shape` was captured; None where it would always lack a field.

    fields: as `convert.fields_of` has them, with the step of a child list as its conversion. judged: as in `convert.Plan`.
    """
    names = [item.name for item in fields]
    if any(item.required and not item.inherit and item.source not in shape for item in fields):
        return None
    twin = type(record.__name__, (), {"__slots__": names, "__module__": __name__})
    scope: dict[str, Any] = {"twin": twin, "record": record, "inherited": inherited, "refuse_no_address": refuse_no_address}
    scope["no_name"] = NO_NAME
    scope["new"] = twin.__new__
    lines = [f"def make(above{''.join(f', s{number}' for number in range(len(shape)))}):"]
    lines += [*_judging(fields, shape, judged), "    made = new(twin)"]
    for number, item in enumerate(fields):
        scope[f"c{number}"], scope[f"d{number}"] = item.convert, item.default
        lines += _setting(number, item, shape)
    lines += ["    made.__class__ = record", "    return made"]
    exec("\n".join(lines), scope)  # noqa: S102 - of names of fields alone, as dataclasses write their methods
    made: Make = scope["make"]
    return made


def fits(record: type) -> bool:
    """True for a class that a twin can become: a slotted dataclass that does nothing of its own when it is made."""
    names = tuple(item.name for item in dataclasses.fields(record))
    return getattr(record, "__slots__", None) == names and record.__bases__ == (object,) and not hasattr(record, "__post_init__")


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


def _setting(number: int, item: Field, shape: Sequence[str]) -> list[str]:
    """The lines that set one field."""
    captured = f"s{shape.index(item.source)}" if item.source in shape else ""
    if item.inherit:
        first = f"{captured} or " if captured else ""
        lines, captured = [f"    i = {first}inherited(above, {item.source!r})"], "i"
    else:
        lines = []
    default = repr(item.default) if item.default in (None, False, True, ()) else f"d{number}"
    if not captured:
        return [*lines, f"    made.{item.name} = {default}"]
    if item.required:
        return [
            *lines,
            f"    if not {captured}: raise ValueError",
            f"    made.{item.name} = {_converted(number, item, captured)}",
        ]
    return [*lines, f"    made.{item.name} = {_converted(number, item, captured)} if {captured} else {default}"]


def _converted(number: int, item: Field, captured: str) -> str:
    if item.convert is str.strip:
        return f"{captured}.strip()"
    if item.convert is name_or_none:
        return f"(None if (name := {captured}.strip()) in no_name else name)"
    return f"int({captured})" if item.convert is int else f"c{number}({captured})"
