"""No file of an inventory is left out in silence: what cannot be read is named, since its tunnels would not be verified."""

from __future__ import annotations

import os
import shutil
from collections.abc import Callable
from pathlib import Path

import pytest

from nr_run.inventory.errors import IntentError, NoIntent
from nr_run.inventory.files.host_files import check_host_files
from nr_run.inventory.files.present import intent_files
from nr_run.inventory.intents.intent_files import load_intent
from nr_run.inventory.models.models_file import load_models
from nr_run.services.registry import declared, find

from ..own_inventory import copy_pair

INTENT = "vpn/hq-branch.yaml"
KINDS: dict[str, tuple[Callable[[Path], None], str]] = {
    "folder": (lambda path: path.mkdir(), "Is a directory"),
    "dangling link": (lambda path: path.symlink_to("/nowhere/at-all.yaml"), "leads to no file"),
    "link to itself": (lambda path: path.symlink_to(path), "leads to no file"),
    "pipe": (os.mkfifo, "is no file"),
}


@pytest.fixture
def inventory(tmp_path: Path) -> Path:
    """The pair's, to be broken."""
    copy_pair(tmp_path / "inventory")
    return tmp_path / "inventory"


@pytest.mark.parametrize("kind", KINDS)
@pytest.mark.parametrize(
    ("file", "load"),
    [
        (INTENT, lambda folder: load_intent(folder / "vpn")),
        ("hosts.yaml", check_host_files),
        ("groups.yaml", check_host_files),
        ("defaults.yaml", check_host_files),
        ("platforms.yaml", load_models),
        *(
            (f"{one}.yaml", lambda folder, one=one: find(one).intended(folder, {}))
            for one in ("flexvpn", "zia", "cloud", "vpn-phones")
        ),
        ("remote-access.yaml", lambda folder: find("ra").intended(folder, {})),
    ],
)
def test_what_is_no_file_is_named(inventory: Path, file: str, load: Callable[[Path], object], kind: str) -> None:
    """A folder, a link to nowhere or a pipe under the name of a file is an error with that name, and nobody waits for it."""
    (inventory / file).unlink(missing_ok=True)
    make, says = KINDS[kind]
    make(inventory / file)
    with pytest.raises(IntentError) as error:
        load(inventory)
    assert file in str(error.value)
    assert says in str(error.value)


def test_all_services_with_a_file_were_tried() -> None:
    """A new service with a file of its own has to join the table above."""
    assert set(declared().services) == {"l2l", "flexvpn", "zia", "cloud", "ra", "vpn-phones"}


def test_a_folder_of_intents_behind_a_link_is_read(inventory: Path, tmp_path: Path) -> None:
    """It is read as if it stood there; where the link leads nowhere, it is named."""
    shutil.move(inventory / "vpn", tmp_path / "shared")
    (inventory / "vpn").mkdir()
    (inventory / "vpn" / "site").symlink_to(tmp_path / "shared")
    assert list(load_intent(inventory / "vpn").tunnels) == ["hq-branch"]
    shutil.move(tmp_path / "shared", tmp_path / "unmounted")
    (inventory / "vpn" / "more.yaml").write_text("schema_version: 1\n")
    with pytest.raises(IntentError, match=r"vpn/site:1: it is a link that leads to no file"):
        load_intent(inventory / "vpn")


def test_no_folder_and_a_link_to_no_folder_differ(inventory: Path) -> None:
    """A missing folder is an inventory without tunnels; a link whose folder is not mounted is an error."""
    shutil.rmtree(inventory / "vpn")
    with pytest.raises(NoIntent):
        load_intent(inventory / "vpn")
    (inventory / "vpn").symlink_to("/nowhere/vpn")
    with pytest.raises(IntentError, match="No such file") as error:
        load_intent(inventory / "vpn")
    assert not isinstance(error.value, NoIntent)


def test_each_file_is_read_once(inventory: Path) -> None:
    """Links back into the folder, and a mounted configuration map with its hidden folders, name no tunnel twice."""
    folder = inventory / "vpn"
    (folder / "..2026_11_29").mkdir()
    for file in list(folder.glob("*.yaml")):
        shutil.move(file, folder / "..2026_11_29" / file.name)
        file.symlink_to(f"..data/{file.name}")
    (folder / "..data").symlink_to("..2026_11_29")
    (folder / "again").symlink_to(folder)
    assert list(load_intent(folder).tunnels) == ["hq-branch"]
    assert [path.parent for path in intent_files(folder)] == [folder, folder]


def test_the_lock_of_an_editor_is_no_intent(inventory: Path) -> None:
    """Emacs marks a file that is being edited by a hidden link to nowhere."""
    (inventory / "vpn" / ".#hq-branch.yaml").symlink_to("jane@laptop.4711")
    assert list(load_intent(inventory / "vpn").tunnels) == ["hq-branch"]
