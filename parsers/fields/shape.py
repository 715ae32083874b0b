"""The types of what a command's answer is read into: which record, and which fields it has."""

from __future__ import annotations

import types
import typing
from collections.abc import Iterator
from typing import Any

from msgspec import Struct

from .. import records
from ..catalogue import for_typed
from ..command import Command, find
from .columns import columns_of


def shape(command: Command) -> Any:
    """The type of the state: what the state function says it returns, or the record of the group that its text names."""
    hint = typing.get_type_hints(command.state, localns={name: getattr(records, name) for name in records.__all__}).get(
        "return", Any
    )
    if any(records_in(hint)):
        return hint
    kind, _, key = (command.state.__doc__ or "").rpartition(" ")
    record = next(record for path, record in command.records.items() if path.split(".")[-1] == key)
    return types.GenericAlias(tuple, (record, ...)) if kind.startswith("tuple") else record


def records_in(hint: Any) -> Iterator[type[Struct]]:
    """The records that a type is made of."""
    if isinstance(hint, type) and issubclass(hint, Struct):
        yield hint
    for inner in typing.get_args(hint):
        yield from records_in(inner)


def record_of(os: str, typed: str) -> type[Struct] | None:
    """The record of the answer to a command; None where no parser reads it."""
    command = find(for_typed(os, typed), os, typed)
    return next(records_in(shape(command)), None) if command else None


def fields_of(record: type[Struct]) -> dict[str, Any]:
    """Name to type of the fields of a record."""
    return {name: hint for name, (hint, _) in columns_of(record).items()}
