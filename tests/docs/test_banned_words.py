"""One word a thing: the words that the product had before are in no text that a person sees, and a table says what to write."""

from __future__ import annotations

import ast
import re
from collections.abc import Iterator
from functools import cache
from pathlib import Path
from typing import NamedTuple

import pytest

from .documents import ROOT


class Banned(NamedTuple):
    """An old word as an expression, the word to write, and why."""

    old: str
    new: str
    why: str


TABLE = (
    Banned(
        r"dead[- ]man", "rollback timer, automatic rollback", "the field's words; beside dead peer detection the old one confused"
    ),
    Banned(
        r"\bfenc(e|es|ing)\b|\brungs?\b|\bladders?\b", "rollback method, order of preference", "to fence is to cut a node off"
    ),
    Banned(
        r"--dead-man|--(ike|boot|reconnect)-wait|--poll\b(?!-)", "--revert-in, --*-timeout, --poll-interval", "as other tools"
    ),
    Banned(r"\bcall(s|ed|ing)? (it |that |them )?off\b", "cancel", "one verb, and the device's own: reload cancel"),
    Banned(
        r"\b(tak(e|es|en|ing)|took) ((it|them|all|both|the change) )?back\b(?! by| after)", "roll back", "one verb, the field's"
    ),
    Banned(r"\b(go|goes|gone|going|went) back by (itself|themselves)\b", "rolls itself back", "one verb, the field's"),
    Banned(r"\bor put back\b|\bputs every end back\b", "roll back", "one verb, the field's"),
    Banned(r"quarantin", "rollback-incomplete", "quarantine is what NAC does to an endpoint"),
    Banned(r"\ba person is needed\b|\bneeds a person\b", "manual steps", "says what is to be done"),
    Banned(r"\bcarr(y|ies|ied|ying) (it |this |them |the change )?out\b", "apply", "the field's word, and the journal's"),
    Banned(r"\binverse\.cfg\b|\btouches\.txt\b", "rollback.cfg, blast-radius.txt", "names that say what is in them"),
    Banned(r"\bmend(s|ed|ing)?\b", "fix, repair", "archaic"),
    Banned(r"\banew\b|\bnought\b|\buntold\b|\bastray\b|\b[Ll]eave to\b", "again, zero, unreported", "archaic"),
    Banned(r"\b(come|comes|came) to (its|their) end\b", "finish", "archaic"),
    Banned(r"\bput to use\b", "activate", "the field's word for the phase"),
    Banned(r"\bproved\b(?! (that|nothing|who|what|which)\b)", "verified", "one word for one state"),
    Banned(r"\b(the|a|this|that|each|every|another|whole|one) box(es)?\b", "device", "one word; a box is jargon"),
    Banned(r"\b(is|are|was|were|be|been|not) told\b(?! apart)", "reported, shown, announced", "says neither by whom nor to whom"),
    Banned(
        r"\b(tak(e|es|en|ing)|took) (\S+ ){0,4}away\b|\bway back\b(?! to)",
        "remove; rollback",
        "one verb for it, the device's own",
    ),
    Banned(
        r"\bin the place of\b|\bof before\b|\bfor certain\b", "in place of; former, old; certainly", "German order in English"
    ),
    Banned(r"\blooked at\b|\blook at a new plan\b", "checked, read", "what a check does has a word"),
    Banned(r"\bobjection: ", "blocked by pre-check NAME: ", "says what stops the change"),
    Banned(r"(?<!repaired )(?<!driven )\bby hand: ", "manual step: ", "as the key of the report"),
)
#: Where old names have their place, since they are still taken; and what has such a name in the field itself.
OLD_NAMES = {"runbooks/commands/old_names.py", "runbooks/run/json_names.py", "runbooks/run/old_files.py"}
ALLOWED = {
    ("runbooks/run/journal_lines.py", "quarantined"),
    ("runbooks/run/saved_plan.py", "fence"),
    ("parsers/provider_samples/lines.py", "a fence of a document"),
}
ROOMS = ("changes", "checks", "inventory", "parsers", "runbooks", "services", "tasks", "templates")
BANS = pytest.mark.parametrize("banned", TABLE, ids=lambda banned: banned.new)


def strings(path: Path) -> Iterator[tuple[int, str]]:
    """Line and text of each string that is no docstring; docstrings of functions that are commands are their --help."""
    tree = ast.parse(path.read_text())
    alone = {id(node.value) for node in ast.walk(tree) if isinstance(node, ast.Expr)}
    parts = {id(part) for node in ast.walk(tree) if isinstance(node, ast.JoinedStr) for part in node.values}
    for node in ast.walk(tree):
        if isinstance(node, ast.JoinedStr):
            yield node.lineno, "".join(str(part.value) if isinstance(part, ast.Constant) else "{}" for part in node.values)
        elif isinstance(node, ast.Constant) and isinstance(node.value, str) and id(node) not in alone | parts:
            yield node.lineno, node.value
        elif isinstance(node, ast.FunctionDef) and "commands" in path.parts and node.name.startswith("_"):
            yield node.lineno, ast.get_docstring(node) or ""


@cache
def product() -> list[tuple[str, int, str]]:
    """File, line and text of every string of the product."""
    paths = sorted(path for room in ROOMS for path in (ROOT / room).rglob("*.py"))
    named = ((str(path.relative_to(ROOT)), path) for path in paths)
    return [(name, line, text) for name, path in named if name not in OLD_NAMES for line, text in strings(path)]


@cache
def documents() -> list[tuple[str, int, str]]:
    """File, line and text of every document and template; a line with the next one, since a phrase may be broken."""
    paths = [ROOT / "README.md", ROOT / "CONTRIBUTING.md", *(ROOT / "docs").rglob("*.md"), *(ROOT / "examples").rglob("*.md")]
    paths += [path for path in (ROOT / "templates").rglob("*") if path.suffix in (".j2", ".md")]
    made = []
    for path in sorted(paths):
        lines = path.read_text().splitlines()
        made += [(str(path.relative_to(ROOT)), at, " ".join(lines[at - 1 : at + 1])) for at in range(1, len(lines) + 1)]
    return made


@BANS
def test_no_string_has_an_old_word(banned: Banned) -> None:
    """No string of the product, which may reach a person, has it."""
    found = [(name, line, text) for name, line, text in product() if re.search(banned.old, text) and (name, text) not in ALLOWED]
    assert not found, f"write {banned.new} ({banned.why})"


@BANS
def test_no_document_has_an_old_word(banned: Banned) -> None:
    """No document and no template has it; the page on upgrading says what the old names were."""
    found = [item for item in documents() if re.search(banned.old, item[2]) and not item[0].endswith("upgrading.md")]
    assert not found, f"write {banned.new} ({banned.why})"


def test_a_banned_word_is_found(tmp_path: Path) -> None:
    """The search sees into plain strings and strings with values, and past docstrings."""
    (tmp_path / "one.py").write_text('"""The dead-man."""\nA = "a dead-man"\nB = f"dead-man of {A}"\n')
    assert [text for _, text in strings(tmp_path / "one.py") if re.search(TABLE[0].old, text)] == ["a dead-man", "dead-man of {}"]
