"""An inventory of the tests' own, so that the example that is shipped can grow without them."""

from __future__ import annotations

import shutil
from pathlib import Path

#: The two routers with IOS 12.2(8)T, one tunnel between them, and VPN clients of the first.
PAIR = Path(__file__).parent / "inventories" / "pair"


def copy_pair(target: Path) -> None:
    """The inventory of the pair, in a folder that is not there yet, so that a test may change it."""
    shutil.copytree(PAIR, target)
