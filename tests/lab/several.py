"""One lab with a box of each kind for tests of faults that strike all of them, and sessions on any of them."""

from __future__ import annotations

from collections.abc import Iterator

import pytest

from nr_run.lab.entry import LabHandle

from ..warm import start_lab
from .firewalls import open_asa
from .telnet_client import Telnet, login

DEVICES = ("vpn3640", "c881", "c8000v-17", "asa91", "asa919")


@pytest.fixture(scope="module")
def shared_several(tmp_path_factory: pytest.TempPathFactory) -> Iterator[LabHandle]:
    """The boxes, once for a module."""
    with start_lab(tmp_path_factory.mktemp("several") / "lab", devices={name: name for name in DEVICES}, speed=50) as handle:
        yield handle


@pytest.fixture
def several(shared_several: LabHandle) -> Iterator[LabHandle]:
    """The boxes, without a fault afterwards."""
    yield shared_several
    for device, state in shared_several.status().items():
        for fault in state["faults"]:
            shared_several.fault(device, fault, on=False)


def session(lab: LabHandle, device: str) -> Telnet:
    """A privileged session without paging."""
    return open_asa(lab, device) if device.startswith("asa") else login(lab, device)
