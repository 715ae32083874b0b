"""The key for run folders: one file for a user, outside the runs folder, made on first use.

``$NR_RUN_KEY_FILE``, else ``nr-run/run-key`` in the user's configuration folder; 0600.
"""

from __future__ import annotations

import os
from pathlib import Path

from ...inventory.errors import SecretError


def key_file() -> Path:
    """Path of the key file."""
    named = os.environ.get("NR_RUN_KEY_FILE")
    own = Path(os.environ.get("XDG_CONFIG_HOME") or Path.home() / ".config") / "nr-run" / "run-key"
    return Path(named) if named else own


def read_key(*, make: bool) -> bytes:
    """The key; a missing key file is made. Raises SecretError if it cannot be read or made."""
    path = key_file()
    try:
        if make and not path.exists():
            path.parent.mkdir(mode=0o700, parents=True, exist_ok=True)
            descriptor = os.open(path, os.O_WRONLY | os.O_CREAT | os.O_EXCL, 0o600)
            with os.fdopen(descriptor, "wb") as file:
                file.write(_new_key())
                file.flush()
                os.fsync(file.fileno())  # a run that outlives a loss of power is of no use without it
        return path.read_bytes()
    except FileExistsError:
        return path.read_bytes()
    except OSError as error:
        raise SecretError(f"{path}: {error.strerror}: the key for run folders cannot be read or made") from None


def _new_key() -> bytes:
    from cryptography.fernet import Fernet

    return Fernet.generate_key()
