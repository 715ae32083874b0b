"""The lines that a person types so that a router's address translation leaves a tunnel alone, where nr-run cannot add one.

A list without numbers takes a new line at its end only, behind the permits, and a standard list knows no destination; so the list
is written again under another name, with the new lines first, and what translates is switched to it. Nothing of it is pushed: to
replace what translates drops the translations that are in use.

Sources: Cisco IOS IP Command Reference 12.2 (access-list, ip nat inside source, route-map: ``Dynamic mapping in use`` is asked as
long as there are translations), and IP Access List Entry Sequence Numbering (12.2(15)T, 12.3(2)T).
"""

from __future__ import annotations

import re
from collections.abc import Iterator, Sequence

from ...changes.configurations.tree import Node
from ...changes.selectors import Selector
from ...templates.words import FILTERS
from .nat import list_lines, permitting_lists, rule_of, translations

_STANDARD = re.compile(r"(?P<action>permit|deny) +(?P<source>any|host \S+|\d\S+ \d\S+|\d\S+)(?P<log> log)?")


def exemption_page(nodes: Sequence[Node], line: str, pairs: Sequence[Selector]) -> tuple[str, ...]:
    """What is typed at the privileged prompt so that the translation ``line`` leaves these pairs alone.

    Nothing for a static translation, which has no list, and for one whose list is not there or cannot be read.
    """
    kind, name = rule_of(line)
    taken = [pair for pair in pairs if any(rule == line and not free for rule, free in translations(nodes, pair))]
    if kind == "list":
        written = tuple(_written_again(nodes, name, taken))
        head, _, tail = line.partition(f" list {name} ")
        switch = ("no " + line, f"{head} list {_new_name(nodes, name)} {tail}")
        return ("clear ip nat translation *", "configure terminal", *written, *switch, "end") if written else ()
    lines: list[str] = []
    for clause, listed in permitting_lists(nodes, name) if kind else ():
        written = tuple(_written_again(nodes, listed, taken))
        if written:
            new = _new_name(nodes, listed)
            lines += (*written, clause, f" match ip address {new}", f" no match ip address {listed}", "exit")
    return ("configure terminal", *lines, "end") if lines else ()


def said(page: Sequence[str]) -> str:
    """A page as the end of a sentence, one line below the other; empty for none."""
    return "".join(("; type:", *(f"\n  {line}" for line in page))) if page else ""


def _new_name(nodes: Sequence[Node], name: str) -> str:
    """A name that no list has: the old one with a word behind it, and letters before a number."""
    base = f"{'NAT-' if name.isdigit() else ''}{name}-EXEMPT"
    return next(new for new in (base, *(f"{base}-{n}" for n in range(2, 100))) if not list_lines(nodes, new))


def _written_again(nodes: Sequence[Node], name: str, pairs: Sequence[Selector]) -> Iterator[str]:
    """The section of the new list; nothing where a line of the old one is of neither kind of list."""
    old = [_extended(line) for line in list_lines(nodes, name)]
    if not old or None in old:
        return
    yield f"ip access-list extended {_new_name(nodes, name)}"
    for near, far in pairs:
        yield f" deny ip {FILTERS['ios_address'](near)} {FILTERS['ios_address'](far)}"
    yield from (f" {line}" for line in old if line)
    yield "exit"


def _extended(line: str) -> str | None:
    """A line as an extended list has it: one of a standard list knows a source, and means every destination."""
    if line.startswith("remark"):
        return line
    words = line.split()
    standard = _STANDARD.fullmatch(line)
    if standard:
        source = standard["source"]
        source = source if " " in source or source == "any" else f"host {source}"
        return f"{standard['action']} ip {source} any{standard['log'] or ''}"
    return line if len(words) > 3 and words[0] in ("permit", "deny") else None
