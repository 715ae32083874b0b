"""The machine as simply as it can be said: at each line every rule in the order of the template, and nothing is remembered.

It is slow, and right: what the machine of the product reads faster has to be what this one reads.
"""

from __future__ import annotations

import re

from nr_run.parsers.line_rules.machine import UNKNOWN, Finish, IncompleteRecord, Outcome, Raw
from nr_run.parsers.line_rules.program import Action, Program, Rule, Scope
from nr_run.parsers.printed.unwrap import WIDTH


class Reading:
    """One pass over a text that begins and ends with a line break."""

    def __init__(self, program: Program, text: str, finish: Finish) -> None:
        self.text, self.finish = text, finish
        self.outcome = Outcome()
        self.groups: list[tuple[Scope, Raw, int]] = [(program.root, self.outcome.raw, 0)]

    def run(self) -> Outcome:
        """Line by line to the last one that is not blank."""
        position, end = 0, len(self.text.rstrip())
        while position < end:
            found = self.first(self.text, position)
            if found is None:
                position = self.unknown(position)
                continue
            rule, match = found
            if not rule.scope.transparent:
                self.follow(rule, match, position)
                self.outcome.matched += 1
            position = match.end()
        self.close(0)
        return self.outcome

    def first(self, text: str, position: int) -> tuple[Rule, re.Match[str]] | None:
        """The first rule that may follow and matches."""
        for rule in self.groups[-1][0].candidates:
            match = rule.regex.match(text, position)
            if match is not None:
                return rule, match
        return None

    def follow(self, rule: Rule, match: re.Match[str], position: int) -> None:
        """Close what the rule closes, open its group or add to it."""
        values = dict(zip(rule.names, match.groups(), strict=True))
        if rule.action is Action.START:
            self.close(rule.scope.depth - 1)
            self.groups.append((rule.scope, values, position))
            return
        self.close(rule.scope.depth)
        raw = self.groups[-1][1]
        twice = [name for name in rule.names if name in raw]
        raw.update({name: value for name, value in values.items() if name not in raw})
        if twice:
            self.outcome.leftovers.append((position, f"a second value for {', '.join(twice)} in the same record"))
        if rule.action is Action.END:
            self.close(rule.scope.depth - 1)

    def close(self, depth: int) -> None:
        """Finish the groups deeper than `depth`, the deepest first."""
        while len(self.groups) - 1 > depth:
            scope, raw, position = self.groups.pop()
            above = [each for _scope, each, _position in self.groups]
            try:
                record = self.finish(scope, raw, above, position)
            except IncompleteRecord as error:
                self.outcome.leftovers.append((position, str(error)))
            else:
                above[-1].setdefault(scope.key, []).append(record)

    def unknown(self, position: int) -> int:
        """A line that no rule knows: put together with up to three below it, or reported."""
        text = self.text
        while not text[position : (stop := text.index("\n", position + 1))].strip():
            position = stop
        following = stop
        for _ in range(3):
            start, following = following, text.find("\n", following + 1)
            if following < 0 or not text[start:following].strip() or self.first(text, start) is not None:
                break
            if self.joined(position, following):
                return following
        self.outcome.leftovers.append((position, UNKNOWN))
        return stop

    def joined(self, start: int, stop: int) -> bool:
        """True if the lines are one in pieces, which is then followed."""
        lines = self.text[start:stop].split("\n")[1:]
        pieces = [line.strip() for line in lines]
        ways = [" ".join(pieces), "".join(pieces)]
        if len(lines[0].rstrip()) in {WIDTH - 1, WIDTH}:
            ways.insert(0, "".join([*(line.ljust(WIDTH) for line in lines[:-1]), lines[-1]]))
        for joined in (f"\n{way}\n" for way in ways):
            for rule in self.groups[-1][0].candidates:
                match = rule.regex.match(joined)
                if match is not None and match.end() == len(joined) - 1 and not rule.scope.transparent:
                    self.follow(rule, match, start)
                    self.outcome.matched += 1
                    self.outcome.joins.append((start, stop, joined.rstrip("\n")))
                    return True
        return False
