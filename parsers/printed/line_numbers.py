"""On which line a position of a text is, looked up and not counted each time: each line of a text may have a problem."""

from __future__ import annotations

import re
from bisect import bisect_left
from collections.abc import Callable

_BREAK = re.compile("\n")


def breaks_before(text: str) -> Callable[[int], int]:
    """The function that says how many line breaks stand before a position; the text is gone through once."""
    breaks = [found.start() for found in _BREAK.finditer(text)]
    return lambda position: bisect_left(breaks, position)
