"""What installed packages say of themselves is read as `importlib.metadata` reads it."""

from __future__ import annotations

import sys
from importlib import metadata
from pathlib import Path

import pytest

from nr_run.services import installed
from nr_run.services.installed import Point, entry_points_of, version_of

GROUPS = ("nr_run.services", "console_scripts", "pytest11", "nornir.plugins.runners", "nornir.plugins.connections", "none")


def written(folder: Path, name: str, points: str = "", version: str = "1.0") -> None:
    """A package that is installed in a folder."""
    info = folder / f"{name}-{version}.dist-info"
    info.mkdir(parents=True)
    (info / "METADATA").write_text(f"Metadata-Version: 2.1\nName: {name}\nVersion: {version}\n\nVersion: 9.9\n")
    (info / "entry_points.txt").write_text(points)


def by_library(group: str) -> list[tuple[str, str]]:
    """The same, as the standard library has it."""
    return sorted((each.name, each.value) for each in metadata.entry_points(group=group))


@pytest.mark.parametrize("group", GROUPS)
def test_entry_points_are_those_of_the_standard_library(group: str, monkeypatch: pytest.MonkeyPatch) -> None:
    """Of everything that is installed here, with what reads folders alone."""
    monkeypatch.setattr(sys, "meta_path", [finder for finder in sys.meta_path if not hasattr(finder, "find_distributions")])
    monkeypatch.setattr(sys, "meta_path", [*sys.meta_path, installed.PathFinder])
    assert installed._folders() is not None
    assert sorted(entry_points_of(group)) == by_library(group)
    assert group == "none" or entry_points_of(group)


def test_the_first_of_two_versions_counts(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """As for an import: the folder that comes first on the path, under whatever spelling of the name; comments are no points."""
    written(tmp_path / "a", "some_thing", "[group]\n# old = x:y\none = json:dumps\n\n[other]\ntwo = json:loads\n", "2.0")
    written(tmp_path / "b", "Some.Thing", "[group]\none = os:getcwd\nthree = os:getpid\n", "1.0")
    monkeypatch.setattr(sys, "path", [str(tmp_path / "a"), str(tmp_path / "b"), str(tmp_path / "none")])
    assert entry_points_of("group") == [Point("one", "json:dumps")]
    assert by_library("group") == [("one", "json:dumps")]
    assert version_of("some-thing") == metadata.version("some-thing") == "2.0"


def test_a_package_in_an_archive_is_found(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """Where the path holds more than folders, the standard library is asked."""
    import zipfile

    with zipfile.ZipFile(tmp_path / "some.zip", "w") as archive:
        archive.writestr("packed-3.1.dist-info/METADATA", "Name: packed\nVersion: 3.1\n")
        archive.writestr("packed-3.1.dist-info/entry_points.txt", "[group]\nfour = json:dumps\n")
    monkeypatch.setattr(sys, "path", [str(tmp_path / "some.zip")])
    assert entry_points_of("group") == [Point("four", "json:dumps")]
    assert version_of("packed") == "3.1"


def test_the_version_is_that_of_the_package() -> None:
    """What --version prints; and a package that is not there has none."""
    assert version_of("nr-run") == metadata.version("nr-run")
    with pytest.raises(LookupError):
        version_of("no-such-package")


@pytest.mark.parametrize("value", ["json:dumps", "json : dumps", "json:decoder.JSONDecoder", "json", "json:dumps [extra]"])
def test_what_an_entry_point_means(value: str) -> None:
    """A module, an attribute of it, or one of an attribute; extras are none of our business."""
    assert Point("x", value).load() is metadata.EntryPoint("x", value, "g").load()


def test_an_entry_point_that_points_nowhere() -> None:
    """It is said, and nothing is imported."""
    with pytest.raises(ValueError, match="no module:attribute"):
        Point("x", "not a module").load()
