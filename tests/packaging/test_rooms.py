"""Folders stay small enough that their names say what belongs together."""

from __future__ import annotations

import ast
from pathlib import Path

ROOT = Path(__file__).parents[2]
MOST = 21


def _folders() -> list[Path]:
    """All folders with modules of the package."""
    top = [ROOT / path.name for path in (ROOT / "dev" / "nr_run").iterdir() if path.is_symlink()]
    return sorted({path.parent for folder in top for path in folder.rglob("*.py")})


def test_no_folder_is_crowded() -> None:
    """No folder of the package has more modules than one idea needs."""
    counts = {path.relative_to(ROOT).as_posix(): len(list(path.glob("*.py"))) for path in _folders()}
    assert len(counts) > MOST
    assert {name: count for name, count in counts.items() if count > MOST} == {}


def test_every_folder_says_what_it_holds() -> None:
    """Each folder of the package has one sentence that says what is in it."""
    silent = [path for path in _folders() if not ast.get_docstring(ast.parse((path / "__init__.py").read_text()))]
    assert silent == []
