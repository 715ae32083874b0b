"""Conservation: what was printed against what was read."""

from __future__ import annotations

import re
from collections.abc import Callable, Iterator
from typing import Any

from .command import Conserve


def balances(pattern: str, what: str, count: Callable[[Any], int]) -> Conserve:
    """As many lines begin with `pattern` as `count` finds in the state."""
    expression = re.compile(r"\n[ \t]*" + pattern, re.IGNORECASE)

    def conserve(state: Any, text: str) -> Iterator[str]:
        printed, read = len(expression.findall(text)), count(state)
        if printed != read:
            yield f"{printed} {what} were printed and {read} were read"

    return conserve
