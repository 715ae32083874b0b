"""The documents agree with the code, and with each other."""

from __future__ import annotations

import re
from pathlib import Path

import pytest

from nr_run.inventory.errors import Exit
from nr_run.runbooks.commands.cli import commands

from .documents import PAGES, ROOT, anchor_of, anchors, headings, links


@pytest.mark.parametrize("page", PAGES, ids=lambda page: page.relative_to(ROOT).as_posix())
def test_links_lead_somewhere(page: Path) -> None:
    """Each link to a file of the project leads to one that is there, and to a heading that it has."""
    dead = [target for target in links(page) if not (page.parent / target).exists()]
    assert not dead
    lost = [
        f"{target}#{name}" for target, name in anchors(page) if name not in headings((page.parent / target) if target else page)
    ]
    assert not lost


def test_an_anchor_is_made_as_readers_make_it() -> None:
    """Of a heading its letters, digits, hyphens and underscores stay, in small letters, with hyphens for blanks."""
    assert anchor_of("A phone's log and `a firewall`: 1. Look, (twice)") == "a-phones-log-and-a-firewall-1-look-twice"


INDEX = ROOT / "docs" / "index.md"

#: A file of the project as a page or a comment names it: by its name with an ending, or below one of the folders.
_FOLDERS = [path.name for path in (ROOT / "dev" / "nr_run").iterdir() if path.is_symlink()]
_NAMED = re.compile(
    rf"(?<![\w/.-])(?:(?:[\w-]+/)*[\w-]+\.py\b|(?:{'|'.join(_FOLDERS)}|tests|docs|benchmarks)/\w[\w/-]*(?![\w.*{{<-]))"
)
#: Environments, which hold other people's files.
_HIDDEN = {".venv", ".venv-docs"}
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
    files = [path.relative_to(ROOT).as_posix() for path in ROOT.rglob("*") if path.suffix and not _HIDDEN & {*path.parts}]
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
    """The table of the reference holds each exit code with its word, and no other."""
    page = (ROOT / "docs" / "reference" / "exit-codes.md").read_text()
    rows = re.findall(r"^\| (\d+) \| ([a-z-]+) \|", page, re.MULTILINE)
    assert [(int(code), word) for code, word in rows] == [(int(code), code.word) for code in Exit]


def test_every_folder_is_explained() -> None:
    """docs/architecture.md has a row for each folder of the package."""
    text = (ROOT / "docs" / "architecture.md").read_text()
    folders = [path.name for path in (ROOT / "dev" / "nr_run").iterdir() if path.is_symlink()]
    assert [name for name in folders if f"| `{name}/` |" not in text] == []


def test_every_command_has_a_section() -> None:
    """The command line of the reference has a section for each command that nr-run has, and no other."""
    sections = re.findall(r"^## nr-run ([\w-]+)$", (ROOT / "docs" / "reference" / "cli.md").read_text(), re.MULTILINE)
    assert {*commands()} <= {*sections}
    assert {name for name in sections if name not in commands()} == set()


def test_the_readme_is_read_in_a_terminal() -> None:
    """It has at most 90 lines of 80 columns: what cannot be parted, a picture, a row of links or a command, may be longer."""
    lines = (ROOT / "README.md").read_text().splitlines()
    assert len(lines) <= 90
    assert [line for line in lines if len(line) > 80 and not re.match(r"!\[|- \[|\S*venv/bin/", line)] == []


def test_hardware_is_spoken_of_early() -> None:
    """That nothing was verified on hardware stands in the first third of the README."""
    lines = (ROOT / "README.md").read_text().splitlines()
    (place,) = [number for number, line in enumerate(lines) if "on hardware.**" in line]
    assert place < len(lines) / 3
