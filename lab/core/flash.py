"""The flash file system of a box: the software image and text files."""

from __future__ import annotations

from collections.abc import Callable
from datetime import datetime

from msgspec import Struct, field

#: What an image takes.
IMAGE_BYTES = 20_000_000


class Flash(Struct):
    """Files by name. `room` in bytes; an erased flash has no image either, and a box without image does not boot."""

    image: str
    room: int
    now: Callable[[], datetime]
    files: dict[str, list[str]] = field(default_factory=dict)
    times: dict[str, datetime] = field(default_factory=dict)

    def write(self, name: str, lines: list[str]) -> int:
        """Write a text file with the current time. Returns its size in bytes."""
        self.files[name], self.times[name] = list(lines), self.now()
        return self.size(name)

    def has_room(self, name: str, lines: list[str]) -> bool:
        """True if a text fits beside image and other files. A file of the same name would be overwritten."""
        used = sum(self.size(other) for other in self.files if other != name) + (IMAGE_BYTES if self.image else 0)
        return used + sum(len(line) + 1 for line in lines) <= self.room

    def size(self, name: str) -> int:
        """Bytes of a file, each line with its line end."""
        return sum(len(line) + 1 for line in self.files[name])

    def erase(self) -> None:
        """Erase everything, the image included."""
        self.files.clear()
        self.image = ""


def file_name(url: str) -> str:
    """`flash:/nr.cfg` and `flash:nr.cfg` are the file `nr.cfg`."""
    return url.partition(":")[2].lstrip("/")
