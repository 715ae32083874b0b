"""State as plain data for JSON: stable names, addresses as text, SPIs as hexadecimal, sets sorted."""

from __future__ import annotations

import enum
from functools import cache
from typing import Any

from msgspec import Struct
from msgspec.structs import asdict

from ..result import Parsed
from .columns import Spi, columns_of


@cache
def _spi_fields(record: type[Struct]) -> frozenset[str]:
    return frozenset(name for name, (hint, _) in columns_of(record).items() if hint in (Spi, Spi | None))


def as_data(value: Any) -> Any:
    """Records as dictionaries, tuples as lists, everything else as JSON knows it."""
    if isinstance(value, Struct):
        spis = _spi_fields(type(value))
        return {k: f"{v:#x}" if k in spis and v is not None else as_data(v) for k, v in asdict(value).items()}
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
