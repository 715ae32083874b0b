"""Which files of an inventory there are. What stands where a file should, and is none, is told: none is left out in silence."""

from __future__ import annotations

import os
from collections.abc import Iterator, Sequence
from pathlib import Path

SUFFIXES = (".yaml", ".yml")


def is_there(path: Path) -> bool:
    """True for whatever has this name. A link that leads nowhere has it too: reading it says what is wrong."""
    return os.path.lexists(path)


def intent_files(folder: Path) -> list[Path]:
    """All ``*.yaml`` and ``*.yml`` below a folder, also behind links, each once, in the order of their paths.

    What has such a name and is no file is among them, and so is a link that leads nowhere, since a folder of intents may be
    behind it; but not the hidden ones, such as the locks of an editor. Raises OSError where a folder cannot be read.
    """
    found: dict[Path, Path] = {}
    for path in _below(folder, set()):
        found.setdefault(path if _leads_nowhere(path) else path.resolve(), path)
    return sorted(found.values())


def _below(folder: Path, seen: set[tuple[int, int]]) -> Iterator[Path]:
    """Nothing of a folder that was seen already: a link may lead back to where it stands."""
    known = folder.stat()
    if (known.st_dev, known.st_ino) in seen:
        return
    seen.add((known.st_dev, known.st_ino))
    for path in _plain_first(list(folder.iterdir())):
        named = path.suffix in SUFFIXES
        if _leads_nowhere(path):
            if not path.name.startswith("."):
                yield path
        elif path.is_dir() and not named:
            yield from _below(path, seen)
        elif named:
            yield path


def _plain_first(paths: Sequence[Path]) -> list[Path]:
    """Hidden folders and links behind the others, so that a file is named by the shortest way to it."""
    return sorted(paths, key=lambda path: (path.name.startswith("."), path.is_symlink(), path))


def _leads_nowhere(path: Path) -> bool:
    return path.is_symlink() and not path.exists()
