"""The rooms of docs/architecture.md: each folder of modules below those at the top, with the first sentence of its docstring."""

from __future__ import annotations

import ast
from pathlib import Path

from tables import table

ROOT = Path(__file__).resolve().parents[2]


def rooms() -> list[Path]:
    """All folders of modules below the top ones, which are those that the package links to."""
    top = [ROOT / path.name for path in (ROOT / "dev" / "nr_run").iterdir() if path.is_symlink()]
    return sorted(path.parent for folder in top for path in folder.rglob("__init__.py") if path.parent != folder)


def _says(room: Path) -> str:
    """The first line of what a room says of itself."""
    return (ast.get_docstring(ast.parse((room / "__init__.py").read_text(encoding="utf8"))) or "").split("\n")[0]


def part() -> str:
    """The table."""
    rows = [(f"`{room.relative_to(ROOT).as_posix()}/`", _says(room)) for room in rooms()]
    return table(("room", "what is in it"), rows)
