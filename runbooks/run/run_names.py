"""Names of the runs that a folder keeps. A name begins with a time, so that their order is that of the runs.

One listing of names and no look at each: a folder with 100,000 runs of years has to cost no more than that.
"""

from __future__ import annotations

import os
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from pathlib import Path


def run_names(runs: Path) -> list[str]:
    """All that look like the name of a run, oldest first; none where there is no such folder. Raises OSError for others."""
    try:
        found = os.listdir(runs)  # noqa: PTH208 - names alone
    except FileNotFoundError:
        return []
    return sorted(name for name in found if name.startswith("2") and "-" in name)
