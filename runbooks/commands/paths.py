"""Paths as options take them; ``pathlib`` is imported when one is given, since --help and completion need none."""

from __future__ import annotations

import os
from typing import TYPE_CHECKING, Any

import click

if TYPE_CHECKING:
    from pathlib import Path

    _Base = click.Path[Path]
else:
    _Base = click.Path


class PathOf(_Base):
    """``click.Path`` whose value is a ``pathlib.Path``."""

    def coerce_path_result(self, value: str | os.PathLike[str]) -> Any:
        """The path that was given."""
        from pathlib import Path

        return Path(value)
