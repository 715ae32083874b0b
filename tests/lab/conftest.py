"""A lab for each test that changes something, one for each module that only looks."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path

import pytest

from nr_run.lab.entry import LabHandle, start

SPEED = 50.0


@pytest.fixture
def lab(tmp_path: Path) -> Iterator[LabHandle]:
    """A fresh lab on a fast clock."""
    with start(tmp_path / "lab", speed=SPEED) as handle:
        yield handle


@pytest.fixture(scope="module")
def still(tmp_path_factory: pytest.TempPathFactory) -> Iterator[LabHandle]:
    """A lab that the tests of one module share: they put back what they change."""
    with start(tmp_path_factory.mktemp("still") / "lab", speed=SPEED) as handle:
        yield handle
