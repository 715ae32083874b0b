"""State as plain data for JSON: stable names, addresses as text, SPIs as hexadecimal, sets sorted."""

from __future__ import annotations

import dataclasses
import enum
import typing
from functools import cache
from typing import Any

from ..result import Parsed
from .columns import Spi


@cache
def _spi_fields(record: type) -> frozenset[str]:
    hints = typing.get_type_hints(record, include_extras=True)
    return frozenset(name for name, hint in hints.items() if hint in (Spi, Spi | None))


def as_data(value: Any) -> Any:
    """Records as dictionaries, tuples as lists, everything else as JSON knows it."""
    if dataclasses.is_dataclass(value) and not isinstance(value, type):
        spis = _spi_fields(type(value))
        plain = {field.name: getattr(value, field.name) for field in dataclasses.fields(value)}
        return {k: f"{v:#x}" if k in spis and v is not None else as_data(v) for k, v in plain.items()}
    if isinstance(value, (tuple, list)):
        return [as_data(item) for item in value]
    if isinstance(value, frozenset):
        return sorted(as_data(item) for item in value)
    if isinstance(value, dict):
        return {key: as_data(item) for key, item in value.items()}
    if value is None or isinstance(value, (bool, int, float, str)):
        return value.value if isinstance(value, enum.Enum) else value
    return str(value)


def as_document(parsed: Parsed) -> dict[str, Any]:
    """The whole result, as `nr-run parse --json` prints it."""
    return {
        "os": parsed.os,
        "command": parsed.command,
        "complete": parsed.complete,
        "problems": as_data(parsed.problems),
        "notes": as_data(parsed.notes),
        "state": as_data(parsed.state),
    }
