"""CLI to state: what a device printed, read into typed frozen records by TTP templates.

    from nr_run.parsers import parse
    parsed = parse("ios", "show crypto isakmp sa", text)
    parsed.complete, parsed.state, parsed.problems

The reader knows what it did not understand: a line that no template line matches, a record without its fields, or
counts that do not balance make the result unverified, never healthy.
"""

from .reader import parse
from .result import Parsed, Problem

__all__ = ["Parsed", "Problem", "parse"]
