"""Replace a secret where it is kept: possible for files, not for a vault or a variable.

The next value stands beside the one in use, in a file of its own, from before the first device has it until it has taken the
place of the old one. So a crash loses neither.
"""

from __future__ import annotations

import fcntl
import os
import secrets
import stat
import string
from collections.abc import Iterable
from pathlib import Path

from msgspec import Struct

from ..errors import NrRunError, SecretError
from .secret_file import sync_names, write_whole

#: A file with the value that is to come.
NEXT = ".next"
#: Letters and digits alone, and no zero at the beginning: every command line of this table takes them, and so do the gateways of
#: clouds (AWS: 8 to 64 of letters, digits, full stop and underscore, not beginning with 0).
_ALPHABET = string.ascii_letters + string.digits
LENGTH = 40


def new_key(length: int = LENGTH) -> str:
    """A pre-shared key of so many characters (238 bits with 40), from the system's random source."""
    first = secrets.choice(string.ascii_letters)
    return first + "".join(secrets.choice(_ALPHABET) for _ in range(length - 1))


class KeptSecret(Struct, frozen=True):
    """A secret in a file. ``next`` is the file beside it with the value that is to come."""

    reference: str
    path: Path

    @property
    def next(self) -> Path:
        """Path of the next value until it replaces the one in use."""
        return self.path.with_name(self.path.name + NEXT)

    def hold(self) -> int:
        """Keep other rotations of this secret away until the descriptor is closed, or the process ends. Raises NrRunError.

        Two that find no next value at the same time would each give the devices one of their own, and one of them would be
        kept nowhere.
        """
        while True:
            try:
                descriptor = os.open(self.path, os.O_RDWR if os.access(self.path, os.W_OK) else os.O_RDONLY)
                try:
                    fcntl.flock(descriptor, fcntl.LOCK_EX | fcntl.LOCK_NB)
                    if os.path.samestat(self.path.stat(), os.fstat(descriptor)):
                        return descriptor
                except OSError:
                    os.close(descriptor)
                    raise
            except BlockingIOError:
                raise NrRunError(f"{self.reference}: another rotation of this key is at work; try again later") from None
            except OSError as error:
                raise NrRunError(f"{self.reference}: {self.path} cannot be locked: {error.strerror}") from None
            os.close(descriptor)  # another rotation has ended meanwhile, and a new file is there

    def pending(self) -> str | None:
        """The next value, if one is kept. Raises SecretError where it cannot be read."""
        try:
            value = self.next.read_text(encoding="utf8").strip("\r\n")
        except FileNotFoundError:
            return None
        except (OSError, ValueError) as error:
            reason = getattr(error, "strerror", None) or "it is not text"
            raise SecretError(f"{self.reference}: {self.next}: {reason}") from None
        return value or None

    def keep_next(self, value: str) -> None:
        """On the disk when this returns, whole, and for its owner alone. Raises NrRunError."""
        try:
            write_whole(self.next, value + "\n", replaces=True)
        except OSError as error:
            raise NrRunError(f"{self.reference}: {self.next} cannot be written: {error.strerror}") from None

    def promote(self) -> None:
        """The next value takes the place of the one in use, which is gone; who could read that can read it. Raises NrRunError."""
        try:
            self.next.chmod(stat.S_IMODE(self.path.stat().st_mode))
            self.next.replace(self.path)
            sync_names(self.path.parent)
        except OSError as error:
            raise NrRunError(f"{self.reference}: {self.next} cannot take the place of {self.path}: {error.strerror}") from None

    def forget(self) -> None:
        """The next value is wanted no more. Raises NrRunError."""
        try:
            self.next.unlink(missing_ok=True)
        except OSError as error:
            raise NrRunError(f"{self.reference}: {self.next} cannot be removed: {error.strerror}") from None


def kept_at(reference: str, folders: Iterable[Path]) -> KeptSecret | None:
    """The file that a reference is read from; None where it is read from something else, or is not there."""
    scheme, _, rest = reference.partition(":")
    if scheme == "file":
        path = Path(rest).expanduser().resolve()  # by whatever name: a link stays one, and all its names have one next value
        return KeptSecret(reference, path) if path.is_file() else None
    if scheme == "credential" and Path(rest).name == rest:
        found = next(((folder / rest).resolve() for folder in folders if (folder / rest).is_file()), None)
        return KeptSecret(reference, found) if found else None
    return None


def replaceable(reference: str, folders: Iterable[Path]) -> KeptSecret:
    """The file whose value can be replaced. Raises SecretError, which says what to do instead."""
    kept = kept_at(reference, folders)
    instead = "keep the new key under another reference and name it with --to"
    if kept is None:
        raise SecretError(f"{reference} is not kept in a file that nr-run could replace: {instead}")
    if not os.access(kept.path.parent, os.W_OK):
        raise SecretError(f"{reference}: {kept.path.parent} cannot be written by this user: {instead}")
    return kept
