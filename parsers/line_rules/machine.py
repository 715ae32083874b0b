"""One pass over the text with the line rules of a compiled template.

At each line the rules that can follow the open group are tried, and the first of them in the template that matches wins:
the same text gives the same state, whatever was read before. In a long text the rule that followed last time is looked
at first, and taken where none before it in the template claims the line; and whole groups that come again and again are read
in one piece (`passages`), which does what their lines would do. A record is handed to `finish` when its group closes, so a
text of thousands of records never lies in memory as dictionaries.
"""

from __future__ import annotations

import re
from collections.abc import Callable
from typing import Any

from msgspec import Struct, field

from ..printed.unwrap import WIDTH
from .passages import MOST_LINES, Passage, learn
from .program import Action, Program, Rule, Scope

Raw = dict[str, Any]
"""What one group captured: template variable -> text, child group -> list of finished children."""

Finish = Callable[[Scope, Raw, list[Raw], int], object]
"""Turns a closed group into a record; gets the raw records of the groups above it, the outermost first, and the offset
at which the group began. Raises IncompleteRecord."""

Make = Callable[..., object]
"""(raw records of the groups above, the captured texts) -> the record.

Raises ValueError, KeyError or IndexError where something is odd: `Finish` says then what it is.
"""

Straight = Callable[[Scope, tuple[str, ...]], Make | None]
"""What makes the record of a group of which exactly these variables were captured, where nothing else is to be done for it."""

_MAX_JOIN = 3
_SHORT_LINES, _READINGS = 400, 50
"""Up to so many lines, and texts of a command, nothing is learned where it is not known which rules are rivals: to find that out
costs more than it saves."""

_TRACE = 4_000
"""So many rules are remembered before the oldest are forgotten."""

UNKNOWN = "no rule of the template knows this line"
"""Why a line is a leftover that no rule matched, alone or put together with the lines below it."""


class IncompleteRecord(Exception):
    """A group closed without what its record needs; the message says what, in one clause."""


class Outcome(Struct):
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

    def __init__(self, program: Program, text: str, finish: Finish, straight: Straight | None = None) -> None:
        self.text = text
        self.end = len(text.rstrip())
        self.finish = finish
        self.straight = straight
        # What makes the records of a passage of one group, None where each is handed to `finish`.
        self.makers: dict[Passage, Make | None] = {}
        self.root = program.root
        self.outcome = Outcome()
        self.open: list[Raw] = [self.outcome.raw]
        self.scopes: list[Scope] = [program.root]
        self.started: list[int] = [0]
        program.readings += 1
        self.learning = program.rivals_known or program.readings > _READINGS or text.count("\n") > _SHORT_LINES
        # The rules that matched one after the other, and where in them each open group begins; -1: not to be learned from.
        self.trace: list[Rule] = []
        self.begun: list[int] = [-1]
        self.position = 0
        self.refused: tuple[int, Scope | None] = (-1, None)

    def run(self) -> Outcome:
        """Read the whole text, which begins and ends with a line break."""
        scope = self.root
        last: Rule | None = None
        while self.position < self.end:
            position = self.position
            found = self._next(scope, last, position)
            if found is None:
                self.position = self._leftover(scope, position)
                scope, last, self.begun = self.scopes[-1], None, [-1] * len(self.open)
                continue
            rule, match = found
            if rule.scope.transparent:
                self.position = match.end()
                continue
            if rule.action is Action.START and self.refused != (position, rule.scope):
                taken = self._whole(rule, position)
                if taken is not None:
                    scope, last = self.scopes[-1], taken
                    continue
            if rule.scope is scope and rule.action is Action.ADD:
                self._add(rule.names, match.groups(), position)
            else:
                scope = self._enter(rule, rule.names, match.groups(), position)
            if self.learning:
                self.trace.append(rule)
            last = rule
            self.outcome.matched += 1
            self.position = match.end()
        self._close_to(0)
        return self.outcome

    def _next(self, scope: Scope, last: Rule | None, position: int) -> tuple[Rule, re.Match[str]] | None:
        """The first rule of the template that matches the line; where it was right the last time is looked at first."""
        for rule in last.followers if last is not None and self.learning else ():
            match = rule.regex.match(self.text, position)
            if match is not None:
                return self._first(scope, rule, match, position)
        return self._search(scope, last, position)

    def _whole(self, start: Rule, position: int) -> Rule | None:
        """Read whole groups, the first of which begins with `start`; None where none is known that begins so.

        A group is whole when what follows belongs to no group in it, so each waits for the next. Where one is not, it is left
        to be read line by line. Returns a rule that came last.
        """
        self._close_to(start.scope.depth - 1)
        before: Passage | None = None
        found = self._passage(start, None, position)
        if found is None:
            return None
        while True:
            passage, match = found
            stop = match.end()
            found = self._followed(passage, stop) or self._passage(start, passage, stop)
            if found is None:
                break
            passage.following = found[0]
            self._take(passage, match, position)
            before, position = passage, stop
        if self._ends(passage, stop):
            self._take(passage, match, position)
            self.position = stop
        else:
            self.position, self.refused = position, (position, start.scope)
            if before is not None:
                before.following = None
        return passage.rules[-1]

    def _followed(self, passage: Passage, position: int) -> tuple[Passage, re.Match[str]] | None:
        """The passage that came behind this one the last time, where it comes again."""
        following = passage.following
        if following is None:
            return None
        match = following.regex.match(self.text, position)
        if match is None:
            return None
        rivals = passage.inner.rivals.get(following.start.index)
        return (following, match) if rivals == () or self._begins(passage.inner, following, position) else None

    def _passage(self, start: Rule, before: Passage | None, position: int) -> tuple[Passage, re.Match[str]] | None:
        """The longest known passage that begins here; no rule of the groups in the one before it may claim its start."""
        parent, text = start.scope.parent, self.text
        for passage in parent.passages if parent is not None else ():
            match = passage.regex.match(text, position)
            if match is None:
                continue
            if passage.start is start if before is None else self._begins(before.inner, passage, position):
                return passage, match
        return None

    def _begins(self, scope: Scope, passage: Passage, position: int) -> bool:
        rivals = scope.rivals.get(passage.start.index)
        for rival in scope.rivals_of(passage.start) if rivals is None else rivals:
            if rival.regex.match(self.text, position) is not None:
                return False
        return True

    def _ends(self, passage: Passage, position: int) -> bool:
        """True if nothing that follows belongs to a group of the passage: the text ends, or what comes is known and outside."""
        whole, last = passage.start.scope, passage.rules[-1]
        while position < self.end:
            found = self._next(passage.inner, last, position)
            if found is None:
                return False
            rule, match = found
            if not rule.scope.transparent:
                return not rule.scope.within(whole) or (rule.scope is whole and rule.action is Action.START)
            position = match.end()
        return True

    def _take(self, passage: Passage, match: re.Match[str], position: int) -> None:
        """Do what the lines of a passage do, one after the other."""
        values = match.groups()
        self.outcome.matched += len(passage.rules)
        if self.begun[-1] >= 0:  # a group that is open is being learned
            self.trace += passage.rules
        if passage.names is not None:
            self._take_one(passage, passage.names, values, position)
            return
        for event in passage.events:
            if len(self.open) - 1 > event.closing:
                self._close_to(event.closing)
            captured = zip(event.names, values[event.first : event.last], strict=True)
            if event.scope is None:
                self.open[-1].update(captured)
            else:
                self.open.append(dict(captured))
                self.scopes.append(event.scope)
                self.started.append(match.start(event.mark) if event.mark else position)
                self.begun.append(-1)
        self._close_to(passage.start.scope.depth - 1)

    def _take_one(self, passage: Passage, names: tuple[str, ...], values: tuple[str, ...], position: int) -> None:
        """The same of a passage of one group: its record is made of what was captured without a dictionary, where it can be."""
        scope, makers, above = passage.start.scope, self.makers, self.open
        make = makers[passage] if passage in makers else self._maker(passage, names)
        if make is not None:
            try:
                record = make(above, *values)
            except (ValueError, KeyError, IndexError):  # something is odd here: `finish` says what
                pass
            else:
                parent = above[-1]
                if scope.key in parent:
                    parent[scope.key].append(record)
                else:
                    parent[scope.key] = [record]
                return
        self._finished(scope, dict(zip(names, values, strict=True)), position)

    def _maker(self, passage: Passage, names: tuple[str, ...]) -> Make | None:
        make = self.straight(passage.start.scope, names) if self.straight is not None else None
        self.makers[passage] = make
        return make

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
            self.begun.append(len(self.trace) if self.learning else -1)
            return target
        self._close_to(target.depth)
        self._add(names, values, position)
        if rule.action is Action.END:
            self._close_to(target.depth - 1)
        return self.scopes[-1]

    def _close_to(self, depth: int) -> None:
        """Finish the open groups that lie deeper than `depth`, the deepest first."""
        while len(self.open) - 1 > depth:
            raw, scope, position, begun = self.open.pop(), self.scopes.pop(), self.started.pop(), self.begun.pop()
            if begun >= 0:
                self._learn(scope, begun, position)
            self._finished(scope, raw, position)

    def _finished(self, scope: Scope, raw: Raw, position: int) -> None:
        """Put what a closed group became into the group above."""
        above = self.open
        try:
            record = self.finish(scope, raw, above, position)
        except IncompleteRecord as error:
            self.outcome.leftovers.append((position, str(error)))
            return
        self._put(scope, record)

    def _put(self, scope: Scope, record: object) -> None:
        parent = self.open[-1]
        if scope.key in parent:
            parent[scope.key].append(record)
        else:
            parent[scope.key] = [record]

    def _learn(self, scope: Scope, begun: int, position: int) -> None:
        """Take note of what a group was made of that was read line by line."""
        rules = self.trace[begun : begun + MOST_LINES + 1]
        if len(rules) <= MOST_LINES:
            learn(scope, rules, (self.end - self.position) / max(1, self.position - position))
        if len(self.trace) > _TRACE:
            cut = len(self.trace) - MOST_LINES
            del self.trace[:cut]
            self.begun = [mark - cut if mark >= cut else -1 for mark in self.begun]

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


def run(program: Program, text: str, finish: Finish, straight: Straight | None = None) -> Outcome:
    """Read `text` (which begins and ends with a line break) with the rules of `program`."""
    return Machine(program, text, finish, straight).run()
