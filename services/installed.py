"""What installed packages say of themselves, read from their metadata without `importlib.metadata`.

That module imports the mail, archive and network modules of Python, which was a third of what `nr-run --help` costs. Where
packages are installed in another way than in folders (an archive on the path, a finder of somebody's own), it is asked as ever.
"""

from __future__ import annotations

import os
import re
import sys
from collections.abc import Iterator
from importlib import import_module
from importlib.machinery import PathFinder
from typing import Any, NamedTuple

_METADATA = (".dist-info", ".egg-info")
#: module, attribute and extras of an entry point, as the specification of them says.
_VALUE = r"([\w.]+)\s*(?::\s*([\w.]+)\s*)?(?:\[[^\]]*\]\s*)?"


class Point(NamedTuple):
    """An entry point: its name, and ``module:attribute``."""

    name: str
    value: str

    def load(self) -> Any:
        """What it points to. Raises whatever its import raises, ValueError where its value points nowhere."""
        found = re.fullmatch(_VALUE, self.value)
        if found is None:
            raise ValueError(f"{self.value!r} is no module:attribute")
        made: Any = import_module(found[1])
        for name in filter(None, (found[2] or "").split(".")):
            made = getattr(made, name)
        return made


def entry_points_of(group: str) -> list[Point]:
    """The entry points of a group, of every package that is installed, each package once."""
    folders = _folders()
    if folders is None:
        from importlib.metadata import entry_points

        return [Point(each.name, each.value) for each in entry_points(group=group)]
    return [point for folder in folders for point in _points(folder, group)]


def version_of(package: str) -> str:
    """The version of an installed package; raises LookupError where it says none."""
    name = _normal(package)
    for folder in _folders() or ():
        if _name_of(folder) == name:
            head = re.split(r"\n[ \t]*\n", _text(folder, "METADATA") or _text(folder, "PKG-INFO"), maxsplit=1)[0]
            found = re.search(r"^Version:[ \t]*(\S+)", head, re.MULTILINE)
            if found is not None:
                return found[1]
    from importlib.metadata import PackageNotFoundError, version

    try:
        return version(package)
    except PackageNotFoundError as error:
        raise LookupError(package) from error


def _folders() -> list[str] | None:
    """The metadata folders of what is installed, the first of each package; None where that is not only in folders."""
    if any(hasattr(finder, "find_distributions") and finder is not PathFinder for finder in sys.meta_path):
        return None
    found: dict[str, str] = {}
    for place in sys.path:
        try:
            names = sorted(os.listdir(place or "."))  # noqa: PTH208 - `pathlib` is another part of what is saved here
        except (FileNotFoundError, PermissionError):
            continue
        except NotADirectoryError:
            return None
        for name in names:
            if name.lower().endswith(_METADATA):
                found.setdefault(_name_of(name), os.path.join(place or ".", name))  # noqa: PTH118 - as above
    return list(found.values())


def _name_of(folder: str) -> str:
    return _normal(os.path.basename(folder).rpartition(".")[0].partition("-")[0])  # noqa: PTH119 - as above


def _normal(name: str) -> str:
    return re.sub(r"[-_.]+", "_", name).lower()


def _points(folder: str, group: str) -> Iterator[Point]:
    section = ""
    for line in map(str.strip, _text(folder, "entry_points.txt").splitlines()):
        if line.startswith("[") and line.endswith("]"):
            section = line[1:-1]
        elif section == group and "=" in line and not line.startswith("#"):
            name, _, value = line.partition("=")
            yield Point(name.strip(), value.strip())


def _text(folder: str, name: str) -> str:
    try:
        with open(os.path.join(folder, name), encoding="utf-8") as file:  # noqa: PTH118, PTH123 - as above
            return file.read()
    except (FileNotFoundError, NotADirectoryError, PermissionError):
        return ""
