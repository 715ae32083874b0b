"""Lines for a person, broken at the ends of words."""

from __future__ import annotations

import textwrap
from collections.abc import Iterator

from rich.text import Text

#: Where nobody says how wide the paper is.
WIDTH = 80


def wrapped(words: str, width: int, indent: str, *, style: str = "") -> Iterator[Text]:
    """Lines of at most ``width``, broken between words only: half an address is none."""
    lines = textwrap.wrap(
        words,
        width,
        initial_indent=indent,
        subsequent_indent=f"{indent}  ",
        break_long_words=False,
        break_on_hyphens=False,
    )
    yield from (Text(line, style=style) for line in lines)
