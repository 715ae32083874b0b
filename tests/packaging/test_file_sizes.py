"""A file has one idea: none is so long that nobody reads it whole."""

from __future__ import annotations

from pathlib import Path

ROOT = Path(__file__).parents[2]
LONGEST = 400
#: Where files lie that nobody here wrote: what was built, and links to what is looked at in its own place.
LEFT_OUT = {"build", "dist", "dev", "node_modules"}


def modules() -> list[Path]:
    """Every Python file of the project, tests and lab as well."""
    folders = [path for path in ROOT.iterdir() if path.is_dir() and not path.name.startswith(".") and path.name not in LEFT_OUT]
    return [path for folder in folders for path in folder.rglob("*.py")] + list(ROOT.glob("*.py"))


def test_no_file_is_longer_than_400_lines() -> None:
    """No Python file in any folder, tests and lab included, has more than 400 lines."""
    lengths = {path.relative_to(ROOT).as_posix(): len(path.read_text(encoding="utf8").splitlines()) for path in modules()}
    assert {name: length for name, length in lengths.items() if length > LONGEST} == {}


def test_every_folder_with_code_is_looked_at() -> None:
    """The search comes to each folder: one that it misses would hold files of any length."""
    looked_at = {path.relative_to(ROOT).parts[0] for path in modules()}
    assert {"lab", "tests", "benchmarks", "runbooks", "services", "parsers"} <= looked_at
