"""From what a template captured to typed records, by the annotations of the record."""

from __future__ import annotations

import types
import typing
from collections.abc import Callable, Sequence
from functools import cache
from ipaddress import IPv4Address, IPv4Network, IPv6Address, IPv6Network
from typing import TYPE_CHECKING, Any

from msgspec import NODEFAULT, Struct, field
from msgspec.structs import fields, replace

from ..line_rules.machine import IncompleteRecord, Raw
from .columns import address, columns_of, hexadecimal, name_or_none, network, words, yes
from .vocabulary import refuse_no_address

if TYPE_CHECKING:
    from .makers import Make

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

#: So many records of a shape cost as much as to write the function that makes them; so many shapes of a record are looked at.
_PAYS, _MOST_SHAPES = 100, 200
_ADDRESSES: tuple[Callable[[str], Any], ...] = (address, network, IPv4Address)
#: What people write, and names of files and releases: numbers with dots between them are no addresses there.
_WORDS = frozenset(
    {"description", "reason", "reload_reason", "image_file", "version", "chassis_version", "device_manager_version", "file"}
)


class Field(Struct, frozen=True):
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
def fields_of(record: type[Struct]) -> tuple[Field, ...]:
    """The fields of a record class, with their conversions."""
    columns, found = columns_of(record), []
    for item in fields(record):
        hint, column = columns[item.name]
        children = typing.get_origin(hint) is tuple and column.convert is None
        has_default = item.default is not NODEFAULT
        convert = column.convert or (str.strip if children else _converter(hint))
        found.append(
            Field(
                name=item.name,
                source=column.source or item.name,
                convert=convert,
                required=not has_default and not children,
                default=item.default if has_default else None,
                children=children,
                inherit=column.inherit,
            )
        )
    return tuple(found)


class Plan(Struct, frozen=True):
    """A record class, sorted out once so that building a record costs what was captured, not what it could hold."""

    record: type[Struct]
    by_source: dict[str, tuple[tuple[str, Callable[[Any], Any]], ...]]
    #: Those of which one field is made, as nearly all are.
    one: dict[str, tuple[str, Callable[[Any], Any]]]
    #: What holds no address, and what becomes nothing else: its conversion refuses what is none.
    judged: frozenset[str]
    defaults: dict[str, Any]
    required: frozenset[str]
    inherited: tuple[Field, ...]
    #: What was captured -> how often it was, and in the end the function that makes the record of it. Hints, shared by threads.
    seen: dict[tuple[str, ...], int] = field(default_factory=dict)
    makers: dict[tuple[str, ...], Make] = field(default_factory=dict)


@cache
def plan_of(record: type[Struct]) -> Plan:
    """The plan of a record class."""
    found = fields_of(record)
    sources = {item.source for item in found}
    steps = {name: tuple((f.name, _step(f)) for f in found if f.source == name) for name in sources}
    return Plan(
        record=record,
        by_source=steps,
        one={name: of[0] for name, of in steps.items() if len(of) == 1},
        judged=_WORDS.union(name for name, of in steps.items() if len(of) == 1 and of[0][1] in _ADDRESSES),
        defaults={item.name: _default(item) for item in found if not item.required},
        required=frozenset(item.name for item in found if item.required),
        inherited=tuple(item for item in found if item.inherit),
    )


def build(record: type[Struct], raw: Raw, above: list[Raw]) -> Any:
    """A record from what its group captured; raises IncompleteRecord where a field is missing or cannot be read."""
    plan = plan_of(record)
    shape = tuple(raw)
    make = plan.makers.get(shape) or _maker(plan, shape)
    if make is not None:
        try:
            return make(above, *raw.values())
        except (ValueError, KeyError, IndexError):  # something is odd here: what it is, is said below
            pass
    return _sorted_out(plan, raw, above)


def _maker(plan: Plan, shape: tuple[str, ...]) -> Make | None:
    """The function for records of which this was captured, written when they have come often enough to pay for it."""
    count = plan.seen.get(shape, 0) + 1
    if len(plan.seen) < _MOST_SHAPES or shape in plan.seen:
        plan.seen[shape] = count
    return maker_of(plan.record, shape) if count == _PAYS else None


def maker_of(record: type[Struct], shape: tuple[str, ...]) -> Make | None:
    """The function that makes the record where exactly `shape` was captured; None where there can be none."""
    from .makers import fits, maker

    plan = plan_of(record)
    if shape not in plan.makers and fits(record):
        steps = [replace(item, convert=_step(item), default=_default(item)) for item in fields_of(record)]
        found = maker(record, steps, shape, plan.judged)
        if found is not None:
            plan.makers[shape] = found
    return plan.makers.get(shape)


def inherited(above: Sequence[Raw], source: str) -> str | None:
    """What the nearest group above has captured as `source`; None where none has. Groups may have the same name as a variable."""
    for level in reversed(above):
        if (found := level.get(source)) and found.__class__ is str:
            return str(found)
    return None


def _sorted_out(plan: Plan, raw: Raw, above: list[Raw]) -> Any:
    """The record, field by field, each with its name where something is wrong with it."""
    values = plan.defaults.copy()
    one, judged = plan.one, plan.judged
    name = ""
    try:
        for source, captured in raw.items():
            if captured:
                if captured.__class__ is str and "." in captured and source not in judged and captured.count(".") > 2:
                    name = source
                    refuse_no_address(captured)
                if source in one:
                    name, step = one[source]
                    values[name] = step(captured)
                else:
                    for name, step in plan.by_source.get(source, ()):
                        values[name] = step(captured)
        for item in plan.inherited:
            name = item.name
            if not raw.get(item.source):
                captured = inherited(above, item.source)
                if captured is not None:
                    values[name] = item.convert(captured)
    except (ValueError, KeyError, IndexError) as error:
        raise IncompleteRecord(f"{name} of the record that begins here cannot be read: {error}") from error
    if not plan.required <= values.keys():
        missing = ", ".join(sorted(plan.required.difference(values)))
        raise IncompleteRecord(f"the record that begins here has no {missing}")
    return plan.record(**values)


def _default(item: Field) -> Any:
    return () if item.children else item.default


def _step(item: Field) -> Callable[[Any], Any]:
    """What turns the captured text, or the list of finished children, into the value of the field."""
    if not item.children:
        return item.convert
    source = item.source
    return lambda children: (
        children
        if children.__class__ is tuple  # of records that were made in one step
        else tuple([child[source].strip() if isinstance(child, dict) else child for child in children])
    )
