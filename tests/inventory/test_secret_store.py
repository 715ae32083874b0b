"""A key that is kept is found by its reference afterwards, is its owner's alone, and takes no other key's place."""

from __future__ import annotations

import stat
import sys
import types
from pathlib import Path

import pytest

from nr_run.inventory.errors import SecretError
from nr_run.inventory.hiding.references import fetch
from nr_run.inventory.hiding.secret_store import keep, ready
from nr_run.inventory.hiding.store_names import scheme_of

KEY = "Bn5xRt9Kq2Wm7Hd4Zs8Lv6Yc"


def the_keyring(monkeypatch: pytest.MonkeyPatch, *, locked: bool = False) -> None:
    """A package called keyring, as the extra brings it, that keeps what it is given or takes nothing."""
    module, errors = types.ModuleType("keyring"), types.ModuleType("keyring.errors")
    kept: dict[tuple[str, str], str] = {}

    class KeyringError(Exception):
        """What a backend raises."""

    def put(service: str, user: str, value: str) -> None:
        if locked:
            raise KeyringError("the collection is locked")
        kept[service, user] = value

    errors.KeyringError = KeyringError  # type: ignore[attr-defined]
    module.errors = errors  # type: ignore[attr-defined]
    module.get_password = lambda service, user: kept.get((service, user))  # type: ignore[attr-defined]
    module.set_password = put  # type: ignore[attr-defined]
    monkeypatch.setitem(sys.modules, "keyring", module)


def test_a_credential_is_a_file_of_its_owner(tmp_path: Path) -> None:
    """In the first folder that is there; again it is there already, and another value is refused and not shown."""
    folders = (tmp_path / "none", tmp_path)
    reference = f"{scheme_of('credential')}aws-psk"
    ready("credential", folders)
    assert keep(reference, KEY, folders)
    assert stat.S_IMODE((tmp_path / "aws-psk").stat().st_mode) == 0o600
    assert fetch(reference, folders) == KEY
    assert not keep(reference, KEY, folders)
    with pytest.raises(SecretError, match="is there with another value") as refused:
        keep(reference, KEY[::-1], folders)
    assert KEY[::-1] not in str(refused.value)
    assert fetch(reference, folders) == KEY


def test_without_a_folder_the_command_that_makes_one_is_named(tmp_path: Path) -> None:
    """As it has to be typed, also where the path has a blank."""
    with pytest.raises(SecretError, match=r"install -d -m 700 '.*/my keys'"):
        ready("credential", (tmp_path / "my keys",))


def test_what_stands_in_the_way_of_the_file_is_told(tmp_path: Path) -> None:
    """A folder of that name: the sentence has the path and the reason."""
    (tmp_path / "aws-psk").mkdir()
    with pytest.raises(SecretError, match="aws-psk cannot be written: File exists"):
        keep("credential:aws-psk", KEY, (tmp_path,))


def test_a_key_that_no_command_line_takes_is_not_kept(tmp_path: Path) -> None:
    """It is refused before anything is written."""
    with pytest.raises(SecretError, match="a command line cannot take"):
        keep("credential:aws-psk", "what?ever-it-was", (tmp_path,))
    assert not list(tmp_path.iterdir())


def test_the_keyring_of_the_desktop(monkeypatch: pytest.MonkeyPatch) -> None:
    """What is kept there is found by its reference, and another value is refused."""
    the_keyring(monkeypatch)
    reference = f"{scheme_of('keyring')}aws-psk"
    assert reference == "keyring:nr-run/aws-psk"
    ready("keyring", ())
    assert keep(reference, KEY, ())
    assert fetch(reference, ()) == KEY
    with pytest.raises(SecretError, match="another value"):
        keep(reference, KEY[::-1], ())


def test_a_keyring_that_takes_nothing_is_told(monkeypatch: pytest.MonkeyPatch) -> None:
    """By the kind of its error; and without the extra, what to install."""
    the_keyring(monkeypatch, locked=True)
    with pytest.raises(SecretError, match="cannot be kept: KeyringError") as refused:
        keep("keyring:nr-run/aws-psk", KEY, ())
    assert KEY not in str(refused.value)
    monkeypatch.setitem(sys.modules, "keyring", None)
    with pytest.raises(SecretError, match="pip install"):
        ready("keyring", ())
