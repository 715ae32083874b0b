"""The secrets of a run, kept in its folder for resume and rollback, encrypted with a key that lies elsewhere.

Everything else in a run folder is free of secrets. The key file lies outside the runs folder (see run_key).
"""

from __future__ import annotations

import json
import threading
from pathlib import Path

from cryptography.fernet import Fernet, InvalidToken

from ...inventory.errors import SecretError
from ...inventory.hiding.secrets import Secrets
from .folder import RunFolder
from .run_key import key_file, read_key

FILE = "secrets.enc"


#: Tunnels that run in parallel write one after the other: an older set must not replace a newer one.
_ONE_AT_A_TIME = threading.Lock()


def encrypt_secrets(folder: RunFolder, secrets: Secrets) -> None:
    """Write the secrets that the run knows by now; from any thread. Raises NrRunError when key or file cannot be written."""
    with _ONE_AT_A_TIME:
        try:
            sealed = Fernet(read_key(make=True)).encrypt(json.dumps({**secrets.export(), "run": folder.id}).encode())
        except ValueError:
            raise SecretError(f"{key_file()} holds no key; move it away, and a new one is made") from None
        folder.write_hidden(FILE, sealed.decode() + "\n", durable=True)


def decrypt_secrets(path: Path, *, apart: bool = False) -> Secrets:
    """The secrets of an earlier run; ``apart`` as in Secrets.restored().

    Raises SecretError when its file or the key is missing, or do not fit.
    """
    try:
        sealed = (path / FILE).read_bytes()
    except OSError as error:
        raise SecretError(f"{path / FILE}: {error.strerror}: without it the run's keys are not known") from None
    try:
        exported = json.loads(Fernet(read_key(make=False)).decrypt(sealed.strip()))
    except (InvalidToken, ValueError):
        raise SecretError(f"{key_file()} is not the key of {path / FILE}") from None
    if exported.get("run") != path.name:
        raise SecretError(f"{path / FILE} holds the keys of another run")
    return Secrets.restored(exported, apart=apart)
