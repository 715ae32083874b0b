"""Regular expressions of users, held to those that are over soon on any line.

Python's ``re`` tries all ways in which repeats can share a text between them: with repeats inside repeats their number doubles
with each character. So the forms that make it so are refused, whatever they are for, and a line is matched as far as `LONGEST`.
"""

from __future__ import annotations

import re
import warnings
from collections import Counter
from collections.abc import Iterator

#: Characters of a pattern, and of a line that is matched.
LONGEST_PATTERN, LONGEST = 200, 256
#: Repeats that take the same character, optional parts, and alternatives: each multiplies the ways in which a line can be tried.
MOST_ALIKE, MOST_OPTIONAL, MOST_ALTERNATIVES = 2, 6, 6
_ATOM = re.compile(r"\\.|\[\^?\]?(?:\\.|[^\]\\])*\]|\((?:\?:)?|[^\\]", re.DOTALL)
_TIMES = re.compile(r"(?:[*+?]|\{\d*,?\d*\})[?+]?")
_TRIED = [chr(number) for number in range(32, 127)] + ["\t", "é"]


def why_not(pattern: str) -> str:
    """What keeps a pattern from being used, as the end of a sentence; empty where it may be."""
    if not pattern or len(pattern) > LONGEST_PATTERN:
        return f"has to have 1 to {LONGEST_PATTERN} characters"
    try:
        with warnings.catch_warnings():
            # Of a set inside a set, and of --, &&, || and ~~ in one, Python says that it will be read in another way later.
            warnings.simplefilter("error", FutureWarning)
            re.compile(pattern)
    except (re.error, OverflowError, RecursionError) as error:
        return f"is no regular expression: {error}"
    except FutureWarning as error:
        return f"has a class that a later Python reads in another way ({error}): write \\ before each such sign in it"
    if re.search(r"\(\?(?!:)", pattern):
        return "has a group with (?, of which only (?: is taken"
    if re.search(r"(?<!\\)(?:\\\\)*\\[1-9]", pattern):
        return "refers back to a group, which may take forever on a long line"
    return next(_too_much(pattern), "")


def _too_much(pattern: str) -> Iterator[str]:
    """What may take for ever, each as the end of a sentence."""
    alike: Counter[str] = Counter()
    optional = 0
    for atom, times in _parts(pattern):
        if times and atom == ")":
            yield "repeats a group, which may take forever on a long line: repeat a single character or a [class]"
        optional += times.startswith("?")
        if times and not times.startswith("?") and atom != ")":
            alike.update(char for char in _TRIED if re.fullmatch(atom, char))
    if any(count > MOST_ALIKE for count in alike.values()):
        yield (
            f"has more than {MOST_ALIKE} repeats (.* and the like) that take the same character, which may take forever on a "
            "long line: say more exactly what stands there, as \\S+ or [0-9]+, and leave .* out at the beginning and the end"
        )
    if optional > MOST_OPTIONAL:
        yield f"has more than {MOST_OPTIONAL} optional parts (?)"
    if pattern.count("|") >= MOST_ALTERNATIVES:
        yield f"has more than {MOST_ALTERNATIVES} alternatives (|)"


def _parts(pattern: str) -> Iterator[tuple[str, str]]:
    """Each atom of the pattern with how often it may come; empty for once."""
    at = 0
    while at < len(pattern):
        atom = _ATOM.match(pattern, at)
        assert atom is not None, "re has compiled it, so it has no other part"
        at = atom.end()
        times = _TIMES.match(pattern, at)
        at = times.end() if times else at
        yield atom[0], times[0] if times else ""


def lines_with(pattern: str, text: str) -> tuple[str, ...]:
    """The lines of a text in which the pattern is found."""
    found = re.compile(pattern)
    return tuple(line for line in text.splitlines() if found.search(line[:LONGEST]))
