"""A text file on the flash of a device, beside its configuration, which names it."""

from __future__ import annotations

import hashlib
import re

from msgspec import Struct

_DIGEST = re.compile(r"=\s*(?P<digest>[0-9a-f]{32})\b", re.IGNORECASE)
#: How a router says that there is no file (``%Error verifying bootflash:X (No such file or directory)``).
_ABSENT = re.compile(r"no such file|file not found|does not exist", re.IGNORECASE)


def digest_in(answer: str) -> str | None:
    """The hash in an answer to ``verify /md5``; "" where it says that there is no such file, None where it says neither.

    Nothing, a refusal or an answer that is cut is no sign that a file is gone.
    """
    match = _DIGEST.search(answer)
    if match:
        return match["digest"].lower()
    return "" if _ABSENT.search(answer) else None


class DeviceFile(Struct, frozen=True):
    """Where it lies (``bootflash:NAME``), and what is in it: lines of printable ASCII, each with its line end."""

    url: str
    text: str

    @property
    def name(self) -> str:
        """The name without the file system."""
        return self.url.rpartition(":")[2]

    @property
    def size(self) -> int:
        """Size in bytes."""
        return len(self.text.encode())

    @property
    def md5(self) -> str:
        """The hash that a device computes of it (``verify /md5``): not for security, but for whether it is what was sent."""
        return hashlib.md5(self.text.encode(), usedforsecurity=False).hexdigest()
