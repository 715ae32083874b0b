"""A TTP template, compiled by TTP, as an immutable program of line rules.

TTP reads the template and makes its regular expressions; it stays the only authority on what a template means.
`machine.run` executes them in one pass over the text, where TTP's own matcher scans the whole text once per template
line. A program is immutable, so threads share it; TTP's parser object, which may not be shared, ends with the compile.
"""

from __future__ import annotations

import os
import re
import threading
from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from enum import IntEnum
from pathlib import Path
from typing import Any

from msgspec import Struct, field

from .order import disjoint
from .passages import Passage
from .patterns import PATTERNS

_TTP_LOCK = threading.Lock()
#: TTP's table of its own functions as TTP has pickled it: to read that is ten times as fast as to make it again from TTP's
#: source.
_TTP_TABLE = b""


Group = dict[str, Any]
"""A group of a template as plain data: `key`, `lines` and `children`, which are groups."""


class TemplateError(Exception):
    """TTP cannot compile the template, or the template uses what is not allowed here."""


class Action(IntEnum):
    """What a matching line does to its group."""

    START = 0
    ADD = 1
    END = 2


class Scope(Struct, eq=False):
    """One group of the template; `key` is its name in the record of the parent."""

    key: str
    depth: int
    parent: Scope | None
    rules: list[Rule] = field(default_factory=list)
    starts: list[Rule] = field(default_factory=list)
    children: list[Scope] = field(default_factory=list)
    candidates: tuple[Rule, ...] = ()
    path: str = ""
    transparent: bool = False
    rivals: dict[int, tuple[Rule, ...]] = field(default_factory=dict)
    # Hints, shared by threads like the followers of a rule: what this group was made of, and the groups in it that come often.
    seen: dict[tuple[int, ...], int] = field(default_factory=dict)
    passages: tuple[Passage, ...] = ()

    def within(self, other: Scope) -> bool:
        """True if this is `other` or a group inside it."""
        scope: Scope | None = self
        while scope is not None and scope is not other:
            scope = scope.parent
        return scope is not None

    def rivals_of(self, rule: Rule) -> tuple[Rule, ...]:
        """The candidates before `rule` that might claim a line of its kind: where one does, it comes first."""
        found = self.rivals.get(rule.index)
        if found is None:
            found = tuple(other for other in self.candidates[: self.candidates.index(rule)] if rule.may_meet(other))
            self.rivals[rule.index] = found
        return found


class Rule(Struct, eq=False):
    """One line of the template: its expression, its variables and its group."""

    index: int
    regex: re.Pattern[str]
    names: tuple[str, ...]
    action: Action
    scope: Scope
    # Rules that came after this one, the latest first: where to look first next time. A hint, shared by threads: a lost
    # or stale entry costs time and changes no result, because the rivals of a rule are asked before it is taken.
    followers: tuple[Rule, ...] = ()
    #: The numbers of the rules that might match the same line, None where nobody has looked.
    meets: frozenset[int] | None = None

    def may_meet(self, other: Rule) -> bool:
        """True unless it is certain that no line matches both."""
        if self.meets is not None:
            return other.index in self.meets
        return not disjoint(other.regex.pattern, self.regex.pattern)


class Program(Struct, eq=False):
    """A compiled template. `root` is the group above the top groups; it has no lines of its own.

    `rivals_known`: which rules might match the same line was found out when the template was compiled. `readings`: how many texts
    were read with it, which decides what it pays to find out.
    """

    root: Scope
    rules: tuple[Rule, ...]
    rivals_known: bool = False
    readings: int = 0


def compile_template(source: str) -> Program:
    """Compile template text with TTP; raises TemplateError."""
    return program_of(groups_of(source))


def program_of(groups: list[Group], meetings: Sequence[Sequence[int]] | None = None) -> Program:
    """The program of what TTP made of a template; meetings: the pairs of rules that might match the same line, if known."""
    rules: list[Rule] = []
    root = Scope("", 0, None)
    for group in groups:
        _add_scope(group, root, rules)
    _fill_candidates(root)
    if meetings is not None:
        of: list[set[int]] = [set() for _ in rules]
        for one, other in meetings:
            of[one].add(other)
            of[other].add(one)
        for rule in rules:
            rule.meets = frozenset(of[rule.index])
    return Program(root, tuple(rules), rivals_known=meetings is not None)


def groups_of(source: str) -> list[Group]:
    """What TTP makes of template text, as plain data; raises TemplateError."""
    return [_plain(group, "") for template in ttp_parser(source)._templates for group in template.groups]


def dedent(source: str) -> str:
    """The template without indentation: what TTP would take literally, and devices print as they like."""
    return "\n".join(line.lstrip() for line in source.splitlines())


def tolerant(pattern: str) -> str:
    """TTP's line expression, allowing blank lines and indentation before the line."""
    return r"\n\s*" + pattern.removeprefix(r"\n")


def ttp_parser(source: str) -> Any:
    """A TTP parser object of the template, its expressions made tolerant and blind to case; raises TemplateError."""
    with _TTP_LOCK, _private_table():
        try:
            from ttp import ttp

            parser = ttp(template=dedent(source), vars=dict(PATTERNS), log_level="ERROR")
        except (Exception, SystemExit) as error:
            raise TemplateError(f"TTP cannot compile the template: {error}") from error
    for template in parser._templates:
        for group in template.groups:
            _relax(group)
    return parser


@contextmanager
def _private_table() -> Iterator[None]:
    """TTP pickles its function table into site-packages unless told otherwise; a stale one survives upgrades."""
    global _TTP_TABLE
    import tempfile

    before = os.environ.get("TTPCACHEFOLDER")
    with tempfile.TemporaryDirectory(prefix="nr-run-ttp-") as private:
        table = Path(private) / "ttp_dict_cache.pickle"
        if _TTP_TABLE:
            table.write_bytes(_TTP_TABLE)
        os.environ["TTPCACHEFOLDER"] = private
        try:
            yield
        finally:
            _TTP_TABLE = table.read_bytes() if table.is_file() else b""
            if before is None:
                del os.environ["TTPCACHEFOLDER"]
            else:
                os.environ["TTPCACHEFOLDER"] = before


def _relax(group: Any) -> None:
    for entry in (*group.start_re, *group.re, *group.end_re):
        entry["REGEX"] = re.compile(tolerant(entry["REGEX"].pattern), re.IGNORECASE)
    for child in group.children:
        _relax(child)


def _plain(group: Any, above: str) -> Group:
    key = group.path[-1].rstrip("*")
    path = f"{above}.{key}".lstrip(".")
    lines = [
        _line(entry, path, action)
        for entries, action in ((group.start_re, Action.START), (group.re, Action.ADD), (group.end_re, Action.END))
        for entry in entries
    ]
    return {"key": key, "lines": lines, "children": [_plain(child, path) for child in group.children]}


def _line(entry: Any, path: str, action: Action) -> list[Any]:
    """[expression, variables in the order of its groups, action] of one line; raises TemplateError."""
    if entry["IS_LINE"] or entry["ACTION"] == "join":
        raise TemplateError(f"the template collects lines with _line_ or joinmatches in group {path!r}")
    variables = [entry["VARIABLES"][name] for name in entry["REGEX"].groupindex]
    if any(variable.functions for variable in variables):
        raise TemplateError(f"group {path!r} calls a TTP function: values are converted by the record")
    return [entry["REGEX"].pattern, [variable.var_name_original for variable in variables], int(action)]


def _add_scope(group: Group, parent: Scope, rules: list[Rule]) -> None:
    key = group["key"]
    scope = Scope(key, parent.depth + 1, parent, path=f"{parent.path}.{key}".lstrip("."), transparent=key == "ignored")
    parent.children.append(scope)
    for pattern, names, action in group["lines"]:
        rule = Rule(len(rules), re.compile(pattern, re.IGNORECASE), tuple(names), Action(action), scope)
        rules.append(rule)
        (scope.starts if rule.action is Action.START else scope.rules).append(rule)
    for child in group["children"]:
        _add_scope(child, scope, rules)


def _fill_candidates(scope: Scope) -> None:
    """Which rules may follow while a group is open: its own lines and children first, then those of the groups above."""
    chain: list[Rule] = []
    level: Scope | None = scope
    while level is not None:
        chain += level.rules
        for child in level.children:
            chain += child.starts
        level = level.parent
    scope.candidates = tuple(chain)
    for child in scope.children:
        _fill_candidates(child)
