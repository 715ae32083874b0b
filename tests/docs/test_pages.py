"""The documents agree with the code, and with each other."""

from __future__ import annotations

import re
from pathlib import Path

import pytest

from nr_run.inventory.errors import Exit
from nr_run.runbooks.commands.cli import COMMANDS

from .documents import PAGES, ROOT, links


@pytest.mark.parametrize("page", PAGES, ids=lambda page: page.relative_to(ROOT).as_posix())
def test_links_lead_somewhere(page: Path) -> None:
    """Each link to a file of the project leads to one that is there."""
    dead = [target for target in links(page) if not (page.parent / target).exists()]
    assert not dead


INDEX = ROOT / "docs" / "index.md"

#: A file of the project as a page or a comment names it: by its name with an ending, or below one of the folders.
_FOLDERS = [path.name for path in (ROOT / "dev" / "nr_run").iterdir() if path.is_symlink()]
_NAMED = re.compile(
    rf"(?<![\w/.-])(?:(?:[\w-]+/)*[\w-]+\.py\b|(?:{'|'.join(_FOLDERS)}|tests|docs|benchmarks)/\w[\w/-]*(?![\w.*{{<-]))"
)
#: Where files are made up, or are somebody else's.
_MADE_UP = {"docs/how-to/library.md"}


def _texts() -> dict[str, str]:
    """What says where something is: pages, and the modules that are installed, with their comments and docstrings."""
    modules = [path for folder in _FOLDERS for path in (ROOT / folder).rglob("*.py")]
    names = {path.relative_to(ROOT).as_posix(): path for path in (*PAGES, *modules)}
    return {name: path.read_text() for name, path in names.items() if name not in _MADE_UP and name != "CHANGELOG.md"}


def _unknown(text: str, files: list[str]) -> list[str]:
    """What a text names as a file of the project and no file or folder is."""
    there = "\n".join(f"/{name}" for name in files)
    return [
        name for name in _NAMED.findall(text) if not re.search(rf"/{re.escape(name.rstrip('/'))}(?:\.py)?(?:/.*)?$", there, re.M)
    ]


def test_every_file_that_is_named_is_there() -> None:
    """A page, a comment or a docstring names no module that has moved."""
    files = [path.relative_to(ROOT).as_posix() for path in ROOT.rglob("*") if path.suffix and ".venv" not in path.parts]
    assert {name: gone for name, text in _texts().items() if (gone := _unknown(text, files))} == {}
    assert _unknown("see `checks/fences.py`, tasks/fences, and `closing.py`", files) == [
        "checks/fences.py",
        "tasks/fences",
        "closing.py",
    ]


def test_every_page_can_be_found() -> None:
    """Each page below docs/ is linked from the map, docs/index.md."""
    linked = {(INDEX.parent / target).resolve() for target in links(INDEX)}
    assert {page for page in PAGES if page.is_relative_to(INDEX.parent)} - {INDEX} <= linked


def test_exit_codes_are_those_of_the_program() -> None:
    """The README's table holds each exit code with its word, and no other."""
    rows = re.findall(r"^\| (\d+) \| ([a-z-]+) \|", (ROOT / "README.md").read_text(), re.MULTILINE)
    assert [(int(code), word) for code, word in rows] == [(int(code), code.name.lower().replace("_", "-")) for code in Exit]


def test_every_folder_is_explained() -> None:
    """docs/architecture.md has a row for each folder of the package."""
    text = (ROOT / "docs" / "architecture.md").read_text()
    folders = [path.name for path in (ROOT / "dev" / "nr_run").iterdir() if path.is_symlink()]
    assert [name for name in folders if f"| `{name}/` |" not in text] == []


def test_every_command_is_in_the_readme() -> None:
    """The README's table of commands names each one that nr-run has, and no other."""
    (table,) = re.findall(r"^## Commands\n(.*?)^## ", (ROOT / "README.md").read_text(), re.MULTILINE | re.DOTALL)
    assert set(re.findall(r"`nr-run ([\w-]+)", table)) == set(COMMANDS)
