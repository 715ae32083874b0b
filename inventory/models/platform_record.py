"""A platform as plain data for the record of a run, since a user's own model may be in no table when the run is resumed."""

from __future__ import annotations

from collections.abc import Mapping
from types import MappingProxyType
from typing import Any, get_origin, get_type_hints

from msgspec.structs import asdict

from ..errors import IntentError
from .platforms import Platform, Suite, platform_for
from .release import Release


def row_of(platform: Platform) -> dict[str, Any] | None:
    """Every field as plain data; None for a platform that is in the table as it is."""
    try:
        if platform_for(platform.model, str(platform.release)) == platform:
            return None
    except IntentError:
        pass
    return {name: _plain(value) for name, value in asdict(platform).items()}


def platform_in(entry: Mapping[str, Any]) -> Platform:
    """The platform of an entry with ``model`` and ``release``, and ``row`` where the table has none.

    Raises IntentError for a model or release that neither has, KeyError, TypeError or ValueError for a row that is none.
    """
    row = entry.get("row")
    if row is None:
        return platform_for(entry["model"], entry["release"])
    hints = get_type_hints(Platform)
    return Platform(**{name: _typed(name, hints[name], value) for name, value in row.items()})


def _plain(value: Any) -> Any:
    if isinstance(value, Release):
        return str(value)
    if isinstance(value, Suite):
        return {name: sorted(item) for name, item in asdict(value).items()}
    if isinstance(value, Mapping):
        return {str(key): _plain(item) for key, item in value.items()}
    if isinstance(value, frozenset | set):
        return sorted(value)
    return list(value) if isinstance(value, tuple) else value


def _typed(name: str, hint: Any, value: Any) -> Any:
    if name == "release":
        return Release.parse(value)
    if name == "suites":
        suites = {
            int(version): Suite(**{key: frozenset(item) for key, item in suite.items()}) for version, suite in value.items()
        }
        return MappingProxyType(suites)
    origin = get_origin(hint)
    return origin(value) if origin in (tuple, frozenset) else value


def _suite(parts: Mapping[str, Any]) -> Suite:
    return Suite(**{name: frozenset(values) for name, values in parts.items()})
