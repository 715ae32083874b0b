"""What the lines of a journal and a record have to be made of, and the first field of one that is not so.

A run folder may be another version's, another user's, or damaged: what nobody looked at first ends in a defect of ours, and in
the middle of a rollback.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from typing import Any

from ...inventory.errors import Exit, NrRunError


class Unreadable(NrRunError):
    """A file of a run folder that this version cannot read: it is another version's, or damaged (exit 65)."""

    exit_code = Exit.INTENT


@dataclass(frozen=True, slots=True)
class Fields:
    """A mapping with these fields; others are not looked at."""

    required: Mapping[str, Shape] = field(default_factory=dict)
    optional: Mapping[str, Shape] = field(default_factory=dict)


@dataclass(frozen=True, slots=True)
class Each:
    """A list, or where ``named`` a mapping, whose values all have one shape."""

    shape: Shape
    named: bool = False


#: The types of a plain value, or what is in it.
Shape = tuple[type, ...] | Fields | Each
TEXT: Shape = (str,)
NUMBER: Shape = (int,)
YES_OR_NO: Shape = (bool,)
TEXT_OR_NONE: Shape = (str, type(None))
_WORDS: Mapping[type, str] = {
    str: "a text",
    int: "a number",
    float: "a number",
    bool: "true or false",
    list: "a list",
    dict: "a mapping",
    type(None): "null",
}


def fault_in(value: object, shape: Shape, place: str = "") -> str:
    """The first thing that is not as it should be, with its place, such as ``members[0].port is missing``; empty for none."""
    if isinstance(shape, tuple):
        return "" if type(value) in shape else _other(value, shape, place)
    if isinstance(shape, Fields) or shape.named:
        return _in_mapping(value, shape, place) if isinstance(value, dict) else _other(value, (dict,), place)
    if not isinstance(value, list):
        return _other(value, (list,), place)
    return _first(fault_in(item, shape.shape, f"{place}[{number}]") for number, item in enumerate(value))


def _in_mapping(value: Mapping[str, Any], shape: Fields | Each, place: str) -> str:
    if isinstance(shape, Each):
        return _first(fault_in(item, shape.shape, _at(place, name)) for name, item in value.items())
    missing = next((name for name in shape.required if name not in value), None)
    if missing is not None:
        return f"{_at(place, missing)} is missing"
    known = {**shape.required, **shape.optional}
    return _first(fault_in(value[name], known[name], _at(place, name)) for name in known if name in value)


def _at(place: str, name: str) -> str:
    return f"{place}.{name}" if place else name


def _first(found: Any) -> str:
    return next((words for words in found if words), "")


def _other(value: object, wanted: Sequence[type], place: str) -> str:
    words = " or ".join(dict.fromkeys(_WORDS[each] for each in wanted))
    return f"{place or 'it'} is {_WORDS.get(type(value), 'something else')}, where {words} belongs"
