"""Files on the disk: whether one is cut, and how one is written whole."""

from __future__ import annotations

import os
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
