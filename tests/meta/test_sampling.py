"""What is tried of a grid: one case in so many, and of each kind at least one."""

from __future__ import annotations

import subprocess
import sys
from pathlib import Path

GRID = """\
import pytest

@pytest.mark.parametrize("state", [f"state{n}" for n in range(9)])
@pytest.mark.parametrize("device", ["hub", "branch"])
@pytest.mark.parametrize("number", range(6))
def test_grid(state, device, number):
    pass

@pytest.mark.parametrize("number", range(50))
def test_numbers(number):
    pass
"""
PROGRAM = """\
import sys
import pytest
from tests import sampling

class Found:
    def pytest_collection_modifyitems(self, items):
        for name in ("test_grid", "test_numbers"):
            for item in sampling._some([item for item in items if item.name.startswith(name)], 20):
                print("kept", item.name)

words = ["--collect-only", "-q", "-p", "no:xdist", "-p", "no:cacheprovider", "-c", sys.argv[2], sys.argv[1]]
pytest.main(words, plugins=[Found()])
"""


def test_each_kind_is_tried(tmp_path: Path) -> None:
    """Of 108 cases fewer than a fifth are tried, with every state, device and number; of mere numbers one in so many."""
    (tmp_path / "test_grid.py").write_text(GRID)
    (tmp_path / "empty.ini").write_text("[pytest]\n")
    words = [sys.executable, "-c", PROGRAM, str(tmp_path / "test_grid.py"), str(tmp_path / "empty.ini")]
    done = subprocess.run(words, cwd=Path(__file__).parents[2], capture_output=True, text=True, check=True, timeout=300)
    kept = [line.partition(" ")[2] for line in done.stdout.splitlines() if line.startswith("kept ")]
    grid = [name for name in kept if name.startswith("test_grid")]
    assert 9 <= len(grid) <= 20, done.stdout
    for kind in (*(f"state{n}" for n in range(9)), "hub", "branch", *(f"[{n}-" for n in range(6))):
        assert any(kind in name for name in grid), kind
    assert 1 <= len(kept) - len(grid) <= 10
