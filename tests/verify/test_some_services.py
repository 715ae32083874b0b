"""An inventory may be about some services alone."""

from __future__ import annotations

import shutil
from pathlib import Path

import pytest

from nr_run.inventory.errors import IntentError, NoIntent
from nr_run.inventory.files.hosts import load_nornir, platforms_of
from nr_run.runbooks.engine.plans.every_intent import every_intent

from ..conftest import ROOT

INVENTORY = ROOT / "inventory"


@pytest.fixture
def folder(tmp_path: Path) -> Path:
    """The devices of the example, and no intent."""
    for name in ("hosts.yaml", "groups.yaml", "defaults.yaml"):
        shutil.copy(INVENTORY / name, tmp_path / name)
    return tmp_path


def names(folder: Path) -> list[str]:
    """All that the inventory asks for."""
    intents = every_intent(folder, platforms_of(load_nornir(folder)))
    return [name for intended in intents.values() for name in intended.names()]


def test_a_service_without_a_file_is_no_obstacle_to_another(folder: Path) -> None:
    """A cloud connection alone, without a folder of tunnels, is an inventory."""
    shutil.copy(INVENTORY / "cloud.yaml", folder / "cloud.yaml")
    assert names(folder) == ["hangzhou"]


def test_an_inventory_without_any_intent_is_refused(folder: Path) -> None:
    """Nothing to look at is no estate that is well."""
    with pytest.raises(NoIntent, match="there is no such folder of intent files"):
        names(folder)


def test_a_folder_that_is_there_and_wrong_is_refused(folder: Path) -> None:
    """An empty folder of tunnels is a mistake, whatever else there is."""
    shutil.copy(INVENTORY / "cloud.yaml", folder / "cloud.yaml")
    (folder / "vpn").mkdir()
    with pytest.raises(IntentError, match="has no intent file"):
        names(folder)
