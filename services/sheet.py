"""A sheet of settings for an end that is not ours, for a person to send or to type; never with a key in it."""

from __future__ import annotations

import json
import re
from typing import Any

from msgspec import Struct

#: A title and its values, in order.
Rows = tuple[tuple[str, tuple[str, ...]], ...]
#: What stands in the place of a key.
KEY = "is exchanged by another way, and is not part of this sheet"


class Sheet(Struct, frozen=True):
    """``about`` are the words by which a program knows what it is for; each section has a title and its rows, in order.

    ``text_below`` stands at the end as it is, under a title of its own: a fragment for another tool.
    """

    title: str
    about: tuple[tuple[str, str], ...]
    sections: tuple[tuple[str, Rows], ...]
    text_below: tuple[tuple[str, str], ...] = ()

    def text(self) -> str:
        """Plain text, one setting a line."""
        lines = [self.title]
        width = max(28, *(len(name) + 2 for _, rows in self.sections for name, _ in rows))
        for title, rows in self.sections:
            lines += ["", title]
            for name, values in rows:
                lines += [f"  {name if number == 0 else '':<{width}}{value}".rstrip() for number, value in enumerate(values)]
        for title, text in self.text_below:
            lines += ["", title, *text.rstrip().splitlines()]
        return "\n".join(lines) + "\n"

    def as_json(self) -> str:
        """The same as JSON: section -> setting -> value, a list where there are several."""
        data: dict[str, Any] = dict(self.about)
        for title, rows in self.sections:
            data[_word(title)] = {_word(name): values[0] if len(values) == 1 else list(values) for name, values in rows}
        data |= {_word(title): text for title, text in self.text_below}
        return json.dumps(data, indent=2) + "\n"


def _word(title: str) -> str:
    return re.sub(r"[^a-z0-9]+", "_", title.lower()).strip("_")
