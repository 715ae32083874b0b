"""One lab for a module: a tunnel that is up, and every fault taken off again after each test."""

from __future__ import annotations

from collections.abc import Iterator

import pytest

from ..conftest import DEVICES, SPEED
from ..warm import start_lab
from .estate import TUNNEL, Estate, estate_in


@pytest.fixture(scope="module")
def deployed(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Estate]:
    """Two routers and the tunnel between them."""
    folder = tmp_path_factory.mktemp("verify")
    with start_lab(folder / "lab", speed=SPEED) as lab:
        made = estate_in(lab, folder)
        made.deploy(TUNNEL)
        yield made


class Faults:
    """Faults of a test, each off again behind it."""

    def __init__(self, estate: Estate) -> None:
        self._estate = estate
        self._on: list[tuple[str, str]] = []

    def __call__(self, device: str, name: str, *arguments: str) -> None:
        """Break something."""
        self._estate.lab.fault(device, name, *arguments)
        self._on.append((device, name))

    def off(self) -> None:
        """Fix all of it."""
        for device, name in self._on:
            self._estate.lab.fault(device, name, on=False)


@pytest.fixture
def fault(deployed: Estate) -> Iterator[Faults]:
    """What breaks something on a device."""
    made = Faults(deployed)
    yield made
    made.off()


@pytest.fixture
def as_before(deployed: Estate) -> Iterator[None]:
    """What a test changes on a device is as it was behind it."""
    yield
    for device in DEVICES:
        startup = deployed.lab.exec(device, "show startup-config").splitlines()
        assert startup
