"""The routing table that a device printed, read once however many tunnels ask it."""

from __future__ import annotations

from msgspec import Struct

from ...inventory.kept import kept_by_text
from ...parsers import parse
from ...parsers.result import Parsed
from ..observations.questions import ROUTE, VIEWS
from .ways import Ways


class RouteTable(Struct, frozen=True):
    """What was read of it, problems included, and where packets go by what was read."""

    parsed: Parsed
    ways: Ways
    #: True if every line was understood, and no name stands in the place of a network, as it may on an ASA.
    is_whole: bool


@kept_by_text()
def route_table(os: str, command: str, text: str) -> RouteTable:
    """The table that ``command`` printed. Raises what parse() raises for a text that is none."""
    parsed = parse(os, command, text)
    named = any(isinstance(row.prefix, str) for row in parsed.state)
    return RouteTable(parsed, VIEWS[ROUTE.name][os](parsed), parsed.complete and not named)
