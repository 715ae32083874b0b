"""A second reading that confirms a configuration without a printed size: the same one, shown with its keys masked.

An ASA prints no size above a configuration, so a text that begins and ends as one does may have lost lines in its middle. It
shows what runs by two commands, ``more system:running-config`` with the keys and ``show running-config`` with ``*****`` in their
place (ASA command reference, more and show running-config). What one of them lost, or a transport lost at a place in the text,
stands in the other. Lines that are lost from both alike, by what they say, are seen by nobody.
"""

from __future__ import annotations

import re
from itertools import zip_longest

from .configuration import Configuration

#: What stands in the place of a key: five asterisks since 8.3, one to eight before.
_MASK = re.compile(r"\*+")


def difference(shown: Configuration, masked: Configuration) -> str:
    """The line from which on two readings differ other than by a mask; nothing if one bears the other out."""
    ours, others = ([line for node in one.nodes for line in node.lines] for one in (shown, masked))
    for line, other in zip_longest(ours, others):
        if line is None or other is None or (line != other and not _is_masked(line, other)):
            return str(line or other)
    return ""


def _is_masked(line: str, masked: str) -> bool:
    """Whether the second is the first with masks in it: one that masks nothing is another line."""
    if "*" not in masked:
        return False
    return re.fullmatch(".+?".join(re.escape(part) for part in _MASK.split(masked)), line) is not None
