"""From what a template captured to typed records, by the annotations of the record."""

from __future__ import annotations

import dataclasses
import types
import typing
from collections.abc import Callable
from functools import cache
from ipaddress import IPv4Address, IPv4Network, IPv6Address, IPv6Network
from typing import Any

from .columns import address, hexadecimal, name_or_none, network, words, yes
from .machine import IncompleteRecord, Raw

_BY_TYPE: dict[object, Callable[[str], Any]] = {
    int: int,
    str: str.strip,
    float: float,
    bool: yes,
    IPv4Address | IPv6Address: address,
    IPv4Network | IPv6Network: network,
    IPv4Address: IPv4Address,
    frozenset[str]: words,
}


@dataclasses.dataclass(frozen=True, slots=True)
class Field:
    """How one field of a record is filled. children: the value is the list of finished child records."""

    name: str
    source: str
    convert: Callable[[str], Any]
    required: bool
    default: Any
    children: bool
    inherit: bool


def _without_none(hint: Any) -> Any:
    if isinstance(hint, types.UnionType) or typing.get_origin(hint) is typing.Union:
        members = [item for item in typing.get_args(hint) if item is not types.NoneType]
        result = members[0]
        for member in members[1:]:
            result = result | member
        return result
    return hint


def _converter(hint: Any) -> Callable[[str], Any]:
    plain = _without_none(hint)
    if typing.get_origin(plain) is typing.Annotated:
        return hexadecimal
    if plain is str and plain is not hint:
        return name_or_none
    if plain in _BY_TYPE:
        return _BY_TYPE[plain]
    parse = getattr(plain, "parse", None)
    if parse is None:
        raise TypeError(f"no conversion from text to {plain}")
    return typing.cast("Callable[[str], Any]", parse)


@cache
def fields_of(record: type) -> tuple[Field, ...]:
    """The fields of a record class, with their conversions."""
    hints = typing.get_type_hints(record, include_extras=True)
    found = []
    for item in dataclasses.fields(record):
        hint = hints[item.name]
        children = typing.get_origin(hint) is tuple
        has_default = item.default is not dataclasses.MISSING
        convert = item.metadata.get("convert") or (str.strip if children else _converter(hint))
        found.append(
            Field(
                name=item.name,
                source=item.metadata.get("source") or item.name,
                convert=convert,
                required=not has_default and not children,
                default=item.default if has_default else None,
                children=children,
                inherit=bool(item.metadata.get("inherit")),
            )
        )
    return tuple(found)


def build(record: type, raw: Raw, above: list[Raw]) -> Any:
    """A record from what its group captured; raises IncompleteRecord where a field is missing or cannot be read."""
    values: dict[str, Any] = {}
    for item in fields_of(record):
        value = raw.get(item.source)
        if value is None and item.inherit:
            value = next((level[item.source] for level in reversed(above) if item.source in level), None)
        if item.children:
            values[item.name] = tuple(_child(child, item.source) for child in value or ())
        elif value is None or value == "":
            if item.required:
                raise IncompleteRecord(f"the record that begins here has no {item.name}")
            values[item.name] = item.default
        else:
            try:
                values[item.name] = item.convert(value)
            except (ValueError, KeyError) as error:
                raise IncompleteRecord(f"{item.name} of the record that begins here cannot be read: {error}") from error
    return record(**values)


def _child(child: Any, source: str) -> Any:
    """A finished child record, or the text of a child group that has only one variable, named as the group is."""
    return child[source] if isinstance(child, dict) else child
