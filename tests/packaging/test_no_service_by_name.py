"""The engine carries any service: runbooks/ names none, no kind of configuration object, and no record of an intent."""

from __future__ import annotations

import ast
import re
from collections.abc import Iterator
from pathlib import Path

import pytest

from nr_run.changes.families import FAMILIES
from nr_run.inventory.intents import intent
from nr_run.services.registry import declared

ROOT = Path(__file__).parents[2]
MODULES = sorted((ROOT / "runbooks").rglob("*.py"))
#: Services whose name is a word of every day: in a string it is that word.
EVERYDAY = {"cloud"}
#: Names of the families, and of the services that are installed with nr-run, as they stand in a string. A family whose name is a
#: word of every day (user, pool) is left out too.
NAMES = sorted(
    {family.name for families in FAMILIES.values() for family in families if "-" in family.name}
    | (set(declared().services) - EVERYDAY)
)
#: Records of an intent that are no word of the engine as well.
RECORDS = {
    name for name, value in vars(intent).items() if isinstance(value, type) and value.__module__.startswith(intent.__name__)
} - {"Intent"}
#: (module, what it names): why it may.
JUSTIFIED: dict[tuple[str, str], str] = {}


def strings(tree: ast.AST) -> Iterator[str]:
    """String literals but for docstrings."""
    documented = {
        id(node.body[0].value)
        for node in ast.walk(tree)
        if isinstance(node, ast.Module | ast.ClassDef | ast.FunctionDef) and node.body and isinstance(node.body[0], ast.Expr)
    }
    for node in ast.walk(tree):
        if isinstance(node, ast.Constant) and isinstance(node.value, str) and id(node) not in documented:
            yield node.value


def identifiers(tree: ast.AST) -> Iterator[str]:
    """Every name that is used, defined or imported, with the modules it is imported from."""
    for node in ast.walk(tree):
        if isinstance(node, ast.Name):
            yield node.id
        elif isinstance(node, ast.Attribute):
            yield node.attr
        elif isinstance(node, ast.FunctionDef | ast.ClassDef):
            yield node.name
        elif isinstance(node, ast.ImportFrom):
            yield from (node.module or "").split(".")
            yield from (alias.name for alias in node.names)


@pytest.mark.parametrize("path", MODULES, ids=lambda path: str(path.relative_to(ROOT)))
def test_no_module_of_the_engine_names_a_service(path: Path) -> None:
    """Neither a string nor an identifier of a module in runbooks/ is a service, a family, or a record of the intent."""
    tree, module = ast.parse(path.read_text(encoding="utf8")), str(path.relative_to(ROOT))
    word = re.compile(rf"(?<![\w-])(?:{'|'.join(map(re.escape, NAMES))})(?![\w-])")
    found = {match for text in strings(tree) for match in word.findall(text)}
    found |= {name for name in identifiers(tree) if name in RECORDS or name in NAMES}
    assert {name for name in found if (module, name) not in JUSTIFIED} == set()


def test_the_search_can_find() -> None:
    """It sees a family in a string, a service in an import and a record as a name; not what a docstring says."""
    tree = ast.parse('"""l2l"""\nfrom ..services.l2l import x\nTunnel = "a crypto-map-entry here"\n')
    assert set(strings(tree)) == {"a crypto-map-entry here"}
    assert {"l2l", "Tunnel"} <= set(identifiers(tree))
    assert "crypto-map-entry" in NAMES
    assert "Tunnel" in RECORDS


def test_what_is_justified_is_there() -> None:
    """A justification whose reason is gone goes as well."""
    known = {str(path.relative_to(ROOT)) for path in MODULES}
    assert {module for module, _ in JUSTIFIED} <= known
