"""The key for run folders: one file for a user, outside the runs folder, made on first use.

``$NR_RUN_KEY_FILE``, else ``nr-run/run-key`` in the user's configuration folder; 0600.
"""

from __future__ import annotations

import os
from contextlib import suppress
from pathlib import Path

from ...inventory.errors import SecretError
from ...inventory.hiding.secret_file import write_whole


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
            # Of two runs that make one at once both have the same, and one that outlives a loss of power has it.
            with suppress(FileExistsError):
                write_whole(path, _new_key())
        key = path.read_bytes()
    except OSError as error:
        raise SecretError(f"{path}: {error.strerror}: the key for run folders cannot be read or made") from None
    if not key.strip():
        raise SecretError(f"{path} is empty; move it away, and a new one is made")
    return key


def _new_key() -> str:
    from cryptography.fernet import Fernet

    return Fernet.generate_key().decode()
