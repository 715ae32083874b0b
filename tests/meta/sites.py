"""Every place in the source that refuses: where one of nr-run's errors is made, and where a check says how it went.

A place is known by its module, its function, what it makes, and the words that stand there: not by its line, so that a list of
places survives an edit elsewhere in the file.
"""

from __future__ import annotations

import ast
from collections import Counter
from collections.abc import Iterator
from functools import cache
from pathlib import Path

from msgspec import Struct
from msgspec.structs import replace

ROOT = Path(__file__).parent.parent.parent
#: The folders of the product, without the lab, which refuses as devices do.
FOLDERS = ("inventory", "templates", "parsers", "changes", "checks", "services", "tasks", "runbooks")
_ERRORS = "inventory/errors.py"
_FINDING = "Finding"
#: Longer words of a place are cut here: enough to tell two places of one function apart.
_WORDS = 90


class Site(Struct, frozen=True):
    """A place: ``kind`` is the name of the error or ``check ID``; ``lines`` from the first to the last of the call."""

    file: str
    function: str
    kind: str
    words: str
    lines: tuple[int, int]

    @property
    def key(self) -> str:
        """One line for a list."""
        return f"{self.file} | {self.function} | {self.kind} | {self.words}"

    @property
    def is_check(self) -> bool:
        """True for a finding, which may also say that all is well."""
        return self.kind.startswith("check ")


def modules() -> Iterator[tuple[str, ast.Module]]:
    """Path below the root, and tree, of every module of the product."""
    for folder in FOLDERS:
        for path in sorted((ROOT / folder).rglob("*.py")):
            yield str(path.relative_to(ROOT)), _parsed(path)


@cache
def _parsed(path: Path) -> ast.Module:
    return ast.parse(path.read_text(encoding="utf8"))


@cache
def error_names() -> frozenset[str]:
    """Names of the errors that nr-run raises on purpose: the tree in inventory/errors.py, and what is derived elsewhere."""
    names = {node.name for node in ast.walk(_parsed(ROOT / _ERRORS)) if isinstance(node, ast.ClassDef)} - {"Exit"}
    classes = [node for _, tree in modules() for node in ast.walk(tree) if isinstance(node, ast.ClassDef)]
    known = 0
    while len(names) > known:
        known = len(names)
        names |= {node.name for node in classes if {base.id for base in node.bases if isinstance(base, ast.Name)} & names}
    return frozenset(names)


@cache
def sites() -> tuple[Site, ...]:
    """All of them. Checks of one function whose words are chosen elsewhere are told apart by their number in it."""
    found, before = [], Counter[str]()
    for site in (site for file, tree in modules() if file != _ERRORS for site in _of_module(file, tree)):
        number = before[site.key]
        before[site.key] += 1
        found.append(replace(site, words=f"{site.words} ({number + 1})") if site.is_check and number else site)
    return tuple(found)


def _of_module(file: str, tree: ast.Module) -> Iterator[Site]:
    helpers, names = _helpers(tree), error_names()
    for function, node in _calls(tree, ""):
        name = _name(node.func)
        if name not in names and name != _FINDING and name not in helpers:
            continue
        # click's own UsageError has the name of ours.
        if ast.unparse(node.func).startswith("click."):
            continue
        if name in names:
            yield Site(file, function, name, _words(node), (node.lineno, node.end_lineno or node.lineno))
        elif function.rpartition(".")[2] not in helpers and not _is_harmless(node):
            yield Site(file, function, f"check {_check_of(node)}", _words(node), (node.lineno, node.end_lineno or node.lineno))


def _helpers(tree: ast.Module) -> frozenset[str]:
    """Functions that make a finding whose check is an argument of theirs: who calls them is the place. Imported ones too."""
    found = {"say"} if any(_imports_say(node) for node in ast.walk(tree)) else set()
    for node in ast.walk(tree):
        if isinstance(node, ast.FunctionDef):
            arguments = {argument.arg for argument in node.args.args}
            for call in ast.walk(node):
                first = call.args[0] if isinstance(call, ast.Call) and _name(call.func) == _FINDING and call.args else None
                if isinstance(first, ast.Name) and first.id in arguments:
                    found.add(node.name)
    return frozenset(found)


def _imports_say(node: ast.AST) -> bool:
    return isinstance(node, ast.ImportFrom) and any(name.name == "say" for name in node.names)


def _calls(node: ast.AST, function: str) -> Iterator[tuple[str, ast.Call]]:
    for child in ast.iter_child_nodes(node):
        inner = function
        if isinstance(child, ast.FunctionDef | ast.AsyncFunctionDef | ast.ClassDef):
            inner = f"{function}.{child.name}".lstrip(".")
        if isinstance(child, ast.Call):
            yield function, child
        yield from _calls(child, inner)


def _name(node: ast.expr) -> str:
    return node.id if isinstance(node, ast.Name) else node.attr if isinstance(node, ast.Attribute) else ""


def _check_of(call: ast.Call) -> str:
    """The id of the check: the first text among the arguments, as it is written."""
    for argument in call.args[:2]:
        if isinstance(argument, ast.Constant) and isinstance(argument.value, str):
            return argument.value
    return ast.unparse(call.args[0]) if call.args else ""


def _is_harmless(call: ast.Call) -> bool:
    """A finding that can only say that all is well, or that nothing was asked."""
    if _name(call.func) != _FINDING and any(isinstance(item, ast.Constant) and item.value is True for item in call.args[:3]):
        return True
    return any(
        isinstance(argument, ast.Attribute) and _name(argument.value) == "Status" and argument.attr in ("OK", "SKIPPED")
        for argument in (*call.args, *(keyword.value for keyword in call.keywords))
    )


def _words(call: ast.Call) -> str:
    """The texts in the call as they are written, with … where a value stands; the expression where there is no text."""
    texts: list[str] = []
    for argument in call.args:
        for part in ast.walk(argument):
            if isinstance(part, ast.JoinedStr):
                texts.append("".join(str(item.value) if isinstance(item, ast.Constant) else "…" for item in part.values))
                break
            if isinstance(part, ast.Constant) and isinstance(part.value, str):
                texts.append(part.value)
                break
    return " ".join((" ".join(texts) or ast.unparse(call)).split())[:_WORDS].rstrip()
