"""What is written down about the package holds."""

from __future__ import annotations

import re
import tomllib
from pathlib import Path

from packaging.requirements import Requirement
from packaging.utils import canonicalize_name

ROOT = Path(__file__).parents[2]
PROJECT = tomllib.loads((ROOT / "pyproject.toml").read_text(encoding="utf8"))
PINS = {
    canonicalize_name(name): version
    for name, version in re.findall(r"^([\w.-]+)==(\S+)$", (ROOT / "constraints.txt").read_text(encoding="utf8"), re.MULTILINE)
}


def test_constraints_are_exact_versions_and_nothing_else() -> None:
    """constraints.txt holds name==version lines and remarks: no address, no range, no path."""
    lines = (ROOT / "constraints.txt").read_text(encoding="utf8").splitlines()
    assert [line for line in lines if not re.fullmatch(r"[\w.-]+==[\w.+!]+|#.*", line)] == []
    assert len(PINS) == len([line for line in lines if not line.startswith("#")])


def test_constraints_are_versions_that_the_project_allows() -> None:
    """Each dependency of the project and of its tests is pinned, to a version in its range."""
    wanted = [Requirement(text) for text in (*PROJECT["project"]["dependencies"], *PROJECT["dependency-groups"]["dev"])]
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
