"""The secrets of a run, kept beside it for resume and rollback: encrypted, with a key that lies elsewhere.

Everything else in a run folder is free of secrets. The key file is made on first use, 0600, outside the runs folder:
``$NR_RUN_KEY_FILE``, else ``nr-run/run-key`` in the user's configuration folder.
"""

from __future__ import annotations

import json
import os
from pathlib import Path

from cryptography.fernet import Fernet, InvalidToken

from ..inventory.errors import SecretError
from ..inventory.secrets import Secrets
from .run_folder import RunFolder

FILE = "secrets.enc"


def key_file() -> Path:
    """Where the key lies."""
    named = os.environ.get("NR_RUN_KEY_FILE")
    own = Path(os.environ.get("XDG_CONFIG_HOME") or Path.home() / ".config") / "nr-run" / "run-key"
    return Path(named) if named else own


def seal(folder: RunFolder, secrets: Secrets) -> None:
    """Write the secrets that the run knows by now. Raises NrRunError when key or file cannot be written."""
    try:
        sealed = Fernet(_key(make=True)).encrypt(json.dumps(secrets.export()).encode())
    except ValueError:
        raise SecretError(f"{key_file()} holds no key; move it away, and a new one is made") from None
    folder.write(FILE, sealed.decode() + "\n", durable=True)


def unseal(path: Path) -> Secrets:
    """The secrets of an earlier run. Raises SecretError when its file or the key is missing, or do not fit."""
    try:
        sealed = (path / FILE).read_bytes()
    except OSError as error:
        raise SecretError(f"{path / FILE}: {error.strerror}: without it the run's keys are not known") from None
    try:
        return Secrets.restored(json.loads(Fernet(_key(make=False)).decrypt(sealed.strip())))
    except (InvalidToken, ValueError):
        raise SecretError(f"{key_file()} is not the key of {path / FILE}") from None


def _key(*, make: bool) -> bytes:
    path = key_file()
    try:
        if make and not path.exists():
            path.parent.mkdir(mode=0o700, parents=True, exist_ok=True)
            descriptor = os.open(path, os.O_WRONLY | os.O_CREAT | os.O_EXCL, 0o600)
            with os.fdopen(descriptor, "wb") as file:
                file.write(Fernet.generate_key())
                file.flush()
                os.fsync(file.fileno())  # a run that outlives a loss of power is of no use without it
        return path.read_bytes()
    except FileExistsError:
        return path.read_bytes()
    except OSError as error:
        raise SecretError(f"{path}: {error.strerror}: the key for run folders cannot be read or made") from None
