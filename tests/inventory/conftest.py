"""The inventory of the pair, copied so that a test may break it."""

from __future__ import annotations

import shutil
from pathlib import Path

import pytest

from ..own_inventory import PAIR


@pytest.fixture
def inventory(tmp_path: Path) -> Path:
    """A copy of the inventory of the pair: hosts.yaml, groups.yaml, defaults.yaml and vpn/."""
    for name in ("hosts.yaml", "groups.yaml", "defaults.yaml"):
        shutil.copy(PAIR / name, tmp_path / name)
    shutil.copytree(PAIR / "vpn", tmp_path / "vpn")
    return tmp_path


@pytest.fixture
def vpn(inventory: Path) -> Path:
    """The folder of intent files of the copy."""
    return inventory / "vpn"
