"""A text file on the flash of a device, beside its configuration, which names it."""

from __future__ import annotations

import hashlib
from dataclasses import dataclass


@dataclass(frozen=True, slots=True)
class DeviceFile:
    """Where it lies (``bootflash:NAME``), and what is in it: lines of printable ASCII, each with its line end."""

    url: str
    text: str

    @property
    def name(self) -> str:
        """Without the file system."""
        return self.url.rpartition(":")[2]

    @property
    def size(self) -> int:
        """In bytes."""
        return len(self.text.encode())

    @property
    def md5(self) -> str:
        """The hash that a device computes of it (``verify /md5``): not for security, but for whether it is what was sent."""
        return hashlib.md5(self.text.encode(), usedforsecurity=False).hexdigest()
