"""A verification without secrets: every text in it goes through what hides them, whatever field is added later."""

from __future__ import annotations

from collections.abc import Callable
from enum import Enum
from typing import Any

from msgspec import Struct
from msgspec.structs import asdict, replace

from ...checks.verdict import Verification


def without_secrets(verification: Verification, hide: Callable[[str], str]) -> Verification:
    """The same record with each text as ``hide`` leaves it."""
    hidden: Verification = _hidden(verification, hide)
    return hidden


def _hidden(value: Any, hide: Callable[[str], str]) -> Any:
    if isinstance(value, str):
        return hide(value)
    if isinstance(value, Enum):
        return value
    if isinstance(value, tuple):
        return tuple(_hidden(item, hide) for item in value)
    if isinstance(value, Struct):
        return replace(value, **{name: _hidden(item, hide) for name, item in asdict(value).items()})
    return value
