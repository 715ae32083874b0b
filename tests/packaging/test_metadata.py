"""What is written down about the package holds."""

from __future__ import annotations

import re
import tomllib
from pathlib import Path

import pytest
from packaging.requirements import Requirement
from packaging.utils import canonicalize_name

ROOT = Path(__file__).parents[2]
PROJECT = tomllib.loads((ROOT / "pyproject.toml").read_text(encoding="utf8"))
FILES = ("constraints.txt", "constraints-runtime.txt", "constraints-docs.txt")
_PIN = re.compile(r"([\w.-]+)==([\w.+!]+)(?: ; ([^\\]+?))?((?: \\\n    --hash=sha256:[0-9a-f]{64})+)\n")


def pins(file: str) -> dict[str, tuple[str, set[str]]]:
    """Name to version and hashes."""
    text = (ROOT / file).read_text(encoding="utf8")
    return {
        canonicalize_name(name): (version, set(re.findall("[0-9a-f]{64}", hashes)))
        for name, version, _, hashes in _PIN.findall(text)
    }


PINS = {name: version for name, (version, _) in pins("constraints.txt").items()}


@pytest.mark.parametrize("file", FILES)
def test_constraints_are_exact_versions_with_hashes_and_nothing_else(file: str) -> None:
    """A constraints file holds name==version, where it is needed, its hashes, and remarks: no address, no range, no path."""
    text = (ROOT / file).read_text(encoding="utf8")
    assert re.sub(r"#.*\n", "", _PIN.sub("", text)) == ""
    assert len(pins(file)) > 20


def test_runtime_is_a_part_of_all() -> None:
    """What a wheel is installed with is what the tests ran with, file by file, and none of the tests' own tools."""
    every, runtime = pins("constraints.txt"), pins("constraints-runtime.txt")
    assert runtime.items() <= every.items()
    assert not {"pytest", "hatchling", "asyncssh"} & runtime.keys()
    assert {canonicalize_name(Requirement(text).name) for text in PROJECT["project"]["dependencies"]} <= runtime.keys()


def test_nothing_is_installed_without_its_hash() -> None:
    """Make, CI and the README install by hashes, or what lies here without dependencies; `make constraints` alone looks up."""
    make = (ROOT / "Makefile").read_text(encoding="utf8").partition("\nconstraints:")[0]
    texts = {"Makefile": make, ".ci/run": (ROOT / ".ci" / "run").read_text(), "README.md": (ROOT / "README.md").read_text()}
    for name, text in texts.items():
        installs = [line for line in text.splitlines() if re.search(r"(?:pip.*|PIP\)) install ", line)]
        assert len(installs) >= 2, name
        assert [line for line in installs if not ("--require-hashes" in line or "--no-deps" in line)] == []


def test_what_builds_the_package_is_pinned() -> None:
    """pip and the build backend are installed by their hashes too, and builds take no others."""
    assert {"pip", "hatchling"} <= PINS.keys()
    assert all(Requirement(text).specifier.contains(PINS["hatchling"]) for text in PROJECT["build-system"]["requires"])
    for file in ("Makefile", "README.md"):
        editable = [line for line in (ROOT / file).read_text().splitlines() if "--editable" in line]
        assert editable
        assert all("--no-build-isolation" in line for line in editable)


def test_constraints_are_versions_that_the_project_allows() -> None:
    """Each dependency of the project, of its tests and of its site is pinned, to a version in its range."""
    groups = PROJECT["dependency-groups"]
    wanted = [Requirement(text) for text in (*PROJECT["project"]["dependencies"], *groups["dev"])]
    site = {name: version for name, (version, _) in pins("constraints-docs.txt").items()}
    assert all(Requirement(text).specifier.contains(site[canonicalize_name(Requirement(text).name)]) for text in groups["docs"])
    wrong = [
        f"{item}: {PINS.get(canonicalize_name(item.name))}"
        for item in wanted
        if (version := PINS.get(canonicalize_name(item.name))) is None or not item.specifier.contains(version)
    ]
    assert not wrong


def test_old_devices_can_be_logged_in_to() -> None:
    """Paramiko stays below 5, which can no longer do SHA-1: routers of this age have nothing else."""
    assert int(PINS["paramiko"].partition(".")[0]) < 5


def test_every_folder_goes_into_the_wheel() -> None:
    """Each folder of the editable package is a link to one at the top, and is in the wheel under the same name."""
    wheel = PROJECT["tool"]["hatch"]["build"]["targets"]["wheel"]
    links = {path.name: path for path in (ROOT / "dev" / "nr_run").iterdir() if path.is_symlink()}
    assert len(links) >= 8
    for name, link in links.items():
        assert link.is_symlink()
        assert link.resolve() == ROOT / name
        assert name in wheel["only-include"]
        assert wheel["sources"][name] == f"nr_run/{name}"


def test_the_changelog_knows_the_version() -> None:
    """CHANGELOG.md has an entry for the version of the project, or one for what is not released yet."""
    text = (ROOT / "CHANGELOG.md").read_text(encoding="utf8")
    assert re.search(rf"^## \[(?:{re.escape(PROJECT['project']['version'])}|Unreleased)\]", text, re.MULTILINE)
