"""A lab for each test that changes something, one for each module that only looks or puts back what it changed."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path

import pytest

from nr_run.lab.entry import LabHandle

from ..warm import start_lab

SPEED = 50.0


@pytest.fixture
def lab(tmp_path: Path) -> Iterator[LabHandle]:
    """A fresh lab on a fast clock."""
    with start_lab(tmp_path / "lab", speed=SPEED) as handle:
        yield handle


@pytest.fixture(scope="module")
def still(tmp_path_factory: pytest.TempPathFactory) -> Iterator[LabHandle]:
    """A lab that the tests of one module share: they put back what they change."""
    with start_lab(tmp_path_factory.mktemp("still") / "lab", speed=SPEED) as handle:
        yield handle


@pytest.fixture(scope="module")
def shared_pair(tmp_path_factory: pytest.TempPathFactory) -> Iterator[LabHandle]:
    """An 881 at 15.4 and a 3640 at 12.4 for all tests of one module."""
    devices = {"hq": "c881", "branch": "vpn3640-124"}
    with start_lab(tmp_path_factory.mktemp("pair") / "lab", devices=devices, speed=SPEED) as handle:
        yield handle


@pytest.fixture
def pair(shared_pair: LabHandle) -> Iterator[LabHandle]:
    """The pair as it was saved at the start, without a fault, an archive path or a timer."""
    yield shared_pair
    for device in ("hq", "branch"):
        for fault in list(shared_pair.status()[device]["faults"]):
            shared_pair.fault(device, fault, on=False)
        said = shared_pair.exec(device, "configure replace nvram:startup-config force")
        assert "Rollback Done" in said, said
        shared_pair.exec(device, "reload cancel")


@pytest.fixture
def boxes(request: pytest.FixtureRequest, tmp_path: Path) -> Iterator[LabHandle]:
    """A fresh lab with the boxes that the test names by `@pytest.mark.parametrize("boxes", ..., indirect=True)`."""
    names: tuple[str, ...] = request.param
    with start_lab(tmp_path / "lab", devices={name: name for name in names}, speed=SPEED) as handle:
        yield handle


@pytest.fixture(scope="module")
def firewalls(tmp_path_factory: pytest.TempPathFactory) -> Iterator[LabHandle]:
    """One ASA of each release for tests that put back what they change."""
    names = ("asa82", "asa91", "asa919")
    with start_lab(tmp_path_factory.mktemp("asa") / "lab", devices={name: name for name in names}, speed=SPEED) as handle:
        yield handle
