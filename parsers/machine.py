"""One pass over the text with the line rules of a compiled template.

At each line the rules that can follow the open group are tried, and the first of them in the template that matches wins:
the same text gives the same state, whatever was read before. In a long text the rule that followed last time is looked
at first, and taken where none before it in the template claims the line. A record is handed to `finish` when its group
closes, so a text of thousands of records never lies in memory as dictionaries.
"""

from __future__ import annotations

import re
from collections.abc import Callable
from dataclasses import dataclass, field
from typing import Any

from .program import Action, Program, Rule, Scope
from .unwrap import WIDTH

Raw = dict[str, Any]
"""What one group captured: template variable -> text, child group -> list of finished children."""

Finish = Callable[[Scope, Raw, list[Raw], int], object]
"""Turns a closed group into a record; gets the raw records of the groups above it, the outermost first, and the offset
at which the group began. Raises IncompleteRecord."""

_MAX_JOIN = 3
_SHORT_LINES = 400
"""Up to so many lines nothing is learned: to know which rules are rivals would cost more than it saves."""

UNKNOWN = "no rule of the template knows this line"
"""Why a line is a leftover that no rule matched, alone or put together with the lines below it."""


class IncompleteRecord(Exception):
    """A group closed without what its record needs; the message says what, in one clause."""


@dataclass(slots=True)
class Outcome:
    """`raw`: finished top groups by name. `leftovers`: (offset, why) of each line that makes the result unverified.

    `matched`: how many lines matched a rule that stands for this command (the ignored ones do not).
    `joins`: (offset, offset, line) of each line that the terminal had wrapped, and what it was put together to.
    """

    raw: Raw = field(default_factory=dict)
    leftovers: list[tuple[int, str]] = field(default_factory=list)
    matched: int = 0
    joins: list[tuple[int, int, str]] = field(default_factory=list)


class Machine:
    """The state of one pass; made for one text, thrown away after it."""

    def __init__(self, program: Program, text: str, finish: Finish) -> None:
        self.text = text
        self.finish = finish
        self.root = program.root
        self.outcome = Outcome()
        self.open: list[Raw] = [self.outcome.raw]
        self.scopes: list[Scope] = [program.root]
        self.started: list[int] = [0]
        self.learning = text.count("\n") > _SHORT_LINES

    def run(self) -> Outcome:
        """Read the whole text, which begins and ends with a line break."""
        text = self.text
        position, end = 0, len(text.rstrip())
        scope = self.root
        last: Rule | None = None
        rule: Rule
        match: re.Match[str] | None
        matched = 0
        trace: list[Rule] = []
        while position < end:
            for rule in last.followers if last is not None and self.learning else ():
                match = rule.regex.match(text, position)
                if match is not None:
                    rule, match = self._first(scope, rule, match, position)
                    break
            else:
                found = self._search(scope, last, position)
                if found is None:
                    position = self._leftover(scope, position)
                    scope, last, trace = self.scopes[-1], None, []
                    continue
                rule, match = found
            assert match is not None
            if rule.scope.transparent:
                position = match.end()
                continue
            last, names = rule, rule.names
            for block in rule.blocks if self.learning else ():
                longer = block.regex.match(text, position)
                if longer is not None:
                    match, last, names = longer, block.last, block.names
                    trace = self._learn(trace, [])
                    break
            else:
                if not self.learning:
                    pass
                elif rule.scope is scope and rule.action is Action.ADD:
                    trace.append(rule)
                else:
                    trace = self._learn(trace, [rule])
            if rule.scope is scope and rule.action is Action.ADD:
                self._add(names, match.groups(), position)
            else:
                scope = self._enter(rule, names, match.groups(), position)
            matched += 1
            position = match.end()
        self._close_to(0)
        self.outcome.matched += matched
        return self.outcome

    @staticmethod
    def _learn(trace: list[Rule], anew: list[Rule]) -> list[Rule]:
        """Remember the lines that came together in one group; the next trace begins with `again`."""
        if len(trace) > 1:
            trace[0].learn(trace)
        return anew

    def _search(self, scope: Scope, last: Rule | None, position: int) -> tuple[Rule, re.Match[str]] | None:
        """Try every rule that may follow, and remember the one that did."""
        for rule in scope.candidates:
            match = rule.regex.match(self.text, position)
            if match is not None:
                if last is not None and self.learning and not rule.scope.transparent:
                    last.followers = (rule, *(other for other in last.followers if other is not rule))
                return rule, match
        return None

    def _first(self, scope: Scope, rule: Rule, match: re.Match[str], position: int) -> tuple[Rule, re.Match[str]]:
        """The first rule of the template that matches the line, where `rule` is known to."""
        rivals = scope.rivals.get(rule.index)
        for rival in scope.rivals_of(rule) if rivals is None else rivals:
            found = rival.regex.match(self.text, position)
            if found is not None:
                return rival, found
        return rule, match

    def _add(self, names: tuple[str, ...], values: tuple[str, ...], position: int) -> None:
        if self.open[-1].keys().isdisjoint(names):
            self.open[-1].update(zip(names, values, strict=True))
        else:
            self._again(names, values, position)

    def _again(self, names: tuple[str, ...], values: tuple[str, ...], position: int) -> None:
        """A record has one value for each name: the first stays, as in TTP, and the second is reported."""
        raw = self.open[-1]
        twice = [name for name in names if name in raw]
        raw.update({name: value for name, value in zip(names, values, strict=True) if name not in raw})
        self.outcome.leftovers.append((position, f"a second value for {', '.join(twice)} in the same record"))

    def _enter(self, rule: Rule, names: tuple[str, ...], values: tuple[str, ...], position: int) -> Scope:
        """Follow a rule that changes the open group; returns the group that is open after it."""
        target = rule.scope
        if rule.action is Action.START:
            self._close_to(target.depth - 1)
            self.open.append(dict(zip(names, values, strict=True)))
            self.scopes.append(target)
            self.started.append(position)
            return target
        self._close_to(target.depth)
        self._add(names, values, position)
        if rule.action is Action.END:
            self._close_to(target.depth - 1)
        return self.scopes[-1]

    def _close_to(self, depth: int) -> None:
        """Finish the open groups that lie deeper than `depth`, the deepest first."""
        while len(self.open) - 1 > depth:
            raw, scope, position = self.open.pop(), self.scopes.pop(), self.started.pop()
            try:
                record = self.finish(scope, raw, self.open, position)
            except IncompleteRecord as error:
                self.outcome.leftovers.append((position, str(error)))
            else:
                self.open[-1].setdefault(scope.key, []).append(record)

    def _leftover(self, scope: Scope, position: int) -> int:
        """A line that no rule knows: one that the terminal wrapped, or a line to report. Returns the next position."""
        text = self.text
        while not text[position : (stop := text.index("\n", position + 1))].strip():
            position = stop
        following = stop
        for _ in range(_MAX_JOIN):
            start, following = following, text.find("\n", following + 1)
            # A line that stands for itself, or a blank one, is no rest of the line above it.
            if following < 0 or not text[start:following].strip() or self._known(scope, start):
                break
            if self._joined(scope, position, following):
                return following
        self.outcome.leftovers.append((position, UNKNOWN))
        return stop

    def _known(self, scope: Scope, position: int) -> bool:
        return any(rule.regex.match(self.text, position) for rule in scope.candidates)

    def _joined(self, scope: Scope, start: int, stop: int) -> bool:
        """True if the lines from `start` to `stop` are one line in pieces; it is then taken in."""
        lines = self.text[start:stop].split("\n")[1:]
        pieces = [line.strip() for line in lines]
        ways = [" ".join(pieces), "".join(pieces)]
        if len(lines[0].rstrip()) in {WIDTH - 1, WIDTH}:
            # A terminal breaks a line at its last column, wherever that is in a word.
            ways.insert(0, "".join([*(line.ljust(WIDTH) for line in lines[:-1]), lines[-1]]))
        for way in ways:
            joined = f"\n{way}\n"
            for rule in scope.candidates:
                match = rule.regex.match(joined)
                if match is None or match.end() != len(joined) - 1 or rule.scope.transparent:
                    continue
                self._enter(rule, rule.names, match.groups(), start)
                self.outcome.matched += 1
                self.outcome.joins.append((start, stop, joined.rstrip("\n")))
                return True
        return False


def run(program: Program, text: str, finish: Finish) -> Outcome:
    """Read `text` (which begins and ends with a line break) with the rules of `program`."""
    return Machine(program, text, finish).run()
