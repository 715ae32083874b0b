"""A file that a person brings: one text, or a ZIP of many (what DART writes). Whatever is in it, little memory and time is spent.

Nothing is written to a disk. Every bound is a field of `Limits`; what is left out for one of them is told by name.
"""

from __future__ import annotations

import dataclasses
import io
import zipfile
import zlib
from collections import Counter
from collections.abc import Iterator
from pathlib import PurePosixPath

from msgspec import Struct, field

from ...inventory.errors import ParseError
from .decoding import decoded

_MEGA = 1 << 20
#: Endings of members that may hold what is looked for; "" is a name without one.
_READ = frozenset({"", ".txt", ".log", ".xml", ".csv", ".tsv", ".out", ".ini"})
#: Endings that are told when they are left out: what is looked for may be in them.
_TOLD = frozenset({".evtx", ".gz", ".7z", ".rar", ".tgz", ".bz2", ".xz"})
_PIECE = 1 << 16


class Limits(Struct, frozen=True):
    """How much is read: bytes of the file, of one member, of all together; members; how deep a ZIP may lie in another."""

    file: int = 64 * _MEGA
    member: int = 32 * _MEGA
    together: int = 96 * _MEGA
    members: int = 5000
    depth: int = 2


LIMITS = Limits()


@dataclasses.dataclass(frozen=True, slots=True)
class Part:
    """One text and its name; a member of a ZIP has its path in it where its own name would not tell it from another."""

    name: str
    text: str = dataclasses.field(repr=False)


class Bundle(Struct, frozen=True):
    """What was read of a file. ``left_out`` has a sentence for each part that should have been, and may hold what is missed.

    ``notices`` name parts that are no text; what they hold, DART has as text as well.
    """

    name: str
    parts: tuple[Part, ...]
    left_out: tuple[str, ...]
    zipped: bool
    notices: tuple[str, ...] = ()


def read_bundle(name: str, data: bytes, limits: Limits = LIMITS) -> Bundle:
    """The texts of a file. Raises ParseError in one sentence where it is empty, too large, damaged, or holds no text at all."""
    if len(data) > limits.file:
        raise ParseError(f"{name} is larger than {_size(limits.file)}: cut it to the hours that matter")
    if not data.startswith((b"PK\x03\x04", b"PK\x05\x06", b"PK\x07\x08")):
        return Bundle(name, (Part(name, decoded(name, data)),), (), False)
    reading = _Reading(limits, limits.together)
    parts = _short_names(tuple(reading.unpacked(name, "", data, 1)))
    if not parts:
        told = (*reading.left_out, *reading.notices)
        why = f": {told[0]}" if told else ""
        raise ParseError(f"{name} is a ZIP without a text that could be read{why}")
    return Bundle(name, parts, tuple(reading.left_out), True, tuple(reading.notices))


def _short_names(parts: tuple[Part, ...]) -> tuple[Part, ...]:
    """A member by its own name where no other one has it: a person finds it, and a sentence can be read."""
    names = Counter(_own_name(part.name) for part in parts)
    return tuple(Part(own, part.text) if names[own := _own_name(part.name)] == 1 else part for part in parts)


def _own_name(path: str) -> str:
    return PurePosixPath(path.replace("\\", "/")).name


class _Reading(Struct):
    """What is left of the bounds while a ZIP is read."""

    limits: Limits
    budget: int
    members: int = 0
    left_out: list[str] = field(default_factory=list)
    notices: list[str] = field(default_factory=list)

    def unpacked(self, name: str, inside: str, data: bytes, depth: int) -> Iterator[Part]:
        try:
            archive = zipfile.ZipFile(io.BytesIO(data))
        except (zipfile.BadZipFile, ValueError, OSError, NotImplementedError):
            self._leave(f"{name} is a ZIP that is cut short or damaged", whole=depth == 1)
            return
        with archive:
            for info in archive.infolist():
                if info.is_dir():
                    continue
                self.members += 1
                if self.members > self.limits.members:
                    self._leave(f"{name} has more than {self.limits.members} members: the rest was not read")
                    return
                if self.budget <= 0:
                    self._leave(f"{inside}{info.filename} and what follows was not read: {self._all_is_larger}")
                    return
                yield from self._member(archive, info, f"{inside}{info.filename}", depth)

    @property
    def _all_is_larger(self) -> str:
        return f"unpacked, all is larger than {_size(self.limits.together)}"

    def _leave(self, sentence: str, *, whole: bool = False) -> None:
        if whole:
            raise ParseError(sentence)
        if sentence not in self.left_out:
            self.left_out.append(sentence)

    def _member(self, archive: zipfile.ZipFile, info: zipfile.ZipInfo, path: str, depth: int) -> Iterator[Part]:
        ending = PurePosixPath(path.replace("\\", "/")).suffix.lower()
        nested = ending == ".zip"
        if ending in _TOLD:
            self.notices.append(f"{path} was not read: it is no text (export it as text, or unpack it)")
        if not nested and ending not in _READ:
            return
        if nested and depth >= self.limits.depth:
            self._leave(f"{path} was not read: it is a ZIP in a ZIP in a ZIP")
            return
        data = self._bytes(archive, info, path)
        if data is None:
            return
        if nested:
            yield from self.unpacked(path, f"{path}/", data, depth + 1)
            return
        try:
            yield Part(path, decoded(path, data))
        except ParseError as error:
            if "is empty" not in str(error):
                self._leave(f"{error}; it was not read")

    def _bytes(self, archive: zipfile.ZipFile, info: zipfile.ZipInfo, path: str) -> bytes | None:
        """The member, or None where it is too large, encrypted or damaged. What its header says of its size is not believed."""
        if info.flag_bits & 0x1:
            self._leave(f"{path} was not read: it is encrypted")
            return None
        pieces: list[bytes] = []
        size, room = 0, min(self.limits.member, self.budget)
        try:
            with archive.open(info) as stream:
                while piece := stream.read(_PIECE):
                    size += len(piece)
                    if size > room:
                        self._too_large(path, room)
                        return None
                    pieces.append(piece)
        except (zipfile.BadZipFile, zlib.error, EOFError, OSError, NotImplementedError, RuntimeError, ValueError):
            self._leave(f"{path} was not read: it is damaged")
            return None
        self.budget -= size
        return b"".join(pieces)

    def _too_large(self, path: str, room: int) -> None:
        if room < self.limits.member:
            self.budget = 0
            self._leave(f"{path} was not read: {self._all_is_larger}")
        else:
            self.budget -= room
            self._leave(f"{path} was not read: unpacked, it is larger than {_size(self.limits.member)}")


def _size(count: int) -> str:
    return f"{count // _MEGA} MB" if count >= _MEGA else f"{count} bytes"
