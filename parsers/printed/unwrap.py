"""Lines that a terminal of 80 columns broke, where the first piece alone passes for a whole line.

The machine puts a line together whose first piece no rule knows. A line that ends in free text (an access list, the
ciphers of a session) matches without its rest: then the rest is what nobody knows, right below a line of full width.
"""

from __future__ import annotations

import re
from collections.abc import Collection, Iterable

from .line_numbers import breaks_before

WIDTH = 80
"""Columns of a terminal that nobody has told its width: IOS and ASA."""

PROBE = "qzgarbage"
"""What stands in no output. A line that also takes this behind it is no judge of what belongs there."""

_LOG = re.compile(r"\s*(?:[*.]?(?:[A-Z][a-z]{2}\s+\d+\s|\d+:\s)|%|--More--|<--- More|\d{4}-\d\d-\d\d)")


def anchors(text: str, unknown: Iterable[int]) -> dict[int, int]:
    """Number of each unknown line that may be the rest of the line above it -> number of the line that it ends.

    unknown: offsets of the line breaks before lines that no rule knows. A syslog line is the rest of nothing, and in a
    text with longer lines the terminal broke none.
    """
    found: dict[int, int] = {}
    unknown = tuple(unknown)
    if not unknown:
        return found
    lines = text.split("\n")
    if max(len(line.rstrip()) for line in lines) > WIDTH:
        return found
    breaks = breaks_before(text)
    for number in sorted({breaks(position) + 1 for position in unknown}):
        rest, above = lines[number], lines[number - 1]
        if len(above.rstrip()) in {WIDTH - 1, WIDTH} and rest.strip() and not _LOG.match(rest):
            found[number] = found.get(number - 1, number - 1)
    return found


def unwrap(text: str, found: dict[int, int], *, rest: str | None = None) -> str:
    """`text` with the lines of `found` put behind the ones that they end; `rest`: put that there in their place.

    Lines keep their numbers: one that moves up leaves a blank one behind.
    """
    lines = text.split("\n")
    whole = list(lines)
    for number, anchor in found.items():
        whole[anchor] += " " * (WIDTH - len(lines[number - 1])) + (lines[number] if rest is None else rest)
        whole[number] = ""
    return "\n".join(whole)


def certain(found: dict[int, int], probed: Collection[int]) -> dict[int, int]:
    """The lines of `found` whose whole line would not take just anything: `probed` are unknown with PROBE behind them."""
    return {number: anchor for number, anchor in found.items() if anchor in probed}
