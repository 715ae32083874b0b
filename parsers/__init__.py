"""CLI to state: what a device printed, read into typed frozen records by TTP templates.

    from nr_run.parsers import parse
    parsed = parse("ios", "show crypto isakmp sa", text)
    parsed.complete, parsed.state, parsed.problems

The reader knows what it did not understand: a line that no template line matches, a record without its fields, or
counts that do not balance make the result unverified, never healthy.
"""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from .result import Parsed, Problem

if TYPE_CHECKING:
    from .reader import parse

__all__ = ["Parsed", "Problem", "parse"]


def __getattr__(name: str) -> Any:
    # The reader knows the tables of commands, which know the records: who only wants those need not load all of it.
    if name != "parse":
        raise AttributeError(f"module {__name__!r} has no attribute {name!r}")
    from .reader import parse

    return parse
