"""`keep` and `rewind` of a lab: every device runs and has saved what it had, so that one lab serves many turns of one work."""

from __future__ import annotations

from collections.abc import Iterator

import pytest

from nr_run.lab.entry import LabHandle

from ..warm import start_lab

DEVICES = ("vpn3640", "c881", "c8000v-17", "asa919")


@pytest.fixture(scope="module")
def lab(tmp_path_factory: pytest.TempPathFactory) -> Iterator[LabHandle]:
    """A box of each family."""
    with start_lab(tmp_path_factory.mktemp("rewind") / "lab", devices={name: name for name in DEVICES}, speed=50) as handle:
        yield handle


def named(lab: LabHandle, device: str) -> list[str]:
    """The host names in the running and in the saved configuration of a device."""
    texts = [lab.exec(device, f"show {which}-config") for which in ("running", "startup")]
    return [line for text in texts for line in text.splitlines() if line.startswith("hostname")]


def call(lab: LabHandle, name: str) -> None:
    """Name every device so, and save."""
    for device in DEVICES:
        lab.exec(device, f"configure terminal\nhostname {name}\nend")
        lab.exec(device, "write memory")


def test_every_device_is_as_it_was_kept(lab: LabHandle) -> None:
    """What was typed and saved since is gone; without `keep`, all since the start; a device can be changed again."""
    start = {device: named(lab, device) for device in DEVICES}
    call(lab, "first")
    lab.rewind()
    assert {device: named(lab, device) for device in DEVICES} == start
    call(lab, "kept")
    lab.keep()
    call(lab, "second")
    lab.rewind()
    assert {device: named(lab, device) for device in DEVICES} == {device: ["hostname kept"] * 2 for device in DEVICES}
