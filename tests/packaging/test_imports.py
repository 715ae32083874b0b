"""Imports point one way, and the command line is quick."""

from __future__ import annotations

import ast
import subprocess
import sys
from collections.abc import Iterator
from pathlib import Path

import pytest

from nr_run.runbooks.commands.cli import commands

ROOT = Path(__file__).parents[2]
_PURE = frozenset({"changes", "checks", "templates", "parsers", "inventory"})
#: Folder -> what it may import besides itself. checks judge a change, so they know what a change is; not the other way round.
MAY_IMPORT: dict[str, frozenset[str]] = {
    "inventory": frozenset(),
    "templates": frozenset({"inventory"}),
    "parsers": frozenset({"inventory"}),
    "changes": frozenset({"templates", "parsers", "inventory"}),
    "checks": frozenset({"changes", "templates", "parsers", "inventory"}),
    "services": _PURE,
    "tasks": _PURE,
    "runbooks": _PURE | {"services", "tasks"},
    "lab": frozenset(),
}
#: The lab's doors: for programs, its folder, and its commands, which `nr-run lab` is.
LAB_DOORS = ("nr_run.lab.entry", "nr_run.lab.folder", "nr_run.lab.cli")
#: Text and records in, records out: none of these folders may be able to reach a device.
REACHING = frozenset(
    {"asyncio", "asyncssh", "http", "netmiko", "nornir", "paramiko", "socket", "subprocess", "telnetlib", "urllib"}
)


def modules(folder: str) -> list[Path]:
    """The Python files of a folder of the package."""
    return sorted((ROOT / folder).rglob("*.py"))


def imported(path: Path) -> Iterator[tuple[str, bool]]:
    """Dotted names that a file imports, our own as ``nr_run.folder.module``; and whether that is at the top of the file."""
    tree = ast.parse(path.read_text(encoding="utf8"))
    inside = {id(node) for function in ast.walk(tree) if isinstance(function, ast.FunctionDef) for node in ast.walk(function)}
    package = ["nr_run", *path.relative_to(ROOT).parent.parts]
    for node in ast.walk(tree):
        if isinstance(node, ast.Import):
            yield from ((alias.name, id(node) not in inside) for alias in node.names)
        elif isinstance(node, ast.ImportFrom):
            base = package[: len(package) - node.level + 1] if node.level else []
            stem = ".".join([*base, *([node.module] if node.module else [])])
            names = [stem] if stem.count(".") >= 2 or not node.level else [f"{stem}.{alias.name}" for alias in node.names]
            yield from ((name, id(node) not in inside) for name in names)


def ours(path: Path) -> Iterator[tuple[str, str, bool]]:
    """Folder and dotted name of each import of our own package."""
    for name, at_top in imported(path):
        if name.split(".")[0] == "nr_run" and "." in name:
            yield name.split(".")[1], name, at_top


@pytest.mark.parametrize("folder", MAY_IMPORT)
def test_imports_point_one_way(folder: str) -> None:
    """A folder imports itself and the folders below it; the lab is reached by its entry or its folder only."""
    allowed = MAY_IMPORT[folder] | {folder}
    assert modules(folder), f"{folder} holds no module"
    wrong = [
        f"{path.relative_to(ROOT)} imports {name}"
        for path in modules(folder)
        for other, name, _ in ours(path)
        if other not in allowed and not (folder == "runbooks" and name in LAB_DOORS)
    ]
    assert not wrong


def test_the_lab_is_imported_when_it_is_used() -> None:
    """No module of the rest imports the lab at its top, where it would be paid for by runs on real devices."""
    eager = [
        f"{path.relative_to(ROOT)} imports {name}"
        for folder in MAY_IMPORT
        if folder != "lab"
        for path in modules(folder)
        for other, name, at_top in ours(path)
        if other == "lab" and at_top and path.name != "lab_command.py" and not _for_types_only(path, name)
    ]
    assert not eager


def _for_types_only(path: Path, name: str) -> bool:
    guards = [node for node in ast.walk(ast.parse(path.read_text())) if isinstance(node, ast.If)]
    guarded = [node for guard in guards if ast.unparse(guard.test) == "TYPE_CHECKING" for node in ast.walk(guard)]
    return any(isinstance(node, ast.ImportFrom) and (node.module or "").endswith(name.split(".", 1)[1]) for node in guarded)


@pytest.mark.parametrize("folder", ["parsers", "changes", "checks", "services"])
def test_pure_folders_cannot_reach_a_device(folder: str) -> None:
    """parsers, changes, checks and services import nothing that opens a connection or starts a process."""
    wrong = [
        f"{path.relative_to(ROOT)} imports {name}"
        for path in modules(folder)
        for name, _ in imported(path)
        if name.split(".")[0] in REACHING
    ]
    assert not wrong


def test_every_folder_of_the_package_has_a_rule() -> None:
    """A folder that is added to the package gets its place in the direction of imports."""
    assert {path.name for path in (ROOT / "dev" / "nr_run").iterdir() if path.is_symlink()} == set(MAY_IMPORT)


@pytest.mark.parametrize("name", commands())
def test_every_command_has_help(name: str) -> None:
    """Each command that nr-run --help lists can be loaded, and says how it is used."""
    command = [sys.executable, "-c", "from nr_run.runbooks.commands.cli import main; main()", name, "--help"]
    done = subprocess.run(command, capture_output=True, text=True, timeout=60, check=False)
    assert done.returncode == 0, done.stderr
    assert done.stdout.startswith(f"Usage: nr-run {name}")


@pytest.mark.parametrize("argument", ["--help", "--version"])
def test_help_is_quick(argument: str) -> None:
    """nr-run --help and --version import none of the libraries that take long."""
    program = (
        "import sys\n"
        f"sys.argv = ['nr-run', {argument!r}]\n"
        "from nr_run.runbooks.commands.cli import main\n"
        "try:\n    main()\nexcept SystemExit as end:\n    assert not end.code, end.code\n"
        "print('heavy:', [name for name in ('netmiko', 'ttp', 'nornir', 'rich', 'pydantic', 'asyncio') if name in sys.modules])\n"
    )
    done = subprocess.run([sys.executable, "-c", program], capture_output=True, text=True, timeout=60, check=False)
    assert done.returncode == 0, done.stderr
    assert done.stdout.rstrip().endswith("heavy: []"), done.stdout
    assert "nr-run" in done.stdout
