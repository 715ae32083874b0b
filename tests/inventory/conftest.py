"""The example inventory of the project, copied so that a test may break it."""

from __future__ import annotations

import shutil
from pathlib import Path

import pytest

EXAMPLE = Path(__file__).parents[2] / "inventory"


@pytest.fixture
def inventory(tmp_path: Path) -> Path:
    """A copy of the example inventory: hosts.yaml, groups.yaml, defaults.yaml and vpn/."""
    for name in ("hosts.yaml", "groups.yaml", "defaults.yaml"):
        shutil.copy(EXAMPLE / name, tmp_path / name)
    shutil.copytree(EXAMPLE / "vpn", tmp_path / "vpn")
    return tmp_path


@pytest.fixture
def vpn(inventory: Path) -> Path:
    """The folder of intent files of the copy."""
    return inventory / "vpn"
