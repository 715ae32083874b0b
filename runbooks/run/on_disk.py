"""Files on the disk: whether one is cut, and how one is written whole."""

from __future__ import annotations

import os
import stat
from hashlib import blake2b
from pathlib import Path


def is_cut(descriptor: int) -> bool:
    """True if the last line of a file is not whole."""
    size = os.fstat(descriptor).st_size
    return size > 0 and os.pread(descriptor, 1, size - 1) != b"\n"


def sync_folder(path: Path) -> None:
    """See that the names in a folder are on the disk. Raises OSError."""
    descriptor = os.open(path, os.O_RDONLY)
    try:
        os.fsync(descriptor)
    finally:
        os.close(descriptor)


def write_all(descriptor: int, data: bytes) -> None:
    """Raises OSError when the disk does not take all of it."""
    rest = memoryview(data)
    while rest:
        rest = rest[os.write(descriptor, rest) :]


def digest_of(data: bytes) -> bytes:
    """Of what stands in a file."""
    return blake2b(data, digest_size=16).digest()


def make_private(path: Path) -> None:
    """Make a folder for its owner only, whatever the umask; one that is ours and open to others is closed to them.

    A folder of another user stays as it is, and so do the rights of a group that shares it. Raises OSError.
    """
    path.mkdir(mode=0o700, parents=True, exist_ok=True)
    found = path.stat()
    # The setgid bit says that a group shares the folder on purpose.
    open_to = 0o007 if found.st_mode & stat.S_ISGID else 0o077
    if found.st_uid == os.geteuid() and found.st_mode & open_to:
        path.chmod(stat.S_IMODE(found.st_mode) & ~open_to)
