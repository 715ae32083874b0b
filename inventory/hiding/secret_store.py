"""Store a new secret: in a file of the credentials folder or in the desktop's keyring. Never overwrites one.

The value goes from memory to the store and nowhere else; no sentence holds it.
"""

from __future__ import annotations

import os
import shlex
from collections.abc import Sequence
from pathlib import Path

from ..errors import SecretError
from .references import check_preshared_key, fetch
from .secret_file import write_whole


def ready(store: str, folders: Sequence[Path]) -> None:
    """Raise SecretError, with the command that makes one, where there is no such store to write to."""
    if store == "credential":
        _folder(folders)
    else:
        _keyring()


def keep(reference: str, value: str, folders: Sequence[Path]) -> bool:
    """Keep a pre-shared key; False where it is there already. Raises SecretError where another value is, or the store fails."""
    check_preshared_key(value, reference)
    scheme, _, name = reference.partition(":")
    there = _there(reference, folders)
    if there is not None:
        if there != value:
            raise SecretError(f"{reference} is there with another value, which is not written over: give another --name")
        return False
    if scheme == "credential":
        _write(_folder(folders) / name, value, reference)
    else:
        _put(name, value, reference)
    return True


def _there(reference: str, folders: Sequence[Path]) -> str | None:
    try:
        return fetch(reference, tuple(folders))
    except SecretError:
        return None


def _folder(folders: Sequence[Path]) -> Path:
    found = next((folder for folder in folders if folder.is_dir() and os.access(folder, os.W_OK)), None)
    if found is not None:
        return found
    missing = next((folder for folder in folders if not folder.exists()), folders[-1])
    raise SecretError(
        "there is no folder of credentials to keep the keys in: make one with "
        f"install -d -m 700 {shlex.quote(str(missing))}, or keep them elsewhere and name that with --key-ref"
    )


def _write(path: Path, value: str, reference: str) -> None:
    try:
        write_whole(path, value + "\n")
    except OSError as error:
        raise SecretError(f"{reference}: {path} cannot be written: {error.strerror}") from None


def _keyring() -> object:
    try:
        import keyring
    except ImportError:
        raise SecretError("the keyring needs the extra: pip install 'nr-run[keyring]'") from None
    return keyring


def _put(name: str, value: str, reference: str) -> None:
    keyring = _keyring()
    service, _, user = name.partition("/")
    try:
        keyring.set_password(service, user, value)  # type: ignore[attr-defined]
    except Exception as error:  # noqa: BLE001 - each backend of the keyring has errors of its own
        raise SecretError(f"{reference} cannot be kept: {type(error).__name__}: the keyring takes nothing") from None
