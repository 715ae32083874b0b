"""Whole groups of a template as one expression: the lines from the start of a group to its end, with the groups inside it.

A long output is the same few groups again and again. A sequence of rules that has come often enough becomes a passage: what its
expression matches is what its rules would match one after the other, each line refused where an earlier rule of the template
claims it. A passage is a hint: it saves the steps between the lines, and changes nothing that is read.
"""

from __future__ import annotations

import itertools
import re
from collections.abc import Sequence
from typing import TYPE_CHECKING

from msgspec import Struct

if TYPE_CHECKING:
    from .program import Rule, Scope

#: No passage is longer, and of so many sequences of one group note is taken.
MOST_LINES, MOST_SEQUENCES = 120, 64
#: So many passages are tried of all the groups in one group.
_MOST_PASSAGES = 12
_NUMBERS = itertools.count()
#: A passage pays for its expression when it is used this often; the group that spans these many lines first comes first.
_PAYS, _LINES, _LEAST = 100, 150, 3
#: An expression of so few lines is made in a quarter of the time, and pays as much sooner.
_SHORT, _SOONER = 4, 4


class Event(Struct, frozen=True, eq=False):
    """What consecutive lines of one group do: close the groups deeper than `closing`, open `scope`, and fill it.

    scope: None where the group is open already. names: of the captures `first` to `last`. mark: the empty capture that stands
    where the group begins, 0 at the start of the passage.
    """

    closing: int
    scope: Scope | None
    names: tuple[str, ...]
    first: int
    last: int
    mark: int


class Passage(Struct, eq=False):
    """One whole group. `inner` is the group that is open behind its last line, `number` says which passage came later."""

    regex: re.Pattern[str]
    start: Rule
    rules: tuple[Rule, ...]
    events: tuple[Event, ...]
    inner: Scope
    number: int
    # What is captured where the passage is one group; None where it is several.
    names: tuple[str, ...] | None
    # Which came after this one last time: where to look first.
    following: Passage | None = None

    @classmethod
    def of(cls, rules: Sequence[Rule], number: int) -> Passage | None:
        """None where a rule ends its group, or two lines have a value for the same name: each must be seen alone."""
        from .program import Action

        parts: list[str] = []
        events: list[Event] = []
        scope, captures = rules[0].scope, 0
        held: list[set[str]] = []
        for place, rule in enumerate(rules):
            starts = rule.action is Action.START
            mark = 0
            if place:
                parts.append("".join(f"(?!{_unnamed(rival, '(?:')})" for rival in scope.rivals_of(rule)))
                if starts:
                    parts.append("()")
                    captures += 1
                    mark = captures
            parts.append(f"(?>{_unnamed(rule, '(')})")
            depth = rule.scope.depth - rules[0].scope.depth
            del held[depth + (not starts) :]
            if starts:
                held.append(set())
            if rule.action is Action.END or held[-1] & {*rule.names} or len({*rule.names}) < len(rule.names):
                return None
            held[-1] |= {*rule.names}
            last = captures + len(rule.names)
            closing = rule.scope.depth - starts
            events.append(Event(closing, rule.scope if starts else None, rule.names, captures, last, mark))
            scope, captures = rule.scope, last
        found = tuple(_together(events))
        names = found[0].names if len(found) == 1 else None
        return cls(re.compile("".join(parts), re.IGNORECASE), rules[0], tuple(rules), found, scope, number, names)


def _unnamed(rule: Rule, group: str) -> str:
    return re.sub(r"\(\?P<\w+>", lambda _: group, rule.regex.pattern)


def _together(events: Sequence[Event]) -> list[Event]:
    """Events of lines of the same open group in one."""
    found: list[Event] = []
    for event in events:
        before = found[-1] if found else None
        if before is not None and event.scope is None and event.closing == before.closing + (before.scope is not None):
            both = (*before.names, *event.names)
            found[-1] = Event(before.closing, before.scope, both, before.first, event.last, before.mark)
        else:
            found.append(event)
    return found


def learn(scope: Scope, rules: Sequence[Rule], still: float) -> None:
    """Take note that a whole group was these rules; it may come `still` times more in this text."""
    key = tuple([rule.index for rule in rules])
    count = scope.seen.get(key, 0) + 1
    if count == 1 and len(scope.seen) >= MOST_SEQUENCES:
        return
    scope.seen[key] = count
    sooner = _SOONER if len(rules) <= _SHORT else 1
    if count >= _LEAST and count * len(rules) * sooner >= _LINES and (count + still) * sooner >= _PAYS:
        scope.seen[key] = -(10**12)  # never again: one that was given up would only be given up again
        passage = Passage.of(rules, number=next(_NUMBERS))
        if passage is not None and scope.parent is not None:
            latest = sorted((passage, *scope.parent.passages), key=lambda each: -each.number)[:_MOST_PASSAGES]
            # Of two that match, one is the beginning of the other.
            scope.parent.passages = tuple(sorted(latest, key=lambda each: -len(each.rules)))
